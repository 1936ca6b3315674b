"""Whether the nearest that are found are the nearest there are, and what finding them takes.

The ten with the highest scores are computed anew for some seeds, in float64 over every row that
stands in a space (`Space.score_exactly`), and set beside the ten that the program ranks first
before it selects. A track whose exact score equals the tenth's counts as one of them, so that no
choice among equals is a miss.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.overview.lists import LENGTH
from segue.recommend.seeds import Seed

if TYPE_CHECKING:
    from segue.recommend.engine import Engine
    from segue.types import Floats, Rows

_DEPTH = 4
_FEW = 64

NEAR = 1e-9
"""Scores nearer to each other than this are equal."""


def recall(engine: Engine, name: str, seeds: Rows) -> Floats:
    """The share of the exact nearest of each seed that a space finds, shape (seeds,).

    Parameters
    ----------
    engine
        Whom it asks.
    name
        Of a space.
    seeds
        Rows; NaN for those that do not stand in the space, or stand there alone.
    """
    space = engine.snapshot.spaces[name]
    every = np.flatnonzero(space.placed)
    found = np.full(len(seeds), np.nan)
    for place, row in enumerate(seeds.tolist()):
        point = space.point(row) if space.placed[row] else None
        others = every[every != row]
        if point is None or not len(others):
            continue
        exact = np.asarray(space.score_exactly(point, rows=others), dtype=np.float64)
        count = min(LENGTH, len(others))
        least = np.partition(exact, -count)[-count]
        ranked, _ = engine.ranked(Seed(engine.track_at(row), row), n=count, lens=name)
        at = np.searchsorted(others, ranked)
        found[place] = np.mean(exact[at] >= least - NEAR)
    return found


def megabytes(engine: Engine, name: str) -> float:
    """What the arrays of a space take in memory, in units of 1,000,000 bytes; each counts once."""
    return sum(_arrays(engine.snapshot.spaces[name], {}, depth=_DEPTH).values()) / 1e6


def _arrays(thing: object, found: dict[int, int], *, depth: int) -> dict[int, int]:
    """Bytes of every array that something holds, or that what it holds does, by what owns them."""
    if isinstance(thing, np.ndarray):
        owner = thing
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        found[id(owner)] = owner.nbytes
    elif depth and not isinstance(thing, (str, bytes, int, float, type)):
        for part in _parts(thing):
            _arrays(part, found, depth=depth - 1)
    return found


def _parts(thing: object) -> list[object]:
    """What an object, a few named things or a list of arrays holds."""
    if isinstance(thing, Mapping):
        return list(thing.values()) if len(thing) <= _FEW else []
    if isinstance(thing, (list, tuple)):
        return list(thing) if len(thing) <= _FEW else []
    named = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    held = [getattr(thing, name, None) for name in named if not name.startswith("__")]
    return [*held, *getattr(thing, "__dict__", {}).values()]
