"""Tasks: searched, stacked, exported and asked, for numbers, classes and keys alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from learnable import KEYS, PLANTED, songs, world
from segue.attributes.targets import TargetSet
from segue.training.attributes import planned
from segue.training.members import NUMBERS
from segue.training.tasks import MODEL, Task, _digest, _problem, work
from segue.training.trying import tried_on_numbers
from segue.training.working import Plan

PLAN = Plan(folds=2, trials=2)


def _first(examples, targets: TargetSet, group: str) -> Task:
    """The task of the first fold of a group."""
    tasks = planned(examples, targets, PLAN)
    return next(each for each in tasks if each.group.name == group and each.fold == 0)


@pytest.mark.parametrize("group", ["numbers", "mood"])
def test_every_member_is_searched_and_the_stack_answers_for_the_test_side(group: str) -> None:
    examples = world(70)
    done = work(_first(examples, PLANTED, group), examples)
    assert {each.trials for each in done.found.values()} == {2}
    assert set(done.answers) == {MODEL, *done.found}
    assert len(done.answers[MODEL]) == len(done.task.test)
    assert done.importances
    assert done.fitted is None


def test_keys_are_searched_at_their_turns() -> None:
    examples = songs(60)
    done = work(_first(examples, TargetSet("keys", (KEYS,)), "key-mode"), examples)
    assert {name: each.trials for name, each in done.found.items()} == {
        "forest": 2,
        "boosted": 2,
        "logistic": 2,
    }
    assert done.answers[MODEL].classes["key"].shape == (len(done.task.test), 12)


def test_a_fold_in_which_a_target_never_changes_is_left_out() -> None:
    examples = world(40)
    still = np.where(np.arange(40) < 20, 0.5, examples.values["bright"])
    examples = replace(examples, values={**examples.values, "bright": still})
    task = _first(examples, TargetSet("one", PLANTED.groups[:1]), "numbers")
    problem = _problem(replace(task, train=np.arange(40)), examples)
    only = replace(problem, truth=problem.truth[:, :1])
    one = replace(PLANTED.groups[0], targets=PLANTED.groups[0].targets[:1])
    parts = [(np.arange(20, 40), np.arange(20)), (np.arange(40), np.arange(20, 40))]
    ridge = next(member for member in NUMBERS if member.name == "ridge")
    scores = list(tried_on_numbers(only, one, parts, seed=1)(ridge, ridge.start))
    assert len(scores) == 1
    assert np.isfinite(scores).all()


def test_a_search_is_known_by_what_it_learns() -> None:
    examples = world(40)
    task = _first(examples, PLANTED, "numbers")
    problem = _problem(task, examples)
    other = replace(problem, truth=problem.truth[::-1].copy())
    alone = replace(problem, artists=None)
    group = replace(task.group, targets=task.group.targets[::-1])
    names = {
        _digest(task.group, problem),
        _digest(task.group, other),
        _digest(task.group, alone),
        _digest(group, problem),
    }
    assert len(names) == 4
