"""What a judgement is made of: who was judged, figures, margins, confusions and importances.

Several **contenders** are judged on the same tracks: the model itself, its members each by
themselves, the same model on other descriptors (a pipeline), and baselines that know nothing. A
`Score` is one figure of one of them; a `Margin` says by how much one is ahead of another on the
same tracks. With folds a figure is the mean over the folds (`value`), and `pooled` is the same
metric on all test rows together; without, both are the latter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["model", "member", "baseline"]

GROUP = ""
"""The target of a score that speaks for a whole group: the mean over its targets."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who was judged: its name, the descriptors it saw, and what part it has.

    `role` is "model" (what is to be used), "member" (one of level 0 of it) or "baseline".
    """

    model: str
    pipeline: str
    role: Role


@dataclass(frozen=True, slots=True)
class Score:
    """One figure of one contender.

    Attributes
    ----------
    model, pipeline
        Whose it is.
    group, target
        Of what; `GROUP` for the mean over the targets of the group, where errors are in deviations
        of their target, so that they can be averaged.
    metric
        A name of `segue.evaluation.metrics.METRICS`.
    value, low, high
        The figure, the mean over the folds where there are any, and its 95 % interval; NaN where
        it is not defined.
    pooled
        The figure on all rows together.
    by_fold
        The figure of every fold; empty where there are none.
    rows
        How many tracks it is made from.
    """

    model: str
    pipeline: str
    group: str
    target: str
    metric: str
    value: float
    low: float
    high: float
    pooled: float
    by_fold: tuple[float, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Margin:
    """By how much a model is ahead of a rival on the same tracks; below 0 it is behind.

    `reason` says why this rival: it is the best "member" of the same model, or the same model on
    another "pipeline". `low` and `high` are the ends of the paired 95 % interval.
    """

    model: str
    pipeline: str
    rival: str
    rival_pipeline: str
    reason: Literal["member", "pipeline"]
    group: str
    target: str
    metric: str
    value: float
    low: float
    high: float

    @property
    def ahead(self) -> bool:
        """Whether it is ahead at all."""
        return self.value > 0

    @property
    def sure(self) -> bool:
        """Whether other tracks would hardly turn it round: the interval does not hold 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each class (row) was taken for each (column)."""

    model: str
    pipeline: str
    target: str
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Importance:
    """How much a metric falls when the columns of a family say nothing any more.

    `value` is the mean over several shufflings, `deviation` how much these differ; `columns` is
    how many columns the family has.
    """

    pipeline: str
    target: str
    family: str
    metric: str
    value: float
    deviation: float
    columns: int
