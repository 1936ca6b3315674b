"""One group of targets, learned from some rows and asked about others: a whole piece of work.

Search, stack, export, and then the answers about the rows that were left out, which come from the
exported model through ONNX Runtime: what is judged is what will serve. Pieces know nothing of each
other, so any number of processes or machines can share them.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.training import rotations
from segue.training.fitted import TURNS, FittedKey, FittedNumbers
from segue.training.members import NUMBERS
from segue.training.search import Effort, Found, search, storage_of
from segue.training.stacking import Problem, members_for, stack_classes, stack_numbers
from segue.training.trying import tried_on_classes, tried_on_keys, tried_on_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from segue.attributes.examples import Examples
    from segue.attributes.targets import Group
    from segue.training.fitted import Fitted
    from segue.training.members import Member
    from segue.types import Floats, Rows, Vectors

MODEL, BASELINE = "stack", "mean"
"""What contenders are called beside the members' own names."""


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
class Answers:
    """What a contender says of some rows, by target: numbers, or probabilities of classes.

    `low` and `high` are empty where it gives no intervals.
    """

    values: Mapping[str, Floats]
    low: Mapping[str, Floats] = field(default_factory=dict)
    high: Mapping[str, Floats] = field(default_factory=dict)


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
        By contender: about the test rows.
    found
        By member: what the search came to.
    parity
        How far the export is from training, on the test rows (or the training rows without any).
    seconds
        How long it took.
    """

    task: Task
    fitted: Fitted | None
    answers: Mapping[str, Answers]
    found: Mapping[str, Found]
    parity: Mapping[str, Any]
    seconds: float


def work(task: Task, examples: Examples) -> Done:
    """Do a task; a function of its arguments alone."""
    began = time.perf_counter()
    problem = _problem(task, examples, task.train)
    members, score = _game(task, problem, examples.names)
    found = _searched(task, members, score)
    params = {name: each.params for name, each in found.items()}
    fitted = _stacked(task, problem, examples.names, params)
    asked = examples.features[task.test] if len(task.test) else problem.features
    answers, parity = _asked(fitted, problem, asked, examples)
    return Done(
        task=task,
        fitted=fitted if task.fold is None else None,
        answers=answers if len(task.test) else {},
        found=found,
        parity=parity,
        seconds=time.perf_counter() - began,
    )


def is_rotated(group: Group, names: Sequence[str]) -> bool:
    """Whether a group is key and mode, and the features have pitch classes to turn."""
    return [target.name for target in group.targets] == ["key", "mode"] and bool(
        rotations.blocks(names)
    )


def _problem(task: Task, examples: Examples, rows: Rows) -> Problem:
    truth = np.column_stack(
        [target.read(examples.values[target.column]) for target in task.group.targets]
    )
    artists = examples.artists
    return Problem(
        examples.features[rows],
        truth[rows],
        None if artists is None else tuple(artists[row] for row in rows.tolist()),
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
        parts = problem.folds(count=count, seed=seed, classes=2 * keys + modes)
        return rotations.MEMBERS, tried_on_keys(problem, names, parts, seed=seed)
    codes = problem.truth[:, 0]
    parts = problem.folds(count=count, seed=seed, classes=codes)
    (target,) = group.targets
    tried = tried_on_classes(problem, len(target.labels), parts, seed=seed)
    return members_for(codes, parts), tried


_CHEAP_FIRST = ("ridge", "lasso", "elasticnet", "logistic", "svm", "boosted", "forest")


def _searched(
    task: Task,
    members: Sequence[Member],
    score: Callable[[Member, Mapping[str, Any]], Any],
) -> dict[str, Found]:
    """The parameters of every member. Who is quick leaves its time to who is not."""
    storage = storage_of(task.study)
    ends = None if task.effort.seconds is None else time.monotonic() + task.effort.seconds
    ordered = sorted(members, key=lambda member: _CHEAP_FIRST.index(member.name))
    found = {}
    for place, member in enumerate(ordered):
        share = None
        if ends is not None:
            share = max(0.0, ends - time.monotonic()) / (len(ordered) - place)
        found[member.name] = search(
            f"{task.identity} {task.name} {member.name}",
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


def _asked(
    fitted: Fitted, problem: Problem, asked: Vectors, examples: Examples
) -> tuple[dict[str, Answers], Mapping[str, Any]]:
    """What the exported stack, its members and the baseline say, and how exact the export is."""
    from segue.attributes.model import Model
    from segue.training import export

    with tempfile.TemporaryDirectory() as folder:
        export.write(Path(folder) / "model", [fitted], examples=examples, name="fold")
        said = Model.load(Path(folder) / "model").predict(asked)
    answers = {MODEL: Answers({**said.numbers, **said.classes}, said.low, said.high)}
    answers |= {name: Answers(values) for name, values in _members(fitted, asked).items()}
    answers[BASELINE] = Answers(_baseline(fitted, problem, len(asked)))
    return answers, export.parity(fitted, asked)


def _members(fitted: Fitted, asked: Vectors) -> dict[str, dict[str, Floats]]:
    """What each member says by itself."""
    level0 = fitted.level0(asked)
    parts = np.split(level0, len(fitted.members), axis=1)
    targets = fitted.group.targets
    said: dict[str, dict[str, Floats]] = {}
    for member, part in zip(fitted.members, parts, strict=True):
        if isinstance(fitted, FittedNumbers):
            said[member.name] = {each.name: part[:, at] for at, each in enumerate(targets)}
        elif isinstance(fitted, FittedKey):
            turns = part.reshape(len(asked), TURNS, rotations.KINDS)
            both = rotations.keys_of(turns, rotations.ALONE, np.zeros(2))
            said[member.name] = dict(zip((each.name for each in targets), both, strict=True))
        else:
            said[member.name] = {fitted.target.name: np.exp(part)}
    return said


def _baseline(fitted: Fitted, problem: Problem, count: int) -> dict[str, Floats]:
    """The mean of numbers, and how often each class is, whatever the track."""
    said = {}
    for place, target in enumerate(fitted.group.targets):
        truth = problem.truth[:, place]
        if target.kind == "number":
            said[target.name] = np.full(count, truth.mean())
        else:
            shares = np.bincount(truth.astype(np.int64), minlength=len(target.labels)) / len(truth)
            said[target.name] = np.tile(shares, (count, 1))
    return said
