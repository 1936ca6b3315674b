"""What a model listens to: how much worse it gets when a family of features says nothing.

The columns of one **family** are shuffled over the tracks, all together, so that they keep what
they say of each other and lose what they say of the track; how much the metric falls is the
family's importance (Breiman, *Random Forests*, 2001; by groups of columns: Gregorutti, Michel and
Saint-Pierre, Computational Statistics & Data Analysis 90, 2015). Families that say the same thing
stand in for each other, so each may look unimportant alone.

Features must be of tracks the model has not seen: what it learned by heart looks important too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.findings import Importance
from segue.evaluation.metrics import FIRST, METRICS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from segue.attributes.model import Predictions
    from segue.attributes.targets import TargetSet
    from segue.types import Floats, Progress, Rows, Vectors

REPEATS = 5
"""How often a family is shuffled."""

_STATISTIC = re.compile(r"mean|std|var|min|max|median|range|iqr|skew|kurtosis|[pq]\d+")


def families(names: Sequence[str]) -> dict[str, Rows]:
    """Columns by family.

    Segue's descriptors are in the families of `segue.descriptors.extract`. Columns of any other
    table are by the stem of their names (`stem`).

    Parameters
    ----------
    names
        Of all columns, in order.

    Returns
    -------
    dict
        Places of the columns by family, in the order in which families first appear.
    """
    from segue.descriptors.extract import FAMILIES

    ours = {name: family.name for family in FAMILIES for name in family.names}
    known = set(names) <= set(ours)
    found: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        found.setdefault(ours[name] if known else stem(name), []).append(place)
    return {name: np.array(places, dtype=np.int64) for name, places in found.items()}


def stem(name: str) -> str:
    """What a column is about: its name without statistics and digits at the end.

    ``timbre0_mean`` and ``timbre11_q25`` are ``timbre``, ``d_pitch3_std`` is ``d_pitch``,
    ``segment_seconds_mean`` is ``segment_seconds``. A name of nothing else stays as it is.
    """
    words = name.split("_")
    while len(words) > 1 and _STATISTIC.fullmatch(words[-1]):
        words.pop()
    return "_".join(words).rstrip("0123456789_") or name


def importance(
    predict: Callable[[Vectors], Predictions],
    features: Vectors,
    truth: Mapping[str, Floats],
    *,
    targets: TargetSet,
    columns: Mapping[str, Rows],
    pipeline: str = "",
    metrics: Mapping[str, str] = FIRST,
    repeats: int = REPEATS,
    seed: int = 42,
    on_progress: Progress | None = None,
) -> tuple[Importance, ...]:
    """The importance of every family for every target.

    Parameters
    ----------
    predict
        From raw features to predictions.
    features
        Shape (n, d), of tracks the model has not seen.
    truth
        True values by target, shape (n,), NaN where unknown.
    targets
        What is predicted; those without truth or prediction are left out.
    columns
        Places of columns by family, as `families` gives them.
    pipeline
        The descriptors, for the report.
    metrics
        The metric by the kind of the target, one of its kind in `METRICS`.
    repeats, seed
        How often each family is shuffled, and what settles how.
    on_progress
        Called after every family.

    Returns
    -------
    tuple of Importance
        By target, then family. Positive where the family helps, whichever way the metric goes.
    """
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(features)) for _ in range(repeats)]
    whole = _figures(predict(features), truth, targets, metrics)
    falls: dict[tuple[str, str], list[float]] = {}
    for done, (family, places) in enumerate(columns.items(), start=1):
        for order in orders:
            shuffled = features.copy()
            shuffled[:, places] = features[np.ix_(order, places)]
            left = _figures(predict(shuffled), truth, targets, metrics)
            for target, figure in whole.items():
                falls.setdefault((target, family), []).append(figure - left[target])
        if on_progress is not None:
            on_progress(done, len(columns), f"importance: {family}")
    kinds = {target.name: target.kind for target in targets.targets}
    return tuple(
        Importance(
            pipeline=pipeline,
            target=target,
            family=family,
            metric=metrics[kinds[target]],
            value=float(np.mean(falls[target, family])),
            deviation=float(np.std(falls[target, family])),
            columns=len(places),
        )
        for target in whole
        for family, places in columns.items()
    )


def merged(several: Iterable[Sequence[Importance]]) -> tuple[Importance, ...]:
    """Importances found on several folds as their means; families and targets as in the first."""
    by_fold = [
        {(each.pipeline, each.target, each.family): each for each in fold} for fold in several
    ]
    return tuple(
        Importance(
            pipeline=one.pipeline,
            target=one.target,
            family=one.family,
            metric=one.metric,
            value=float(np.mean([fold[named].value for fold in by_fold])),
            deviation=float(np.mean([fold[named].deviation for fold in by_fold])),
            columns=one.columns,
        )
        for named, one in (by_fold[0].items() if by_fold else ())
    )


def _figures(
    predicted: Predictions,
    truth: Mapping[str, Floats],
    targets: TargetSet,
    metrics: Mapping[str, str],
) -> dict[str, float]:
    """The metric by target, turned so that more is better."""
    figures: dict[str, float] = {}
    for target in targets.targets:
        said = predicted.numbers if target.kind == "number" else predicted.classes
        if target.name in truth and target.name in said:
            metric = METRICS[metrics[target.kind]]
            value = float(metric.of(truth[target.name], said[target.name]))
            figures[target.name] = -value if metric.better < 0 else value
    return figures
