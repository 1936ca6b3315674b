"""How often predicted classes are the true ones, and how well probabilities are told.

*Conventions.* y are codes of the true classes, shape (n,), NaN where unknown (such rows are left
out); P are probabilities, shape (n, k), whose rows sum to 1; the class that is chosen is the first
of the most probable ones. Weights as in `segue.evaluation.weighing`; results have their shape
without the last axis. All but the last two metrics follow from the **confusion** C, where C[i, j]
counts rows of class i that were taken for j: for class c, hits = C[c, c], its rows are ΣC[c, :],
the rows taken for it ΣC[:, c], and

    precision = hits / rows taken for it,    recall = hits / its rows,
    F1 = 2 hits / (its rows + rows taken for it),

0 where nothing is below the line. **Macro** is the mean over all classes that are true or taken
somewhere, **weighted** the mean with the number of true rows as weights. Without rows everything
is NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.weighing import known, lower, mean, ratio, summed

if TYPE_CHECKING:
    from segue.types import Floats

_LEAST = float(np.finfo(np.float64).eps)
"""The least probability `log_loss` believes in; 0 would cost infinitely much."""


def confusion(true: Floats, chosen: Floats, *, count: int, weights: Floats | None = None) -> Floats:
    """How many rows of each true class (axis -2) were taken for each class (axis -1).

    Parameters
    ----------
    true, chosen
        Codes of classes, shape (n,); a true one may be NaN.
    count
        How many classes there are, k.
    weights
        Shape (..., n); every row once unless given.

    Returns
    -------
    Floats
        Shape (..., k, k).
    """
    true, chosen, weights = known(true, chosen, weights)
    pairs = summed(true * count + chosen, weights, count=count * count)
    return pairs.reshape(*pairs.shape[:-1], count, count)


def accuracy(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Share of rows whose class is right, Σ C[c, c] / ΣC, in [0, 1]."""
    counts = _counts(true, predicted, weights)
    return ratio(_hits(counts).sum(axis=-1), counts.sum(axis=(-2, -1)))


def balanced_accuracy(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Mean recall over the classes that have rows, in [0, 1]: each class counts the same."""
    counts = _counts(true, predicted, weights)
    rows = counts.sum(axis=-1)
    recall = ratio(_hits(counts), rows, empty=0.0)
    return ratio(recall.sum(axis=-1), (rows > 0).sum(axis=-1).astype(np.float64))


def f1_macro(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Mean F1 of the classes, in [0, 1]."""
    counts = _counts(true, predicted, weights)
    return _macro(_f1(counts), counts)


def f1_weighted(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """F1 of the classes weighted by their rows, in [0, 1]."""
    counts = _counts(true, predicted, weights)
    return _weighted(_f1(counts), counts)


def precision_macro(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Mean precision of the classes, in [0, 1]."""
    counts = _counts(true, predicted, weights)
    return _macro(ratio(_hits(counts), counts.sum(axis=-2), empty=0.0), counts)


def precision_weighted(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Precision of the classes weighted by their rows, in [0, 1]."""
    counts = _counts(true, predicted, weights)
    return _weighted(ratio(_hits(counts), counts.sum(axis=-2), empty=0.0), counts)


def recall_macro(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Mean recall of the classes, in [0, 1]; 0 for a class that is taken but never true."""
    counts = _counts(true, predicted, weights)
    return _macro(ratio(_hits(counts), counts.sum(axis=-1), empty=0.0), counts)


def recall_weighted(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Recall of the classes weighted by their rows, which is the accuracy."""
    return accuracy(true, predicted, weights=weights)


def roc_auc(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Area under the ROC curve, each class against all others, mean over the classes; in [0, 1].

    For class c the probability that a row of c has a higher P[:, c] than a row of another class,
    equal ones counting half (Hanley and McNeil, Radiology 143(1), 1982). Classes without rows, or
    without others, are left out; NaN where that leaves none.
    """
    true, predicted, weights = known(true, predicted, weights)
    areas = np.zeros(weights.shape[:-1])
    counted = np.zeros(weights.shape[:-1])
    for code in np.unique(true).astype(np.int64).tolist():
        of_class = true == code
        ours, others = weights[..., of_class], weights[..., ~of_class]
        higher = lower(predicted[~of_class, code], others, than=predicted[of_class, code])
        pairs = ours.sum(axis=-1) * others.sum(axis=-1)
        areas += ratio((ours * higher).sum(axis=-1), pairs, empty=0.0)
        counted += pairs > 0
    return ratio(areas, counted)


def log_loss(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Mean of -ln P[y], not negative; 0 for certainty that is right, ln k for an even guess.

    Probabilities count as at least 2.2e-16.
    """
    true, predicted, weights = known(true, predicted, weights)
    of_true = predicted[np.arange(len(true)), true.astype(np.int64)]
    return mean(-np.log(np.clip(of_true, _LEAST, 1.0)), weights)


def chosen(predicted: Floats) -> Floats:
    """Codes of the most probable classes, shape (n,)."""
    codes: Floats = predicted.argmax(axis=1).astype(np.float64)
    return codes


def _counts(true: Floats, predicted: Floats, weights: Floats | None) -> Floats:
    return confusion(true, chosen(predicted), count=predicted.shape[1], weights=weights)


def _hits(counts: Floats) -> Floats:
    hits: Floats = np.diagonal(counts, axis1=-2, axis2=-1)
    return hits


def _f1(counts: Floats) -> Floats:
    return ratio(2 * _hits(counts), counts.sum(axis=-1) + counts.sum(axis=-2), empty=0.0)


def _macro(each: Floats, counts: Floats) -> Floats:
    there = counts.sum(axis=-1) + counts.sum(axis=-2) > 0
    return ratio((each * there).sum(axis=-1), there.sum(axis=-1).astype(np.float64))


def _weighted(each: Floats, counts: Floats) -> Floats:
    rows = counts.sum(axis=-1)
    return ratio((each * rows).sum(axis=-1), rows.sum(axis=-1))
