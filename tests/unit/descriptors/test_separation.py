"""Harmonic-percussive separation: the exact path against scipy and librosa, the default to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import librosa
import numpy as np
import pytest
from scipy.ndimage import median_filter

from segue.audio.decode import decode
from segue.descriptors.frames import Sound
from segue.descriptors.separation import (
    FAMILY,
    LIMIT,
    medians,
    ratio,
    separate,
    separate_exactly,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.descriptors.separation import Separation

RATE = 22_050


def held(seconds: float = 3.0) -> np.ndarray:
    """Two tones with eight partials each."""
    times = np.arange(round(seconds * RATE)) / RATE
    return sum(
        np.sin(2 * np.pi * hertz * part * times) / part
        for hertz in (220.0, 331.0)
        for part in range(1, 9)
    )


def struck(seconds: float = 3.0, seed: int = 0) -> np.ndarray:
    """Bursts of noise, three a second, 20 ms each."""
    samples = np.arange(round(seconds * RATE))
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    return noise * np.exp(-(samples % (RATE // 3)) / (0.02 * RATE))


def mixture(decibels: float, *, hiss: float = 0.0, seed: int = 0) -> Sound:
    """Held tones, so many dB above the strokes, and hiss."""
    tones, strokes = held() / held().std(), struck(seed=seed) / struck(seed=seed).std()
    noise = np.random.default_rng(seed + 1).standard_normal(len(tones))
    audio = tones * 10 ** (decibels / 20) + strokes + hiss * noise
    return Sound((0.3 * audio / np.abs(audio).max()).astype(np.float32), rate=RATE)


def whole(parts: Separation) -> float:
    """The ratio of the whole clip in dB."""
    return float(ratio(parts.harmonic.sum(dtype=float), parts.percussive.sum(dtype=float)))


def correlation(sounds: Sequence[Sound]) -> float:
    """Of the ratios that both paths find."""
    cheap = [whole(separate(sound)) for sound in sounds]
    exact = [whole(separate_exactly(sound)) for sound in sounds]
    return float(np.corrcoef(cheap, exact)[0, 1])


def numbers(audio: np.ndarray) -> dict[str, float]:
    values = FAMILY.compute(Sound(audio.astype(np.float32), rate=RATE))
    return dict(zip(FAMILY.names, values.tolist(), strict=True))


def test_exact_medians_are_scipys_bit_for_bit() -> None:
    magnitude = mixture(0.0, hiss=0.1).magnitude
    along_time, along_frequency = medians(magnitude)
    np.testing.assert_array_equal(along_time, median_filter(magnitude, size=(31, 1)))
    np.testing.assert_array_equal(along_frequency, median_filter(magnitude, size=(1, 31)))


@pytest.mark.parametrize("decibels", [-15.0, 0.0, 15.0])
def test_the_exact_parts_are_librosas(decibels: float) -> None:
    sound = mixture(decibels, hiss=0.1)
    parts = separate_exactly(sound)
    harmonic, percussive = librosa.decompose.hpss(sound.magnitude.T, kernel_size=31)
    np.testing.assert_allclose(parts.harmonic, np.square(harmonic).sum(axis=0), rtol=1e-4)
    np.testing.assert_allclose(parts.percussive, np.square(percussive).sum(axis=0), rtol=1e-4)


def test_the_default_follows_the_exact_path_on_mixtures() -> None:
    rng = np.random.default_rng(4)
    sounds = [
        mixture(decibels, hiss=float(rng.uniform(0, 0.5)), seed=seed)
        for seed, decibels in enumerate(np.linspace(-20, 20, 12))
    ]
    assert correlation(sounds) > 0.995


@pytest.mark.realdata
def test_the_default_follows_the_exact_path_on_music(shared_data: Path) -> None:
    files = sorted((shared_data / "audio").glob("[ce][cm]*/*/*.mp3"))[::7]
    assert len(files) >= 60
    ratios = []
    for file in files:
        sound = Sound(decode(file, seconds=20.0).audio, rate=RATE)
        ratios.append((whole(separate(sound)), whole(separate_exactly(sound))))
    cheap, exact = np.transpose(ratios)
    assert np.corrcoef(cheap, exact)[0, 1] > 0.995
    assert np.abs(cheap - exact).max() < 1.5


def test_what_is_held_is_harmonic_and_what_is_struck_percussive() -> None:
    assert numbers(0.1 * held())["harmonic_percussive_ratio"] > 20.0
    assert numbers(0.1 * struck())["harmonic_percussive_ratio"] < -10.0
    assert numbers(np.tile(np.eye(1, 4410, 2205)[0], 10))["harmonic_percussive_ratio"] < -20.0


def test_the_ratio_grows_with_the_tones() -> None:
    ratios = [whole(separate(mixture(decibels))) for decibels in (-20, -10, 0, 10, 20)]
    assert np.diff(ratios).min() > 5.0
    assert ratios[2] == pytest.approx(0.0, abs=3.0)


def test_noise_is_neither() -> None:
    noise = 0.1 * np.random.default_rng(3).standard_normal(3 * RATE)
    assert numbers(noise)["harmonic_percussive_ratio"] == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("audio", [np.zeros(RATE), np.zeros(1), np.full(9000, 1e-25)])
def test_silence_is_neither(audio: np.ndarray) -> None:
    assert set(numbers(audio).values()) == {0.0}


def test_a_ratio_ends_at_its_limits() -> None:
    np.testing.assert_allclose(
        ratio(np.array([1.0, 0.0, 1.0, 0.0, 2.0]), np.array([0.0, 1.0, 1e-9, 0.0, 1.0])),
        [LIMIT, -LIMIT, LIMIT, 0.0, 10 * np.log10(2)],
        atol=1e-12,
    )


def test_silent_frames_do_not_count() -> None:
    tones = 0.1 * held()
    framed = np.concatenate([np.zeros(2 * RATE), tones, np.zeros(2 * RATE)])
    assert numbers(framed)["harmonic_ratio_median"] == pytest.approx(
        numbers(tones)["harmonic_ratio_median"], abs=1.5
    )


def test_every_second_frame_is_looked_at() -> None:
    sound = mixture(0.0)
    parts = sound.shared(separate)
    assert parts.stride == 2
    assert parts.mask.shape == sound.power[::2].shape
    assert sound.shared(separate) is parts
