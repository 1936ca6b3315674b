"""Memberships: which track stands in which playlist, read from both sides, and what they weigh.

A playlist says that its tracks belong together, a short one more so than a long one, and one of a
rare track more so than one of a track that stands everywhere. With x_pi = 1 where track i stands in
playlist p, |p| the length of a playlist and c_i the number of playlists that hold i, the likeness
of j to i is an asymmetric cosine

    sim(i, j) = Σ_p x_pi x_pj |p|^-w / ((c_i + s)^a (c_j + s)^b)

after F. Aiolli, "Efficient top-N recommendation for very large scale binary rated datasets",
RecSys 2013, with lengths weighed. The shrinkage s makes little of what few playlists say; it stands
in both factors, so that the sum over the members of a set is one sum over playlists:

    Σ_i weight_i sim(i, j) = (c_j + s)^-b Σ_p u_p x_pj
    u_p = |p|^-w Σ_i weight_i x_pi (c_i + s)^-a

So no matrix of tracks by tracks is ever made: a point is the weights u over playlists, and scoring
it reads the playlists it weighs. Only the strongest are kept, so that this stays fast in a
catalogue where a favourite stands in ten thousand playlists; a point is that cut sum, and every
score of it is exact.

Scores lie in [0, 1] for weights that sum to 1: |p|^-w ≤ 1, a sum over shared playlists is at most
min(c_i, c_j), and that is at most c_i^a c_j^b where a + b ≥ 1; where a + b < 1 everything is
divided by c^(1 - a - b) of the most frequent track.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.sparse import csr_array

from segue.errors import UnavailableError
from segue.index.best import highest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from segue.snapshot import Corpus, Playlists
    from segue.types import Floats, Mask, Rows, Vectors

_SPARSE = 16
"""Sums are sorted instead of counted where the tracks are this many times the memberships."""


@dataclass(frozen=True, slots=True)
class Weighting:
    """What a membership weighs; see the module for the formula.

    Attributes
    ----------
    seed, track
        The exponents a and b of how often a seed and a candidate are listed, 0 or more.
    length
        The exponent w of a playlist's length, 0 or more.
    shrinkage
        s, in playlists, 0 or more.
    strongest
        Most playlists of a point.
    """

    seed: float = 0.7
    track: float = 0.3
    length: float = 0.5
    shrinkage: float = 0.0
    strongest: int = 2000

    @classmethod
    def of(cls, corpus: Corpus, space: str, *, ordinary: Self) -> Self:
        """What training found best for a space, `ordinary` where it has not looked.

        Raises
        ------
        UnavailableError
            A stored number is none, or out of its range.
        """
        trained = corpus.trained.get(space)
        state = {} if trained is None else trained.state
        found: dict[str, Any] = {}
        for spec in fields(cls):
            value = state.get(spec.name, getattr(ordinary, spec.name))
            least = 1 if spec.name == "strongest" else 0
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not least <= value < np.inf:
                raise UnavailableError(
                    f"what training stored for {space} says {spec.name} = {value!r}, "
                    f"which is no number from {least} up",
                    remedy=f"Run `segue train {space}` again",
                )
            found[spec.name] = int(value) if spec.name == "strongest" else float(value)
        return cls(**found)


class Memberships:
    """Playlists by track and tracks by playlist.

    Sums over many playlists fall on a few thousand favourites mostly. So tracks have a *rank*, 0
    for the one that most playlists hold, and sums are made by rank: favourites lie side by side.

    Parameters
    ----------
    playlists
        Of the catalogue.
    tracks
        How many tracks it has.

    Attributes
    ----------
    lengths
        Tracks of every playlist, shape (playlists,).
    counts
        Playlists that hold each row, shape (tracks,).
    rows, ranks
        The row of every rank and the rank of every row, shape (tracks,).
    """

    def __init__(self, playlists: Playlists, tracks: int) -> None:
        self.lengths: Rows = np.diff(playlists.starts)
        self._starts = playlists.starts
        # One byte a membership, int32 numbers: SciPy turns the table in one pass of counting.
        held = csr_array(
            (
                np.ones(len(playlists.rows), dtype=np.int8),
                playlists.rows,
                playlists.starts.astype(np.int32),
            ),
            shape=(len(playlists), tracks),
        ).tocsc()
        self._playlists: NDArray[np.int32] = held.indices
        self._by_track: Rows = held.indptr.astype(np.int64)
        self.counts: Rows = np.diff(self._by_track)
        self.rows: Rows = np.argsort(-self.counts, kind="stable")
        self.ranks: NDArray[np.int32] = np.empty(tracks, dtype=np.int32)
        self.ranks[self.rows] = np.arange(tracks, dtype=np.int32)
        self._held = self.ranks[playlists.rows]

    def holding(self, row: int) -> NDArray[np.int32]:
        """The playlists that hold a track, ascending."""
        return self._playlists[self._by_track[row] : self._by_track[row + 1]]

    def spread(self, playlists: Rows, weights: Floats) -> tuple[Rows, Floats]:
        """Give every playlist's weight to each of its tracks.

        Parameters
        ----------
        playlists, weights
            Each playlist once, and what it weighs.

        Returns
        -------
        ranks, sums
            Ranks with a sum that is not 0, ascending. A sum is always made in the order of
            `playlists`, so that tracks of the same playlists have the same sum to the last bit.
        """
        lengths = self.lengths[playlists]
        ranks = self._held[_ranges(self._starts[playlists], lengths)]
        each = np.repeat(weights, lengths)
        if len(ranks) * _SPARSE < len(self.counts):
            met, place = np.unique(ranks, return_inverse=True)
            sums = summed(place, each, count=len(met))
            kept = np.flatnonzero(sums != 0)
            return met[kept].astype(np.int64), sums[kept]
        sums = summed(ranks, each)
        kept = np.flatnonzero(sums != 0)
        return kept, sums[kept]


@lru_cache(maxsize=1)
def memberships(playlists: Playlists, tracks: int) -> Memberships:
    """Those of a catalogue, made once for all spaces of a corpus."""
    return Memberships(playlists, tracks)


def _ranges(starts: Rows, lengths: Rows) -> Rows:
    """All whole numbers from each start on, as many as its length, one range after the other."""
    numbers = np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    numbers += np.arange(len(numbers))
    return numbers


_NOTHING = np.empty(0, dtype=np.int64), np.empty(0)


def stacked(
    columns: Sequence[NDArray[Any]], values: Sequence[Floats], *, shape: tuple[int, int]
) -> csr_array:
    """A sparse table from the columns of every row, ascending, and what stands there."""
    ends = np.cumsum([0, *map(len, columns)])
    where = np.concatenate([np.empty(0, dtype=np.int64), *columns])
    return csr_array((np.concatenate([np.empty(0), *values]), where, ends), shape=shape)


def summed(places: NDArray[np.integer], weights: Floats, *, count: int = 0) -> Floats:
    """The sum of the weights at each place, of `count` places at least."""
    return np.asarray(np.bincount(places, weights=weights, minlength=count), dtype=np.float64)


def cut(playlists: Rows, weights: Floats, *, strongest: int) -> tuple[Rows, Floats]:
    """The strongest of some playlists by size of weight; of equal ones the first.

    Parameters
    ----------
    playlists, weights
        Playlists ascending, and their weights.
    """
    if len(playlists) <= strongest:
        return playlists, weights
    size = np.abs(weights)
    least = np.partition(size, len(size) - strongest)[len(size) - strongest]
    kept = size > least
    kept[np.flatnonzero(size == least)[: strongest - int(np.count_nonzero(kept))]] = True
    return playlists[kept], weights[kept]


class PlaylistPoint:
    """Weights over playlists, weighed when first asked: a member of a set never is.

    `members` are the rows it is made from and their weights; none for words from outside, which
    are in `said`.
    """

    def __init__(
        self,
        space: PlaylistSpace,
        weigh: Callable[[], tuple[Rows, Floats]],
        *,
        members: Mapping[int, float],
        said: str = "",
    ) -> None:
        self.members, self.said = members, said
        self._space, self._weigh = space, weigh

    @cached_property
    def weighed(self) -> tuple[Rows, Floats]:
        """Playlists, ascending, and the weight of each."""
        return self._weigh()

    @property
    def alone(self) -> int | None:
        """The one row it pulls near; None where there are several, or none."""
        near = [row for row, weight in self.members.items() if weight > 0]
        return near[0] if len(near) == 1 else None

    @cached_property
    def tally(self) -> tuple[Rows, Floats]:
        """Ranks that score anything, ascending, and their scores; made when first asked."""
        return self._space.tally(*self.weighed)


class PlaylistSpace(ABC):
    """What the spaces made of memberships share: scores of weights over playlists."""

    placed: Mask

    @abstractmethod
    def point(self, row: int) -> PlaylistPoint | None:
        """Where the track of `row` stands."""

    def __init__(self, corpus: Corpus, *, weighting: Weighting) -> None:
        self._corpus = corpus
        self._memberships = memberships(corpus.playlists, len(corpus))
        self.weighting = weighting
        self._of_length: Floats = np.maximum(self._memberships.lengths, 1.0) ** -weighting.length
        counts = self._memberships.counts
        most = float(counts.max(initial=1))
        level = most ** min(weighting.seed + weighting.track - 1, 0.0)
        often = np.maximum(counts + weighting.shrinkage, 1.0)
        self._of_rank: Floats = (level * often**-weighting.track)[self._memberships.rows]

    def tally(self, playlists: Rows, weights: Floats) -> tuple[Rows, Floats]:
        """Scores of weights over playlists: see `PlaylistPoint.tally`."""
        ranks, sums = self._memberships.spread(playlists, weights)
        return ranks, sums * self._of_rank[ranks]

    def score(self, points: Sequence[PlaylistPoint], *, rows: Rows | None = None) -> Vectors:
        """Likeness of every point to every row, in [0, 1]; from -1 on for points of dislikes."""
        scores = np.zeros((len(points), len(self.placed)), dtype=np.float32)
        for place, point in enumerate(points):
            met, found = point.tally
            scores[place, self._memberships.rows[met]] = found
        return scores if rows is None else scores[:, rows]

    def score_exactly(self, point: PlaylistPoint, *, rows: Rows) -> Floats:
        """The same in float64, looked up among those that score anything."""
        met, found = point.tally
        if len(met) == 0:
            return np.zeros(len(rows))
        ranks = self._memberships.ranks[rows]
        place = np.minimum(np.searchsorted(met, ranks), len(met) - 1)
        return np.where(met[place] == ranks, found[place], 0.0)

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`; every sum is made in the order that `tally` makes it in."""
        weighed = self._weighed_of(rows)
        held = [self._memberships.holding(row) for row in rows.tolist()]
        shape = len(rows), len(self._of_length)
        seeds = stacked([one for one, _ in weighed], [each for _, each in weighed], shape=shape)
        tracks = stacked(held, [np.ones(len(one)) for one in held], shape=shape)
        found: Floats = (seeds @ tracks.T).toarray() * self._of_rank[self._memberships.ranks[rows]]
        return found

    def _weighed_of(self, rows: Rows) -> list[tuple[Rows, Floats]]:
        """The playlists of each row as a seed, and their weights; none of who is not placed."""
        points = (self.point(row) for row in rows.tolist())
        return [_NOTHING if point is None else point.weighed for point in points]

    def nearest(self, point: PlaylistPoint, *, k: int, allowed: Mask | None, margin: float) -> Rows:
        """As `segue.snapshot.Searchable.nearest`.

        Scores are exact as they are, so of rows that score 0, which are most of a catalogue, only
        as many are given as are missing.
        """
        ranks, found = point.tally
        rows = self._memberships.rows[ranks]
        if allowed is not None:
            kept = allowed[rows]
            rows, found = rows[kept], found[kept]
        best = highest(found, k=k, margin=margin)
        if len(best) >= k and found[best[k - 1]] > 0:
            return rows[best[np.lexsort((rows[best], -found[best]))]]
        rest = self.placed.copy() if allowed is None else self.placed & allowed
        rest[rows] = False
        zeros = np.flatnonzero(rest)
        order = np.lexsort((rows, -found))
        above, below = rows[order[found[order] > 0]], rows[order[found[order] < 0]]
        missing = max(k - len(above), 0)
        return np.concatenate([above, zeros[:missing], below[: max(missing - len(zeros), 0)]])
