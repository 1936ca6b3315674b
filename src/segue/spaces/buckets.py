"""What is said of a track as numbers that mean the same in every catalogue.

Two instances know different artists, so columns of their own could not be compared. Here every
word has its place by its digest alone (feature hashing; Weinberger et al., ICML 2009): of the
blake2b of ``field:word``, two numbers name two of the field's buckets, each with a sign, and the
word counts 1 / √2 in both. Of a field with n words each counts 1 / √n, times the field's weight.
Numbers are attributes and tempo, z-scored by constants that ship, and the year; clipped to ±3,
divided by 3, and 0 where unknown.

`folded` narrows the buckets of artists and releases: fewer numbers to learn bear more noise
(`segue.training.federated`). Widths are powers of two, so that a narrow place is the wide one's
remainder.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, hstack

from segue.spaces.content import numbers_of
from segue.spaces.said import said, tokens_of
from segue.spaces.tokens import texts_of_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Rows

VERSION = 1
"""Grows when a column comes to mean something else: models of another version are refused."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of words: how many buckets it has, and what a word of it counts."""

    width: int
    weight: float


FIELDS = {
    "artist": Field(16_384, 2.0),
    "release": Field(8_192, 1.0),
    "genre": Field(128, 1.4),
    "labels": Field(128, 0.5),
}

MEANS = (0.634, 0.469, 0.562, -8.5, 0.328, 0.173, 0.217, 0.087, 122.0)
DEVIATIONS = (0.257, 0.263, 0.177, 5.22, 0.338, 0.324, 0.195, 0.113, 30.1)
"""Of the eight attributes of `segue.records.CONTINUOUS` and of tempo, over the 89,741 tracks of a
public table."""

YEAR = (2000.0, 15.0)
"""What a year is z-scored by."""

NUMBERS = len(MEANS) + 1
WORDS = sum(field.width for field in FIELDS.values())
WIDTH = WORDS + NUMBERS
"""Columns of a track, unless they are folded."""

_CLIP = 3.0
_PLACES = 2


def of_rows(corpus: Corpus, rows: Rows) -> csr_array:
    """What is said of tracks, shape (rows, `WIDTH`), float32; a row of zeros says nothing."""
    read = said(corpus)
    table = read.of(rows)
    years = corpus.year[rows].astype(np.float64)
    numbers = np.column_stack(
        [corpus.attributes[rows, : len(MEANS)], np.where(years > 0, years, np.nan)]
    )
    return _joined(table, list(read.number), numbers)


def of_description(description: Description) -> csr_array:
    """The same of something from outside, one row."""
    found = list(tokens_of(texts_of_record(description.record)))
    values = np.array([value for _, value in found], dtype=np.float32)
    at = np.arange(len(found))
    table = csr_array((values, at, np.array([0, len(found)])), shape=(1, len(found)))
    known = numbers_of(description)
    numbers = np.hstack([known["attributes"], known["year"]])
    return _joined(table, [token for token, _ in found], numbers)


def width_of(artists: int, releases: int) -> int:
    """How many columns are left when artists and releases have so many buckets."""
    return WIDTH - FIELDS["artist"].width - FIELDS["release"].width + artists + releases


def folded(table: csr_array, *, artists: int, releases: int) -> csr_array:
    """A table of `of_rows` with fewer buckets of artists and releases; 0 leaves a field out."""
    if width_of(artists, releases) == WIDTH:
        return table
    return csr_array(table @ _fold(artists, releases))


@lru_cache(maxsize=4)
def _fold(artists: int, releases: int) -> csr_array:
    columns = []
    start = 0
    for name, field in FIELDS.items():
        width = {"artist": artists, "release": releases}.get(name, field.width)
        place = np.arange(field.width)
        columns.append(start + place % width if width else np.full(field.width, -1))
        start += width
    columns.append(start + np.arange(NUMBERS))
    to = np.concatenate(columns)
    kept = np.flatnonzero(to >= 0)
    ones = np.ones(len(kept), dtype=np.float32)
    return csr_array((ones, (kept, to[kept])), shape=(WIDTH, start + NUMBERS))


def _joined(table: csr_array, tokens: Sequence[str], numbers: Floats) -> csr_array:
    """Words and numbers side by side."""
    places = np.array([_places(token) for token in tokens]).reshape(len(tokens) * _PLACES, 2)
    ends = np.arange(len(tokens) + 1) * _PLACES
    hashing = csr_array(
        (places[:, 1].astype(np.float32), places[:, 0].astype(np.int64), ends),
        shape=(len(tokens), WORDS),
    )
    moments = np.array([*zip(MEANS, DEVIATIONS, strict=True), YEAR])
    scaled = np.clip((numbers - moments[:, 0]) / moments[:, 1], -_CLIP, _CLIP) / _CLIP
    known = csr_array(np.nan_to_num(scaled, nan=0.0).astype(np.float32))
    joined = csr_array(hstack([table @ hashing, known], format="csr"))
    joined.eliminate_zeros()
    joined.sort_indices()
    return joined


@lru_cache(maxsize=500_000)
def _places(token: str) -> tuple[tuple[int, float], ...]:
    """Columns of a word and what it counts in each."""
    name = token.partition(":")[0]
    start = 0
    for each, field in FIELDS.items():
        if each == name:
            break
        start += field.width
    else:
        return ((0, 0.0),) * _PLACES
    digest = hashlib.blake2b(token.encode(), digest_size=8 * _PLACES).digest()
    found = []
    for at in range(0, len(digest), 8):
        number = int.from_bytes(digest[at : at + 8], "big")
        sign = 1.0 if number & 1 else -1.0
        found.append(
            (start + (number >> 1) % field.width, sign * field.weight * float(_PLACES**-0.5))
        )
    return tuple(found)
