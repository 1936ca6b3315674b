"""Centroid, rolloff and bandwidth of spectra that can be worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest

from segue.descriptors import brightness
from segue.descriptors.extract import numbers
from segue.descriptors.frames import BINS, Sound

RATE = 22_050
HERTZ = np.linspace(0.0, RATE / 2, BINS)


def drawn(*magnitudes: dict[int, float]) -> Sound:
    """A sound whose frames have only these bins."""
    sound = Sound(np.zeros(512 * (len(magnitudes) - 1) + 1, dtype=np.float32), rate=RATE)
    frames = np.zeros((len(magnitudes), BINS), dtype=np.float32)
    for frame, bins in zip(frames, magnitudes, strict=True):
        for place, magnitude in bins.items():
            frame[place] = magnitude
    sound.power = np.square(frames)
    return sound


def test_two_bins_have_their_middle_and_their_distance() -> None:
    sound = drawn({100: 1.0, 300: 1.0}, {0: 3.0, 1024: 1.0}, {511: 0.5, 512: 0.5})
    np.testing.assert_allclose(
        brightness.centroid(sound), [HERTZ[200], HERTZ[256], HERTZ[511:513].mean()], rtol=1e-6
    )
    np.testing.assert_allclose(
        brightness.bandwidth(sound),
        [HERTZ[100], np.sqrt(3 / 16) * HERTZ[1024], HERTZ[1] / 2],
        rtol=1e-6,
    )


@pytest.mark.parametrize("place", [0, 1, 31, 32, 700, 1023, 1024])
def test_a_single_bin_has_no_width(place: int) -> None:
    sound = drawn({place: 0.1})
    assert brightness.bandwidth(sound)[0] == pytest.approx(0.0, abs=0.05)
    assert brightness.centroid(sound)[0] == pytest.approx(HERTZ[place], abs=1e-3)
    assert brightness.rolloff(sound)[0] == pytest.approx(HERTZ[place])


def test_eighty_five_percent_lie_below_the_rolloff() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        magnitude = rng.exponential(size=BINS) * (rng.random(BINS) < rng.random())
        sound = drawn(dict(enumerate(magnitude)))
        place = round(brightness.rolloff(sound)[0] / HERTZ[1])
        below = np.cumsum(magnitude) / magnitude.sum()
        assert below[place] >= 0.85 - 1e-6
        assert place == 0 or below[place - 1] < 0.85 + 1e-6


def test_silence_is_at_zero_hertz() -> None:
    sound = Sound(np.zeros(3000, dtype=np.float32), rate=RATE)
    for series in (brightness.centroid, brightness.bandwidth, brightness.rolloff):
        np.testing.assert_array_equal(series(sound), np.zeros(6))
    np.testing.assert_allclose(brightness.shares(sound), 1 / 3)


def test_what_is_not_heard_does_not_count() -> None:
    loud, soft = {100: 1.0, 120: 1.0}, {900: 1e-4}
    without = numbers(drawn(loud, loud), brightness.FAMILY)
    np.testing.assert_allclose(
        numbers(drawn(loud, soft, loud, soft), brightness.FAMILY), without, rtol=1e-5, atol=1e-6
    )


def test_a_wide_sound_is_wider_than_a_narrow_one_however_high_it_lies() -> None:
    widths = [
        brightness.bandwidth(drawn({place: 1.0, place + 10: 1.0}))[0] for place in range(0, 1010, 7)
    ]
    np.testing.assert_allclose(widths, HERTZ[5], rtol=1e-5)
