"""What holds for the metrics of any values and predictions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segue.evaluation import classes, coverage, intervals, keys, numbers
from segue.evaluation.metrics import METRICS, Metric, of_kind
from segue.evaluation.weighing import lower

CELL = st.floats(-50, 50, width=32).map(lambda value: round(value, 2))
PAIRS = st.integers(1, 30).flatmap(
    lambda n: st.tuples(*(arrays(np.float64, n, elements=CELL) for _ in range(2)))
)


@st.composite
def classed(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Codes of up to four classes and probabilities."""
    n, k = draw(st.integers(1, 25)), draw(st.integers(2, 4))
    true = draw(arrays(np.float64, n, elements=st.integers(0, k - 1)))
    raw = draw(arrays(np.float64, (n, k), elements=st.sampled_from([0.0, 0.2, 0.5, 1.0])))
    return true, (raw + 0.01) / (raw + 0.01).sum(axis=1, keepdims=True)


@given(pair=PAIRS)
def test_perfect_predictions_are_perfect_and_bounds_hold(pair: tuple) -> None:
    true, guess = pair
    assert numbers.mae(true, true) == numbers.rmse(true, true) == 0
    assert 0 <= numbers.mae(true, guess) <= numbers.rmse(true, guess) + 1e-9
    if np.ptp(true) > 0:
        assert numbers.r2(true, true) == 1.0
        assert numbers.r2(true, guess) <= 1.0
        assert numbers.r2(true, np.full_like(true, true.mean())) == pytest.approx(0, abs=1e-6)
        assert numbers.spearman(true, true) == pytest.approx(1.0)
        if np.ptp(guess) > 0:
            assert -1 - 1e-9 <= numbers.spearman(true, guess) <= 1 + 1e-9


@given(pair=PAIRS, scale=st.floats(0.1, 10), shift=st.floats(-5, 5))
def test_the_unit_of_a_target_changes_errors_only(pair: tuple, scale: float, shift: float) -> None:
    true, guess = pair
    moved = scale * true + shift, scale * guess + shift
    assert numbers.mae(*moved) == pytest.approx(scale * numbers.mae(true, guess), abs=1e-9)
    assert numbers.rmse(*moved) == pytest.approx(scale * numbers.rmse(true, guess), abs=1e-9)
    if np.ptp(true) > 0.1:
        assert numbers.r2(*moved) == pytest.approx(numbers.r2(true, guess), rel=1e-6, abs=1e-6)


@given(pair=PAIRS)
def test_only_the_order_counts_for_ranks(pair: tuple) -> None:
    true, guess = pair
    stretched = numbers.spearman(true**3 + true, np.exp(guess / 10))
    assert stretched == pytest.approx(numbers.spearman(true, guess), abs=1e-9, nan_ok=True)


@given(given_=classed())
def test_classes_stay_within_their_bounds(given_: tuple) -> None:
    true, chances = given_
    for metric in of_kind("class"):
        value = metric.of(true, chances)
        assert np.isnan(value) or value >= 0
        assert np.isnan(value) or metric.name == "log_loss" or value <= 1 + 1e-12
    sure = np.eye(chances.shape[1])[true.astype(int)]
    assert classes.f1_macro(true, sure) == classes.accuracy(true, sure) == 1.0
    assert classes.log_loss(true, sure) == 0.0
    assert classes.recall_weighted(true, chances) == classes.accuracy(true, chances)


@given(given_=classed(), order=st.permutations(range(4)))
def test_the_names_of_classes_do_not_matter(given_: tuple, order: list[int]) -> None:
    true, chances = given_
    # Without ties: the first of equally probable classes is chosen.
    chances = chances + 1e-4 * np.arange(chances.shape[1])
    renamed = np.array([place for place in order if place < chances.shape[1]])
    for metric in of_kind("class"):
        here = metric.of(true, chances)
        there = metric.of(renamed.argsort()[true.astype(int)].astype(float), chances[:, renamed])
        assert there == pytest.approx(here, nan_ok=True), metric.name


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
@settings(max_examples=10)
@given(data=st.data())
def test_the_order_of_rows_does_not_matter(metric: Metric, data: st.DataObject) -> None:
    true, predicted = data.draw(classed() if metric.kind == "class" else PAIRS)
    if metric.kind == "key":
        true, predicted = np.abs(true) // 3, np.abs(predicted) // 3
    if metric.kind == "interval":
        predicted = np.column_stack([predicted - 5, predicted + 5])
    order = np.random.default_rng(data.draw(st.integers(0, 999))).permutation(len(true))
    shuffled = metric.of(true[order], predicted[order])
    assert shuffled == pytest.approx(metric.of(true, predicted), abs=1e-9, nan_ok=True)


@given(pair=PAIRS, more=st.floats(0, 20))
def test_wider_intervals_hold_more(pair: tuple, more: float) -> None:
    true, guess = pair
    narrow, wide = (np.column_stack([guess - half, guess + half]) for half in (5.0, 5.0 + more))
    assert coverage.coverage(true, narrow) <= coverage.coverage(true, wide)
    assert coverage.width(true, wide) == pytest.approx(10 + 2 * more)


@given(true=st.integers(0, 23), guess=st.integers(0, 23), up=st.integers(0, 11))
def test_a_transposition_of_both_keys_changes_no_score(true: int, guess: int, up: int) -> None:
    def score(*pair: int) -> float:
        return float(keys.mirex(*(np.array([float(each)]) for each in pair)))

    def raised(whole: int) -> int:
        return whole // 12 * 12 + (whole + up) % 12

    assert score(true, guess) == score(raised(true), raised(guess))
    assert (score(true, guess) == 1.0) == (true == guess)


@given(values=arrays(np.float64, st.integers(1, 30), elements=st.integers(-3, 3)))
def test_ranks_add_up_to_half_the_square_of_all_weight(values: np.ndarray) -> None:
    weights = np.arange(len(values)) % 3 + 0.0
    total = (weights * lower(values, weights, than=values)).sum()
    assert total == pytest.approx(weights.sum() ** 2 / 2)


@given(pair=PAIRS, seed=st.integers(0, 99))
def test_an_interval_holds_draws_and_is_defined_where_they_are(pair: tuple, seed: int) -> None:
    found = intervals.bootstrap(numbers.mae, *pair, draws=50, seed=seed)
    assert found.low <= found.high
    errors = np.abs(pair[0] - pair[1])
    assert errors.min() - 1e-9 <= found.low
    assert found.high <= errors.max() + 1e-9
