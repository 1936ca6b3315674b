"""Level, its range and the crest factor of waves whose figures are known."""

from __future__ import annotations

import numpy as np
import pytest

from segue.descriptors.extract import numbers
from segue.descriptors.frames import Sound
from segue.descriptors.level import FAMILY, crest, level, rms

RATE = 22_050


def heard_as(audio: np.ndarray) -> Sound:
    return Sound(audio.astype(np.float32), rate=RATE)


def wave(amplitude: float) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * np.arange(2 * RATE) / 100)


@pytest.mark.parametrize("amplitude", [1e-3, 0.1, 1.0, 30.0])
def test_a_sine_has_a_crest_of_three_decibels_at_any_level(amplitude: float) -> None:
    sound = heard_as(wave(amplitude))
    assert level(sound) == pytest.approx(20 * np.log10(amplitude) - 3.0103, abs=1e-3)
    assert crest(sound) == pytest.approx(3.0103, abs=1e-3)
    np.testing.assert_allclose(rms(sound)[4:-4], level(sound), atol=0.05)


def test_a_square_wave_has_no_crest_and_a_click_has_much() -> None:
    square = np.where(np.arange(RATE) % 50 < 25, -0.4, 0.4)
    assert crest(heard_as(square)) == pytest.approx(0.0, abs=1e-5)
    click = np.zeros(10_000)
    click[5000] = -0.5
    assert crest(heard_as(click)) == pytest.approx(40.0, abs=1e-3)


@pytest.mark.parametrize("samples", [1, 700, RATE])
def test_silence_lies_on_the_floor_and_has_no_dynamics(samples: int) -> None:
    values = dict(zip(FAMILY.names, numbers(heard_as(np.zeros(samples)), FAMILY), strict=True))
    assert values["level"] == -100.0
    assert values["rms_mean"] == values["rms_min"] == pytest.approx(-100.0, abs=1e-4)
    assert values["rms_std"] == values["level_range"] == values["crest"] == 0.0


def test_the_level_of_all_is_that_of_its_frames() -> None:
    swell = heard_as(wave(1.0) * np.geomspace(0.01, 1.0, 2 * RATE))
    values = dict(zip(FAMILY.names, numbers(swell, FAMILY), strict=True))
    assert values["rms_min"] < values["rms_median"] < values["level"] < values["rms_max"]
    assert values["rms_max"] - values["rms_min"] == pytest.approx(40.0, abs=3.0)
