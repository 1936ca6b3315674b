"""Fronts: what stands before a linear model or a machine of support vectors.

Statistics of music have tails: one loud crash moves a mean by ten deviations, and a model of
products follows it. Two remedies, each a column at a time and each bounded:

- `Winsor`: z = (x − mean) / deviation, cut off at ± `limit`;
- `Gaussian`: the column's empirical distribution is laid over the normal one, as the ``rank`` scale
  of `segue.attributes.scales` does: the i-th of n values goes to the normal quantile of
  (i − ½) / n, equal values to the mean of theirs. At most `knots` of these pairs are kept, evenly
  spread over the quantiles, so that no value between two knots is off by more than twice their
  distance; what lies between is interpolated, what lies beyond goes to the ends.

A column that never changed says nothing and becomes 0.

**To the bit.** Both calculate in float32, and with single additions, multiplications and divisions
whose order `segue.training.conversion` repeats in ONNX. So the exported model sees the very
numbers that training saw, and even a tree behind a front takes the same turns.

Reference: Conover and Iman, *Rank transformations as a bridge*, The American Statistician, 1981.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted

if TYPE_CHECKING:
    from typing import Self

    from segue.types import Floats, Vector, Vectors

_SMALLEST = float(np.finfo(np.float32).tiny)


class _Front(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What both share: features are float32, finite, and keep their number."""

    def _checked(self, features: Vectors, *, reset: bool) -> Vectors:
        if not reset:
            check_is_fitted(self)
        checked: Vectors = check_array(features, dtype=np.float32)
        if reset:
            self.n_features_in_ = checked.shape[1]
        elif checked.shape[1] != self.n_features_in_:
            raise ValueError(f"{checked.shape[1]} features, and fitted to {self.n_features_in_}")
        return checked


class Winsor(_Front):
    """Z-scores that are cut off.

    Parameters
    ----------
    limit
        Where, in deviations; above 0.

    Attributes
    ----------
    mean_, factor_
        Of each column, shape (d,), float32: z = (x − mean_) · factor_, and `factor_` is
        1 / deviation, or 0 for a column that never changed.
    """

    mean_: Vector
    factor_: Vector

    def __init__(self, limit: float = 4.0) -> None:
        self.limit = limit

    def fit(self, features: Vectors, y: Any = None) -> Self:  # noqa: ANN401, ARG002
        """Take mean and deviation of every column; shape (n, d), n at least 1."""
        checked = self._checked(features, reset=True)
        wide = checked.astype(np.float64)
        still = checked.max(axis=0) == checked.min(axis=0)
        deviation = np.maximum(wide.std(axis=0), _SMALLEST)
        self.mean_ = wide.mean(axis=0).astype(np.float32)
        self.factor_ = np.where(still, 0.0, 1.0 / deviation).astype(np.float32)
        return self

    def transform(self, features: Vectors) -> Vectors:
        """Scores within ± `limit`, shape (n, d), float32."""
        checked = self._checked(features, reset=False)
        with np.errstate(over="ignore"):  # as large as can be, and cut off next
            scores = (checked - self.mean_) * self.factor_
        limit = np.float32(self.limit)
        clipped: Vectors = np.clip(scores, -limit, limit)
        return clipped


class Gaussian(_Front):
    """Ranks as normal quantiles, by straight lines between knots.

    Parameters
    ----------
    knots
        Most knots a column, at least 2.

    Attributes
    ----------
    pieces_
        The straight lines of every column (`Pieces`).
    """

    pieces_: Pieces

    def __init__(self, knots: int = 64) -> None:
        self.knots = knots

    def fit(self, features: Vectors, y: Any = None) -> Self:  # noqa: ANN401, ARG002
        """Take the distribution of every column; shape (n, d), n at least 1."""
        checked = self._checked(features, reset=True)
        self.pieces_ = Pieces.of([_knots(column, self.knots) for column in checked.T])
        return self

    def transform(self, features: Vectors) -> Vectors:
        """Normal quantiles, shape (n, d), float32; within those of the first and last rank."""
        checked = self._checked(features, reset=False)
        pieces = self.pieces_
        inside = np.clip(checked, pieces.low, pieces.high)
        which = np.empty(inside.shape, dtype=np.int64)
        for column, inner in enumerate(pieces.inner):
            which[:, column] = np.searchsorted(inner, inside[:, column], side="right")
        at = (np.arange(inside.shape[1]), which)
        share = (inside - pieces.begin[at]) / pieces.width[at]
        quantiles: Vectors = pieces.base[at] + share * pieces.rise[at]
        return quantiles


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Straight lines by column, float32.

    Within [low, high], x lies on line k = how many of `inner` are ≤ x, and goes to
    base[k] + (x − begin[k]) / width[k] · rise[k].

    Attributes
    ----------
    low, high
        First and last knot, shape (d,).
    inner
        The knots between, shape (d, lines − 1), +inf where a column has fewer.
    begin, width, base, rise
        Shape (d, lines); 0, 1, 0, 0 where a column has fewer.
    """

    low: Vector
    high: Vector
    inner: Vectors
    begin: Vectors
    width: Vectors
    base: Vectors
    rise: Vectors

    @classmethod
    def of(cls, columns: list[tuple[Vector, Vector]]) -> Pieces:
        """From the knots of each column: places, strictly rising, and where they go."""
        lines = max(1, *(len(places) - 1 for places, _ in columns))
        shape = (len(columns), lines)
        inner = np.full((len(columns), lines - 1), np.inf, dtype=np.float32)
        begin, base, rise = (np.zeros(shape, dtype=np.float32) for _ in range(3))
        width = np.ones(shape, dtype=np.float32)
        for column, (places, goals) in enumerate(columns):
            count = len(places) - 1
            inner[column, : max(count - 1, 0)] = places[1:-1]
            begin[column, :count] = places[:-1]
            width[column, :count] = np.diff(places)
            base[column, :count] = goals[:-1]
            rise[column, :count] = np.diff(goals)
        low = np.array([places[0] for places, _ in columns], dtype=np.float32)
        high = np.array([places[-1] for places, _ in columns], dtype=np.float32)
        return cls(low, high, inner, begin, width, base, rise)


def _knots(column: Vector, most: int) -> tuple[Vector, Vector]:
    """Distinct values of one column, and the mean normal quantile of each, at most so many."""
    from scipy.special import ndtri

    ordered = np.sort(column)
    quantiles: Floats = ndtri((np.arange(len(ordered)) + 0.5) / len(ordered))
    values, begins, counts = np.unique(ordered, return_index=True, return_counts=True)
    means = np.add.reduceat(quantiles, begins) / counts
    if len(values) > most:
        wanted = np.linspace(means[0], means[-1], most)
        places, hits = np.unique(np.searchsorted(means, wanted[:-1]), return_counts=True)
        # A value that many share makes a leap: the one before it is kept too, so that no line
        # runs from far below into it. It takes the room of what was asked for twice.
        before = places[(hits > 1) & (places > 0)] - 1
        kept = np.unique(np.concatenate([places, before, [len(means) - 1]]))
        values, means = values[kept], means[kept]
    return values, means.astype(np.float32)
