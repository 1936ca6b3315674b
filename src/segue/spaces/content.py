"""Where a track stands among playlists by its content, when nobody has put it into one.

A linear map from what is said and measured of a track to the vectors of a space: its features, each
known one times its row of weights, added up. It is learned from tracks that stand in playlists
(`segue.training.playlists.content`) and kept as arrays beside the space's vectors.

Features come in groups, each brought to a length that does not depend on how much is known:

- **words**: the tokens of a track and its release (`segue.spaces.said`). Of a field with n tokens
  each counts 1 / √n, times the field's weight.
- **numbers**: attributes, the year and descriptors, each z-scored over the tracks learned from and
  clipped to ±3; 0 where unknown. Of a group of n numbers each counts 1 / √n. Descriptors made by
  another version than those learned from mean something else: they are unknown too.

The vector is brought to the middle length of the vectors learned from. In `factors` the length
says how popular a track is, of which nothing is known here: it is taken for an ordinary track among
those in playlists. A track none of whose features were met in training is not placed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from segue.spaces.said import said, tokens_of
from segue.spaces.tokens import texts_of_record
from segue.spaces.units import to_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from segue.snapshot import Corpus, Description, Trained
    from segue.types import Floats, Mask, Rows, Vectors

CLIP = 3.0
"""Standard deviations beyond which a number counts no more."""

CODES = ("descriptors",)
"""Spaces whose vectors, where a track has any, are numbers here.

Those of `latent` are not: they say again, in 20 numbers, what attributes and words say here.
"""

_log = logging.getLogger(__name__)

BLOCK = 8_192
"""Tracks whose numbers are read at once."""

_SAID = 9
"""Numbers of the first group: eight attributes and tempo. The year is a group of its own."""


@dataclass(frozen=True, slots=True)
class FieldWeights:
    """How much a field of words counts: the more, the less its weights are held to zero."""

    artist: float = 1.0
    release: float = 1.0
    genre: float = 0.7
    labels: float = 0.5
    album: float = 0.5


def numbers_of_rows(corpus: Corpus, rows: Rows) -> dict[str, Floats]:
    """Numbers by group, shape (rows, of the group); NaN where unknown."""
    years = corpus.year[rows].astype(np.float64)
    found = {
        "attributes": corpus.attributes[rows, :_SAID].astype(np.float64),
        "year": np.where(years > 0, years, np.nan)[:, np.newaxis],
    }
    for name in CODES:
        placed = corpus.placed.get(name)
        if placed is None or placed.width is not None or len(placed.rows) == 0:
            continue
        where = np.full(len(corpus), -1, dtype=np.int64)
        where[placed.rows] = np.arange(len(placed.rows))
        there = where[rows]
        found[name] = np.full((len(rows), placed.vectors.shape[1]), np.nan)
        found[name][there >= 0] = placed.vectors[there[there >= 0]]
    return found


def numbers_of(description: Description) -> dict[str, Floats]:
    """The same of something from outside, shape (1, of the group)."""
    from segue.records import CONTINUOUS

    record = description.record
    said = [
        None if record.attributes is None else getattr(record.attributes, name)
        for name in (*CONTINUOUS, "tempo")
    ]
    # Through float32, as a catalogue keeps them: the same said is the same number.
    values = np.array([np.nan if each is None else each for each in said], dtype=np.float32)
    found = {
        "attributes": values[np.newaxis].astype(np.float64),
        "year": np.array([[float(record.year) if record.year else np.nan]]),
    }
    for name in CODES:
        vector = description.vectors.get(name)
        if vector is not None and vector.ndim == 1:
            found[name] = np.asarray(vector, dtype=np.float32)[np.newaxis].astype(np.float64)
    return found


def versions_of(corpus: Corpus, groups: Iterable[str]) -> dict[str, str]:
    """Of groups of numbers that are vectors: which version of these they are read from."""
    found = ((name, corpus.placed.get(name)) for name in groups if name in CODES)
    return {name: placed.version for name, placed in found if placed is not None}


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Which features there are, and how each is read.

    Attributes
    ----------
    vocabulary
        Column by token.
    scales
        What a token counts before it is shared out among those of its field, shape (tokens,).
    groups
        Mean, and 1 / standard deviation (0 where there is none), of each number by group; their
        columns stand behind those of the tokens, in this order. A group with NaN for means is
        unknown of every track.
    """

    vocabulary: Mapping[str, int]
    scales: Floats
    groups: Mapping[str, tuple[Floats, Floats]]

    @property
    def count(self) -> int:
        """How many columns there are."""
        return len(self.vocabulary) + sum(len(mean) for mean, _ in self.groups.values())

    def blocks(self, corpus: Corpus, rows: Rows) -> Iterator[tuple[slice, csr_array, Floats, Mask]]:
        """Features of tracks, some at a time: numbers of a whole catalogue would fill memory.

        Yields
        ------
        which, words, numbers, enough
            Places in `rows`; features that are tokens, float32; those that are numbers; and which
            of the tracks say enough to be placed.
        """
        read = said(corpus)
        table = read.of(rows)
        columns = self._columns(read.number)
        for start in range(0, len(rows), BLOCK):
            which = slice(start, min(start + BLOCK, len(rows)))
            words = self._words(table[which], columns)
            yield which, words, *self._joined(words, numbers_of_rows(corpus, rows[which]))

    def of_rows(self, corpus: Corpus, rows: Rows) -> csr_array:
        """All features of tracks, shape (rows, columns), float32."""
        parts = [
            hstack([words, csr_array(numbers.astype(np.float32))], format="csr")
            for _, words, numbers, _ in self.blocks(corpus, rows)
        ]
        return csr_array(vstack(parts, format="csr"))

    def of(self, description: Description) -> tuple[csr_array, Floats, Mask]:
        """Words, numbers and whether they are enough of something from outside: one row."""
        found = list(tokens_of(texts_of_record(description.record)))
        at = np.arange(len(found), dtype=np.int32)
        values = np.array([value for _, value in found], dtype=np.float32)
        table = csr_array((values, at, np.array([0, len(found)])), shape=(1, len(found)))
        words = self._words(table, self._columns(token for token, _ in found))
        return words, *self._joined(words, numbers_of(description))

    def _columns(self, tokens: Iterable[str]) -> Rows:
        """The column of each token, -1 of a token that is no feature."""
        known = self.vocabulary.get
        return np.fromiter((known(token, -1) for token in tokens), dtype=np.int64)

    def _words(self, table: csr_array, columns: Rows) -> csr_array:
        """A table of tokens (`segue.spaces.said`) as one of features, in the same order."""
        at = columns[table.indices]
        known = at >= 0
        ends = np.concatenate([[0], np.cumsum(known)])[table.indptr].astype(np.int32)
        data = (table.data[known] * self.scales[at[known]]).astype(np.float32)
        shape = (table.shape[0], len(self.vocabulary))
        return csr_array((data, at[known].astype(np.int32), ends), shape=shape)

    def _joined(self, words: csr_array, numbers: Mapping[str, Floats]) -> tuple[Floats, Mask]:
        """Features that are numbers, shape (rows, of all groups), and who says enough."""
        scaled = np.full((words.shape[0], self.count - len(self.vocabulary)), np.nan)
        at = 0
        for name, (mean, inverse) in self.groups.items():
            part = scaled[:, at : at + len(mean)]
            at += len(mean)
            raw = numbers.get(name)
            if raw is not None and raw.shape[1] == len(mean):
                np.subtract(raw, mean, out=part)
                part *= inverse
                np.clip(part, -CLIP, CLIP, out=part)
                part /= np.sqrt(len(mean))
        known = np.isfinite(scaled)
        enough: Mask = (np.diff(words.indptr) > 0) | known.any(axis=1)
        scaled[~known] = 0.0
        return scaled, enough


@dataclass(frozen=True, slots=True, eq=False)
class ContentMap:
    """From features to vectors.

    Attributes
    ----------
    features
        What is read of a track.
    weights, intercept
        Shape (columns, dims) and (dims,).
    length
        What vectors are brought to.
    """

    features: Features
    weights: Vectors | Floats
    intercept: Floats
    length: float

    @classmethod
    def of(cls, name: str, trained: Trained, corpus: Corpus) -> Self | None:
        """What training kept of the space `name` (`parts`); None where it has learned no map.

        Numbers that `corpus` has of another version than they were learned from are left out.
        """
        content, arrays = trained.state.get("content"), trained.arrays
        if content is None:
            return None
        said = arrays["content_tokens"].tobytes().decode()
        vocabulary = {token: place for place, token in enumerate(said.split("\n") if said else ())}
        groups = {
            group: (arrays[f"content_mean_{group}"], arrays[f"content_inverse_{group}"])
            for group in content["groups"]
        }
        learned = content.get("versions", {})
        for group, version in versions_of(corpus, groups).items():
            if learned.get(group) != version:
                _tell(name, group, version)
                mean, inverse = groups[group]
                groups[group] = (np.full_like(mean, np.nan), inverse)
        scales = arrays["content_scales"].astype(np.float64)
        return cls(
            Features(vocabulary, scales, groups),
            arrays["content_weights"].astype(np.float32),
            arrays["content_intercept"].astype(np.float64),
            float(content["length"]),
        )

    def parts(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """What to keep of it: part of a state, and arrays. Weights are kept in half precision."""
        features = self.features
        arrays: dict[str, NDArray[Any]] = {
            "content_tokens": np.frombuffer("\n".join(features.vocabulary).encode(), np.uint8),
            "content_scales": features.scales.astype(np.float32),
            "content_weights": self.weights.astype(np.float16),
            "content_intercept": self.intercept.astype(np.float32),
        }
        for name, (mean, inverse) in features.groups.items():
            arrays[f"content_mean_{name}"] = mean
            arrays[f"content_inverse_{name}"] = inverse
        return {"groups": list(features.groups), "length": self.length}, arrays

    def rows(self, corpus: Corpus, rows: Rows) -> tuple[Rows, Vectors]:
        """The tracks among `rows` that can be placed, and their vectors, float32."""
        vectors = np.empty((len(rows), len(self.intercept)), dtype=np.float32)
        placed = np.zeros(len(rows), dtype=np.bool_)
        for which, words, numbers, enough in self.features.blocks(corpus, rows):
            vectors[which] = self._vectors(words, numbers)
            placed[which] = enough
        return rows[placed], vectors[placed]

    def outside(self, description: Description) -> Floats | None:
        """The vector of something from outside, shape (dims,); None where too little is said."""
        words, numbers, enough = self.features.of(description)
        return self._vectors(words, numbers)[0].astype(np.float64) if enough[0] else None

    def _vectors(self, words: csr_array, numbers: Floats) -> Vectors:
        """Vectors of features, shape (rows, dims)."""
        of_words, of_numbers = np.split(self.weights, [words.shape[1]])
        sums = (words @ of_words).astype(np.float64) + numbers @ of_numbers.astype(np.float64)
        vectors: Vectors = (self.length * to_units(sums + self.intercept)).astype(np.float32)
        return vectors


@lru_cache(maxsize=64)
def _tell(space: str, group: str, version: str) -> None:
    """Say once, not at every epoch, that numbers are left out."""
    _log.warning(
        "the space %s places tracks without their %s: it was trained on another version of them "
        "than %s; train it again: segue train %s",
        space,
        group,
        version,
        space,
    )
