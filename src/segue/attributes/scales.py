"""Scales: how a number is stretched before it is learned, and brought back exactly.

Shares pile up at their ends (half of all music is "instrumental 0.0"), and a model of squared
errors then spends itself on the pile. On a scale they spread out:

- ``plain``: z = (y − mean) / deviation;
- ``logit``: p = (y − low) / (high − low) is moved into the open interval,
  q = MARGIN + (1 − 2 MARGIN) p, and z is ln(q / (1 − q)), then standardised as ``plain`` is;
- ``rank``: the empirical distribution is laid over the normal one: the i-th of n values goes to
  the normal quantile of (i − ½) / n, equal values to the mean of their quantiles, what lies
  between is interpolated, and what lies beyond goes to the ends.

``inverse(forward(y))`` is y for every y within what the scale was made from (``plain`` and
``logit``: for every y allowed). Each is monotone, so the order of tracks never changes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from segue.errors import InternalError

if TYPE_CHECKING:
    from segue.types import Floats

Name = Literal["plain", "logit", "rank"]

NAMES: tuple[str, ...] = get_args(Name)
"""Every scale there is."""

MARGIN = 0.005
"""How far ``logit`` keeps from 0 and 1."""

KNOTS = 512
"""Most points by which ``rank`` remembers a distribution."""


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """One fitted scale.

    Attributes
    ----------
    name
        Which of `NAMES`.
    low, high
        The ends of what the number may be; ``logit`` needs both to be finite.
    mean, deviation
        Of the numbers (``plain``) or of their logits (``logit``).
    values, quantiles
        Of ``rank``: strictly rising, shape (knots,); empty otherwise.
    """

    name: str
    low: float
    high: float
    mean: float
    deviation: float
    values: Floats
    quantiles: Floats

    def forward(self, numbers: Floats) -> Floats:
        """From numbers to the scale; NaN stays NaN."""
        if self.name == "rank":
            return np.interp(numbers, self.values, self.quantiles)
        if self.name == "logit":
            share = (np.clip(numbers, self.low, self.high) - self.low) / (self.high - self.low)
            inner = MARGIN + (1 - 2 * MARGIN) * share
            numbers = np.log(inner / (1 - inner))
        return (numbers - self.mean) / self.deviation

    def inverse(self, scaled: Floats) -> Floats:
        """From the scale to numbers within [low, high]."""
        if self.name == "rank":
            return np.interp(scaled, self.quantiles, self.values)
        numbers = scaled * self.deviation + self.mean
        if self.name == "logit":
            # 1 / (1 + exp(-x)) without overflow, whatever the sign.
            inner = 0.5 * (1 + np.tanh(0.5 * numbers))
            share = (inner - MARGIN) / (1 - 2 * MARGIN)
            numbers = self.low + (self.high - self.low) * share
        clipped: Floats = np.clip(numbers, self.low, self.high)
        return clipped


def fit(name: str, numbers: Floats, *, low: float = -math.inf, high: float = math.inf) -> Scale:
    """A scale fitted to numbers.

    Parameters
    ----------
    name
        One of `NAMES`.
    numbers
        Shape (n,), finite, at least two different ones.
    low, high
        The ends of what the number may be.

    Raises
    ------
    InternalError
        There is no such scale, ``logit`` has an open end, or the numbers are all the same.
    """
    distinct = np.unique(numbers)
    if name not in NAMES or len(distinct) < 2:
        raise InternalError(f"no scale {name!r} can be made of {len(distinct)} different numbers")
    if name == "logit" and not (math.isfinite(low) and math.isfinite(high)):
        raise InternalError(f"a logit needs two ends, not {low:g} and {high:g}")
    empty = np.empty(0)
    if name == "rank":
        values, quantiles = _ranked(numbers, distinct)
        return Scale(name, low, high, 0.0, 1.0, values, quantiles)
    plain = Scale(name, low, high, 0.0, 1.0, empty, empty)
    moved = plain.forward(numbers)
    return Scale(name, low, high, float(moved.mean()), float(moved.std()), empty, empty)


def _ranked(numbers: Floats, distinct: Floats) -> tuple[Floats, Floats]:
    """Knots of the rank scale: values, and the normal quantiles they go to."""
    from scipy.special import ndtri

    ordered = np.sort(numbers)
    quantiles = ndtri((np.arange(len(ordered)) + 0.5) / len(ordered))
    begins = np.searchsorted(ordered, distinct, side="left")
    counts = np.diff(np.append(begins, len(ordered)))
    means = np.add.reduceat(quantiles, begins) / counts
    kept = np.unique(np.linspace(0, len(distinct) - 1, min(KNOTS, len(distinct))).round())
    places = kept.astype(np.int64)
    return distinct[places], means[places]
