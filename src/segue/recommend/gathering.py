"""Where a set of seeds stands: its members gathered, space by space, at the first need.

A space is asked only for the lens that looks through it, so that a history of thousands costs no
more than the answer needs. Of more than `MOST` members, that many count: the heaviest, and of
equal ones every so many-th.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, cast

import numpy as np

from segue.errors import BadRequestError
from segue.recommend.seeds import Part, Standing, needs_of, placed, row_of
from segue.recommend.sets import MOST_AWAY, SetSpace, set_space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.recommend.seeds import Member, Seed
    from segue.snapshot import Corpus, Gathering, Guessing, Snapshot, Space
    from segue.types import Floats, Rows

MOST = 400
"""Most members to be near, and most to stay away from, that an answer is computed from."""


class Gathered(Mapping[str, object]):
    """The point of a set in every space where any of its members to be near stands.

    Parameters
    ----------
    seed
        The set.
    parts
        Its members.
    snapshot
        Its spaces by name; its facets can be looked up too.
    among
        Where it may stand at all; None for everywhere.
    """

    def __init__(
        self,
        seed: Seed,
        parts: Sequence[Part],
        snapshot: Snapshot,
        *,
        among: Mapping[str, object] | None = None,
    ) -> None:
        self._seed = seed
        self._parts = parts
        self._snapshot = snapshot
        self._among = among
        self._found: dict[str, object | None] = {}

    def __getitem__(self, name: str) -> object:
        """The point in the space or facet `name`; KeyError where the set does not stand."""
        if name not in self._found:
            there = self._among is None or name in self._among
            self._found[name] = self._gather(self._snapshot.weighable(name)) if there else None
        point = self._found[name]
        if point is None:
            raise KeyError(name)
        return point

    def __iter__(self) -> Iterator[str]:
        """Names of spaces in which it stands, without facets."""
        return (name for name in self._snapshot.spaces if name in self)

    def __len__(self) -> int:
        """In how many spaces it stands."""
        return sum(1 for _ in self)

    def _gather(self, space: Space) -> object | None:
        """What the set says of itself counts before what its members say."""
        if self._seed.description is not None:
            own = placed(self._seed.description, space)
            if own is not None:
                return own
        there = [(part, point) for part in self._parts if (point := part.point(space)) is not None]
        weights = _balanced(np.array([part.weight for part, _ in there]))
        if not (weights > 0).any():
            return None
        points = [point for _, point in there]
        if len(points) == len(self._parts) == 1:
            return points[0]
        rows = [part.row for part, _ in there]
        found = _gathered(space, points, weights, rows)
        near = np.flatnonzero(weights > 0)
        if found is None and len(near) < len(points):
            # What is disliked only shifts a set: it never takes its place away.
            found = _gathered(
                space, [points[i] for i in near], weights[near], [rows[i] for i in near]
            )
        return found


def _gathered(
    space: Space, points: Sequence[object], weights: Floats, rows: Sequence[int | None]
) -> object | None:
    gathering = set_space(space)
    if isinstance(gathering, SetSpace):
        return gathering.gather(points, weights=weights, rows=rows)
    return cast("Gathering", gathering).gather(points, weights=weights)


def stand_together(seed: Seed, snapshot: Snapshot) -> Standing:
    """Find a set in every space of `snapshot`.

    Raises
    ------
    NotFoundError
        A member was a track of the catalogue and is gone.
    BadRequestError
        A weight is not finite.
    """
    whole = _parts(seed.members, snapshot.corpus)
    parts = (*_heaviest([p for p in whole if p.weight > 0]), *_heaviest(_away(whole)))
    points = Gathered(seed, parts, snapshot)
    near = [part for part in parts if part.weight > 0]
    return Standing(
        seed,
        None,
        points,
        {
            name: needs_of(space, seed)
            for name, space in snapshot.spaces.items()
            if not _present(seed, near, space)
        },
        frozenset(
            name
            for name, guessing in snapshot.guessing.items()
            if _guessed(near, snapshot.spaces[name], guessing)
        ),
        frozenset(snapshot.proven),
        parts=parts,
        size=sum(1 for part in whole if part.weight > 0),
        hidden=_hidden(seed, snapshot.corpus),
        facets=snapshot.facets,
    )


def shifted(seed: Seed, alone: Standing, snapshot: Snapshot) -> Standing:
    """Where a seed stands whose members only shift what is found: in the spaces it has alone.

    Parameters
    ----------
    seed
        A set that shifts something (`Seed.shifts`).
    alone
        Where that stands.
    """
    together = stand_together(seed, snapshot)
    points = Gathered(seed, together.parts, snapshot, among=alone.points)
    return replace(alone, seed=seed, points=points, parts=together.parts, hidden=together.hidden)


def _parts(members: Sequence[Member], corpus: Corpus) -> list[Part]:
    """Members where they are now; one that comes several times has the weight of all."""
    found: dict[object, Part] = {}
    for member in members:
        if not isfinite(member.weight):
            raise BadRequestError(
                f"the weight of {member.seed.track.name} is {member.weight}",
                where="a set of seeds",
                remedy="Give a number: above 0 to be near, below 0 to stay away",
            )
        row = row_of(member.seed, corpus)
        key = id(member.seed) if row is None else row
        before = found[key].weight if key in found else 0.0
        found[key] = Part(member.seed, row, before + member.weight)
    return [part for part in found.values() if part.weight]


def _away(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.weight < 0]


def _heaviest(parts: Sequence[Part]) -> list[Part]:
    """At most `MOST` of them, in their order."""
    if len(parts) <= MOST:
        return list(parts)
    weights = np.abs([part.weight for part in parts])
    least = np.partition(weights, len(parts) - MOST)[len(parts) - MOST]
    heavier, equal = np.flatnonzero(weights > least), np.flatnonzero(weights == least)
    spread = np.linspace(0, len(equal) - 1, MOST - len(heavier)).astype(np.int64)
    return [parts[place] for place in np.sort(np.concatenate([heavier, equal[spread]]))]


def _balanced(weights: Floats) -> Floats:
    """Weights above 0 brought to sum 1, those below by the same and to no more than `MOST_AWAY`."""
    near = weights[weights > 0].sum()
    if not near:
        return weights
    scaled: Floats = weights / near
    away = -scaled[scaled < 0].sum()
    if away > MOST_AWAY:
        scaled = np.where(scaled < 0, scaled * (MOST_AWAY / away), scaled)
    return scaled


def _present(seed: Seed, near: Sequence[Part], space: Space) -> bool:
    """Whether the set or one of those to be near stands in a space."""
    rows = [part.row for part in near if part.row is not None]
    if rows and bool(space.placed[rows].any()):
        return True
    if any(part.row is None and part.point(space) is not None for part in near):
        return True
    return seed.description is not None and placed(seed.description, space) is not None


def _guessed(near: Sequence[Part], space: Space, guessing: Guessing) -> bool:
    """Whether all of those to be near that stand in a space do so by estimates."""
    points = (part.point(space) for part in near)
    told = [guessing.guessed(point) for point in points if point is not None]
    return bool(told) and all(told)


def _hidden(seed: Seed, corpus: Corpus) -> Rows:
    """Rows of members that are not offered, and of what is known besides."""
    rows = {row_of(member.seed, corpus) for member in seed.members if not member.offered}
    rows |= {corpus.row_of.get(track) for track in seed.known}
    return np.array(sorted(row for row in rows if row is not None), dtype=np.int64)
