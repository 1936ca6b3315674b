"""The spaces `artist` and `album`: whether two tracks are by the same people, or on one album.

A track's vector has 1/√n for each of its n names: its artists in normal form (`Corpus.artist_keys`,
without those that stand for nobody), or its one album, which is its title with the first of these
artists. The score is the cosine, in [0, 1]; of a set of seeds it is the weighted mean, so where
each track has one name, the weighted share of the set that has the candidate's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from scipy.sparse import csr_array

from segue.names import artist_keys, fold
from segue.records import Comparison
from segue.spaces.terms import ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.records import TrackRecord
    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Mask, Rows, Vectors

NAMED = 2
"""Most artists named in a comparison."""

Names = tuple[tuple[str, str], ...]
"""What a track is called by: normal forms, each with how it is shown."""


@dataclass(frozen=True, slots=True, eq=False)
class NamedPoint:
    """Weights of names: `weights[i]` of `keys[i]`, ascending; `names` are those it is near to."""

    keys: Rows
    weights: Floats
    names: Names

    @property
    def near(self) -> set[int]:
        """Keys of a weight above 0: what is disliked is no reason for anything."""
        return set(self.keys[self.weights > 0].tolist())


class NamedSpace(ABC):
    """Cosine of one-hot names; a base of spaces, which say what a track's names are.

    Attributes
    ----------
    name, needs
        As of any space.
    sharing
        What is said of two tracks before the names that they share.
    """

    name: str
    needs: str
    sharing: ClassVar[str]

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._number: dict[str, int] = {}
        flat, lengths = array("q"), array("q")
        for row in range(len(corpus)):
            names = self._called(row)
            lengths.append(len(names))
            flat.extend(self._number.setdefault(key, len(self._number)) for key, _ in names)
        counts = np.array(lengths, dtype=np.int64)
        parts = np.repeat(np.maximum(counts, 1) ** -0.5, counts)
        ends = np.concatenate(([0], np.cumsum(counts)))
        self._vectors = csr_array(
            (parts, np.array(flat, dtype=np.int64), ends), shape=(len(corpus), len(self._number))
        )
        self._by_name = self._vectors.tocsc()
        self.placed: Mask = counts > 0

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Number the names of `corpus`."""
        return cls(corpus)

    def _called(self, row: int) -> Names:
        """What a track is called by; read when it is asked for, since a million would be much."""
        return self._names(self._corpus, row)

    @staticmethod
    @abstractmethod
    def _names(corpus: Corpus, row: int) -> Names:
        """What the track of `row` is called by; empty for nothing."""

    @staticmethod
    @abstractmethod
    def _names_of(record: TrackRecord) -> Names:
        """What a track from outside is called by."""

    def point(self, row: int) -> NamedPoint | None:
        """Where the track of `row` stands; None when it has no name."""
        return self._among(self._called(row))

    def place(self, description: Description) -> NamedPoint | None:
        """Where something of the names of `description` stands; None if none is known here."""
        return self._among(self._names_of(description.record))

    def gather(self, points: Sequence[NamedPoint], *, weights: Floats) -> NamedPoint | None:
        """The weighted sum; None where likes and dislikes leave nothing."""
        keys = np.concatenate([point.keys for point in points])
        parts = [w * point.weights for point, w in zip(points, weights, strict=True)]
        kept, place = np.unique(keys, return_inverse=True)
        total: Floats = np.bincount(place, weights=np.concatenate(parts)).astype(np.float64)
        if not total.any():
            return None
        heaviest = np.argsort(-weights, kind="stable")
        liked = [points[place] for place in heaviest if weights[place] > 0]
        names = dict.fromkeys(name for point in liked for name in point.names)
        left = set(kept[total <= 0].tolist())
        near = tuple(name for name in names if self._number.get(name[0]) not in left)
        return NamedPoint(kept, total, near)

    def score(self, points: Sequence[NamedPoint], *, rows: Rows | None = None) -> Vectors:
        """Cosine of every point to every row, shape (points, rows); 0 for rows not placed."""
        everywhere = np.zeros((len(points), len(self.placed)), dtype=np.float32)
        for place, point in enumerate(points):
            for key, weight in zip(point.keys.tolist(), point.weights, strict=True):
                span = slice(*self._by_name.indptr[key : key + 2])
                held = self._by_name.indices[span]
                everywhere[place, held] += weight * self._by_name.data[span]
        return everywhere if rows is None else everywhere[:, rows]

    def score_exactly(self, point: NamedPoint, *, rows: Rows) -> Floats:
        """The same in float64."""
        starts, ends = self._vectors.indptr[rows], self._vectors.indptr[rows + 1]
        entries = ranges(starts, ends)
        keys = self._vectors.indices[entries]
        place = np.minimum(np.searchsorted(point.keys, keys), len(point.keys) - 1)
        met = np.where(point.keys[place] == keys, point.weights[place], 0.0)
        which = np.repeat(np.arange(len(rows)), ends - starts)
        products = self._vectors.data[entries] * met
        return np.bincount(which, weights=products, minlength=len(rows)).astype(np.float64)

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        held = self._vectors[rows]
        found: Floats = (held @ held.T).toarray()
        return found

    def compare(self, point: NamedPoint, row: int) -> tuple[Comparison, ...]:
        """The names of both; likeness is the share of random pairs that have none in common."""
        mine, called = point.near, self._called(row)
        theirs = {self._number[key] for key, _ in called}
        shared = [shown for key, shown in called if self._number[key] in mine]
        likeness = 0.0 if not shared else 1.0 if mine == theirs else self._strangers
        return (
            Comparison(
                feature=self.name,
                seed=", ".join(shown for _, shown in point.names),
                track=", ".join(shown for _, shown in called),
                likeness=likeness,
                agreement=f"{self.sharing} {' and '.join(shared[:NAMED])}" if shared else "",
            ),
        )

    def _among(self, names: Names) -> NamedPoint | None:
        """The names that the catalogue knows."""
        known = sorted(self._number[key] for key, _ in names if key in self._number)
        if not known:
            return None
        return NamedPoint(
            np.array(known, dtype=np.int64),
            np.full(len(known), len(names) ** -0.5),
            names,
        )

    @cached_property
    def _strangers(self) -> float:
        """The share of random pairs of placed tracks without a name in common, about."""
        tracks = int(np.count_nonzero(self.placed))
        of_each = np.diff(self._by_name.indptr).astype(np.float64)
        pairs = max(tracks * (tracks - 1), 1)
        return max(0.0, 1.0 - float(of_each @ (of_each - 1)) / pairs)


class ArtistSpace(NamedSpace):
    """Whether two tracks are by the same people."""

    name = "artist"
    needs = "an artist: tag the file with one, or import a table that names it"
    sharing = "by"

    @staticmethod
    def _names(corpus: Corpus, row: int) -> Names:
        return _shown(corpus.artist_keys[row], corpus.artists[row])

    @staticmethod
    def _names_of(record: TrackRecord) -> Names:
        return _shown(artist_keys(record.artists), record.artists)


class AlbumSpace(NamedSpace):
    """Whether two tracks are on one album."""

    name = "album"
    needs = "an album: tag the file with one, or import a table that names it"
    sharing = "on the album"

    @staticmethod
    def _names(corpus: Corpus, row: int) -> Names:
        return _album(corpus.albums[row], corpus.artist_keys[row])

    @staticmethod
    def _names_of(record: TrackRecord) -> Names:
        return _album(record.album, artist_keys(record.artists))


def _shown(keys: Sequence[str], artists: Sequence[str]) -> Names:
    """Artists, each by the first name that has its normal form."""
    shown: dict[str, str] = {}
    for artist in artists:
        for key in artist_keys((artist,)):
            shown.setdefault(key, artist)
    return tuple((key, shown.get(key, key)) for key in dict.fromkeys(keys))


def _album(title: str, keys: Sequence[str]) -> Names:
    """The one album of a track; none without a title or an artist to tell it from its namesakes."""
    key = fold(title)
    return ((f"{keys[0]}\x1f{key}", f"“{title}”"),) if key and keys else ()
