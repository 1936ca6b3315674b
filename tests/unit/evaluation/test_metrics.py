"""Metrics agree with scikit-learn, scipy and mir_eval, and define what these leave open."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from mir_eval.key import weighted_score
from scipy import stats
from sklearn import metrics as theirs

from segue.evaluation import classes, coverage, keys, metrics, numbers

RNG = np.random.default_rng(7)
TRUE = RNG.normal(size=120).round(1)
GUESS = (TRUE + RNG.normal(size=120)).round(1)
CODES = RNG.integers(0, 5, 120).astype(float)
RAW = RNG.random((120, 5)) + 0.5 * np.eye(5)[CODES.astype(int)]
CHANCES = RAW / RAW.sum(axis=1, keepdims=True)
TAKEN = CHANCES.argmax(axis=1)
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@pytest.mark.parametrize(
    ("ours", "oracle"),
    [
        (numbers.r2, theirs.r2_score),
        (numbers.mae, theirs.mean_absolute_error),
        (numbers.rmse, theirs.root_mean_squared_error),
        (numbers.spearman, lambda true, guess: stats.spearmanr(true, guess).statistic),
    ],
)
def test_numbers_are_judged_as_others_judge_them(ours, oracle) -> None:
    assert ours(TRUE, GUESS) == pytest.approx(oracle(TRUE, GUESS), abs=1e-12)


@pytest.mark.parametrize(
    ("ours", "oracle"),
    [
        (classes.accuracy, theirs.accuracy_score),
        (classes.balanced_accuracy, theirs.balanced_accuracy_score),
        (classes.f1_macro, lambda *each: theirs.f1_score(*each, average="macro")),
        (classes.f1_weighted, lambda *each: theirs.f1_score(*each, average="weighted")),
        (classes.precision_macro, lambda *each: theirs.precision_score(*each, average="macro")),
        (
            classes.precision_weighted,
            lambda *each: theirs.precision_score(*each, average="weighted"),
        ),
        (classes.recall_macro, lambda *each: theirs.recall_score(*each, average="macro")),
        (classes.recall_weighted, lambda *each: theirs.recall_score(*each, average="weighted")),
    ],
)
def test_classes_are_judged_as_scikit_learn_judges_them(ours, oracle) -> None:
    assert ours(CODES, CHANCES) == pytest.approx(oracle(CODES, TAKEN), abs=1e-12)


def test_probabilities_are_judged_as_scikit_learn_judges_them() -> None:
    coarse = CHANCES.round(1) + 0.0
    expected = np.mean([theirs.roc_auc_score(code == CODES, coarse[:, code]) for code in range(5)])
    assert classes.roc_auc(CODES, coarse) == pytest.approx(expected, abs=1e-12)
    assert classes.roc_auc(CODES, CHANCES) == pytest.approx(
        theirs.roc_auc_score(CODES, CHANCES, multi_class="ovr"), abs=1e-12
    )
    assert classes.log_loss(CODES, CHANCES) == pytest.approx(
        theirs.log_loss(CODES, CHANCES), abs=1e-12
    )


def test_a_binary_target_has_one_area() -> None:
    chances = CHANCES[:, :2] / CHANCES[:, :2].sum(axis=1, keepdims=True)
    codes = CODES % 2
    expected = theirs.roc_auc_score(codes, chances[:, 1])
    assert classes.roc_auc(codes, chances) == pytest.approx(expected, abs=1e-12)


def test_the_confusion_has_true_classes_as_rows() -> None:
    expected = theirs.confusion_matrix(CODES, TAKEN)
    assert np.array_equal(
        classes.confusion(CODES, TAKEN.astype(float), count=5), expected.astype(float)
    )


def test_whole_keys_score_as_in_mir_eval() -> None:
    def said(whole: int) -> str:
        return f"{NAMES[whole % 12]} {'major' if whole >= 12 else 'minor'}"

    for true, guess in product(range(24), repeat=2):
        ours = keys.mirex(np.array([float(true)]), np.array([float(guess)]))
        assert ours == weighted_score(said(true), said(guess)), (said(true), said(guess))


def test_a_whole_key_needs_both_parts() -> None:
    whole = keys.whole(np.array([3.0, np.nan, 0.0]), np.array([1.0, 0.0, np.nan]))
    assert whole.tolist() == pytest.approx([15.0, np.nan, np.nan], nan_ok=True)
    assert keys.mirex(whole, np.array([15.0, 2.0, 3.0])) == 1.0


def test_intervals_hold_both_their_ends_and_the_top_quarter_is_told_apart() -> None:
    true = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    ends = np.array([[0.0, 1.0], [0.5, 1.0], [2.1, 3.0], [0.0, 2.9], [3.0, 6.0]])
    assert coverage.coverage(true, ends) == pytest.approx(0.6)
    assert coverage.width(true, ends) == pytest.approx((1 + 0.5 + 0.9 + 2.9 + 3) / 5)
    assert coverage.coverage_top(true, ends) == pytest.approx(0.5)
    assert coverage.width_top(true, ends) == pytest.approx((2.9 + 3) / 2)


def given(metric: metrics.Metric) -> tuple[np.ndarray, np.ndarray]:
    """True values and predictions of the metric's kind."""
    if metric.kind == "key":
        return RNG.integers(0, 24, 120).astype(float), RNG.integers(0, 24, 120).astype(float)
    by_kind = {"class": CHANCES, "number": GUESS, "interval": np.c_[GUESS - 1, GUESS + 1]}
    return CODES if metric.kind == "class" else TRUE, by_kind[metric.kind]


EVERY = pytest.mark.parametrize("metric", metrics.METRICS.values(), ids=lambda each: each.name)


@EVERY
def test_unknown_rows_are_left_out(metric: metrics.Metric) -> None:
    true, predicted = given(metric)
    holed = true.copy()
    holed[::3] = np.nan
    there = ~np.isnan(holed)
    assert metric.of(holed, predicted) == pytest.approx(metric.of(true[there], predicted[there]))


@pytest.mark.parametrize(
    "metric",
    # Copies move the quartile; with weights it stays that of the rows.
    [each for each in metrics.METRICS.values() if not each.name.endswith("_top")],
    ids=lambda each: each.name,
)
def test_a_weight_is_so_many_copies(metric: metrics.Metric) -> None:
    true, predicted = given(metric)
    times = np.random.default_rng(3).integers(0, 4, (6, 120))
    weighed = metric.of(true, predicted, weights=times.astype(float))
    copied = [
        metric.of(np.repeat(true, each), np.repeat(predicted, each, axis=0)) for each in times
    ]
    assert weighed.shape == (6,)
    np.testing.assert_allclose(weighed, copied, atol=1e-12)


@EVERY
def test_without_rows_nothing_is_defined(metric: metrics.Metric) -> None:
    true, predicted = given(metric)
    assert np.isnan(metric.of(true[:0], predicted[:0]))
    assert np.isnan(metric.of(np.full(120, np.nan), predicted))
    assert np.isnan(metric.of(true, predicted, weights=np.zeros((2, 120)))).all()


@pytest.mark.parametrize("value", [0.3, 1e6 / 3])
def test_constant_truth_has_no_r2_and_no_ranks(value: float) -> None:
    true = np.full(7, value)
    assert np.isnan(numbers.r2(true, np.arange(7.0)))
    assert np.isnan(numbers.spearman(true, np.arange(7.0)))
    assert np.isnan(numbers.spearman(np.arange(7.0), true))
    once = np.zeros((1, 3))
    once[0, 1] = 5
    assert np.isnan(numbers.r2(np.array([0.1, 0.7, 0.3]), np.zeros(3), weights=once)).all()


def test_one_class_alone_has_no_area() -> None:
    assert np.isnan(classes.roc_auc(np.zeros(4), np.full((4, 2), 0.5)))
    assert classes.accuracy(np.zeros(4), np.full((4, 2), 0.5)) == 1.0


def test_a_certain_mistake_costs_much_but_not_all() -> None:
    assert 36 < classes.log_loss(np.zeros(1), np.array([[0.0, 1.0]])) < 37
