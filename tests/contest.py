"""A small contest with a known outcome: tracks, a model, two members and an answer for everyone.

Two numbers of unlike units and a key with its mode. The stack is best at brightness, its member
"sharp" is better at the key, and "dull" is the worst at everything.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from segue.attributes.examples import Examples
from segue.attributes.model import Predictions
from segue.attributes.targets import Group, Target, TargetSet
from segue.evaluation.attributes import compare, truth
from segue.evaluation.contenders import Contender, constant
from segue.evaluation.splits import folds
from segue.records import KEYS

if TYPE_CHECKING:
    from segue.evaluation.report import AttributesReport
    from segue.types import Floats

BRIGHT = Target("bright", "number", "bright", low=0.0, high=1.0)
LOUD = Target("loud", "number", "loud", low=-60.0, high=0.0)
KEY = Target("key", "class", "key", labels=KEYS)
MODE = Target("mode", "class", "mode", labels=("minor", "major"))
TARGETS = TargetSet("contest", (Group("sound", (BRIGHT, LOUD)), Group("key-mode", (KEY, MODE))))
ROWS = 150


@cache
def tracks(*, artists: bool = True) -> Examples:
    """The tracks; brightness is unknown of the first three, and the fourth has no artist."""
    rng = np.random.default_rng(5)
    bright, loud = rng.random(ROWS), rng.uniform(-40, -5, ROWS)
    bright[:3] = np.nan
    named = tuple("" if row == 3 else f"artist {row // 3}" for row in range(ROWS))
    return Examples(
        ids=tuple(f"track {row}" for row in range(ROWS)),
        names=("timbre0_mean", "timbre1_mean", "pitch0_mean"),
        features=rng.normal(size=(ROWS, 3)).astype(np.float32),
        values={
            "bright": bright,
            "loud": loud,
            "key": np.arange(ROWS) % 12 + 0.0,
            "mode": np.arange(ROWS) % 2 + 0.0,
        },
        artists=named if artists else None,
        inputs="columns",
        source="a contest",
        digest="contest",
        labels={},
    )


def said(noise: float, doubt: float, *, seed: int, intervals: bool = False) -> Predictions:
    """Predictions that are off by so much: the lower, the better."""
    rng = np.random.default_rng(seed)
    known = truth(TARGETS, tracks())
    numbers = {
        name: np.nan_to_num(known[name]) + unit * noise * rng.normal(size=ROWS)
        for name, unit in (("bright", 0.3), ("loud", 10.0))
    }
    ends = {name: 0.3 * noise * (30.0 if name == "loud" else 1.0) for name in numbers}
    return Predictions(
        numbers,
        {name: each - ends[name] for name, each in numbers.items()} if intervals else {},
        {name: each + ends[name] for name, each in numbers.items()} if intervals else {},
        {name: _chances(known[name], doubt, rng, 12 if name == "key" else 2) for name in _CLASSES},
    )


_CLASSES = ("key", "mode")


def _chances(codes: Floats, doubt: float, rng: np.random.Generator, count: int) -> Floats:
    raw = np.eye(count)[codes.astype(int)] + doubt * rng.random((len(codes), count)) + 0.05
    return raw / raw.sum(axis=1, keepdims=True)


def contenders() -> tuple[Contender, ...]:
    """Whom the contest is between; the report is about the stack."""
    parts = folds(ROWS, artists=tracks().artists)
    return (
        Contender("stack", "columns", "model", said(0.3, 1.3, seed=1, intervals=True)),
        Contender("sharp", "columns", "member", said(0.6, 1.0, seed=2)),
        Contender("dull", "columns", "member", said(1.2, 2.5, seed=3)),
        Contender(
            "mean", "columns", "baseline", constant(TARGETS, truth(TARGETS, tracks()), parts)
        ),
    )


@cache
def report(*, inputs: str = "columns", artists: bool = True) -> AttributesReport:
    """What came of it."""
    examples = replace(tracks(artists=artists), inputs=inputs)
    return compare(
        examples,
        contenders(),
        targets=TARGETS,
        name="contest",
        folds=folds(ROWS, artists=examples.artists),
        draws=200,
        promised=0.9,
        goals={"bright": 0.5, "key": 0.99},
    )
