"""Whether near in a space means alike: what tracks find when each asks for its nearest.

Nobody has written down how alike two tracks are. What is known is who made them and of which
genre they are, and a space that hears anything puts tracks of one artist, and of one genre, near
each other. Every track of a gallery asks all others, and counted is

``artist_hit_1``        how often the nearest track is by the same artist;
``artist_precision_10`` the share of the artist's other tracks, at most ten, among the ten nearest:
                        found / min(10, the artist's others);
``artist_map``          mean over queries of the mean precision at the places of the artist's tracks
                        (mean average precision);
``genre_precision_10``  the share of the ten nearest that are of the same genre, **with all tracks
                        by the same artist taken out**, so that knowing the artist is no way to
                        know the genre (the artist filter: Pampalk, Flexer and Widmer, ISMIR 2005).

A track by an unknown artist ("") is found but does not ask: it is no one's, and its own artist's
tracks could not be taken out. A track whose artist has no other one asks for its genre only; one
of unknown genre for its artist only. Equal scores share their places (`segue.evaluation.ranking`).

With folds a query sees the tracks of its own test part only: they are what the space was not
trained on, and spaces trained in different folds have nothing in common. Figures are means over
all queries of all parts. Intervals draw whole artists with replacement, and two methods are
compared on the same draws, as a difference or a ratio (`segue.evaluation.intervals`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from segue.errors import BadRequestError
from segue.evaluation.hubness import skewness
from segue.evaluation.intervals import DRAWS, Interval, Resampling, interval
from segue.evaluation.ranking import Ranking
from segue.evaluation.weighing import mean, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from segue.evaluation.splits import Folds
    from segue.types import Floats, Mask, Rows

Scores: TypeAlias = "NDArray[np.floating[Any]] | Callable[[Rows], NDArray[np.floating[Any]]]"
"""Likeness of queries to all tracks, shape (queries, n): more is nearer; or what computes it for
some tracks as queries, (rows,) → (rows, n), so that a large gallery is never held whole."""

NEAREST = 10
"""How many neighbours are looked at."""

METRICS: Mapping[str, str] = {
    "artist_hit_1": "artist hit@1",
    "artist_precision_10": "artist P@10",
    "artist_map": "artist mAP",
    "genre_precision_10": "genre P@10",
}
"""Every metric with its label; all in [0, 1], more is better."""

_BLOCK = 256
"""Queries ranked at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Retrieval:
    """What one method's queries found.

    Attributes
    ----------
    values
        By metric, shape (queries,): each query's figure, NaN where it does not ask.
    neighbours
        Shape (queries, `NEAREST`): rows of the nearest, equal ones by row; -1 where there are
        fewer.
    occurrences
        Shape (n,): among how many queries' ten nearest each track is; a tie counts in parts.
    hubness
        Skewness of the occurrences (`segue.evaluation.hubness`), mean over the parts.
    """

    values: Mapping[str, Floats]
    neighbours: Rows
    occurrences: Floats
    hubness: float


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One metric of one method.

    Attributes
    ----------
    value, low, high
        The mean over queries and the ends of its 95 % interval.
    queries
        How many asked.
    """

    value: float
    low: float
    high: float
    queries: int


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """The tracks that ask each other, and the draws on which all methods are judged.

    Attributes
    ----------
    artists, genres
        One key a track, "" where unknown.
    queries
        Rows of the tracks that ask, rising; all unless given.
    folds
        As `segue.evaluation.splits.folds` gives them; none for one gallery of all tracks. Tracks
        in no test part neither ask nor are found.
    draws, seed
        Of the intervals.
    """

    artists: Sequence[str]
    genres: Sequence[str]
    queries: Rows | None = None
    folds: Folds = ()
    draws: int = DRAWS
    seed: int = 42
    _drawn: dict[bytes, Resampling] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.artists)

    @property
    def asking(self) -> Rows:
        """Rows of the tracks that ask."""
        return np.arange(len(self)) if self.queries is None else self.queries

    def judge(self, scores: Scores) -> Retrieval:
        """What every query finds.

        Parameters
        ----------
        scores
            See `Scores`; row i is the i-th of `asking`. Pairs across folds are not looked at, and
            may be anything.

        Raises
        ------
        BadRequestError
            They are not of this many queries and tracks, or one that counts is not finite.
        """
        asking = self.asking
        artists, genres = _codes(self.artists), _codes(self.genres)
        values = {name: np.full(len(asking), np.nan) for name in METRICS}
        neighbours = np.full((len(asking), NEAREST), -1, dtype=np.int64)
        occurrences = np.zeros(len(self))
        for part, places in self._blocks():
            block = self._scored(scores, places, part)
            queries = asking[places]
            itself = part == queries[:, np.newaxis]
            same = _alike(artists, queries, part) & ~itself
            ranking = Ranking.of(block, out=itself)
            _count_artists(values, places, ranking, same)
            asks = (artists[queries] >= 0) & (genres[queries] >= 0)
            others = Ranking.of(block[asks], out=(itself | same)[asks])
            alike = _alike(genres, queries[asks], part) & ~(itself | same)[asks]
            values["genre_precision_10"][places[asks]] = _share(others, alike)
            best = ranking.best(NEAREST)
            neighbours[places, : best.shape[1]] = np.where(best < 0, -1, part[best])
            occurrences[part] += ranking.within(NEAREST).sum(axis=0)
        return Retrieval(values, neighbours, occurrences, self._hubness(occurrences))

    def figure(self, found: Retrieval, metric: str) -> Figure:
        """A metric with its interval; NaN where nothing asks."""
        value, drawn, queries = self._drawn_means(found, metric)
        told = interval(value, drawn)
        return Figure(told.value, told.low, told.high, queries)

    def figures(self, found: Retrieval) -> dict[str, Figure]:
        """Every metric with its interval."""
        return {metric: self.figure(found, metric) for metric in METRICS}

    def difference(self, first: Retrieval, second: Retrieval, metric: str) -> Interval:
        """By how much the metric of `first` is above that of `second`, on the same draws."""
        ours, theirs = (self._drawn_means(each, metric) for each in (first, second))
        return interval(ours[0] - theirs[0], ours[1] - theirs[1])

    def ratio(self, first: Retrieval, second: Retrieval, metric: str) -> Interval:
        """How many times the metric of `second` that of `first` is, on the same draws.

        NaN where `second` is 0; draws in which it is are left out.
        """
        ours, theirs = (self._drawn_means(each, metric) for each in (first, second))
        value, drawn = (
            ratio(np.asarray(one), np.asarray(other))
            for one, other in zip(ours[:2], theirs[:2], strict=True)
        )
        return interval(float(value), drawn)

    def most(self) -> dict[str, float]:
        """By metric, what a space that makes no mistake would reach; NaN where nothing asks.

        All of an artist's tracks can always be found. Of ten neighbours of the same genre there may
        be fewer than ten by others: a small gallery of few artists keeps even a perfect space
        from 1.
        """
        artists, genres = _codes(self.artists), _codes(self.genres)

        def alike(codes: Rows) -> Callable[[Rows], Floats]:
            every = np.arange(len(self))
            return lambda rows: _alike(codes, rows, every).astype(np.float64)

        of_artist, of_genre = (self.judge(alike(codes)) for codes in (artists, genres))
        return {
            metric: self._drawn_means(
                of_genre if metric.startswith("genre") else of_artist, metric
            )[0]
            for metric in METRICS
        }

    def _drawn_means(self, found: Retrieval, metric: str) -> tuple[float, Floats, int]:
        """The mean over the queries that ask, the same on every draw, and how many ask."""
        values = found.values[metric]
        there = ~np.isnan(values)
        if not there.any():
            return np.nan, np.full(self.draws, np.nan), 0
        known = values[there]
        means = [mean(known, weights) for weights in self._resampling(there).weights(0)]
        return float(known.mean()), np.concatenate(means), len(known)

    def _resampling(self, there: Mask) -> Resampling:
        """Draws of the artists of the queries that ask; the same ones for every method."""
        named = there.tobytes()
        if named not in self._drawn:
            artists = [self.artists[row] for row in self.asking[there].tolist()]
            self._drawn[named] = Resampling.of(
                len(artists), artists=artists, draws=self.draws, seed=self.seed
            )
        return self._drawn[named]

    def _parts(self) -> tuple[Rows, ...]:
        """Rows of each gallery."""
        return tuple(test for _, test in self.folds) or (np.arange(len(self)),)

    def _blocks(self) -> Iterator[tuple[Rows, Rows]]:
        """A gallery's rows, and some places of `asking` whose tracks are in it, until all are."""
        for part in self._parts():
            places = np.flatnonzero(np.isin(self.asking, part))
            for begin in range(0, len(places), _BLOCK):
                yield part, places[begin : begin + _BLOCK]

    def _scored(self, scores: Scores, places: Rows, part: Rows) -> NDArray[np.floating[Any]]:
        """Scores of some queries to the tracks of a gallery."""
        asking = self.asking
        if callable(scores):
            block = scores(asking[places])
        elif len(scores) != len(asking):
            raise BadRequestError(
                f"{len(scores)} rows of scores are not one for each of {len(asking)} queries",
                remedy="Give one row a query",
            )
        else:
            block = scores[places]
        if block.shape != (len(places), len(self)):
            raise BadRequestError(
                f"scores of shape {block.shape} are not those of {len(places)} queries to "
                f"{len(self)} tracks",
                remedy="Give one row a query and one column a track",
            )
        block = block[:, part]
        if not np.isfinite(block).all():
            raise BadRequestError(
                "a score is not a finite number",
                remedy="Judge only tracks that the space places",
            )
        return block

    def _hubness(self, occurrences: Floats) -> float:
        """Mean skewness of the parts, each counted by its tracks."""
        parts = self._parts()
        if not sum(map(len, parts)):
            return 0.0
        skewed = [skewness(occurrences[part]) for part in parts]
        return float(np.average(skewed, weights=list(map(len, parts))))


def cosines(vectors: NDArray[np.floating[Any]]) -> Floats:
    """Cosine of every row to every row, shape (n, n); 0 for rows of zeros."""
    unit = units(vectors)
    scores: Floats = unit @ unit.T
    return scores


def units(vectors: NDArray[np.floating[Any]]) -> Floats:
    """Rows brought to length 1; rows of zeros stay."""
    values = np.asarray(vectors, dtype=np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", values, values))[:, np.newaxis]
    return ratio(values, lengths, empty=0.0)


def together(found: Sequence[Retrieval]) -> Retrieval:
    """One method at several seeds as one: each query's mean; the neighbours are the first's.

    Parameters
    ----------
    found
        At least one, of the same gallery.
    """
    return Retrieval(
        {name: np.mean([each.values[name] for each in found], axis=0) for name in METRICS},
        found[0].neighbours,
        np.mean([each.occurrences for each in found], axis=0),
        float(np.mean([each.hubness for each in found])),
    )


def _codes(names: Sequence[str]) -> Rows:
    """Names numbered from 0, -1 where unknown."""
    known: dict[str, int] = {}
    codes = [known.setdefault(name, len(known)) if name else -1 for name in names]
    return np.array(codes, dtype=np.int64)


def _alike(codes: Rows, queries: Rows, part: Rows) -> Mask:
    """Which of the gallery's tracks have the code of each query, shape (queries, part)."""
    own = codes[queries][:, np.newaxis]
    mask: Mask = (codes[part] == own) & (own >= 0)
    return mask


def _count_artists(
    values: Mapping[str, Floats], places: Rows, ranking: Ranking, same: Mask
) -> None:
    """Fill in what is counted of artists, for queries whose artist has another track."""
    others = same.sum(axis=1)
    asks = others > 0
    hits = ranking.hits(same)[asks]
    most = np.minimum(NEAREST, others[asks])
    values["artist_hit_1"][places[asks]] = hits[:, 0]
    values["artist_precision_10"][places[asks]] = hits[:, :NEAREST].sum(axis=1) / most
    values["artist_map"][places[asks]] = ranking.average_precision(same)[asks]


def _share(ranking: Ranking, alike: Mask) -> Floats:
    """The share of the ten nearest that are alike, of fewer where there are fewer; NaN of none."""
    seen = np.minimum(NEAREST, ranking.counted)
    found = ranking.hits(alike)[:, :NEAREST].sum(axis=1)
    return ratio(found, seen.astype(np.float64))
