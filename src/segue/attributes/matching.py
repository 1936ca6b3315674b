"""Quantile matching: from scores that only order tracks to numbers of an attribute's own scale.

The lowest score of a body of music goes to the lowest value of its attribute, the median to the
median, and so on: with F the distribution of the scores and G that of the values, a score s becomes
``G⁻¹(F(s))``. The order stays (no score above another gets a lower value), the distribution becomes
that of the values, and nothing lies outside them. Both distributions must be of the **same music**:
laid over a table of everything, the calmest track of a metal collection would become a lullaby.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import InternalError

if TYPE_CHECKING:
    from segue.types import Floats

KNOTS = 101
"""Quantiles by which a distribution is known: every hundredth."""

DIGITS = 6
"""Digits of a knot that count, so that what is written down is what is used."""


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """One monotone map from scores to values.

    Attributes
    ----------
    scores
        Strictly rising, shape (knots,), at least one.
    values
        What they become, never falling, shape (knots,).
    tracks
        How many tracks of the catalogue it comes from; 0 for that of ordinary music.
    """

    scores: Floats
    values: Floats
    tracks: int = 0

    def __call__(self, scores: Floats) -> Floats:
        """Values of scores, linear between knots; what lies beyond them goes to the ends."""
        matched: Floats = np.interp(scores, self.scores, self.values)
        return matched


def fit(scores: Floats, values: Floats, *, tracks: int = 0) -> Match:
    """The map that gives `scores` the distribution of `values`.

    Parameters
    ----------
    scores, values
        Of the same music, though not of the same number of tracks; finite, at least one of each.
    tracks
        How many tracks of the catalogue they come from.

    Raises
    ------
    InternalError
        There is nothing in one of them, or something that is no number.
    """
    for name, given in (("scores", scores), ("values", values)):
        if not len(given) or not np.isfinite(given).all():
            raise InternalError(f"{len(given)} {name} with gaps cannot be matched")
    shares = np.linspace(0.0, 1.0, KNOTS)
    return knotted(np.quantile(scores, shares), np.quantile(values, shares), tracks=tracks)


def knotted(scores: Floats, values: Floats, *, tracks: int = 0) -> Match:
    """The map through quantiles of both; a score that several share gets their mean value."""
    places, counts = np.unique(_rounded(scores), return_counts=True)
    ends = np.cumsum(counts)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    means = (sums[ends] - sums[ends - counts]) / counts
    # Rounding and means of sums may lose the order in the last digit.
    return Match(places, np.maximum.accumulate(_rounded(means)), tracks)


def _rounded(numbers: Floats) -> Floats:
    """Numbers with `DIGITS` digits that count."""
    return np.array([float(f"{number:.{DIGITS}g}") for number in numbers.tolist()])
