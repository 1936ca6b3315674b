"""The space `genre_votes`: the passages of a track vote for tracks with passages like them.

Each window of the seed, as the network of genres hears it, asks its `ASKED` nearest windows of
other tracks by cosine; each of these is a vote for its track. The score is the votes a track got of
the most that were possible, in [0, 1]. So a track that is like the seed in every passage is told
from one that is like it on the average. Unlike a cosine it is not mutual: a window may be near to
one whose own neighbours are nearer still.

Asked are the windows of the `AMONG` tracks whose means are nearest to the seed's, which is all of a
small catalogue. Tracks with the very windows of the seed are the seed itself, whatever their row:
they score 1 and cast no votes.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.index.best import highest
from segue.spaces.embedded import EmbeddedPoint, GenreSpace
from segue.spaces.units import to_units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from segue.records import Comparison
    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Mask, Rows, Vectors

ASKED = 10
"""Neighbours that each window asks."""

AMONG = 500
"""Tracks whose windows are asked."""

Tally = tuple["Rows", "Floats"]
"""Rows that got any votes, and their scores."""


class VotesPoint:
    """Where a track stands by its genre, and the votes of its windows, counted when first asked."""

    def __init__(self, standing: EmbeddedPoint, count: Callable[[EmbeddedPoint], Tally]) -> None:
        self.standing = standing
        self._count = count

    @cached_property
    def votes(self) -> Tally:
        """See `Tally`."""
        return self._count(self.standing)


class GenreVotesSpace:
    """Votes of windows among tracks; see the module."""

    name = "genre_votes"
    stored = GenreSpace.name
    needs = GenreSpace.needs

    def __init__(self, corpus: Corpus) -> None:
        self._genre = GenreSpace.build(corpus)
        self.placed: Mask = self._genre.placed
        self.unproven = self._genre.unproven

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Place the tracks of `corpus` that the network of genres has heard."""
        return cls(corpus)

    def point(self, row: int) -> VotesPoint | None:
        """Where the track of `row` stands; None when it is not embedded."""
        return self._of(self._genre.point(row))

    def place(self, description: Description) -> VotesPoint | None:
        """Where `description` stands; as `segue.spaces.embedded.EmbeddedSpace.place`."""
        return self._of(self._genre.place(description))

    def _of(self, standing: EmbeddedPoint | None) -> VotesPoint | None:
        return None if standing is None else VotesPoint(standing, self._counted)

    def score(self, points: Sequence[VotesPoint], *, rows: Rows | None = None) -> Vectors:
        """Share of the possible votes, shape (points, rows); 0 for rows not placed."""
        every = np.zeros((len(points), len(self.placed)), dtype=np.float32)
        for place, point in enumerate(points):
            voted, scores = point.votes
            every[place, voted] = scores
        return every if rows is None else every[:, rows]

    def score_exactly(self, point: VotesPoint, *, rows: Rows) -> Floats:
        """The same in float64."""
        every = np.zeros(len(self.placed))
        voted, scores = point.votes
        every[voted] = scores
        return every[rows]

    def compare(self, point: VotesPoint, row: int) -> tuple[Comparison, ...]:
        """The passages of both that are the most alike."""
        return self._genre.compare(point.standing, row)

    def _counted(self, standing: EmbeddedPoint) -> Tally:
        """Let every window ask, and count."""
        itself = self._genre.twins(standing)
        k = AMONG + len(itself)
        near = np.sort(self._genre.nearest(standing, k=k, allowed=None, margin=0.0))
        others = near[~np.isin(near, itself)][:AMONG]
        windows = self._genre.windows(others)
        asked = _cosines(standing.windows, windows.reshape(-1, windows.shape[2]))
        count = np.zeros(len(others), dtype=np.int64)
        best = partial(highest, k=ASKED)
        for cosines in asked:
            np.add.at(count, best(cosines)[:ASKED] // windows.shape[1], 1)
        possible = len(asked) * min(ASKED, windows.shape[1])
        voted = np.flatnonzero(count)
        rows = np.concatenate([itself, others[voted]])
        return rows, np.concatenate([np.ones(len(itself)), count[voted] / possible])


def _cosines(ours: NDArray[np.float16], theirs: NDArray[np.float16]) -> Vectors:
    """Of every window of ours and every one of theirs; 0 for silence."""
    mine, other = to_units(ours.astype(np.float64)).astype(np.float32), theirs.astype(np.float32)
    lengths = np.sqrt(np.vecdot(other, other))
    inverse = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    cosines: Vectors = (mine @ other.T) * inverse
    return cosines
