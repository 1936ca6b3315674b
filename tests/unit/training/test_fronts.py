"""Fronts: what becomes of outliers, of constant columns, of values that many tracks share."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from segue.attributes import scales
from segue.training.fronts import Gaussian, Winsor

FRONTS = [Winsor(), Gaussian()]


def heavy(rows: int = 400, columns: int = 5) -> np.ndarray:
    return np.random.default_rng(1).standard_t(2, size=(rows, columns)).astype(np.float32)


def test_an_outlier_counts_for_no_more_than_the_limit() -> None:
    features = heavy()
    features[7, 2] = 1e6
    seen = Winsor(limit=2.5).fit(heavy()).transform(features)
    assert seen[7, 2] == 2.5
    assert np.abs(seen).max() <= 2.5
    assert seen.dtype == np.float32


def test_winsor_gives_z_scores_within_its_limit() -> None:
    features = np.array([[1.0], [2.0], [3.0]], dtype=np.float32)
    np.testing.assert_allclose(
        Winsor().fit_transform(features).ravel(), [-np.sqrt(1.5), 0, np.sqrt(1.5)], rtol=1e-6
    )


def test_ranks_become_normal() -> None:
    seen = Gaussian().fit_transform(heavy(2_000))
    assert seen.dtype == np.float32
    np.testing.assert_allclose(seen.mean(axis=0), 0.0, atol=0.02)
    np.testing.assert_allclose(seen.std(axis=0), 1.0, atol=0.03)


def test_with_knots_enough_it_is_the_rank_scale_of_targets() -> None:
    column = heavy()[:, 0]
    column[:40] = column[40]  # many the same
    scale = scales.fit("rank", column.astype(np.float64))
    seen = Gaussian(knots=400).fit_transform(column[:, None])[:, 0]
    np.testing.assert_allclose(seen, scale.forward(column.astype(np.float64)), atol=1e-6)


@pytest.mark.parametrize("shared", [0.0, 0.3, 0.9])
def test_few_knots_are_never_off_by_much(shared: float) -> None:
    column = heavy(3_000, 1)
    column[: int(shared * len(column))] = 0.5
    few, all_of_them = Gaussian(knots=64), Gaussian(knots=3_000)
    apart = np.abs(few.fit_transform(column) - all_of_them.fit_transform(column))
    span = np.ptp(all_of_them.fit_transform(column))
    assert apart.max() <= 2 * span / 63
    assert few.pieces_.begin.shape[1] < 64


def test_what_lies_beyond_goes_to_the_ends() -> None:
    features = heavy()
    front = Gaussian().fit(features)
    ends = front.transform(np.array([[-1e30] * 5, [1e30] * 5], dtype=np.float32))
    inside = front.transform(features)
    np.testing.assert_array_equal(ends[0], inside.min(axis=0))
    np.testing.assert_array_equal(ends[1], inside.max(axis=0))


@pytest.mark.parametrize("front", FRONTS)
def test_a_constant_column_says_nothing_whatever_comes_later(front) -> None:
    learned = np.column_stack([np.full(30, 0.1), np.arange(30)]).astype(np.float32)
    asked = np.array([[0.1, 3], [900.0, 3], [-900.0, 3]], dtype=np.float32)
    assert clone(front).fit(learned).transform(asked)[:, 0].tolist() == [0, 0, 0]


@pytest.mark.parametrize("front", FRONTS)
def test_one_row_is_a_world_of_constants(front) -> None:
    row = np.array([[1.0, 2.0]], dtype=np.float32)
    assert clone(front).fit_transform(row).tolist() == [[0, 0]]


@pytest.mark.parametrize("front", FRONTS)
def test_a_front_is_a_step_like_others(front) -> None:
    fresh = clone(front)
    assert fresh.get_params() == front.get_params()
    with pytest.raises(NotFittedError):
        fresh.transform(heavy())
    fresh.fit(heavy())
    assert fresh.get_feature_names_out().tolist() == [f"x{place}" for place in range(5)]
    with pytest.raises(ValueError, match="4 features"):
        fresh.transform(heavy(columns=4))
    with pytest.raises(ValueError, match="NaN"):
        fresh.transform(np.full((1, 5), np.nan, dtype=np.float32))
