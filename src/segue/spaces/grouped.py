"""Spaces of one group of descriptors: timbre, brightness, rhythm.

Two tracks are the more alike the less the group's z-scores differ, which are clipped to 3: the
score is 1 - distance / 6, where the distance is the root mean square of the differences over the
columns of the group. It lies in [0, 1], 1 for the same. A track is placed where the space
`descriptors` places it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from segue.descriptors.extract import COLUMNS, GROUPS
from segue.spaces.descriptors import CLIP, DescriptorsSpace, standardised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.records import Comparison
    from segue.snapshot import Corpus, Description
    from segue.spaces.descriptors import DescriptorsPoint
    from segue.types import Floats, Mask, Rows, Vectors

_BLOCK = 8_192


class GroupSpace:
    """One group of descriptors; its points are those of the space `descriptors`."""

    name: str
    needs = DescriptorsSpace.needs

    def __init__(self, corpus: Corpus, descriptors: DescriptorsSpace) -> None:
        self._descriptors = descriptors
        self._columns = [COLUMNS[column] for column in GROUPS[self.name].columns]
        stored = corpus.placed.get(DescriptorsSpace.name)
        # Vectors of another length than today's descriptors have no names.
        self._named = stored is not None and stored.vectors.shape[1] == len(COLUMNS)
        if stored is None or not self._named:
            rows, scaled = np.empty(0, dtype=np.int64), np.empty((0, len(self._columns)))
        else:
            rows, scaled = stored.rows, standardised(stored.vectors[:, self._columns])
        self._scaled = scaled.astype(np.float32)
        self._place = np.full(len(corpus), -1, dtype=np.int64)
        self._place[rows] = np.arange(len(rows))
        self.placed: Mask = descriptors.placed & self._named

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Of the described tracks of `corpus`."""
        return cls(corpus, DescriptorsSpace.build(corpus))

    def point(self, row: int) -> DescriptorsPoint | None:
        """Where the track of `row` stands; None when it is not described."""
        return self._descriptors.point(row) if self.placed[row] else None

    def place(self, description: Description) -> DescriptorsPoint | None:
        """Where `description` stands; as `segue.spaces.descriptors.DescriptorsSpace.place`."""
        return self._descriptors.place(description) if self._named else None

    def score(self, points: Sequence[DescriptorsPoint], *, rows: Rows | None = None) -> Vectors:
        """1 - distance / span, shape (points, rows), float32; 0 for rows not placed."""
        every = np.arange(len(self.placed)) if rows is None else rows
        there = np.flatnonzero(self.placed[every])
        found = np.zeros((len(points), len(every)), dtype=np.float32)
        for begin in range(0, len(there), _BLOCK):
            block = there[begin : begin + _BLOCK]
            scaled = self._scaled[self._place[every[block]]]
            for place, point in enumerate(points):
                found[place, block] = _near(scaled, point.scaled[self._columns])
        return found

    def score_exactly(self, point: DescriptorsPoint, *, rows: Rows) -> Floats:
        """The same in float64."""
        found = np.zeros(len(rows))
        there = np.flatnonzero(self.placed[rows])
        scaled = self._scaled[self._place[rows[there]]].astype(np.float64)
        found[there] = _near(scaled, point.scaled[self._columns])
        return found

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        found = np.zeros((len(rows), len(rows)))
        there = np.flatnonzero(self.placed[rows])
        scaled = self._scaled[self._place[rows[there]]].astype(np.float64)
        for place, mine in zip(there.tolist(), scaled, strict=True):
            found[place, there] = _near(scaled, mine)
        return found

    def compare(self, point: DescriptorsPoint, row: int) -> tuple[Comparison, ...]:
        """The group of both side by side."""
        title = self.name.replace("_", " ")
        compared = self._descriptors.compare(point, row)
        return tuple(each for each in compared if each.feature == title)


def _near(scaled: NDArray[Any], mine: Floats) -> NDArray[Any]:
    apart = scaled - mine.astype(np.float32).astype(scaled.dtype)
    squares = np.einsum("ij,ij->i", apart, apart) / scaled.dtype.type(max(apart.shape[1], 1))
    found: NDArray[Any] = 1 - np.sqrt(squares) / scaled.dtype.type(2 * CLIP)
    return found
