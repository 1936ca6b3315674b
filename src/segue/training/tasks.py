"""One group of targets, learned from some rows and asked about others: a whole piece of work.

Search, stack, export, and then the answers about the rows that were left out, which come from the
exported model through ONNX Runtime: what is judged is what will serve. Pieces know nothing of each
other, so any number of processes or machines can share them.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from segue import __version__
from segue.attributes.manifest import Manifest
from segue.attributes.model import Predictions
from segue.attributes.targets import TargetSet
from segue.evaluation.attributes import truth
from segue.evaluation.importance import families, importance
from segue.training import export, rotations
from segue.training.fitted import TURNS, FittedKey, FittedNumbers
from segue.training.intervals import COVERAGE
from segue.training.invariants import blocks
from segue.training.members import NUMBERS
from segue.training.search import Effort, Found, search, studies
from segue.training.stacking import Problem, members_for, stack_classes, stack_numbers
from segue.training.trying import tried_on_classes, tried_on_keys, tried_on_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from segue.attributes.examples import Examples
    from segue.attributes.targets import Group
    from segue.evaluation.findings import Importance
    from segue.training.fitted import Fitted
    from segue.training.members import Member
    from segue.types import Rows, Vectors

MODEL = "stack"
"""What the model itself is called beside its members' own names."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A piece of work.

    Attributes
    ----------
    fold
        Which of the outer folds; None for the model that is kept, which learns from all rows.
    group
        What is to be learned.
    train, test
        Rows of the examples. Rows without a value of any target of the group are in neither.
    effort
        How far to search.
    folds
        In how many parts the training rows are parted, for the search and for level 0.
    seed
        Settles everything left to chance.
    study
        The SQLite file that keeps the search; None for memory.
    identity
        What the search depends on: data, folds and seed.
    """

    fold: int | None
    group: Group
    train: Rows
    test: Rows
    effort: Effort
    folds: int
    seed: int
    study: Path | None
    identity: str

    @property
    def name(self) -> str:
        """For progress and studies."""
        return f"{self.group.name}, {'all rows' if self.fold is None else f'fold {self.fold + 1}'}"


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """What came of a task.

    Attributes
    ----------
    task
        Which.
    fitted
        The stack, where the task has no fold; else None.
    answers
        By contender: about the test rows, in their order.
    importances
        What the stack loses on the test rows where a family of features says nothing; none where
        there are no test rows.
    found
        By member: what the search came to.
    seconds
        How long it took.
    """

    task: Task
    fitted: Fitted | None
    answers: Mapping[str, Predictions]
    found: Mapping[str, Found]
    importances: tuple[Importance, ...]
    seconds: float


def work(task: Task, examples: Examples) -> Done:
    """Do a task; a function of its arguments alone."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # A search tries what does not converge, and its score says what that is worth.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return _worked(task, examples)


def _worked(task: Task, examples: Examples) -> Done:
    began = time.perf_counter()
    problem = _problem(task, examples)
    members, score = _game(task, problem, examples.names)
    found = _searched(task, problem, members, score)
    params = {name: each.params for name, each in found.items()}
    fitted = _stacked(task, problem, examples.names, params)
    judged = task.fold is not None
    answers: dict[str, Predictions] = {}
    importances: tuple[Importance, ...] = ()
    if judged:
        asked = examples.features[task.test]
        targets = TargetSet(task.name, (task.group,))
        model = export.served([fitted], manifest_of(examples, targets, name="fold"))
        answers = {MODEL: model.predict(asked), **_members(fitted, asked)}
        seen = examples.at(task.test)
        importances = importance(
            model.predict,
            seen.features,
            truth(targets, seen),
            targets=targets,
            columns=families(examples.names),
            seed=task.seed,
        )
    return Done(
        task=task,
        fitted=None if judged else fitted,
        answers=answers,
        found=found,
        importances=importances,
        seconds=time.perf_counter() - began,
    )


def is_rotated(group: Group, names: Sequence[str]) -> bool:
    """Whether a group is key and mode, and the features have pitch classes to turn."""
    return [target.name for target in group.targets] == ["key", "mode"] and bool(blocks(names))


def _problem(task: Task, examples: Examples) -> Problem:
    """The training rows as members take them."""
    rows, targets, artists = task.train, task.group.targets, examples.artists
    truth = [target.read(examples.values[target.column])[rows] for target in targets]
    return Problem(
        examples.features[rows],
        np.column_stack(truth),
        None if artists is None else tuple(artists[row] for row in rows.tolist()),
        examples.names,
    )


def _game(
    task: Task, problem: Problem, names: Sequence[str]
) -> tuple[Sequence[Member], Callable[[Member, Mapping[str, Any]], Any]]:
    """Who takes part in a group, and how one of them is tried."""
    group, count, seed = task.group, task.folds, task.seed
    if group.kind == "number":
        parts = problem.folds(count=count, seed=seed)
        return NUMBERS, tried_on_numbers(problem, group, parts, seed=seed)
    if is_rotated(group, names):
        keys, modes = problem.truth.T
        parts = problem.folds(count=count, seed=seed, classes=rotations.even(keys, modes))
        return rotations.MEMBERS, tried_on_keys(problem, names, parts, seed=seed)
    codes = problem.truth[:, 0]
    parts = problem.folds(count=count, seed=seed, classes=codes)
    (target,) = group.targets
    tried = tried_on_classes(problem, len(target.labels), parts, seed=seed)
    return members_for(codes, parts), tried


def _digest(group: Group, problem: Problem) -> str:
    """What a search learns from and what it learns, in few letters."""
    digest = sha256(repr((group, problem.names, problem.artists)).encode())
    digest.update(np.ascontiguousarray(problem.features).tobytes())
    digest.update(np.ascontiguousarray(problem.truth).tobytes())
    return digest.hexdigest()[:12]


_CHEAP_FIRST = ("ridge", "lasso", "elasticnet", "logistic", "svm", "boosted", "forest")


def _searched(
    task: Task,
    problem: Problem,
    members: Sequence[Member],
    score: Callable[[Member, Mapping[str, Any]], Any],
) -> dict[str, Found]:
    """The parameters of every member. Who is quick leaves its time to who is not."""
    ends = None if task.effort.seconds is None else time.monotonic() + task.effort.seconds
    identity = f"{task.identity} {_digest(task.group, problem)} {task.name}"
    ordered = sorted(members, key=lambda member: _CHEAP_FIRST.index(member.name))
    found = {}
    with studies(task.study) as storage:
        for place, member in enumerate(ordered):
            share = None
            if ends is not None:
                share = max(0.0, ends - time.monotonic()) / (len(ordered) - place)
            found[member.name] = search(
                f"{identity} {member.name}",
                member,
                lambda params, member=member: score(member, params),  # type: ignore[misc]
                storage=storage,
                effort=Effort(task.effort.trials, share),
            )
    return found


def _stacked(
    task: Task, problem: Problem, names: Sequence[str], params: Mapping[str, Mapping[str, Any]]
) -> Fitted:
    """The stack of a task with these parameters."""
    group, folds, seed = task.group, task.folds, task.seed
    if group.kind == "number":
        return stack_numbers(problem, group, params, folds=folds, seed=seed)
    if is_rotated(group, names):
        return rotations.stack_keys(problem, group, params, names=names, folds=folds, seed=seed)
    (target,) = group.targets
    return stack_classes(problem, group, target, params, folds=folds, seed=seed)


def manifest_of(
    examples: Examples, targets: TargetSet, *, name: str, found: Mapping[str, Any] | None = None
) -> Manifest:
    """A manifest of a model learned from examples; what only the export knows is left empty.

    Parameters
    ----------
    examples
        What was learned from.
    targets
        What was learned.
    name
        Of the model.
    found
        Parameters, metrics and notes, where there are any.
    """
    artists = examples.artists
    return Manifest(
        name=name,
        version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        inputs=examples.inputs,
        names=examples.names,
        targets=targets,
        coverage=COVERAGE,
        data={
            "rows": len(examples),
            "source": examples.source,
            "digest": examples.digest,
            "artists": None if artists is None else len(set(artists) - {""}),
        },
        **(found or {}),
    )


def _members(fitted: Fitted, asked: Vectors) -> dict[str, Predictions]:
    """What each member says by itself."""
    parts = np.split(fitted.level0(asked), len(fitted.members), axis=1)
    names = [target.name for target in fitted.group.targets]
    said: dict[str, Predictions] = {}
    for member, part in zip(fitted.members, parts, strict=True):
        if isinstance(fitted, FittedNumbers):
            said[member.name] = Predictions(dict(zip(names, part.T, strict=True)), {}, {}, {})
        elif isinstance(fitted, FittedKey):
            turns = part.reshape(len(asked), TURNS, rotations.KINDS)
            both = rotations.keys_of(turns, rotations.ALONE, np.zeros(2))
            said[member.name] = Predictions({}, {}, {}, dict(zip(names, both, strict=True)))
        else:
            said[member.name] = Predictions({}, {}, {}, {fitted.target.name: np.exp(part)})
    return said
