"""Training a model of attributes, and judging it on tracks it has not seen.

The rows are parted into outer folds, no artist on both sides. For each fold and group of targets
everything is done anew on the training side alone: search, level 0, level 1, intervals, export.
What is reported is what those exported stacks say of the test sides, so the search never sees what
it is judged on. The model that is kept then learns from all rows, with a search of its own.

Time is shared out evenly among folds and groups. All pieces are independent
(`segue.training.tasks`): they run in so many processes, or on a Dask cluster.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.attributes.checks import (
    check_inner_sides,
    check_sides,
    check_targets,
    check_training,
    known_rows,
)
from segue.attributes.model import Predictions
from segue.attributes.targets import Group, TargetSet
from segue.evaluation.attributes import compare, truth
from segue.evaluation.contenders import Contender, constant
from segue.evaluation.importance import merged
from segue.evaluation.pictures import draw
from segue.evaluation.splits import folds as parted
from segue.training import export, rotations
from segue.training.intervals import COVERAGE
from segue.training.replacing import check_place
from segue.training.search import Effort
from segue.training.tasks import MODEL, Done, Task, is_rotated, manifest_of
from segue.training.working import Plan, worked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from segue.attributes.examples import Examples
    from segue.attributes.manifest import Manifest
    from segue.evaluation.report import AttributesReport
    from segue.evaluation.splits import Folds
    from segue.types import Floats, Progress, Rows

BASELINE = "mean"
"""What the answer that knows nothing is called."""

VERSION = 2
"""Grows when members or what may be searched of them change, so that no old search is taken up."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What came of training: the model's manifest, and the report on it."""

    manifest: Manifest
    report: AttributesReport
    seconds: float


def train(
    examples: Examples,
    *,
    targets: TargetSet,
    out: Path,
    name: str,
    plan: Plan,
    pipeline: str = "columns",
    goals: Mapping[str, float] | None = None,
    on_progress: Progress | None = None,
) -> Trained:
    """Train a model, judge it, and write it to a folder.

    Parameters
    ----------
    examples
        What to learn from.
    targets
        What to learn. Rows without a value of any target of a group are left out for that group.
    out
        The folder of the model; one that is there is replaced whole when the new one is done.
    name
        Of the model; what it predicts will be marked with it.
    plan
        How far to search, and on what.
    pipeline
        The descriptors the features are, for the report.
    goals
        By target, what is to be reached, for the report.
    on_progress
        Called with (pieces done, pieces, what).

    Raises
    ------
    BadTableError, BadRequestError
        The examples cannot be learned from; says why.
    UnavailableError
        Something else than a model stands in `out`, or it cannot be written.
    """
    began = time.monotonic()
    check_place(out)
    settled = settle(targets, examples.names)
    check_training(examples, settled, folds=plan.folds)
    check_targets(settled, where=examples.source)
    tasks = planned(examples, settled, plan)
    done = list(worked(tasks, examples, plan, on_progress=on_progress))
    report = _judged(done, examples, settled, plan, name=name, pipeline=pipeline, goals=goals)
    kept = {each.task.group.name: each for each in done if each.task.fold is None}
    final = {group.name: kept[group.name] for group in settled.groups}
    found = {
        "parameters": _parameters(final),
        "metrics": report.to_json()["figures"],
        "notes": report.notes,
    }
    manifest = export.write(
        out,
        [each.fitted for each in final.values() if each.fitted is not None],
        manifest_of(examples, settled, name=name, found=found),
        features=examples.features,
    )
    report = _shown(
        report,
        out,
        gathered(in_folds(done), MODEL, settled, len(examples)),
        truth(settled, examples),
    )
    return Trained(manifest, report, time.monotonic() - began)


def settle(targets: TargetSet, names: Sequence[str]) -> TargetSet:
    """The targets in groups that can be learned from these features.

    A group of classes that is not key and mode of turnable features falls into its targets. Each
    is called as its target is, and "class" after that where another group has the name.
    """
    whole = [
        group
        for group in targets.groups
        if group.kind == "number" or len(group.targets) == 1 or is_rotated(group, names)
    ]
    taken = {group.name for group in whole}
    groups: list[Group] = []
    for group in targets.groups:
        if group in whole:
            groups.append(group)
            continue
        for target in group.targets:
            name = target.name
            while name in taken:
                name += " class"
            taken.add(name)
            groups.append(Group(name, (target,)))
    return TargetSet(targets.name, tuple(groups))


def planned(examples: Examples, targets: TargetSet, plan: Plan) -> list[Task]:
    """All pieces of work, those that take longest first."""
    pieces = len(targets.groups) * (plan.folds + 1)
    seconds = None
    if plan.budget_minutes is not None:
        seconds = 60 * plan.budget_minutes * max(plan.jobs, 1) / pieces
    identity = _identity(examples, plan)
    tasks = []
    for group in sorted(targets.groups, key=lambda each: each.kind):  # classes take longer
        rows = known_rows(examples, group)
        sides: list[tuple[int | None, Rows, Rows]] = [(None, rows, rows[:0])]
        outer = outer_folds(examples, group, rows, plan)
        sides += [(fold, train, test) for fold, (train, test) in enumerate(outer)]
        tasks += [
            Task(
                fold=fold,
                group=group,
                train=train,
                test=test,
                effort=Effort(plan.trials, seconds),
                folds=plan.folds,
                seed=plan.seed,
                study=plan.study,
                identity=identity,
            )
            for fold, train, test in sides
        ]
    return tasks


def outer_folds(examples: Examples, group: Group, rows: Rows, plan: Plan) -> Folds:
    """Rows of the examples, parted for one group: (train, test) of each fold.

    Each training side is parted once more, as its task will, to see that all can be learned.
    """
    sides = _sides(examples, group, rows, plan)
    check_sides(examples, group, sides)
    for fold, (train, _) in enumerate(sides, start=1):
        check_inner_sides(examples, group, _sides(examples, group, train, plan), fold=fold)
    return sides


def _sides(examples: Examples, group: Group, rows: Rows, plan: Plan) -> Folds:
    """Some rows parted, as rows of the examples: no artist on both sides, classes evenly."""
    artists = examples.artists
    classes = None
    if group.kind == "class":
        codes = [target.read(examples.values[target.column])[rows] for target in group.targets]
        classes = rotations.even(*codes) if len(codes) > 1 else codes[0]
    folds = parted(
        len(rows),
        count=plan.folds,
        seed=plan.seed,
        artists=None if artists is None else [artists[row] for row in rows.tolist()],
        classes=classes,
    )
    return tuple((rows[train], rows[test]) for train, test in folds)


def _judged(
    done: Sequence[Done],
    examples: Examples,
    targets: TargetSet,
    plan: Plan,
    *,
    name: str,
    pipeline: str,
    goals: Mapping[str, float] | None,
) -> AttributesReport:
    """The report: the stack, its members and the constant answer on all outer test sides."""
    judged = in_folds(done)
    folds: dict[str, Folds] = {
        group.name: tuple(
            (each.task.train, each.task.test) for each in judged if each.task.group == group
        )
        for group in targets.groups
    }
    names = list(dict.fromkeys(who for each in judged for who in each.answers))
    names.sort(key=lambda who: who != MODEL)
    contenders = [
        Contender(
            who,
            pipeline,
            "model" if who == MODEL else "member",
            gathered(judged, who, targets, len(examples)),
        )
        for who in names
    ]
    known = truth(targets, examples)
    contenders.append(Contender(BASELINE, pipeline, "baseline", constant(targets, known, folds)))
    return compare(
        examples,
        contenders,
        targets=targets,
        name=name,
        folds=folds,
        seed=plan.seed,
        goals=goals,
        promised=COVERAGE,
        importances=_importances(judged, targets),
        notes=_notes(done, plan),
    )


def _shown(
    report: AttributesReport, out: Path, said: Predictions, known: Mapping[str, Floats]
) -> AttributesReport:
    """The report with its pictures, all written into the model's folder."""
    pictures = draw(report, out, truth=known, predicted=said)
    report = replace(report, pictures=pictures)
    document = json.dumps(report.to_json(), indent=1, ensure_ascii=False)
    (out / "report.json").write_text(document + "\n", encoding="utf-8")
    (out / "report.csv").write_text(report.csv(), encoding="utf-8")
    return report


def in_folds(done: Sequence[Done]) -> list[Done]:
    """What was judged, fold after fold."""
    judged = [(each.task.fold, each) for each in done if each.task.fold is not None]
    return [each for _, each in sorted(judged, key=lambda pair: pair[0])]


def gathered(done: Sequence[Done], who: str, targets: TargetSet, count: int) -> Predictions:
    """What one contender said on all test sides, laid out by row; NaN where nobody was asked.

    A target that it did not answer in every fold is left out.
    """
    kinds: dict[str, dict[str, Floats]] = {
        kind: {} for kind in ("numbers", "low", "high", "classes")
    }
    for target in targets.targets:
        asked = [each for each in done if target in each.task.group.targets]
        for kind, said in kinds.items():
            parts = [
                getattr(each.answers[who], kind).get(target.name)
                for each in asked
                if who in each.answers
            ]
            found = [part for part in parts if part is not None]
            if found and len(found) == len(asked):
                said[target.name] = np.full((count, *found[0].shape[1:]), np.nan)
                for each, part in zip(asked, found, strict=True):
                    said[target.name][each.task.test] = part
    return Predictions(**kinds)


def _importances(done: Sequence[Done], targets: TargetSet) -> tuple[Any, ...]:
    """Importances of all folds as one, by group."""
    return tuple(
        one
        for group in targets.groups
        for one in merged([each.importances for each in done if each.task.group == group])
    )


def _notes(done: Sequence[Done], plan: Plan) -> list[str]:
    """How far the search came, as sentences."""
    if plan.trials == 0:
        return ["Members have the parameters they start with: nothing was searched"]
    counts = [found.trials for each in done for found in each.found.values()]
    given_up = sum(found.pruned for each in done for found in each.found.values())
    return [
        f"{sum(counts):,} trials in {len(counts)} searches ({min(counts)} to {max(counts)} each, of"
        f" {plan.trials} at most), {given_up:,} of them given up early"
    ]


def _parameters(final: Mapping[str, Done]) -> dict[str, dict[str, Any]]:
    """What the members of the kept model were given, by group and member."""
    return {
        group: {
            member: {**found.params, "trials": found.trials} for member, found in each.found.items()
        }
        for group, each in final.items()
    }


def _identity(examples: Examples, plan: Plan) -> str:
    """All that searches depend on beside their group and member, in few letters."""
    parts = (examples.digest, *examples.names, str(len(examples)), str(plan.folds), str(plan.seed))
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"v{VERSION} {digest[:16]}"
