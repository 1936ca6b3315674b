"""Tones and the tuning they keep to."""

from __future__ import annotations

import numpy as np
import pytest

from chords import RATE, cadence, played
from segue.descriptors.frames import Sound
from segue.descriptors.tones import FRAME, HIGHEST, LOWEST, slowed, tones
from segue.descriptors.tuning import tuning


def sine(hertz: float, *, seconds: float = 3.0, rate: int = RATE) -> np.ndarray:
    times = np.arange(round(seconds * rate)) / rate
    return (0.3 * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


@pytest.mark.parametrize("hertz", [65.4, 110.0, 261.6, 440.0, 987.8, 1975.5])
def test_a_sine_is_one_tone_of_its_pitch(hertz: float) -> None:
    found = tones(Sound(sine(hertz), rate=RATE))
    strongest = found.pitch[found.magnitude > 0.9]
    # In the first and last frame the sine sets in or ends.
    assert len(strongest) >= found.frames - 2
    np.testing.assert_allclose(np.median(strongest), 12 * np.log2(hertz / 440), atol=0.02)


def test_tones_are_shares_of_their_frame() -> None:
    found = tones(Sound(played(cadence(2, 1)), rate=RATE))
    assert (np.diff(found.frame) >= 0).all()
    assert set(found.frame.tolist()) == set(range(found.frames))
    np.testing.assert_allclose(np.bincount(found.frame, weights=found.magnitude), 1, rtol=1e-5)
    borders = 12 * np.log2(np.array([LOWEST, HIGHEST]) / 440)
    assert (np.abs(found.pitch - borders.mean()) <= np.ptp(borders) / 2 + 0.7).all()


@pytest.mark.parametrize("audio", [np.zeros(RATE), np.zeros(1), np.ones(1)], ids=len)
def test_where_nothing_sounds_there_is_no_tuning(audio: np.ndarray) -> None:
    sound = Sound(audio.astype(np.float32), rate=RATE)
    assert tuning(sound).strength <= 1.0
    if not audio.any():
        assert sound.shared(tones).frames == 0
        assert (tuning(sound).cents, tuning(sound).strength) == (0.0, 0.0)


@pytest.mark.parametrize("cents", [-40, -13, 0, 7, 25, 40])
@pytest.mark.parametrize("mode", [0, 1])
def test_detuned_music_is_heard_as_detuned(cents: int, mode: int) -> None:
    found = tuning(Sound(played(cadence(cents % 12, mode), cents=cents), rate=RATE))
    assert found.cents == pytest.approx(cents, abs=1.0)
    assert found.strength > 0.9


def test_a_semitone_more_is_the_same_tuning() -> None:
    low, high = (
        tuning(Sound(played(cadence(4, 1), cents=cents), rate=RATE)) for cents in (-80, 20)
    )
    assert low.cents == pytest.approx(high.cents, abs=1.0)


def test_noise_and_glides_keep_to_no_scale() -> None:
    noise = np.random.default_rng(3).normal(scale=0.1, size=5 * RATE).astype(np.float32)
    times = np.arange(5 * RATE) / RATE
    glide = (0.3 * np.sin(2 * np.pi * 100 * 2.0 ** (times / 2) * 2 / np.log(2))).astype(np.float32)
    assert tuning(Sound(noise, rate=RATE)).strength < 0.05
    assert tuning(Sound(glide, rate=RATE)).strength < 0.15


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000])
def test_other_rates_give_the_same_tuning(rate: int) -> None:
    audio = sum(sine(hertz * 2 ** (0.2 / 12), rate=rate) for hertz in (220.0, 277.18, 329.63))
    assert tuning(Sound(audio, rate=rate)).cents == pytest.approx(20, abs=1.5)


def test_what_is_slowed_keeps_low_tones_and_loses_those_that_would_fold_onto_them() -> None:
    kept = slowed(sine(1000.0), factor=4)
    assert np.sqrt(np.mean(np.square(kept))) == pytest.approx(0.3 / np.sqrt(2), rel=0.01)
    for hertz in (3500.0, 5512.5 - 1000.0, 5512.5 + 1000.0, 9000.0):
        lost = slowed(sine(hertz), factor=4)
        assert np.sqrt(np.mean(np.square(lost))) < 0.3 / np.sqrt(2) * 10 ** (-40 / 20)


@pytest.mark.parametrize("samples", [1, 500, 9000, 100_000])
def test_slowing_keeps_the_length(samples: int) -> None:
    result = slowed(np.ones(samples, dtype=np.float32), factor=4)
    assert max(samples // 4 - 64, FRAME) <= len(result) <= max(samples // 4, FRAME)
