"""The space `together`: what people put into the same playlists.

The likeness of two tracks is the weighted share of their playlists that hold both, the asymmetric
cosine of `segue.spaces.memberships`, over all neighbours and without a matrix of tracks by tracks.
It is not mutual: the seed's frequency counts more than the candidate's, since a list that holds a
favourite of everybody is still one of few that hold a rare track. A set of seeds scores the
weighted sum of its members' likenesses; what is disliked is taken away.

A track is placed when it stands in a playlist, in however short a one. From outside nothing is:
what is not in the catalogue stands in no playlist of it.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.names import fold
from segue.records import Comparison
from segue.spaces.memberships import PlaylistPoint, PlaylistSpace, Weighting, cut, summed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Mask, Rows

NAMED = 2
"""Most playlists named in a comparison."""

AT_ONCE = 16
"""Members of a set that are summed at once: favourites stand in a hundred thousand playlists."""

PAIRS = 4096
SEED = 42


class TogetherSpace(PlaylistSpace):
    """Likeness by shared playlists; see the module."""

    name = "together"
    needs = "a playlist that holds it: import one with `segue import playlists`"

    def __init__(self, corpus: Corpus, *, weighting: Weighting) -> None:
        super().__init__(corpus, weighting=weighting)
        counts = self._memberships.counts
        self.placed: Mask = counts > 0
        self._of_seed: Floats = np.maximum(counts + weighting.shrinkage, 1.0) ** -weighting.seed

    @classmethod
    def build(cls, corpus: Corpus, *, weighting: Weighting | None = None) -> Self:
        """Turn the playlists of `corpus`; weighed as training found best unless given."""
        found = weighting or Weighting.of(corpus, cls.name, ordinary=Weighting())
        return cls(corpus, weighting=found)

    def point(self, row: int) -> PlaylistPoint | None:
        """Where the track of `row` stands; None when no playlist holds it."""
        return self._standing({row: 1.0}) if self.placed[row] else None

    def place(self, description: Description) -> None:  # noqa: ARG002 -- whatever it says
        """Nowhere: see the module."""
        return

    def gather(self, points: Sequence[PlaylistPoint], *, weights: Floats) -> PlaylistPoint | None:
        """The weighted sum of the members' likenesses, their strongest playlists chosen jointly."""
        members: dict[int, float] = {}
        for point, weight in zip(points, weights.tolist(), strict=True):
            for row, part in point.members.items():
                members[row] = members.get(row, 0.0) + weight * part
        point = self._standing({row: weight for row, weight in members.items() if weight})
        return point if len(point.weighed[0]) else None

    def shared(self, point: PlaylistPoint, row: int) -> Rows:
        """The playlists that hold both; of a set, those that hold several of it and `row`."""
        return self._both(self._several(point), row)

    def compare(self, point: PlaylistPoint, row: int) -> tuple[Comparison, ...]:
        """How many playlists hold both; of a set, how many that hold several of it hold `row`."""
        theirs = self._memberships.holding(row)
        mine = self._several(point)
        shared = self._both(mine, row)
        apart = 1 - len(shared) / max(len(mine) + len(theirs) - len(shared), 1)
        telling = 1 - bisect_right(self._spread, apart) / len(self._spread) if self._spread else 0.0
        return (
            Comparison(
                feature="playlists",
                seed=_counted(len(mine)),
                track=_counted(len(theirs)),
                likeness=1.0 if point.alone == row or apart == 0 else telling,
                agreement=self._say(shared, alone=point.alone is not None),
            ),
        )

    def _standing(self, members: Mapping[int, float]) -> PlaylistPoint:
        return PlaylistPoint(self, partial(self._weighed, members), members=members)

    def _weighed(self, members: Mapping[int, float]) -> tuple[Rows, Floats]:
        """The sum u over the playlists of `members`, cut."""
        if len(members) == 1:
            ((row, weight),) = members.items()
            playlists = self._memberships.holding(row).astype(np.int64)
            weights = weight * self._of_seed[row] * self._of_length[playlists]
        else:
            total = np.zeros(len(self._of_length))
            listed = list(members.items())
            for some in (listed[at : at + AT_ONCE] for at in range(0, len(listed), AT_ONCE)):
                held = [self._memberships.holding(row) for row, _ in some]
                each = [weight * self._of_seed[row] for row, weight in some]
                weights = np.repeat(each, [len(playlists) for playlists in held])
                total += summed(np.concatenate(held), weights, count=len(total))
            total *= self._of_length
            playlists = np.flatnonzero(total)
            weights = total[playlists]
        return cut(playlists, weights, strongest=self.weighting.strongest)

    def _several(self, point: PlaylistPoint) -> Rows:
        """The playlists that hold the one member, or two members and more."""
        near = [row for row, weight in point.members.items() if weight > 0]
        held = [self._memberships.holding(row) for row in near]
        if len(held) == 1:
            return held[0].astype(np.int64)
        none = np.empty(0, dtype=np.int32)
        return np.flatnonzero(np.bincount(np.concatenate([none, *held])) > 1)

    def _both(self, mine: Rows, row: int) -> Rows:
        """Those of the playlists `mine` that hold `row`."""
        theirs = self._memberships.holding(row).astype(np.int64)
        held = np.zeros(len(self._corpus.playlists), dtype=np.bool_)
        held[mine] = True
        return theirs[held[theirs]]

    def _say(self, shared: Rows, *, alone: bool) -> str:
        """What ends a sentence that begins with "Both"; the shortest playlists are named."""
        if len(shared) == 0:
            return ""
        short = shared[np.argsort(self._memberships.lengths[shared], kind="stable")]
        named: dict[str, str] = {}
        for playlist in short.tolist():
            title = self._corpus.playlists.titles[playlist].strip()
            if title:
                named.setdefault(fold(title).replace(" ", ""), f"“{title}”")
            if len(named) == NAMED:
                break
        among = " and ".join(named.values())
        if len(shared) == 1:
            where = "in the same playlist" if alone else "in a playlist that holds several"
            return f"{where}, {among}" if among else where
        many = "of the same playlists" if alone else "playlists that hold several"
        return f"in {len(shared)} {many}" + (f", {among} among them" if among else "")

    @cached_property
    def _spread(self) -> list[float]:
        """How far random pairs of placed tracks are apart: 1 less Jaccard's index, sorted."""
        rows = np.flatnonzero(self.placed)
        if len(rows) == 0:
            return []
        pairs = rows[np.random.default_rng(SEED).integers(len(rows), size=(PAIRS, 2))]
        spread = []
        for first, second in pairs[pairs[:, 0] != pairs[:, 1]].tolist():
            mine, theirs = (self._memberships.holding(row) for row in (first, second))
            both = len(np.intersect1d(mine, theirs, assume_unique=True))
            spread.append(1 - both / (len(mine) + len(theirs) - both))
        return sorted(spread)


def _counted(playlists: int) -> str:
    return "1 playlist" if playlists == 1 else f"{playlists:,} playlists"
