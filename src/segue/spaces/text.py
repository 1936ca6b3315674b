"""The space `text`: what the words of a catalogue say, as TF-IDF.

A track's vector has one number for every token of the catalogue (`segue.spaces.tokens`):

    field's weight × (1 + ln(times in the track)) × (1 + ln((1 + tracks) / (1 + tracks with it)))

brought to length 1. ``tracks`` counts those that are placed. This is the TF-IDF of
``sklearn.feature_extraction.text.TfidfVectorizer`` with ``sublinear_tf=True``, times a weight by
field. The score is the cosine; a token the catalogue does not know counts for nothing.

It is computed exactly, over an inverted index: for every token of the seed, the tracks that have
it. Reduced to 128 dimensions (SVD), half of the true ten nearest would be lost on real titles.

A track is placed when it has any token beside its explicit flag.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.sparse import csr_array

from segue.spaces.shared import SharedWords
from segue.spaces.tokens import texts_of_record, texts_of_row, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.records import Comparison
    from segue.snapshot import Corpus, Description
    from segue.spaces.tokens import Texts
    from segue.types import Floats, Mask, Rows, Vectors


@dataclass(frozen=True, slots=True)
class FieldWeights:
    """How much one token of a field counts.

    Albums and titles are several words each, and often the same words, so one of them counts
    less than a name or a genre; a lyric has a hundred. ``benchmarks/text_weights.py`` judges these
    and other weights by playlists of people.
    """

    artist: float = 1.0
    genre: float = 1.5
    album: float = 0.4
    title: float = 0.2
    labels: float = 0.6
    lyrics: float = 0.1
    explicit: float = 0.4


COMMON = 0.08
"""Tokens on more than this share of the tracks are kept as whole columns, which are faster then."""

SHOWN = 3
"""Most texts of a field that a set of points says."""

NOTHING = 1e-9
"""What is left of a value that likes and dislikes take away from each other."""


@dataclass(frozen=True, slots=True, eq=False)
class TextPoint:
    """A sparse vector of length 1: `values` at `terms`, ascending; and what it was made from."""

    terms: Rows
    values: Floats
    texts: Texts


class TextSpace:
    """Cosine of TF-IDF vectors; see the module for the vector."""

    name = "text"
    needs = "words: tag the file with artist, title or genre, or import a table that names it"

    def __init__(self, corpus: Corpus, *, weights: FieldWeights) -> None:
        self._corpus = corpus
        self._vocabulary, counts = _count(corpus)
        self.placed: Mask = np.diff(counts.indptr) > 0
        self._weights = _term_weights(self._vocabulary, counts, int(self.placed.sum()), weights)
        self._vectors = _unit_rows(counts, self._weights)
        self._postings = Postings(self._vectors)
        self._shared = SharedWords(corpus, self._vocabulary, self._vectors)

    @classmethod
    def build(cls, corpus: Corpus, *, weights: FieldWeights = FieldWeights()) -> Self:
        """Count the tokens of `corpus` and weigh them."""
        return cls(corpus, weights=weights)

    def point(self, row: int) -> TextPoint | None:
        """Where the track of `row` stands; None when nothing but a flag is said of it."""
        if not self.placed[row]:
            return None
        span = slice(*self._vectors.indptr[row : row + 2])
        terms, values = self._vectors.indices[span], self._vectors.data[span]
        return TextPoint(terms.astype(np.int64), values, texts_of_row(self._corpus, row))

    def place(self, description: Description) -> TextPoint | None:
        """Where the words of `description` stand; None when the catalogue has none of them."""
        texts = texts_of_record(description.record)
        counts = Counter(tokens(texts))
        known = sorted((self._vocabulary[t], n) for t, n in counts.items() if t in self._vocabulary)
        if not any(self._shared.field(term) != "explicit" for term, _ in known):
            return None
        terms = np.array([term for term, _ in known], dtype=np.int64)
        values = (1 + np.log([n for _, n in known])) * self._weights[terms]
        return TextPoint(terms, values / np.sqrt(values @ values), texts)

    def gather(self, points: Sequence[TextPoint], *, weights: Floats) -> TextPoint | None:
        """The direction of the weighted sum, with the texts of the heaviest points.

        None where likes and dislikes leave nothing.
        """
        terms, place = np.unique(
            np.concatenate([point.terms for point in points]), return_inverse=True
        )
        parts = [weight * point.values for point, weight in zip(points, weights, strict=True)]
        total = np.bincount(place, weights=np.concatenate(parts))
        kept = np.abs(total) > NOTHING
        if not kept.any():
            return None
        total = total[kept]
        order = np.argsort(-weights, kind="stable").tolist()
        shown = zip(*(points[place].texts for place in order if weights[place] > 0), strict=True)
        texts = tuple(_heaviest(field) for field in shown)
        return TextPoint(terms[kept], total / np.sqrt(total @ total), texts)

    def score(self, points: Sequence[TextPoint], *, rows: Rows | None = None) -> Vectors:
        """Cosine of every point to every row, shape (points, rows); 0 for rows not placed."""
        count = len(self.placed) if rows is None else len(rows)
        scores = np.zeros((len(points), count), dtype=np.float32)
        for place, point in enumerate(points):
            if rows is None:
                self._postings.add(point, scores[place])
            else:
                everywhere = np.zeros(len(self.placed), dtype=np.float32)
                self._postings.add(point, everywhere)
                scores[place] = everywhere[rows]
        return scores

    def score_exactly(self, point: TextPoint, *, rows: Rows) -> Floats:
        """The same in float64, row by row."""
        starts, ends = self._vectors.indptr[rows], self._vectors.indptr[rows + 1]
        entries = _ranges(starts, ends)
        terms = self._vectors.indices[entries]
        found = np.searchsorted(point.terms, terms)
        found[found == len(point.terms)] = 0
        met = np.where(point.terms[found] == terms, point.values[found], 0.0)
        which = np.repeat(np.arange(len(rows)), ends - starts)
        products = met * self._vectors.data[entries]
        return np.bincount(which, weights=products, minlength=len(rows)).astype(np.float64)

    def compare(self, point: TextPoint, row: int) -> tuple[Comparison, ...]:
        """The fields in which both say something alike, the largest part of the score first."""
        return self._shared.compare(point.terms, point.values, point.texts, row)


def _heaviest(field: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The first few different texts of a field of several points."""
    texts = dict.fromkeys(text for said in field for text in said if text)
    return tuple(texts)[:SHOWN] or ("",)


class Postings:
    """The inverted index: for every term the rows that hold it, and how much.

    Parameters
    ----------
    vectors
        Unit vectors, shape (tracks, terms).
    """

    def __init__(self, vectors: csr_array) -> None:
        by_term = vectors.tocsc()
        self._starts = by_term.indptr.tolist()
        self._rows = by_term.indices.astype(np.int64)
        self._values = by_term.data.astype(np.float32)
        often = np.flatnonzero(np.diff(by_term.indptr) > COMMON * max(vectors.shape[0], 1))
        self._columns: dict[int, Vectors] = {
            int(term): by_term[:, [term]].toarray()[:, 0].astype(np.float32) for term in often
        }

    def add(self, point: TextPoint, scores: Vectors) -> None:
        """Add the products of `point` with every row to `scores`, shape (tracks,)."""
        values = point.values.astype(np.float32)
        for term, value in zip(point.terms.tolist(), values, strict=True):
            column = self._columns.get(term)
            if column is not None:
                scores += value * column
            else:
                span = slice(self._starts[term], self._starts[term + 1])
                scores[self._rows[span]] += value * self._values[span]


def _count(corpus: Corpus) -> tuple[dict[str, int], csr_array]:
    """Terms by token, and how often each row holds each, shape (tracks, terms)."""
    vocabulary: dict[str, int] = {}
    flat: list[int] = []
    ends = [0]
    for row in range(len(corpus)):
        held = tokens(texts_of_row(corpus, row))
        flat += [vocabulary.setdefault(token, len(vocabulary)) for token in held]
        ends.append(len(flat))
    counts = csr_array(
        (np.ones(len(flat)), np.array(flat, dtype=np.int64), np.array(ends, dtype=np.int64)),
        shape=(len(corpus), len(vocabulary)),
    )
    counts.sum_duplicates()
    return vocabulary, counts


def _term_weights(
    vocabulary: Mapping[str, int], counts: csr_array, tracks: int, weights: FieldWeights
) -> Floats:
    """Weight of the field times inverse document frequency, by term."""
    by_field = {spec.name: getattr(weights, spec.name) for spec in fields(weights)}
    of_field = np.array([by_field[token.partition(":")[0]] for token in vocabulary], dtype=float)
    holding = np.bincount(counts.indices, minlength=len(vocabulary))
    inverse: Floats = np.log((1 + tracks) / (1 + holding)) + 1
    return of_field * inverse


def _unit_rows(counts: csr_array, weights: Floats) -> csr_array:
    """TF-IDF rows of length 1."""
    values = (1 + np.log(counts.data)) * weights[counts.indices]
    which = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(which, weights=values * values, minlength=counts.shape[0]))
    return csr_array((values / lengths[which], counts.indices, counts.indptr), shape=counts.shape)


def _ranges(starts: Rows, ends: Rows) -> Rows:
    """All whole numbers from each start up to its end, one range after the other."""
    lengths = ends - starts
    shift = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return shift + np.arange(int(lengths.sum()))
