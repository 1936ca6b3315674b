"""How far a metric would move with other tracks of the same kind: bootstrap intervals.

Rows are drawn with replacement, as many as there are, and judged again, many times. The interval is
the middle 95 % of the draws, moved so that the figure itself stands in their middle: where a share
s of the draws lies below the figure and z₀ is the normal quantile of s, its ends are the quantiles
Φ(2 z₀ ± 1.96) (Efron, JASA 82(397), 1987, the bias-corrected percentile method). Draws of few
artists hold fewer different ones, so that R² comes out a little low in them; that is what is
corrected. Where every draw lies on one side of the figure, as for the best constant answer, the
figure itself is the other end: an interval always holds its figure. Where artists are known whole
artists are drawn, since tracks of one artist are no independent witnesses. Predictions stay as they
are: the interval tells of the choice of test tracks, not of the luck of a training.

With folds, a metric is the mean over the test parts, and each part is drawn within itself. Two
sets of predictions are compared on the **same draws**, so that what makes a track hard for both
does not count (`paired`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.splits import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue.evaluation.metrics import Function
    from segue.types import Floats, Rows

DRAWS = 1000
"""How often rows are drawn unless asked otherwise."""

SHARE = 0.95
"""How much of the draws an interval holds."""

_CELLS = 4_000_000
"""Most weights held at once: 32 MB."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the ends of its interval; NaN where it is not defined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Resampling:
    """The draws on which figures are judged: the same ones each time they are asked for.

    Attributes
    ----------
    parts
        Test rows of each fold; one part of all rows where there are no folds.
    groups
        Shape (n,): the number of each row's artist, or of the row itself.
    draws, seed
        How many draws, and what settles them.
    """

    parts: tuple[Rows, ...]
    groups: Rows
    draws: int = DRAWS
    seed: int = 42
    _kept: dict[int, tuple[Floats, ...]] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(
        cls,
        n: int,
        *,
        folds: Sequence[tuple[Rows, Rows]] = (),
        artists: Sequence[str] | None = None,
        draws: int = DRAWS,
        seed: int = 42,
    ) -> Resampling:
        """Draws of `n` rows.

        Parameters
        ----------
        n
            How many rows.
        folds
            As `segue.evaluation.splits.folds` gives them; none for rows judged all together.
        artists
            The artist of each row, "" where unknown; None where the source names none.
        """
        groups = np.arange(n) if artists is None else grouped(artists)
        parts = tuple(test for _, test in folds) or (np.arange(n),)
        return cls(parts, groups, draws, seed)

    def weights(self, part: int) -> Iterator[Floats]:
        """How often each row of a part counts, shape (some draws, rows), until all are drawn."""
        if part in self._kept:
            yield from self._kept[part]
            return
        blocks = self._drawn(part)
        if self.draws * sum(map(len, self.parts)) <= _CELLS:
            yield from self._kept.setdefault(part, tuple(blocks))
        else:
            yield from blocks

    def _drawn(self, part: int) -> Iterator[Floats]:
        rows = self.parts[part]
        distinct, groups = np.unique(self.groups[rows], return_inverse=True)
        rng = np.random.default_rng((self.seed, part))
        count = len(distinct)
        at_once = max(1, _CELLS // max(1, len(rows)))
        for begin in range(0, self.draws, at_once):
            draws = min(at_once, self.draws - begin)
            picked = rng.integers(0, max(1, count), size=(draws, count))
            picked += count * np.arange(draws)[:, None]
            times = np.bincount(picked.ravel(), minlength=draws * count).reshape(draws, count)
            yield times[:, groups].astype(np.float64)


def judged(
    metric: Function, true: Floats, predicted: Floats, resampling: Resampling
) -> tuple[Floats, Floats]:
    """A metric on every part, and its mean over the parts on every draw.

    Parameters
    ----------
    metric
        One of `segue.evaluation.metrics`, by its function.
    true, predicted
        Of all rows, as the metric takes them.
    resampling
        Parts and draws.

    Returns
    -------
    by_part
        Shape (parts,), NaN where a part has no value.
    drawn
        Shape (draws,): the mean over the parts that have one, NaN where none has.
    """
    by_part = [metric(true[rows], predicted[rows]) for rows in resampling.parts]
    drawn = np.array(
        [
            np.concatenate(
                [
                    metric(true[rows], predicted[rows], weights=weights)
                    for weights in resampling.weights(part)
                ]
            )
            for part, rows in enumerate(resampling.parts)
        ]
    )
    return np.array(by_part, dtype=np.float64), average(drawn)


def average(parts: Floats) -> Floats:
    """Mean over the first axis of what is defined; NaN where nothing is."""
    there = ~np.isnan(parts)
    counts = there.sum(axis=0)
    means: Floats = np.full(np.shape(counts), np.nan)
    np.divide(np.where(there, parts, 0.0).sum(axis=0), counts, out=means, where=counts > 0)
    return means


def interval(value: float, drawn: Floats) -> Interval:
    """A figure with its interval of `SHARE`; draws without a value are left out.

    NaN at both ends where no draw, or not the figure itself, has a value.
    """
    from scipy.special import ndtr, ndtri

    there = drawn[~np.isnan(drawn)]
    if not len(there) or np.isnan(value):
        return Interval(value, np.nan, np.nan)
    # Rounding makes equal draws differ; those count half, as ties do.
    near = 1e-12 * max(1.0, abs(value))
    below = np.mean(there < value - near) + np.mean(np.abs(there - value) <= near) / 2
    least = 1 / (len(there) + 1)
    middle = ndtri(np.clip(below, least, 1 - least))
    reach = ndtri((1 + SHARE) / 2)
    ends = ndtr(2 * middle + reach * np.array([-1.0, 1.0]))
    low, high = np.quantile(there, ends)
    return Interval(value, min(float(low), value), max(float(high), value))


def bootstrap(
    metric: Function,
    true: Floats,
    predicted: Floats,
    *,
    folds: Sequence[tuple[Rows, Rows]] = (),
    artists: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 42,
) -> Interval:
    """A metric with its 95 % interval.

    Parameters
    ----------
    metric
        For example ``metrics.METRICS["r2"].of``.
    true, predicted
        As the metric takes them, one row a track.
    folds
        Where given, the metric is the mean over their test parts.
    artists
        Where given, whole artists are drawn; "" is an artist of its own.
    draws, seed
        How many draws, and what settles them.

    Returns
    -------
    Interval
        All NaN where there are no rows.
    """
    resampling = Resampling.of(len(true), folds=folds, artists=artists, draws=draws, seed=seed)
    by_part, drawn = judged(metric, true, predicted, resampling)
    return interval(float(average(by_part)), drawn)


def paired(
    metric: Function,
    true: Floats,
    first: Floats,
    second: Floats,
    *,
    folds: Sequence[tuple[Rows, Rows]] = (),
    artists: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 42,
) -> Interval:
    """By how much the metric of `first` is above that of `second`, on the same draws.

    Options as of `bootstrap`. An interval that does not hold 0 is a difference that other tracks
    would hardly turn round.
    """
    resampling = Resampling.of(len(true), folds=folds, artists=artists, draws=draws, seed=seed)
    ours, theirs = (judged(metric, true, each, resampling) for each in (first, second))
    value = float(average(ours[0])) - float(average(theirs[0]))
    return interval(value, ours[1] - theirs[1])
