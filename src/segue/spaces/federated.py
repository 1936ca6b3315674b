"""The space `federated`: what several libraries learned together about what goes together.

Several instances of Segue trained one model on their playlists, and no playlist left its house
(`segue federate`, docs/federated.md). The model is a linear map from what is said of a track
(`segue.spaces.buckets`) to a few numbers; nobody need have put the track into a playlist. With x̂
the features of length 1, s the scales of the columns and W the weights, a track stands at

    z = (x̂, a · Wᵀ (s · x) / |s · x|)

and the score is the cosine. The first part says what is said of both, the second what playlists of
all instances made of it; a tells how much the second counts. A track of which no word is said is
not placed: numbers alone are the space `attributes`. Where the noise of privacy left
nothing of W, likeness is that of words and numbers alone.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.sparse import csr_array

from segue.errors import UnavailableError
from segue.records import Comparison
from segue.spaces import buckets
from segue.spaces.units import to_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.snapshot import Corpus, Description, Trained
    from segue.types import Floats, Mask, Rows, Vectors

SPACE = "federated"

PAIRS = 4_096
"""Random pairs that likeness is measured against."""

SEED = 42

_DECIMALS = 9
_SELDOM = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class FederatedModel:
    """A map from content to company.

    Attributes
    ----------
    weights
        W, shape (columns, dims), float32; dims may be 0.
    scales
        s, shape (columns,), above 0.
    artists, releases
        Buckets of these fields (`segue.spaces.buckets.folded`).
    strength
        a, 0 or more.
    """

    weights: Vectors
    scales: Floats
    artists: int
    releases: int
    strength: float

    @classmethod
    def of(cls, trained: Trained) -> Self | None:
        """What `segue federate use` kept; None where there is none.

        Raises
        ------
        UnavailableError
            It was learned with features of another version.
        """
        if "weights" not in trained.arrays:
            return None
        state = trained.state
        if state["features"] != buckets.VERSION:
            raise UnavailableError(
                f"the model of the space {SPACE!r} has features of version {state['features']}, "
                f"this Segue those of version {buckets.VERSION}",
                remedy="Take it away with `segue federate forget`, and train anew together",
            )
        return cls(
            trained.arrays["weights"].astype(np.float32),
            trained.arrays["scales"].astype(np.float64),
            int(state["artists"]),
            int(state["releases"]),
            float(state["strength"]),
        )

    def vectors(self, table: csr_array) -> Vectors:
        """The second part of z for a table of `segue.spaces.buckets`, shape (rows, dims)."""
        narrow = buckets.folded(table, artists=self.artists, releases=self.releases)
        found = (narrow @ (self.scales[:, np.newaxis] * self.weights)).astype(np.float64)
        lengths = np.sqrt(narrow.multiply(narrow) @ np.square(self.scales))
        inverse = np.divide(self.strength, lengths, out=np.zeros_like(lengths), where=lengths > 0)
        vectors: Vectors = (found * inverse[:, np.newaxis]).astype(np.float32)
        return vectors


@dataclass(frozen=True, slots=True, eq=False)
class FederatedPoint:
    """A direction: numbers at some `columns`, ascending, and `company`; and who it is, in words."""

    columns: Rows
    values: Floats
    company: Floats
    said: str


class FederatedSpace:
    """Cosine of content and learned company; see the module."""

    name = SPACE
    needs = (
        "a model that several instances trained together (`segue federate use FILE`), and an "
        "artist, album, genre or tag of the track"
    )

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        trained = corpus.trained.get(SPACE)
        self._model = None if trained is None else FederatedModel.of(trained)
        count = len(corpus)
        if self._model is None:
            self._content = csr_array((count, buckets.WIDTH), dtype=np.float32)
            self._company = np.zeros((count, 0), dtype=np.float32)
        else:
            table = buckets.of_rows(corpus, np.arange(count))
            self._content, self._company = _parts(self._model, table)
        self._inverse = self._inverses()
        self.placed: Mask = self._inverse > 0

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Place every track of which a word is said, where the catalogue keeps a model."""
        return cls(corpus)

    def _inverses(self) -> Floats:
        """1 / |z| by row; 0 of rows of which no word is said."""
        values = self._content.data.astype(np.float64) ** 2
        owner = np.repeat(np.arange(len(self._corpus)), np.diff(self._content.indptr))
        squares = np.bincount(owner, weights=values, minlength=len(self._corpus))
        exact = self._company.astype(np.float64)
        whole = np.sqrt(squares + np.einsum("ij,ij->i", exact, exact))
        spoken = owner[self._content.indices < buckets.WORDS]
        words = np.bincount(spoken, minlength=len(self._corpus)) > 0
        inverse: Floats = np.divide(1.0, whole, out=np.zeros_like(whole), where=words)
        return inverse

    def point(self, row: int) -> FederatedPoint | None:
        """Where the track of `row` stands; None when no word is said of it."""
        if not self.placed[row]:
            return None
        span = slice(self._content.indptr[row], self._content.indptr[row + 1])
        artists = self._corpus.artists[row]
        return self._at(
            (self._content.indices[span], self._content.data[span]),
            self._company[row],
            artists[0] if artists else self._corpus.titles[row],
        )

    def place(self, description: Description) -> FederatedPoint | None:
        """Where what is said of something from outside would stand; None without a word."""
        if self._model is None:
            return None
        content, company = _parts(self._model, buckets.of_description(description))
        if not (content.indices < buckets.WORDS).any():
            return None
        artists = description.record.artists
        said = artists[0] if artists else description.record.title or "from outside"
        return self._at((content.indices, content.data), company[0], said)

    def _at(
        self, content: tuple[Rows, Vectors], company: Vectors, said: str
    ) -> FederatedPoint | None:
        columns = np.asarray(content[0], dtype=np.int64)
        values, vector = content[1].astype(np.float64), company.astype(np.float64)
        length = np.sqrt(values @ values + vector @ vector)
        return FederatedPoint(columns, values / length, vector / length, said)

    def gather(self, points: Sequence[FederatedPoint], *, weights: Floats) -> FederatedPoint | None:
        """The direction of the weighted sum; None where likes and dislikes leave nothing."""
        columns, place = np.unique(
            np.concatenate([point.columns for point in points]), return_inverse=True
        )
        parts = [weight * point.values for point, weight in zip(points, weights, strict=True)]
        values = np.bincount(place, weights=np.concatenate(parts), minlength=len(columns))
        company = weights @ np.array([point.company for point in points])
        length = float(np.sqrt(values @ values + company @ company))
        near = [point for point, weight in zip(points, weights.tolist(), strict=True) if weight > 0]
        if not near or length < 10.0**-_DECIMALS:
            return None
        said = near[0].said if len(near) == 1 else f"{len(near)} tracks"
        return FederatedPoint(columns, values / length, company / length, said)

    def score(self, points: Sequence[FederatedPoint], *, rows: Rows | None = None) -> Vectors:
        """Cosine of every point to every row, shape (points, rows); 0 for rows not placed."""
        content = self._content if rows is None else self._content[rows]
        company = self._company if rows is None else self._company[rows]
        inverse = (self._inverse if rows is None else self._inverse[rows]).astype(np.float32)
        asked = self._spread(points)
        scores = (content @ asked.astype(np.float32)).T
        if company.shape[1] and len(points):
            scores = scores + np.array([p.company for p in points], dtype=np.float32) @ company.T
        found: Vectors = (scores * inverse).astype(np.float32)
        return found

    def score_exactly(self, point: FederatedPoint, *, rows: Rows) -> Floats:
        """The same in float64, row by row."""
        content = self._content[rows].astype(np.float64)
        found = (content @ self._spread([point]))[:, 0]
        found = found + np.vecdot(self._company[rows].astype(np.float64), point.company)
        exact: Floats = found * self._inverse[rows]
        return exact

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        content = self._content[rows].astype(np.float64)
        company = self._company[rows].astype(np.float64)
        inverse = self._inverse[rows]
        found: Floats = (content @ content.T).toarray() + company @ company.T
        return found * inverse[:, np.newaxis] * inverse

    def compare(self, point: FederatedPoint, row: int) -> tuple[Comparison, ...]:
        """How likely both are put together, beside random pairs of the catalogue.

        Where a track has no company, because nothing of it was met in training, by the whole score.
        """
        if not self.placed[row]:
            return ()
        company = self._company[row].astype(np.float64)
        learned = bool(point.company.any() and company.any())
        if learned:
            cosine = float(np.vecdot(*to_units(np.stack([point.company, company]))))
        else:
            cosine = float(self.score_exactly(point, rows=np.array([row]))[0])
        cosine = round(cosine, _DECIMALS)
        apart = self._apart[learned]
        likeness = 1.0 if cosine >= 1.0 else bisect_left(apart, cosine) / max(len(apart), 1)
        artists = self._corpus.artists[row]
        near = (
            "several libraries keep together in playlists" if learned else "words and numbers say"
        )
        return (
            Comparison(
                feature="company elsewhere" if learned else "content",
                seed=point.said,
                track=artists[0] if artists else self._corpus.titles[row],
                likeness=likeness,
                agreement=f"of a kind that {near}" if learned else f"alike as far as {near}",
                contrast="seldom kept beside it elsewhere"
                if learned and likeness < _SELDOM
                else "",
                estimated=True,
            ),
        )

    @cached_property
    def _apart(self) -> tuple[list[float], list[float]]:
        """Sorted cosines of random pairs: of the whole, and of the company alone."""
        there = np.flatnonzero(self.placed)
        if len(there) < 2:
            return [], []
        pairs = np.random.default_rng(SEED).choice(there, size=(PAIRS, 2))
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        one, other = (self._company[side].astype(np.float64) for side in pairs.T)
        words = self._content[pairs[:, 0]].multiply(self._content[pairs[:, 1]]).sum(axis=1)
        whole = np.asarray(words, dtype=np.float64).ravel() + np.vecdot(one, other)
        whole = whole * self._inverse[pairs[:, 0]] * self._inverse[pairs[:, 1]]
        company = np.vecdot(to_units(one), to_units(other))
        rounded = (np.sort(np.round(each, _DECIMALS)).tolist() for each in (whole, company))
        return next(rounded), next(rounded)

    def _spread(self, points: Sequence[FederatedPoint]) -> Floats:
        """The first parts of points as columns, shape (`buckets.WIDTH`, points)."""
        asked = np.zeros((buckets.WIDTH, len(points)))
        for place, point in enumerate(points):
            asked[point.columns, place] = point.values
        return asked


def _parts(model: FederatedModel, table: csr_array) -> tuple[csr_array, Vectors]:
    """Both parts of z, unscaled: features of length 1, and company."""
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1), dtype=np.float64)).ravel()
    inverse = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    unit = table.copy()
    unit.data = (unit.data * np.repeat(inverse, np.diff(unit.indptr))).astype(np.float32)
    return unit, model.vectors(table)
