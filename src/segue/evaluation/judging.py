"""Every figure of every contender, target by target and group by group.

The scores of a group are the means of its targets' scores, draw by draw, with errors divided by
the standard deviation of their target first: an error of 2 dB and one of 0.1 have no mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.errors import InternalError
from segue.evaluation import classes, keys
from segue.evaluation.findings import GROUP, Confusion, Margin, Score
from segue.evaluation.intervals import Resampling, average, interval, judged
from segue.evaluation.metrics import FIRST, METRICS, of_kind
from segue.evaluation.splits import of_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from segue.attributes.model import Predictions
    from segue.attributes.targets import Group, Target, TargetSet
    from segue.evaluation.contenders import Contender
    from segue.evaluation.metrics import Kind, Metric
    from segue.evaluation.splits import Folds
    from segue.types import Floats

WHOLE_KEY = "key and mode"
"""The target of the MIREX score, where a set has both a key and a mode."""


class Judging:
    """Collects the scores of contenders on the same rows and draws.

    Parameters
    ----------
    targets
        What was predicted.
    truth
        True values by target, shape (n,), NaN where unknown.
    folds
        One for all, or by group.
    artists
        Of every row; None where the source names none.
    draws, seed
        Of the intervals.
    """

    def __init__(
        self,
        targets: TargetSet,
        truth: Mapping[str, Floats],
        *,
        folds: Folds | Mapping[str, Folds],
        artists: Sequence[str] | None,
        draws: int,
        seed: int,
    ) -> None:
        self._targets = targets
        self._truth = truth
        rows = len(next(iter(truth.values())))
        self._draws: dict[str, Resampling] = {
            group.name: Resampling.of(
                rows,
                folds=of_group(folds, group.name),
                artists=artists,
                draws=draws,
                seed=seed,
            )
            for group in targets.groups
        }
        self.deviations = {
            target.name: _deviation(truth[target.name])
            for target in targets.targets
            if target.name in truth and target.kind == "number"
        }
        self.scores: list[Score] = []
        self.confusions: list[Confusion] = []
        self._first: dict[tuple[str, str, str], tuple[float, Floats]] = {}

    def group(self, contender: Contender, group: Group) -> None:
        """Judge what one contender said of one group of targets."""
        drawn: dict[str, list[tuple[Score, Floats]]] = {}
        for target in group.targets:
            if target.name not in self._truth:
                continue
            for metric, predicted in _said(contender.predicted, target):
                score, draws = self._score(
                    contender,
                    group,
                    target.name,
                    metric=metric,
                    true=self._truth[target.name],
                    predicted=predicted,
                )
                self.scores.append(score)
                drawn.setdefault(metric.name, []).append((score, draws))
                if metric.name == FIRST[target.kind]:
                    named = (contender.model, contender.pipeline, target.name)
                    self._first[named] = score.value, draws
            if contender.role == "model" and target.name in contender.predicted.classes:
                self.confusions.append(self._confusion(contender, group, target))
        for name, each in drawn.items():
            self.scores.append(self._mean(METRICS[name], each))
        self._whole_key(contender, group)

    def margins(self, contenders: Sequence[Contender]) -> Iterator[Margin]:
        """Each model against its best member, and the first model against its other pipelines."""
        models = [each for each in contenders if each.role == "model"]
        for group in self._targets.groups:
            for target in group.targets:
                for model in models:
                    members = [
                        each
                        for each in contenders
                        if each.role == "member" and each.pipeline == model.pipeline
                    ]
                    yield from self._against(model, self._best(members, target), group, target)
                for other in models[1:]:
                    yield from self._against(models[0], other, group, target)

    def _best(self, members: Sequence[Contender], target: Target) -> Contender | None:
        """The member with the best first figure; None where none has one."""

        def first(member: Contender) -> float:
            found = self._first.get((member.model, member.pipeline, target.name))
            return -np.inf if found is None or np.isnan(found[0]) else found[0]

        best = max(members, key=first, default=None)
        return None if best is None or first(best) == -np.inf else best

    def _against(
        self, model: Contender, rival: Contender | None, group: Group, target: Target
    ) -> Iterator[Margin]:
        """The margin between two, where both say something of the target."""
        ours = self._first.get((model.model, model.pipeline, target.name))
        if rival is None or ours is None:
            return
        theirs = self._first.get((rival.model, rival.pipeline, target.name))
        if theirs is None:
            return
        found = interval(ours[0] - theirs[0], ours[1] - theirs[1])
        yield Margin(
            model=model.model,
            pipeline=model.pipeline,
            rival=rival.model,
            rival_pipeline=rival.pipeline,
            reason="member" if rival.role == "member" else "pipeline",
            group=group.name,
            target=target.name,
            metric=FIRST[target.kind],
            value=found.value,
            low=found.low,
            high=found.high,
        )

    def _score(
        self,
        contender: Contender,
        group: Group,
        target: str,
        *,
        metric: Metric,
        true: Floats,
        predicted: Floats,
    ) -> tuple[Score, Floats]:
        """One figure, and the same on every draw."""
        resampling = self._draws[group.name]
        rows = np.concatenate(resampling.parts)
        rows = rows[~np.isnan(true[rows])]
        if not np.isfinite(predicted[rows]).all():
            raise InternalError(
                f"what {contender.model} ({contender.pipeline}) says of {target} is not a number "
                "everywhere"
            )
        by_part, draws = judged(metric.of, true, predicted, resampling)
        pooled = float(metric.of(true[rows], predicted[rows]))
        folded = len(by_part) > 1
        found = interval(float(average(by_part)), draws)
        score = Score(
            model=contender.model,
            pipeline=contender.pipeline,
            group=group.name,
            target=target,
            metric=metric.name,
            value=found.value,
            low=found.low,
            high=found.high,
            pooled=pooled,
            by_fold=tuple(by_part.tolist()) if folded else (),
            rows=len(rows),
        )
        return score, draws

    def _mean(self, metric: Metric, each: Sequence[tuple[Score, Floats]]) -> Score:
        """The score of a group from those of its targets."""
        units = np.array(
            [self.deviations[score.target] if metric.unit else 1.0 for score, _ in each]
        )
        one = each[0][0]
        draws = np.array([draws for _, draws in each])
        # Divided, then averaged; a constant target has no deviation and no say.
        units = np.where(units > 0, units, np.nan)
        found = interval(
            float(average(np.array([score.value for score, _ in each]) / units)),
            average(draws / units[:, None]),
        )
        by_fold = np.array([score.by_fold for score, _ in each]) / units[:, None]
        return Score(
            model=one.model,
            pipeline=one.pipeline,
            group=one.group,
            target=GROUP,
            metric=metric.name,
            value=found.value,
            low=found.low,
            high=found.high,
            pooled=float(average(np.array([score.pooled for score, _ in each]) / units)),
            by_fold=tuple(average(by_fold).tolist()),
            rows=max(score.rows for score, _ in each),
        )

    def _confusion(self, contender: Contender, group: Group, target: Target) -> Confusion:
        rows = np.concatenate(self._draws[group.name].parts)
        true = self._truth[target.name][rows]
        said = classes.chosen(contender.predicted.classes[target.name][rows])
        counts = classes.confusion(true, said, count=len(target.labels))
        return Confusion(
            contender.model,
            contender.pipeline,
            target.name,
            tuple(tuple(row) for row in counts.astype(int).tolist()),
        )

    def _whole_key(self, contender: Contender, group: Group) -> None:
        """The MIREX score, once both parts of a key are known and said."""
        names = [target.name for target in group.targets if target.kind == "class"]
        said = contender.predicted.classes
        parts = ("key", "mode")
        if not all(each in names and each in self._truth and each in said for each in parts):
            return
        predicted = keys.whole(*(classes.chosen(said[each]) for each in parts))
        true = keys.whole(*(self._truth[each] for each in parts))
        score, _ = self._score(
            contender, group, WHOLE_KEY, metric=METRICS["mirex"], true=true, predicted=predicted
        )
        self.scores.append(score)


def _said(predicted: Predictions, target: Target) -> Iterator[tuple[Metric, Floats]]:
    """Metrics that fit what was said of a target, each with what it takes."""
    name = target.name
    given: list[tuple[Kind, Floats]] = []
    if target.kind == "class" and name in predicted.classes:
        given.append(("class", predicted.classes[name]))
    if target.kind == "number" and name in predicted.numbers:
        given.append(("number", predicted.numbers[name]))
        if name in predicted.low and name in predicted.high:
            ends = np.column_stack([predicted.low[name], predicted.high[name]])
            given.append(("interval", ends))
    for kind, values in given:
        yield from ((metric, values) for metric in of_kind(kind))


def _deviation(values: Floats) -> float:
    """Standard deviation of the known values; 0 for a single one."""
    return float(np.nanstd(values))
