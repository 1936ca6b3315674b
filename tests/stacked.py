"""A small trained model of numbers, a class, and key and mode: made once a process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from learnable import KEYS, MOOD, NUMBERS, songs, world
from segue.attributes.manifest import Manifest
from segue.attributes.targets import Group, TargetSet
from segue.training import members, rotations
from segue.training.stacking import Problem, stack_classes, stack_numbers

if TYPE_CHECKING:
    from segue.training.fitted import Fitted

MOODS = Group("how is it?", (MOOD,))
TARGETS = TargetSet("small", (NUMBERS, MOODS, KEYS))
COUNT = 120

_world, _songs = world(COUNT), songs(COUNT)
NAMES = (*_world.names, *(f"song {name}" for name in _songs.names[12:]), *_songs.names[:12])
FEATURES = np.column_stack(
    [_world.features, _songs.features[:, 12:], _songs.features[:, :12]]
).astype(np.float32)
VALUES = {**_world.values, **_songs.values}
UNSEEN = np.column_stack(
    [
        world(200, seed=8).features,
        songs(200, seed=9).features[:, 12:],
        songs(200, seed=9).features[:, :12],
    ]
).astype(np.float32)


def problem(group: Group) -> Problem:
    truth = np.column_stack([VALUES[target.column] for target in group.targets])
    return Problem(FEATURES, truth, None, NAMES)


def starts(kinds: tuple[members.Member, ...]) -> dict[str, dict[str, object]]:
    return {member.name: dict(member.start) for member in kinds}


@cache
def stacks() -> tuple[Fitted, ...]:
    """The fitted stacks of `TARGETS`, with few trees."""
    plan = {"folds": 2, "seed": 3}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(members, "TREES", 12)
        patch.setattr(members, "ROUNDS", 15)
        numbers = stack_numbers(problem(NUMBERS), NUMBERS, starts(members.NUMBERS), **plan)
        moods = stack_classes(problem(MOODS), MOODS, MOOD, starts(members.CLASSES), **plan)
        asked = starts(rotations.MEMBERS)
        asked["forest"]["n_estimators"] = 12
        keys = rotations.stack_keys(problem(KEYS), KEYS, asked, names=NAMES, **plan)
    return numbers, moods, keys


def manifest(**changes: object) -> Manifest:
    """What the small model says of itself."""
    stated = {
        "name": "small",
        "version": "0.1.0",
        "created": "2026-11-28T12:00:00Z",
        "inputs": "columns",
        "names": NAMES,
        "targets": TARGETS,
        "coverage": 0.9,
        "data": {"rows": COUNT, "source": "a planted world", "digest": "0" * 64, "artists": None},
    }
    return Manifest(**stated | changes)
