"""Bootstrap intervals: as wide as theory says, by artist where artists are known, and fast."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import stats

from segue.evaluation import classes, numbers
from segue.evaluation.intervals import Resampling, average, bootstrap, interval, judged, paired
from segue.evaluation.splits import folds

RNG = np.random.default_rng(11)
TRUE = RNG.normal(size=400)
GUESS = TRUE + RNG.normal(size=400)
WORSE = TRUE + 1.3 * RNG.normal(size=400)


def test_an_interval_is_that_of_scipy() -> None:
    ours = bootstrap(numbers.mae, TRUE, GUESS, draws=4000)
    errors = np.abs(TRUE - GUESS)
    oracle = stats.bootstrap(
        (errors,), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    assert ours.value == pytest.approx(errors.mean())
    assert ours.low == pytest.approx(oracle.low, abs=0.01)
    assert ours.high == pytest.approx(oracle.high, abs=0.01)


def test_it_holds_the_truth_as_often_as_it_says() -> None:
    held = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        right = (rng.random(150) < 0.7).astype(float)
        found = bootstrap(
            classes.accuracy, np.ones(150), np.c_[1 - right, right], draws=300, seed=seed
        )
        held.append(found.low <= 0.7 <= found.high)
    assert 0.9 <= np.mean(held) <= 0.99


def test_tracks_of_one_artist_are_no_independent_witnesses() -> None:
    artists = [f"artist {row // 20}" for row in range(400)]
    shared = np.repeat(RNG.normal(size=20), 20)
    rows = bootstrap(numbers.mae, TRUE, TRUE + shared)
    whole = bootstrap(numbers.mae, TRUE, TRUE + shared, artists=artists)
    assert whole.high - whole.low > 2 * (rows.high - rows.low)
    alone = bootstrap(numbers.mae, TRUE, TRUE + shared, artists=[""] * 400)
    assert alone == rows


def test_with_folds_the_value_is_the_mean_over_them() -> None:
    parts = folds(400)
    found = bootstrap(numbers.r2, TRUE, GUESS, folds=parts)
    expected = np.mean([numbers.r2(TRUE[test], GUESS[test]) for _, test in parts])
    assert found.value == pytest.approx(expected)
    assert found.low < found.value < found.high


def test_a_difference_on_the_same_draws_is_told_more_sharply() -> None:
    near = GUESS + 0.2 * RNG.normal(size=400)
    apart = paired(numbers.r2, TRUE, GUESS, near)
    one, other = (bootstrap(numbers.r2, TRUE, each) for each in (GUESS, near))
    assert apart.value == pytest.approx(one.value - other.value)
    assert apart.high - apart.low < 0.6 * (one.high - one.low)
    assert paired(numbers.r2, TRUE, GUESS, GUESS) == interval(0.0, np.zeros(3))
    assert paired(numbers.r2, TRUE, GUESS, WORSE).low > 0


def test_the_seed_settles_the_draws() -> None:
    one, again, other = (bootstrap(numbers.r2, TRUE, GUESS, seed=seed) for seed in (1, 1, 2))
    assert one == again != other


def test_many_rows_are_drawn_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segue.evaluation.intervals._CELLS", 5000)
    resampling = Resampling.of(400, draws=50)
    blocks = list(resampling.weights(0))
    assert [len(block) for block in blocks] == [12, 12, 12, 12, 2]
    assert all((block.sum(axis=1) == 400).all() for block in blocks)
    first, again = (judged(numbers.r2, TRUE, GUESS, resampling)[1] for _ in range(2))
    assert first.shape == (50,)
    assert np.array_equal(first, again)


def test_an_interval_holds_its_figure_even_where_every_draw_lies_on_one_side() -> None:
    found = bootstrap(numbers.r2, TRUE, np.full_like(TRUE, TRUE.mean()))
    assert found.value == pytest.approx(0.0, abs=1e-12)
    assert found.low < found.value <= found.high


def test_nothing_has_no_interval() -> None:
    found = bootstrap(numbers.mae, np.empty(0), np.empty(0), draws=10)
    assert np.isnan([found.value, found.low, found.high]).all()
    assert np.isnan(average(np.full((2, 3), np.nan))).all()


def test_a_thousand_draws_of_1764_rows_take_less_than_a_second() -> None:
    true = RNG.normal(size=1764)
    guess = true + RNG.normal(size=1764)
    started = time.perf_counter()
    bootstrap(numbers.r2, true, guess)
    assert time.perf_counter() - started < 1.0
