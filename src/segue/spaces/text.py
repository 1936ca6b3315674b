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

from array import array
from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.spaces.adding import add_columns
from segue.spaces.shared import SharedWords
from segue.spaces.terms import UnitRows, Vocabulary
from segue.spaces.tokens import FIELDS, texts_of_record, texts_of_row, tokens, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

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
        self._vocabulary, terms, counts, ends = _count(corpus)
        self.placed: Mask = np.diff(ends) > 0
        placed = int(self.placed.sum())
        self._weights = _term_weights(self._vocabulary, terms, placed, weights)
        self._vectors = UnitRows(terms, counts, ends, weights=self._weights)
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
        terms, values = self._vectors.row(row)
        return TextPoint(terms, values, texts_of_row(self._corpus, row))

    def place(self, description: Description) -> TextPoint | None:
        """Where the words of `description` stand; None when the catalogue has none of them."""
        texts = texts_of_record(description.record)
        counts = Counter(tokens(texts))
        found = ((self._vocabulary.term(token), times) for token, times in counts.items())
        known = sorted((term, times) for term, times in found if term is not None)
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
        which, terms, values = self._vectors.of(rows)
        found = np.searchsorted(point.terms, terms)
        found[found == len(point.terms)] = 0
        met = np.where(point.terms[found] == terms, point.values[found], 0.0)
        return np.bincount(which, weights=met * values, minlength=len(rows)).astype(np.float64)

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        which, terms, values = self._vectors.of(rows)
        known, columns = np.unique(terms, return_inverse=True)
        spread = np.zeros((len(rows), len(known)))
        spread[which, columns] = values
        found: Floats = spread @ spread.T
        return found

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

    def __init__(self, vectors: UnitRows) -> None:
        self._starts, self._rows, self._values = vectors.by_term()
        often = np.flatnonzero(np.diff(self._starts) > COMMON * max(len(vectors), 1))
        self._columns: dict[int, Vectors] = {}
        for term in often.tolist():
            span = slice(self._starts[term], self._starts[term + 1])
            column = np.zeros(len(vectors), dtype=np.float32)
            column[self._rows[span]] = self._values[span]
            self._columns[term] = column

    def add(self, point: TextPoint, scores: Vectors) -> None:
        """Add the products of `point` with every row to `scores`, shape (tracks,)."""
        values = point.values.astype(np.float32)
        whole = []
        for term, value in zip(point.terms.tolist(), values, strict=True):
            column = self._columns.get(term)
            if column is not None:
                whole.append((value, column))
            else:
                span = slice(self._starts[term], self._starts[term + 1])
                scores[self._rows[span]] += value * self._values[span]
        add_columns(scores, whole)


def _count(
    corpus: Corpus,
) -> tuple[Vocabulary, NDArray[np.int32], NDArray[np.int32], Rows]:
    """The vocabulary; the terms of all rows, how often each has each, and where each ends."""
    numbers: dict[str, int] = {}
    terms, counts, ends = array("i"), array("i"), array("q", [0])
    for row in range(len(corpus)):
        said = tokens(texts_of_row(corpus, row))
        held = Counter(numbers.setdefault(token, len(numbers)) for token in said)
        for term in sorted(held):
            terms.append(term)
            counts.append(held[term])
        ends.append(len(terms))
    # Every track has been read, and none is read soon again.
    words.cache_clear()
    return (
        Vocabulary(numbers),
        np.array(terms, dtype=np.int32),
        np.array(counts, dtype=np.int32),
        np.array(ends, dtype=np.int64),
    )


def _term_weights(
    vocabulary: Vocabulary, terms: NDArray[np.int32], tracks: int, weights: FieldWeights
) -> Floats:
    """Weight of the field times inverse document frequency, by term."""
    by_field = {spec.name: getattr(weights, spec.name) for spec in fields(weights)}
    of_field = np.array([by_field[field] for field in FIELDS], dtype=float)[
        np.frombuffer(vocabulary.fields, dtype=np.uint8)
    ]
    holding = np.bincount(terms, minlength=len(vocabulary))
    inverse: Floats = np.log((1 + tracks) / (1 + holding)) + 1
    return of_field * inverse
