"""A figure together with what it would have been on other draws of the same questions.

Two kinds of figure stand in one table. A **mean over questions** is drawn again with replacement,
whole artists or playlists at once (`segue.evaluation.intervals`). A figure of **all lists
together**, such as how many different tracks they hold, cannot be: a draw that repeats questions
repeats their tracks, and holds fewer different ones whatever the method does. There the questions
are parted into `BLOCKS` blocks, each is left out once, and the interval is the delete-a-group
jackknife's (Kott, Journal of Official Statistics 17(4), 2001):

    s² = (B - 1) / B · Σ_b (θ₋b - mean θ₋b)²,    θ ± t(0.975, B - 1) · s

Two figures of one column were measured on the same draws or blocks, so their difference is paired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation import intervals
from segue.evaluation.intervals import Interval, Resampling
from segue.evaluation.weighing import mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segue.types import Floats, Mask, Rows

BLOCKS = 20
"""Blocks of questions, each left out once."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One figure of one method.

    Attributes
    ----------
    value
        The figure; NaN where there is none.
    drawn
        The same on every draw, shape (draws,), or without each block, shape (blocks,).
    count
        How many questions it was measured on.
    jackknifed
        Whether `drawn` are blocks left out.
    ends
        Whether `drawn` are the two ends of an exact interval; there is no difference of such.
    within
        What it can be, which its interval does not leave.
    """

    value: float
    drawn: Floats
    count: int
    jackknifed: bool = False
    ends: bool = False
    within: tuple[float, float] = (-np.inf, np.inf)

    def interval(self) -> Interval:
        """The figure with its 95 % interval; NaN at both ends where there is none."""
        if self.ends:
            return Interval(self.value, float(self.drawn[0]), float(self.drawn[1]))
        told = _interval(self.value, self.drawn, jackknifed=self.jackknifed)
        low, high = np.clip((told.low, told.high), *self.within)
        return Interval(told.value, float(low), float(high))

    def ahead(self, other: Measured) -> Interval:
        """By how much it is above another figure of the same draws or blocks."""
        return _interval(
            self.value - other.value, self.drawn - other.drawn, jackknifed=self.jackknifed
        )


def of_means(values: Floats, resampling: Resampling) -> Measured:
    """The mean over questions.

    Parameters
    ----------
    values
        Shape (questions,), NaN where a question does not count.
    resampling
        Of all questions, in one part; the same one for every method of a column.
    """
    there = ~np.isnan(values)
    if not there.any():
        return nothing(resampling.draws)
    drawn = [mean(values[there], weights[:, there]) for weights in resampling.weights(0)]
    return Measured(float(values[there].mean()), np.concatenate(drawn), int(there.sum()))


def of_weights(
    statistic: Callable[[Floats], Floats], resampling: Resampling, *, count: int
) -> Measured:
    """A figure that takes how often every question counts, as metrics do.

    Parameters
    ----------
    statistic
        Weights of shape (..., questions) to numbers of shape (...).
    resampling
        See `of_means`.
    count
        How many questions it is measured on.
    """
    if not count:
        return nothing(resampling.draws)
    drawn = [statistic(weights) for weights in resampling.weights(0)]
    return Measured(float(statistic(np.ones(len(resampling.groups)))), np.concatenate(drawn), count)


def of_all(
    statistic: Callable[[Mask], float],
    groups: Rows,
    *,
    counted: Mask,
    within: tuple[float, float] = (-np.inf, np.inf),
) -> Measured:
    """A figure of all questions together, with blocks of whole groups left out.

    Parameters
    ----------
    statistic
        Which questions are looked at, shape (questions,), to a number.
    groups
        The number of each question's artist, shape (questions,).
    counted
        Which questions count at all, shape (questions,).
    within
        What the figure can be.
    """
    if not counted.any():
        return nothing(BLOCKS, jackknifed=True)
    block = np.random.default_rng(0).permutation(int(groups.max()) + 1)[groups] % BLOCKS
    without = np.array([statistic(counted & (block != number)) for number in range(BLOCKS)])
    count = int(counted.sum())
    return Measured(statistic(counted), without, count, jackknifed=True, within=within)


def nothing(draws: int, *, jackknifed: bool = False) -> Measured:
    """What was not measured."""
    return Measured(np.nan, np.full(draws, np.nan), 0, jackknifed=jackknifed)


def resampled(keys: Sequence[str], *, draws: int, seed: int) -> Resampling:
    """Draws of questions, whole keys (artists, playlists) at once; "" is a key of its own."""
    return Resampling.of(len(keys), artists=keys, draws=draws, seed=seed)


def _interval(value: float, drawn: Floats, *, jackknifed: bool) -> Interval:
    if not jackknifed:
        return intervals.interval(value, drawn)
    if np.isnan(value) or np.isnan(drawn).any():
        return Interval(value, np.nan, np.nan)
    from scipy.special import stdtrit

    blocks = len(drawn)
    error = np.sqrt((blocks - 1) / blocks * np.square(drawn - drawn.mean()).sum())
    reach = float(stdtrit(blocks - 1, (1 + intervals.SHARE) / 2) * error)
    return Interval(value, value - reach, value + reach)
