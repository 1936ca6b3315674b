"""Rows that are unlike each other: maximal marginal relevance.

Each next row is the one of the highest

    value - diversity × max over the rows before it of max(0, likeness - expected)

where likeness is the blend's own score of the two, so that both sides are in one unit, and
`expected` is that of a random pair: to be less alike than chance earns nothing. With the weights
λ and 1 - λ of Carbonell and Goldstein (SIGIR 1998) a dial of 1 is their λ = ½.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.recommend.blending import Blend
    from segue.types import Floats, Rows


class Unlike:
    """What candidates give way to the rows that are taken.

    Parameters
    ----------
    blend
        Whose scores say how alike two tracks are.
    rows
        The candidates.
    dial
        How much it counts, in [0, 1].
    """

    def __init__(self, blend: Blend, rows: Rows, *, dial: float) -> None:
        self._blend, self._rows, self._dial = blend, rows, dial
        self._expected = float(np.dot(blend.weights, blend.expected))
        self.given: Floats = np.zeros(len(rows))
        """Of each candidate, 0 or less."""

    def take(self, place: int) -> None:
        """A candidate becomes a row: all others like it fall."""
        likeness = likenesses(self._blend, int(self._rows[place]), self._rows)
        given = -self._dial * np.maximum(likeness - self._expected, 0.0)
        np.minimum(self.given, given, out=self.given)


def likenesses(blend: Blend, row: int, rows: Rows) -> Floats:
    """How alike a track is to others by a blend; where it stands in no space, as random pairs.

    Parameters
    ----------
    row
        The track.
    rows
        The others.
    """
    point = tuple(space.point(row) for space in blend.spaces)
    if any(each is None for each in point):
        return blend.alone(point, rows)
    pairs = zip(blend.spaces, point, strict=True)
    raw = np.column_stack([space.score_exactly(each, rows=rows) for space, each in pairs])
    likeness: Floats = blend.read(raw, rows)[0] @ np.array(blend.weights)
    return likeness
