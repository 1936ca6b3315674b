"""The space `artist`: whether two tracks are by the same people.

A track's vector has 1/√n for each of its n artists (`Corpus.artist_keys`: names in normal form,
without those that stand for nobody). The score is the cosine, in [0, 1]; of a set of seeds it is
the weighted mean, so where each track is by one artist, the weighted share of the set by the
candidate's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.sparse import csr_array

from segue.names import artist_keys
from segue.records import Comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Mask, Rows, Vectors

NAMED = 2
"""Most artists named in a comparison."""


@dataclass(frozen=True, slots=True, eq=False)
class ArtistPoint:
    """Weights of artists: `weights[i]` of `artists[i]`, ascending; `names` as they are shown."""

    artists: Rows
    weights: Floats
    names: tuple[str, ...]


class ArtistSpace:
    """Cosine of one-hot artists; see the module."""

    name = "artist"
    needs = "an artist: tag the file with one, or import a table that names it"

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._number: dict[str, int] = {}
        flat = [
            self._number.setdefault(key, len(self._number))
            for keys in corpus.artist_keys
            for key in keys
        ]
        counts = np.array([len(keys) for keys in corpus.artist_keys], dtype=np.int64)
        parts = np.repeat(np.maximum(counts, 1) ** -0.5, counts)
        ends = np.concatenate(([0], np.cumsum(counts)))
        self._vectors = csr_array(
            (parts, np.array(flat, dtype=np.int64), ends), shape=(len(corpus), len(self._number))
        )
        self._by_artist = self._vectors.tocsc()
        self.placed: Mask = counts > 0

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Number the artists of `corpus`."""
        return cls(corpus)

    def point(self, row: int) -> ArtistPoint | None:
        """Where the track of `row` stands; None when nobody in particular made it."""
        if not self.placed[row]:
            return None
        return self._among(self._corpus.artist_keys[row], self._corpus.artists[row])

    def place(self, description: Description) -> ArtistPoint | None:
        """Where something by the artists of `description` stands; None if none is known here."""
        names = description.record.artists
        return self._among(artist_keys(names), names)

    def gather(self, points: Sequence[ArtistPoint], *, weights: Floats) -> ArtistPoint | None:
        """The weighted sum; None where likes and dislikes leave nothing."""
        artists = np.concatenate([point.artists for point in points])
        parts = [w * point.weights for point, w in zip(points, weights, strict=True)]
        kept, place = np.unique(artists, return_inverse=True)
        total: Floats = np.bincount(place, weights=np.concatenate(parts)).astype(np.float64)
        if not total.any():
            return None
        heaviest = np.argsort(-weights, kind="stable")
        names = dict.fromkeys(n for place in heaviest for n in points[place].names)
        return ArtistPoint(kept, total, tuple(names))

    def score(self, points: Sequence[ArtistPoint], *, rows: Rows | None = None) -> Vectors:
        """Cosine of every point to every row, shape (points, rows); 0 for rows not placed."""
        everywhere = np.zeros((len(points), len(self.placed)), dtype=np.float32)
        for place, point in enumerate(points):
            for artist, weight in zip(point.artists.tolist(), point.weights, strict=True):
                span = slice(*self._by_artist.indptr[artist : artist + 2])
                held = self._by_artist.indices[span]
                everywhere[place, held] += weight * self._by_artist.data[span]
        return everywhere if rows is None else everywhere[:, rows]

    def score_exactly(self, point: ArtistPoint, *, rows: Rows) -> Floats:
        """The same in float64."""
        wanted = np.zeros(len(self._number))
        wanted[point.artists] = point.weights
        found: Floats = self._vectors[rows] @ wanted
        return found

    def compare(self, point: ArtistPoint, row: int) -> tuple[Comparison, ...]:
        """The artists of both; likeness is the share of random pairs that have none in common."""
        mine = set(point.artists.tolist())
        names, keys = self._corpus.artists[row], self._corpus.artist_keys[row]
        theirs = {self._number[key] for key in keys}
        shared = [
            name
            for name in names
            if mine & {self._number.get(key, -1) for key in artist_keys((name,))}
        ]
        likeness = 1.0 if mine == theirs else self._strangers if shared else 0.0
        return (
            Comparison(
                feature="artist",
                seed=", ".join(point.names),
                track=", ".join(names),
                likeness=likeness,
                agreement=f"by {' and '.join(shared[:NAMED])}" if shared else "",
            ),
        )

    def _among(self, keys: Sequence[str], names: tuple[str, ...]) -> ArtistPoint | None:
        """The artists of `keys` that the catalogue knows."""
        known = sorted(self._number[key] for key in keys if key in self._number)
        if not known:
            return None
        return ArtistPoint(
            np.array(known, dtype=np.int64), np.full(len(known), len(keys) ** -0.5), names
        )

    @cached_property
    def _strangers(self) -> float:
        """The share of random pairs of placed tracks without an artist in common, about."""
        tracks = int(np.count_nonzero(self.placed))
        of_each = np.diff(self._by_artist.indptr).astype(np.float64)
        pairs = max(tracks * (tracks - 1), 1)
        return max(0.0, 1.0 - float(of_each @ (of_each - 1)) / pairs)
