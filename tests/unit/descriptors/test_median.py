"""Sliding medians: bit for bit those of scipy, and of the definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import median_filter

from segue.descriptors.median import sliding_median


@pytest.mark.parametrize("width", [3, 15, 31])
@pytest.mark.parametrize("rows", [16, 30, 31, 32, 61, 62, 63, 200])
def test_floats_have_scipys_median(rows: int, width: int) -> None:
    rng = np.random.default_rng(rows * width)
    values = rng.exponential(size=(rows, 7)).astype(np.float32)
    expected = median_filter(values, size=(width, 1), mode="reflect")
    np.testing.assert_array_equal(sliding_median(values, width=width), expected)


def test_bytes_have_scipys_median_over_several_slabs() -> None:
    rng = np.random.default_rng(1)
    values = rng.integers(0, 256, size=(400, 3000), dtype=np.uint8)
    medians = sliding_median(values, width=31)
    assert medians.dtype == np.uint8
    np.testing.assert_array_equal(medians, median_filter(values, size=(31, 1), mode="reflect"))


@pytest.mark.parametrize("rows", [1, 2, 5, 14])
def test_fewer_rows_than_half_a_window_are_mirrored_again_and_again(rows: int) -> None:
    # scipy 1.17 reads beyond its buffer here, so the definition is the judge.
    rng = np.random.default_rng(rows)
    values = rng.integers(0, 9, size=(rows, 4)).astype(np.float32)
    there_and_back = np.concatenate([values, values[::-1]])
    medians = sliding_median(values, width=31)
    for row in range(rows):
        window = there_and_back[np.arange(row - 15, row + 16) % (2 * rows)]
        np.testing.assert_array_equal(medians[row], np.median(window, axis=0))


def test_ties_and_constant_rows_stay_as_they_are() -> None:
    values = np.full((50, 3), 4.0, dtype=np.float32)
    np.testing.assert_array_equal(sliding_median(values, width=31), values)


def test_the_values_are_left_alone() -> None:
    values = np.random.default_rng(2).random((100, 5), dtype=np.float32)
    before = values.copy()
    sliding_median(values, width=31)
    np.testing.assert_array_equal(values, before)
