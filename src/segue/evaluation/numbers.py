"""How far predicted numbers are from the true ones.

*Conventions.* y are true values, shape (n,), NaN where unknown (such rows are left out); p are
predictions, shape (n,), finite. Weights w, shape (..., n), say how often each row counts (see
`segue.evaluation.weighing`); results have the shape of the weights without their last axis, a
scalar where none are given. Σ runs over rows, times w.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.weighing import known, lower, mean, ratio

if TYPE_CHECKING:
    from segue.types import Floats


def r2(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Share of the variance that is explained: 1 - Σ(y - p)² / Σ(y - ȳ)².

    1 is perfect, 0 is as good as the mean of these very rows, below it is worse. NaN where all
    true values are the same or there are none.
    """
    true, predicted, weights = known(true, predicted, weights)
    # Centred first, so that little is lost in the difference of large squares below.
    apart = true - (true.mean() if len(true) else 0.0)
    total = weights.sum(axis=-1)
    spread = weights @ np.square(apart) - ratio(np.square(weights @ apart), total, empty=0.0)
    # What rounding leaves of equal values is no spread.
    spread = np.where(spread > 1e-12 * (weights @ np.square(apart)), spread, 0.0)
    return 1.0 - ratio(weights @ np.square(true - predicted), spread)


def mae(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Mean absolute error, Σ|y - p| / Σ1, in the unit of the target; NaN without rows."""
    true, predicted, weights = known(true, predicted, weights)
    return mean(np.abs(true - predicted), weights)


def rmse(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Root of the mean squared error, √(Σ(y - p)² / Σ1), in the unit of the target."""
    true, predicted, weights = known(true, predicted, weights)
    return np.sqrt(mean(np.square(true - predicted), weights))


def spearman(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Correlation of the ranks, in [-1, 1]; equal values share the mean of their ranks.

    ρ = Σ(r - r̄)(s - s̄) / √(Σ(r - r̄)² Σ(s - s̄)²) for the ranks r of y and s of p (Spearman,
    American Journal of Psychology 15(1), 1904). NaN where either side is constant, and without
    rows.
    """
    true, predicted, weights = known(true, predicted, weights)
    left, right = (_centred(each, weights) for each in (true, predicted))
    below = np.sqrt((weights * left * left).sum(axis=-1) * (weights * right * right).sum(axis=-1))
    return ratio((weights * left * right).sum(axis=-1), below)


def _centred(values: Floats, weights: Floats) -> Floats:
    """Ranks less their mean, shape (..., n). The mean rank is half of all weight."""
    centred: Floats = lower(values, weights, than=values)
    centred -= weights.sum(axis=-1, keepdims=True) / 2
    return centred
