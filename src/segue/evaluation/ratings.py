"""How well graded ratings are predicted that were held out: neighbours, baselines, the mean.

Beside `segue.spaces.graded.neighbours.KNNBaseline`, with each likeness, stand what it has to beat:
the baseline alone (b_ui, which knows no neighbours) and the mean of all ratings. Of every
prediction p of a rating r ::

    RMSE      √(Σ (r − p)² / n)
    MAE       Σ |r − p| / n
    Spearman  mean over listeners of the correlation of the ranks of their held-out ratings with
              those of the predictions; of listeners with at least five; 0 where all predictions
              are equal

Intervals draw whole listeners, since the ratings of one are no independent witnesses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation import intervals, numbers
from segue.evaluation.weighing import ratio
from segue.spaces.graded.likeness import NAMES, LikenessParameters
from segue.spaces.graded.neighbours import KNNBaseline, NeighbourParameters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.evaluation.intervals import Interval
    from segue.evaluation.plays import Counts, Parted
    from segue.types import Floats, Progress

METRICS: Mapping[str, str] = {"rmse": "RMSE", "mae": "MAE", "spearman": "Spearman"}
"""Names and labels; of the first two less is better."""

MEAN, BASELINE = "mean", "baseline"
"""Who stands beside the neighbours."""

_RANKED = 5
"""Held-out ratings a listener needs for an order of them to say something."""

_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to predict: its figures, and by how much they are above those of the baseline."""

    name: str
    figures: Mapping[str, Interval]
    above_baseline: Mapping[str, Interval] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RatingsReport:
    """All contenders on the same ratings.

    Attributes
    ----------
    listeners, items, learned, held_out
        How many listeners and pieces there are, and ratings of each part.
    unknown
        Held-out ratings of pieces that nobody else played; all get their listener's baseline.
    rejected
        Rows of the history that could not be taken.
    """

    source: str
    listeners: int
    items: int
    learned: int
    held_out: int
    unknown: int
    rejected: int
    neighbours: int
    seed: int
    contenders: tuple[Contender, ...]
    notes: tuple[str, ...]
    kind: str = "ratings report"


def judge(
    counts: Counts,
    *,
    source: str = "",
    neighbours: int = 40,
    seed: int = 42,
    on_progress: Progress | None = None,
) -> RatingsReport:
    """Hold out plays, predict them in every way, and say how well each does.

    Parameters
    ----------
    counts
        Of a history.
    source
        Its name.
    neighbours
        How many are asked at most; all else is as in Surprise.
    seed
        Of what is held out, and of the draws.
    on_progress
        Called with (done, in all, what).

    Raises
    ------
    BadTableError
        There is nothing to grade, or nobody to hold anything out of
        (`segue.evaluation.plays.Counts.parted`).
    """
    parted = counts.parted(seed=seed)
    predicted = _predictions(parted, neighbours, on_progress)
    sums = {name: _by_listener(parted, each) for name, each in predicted.items()}
    contenders = tuple(_contender(name, sums, seed) for name in predicted)
    return RatingsReport(
        source=source,
        listeners=counts.listener_count,
        items=counts.item_count,
        learned=len(parted.learned),
        held_out=len(parted.values),
        unknown=int((parted.items < 0).sum()),
        rejected=counts.rejected,
        neighbours=neighbours,
        seed=seed,
        contenders=contenders,
        notes=tuple(_notes(contenders)),
    )


def _predictions(
    parted: Parted, neighbours: int, on_progress: Progress | None
) -> dict[str, Floats]:
    """What each contender says of the held-out ratings."""
    found: dict[str, Floats] = {}
    for name in NAMES:
        how = NeighbourParameters(k=neighbours, likeness=LikenessParameters(name))
        model = KNNBaseline.fit(parted.learned, how)
        found[f"neighbours, {name}"] = model.estimates(
            parted.listeners, parted.items, on_progress=on_progress
        )
    found[BASELINE] = model.baselines.of(parted.listeners, parted.items)
    found[MEAN] = np.full(len(parted.values), parted.learned.mean)
    return found


def _by_listener(parted: Parted, predicted: Floats) -> dict[str, tuple[Floats, Floats]]:
    """(weight, sum) of every metric by listener, so that whole listeners can be drawn."""
    who, where = np.unique(parted.listeners, return_inverse=True)
    counts = np.bincount(where).astype(np.float64)
    apart = parted.values - predicted
    orders = np.split(np.argsort(where, kind="stable"), np.cumsum(counts[:-1]).astype(np.int64))
    ranks = np.array([_agreement(parted.values[each], predicted[each]) for each in orders])
    ranked = ~np.isnan(ranks)
    return {
        "rmse": (counts, np.bincount(where, np.square(apart), len(who))),
        "mae": (counts, np.bincount(where, np.abs(apart), len(who))),
        "spearman": (ranked.astype(np.float64), np.where(ranked, ranks, 0.0)),
    }


def _agreement(true: Floats, predicted: Floats) -> float:
    """Correlation of ranks; 0 for predictions without an order, NaN for ratings without one."""
    if len(true) < _RANKED or np.ptp(true) == 0:
        return np.nan
    return 0.0 if np.ptp(predicted) == 0 else float(numbers.spearman(true, predicted))


def _mean(counts: Floats, sums: Floats, /, *, weights: Floats | None = None) -> Floats:
    """Σ sums / Σ counts over listeners, each as often as it is drawn."""
    drawn = np.ones(len(counts)) if weights is None else weights
    return ratio(drawn @ sums, drawn @ counts)


def _root(counts: Floats, sums: Floats, /, *, weights: Floats | None = None) -> Floats:
    return np.sqrt(_mean(counts, sums, weights=weights))


def _contender(
    name: str, sums: Mapping[str, Mapping[str, tuple[Floats, Floats]]], seed: int
) -> Contender:
    figures, above = {}, {}
    for metric in METRICS:
        function = _root if metric == "rmse" else _mean
        counts, ours = sums[name][metric]
        figures[metric] = intervals.bootstrap(function, counts, ours, draws=_DRAWS, seed=seed)
        if name != BASELINE:
            theirs = sums[BASELINE][metric][1]
            above[metric] = intervals.paired(
                function, counts, ours, theirs, draws=_DRAWS, seed=seed
            )
    return Contender(name, figures, above)


def _notes(contenders: Sequence[Contender]) -> list[str]:
    """What a reader should not overlook."""
    neighbours = [each for each in contenders if each.name not in (MEAN, BASELINE)]
    if any(each.above_baseline["rmse"].high < 0 for each in neighbours):
        return []
    return [
        "No likeness predicts better than the baseline here, which asks no neighbours: in these"
        " counts they add nothing to it. What is played by the same people, however often, is what"
        " the space `together` is made of"
    ]
