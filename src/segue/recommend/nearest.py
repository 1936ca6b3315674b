"""Which seed of a set a recommendation is nearest to: what its reason compares it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.recommend.sets import SetSpace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.recommend.blending import Blend
    from segue.recommend.seeds import Part, Standing

COMPARED = 24
"""Most seeds a recommendation is compared with: the heaviest."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One seed of a set: its `name`, and where it stands in the spaces of a blend.

    None in `points` where it does not stand, or where the space speaks of the set as a whole.
    """

    name: str
    points: tuple[object | None, ...]


def nearest(standing: Standing, blend: Blend, rows: Sequence[int]) -> dict[int, Neighbour]:
    """The seed of a set that each of `rows` is nearest to by the blend's score; {} of no set."""
    near = [part for part in standing.parts if part.weight > 0]
    if not near or not rows:
        return {}
    near = sorted(near, key=lambda part: -part.weight)[:COMPARED]
    points = [tuple(part.point(space) for space in blend.spaces) for part in near]
    every = np.array(rows, dtype=np.int64)
    best = np.array([blend.alone(each, every) for each in points]).argmax(axis=0)
    own = [isinstance(space, SetSpace) for space in blend.spaces]
    neighbours = [_neighbour(part, point, own) for part, point in zip(near, points, strict=True)]
    return {row: neighbours[place] for row, place in zip(rows, best.tolist(), strict=True)}


def _neighbour(part: Part, points: tuple[object | None, ...], own: list[bool]) -> Neighbour:
    shown = (point if mine else None for point, mine in zip(points, own, strict=True))
    return Neighbour(part.seed.track.name, tuple(shown))
