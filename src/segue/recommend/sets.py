"""Sets of seeds in spaces that score one seed at a time.

Many unlike seeds are not averaged into one point: that finds the most general music of the
catalogue. A space that scores sets in a way of its own (`segue.snapshot.Gathering`) does so. For
every other, the likeness of a track to a set is the mean of its likenesses to the seeds it is most
like. With the scores s_i of seeds of the weights w_i, which sum to 1, that is the mean over the
best part q of the weight (a conditional value at risk, Rockafellar and Uryasev 2000):

    min over t of  t + 1/q × sum of w_i max(s_i - t, 0)

where t need only be each of the s_i. q is `PART`, and no less than `FEWEST` seeds of the same
weight have, or the heaviest. The mean over all seeds finds more where they are of one kind, and a
smaller part where they are of several; half of them is close to the better of both
(``benchmarks/sets.py``). Unlike the mean of the best few by rank
it does not jump where two seeds change places. Seeds to stay away from take w_i max(s_i, 0) off.

Of more than `SPEAKERS` seeds, that many speak for all: one after the other that one which brings
all seeds nearest to a speaker; each has the weight of those it is nearest to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from segue.snapshot import Gathering, Rounded
from segue.spaces.pairs import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.records import Comparison
    from segue.snapshot import Description, Space
    from segue.types import Floats, Mask, Rows, Vectors

PART, FEWEST = 0.5, 3
"""Over which part of the seeds' weight, the one it is most like, a track's likeness is the mean."""

SPEAKERS = 8
"""Most seeds that are scored one by one."""

MOST_AWAY = 0.5
"""What the weights of seeds to stay away from may add up to, beside 1 of those to be near.

Less than 1, so that a seed outweighs whatever is disliked of the very same kind.
"""

_BLOCK = 8192


@dataclass(frozen=True, slots=True, eq=False)
class SetPoint:
    """Seeds that stand for a set: `points` to be near, then points to stay away from.

    `weights` has one number a point; the first `near` of them are above 0 and sum to 1, the others
    below 0 and together no more than `MOST_AWAY`.
    """

    points: tuple[object, ...]
    weights: Floats
    near: int


class SetSpace:
    """A space that scores seeds one at a time, scoring sets of them (`segue.snapshot.Gathering`).

    Its points are those of the space and those that `gather` makes of several.
    """

    def __init__(self, space: Space) -> None:
        self._space = space
        self.name = space.name
        self.needs = space.needs
        self.placed: Mask = space.placed

    @property
    def error(self) -> float:
        """See `segue.snapshot.Rounded`.

        What the seeds to be near say together is off by no more than what one of them says, and
        those to stay away from add what they weigh.
        """
        return (1 + MOST_AWAY) * self._space.error if isinstance(self._space, Rounded) else 0.0

    def point(self, row: int) -> object | None:
        """See `Space.point`."""
        return self._space.point(row)

    def place(self, description: Description) -> object | None:
        """See `Space.place`."""
        return self._space.place(description)

    def gather(
        self, points: Sequence[object], *, weights: Floats, rows: Sequence[int | None] | None = None
    ) -> SetPoint | None:
        """One point for several; None where none of them is to be near.

        Parameters
        ----------
        points, weights
            See `segue.snapshot.Gathering.gather`.
        rows
            Whose points they are, where they are tracks of the catalogue: of many, a few are
            chosen by how alike they are. Without, the heaviest are.
        """
        near = np.flatnonzero(weights > 0)
        far = np.flatnonzero(weights < 0)
        if not near.size:
            return None
        chosen, share = self._speakers(points, weights[near], near, rows)
        far = far[np.argsort(weights[far], kind="stable")][:SPEAKERS]
        kept = [points[place] for place in (*chosen, *far)]
        return SetPoint(tuple(kept), np.concatenate([share, weights[far]]), len(chosen))

    def score(self, points: Sequence[object], *, rows: Rows | None = None) -> Vectors:
        """See `Space.score`; a `SetPoint` scores as the module says."""
        sets = [_as_set(point) for point in points]
        flat = [point for each in sets for point in each.points]
        scores = self._space.score(flat, rows=rows)
        fused = np.empty((len(sets), scores.shape[1]), dtype=np.float32)
        begin = 0
        for place, each in enumerate(sets):
            fused[place] = fuse(scores[begin : begin + len(each.points)], each)
            begin += len(each.points)
        return fused

    def score_exactly(self, point: object, *, rows: Rows) -> Floats:
        """The same in float64."""
        one = _as_set(point)
        scores = [self._space.score_exactly(each, rows=rows) for each in one.points]
        fused: Floats = fuse(np.array(scores, dtype=np.float64), one)
        return fused

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        return between(self._space, rows)

    def compare(self, point: object, row: int) -> tuple[Comparison, ...]:
        """Features of the nearest seed beside those of `row`."""
        one = _as_set(point)
        if one.near == 1:
            return self._space.compare(one.points[0], row)
        rows = np.array([row])
        scores = [self._space.score_exactly(p, rows=rows)[0] for p in one.points[: one.near]]
        return self._space.compare(one.points[int(np.argmax(scores))], row)

    def _speakers(
        self,
        points: Sequence[object],
        weights: Floats,
        near: Rows,
        rows: Sequence[int | None] | None,
    ) -> tuple[list[int], Floats]:
        """Which of the points `near` speak for all of them, and the weight of each."""
        if len(near) <= SPEAKERS:
            return near.tolist(), weights / weights.sum()
        known = [] if rows is None else [i for i in near.tolist() if rows[i] is not None]
        if rows is None or len(known) < len(near):
            # What is not in the catalogue has no likeness to the others at hand.
            order = np.argsort(-weights, kind="stable")[:SPEAKERS]
            return near[order].tolist(), weights[order] / weights[order].sum()
        likeness = self._space.score(
            [points[i] for i in known], rows=np.array([rows[i] for i in known], dtype=np.int64)
        )
        chosen, share = speakers(likeness, weights)
        return [known[place] for place in chosen], share


def speakers(likeness: Vectors, weights: Floats) -> tuple[list[int], Floats]:
    """Seeds that speak for all, the most telling first, and the share each speaks for.

    Greedy: each next one adds most to the weighted likeness of all to their nearest speaker
    (facility location; Nemhauser, Wolsey and Fisher 1978 bound how much is missed).

    Parameters
    ----------
    likeness
        Of every seed to every seed, shape (seeds, seeds).
    weights
        Above 0, shape (seeds,).
    """
    nearest = np.full(len(weights), min(float(likeness.min()), 0.0) - 1.0)
    chosen: list[int] = []
    for _ in range(min(SPEAKERS, len(weights))):
        gain = np.maximum(likeness - nearest, 0.0) @ weights
        gain[chosen] = -1.0
        chosen.append(int(np.argmax(gain)))
        nearest = np.maximum(nearest, likeness[chosen[-1]])
    own = likeness[chosen].copy()
    # A speaker speaks for itself, even beside its own copy.
    own[np.arange(len(chosen)), chosen] = np.inf
    share = np.bincount(own.argmax(axis=0), weights=weights, minlength=len(chosen))
    return chosen, share / share.sum()


def fuse(scores: NDArray[Any], point: SetPoint) -> NDArray[Any]:
    """Scores of a set from those of its points, shape (points, rows), in their precision."""
    weights = point.weights.astype(scores.dtype)
    total = best_part(scores[: point.near], weights[: point.near])
    if point.near < len(weights):
        total = total + weights[point.near :] @ np.maximum(scores[point.near :], 0)
    return total


def best_part(scores: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    """The mean over the best part of the weight, row by row; see the module.

    Parameters
    ----------
    scores
        Shape (seeds, rows).
    weights
        Above 0 and of sum 1, shape (seeds,).
    """
    part = max(PART, FEWEST / len(scores), float(weights.max()))
    if part >= 1:
        mean: NDArray[Any] = weights @ scores
        return mean
    found = np.full(scores.shape[1], np.inf, dtype=scores.dtype)
    scaled = weights / weights.dtype.type(part)
    for start in range(0, scores.shape[1], _BLOCK):
        block = np.ascontiguousarray(scores[:, start : start + _BLOCK])
        least = found[start : start + _BLOCK]
        above = np.empty_like(block)
        for each in block:
            np.subtract(block, each, out=above)
            np.maximum(above, 0, out=above)
            np.minimum(least, each + scaled @ above, out=least)
    return found


def set_space(space: Space) -> Space:
    """`space` if it scores sets in a way of its own, else a `SetSpace` of it."""
    return space if isinstance(space, Gathering) else cast("Space", SetSpace(space))


def _as_set(point: object) -> SetPoint:
    return point if isinstance(point, SetPoint) else SetPoint((point,), np.ones(1), 1)
