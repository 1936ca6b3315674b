"""Whether prediction intervals hold what they promise, and how wide they are for it.

*Conventions.* y are true values, shape (n,), NaN where unknown (such rows are left out); the
intervals are low and high, shape (n, 2), both ends belonging to them. Weights as in
`segue.evaluation.weighing`.

An interval that is right on average can still fail where it matters: of a constant width, it is
too wide for the many quiet values and too narrow for the few high ones. So both metrics are also
told for the **top quarter**, the rows whose true value is at least the upper quartile of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.weighing import known, mean

if TYPE_CHECKING:
    from segue.types import Floats

TOP = 0.75
"""The quantile of the true values from which a row is in the top quarter."""


def coverage(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Share of rows with low ≤ y ≤ high, in [0, 1]; NaN without rows."""
    true, predicted, weights = known(true, predicted, weights)
    held = (predicted[:, 0] <= true) & (true <= predicted[:, 1])
    return mean(held.astype(np.float64), weights)


def width(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Mean of high - low, in the unit of the target; NaN without rows."""
    _, predicted, weights = known(true, predicted, weights)
    return mean(predicted[:, 1] - predicted[:, 0], weights)


def coverage_top(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """`coverage` in the top quarter of the true values."""
    return coverage(_top(true), predicted, weights=weights)


def width_top(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """`width` in the top quarter of the true values."""
    return width(_top(true), predicted, weights=weights)


def _top(true: Floats) -> Floats:
    """True values, NaN where they are below the upper quartile."""
    if np.isnan(true).all():
        return true
    return np.where(true >= np.nanquantile(true, TOP), true, np.nan)
