"""Onsets on sounds whose beginnings are known, and against librosa's onset strength."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from segue.descriptors import onsets
from segue.descriptors.frames import Sound
from segue.descriptors.mel import decibels
from segue.descriptors.onsets import accents, intervals, strength
from strokes import RATE, ramped, steady, struck


def found(audio: np.ndarray) -> np.ndarray:
    return Sound(audio, rate=RATE).shared(onsets.onsets).seconds


def column(audio: np.ndarray, name: str) -> float:
    numbers = onsets.FAMILY.compute(Sound(audio, rate=RATE))
    return float(numbers[onsets.FAMILY.names.index(name)])


def test_the_strength_is_that_of_librosa() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import librosa

        sound = Sound(struck(steady(97.0), kind="kick", hiss=0.02), rate=RATE)
        level = decibels(sound.mel128).T
        theirs = librosa.onset.onset_strength(S=level, sr=RATE, center=False)
    np.testing.assert_allclose(strength(sound), theirs, atol=2e-4)


@pytest.mark.parametrize("kind", ["click", "kick"])
@pytest.mark.parametrize("bpm", [60.0, 133.0, 240.0])
def test_every_stroke_is_one_onset_near_its_time(kind: str, bpm: float) -> None:
    times = steady(bpm)
    seconds = found(struck(times, kind=kind))
    assert len(seconds) == len(times)
    assert np.abs(seconds - times).max() < 0.04


def test_slow_notes_are_onsets_too() -> None:
    times = np.arange(0.5, 9.0, 0.8)
    seconds = found(ramped(times, rise=0.06))
    assert len(seconds) == len(times)
    assert np.abs(seconds - times).max() < 0.06


@pytest.mark.parametrize("kind", ["silence", "noise", "tone", "vibrato"])
def test_nothing_begins_in_silence_noise_and_held_tones(kind: str) -> None:
    times = np.arange(20 * RATE) / RATE
    audio = {
        "silence": np.zeros(len(times)),
        "noise": 0.1 * np.random.default_rng(4).standard_normal(len(times)),
        "tone": 0.3 * np.sin(2 * np.pi * 440 * times),
        "vibrato": 0.3 * np.sin(2 * np.pi * 440 * times + 2 * np.sin(2 * np.pi * 5.5 * times)),
    }[kind]
    assert len(found(audio.astype(np.float32))) <= 1


def test_the_rate_is_strokes_a_second() -> None:
    audio = struck(steady(150.0))
    assert column(audio, "onset_rate") == pytest.approx(2.5, abs=0.06)
    assert column(audio, "onset_interval_median") == pytest.approx(0.4, abs=0.024)
    assert column(audio, "onset_interval_std") < 0.02


def test_without_two_onsets_the_interval_is_the_clip() -> None:
    for audio in (np.zeros(3 * RATE, dtype=np.float32), struck([1.0], seconds=3.0)):
        assert intervals(Sound(audio, rate=RATE)).tolist() == pytest.approx([3.0])


def test_the_accent_of_the_bass_hears_the_kick_alone() -> None:
    hat = np.diff(struck(steady(120.0), hiss=0.0), prepend=0.0).astype(np.float32)
    kick = struck(steady(120.0), kind="kick", hiss=0.0)
    high, low = (accents(Sound(audio, rate=RATE)).mean(axis=0) for audio in (hat, kick))
    assert low[1] > 5 * low[0]
    assert high[1] < high[0]


@pytest.mark.parametrize("samples", [1, 2, 511, 513, 1500])
def test_a_few_samples_give_finite_numbers(samples: int) -> None:
    audio = np.random.default_rng(samples).uniform(-1, 1, samples).astype(np.float32)
    numbers = onsets.FAMILY.compute(Sound(audio, rate=RATE))
    assert numbers.shape == (len(onsets.FAMILY.names),)
    assert np.isfinite(numbers).all()
