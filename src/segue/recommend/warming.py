"""The first questions of an engine, asked before anybody does.

An engine measures what it needs when it is first needed: how scores of a space are spread, and how
those of several go together (`segue.spaces.calibration`). Of a large catalogue that takes seconds.
Who comes first should not wait for it, so the questions that people ask are asked once beforehand,
for one track of every common pattern of spaces that tracks stand in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.recommend.lenses import BALANCED, LENSES
from segue.recommend.seeds import Member, Seed
from segue.records import Track
from segue.spaces.facets import ALONE
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.recommend.engine import Engine

    Asked = tuple[Seed, str | None]

COMMON = 6
"""Patterns of spaces that are asked for, those of most tracks first."""

_ROWS = 6
_SETS = (2, 12)
"""How many seeds the sets have that are asked about: one for each size that is measured."""


def first(engine: Engine) -> Iterator[Asked]:
    """What is asked most, and waited for: tracks like one, without a word on the lens."""
    for seed in _seeds(engine):
        yield seed, None


def further(engine: Engine) -> Iterator[Asked]:
    """What is asked as well: the balanced lens, the others, single features, sets of tracks."""
    seeds = _seeds(engine)
    for seed in seeds:
        yield seed, BALANCED
    names = dict.fromkeys([*LENSES, *engine.snapshot.spaces, *(facet.name for facet in ALONE)])
    for name in names:
        for seed in seeds:
            if engine.stands(seed, lens=name):
                yield seed, name
                break
    for size in _SETS:
        members = tuple(Member(seed) for seed in _seeds(engine, each=size)[:size])
        if len(members) == size:
            yield Seed(Track(TrackId(""), "", ()), members=members), None


def ask(engine: Engine, asked: Asked) -> None:
    """Ask one of them; the answer is thrown away."""
    seed, lens = asked
    if engine.stands(seed, lens=lens):
        engine.similar(seed, n=_ROWS, lens=lens)


def _seeds(engine: Engine, *, each: int = 1) -> list[Seed]:
    """So many tracks of each common pattern of spaces, the commonest first."""
    spaces = engine.snapshot.spaces.values()
    if not len(engine.snapshot.corpus):
        return []
    placed = np.array([space.placed for space in spaces])
    pattern = (1 << np.arange(len(placed), dtype=np.int64)) @ placed
    found, counts = np.unique(pattern, return_counts=True)
    rows = []
    for one in found[np.argsort(-counts, kind="stable")][:COMMON]:
        rows += np.flatnonzero(pattern == one)[:each].tolist()
    return [Seed(engine.track_at(row), row) for row in rows]
