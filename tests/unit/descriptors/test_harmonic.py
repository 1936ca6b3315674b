"""Fundamental frequencies: within stated bounds on synthetic tones, and beside librosa's YIN."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

from segue.descriptors.frames import Sound
from segue.descriptors.harmonic import FAMILY, MIDDLE, pitch, semitones

RATE = 22_050
NUMBERS = np.arange(1, 21)
COLOURS = {
    "saw": 1.0 / NUMBERS,
    "dull": 1.0 / NUMBERS**2,
    "even": np.ones(20),
    "hollow": (NUMBERS % 2) / NUMBERS,
    "without the fundamental": (NUMBERS > 1) / NUMBERS,
    "without the first two": (NUMBERS > 2) / NUMBERS,
    "formant": np.exp(-0.5 * ((NUMBERS - 6) / 2) ** 2) + 0.02,
    "pure": (NUMBERS == 1) * 1.0,
}
INNER = slice(2, -2)


def complex_tone(
    hertz: float | np.ndarray,
    amplitudes: np.ndarray,
    *,
    seconds: float = 1.0,
    snr: float | None = None,
) -> np.ndarray:
    """Partials with random phases, as far as there are frequencies; noise so many dB below."""
    rng = np.random.default_rng(int(np.max(hertz)))
    track = np.broadcast_to(np.asarray(hertz, dtype=float), round(seconds * RATE))
    phase = 2 * np.pi * np.cumsum(track) / RATE
    tone = sum(
        amplitude * np.sin(number * phase + rng.uniform(0, 2 * np.pi)) * (number * track < 10_500)
        for number, amplitude in enumerate(amplitudes, start=1)
    )
    if snr is not None:
        tone = tone + rng.standard_normal(len(tone)) * tone.std() * 10 ** (-snr / 20)
    return 0.3 * tone / np.abs(tone).max()


def sound_of(audio: np.ndarray) -> Sound:
    return Sound(audio.astype(np.float32), rate=RATE)


def cents(found: np.ndarray, hertz: float | np.ndarray) -> np.ndarray:
    return 1200 * np.abs(np.log2(found / hertz))


def numbers(audio: np.ndarray) -> dict[str, float]:
    return dict(zip(FAMILY.names, FAMILY.compute(sound_of(audio)).tolist(), strict=True))


@pytest.mark.parametrize("hertz", [60.0, 87.3, 146.8, 233.1, 440.0, 783.9, 1108.7, 1500.0])
@pytest.mark.parametrize("colour", COLOURS)
def test_a_steady_tone_is_found_within_six_cents(colour: str, hertz: float) -> None:
    found = pitch(sound_of(complex_tone(hertz, COLOURS[colour])))
    assert found.voiced[INNER].all()
    assert cents(found.f0, hertz)[INNER].max() < 6.0
    assert found.strength[INNER].min() > 0.85


@pytest.mark.parametrize("hertz", [60.0, 233.1, 783.9, 1500.0])
@pytest.mark.parametrize("colour", COLOURS)
def test_noise_at_20_db_moves_it_by_less_than_ten_cents(colour: str, hertz: float) -> None:
    found = pitch(sound_of(complex_tone(hertz, COLOURS[colour], snr=20.0)))
    assert found.voiced[INNER].all()
    assert cents(found.f0, hertz)[INNER].max() < 10.0


@pytest.mark.parametrize("hertz", [98.0, 440.0, 1200.0])
def test_vibrato_is_followed(hertz: float) -> None:
    times = np.arange(2 * RATE) / RATE
    track = hertz * 2 ** (0.5 * np.sin(2 * np.pi * 5.0 * times) / 12)
    found = pitch(sound_of(complex_tone(track, COLOURS["saw"], seconds=2.0)))
    expected = track[np.arange(len(found.f0)) * 1024]
    assert found.voiced[INNER].all()
    # A frame is 93 ms long, half a turn of the vibrato, and tells its mean.
    assert cents(found.f0, expected)[INNER].max() < 25.0
    assert np.ptp(1200 * np.log2(found.f0[INNER])) > 60.0


def test_what_is_no_tone_has_no_pitch() -> None:
    rng = np.random.default_rng(5)
    clicks = np.tile(np.eye(1, 5512, 2000)[0], 16)
    for audio in (0.1 * rng.standard_normal(4 * RATE), clicks, np.zeros(RATE), np.ones(RATE)):
        found = pitch(sound_of(audio))
        assert found.voiced.mean() < 0.02
        assert np.isfinite(found.f0).all()


def test_a_constant_offset_does_not_hide_a_tone() -> None:
    found = pitch(sound_of(0.3 * complex_tone(110.0, COLOURS["pure"]) + 0.3))
    assert found.voiced[INNER].all()
    assert cents(found.f0, 110.0)[INNER].max() < 6.0


def test_a_constant_offset_makes_no_noise_a_tone() -> None:
    noise = 0.05 * np.random.default_rng(6).standard_normal(2 * RATE)
    without, within = pitch(sound_of(noise)), pitch(sound_of(noise + 0.5))
    np.testing.assert_allclose(within.strength[INNER], without.strength[INNER], atol=0.02)


def melody(colour: str, *, snr: float | None, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Twelve notes that fade, rests between them, and the frequency at every sample."""
    rng = np.random.default_rng(seed)
    pieces, tracks = [], []
    for note in rng.integers(45, 84, size=12):
        hertz, seconds = 440 * 2 ** ((note - 69) / 12), rng.uniform(0.25, 0.6)
        tone = complex_tone(hertz, COLOURS[colour], seconds=seconds)
        times = np.arange(len(tone)) / RATE
        fade = np.minimum(times / 0.02, 1) * np.exp(-2 * times)
        rest = np.zeros(round(rng.uniform(0.0, 0.2) * RATE))
        pieces += [tone * fade, rest]
        tracks += [np.full(len(tone), hertz), rest]
    audio = np.concatenate(pieces)
    if snr is not None:
        audio += rng.standard_normal(len(audio)) * audio.std() * 10 ** (-snr / 20)
    return audio, np.concatenate(tracks)


@pytest.mark.parametrize("snr", [None, 20.0, 5.0])
def test_melodies_are_followed_better_than_by_yin(snr: float | None) -> None:
    ours, theirs, voiced_in_rests = [], [], []
    for seed, colour in enumerate(COLOURS):
        audio, track = melody(colour, snr=snr, seed=seed)
        found = pitch(sound_of(audio))
        middles = np.minimum(np.arange(len(found.f0)) * 1024, len(track) - 1)
        span = [track[np.clip(middles + shift, 0, len(track) - 1)] for shift in (-512, 0, 512)]
        held = (np.ptp(span, axis=0) == 0) & (span[1] > 0)
        yin = librosa.yin(
            audio.astype(np.float32),
            fmin=40,
            fmax=1760,
            sr=RATE,
            frame_length=2048,
            hop_length=1024,
        )[: len(held)]
        ours += list(cents(found.f0, np.maximum(span[1], 1))[held] < 50)
        theirs += list(cents(yin, np.maximum(span[1], 1))[held] < 50)
        silent = np.all(
            [track[np.clip(middles + s, 0, len(track) - 1)] == 0 for s in (-1024, 1023)], 0
        )
        voiced_in_rests += list(found.voiced[silent & (span[1] == 0)])
    assert np.mean(ours) > 0.97
    assert np.mean(ours) > np.mean(theirs)
    assert np.mean(voiced_in_rests) < 0.05


def test_the_statistics_are_in_semitones_of_voiced_frames() -> None:
    low, high = complex_tone(220.0, COLOURS["saw"]), complex_tone(440.0, COLOURS["saw"])
    found = numbers(np.concatenate([low, np.zeros(RATE), high]))
    assert found["f0_min"] == pytest.approx(57.0, abs=0.1)
    assert found["f0_max"] == pytest.approx(69.0, abs=0.1)
    assert found["f0_mean"] == pytest.approx(63.0, abs=0.4)
    assert found["voiced_share"] > 0.9
    assert found["f0_strength_median"] > 0.95


def test_nothing_voiced_has_the_stated_numbers() -> None:
    for audio in (np.zeros(RATE), np.zeros(1), np.ones(RATE)):
        found = numbers(audio)
        assert found["f0_mean"] == found["f0_min"] == found["f0_max"] == MIDDLE
        assert found["f0_std"] == found["voiced_share"] == found["f0_strength_max"] == 0.0


def test_semitones_count_from_a4() -> None:
    np.testing.assert_allclose(
        semitones(np.array([440.0, 880.0, 261.6256], dtype=np.float32)), [69, 81, 60], atol=1e-4
    )
