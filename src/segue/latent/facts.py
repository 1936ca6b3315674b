"""What is known of tracks, as an encoder takes it: numbers, artists, genres, an emotion.

Words stand in their normal form (`segue.names`), so that spelling tells no two artists apart. A
track whose record says nothing has NaN and empty tuples.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.latent.numbers import ATTRIBUTES, OCCASIONS, numbers
from segue.names import artist_keys, fold
from segue.records import Attributes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.records import TrackRecord
    from segue.snapshot import Corpus
    from segue.types import Frames, Mask, Rows

GOOD_FOR = "good for"
"""The kind of label that names an occasion."""

EMOTIONS = ("emotion", "mood")
"""The kinds of label that name an emotion, the first that a track has counts."""

_ATTRIBUTES = tuple(spec.name for spec in fields(Attributes))


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is known of tracks.

    Attributes
    ----------
    values
        Shape (tracks, 26), as in `numbers.NUMBERS`; NaN for the unknown.
    artists, genres
        Normal forms, one tuple a track.
    emotions
        One word a track, empty where unknown.
    """

    values: Frames
    artists: tuple[tuple[str, ...], ...]
    genres: tuple[tuple[str, ...], ...]
    emotions: tuple[str, ...]

    def __len__(self) -> int:
        """How many tracks."""
        return len(self.emotions)

    @property
    def attributes(self) -> Frames:
        """The eight continuous attributes, shape (tracks, 8)."""
        return self.values[:, :ATTRIBUTES]

    def take(self, rows: Rows) -> Self:
        """The facts of some of the tracks."""
        chosen = rows.tolist()
        return type(self)(
            self.values[rows],
            tuple(self.artists[row] for row in chosen),
            tuple(self.genres[row] for row in chosen),
            tuple(self.emotions[row] for row in chosen),
        )

    @classmethod
    def of_corpus(cls, corpus: Corpus, rows: Rows | None = None) -> Self:
        """Those of a corpus' tracks, or of some rows of it."""
        chosen = np.arange(len(corpus)) if rows is None else rows
        there = chosen.tolist()
        year = corpus.year[chosen].astype(np.float32)
        explicit = corpus.explicit[chosen].astype(np.float32)
        values = numbers(
            corpus.attributes[chosen],
            duration=corpus.duration[chosen],
            year=np.where(year > 0, year, np.nan),
            popularity=corpus.popularity[chosen],
            explicit=np.where(explicit >= 0, explicit, np.nan),
            occasions=_occasions_of_rows(corpus, there),
        )
        folded: dict[tuple[str, ...], tuple[str, ...]] = {}
        return cls(
            values,
            tuple(corpus.artist_keys[row] for row in there),
            tuple(_folded(corpus.genres[row], folded) for row in there),
            tuple(fold(corpus.emotions.get(row, "")) for row in there),
        )

    @classmethod
    def of_records(cls, records: Sequence[TrackRecord]) -> Self:
        """Those of tracks that stand in no catalogue."""
        rows = [
            [_number(getattr(record.attributes, name, None)) for name in _ATTRIBUTES]
            for record in records
        ]
        values = numbers(
            np.array(rows, dtype=np.float32).reshape(len(records), len(_ATTRIBUTES)),
            duration=_column(record.duration for record in records),
            year=_column(record.year or None for record in records),
            popularity=_column(record.popularity for record in records),
            explicit=_column(record.explicit for record in records),
            occasions=_occasions_of_records(records),
        )
        folded: dict[tuple[str, ...], tuple[str, ...]] = {}
        return cls(
            values,
            tuple(artist_keys(record.artists) for record in records),
            tuple(_folded(record.genres, folded) for record in records),
            tuple(_emotion(record) for record in records),
        )


def known_numbers(values: Frames) -> Mask:
    """Which of the eight attributes, or the tempo, any is known of, shape (tracks,).

    A duration or a year says too little to stand anywhere by.
    """
    there = np.isfinite(values[:, : ATTRIBUTES + 1]).any(axis=1)
    return np.asarray(there, dtype=np.bool_)


def _folded(
    genres: tuple[str, ...], pool: dict[tuple[str, ...], tuple[str, ...]]
) -> tuple[str, ...]:
    """Normal forms of genres, each once; equal tuples are one object."""
    found = pool.get(genres)
    if found is None:
        found = pool[genres] = tuple(dict.fromkeys(filter(None, map(fold, genres))))
    return found


def _emotion(record: TrackRecord) -> str:
    for kind in EMOTIONS:
        for each, value in record.labels:
            if each == kind:
                return fold(value)
    return ""


def _occasions_of_records(records: Sequence[TrackRecord]) -> NDArray[np.float32]:
    """1 where a label says so, 0 where an emotion shows that the table would say so, else NaN."""
    told = [[value for kind, value in record.labels if kind == GOOD_FOR] for record in records]
    if not any(told):
        return np.full((len(records), len(OCCASIONS)), np.nan, dtype=np.float32)
    known = [bool(said) or bool(_emotion(each)) for said, each in zip(told, records, strict=True)]
    return _marks(told, known)


def _occasions_of_rows(corpus: Corpus, rows: Sequence[int]) -> NDArray[np.float32]:
    """The same from a corpus, whose labels are one text a row."""
    if not _has_occasions(corpus):
        return np.full((len(rows), len(OCCASIONS)), np.nan, dtype=np.float32)
    told = [_named(corpus.labels.get(row, "")) for row in rows]
    known = [bool(said) or row in corpus.emotions for said, row in zip(told, rows, strict=True)]
    return _marks(told, known)


def _has_occasions(corpus: Corpus) -> bool:
    """Whether labels name occasions. A tag may be called so by chance, but not half of them."""
    found: set[str] = set()
    for text in corpus.labels.values():
        found.update(_named(text))
        if len(found) > len(OCCASIONS) // 2:
            return True
    return False


def _named(text: str) -> list[str]:
    padded = f" {text} "
    return [each for each in OCCASIONS if f" {each} " in padded]


def _marks(told: Sequence[Sequence[str]], known: Sequence[bool]) -> NDArray[np.float32]:
    found = np.full((len(told), len(OCCASIONS)), np.nan, dtype=np.float32)
    for row, (said, there) in enumerate(zip(told, known, strict=True)):
        if there:
            found[row] = [float(each in said) for each in OCCASIONS]
    return found


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _column(values: object) -> NDArray[np.float32]:
    return np.array([_number(value) for value in values], dtype=np.float32)  # type: ignore[attr-defined]
