"""Our frames and librosa's agree to 1e-4 of their range (most of them to 1e-6)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from segue.descriptors import brightness, contrast, level, texture, timbre
from segue.descriptors.frames import BINS, FRAME, Sound
from segue.descriptors.mel import SCALES, Bank, mel_bank, mel_spectrum
from segue.descriptors.summary import STATISTICS, columns, summarise

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 22_050
TOLERANCE = 1e-4
BIN = RATE / FRAME
KINDS = ("noise", "sweep", "beats", "quiet", "fade")


@pytest.fixture(scope="module")
def librosa() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import librosa
        import librosa.feature
    return librosa


def clip(kind: str, hiss: float = 1e-6) -> NDArray[np.float32]:
    """Four seconds, with a hiss of -120 dB under them: 24 bits have as much."""
    rng = np.random.default_rng(5)
    times = np.arange(4 * RATE) / RATE
    sounds = {
        "noise": 0.1 * rng.standard_normal(len(times)),
        "sweep": 0.5 * np.sin(2 * np.pi * (80 + 600 * times**2) * times),
        "beats": (times % 0.5 < 0.05) * rng.standard_normal(len(times)) * 0.3
        + 0.1 * np.sin(2 * np.pi * 220 * times),
        "quiet": 1e-4 * rng.standard_normal(len(times)) * np.sin(times),
        "fade": 0.3 * rng.standard_normal(len(times)) * np.exp(-6 * times),
    }
    return (sounds[kind] + hiss * rng.standard_normal(len(times))).astype(np.float32)


def apart(ours: NDArray[Any], theirs: NDArray[Any]) -> float:
    """Largest difference as a share of the range of theirs."""
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max() / np.ptp(theirs))


def differences(audio: NDArray[np.float32], librosa: Any) -> dict[str, float]:
    """How far apart every series of frames is."""
    sound, feature = Sound(audio, rate=RATE), librosa.feature
    same = {"y": audio, "sr": RATE, "pad_mode": "reflect"}
    ours, theirs = timbre.mfcc(sound), feature.mfcc(n_mfcc=13, **same)
    spectrum = np.abs(librosa.stft(audio, pad_mode="reflect"))
    unit = librosa.util.normalize(spectrum.astype(np.float64), norm=2, axis=0)
    heights = np.maximum(spectrum, np.sqrt(sound.floor))
    loudness = librosa.amplitude_to_db(feature.rms(y=audio), top_db=None)
    flatness = feature.spectral_flatness(y=audio, pad_mode="reflect", amin=sound.floor)
    pairs = {
        "mel40": (sound.mel40, feature.melspectrogram(n_mels=40, **same).T),
        "mel128": (sound.mel128, feature.melspectrogram(n_mels=128, **same).T),
        "mfcc": (ours, theirs.T),
        "delta": (timbre.differences(ours, order=1), feature.delta(theirs).T),
        "delta2": (timbre.differences(ours, order=2), feature.delta(theirs, order=2).T),
        "centroid": (brightness.centroid(sound), feature.spectral_centroid(**same)[0]),
        "bandwidth": (brightness.bandwidth(sound), feature.spectral_bandwidth(**same)[0]),
        "flatness": (texture.flatness(sound), flatness[0]),
        "flux": (texture.flux(sound), np.sqrt(np.square(np.diff(unit)).sum(axis=0) / 2)),
        "zero crossings": (texture.zero_crossings(sound), feature.zero_crossing_rate(audio)[0]),
        "rms": (sound.rms, feature.rms(y=audio)[0]),
        "rms in dB": (level.rms(sound), loudness[0]),
        "contrast": (
            contrast.contrast(sound),
            2 * feature.spectral_contrast(S=heights, sr=RATE).T,
        ),
    }
    rolloff = feature.spectral_rolloff(**same)[0]
    assert np.abs(brightness.rolloff(sound) - rolloff).max() < 1.01 * BIN
    assert np.mean(np.abs(brightness.rolloff(sound) - rolloff) < 0.01 * BIN) > 0.995
    return {name: apart(mine, other) for name, (mine, other) in pairs.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_frames_agree(kind: str, librosa: Any) -> None:
    found = differences(clip(kind), librosa)
    assert {name: value for name, value in found.items() if value > TOLERANCE} == {}
    assert found["zero crossings"] == 0.0


@pytest.mark.realdata
@pytest.mark.parametrize(("folder", "place"), [("cc", 7), ("cc", 90), ("emotify", 3)])
def test_frames_of_real_music_agree(
    folder: str, place: int, librosa: Any, shared_data: Path
) -> None:
    from segue.audio.decode import decode

    path = sorted((shared_data / "audio" / folder).rglob("*.mp3"))[place]
    found = differences(decode(path).audio, librosa)
    assert {name: value for name, value in found.items() if value > TOLERANCE} == {}
    assert found["zero crossings"] == 0.0


def test_a_tone_without_any_hiss_is_wider_by_two_hertz_at_most(librosa: Any) -> None:
    # float32 rounds 170 dB below the tone, and half the spectrum away that has a long lever.
    audio = clip("sweep", hiss=0.0)
    theirs = librosa.feature.spectral_bandwidth(y=audio, sr=RATE, pad_mode="reflect")[0]
    assert np.abs(brightness.bandwidth(Sound(audio, rate=RATE)) - theirs).max() < 2.0


@pytest.mark.parametrize(("rate", "bands"), [(22_050, 40), (22_050, 128), (44_100, 64)])
def test_mel_banks_agree(rate: int, bands: int, librosa: Any) -> None:
    theirs = librosa.filters.mel(sr=rate, n_fft=2048, n_mels=bands)
    np.testing.assert_allclose(mel_bank(rate, bands=bands, bins=1025), theirs, atol=1e-8)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("equal", [True, False])
@pytest.mark.parametrize(("low", "high"), [(0.0, None), (125.0, 7_500.0), (30.0, 8_000.0)])
def test_other_banks_agree(
    scale: str, equal: bool, low: float, high: float | None, librosa: Any
) -> None:
    bank = Bank(low=low, high=high, scale=scale, equal=equal)
    theirs = librosa.filters.mel(
        sr=16_000,
        n_fft=512,
        n_mels=40,
        fmin=low,
        fmax=high,
        htk=scale == "htk",
        norm="slaney" if equal else None,
    )
    ours = mel_bank(16_000, bands=40, bins=257, bank=bank)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    power = np.random.default_rng(1).random((300, 257), dtype=np.float32)
    np.testing.assert_allclose(
        mel_spectrum(power, 16_000, bands=40, bank=bank), power @ theirs.T, rtol=1e-4
    )


@pytest.mark.parametrize(("rate", "bands"), [(22_050, 40), (22_050, 128), (8_000, 30), (500, 128)])
def test_bands_by_runs_are_those_of_the_whole_bank(rate: int, bands: int) -> None:
    power = np.random.default_rng(bands).random((7, BINS), dtype=np.float32)
    whole = power @ mel_bank(rate, bands=bands, bins=BINS).T
    np.testing.assert_allclose(mel_spectrum(power, rate, bands=bands), whole, rtol=1e-5)


def test_the_bank_covers_every_frequency_between_its_first_and_last_centre() -> None:
    covered = mel_bank(RATE, bands=40, bins=1025).sum(axis=0)
    assert (covered[5:1020] > 0).all()


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5, 100])
def test_statistics_are_numpys(frames: int) -> None:
    values = np.random.default_rng(frames).normal(size=(frames, 3)).astype(np.float32)
    expected = {
        "mean": values.mean(axis=0),
        "std": values.std(axis=0),
        "min": values.min(axis=0),
        "max": values.max(axis=0),
        "median": np.median(values, axis=0),
        "q25": np.quantile(values, 0.25, axis=0),
        "q75": np.quantile(values, 0.75, axis=0),
    }
    assert tuple(expected) == STATISTICS
    np.testing.assert_allclose(
        summarise(values), np.stack(list(expected.values()), axis=1), rtol=1e-5, atol=1e-6
    )


def test_columns_stand_in_the_order_of_their_statistics() -> None:
    assert columns("a", "b") == (
        *(f"a_{statistic}" for statistic in STATISTICS),
        *(f"b_{statistic}" for statistic in STATISTICS),
    )
