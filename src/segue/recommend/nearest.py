"""Which seed of a set a recommendation is nearest to: what its reason compares it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.recommend.blending import Blend
    from segue.recommend.seeds import Part, Standing
    from segue.records import Track

COMPARED = 12
"""Most seeds a recommendation is compared with: the heaviest."""

WHOLE = frozenset({"together", "titles"})
"""Spaces whose comparisons speak of a set as a whole."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One seed of a set: its `name`, and where it stands in the spaces of a blend.

    None in `points` where the set as a whole is compared: where the seed does not stand, and in
    the spaces `WHOLE`. The title of a playlist is a set without a seed: its `name` is empty and its
    `track` None.
    """

    name: str
    points: tuple[object | None, ...]
    track: Track | None = None


def nearest(standing: Standing, blend: Blend, rows: Sequence[int]) -> dict[int, Neighbour]:
    """The seed of a set that each of `rows` is nearest to by the blend's score; {} of one seed."""
    near = [part for part in standing.parts if part.weight > 0]
    if not near:
        whole = Neighbour("", (None,) * len(blend.spaces))
        return {} if standing.size else dict.fromkeys(rows, whole)
    if len(near) == 1 and standing.seed.description is None:
        return {}
    near = sorted(near, key=lambda part: -part.weight)[:COMPARED]
    points = [tuple(part.point(space) for space in blend.spaces) for part in near]
    every = np.array(rows, dtype=np.int64)
    best = np.array([blend.alone(each, every) for each in points]).argmax(axis=0)
    told = [_told(part, point, blend.names) for part, point in zip(near, points, strict=True)]
    return {row: told[place] for row, place in zip(rows, best.tolist(), strict=True)}


def _told(part: Part, points: Sequence[object | None], names: Sequence[str]) -> Neighbour:
    """What is compared of a seed: its own points, but for what speaks of the whole."""
    pairs = zip(points, names, strict=True)
    own = tuple(None if name in WHOLE else point for point, name in pairs)
    return Neighbour(part.seed.track.name, own, part.seed.track)
