"""Stretching and shifting: librosa is the judge, and pure tones say what they should."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from segue.audio.stretching import shifted, stretched
from segue.descriptors.frames import Sound
from segue.descriptors.mel import decibels
from segue.errors import BadRequestError

RATE = 22_050


def _tone(hertz: float, seconds: float = 2.0) -> np.ndarray:
    times = np.arange(round(RATE * seconds)) / RATE
    envelope = 0.6 + 0.4 * np.sin(2 * np.pi * 3 * times)
    return (0.4 * envelope * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


def _loudest(audio: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio))))
    return float(spectrum.argmax() * RATE / len(audio))


@pytest.mark.parametrize("speed", [0.8, 1.25])
def test_stretching_changes_the_length_and_not_the_pitch(speed: float) -> None:
    played = stretched(_tone(440.0), speed=speed)
    assert len(played) == round(2 * RATE / speed)
    assert _loudest(played) == pytest.approx(440.0, abs=2.0)


@pytest.mark.parametrize(("semitones", "hertz"), [(12.0, 880.0), (-12.0, 220.0), (2.0, 493.9)])
def test_shifting_changes_the_pitch_and_not_the_length(semitones: float, hertz: float) -> None:
    played = shifted(_tone(440.0), semitones=semitones, rate=RATE)
    assert len(played) == 2 * RATE
    assert _loudest(played) == pytest.approx(hertz, rel=0.005)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_both_sound_like_librosas() -> None:
    import librosa

    rng = np.random.default_rng(3)
    music = _tone(330.0) + _tone(523.0) + 0.01 * rng.normal(size=2 * RATE).astype(np.float32)
    played = [stretched(music, speed=1.1), shifted(music, semitones=2.0, rate=RATE)]
    with warnings.catch_warnings():
        # Of memory that librosa has not filled yet.
        warnings.filterwarnings("ignore", "invalid value encountered in cast", RuntimeWarning)
        there = [
            librosa.effects.time_stretch(music, rate=1.1),
            librosa.effects.pitch_shift(music, sr=RATE, n_steps=2),
        ]
    for ours, theirs in zip(played, there, strict=True):
        assert len(ours) == len(theirs)
        mine, other = (decibels(Sound(each, rate=RATE).mel128) for each in (ours, theirs))
        assert np.corrcoef(mine.ravel(), other.ravel())[0, 1] > 0.99


def test_nothing_changes_where_nothing_is_asked() -> None:
    music = _tone(440.0)
    np.testing.assert_array_equal(stretched(music, speed=1.0), music)
    np.testing.assert_array_equal(shifted(music, semitones=0.0, rate=RATE), music)
    assert len(stretched(music[:0], speed=1.3)) == 0
    assert len(stretched(music[:100], speed=1.3)) == 77


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_what_is_no_speed_is_refused(speed: float) -> None:
    with pytest.raises(BadRequestError, match="is no speed to play at"):
        stretched(_tone(440.0), speed=speed)
