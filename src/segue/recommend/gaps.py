"""What is to be expected where a track does not stand, and how it would fare without a space.

A blend adds up what several spaces say. Where a track stands in some of them only, what the others
would say is what they say on average for random pairs whose scores in the present ones add up to
the same (`segue.spaces.calibration.Joint`).

**Ablation** takes one space's weight out of the blend for all tracks at once. The others keep
theirs; what is to be expected then goes by those that are left. A track's *place without* a space
is one more than there are tracks that score higher in what is left. A track that stands in none of
what is left comes after all that do, and where nothing is left every track comes last.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.spaces.calibration import Curve, expectation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from segue.snapshot import Space
    from segue.spaces.calibration import Joint
    from segue.types import Floats, Mask, Rows, Vector, Vectors

    Read = Callable[[int, NDArray[Any]], NDArray[Any]]

_SORTED_FROM = 64
"""So many rows are counted faster in sorted scores than one by one."""


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """Rows that stand in the spaces `present` only, and what to expect of the others."""

    rows: Rows
    present: tuple[int, ...]
    missing: Mapping[int, Curve]


class Gaps:
    """Who stands where among the spaces of one blend, and what to expect elsewhere.

    Sets of spaces are whole numbers with one bit a space.

    Parameters
    ----------
    spaces
        Those of the blend.
    weights, expected
        Of each, its weight and the mean score of random pairs.
    read
        From the number of a space and raw scores to scores as the blend reads them.
    joint
        Gives random pairs that stand in all of the spaces.
    """

    def __init__(
        self,
        spaces: Sequence[Space],
        *,
        weights: Sequence[float],
        expected: Sequence[float],
        read: Read,
        joint: Callable[[], Joint],
    ) -> None:
        self._spaces, self._joint, self._read = spaces, joint, read
        self._weights, self._expected = weights, expected
        placed = np.array([space.placed for space in spaces])
        # One bit a space, so that rows that stand in the same spaces share a number.
        self.pattern: Rows = (1 << np.arange(len(placed))) @ placed
        self.full = (1 << len(spaces)) - 1
        self._patterns = np.unique(self.pattern).tolist()
        self._missing: dict[int, dict[int, Curve]] = {}
        self._among: dict[int, dict[int, Gap]] = {}

    def among(self, kept: int) -> Mapping[int, Gap]:
        """Rows that stand in some of the spaces `kept` and not in all, by those they stand in."""
        if kept not in self._among:
            some = {pattern & kept for pattern in self._patterns} - {0, kept}
            within = self.pattern & kept if some else self.pattern
            self._among[kept] = {
                present: Gap(
                    np.flatnonzero(within == present),
                    self._places(present),
                    {place: self._curves(present)[place] for place in self._places(kept ^ present)},
                )
                for present in sorted(some)
            }
        return self._among[kept]

    def totals(self, parts: Sequence[NDArray[Any]], *, kept: int) -> NDArray[Any]:
        """Weighted scores added up over the spaces `kept`, at least one.

        Parameters
        ----------
        parts
            Weight × score by space, each of shape (…, tracks).

        Returns
        -------
        ndarray
            Shape (…, tracks), a new array; -inf for rows that stand in none of them.
        """
        first, *others = (parts[place] for place in self._places(kept))
        found: NDArray[Any] = first.copy()
        for part in others:
            found += part
        for gap in self.among(kept).values():
            sums = np.sum([parts[place][..., gap.rows] for place in gap.present], axis=0)
            whole = sums.copy()
            for place, curve in gap.missing.items():
                whole += self._weights[place] * curve(sums)
            found[..., gap.rows] = whole
        if any(not pattern & kept for pattern in self._patterns):
            found[..., (self.pattern & kept) == 0] = -np.inf
        return found

    def places_without(self, parts: Sequence[Vector], rows: Rows, *, out: Mask) -> Rows:
        """Where `rows` would stand with each space ablated, from 1; shape (rows, spaces).

        Parameters
        ----------
        parts
            Weight × score of one seed by space, each of shape (tracks,).
        out
            Rows that cannot be recommended, shape (tracks,).
        """
        found = np.empty((len(rows), len(self._spaces)), dtype=np.int64)
        gone = np.flatnonzero(out)
        for place in range(len(self._spaces)):
            left = self.full ^ (1 << place)
            if not left:
                found[:, place] = len(out) - len(gone)
                continue
            scores = self.totals(parts, kept=left)
            scores[gone] = -np.inf
            found[:, place] = 1 + higher(scores, scores[rows])
        return found

    def _places(self, kept: int) -> tuple[int, ...]:
        return tuple(place for place in range(len(self._spaces)) if kept >> place & 1)

    def _curves(self, present: int) -> dict[int, Curve]:
        """What to expect of each other space where a track stands in the spaces `present`."""
        if present not in self._missing:
            read, pairs = self._pairs
            here = self._places(present)
            sums = np.take(self._weights, here) @ read[list(here)]
            self._missing[present] = {
                place: expectation(read[place], given=sums, weights=pairs)
                if pairs.size
                else Curve(0.0, 1.0, np.full(2, self._expected[place]))
                for place in self._places(self.full ^ present)
            }
        return self._missing[present]

    @cached_property
    def _pairs(self) -> tuple[Vectors, Floats]:
        """Scores of random pairs that stand in all of the spaces, as read, and their weights."""
        joint = self._joint()
        read = [self._read(place, raw) for place, raw in enumerate(joint.raw)]
        return np.array(read), joint.weights


def higher(scores: Vector, than: Vector) -> Rows:
    """How many of `scores` are above each number."""
    if not len(than):
        return np.empty(0, dtype=np.int64)
    # What is above none of them need not be looked at again.
    rivals = scores[scores > than.min()]
    if len(than) < _SORTED_FROM:
        return np.array([np.count_nonzero(rivals > one) for one in than], dtype=np.int64)
    return len(rivals) - np.searchsorted(np.sort(rivals), than, side="right")
