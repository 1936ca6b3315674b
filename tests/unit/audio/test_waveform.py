"""The player's waveform shows every peak at its place, whatever the rate and the pieces."""

from __future__ import annotations

import numpy as np
import pytest

from segue.audio.waveform import MOST, RATE, Waveform


def drawn(absolute: np.ndarray, rate: int, piece: int) -> tuple[np.ndarray, float]:
    waveform = Waveform(rate)
    for first in range(0, absolute.shape[1], piece):
        waveform.add(absolute[:, first : first + piece])
    peaks, peaks_rate = waveform.drawn()
    return np.frombuffer(peaks, dtype=np.uint8), peaks_rate


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 44_100, 44_056])
@pytest.mark.parametrize("piece", [1, 551, 2205, 10_000])
def test_each_peak_is_the_highest_of_its_twentieth_of_a_second(rate: int, piece: int) -> None:
    if piece == 1:
        rate //= 20
    absolute = np.random.default_rng(rate).uniform(0, 1, (2, round(2.34 * rate)))
    absolute[:, ::7] **= 6
    peaks, peaks_rate = drawn(absolute.astype(np.float32), rate, piece)
    highest = absolute.max(axis=0)
    numbers = np.arange(absolute.shape[1]) * RATE // rate
    expected = [highest[numbers == number].max() for number in range(int(numbers[-1]) + 1)]
    np.testing.assert_allclose(peaks, 255 * np.array(expected), atol=0.51)
    assert peaks_rate == RATE


def test_one_loud_moment_stands_at_its_time() -> None:
    absolute = np.zeros((2, 10 * 44_100), np.float32)
    absolute[1, round(6.21 * 44_100)] = 0.5
    peaks, rate = drawn(absolute, 44_100, 32_768)
    assert np.flatnonzero(peaks).tolist() == [int(6.21 * rate)]
    assert peaks.max() == 128


def test_full_scale_is_the_top_and_nothing_goes_beyond() -> None:
    peaks, _ = drawn(np.array([[1.0] * 400 + [1.7] * 400], np.float32), 8000, 100)
    assert peaks.tolist() == [255, 255]


def test_long_recordings_get_fewer_a_second() -> None:
    absolute = np.zeros((1, 3600 * 200), np.float32)
    absolute[0, 3000 * 200] = 1.0
    peaks, rate = drawn(absolute, 200, 40_000)
    assert rate == RATE / 16
    assert MOST / 2 < len(peaks) == 3600 * rate <= MOST
    assert np.flatnonzero(peaks).tolist() == [int(3000 * rate)]


def test_nothing_is_drawn_of_nothing() -> None:
    assert drawn(np.zeros((1, 0), np.float32), 44_100, 10)[0].tolist() == []
