"""Where a track stands among playlists by its content, when nobody has put it into one.

A linear map from what is said and measured of a track to the vectors of a space: its features, each
known one times its row of weights, added up. It is learned from tracks that stand in playlists
(`segue.training.playlists.content`) and kept as arrays beside the space's vectors.

Features come in groups, each brought to a length that does not depend on how much is known:

- **words**: 1 for each token of a track (`segue.spaces.tokens`), with the release beside them: an
  album's whole name with its artist, since what stands on one album stands in the same playlists.
  Of a field with n tokens each counts 1 / √n, times the field's weight.
- **numbers**: attributes, the year and descriptors, each z-scored over the tracks learned from and
  clipped to ±3; 0 where unknown. Of a group of n numbers each counts 1 / √n. Descriptors made by
  another version than those learned from mean something else: they are unknown too.

The vector is brought to the middle length of the vectors learned from. In `factors` the length
says how popular a track is, of which nothing is known here: it is taken for an ordinary track among
those in playlists. A track none of whose features were met in training is not placed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.sparse import csr_array

from segue.spaces.tokens import texts_of_record, texts_of_row, words
from segue.spaces.units import to_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from segue.snapshot import Corpus, Description, Trained
    from segue.spaces.tokens import Texts
    from segue.types import Floats, Mask, Rows, Vectors

CLIP = 3.0
"""Standard deviations beyond which a number counts no more."""

CODES = ("descriptors",)
"""Spaces whose vectors, where a track has any, are numbers here.

Those of `latent` are not: they say again, in 20 numbers, what attributes and words say here.
"""

_log = logging.getLogger(__name__)

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


FIELDS = tuple(spec.name for spec in fields(FieldWeights))


def words_of(texts: Texts) -> dict[str, list[str]]:
    """Tokens of a track by field, each once; of its releases too. Fields without any are left out.

    Parameters
    ----------
    texts
        Of `segue.spaces.tokens.texts_of_row` or `texts_of_record`.
    """
    artists, genres, albums, _, labels, _, _ = texts
    said = (("artist", artists), ("genre", genres), ("album", albums), ("labels", labels))
    found = {
        field: list(dict.fromkeys(token for text in parts for token in words(field, text)))
        for field, parts in said
    }
    by = found["artist"][0] if found["artist"] else ""
    found["release"] = [
        f"release:{by}/{' '.join(words('album', album))}" for album in albums if album
    ]
    return {field: each for field, each in found.items() if each}


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
        values = placed.vectors[there].astype(np.float64)
        found[name] = np.where(there[:, np.newaxis] >= 0, values, np.nan)
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

    def of_rows(self, corpus: Corpus, rows: Rows) -> tuple[csr_array, Mask]:
        """Features of tracks, shape (rows, columns), and which of them say enough to place one."""
        said = (words_of(texts_of_row(corpus, row)) for row in rows.tolist())
        return self._joined(said, numbers_of_rows(corpus, rows), len(rows))

    def of(self, description: Description) -> tuple[csr_array, Mask]:
        """The same of something from outside: one row."""
        said = [words_of(texts_of_record(description.record))]
        return self._joined(said, numbers_of(description), 1)

    def _joined(
        self,
        said: Iterable[Mapping[str, Sequence[str]]],
        numbers: Mapping[str, Floats],
        count: int,
    ) -> tuple[csr_array, Mask]:
        words, enough = self._words(said, count)
        blocks = [words]
        for name, (mean, inverse) in self.groups.items():
            raw = numbers.get(name)
            if raw is None or raw.shape[1] != len(mean):
                raw = np.full((count, len(mean)), np.nan)
            scaled = np.clip((raw - mean) * inverse, -CLIP, CLIP) / np.sqrt(len(mean))
            enough |= np.isfinite(scaled).any(axis=1)
            blocks.append(csr_array(np.where(np.isfinite(scaled), scaled, 0.0)))
        return _beside(blocks), enough

    def _words(
        self, said: Iterable[Mapping[str, Sequence[str]]], count: int
    ) -> tuple[csr_array, Mask]:
        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        enough = np.zeros(count, dtype=np.bool_)
        column_of = self.vocabulary.get
        for row, by_field in enumerate(said):
            for each in by_field.values():
                known = [column for token in each if (column := column_of(token)) is not None]
                if known:
                    columns += known
                    values += [len(each) ** -0.5] * len(known)
                    enough[row] = True
            ends.append(len(columns))
        at = np.array(columns, dtype=np.int32)
        data = np.array(values) * self.scales[at]
        shape = (count, len(self.vocabulary))
        return csr_array((data, at, np.array(ends, dtype=np.int32)), shape=shape), enough


def _beside(blocks: Sequence[csr_array]) -> csr_array:
    from scipy.sparse import hstack

    return csr_array(hstack(blocks, format="csr"))


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
    weights: Floats
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
            arrays["content_weights"].astype(np.float64),
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
        found, enough = self.features.of_rows(corpus, rows)
        return rows[enough], self.vectors(found[np.flatnonzero(enough)])

    def outside(self, description: Description) -> Floats | None:
        """The vector of something from outside, shape (dims,); None where too little is said."""
        found, enough = self.features.of(description)
        return self.vectors(found)[0].astype(np.float64) if enough[0] else None

    def vectors(self, found: csr_array) -> Vectors:
        """Vectors of features, shape (rows, dims)."""
        units = to_units(found @ self.weights + self.intercept)
        vectors: Vectors = (self.length * units).astype(np.float32)
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
