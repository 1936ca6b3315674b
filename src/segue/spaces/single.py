"""Spaces of one feature that a table has: an attribute, the year, the popularity.

Two tracks are the more alike the less the feature differs: the score is 1 - distance / span, 1 for
the same. The distances are those of `segue.spaces.facets`, and the spans

======================================  ==================================================
a continuous attribute, the year,       the range of the values that the catalogue knows
the popularity
the tempo                               half an octave, the furthest there is on the circle
the key                                 7 steps on the circle of fifths
the mode                                1: major against minor
======================================  ==================================================

So a score lies in [0, 1], but for what comes from outside with a value beyond all of the
catalogue's. A track is placed where the feature is known. Attributes that are estimates count, and
comparisons say so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from segue.records import CONTINUOUS
from segue.snapshot import ESTIMATED
from segue.spaces import fifths
from segue.spaces.facets import POPULARITY, YEAR, Facets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.records import Comparison, TrackRecord
    from segue.snapshot import Corpus, Description
    from segue.spaces.facets import Facet
    from segue.types import Floats, Frames, Mask, Rows, Vectors

_KEY_CODES = 36


@dataclass(frozen=True, slots=True, eq=False)
class SinglePoint:
    """`values` as in `Table`, shape (14,), and which of them are estimates."""

    values: Floats
    estimated: Mask


class Table:
    """What facets read of a corpus: its attributes, then year and popularity; 14 columns."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def __len__(self) -> int:
        """How many tracks there are."""
        return len(self._corpus)

    def __getitem__(self, rows: Any) -> Frames:  # noqa: ANN401 (as numpy is indexed)
        """The rows, shape (…, 14), float32; NaN where unknown."""
        corpus = self._corpus
        beside = (
            each[..., np.newaxis] for each in (_years(corpus.year[rows]), corpus.popularity[rows])
        )
        found: Frames = np.concatenate([corpus.attributes[rows], *beside], axis=-1)
        return found

    def column(self, column: int) -> NDArray[np.float32]:
        """One of them, shape (tracks,)."""
        corpus = self._corpus
        if column == YEAR:
            return _years(corpus.year)
        found = corpus.popularity if column == POPULARITY else corpus.attributes[:, column]
        return np.ascontiguousarray(found, dtype=np.float32)


def _years(years: NDArray[np.int16]) -> NDArray[np.float32]:
    """Years as numbers, NaN where unknown."""
    return np.where(years == 0, np.nan, years).astype(np.float32)


class _Estimated:
    """Which of them are estimates, indexed alike."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._guesses = [n for n, name in enumerate(corpus.provenances) if name == ESTIMATED]

    def __getitem__(self, row: int) -> Mask:
        origins = np.isin(self._corpus.origins[row], self._guesses)
        return np.concatenate([origins, np.zeros(2, dtype=np.bool_)])


class SingleSpace(ABC):
    """One feature that stands in columns of `Table`; a base of those with a distance.

    Attributes
    ----------
    facet
        What is said of it.
    blur
        The score of half the distance that is told in words; None where any is.
    """

    name: str
    needs: str
    facet: ClassVar[Facet]

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._table = Table(corpus)
        self._estimated = _Estimated(corpus)
        columns = [self._table.column(column) for column in self.facet.columns]
        self._read = self._known(*columns)
        self.placed: Mask = np.isfinite(self._read)
        self._span = self._widest(self._read[self.placed])
        hardly = self.facet.heard / 2
        self.blur = 1 - hardly / self._span if hardly else None
        self._facets = Facets(self._table, self._estimated, facets=(self.facet,))

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Read the feature of every track of `corpus`."""
        return cls(corpus)

    @staticmethod
    @abstractmethod
    def _known(*columns: NDArray[Any]) -> NDArray[Any]:
        """One number a track that distances are computed from; NaN where it is unknown."""

    @staticmethod
    @abstractmethod
    def _widest(known: NDArray[np.float32]) -> float:
        """The span, above 0."""

    @staticmethod
    @abstractmethod
    def _apart(mine: float, others: NDArray[Any]) -> NDArray[Any]:
        """Distances, in the precision of `others`."""

    def point(self, row: int) -> SinglePoint | None:
        """Where the track of `row` stands; None when its feature is unknown."""
        if not self.placed[row]:
            return None
        return SinglePoint(self._table[row].astype(np.float64), self._estimated[row])

    def place(self, description: Description) -> SinglePoint | None:
        """Where `description` stands; None when its feature is unknown."""
        values = _row(description.record)
        if not np.isfinite(self._at(values)):
            return None
        origins = description.origins
        named = (*CONTINUOUS, "tempo", "key", "mode", "time_signature", "year", "popularity")
        return SinglePoint(values, np.array([origins.get(one) == ESTIMATED for one in named]))

    def score(self, points: Sequence[SinglePoint], *, rows: Rows | None = None) -> Vectors:
        """1 - distance / span, shape (points, rows), float32; 0 for rows not placed."""
        read = self._read if rows is None else self._read[rows]
        placed = self.placed if rows is None else self.placed[rows]
        found = np.empty((len(points), len(read)), dtype=np.float32)
        for place, point in enumerate(points):
            found[place] = self._alike(self._at(point.values), read)
        found[:, ~placed] = 0.0
        return found

    def score_exactly(self, point: SinglePoint, *, rows: Rows) -> Floats:
        """The same in float64, from the features themselves."""
        values = self._table[rows].astype(np.float64)
        read = self._known(*(values[:, column] for column in self.facet.columns))
        found: Floats = self._alike(self._at(point.values), read)
        return np.where(self.placed[rows], found, 0.0)

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        values = self._table[rows].astype(np.float64)
        read = self._known(*(values[:, column] for column in self.facet.columns))
        placed = self.placed[rows]
        found = np.zeros((len(rows), len(rows)))
        for place in np.flatnonzero(placed):
            found[place, placed] = self._alike(float(read[place]), read[placed])
        return found

    def compare(self, point: SinglePoint, row: int) -> tuple[Comparison, ...]:
        """The feature of both side by side."""
        return self._facets.compare(point.values, row, estimated=point.estimated)

    def _at(self, values: Floats) -> float:
        columns = (values[[column]] for column in self.facet.columns)
        return float(self._known(*columns)[0])

    def _alike(self, mine: float, others: NDArray[Any]) -> NDArray[Any]:
        found: NDArray[Any] = 1 - self._apart(mine, others) / others.dtype.type(self._span)
        return found


class Straight(SingleSpace):
    """The absolute difference."""

    @staticmethod
    def _known(*columns: NDArray[Any]) -> NDArray[Any]:
        return columns[0]

    @staticmethod
    def _widest(known: NDArray[np.float32]) -> float:
        return float(np.ptp(known)) or 1.0 if known.size else 1.0

    @staticmethod
    def _apart(mine: float, others: NDArray[Any]) -> NDArray[Any]:
        apart: NDArray[Any] = np.abs(others - others.dtype.type(mine))
        return apart


class OnOctaves(SingleSpace):
    """How far apart two tempi are on the circle of octaves."""

    @staticmethod
    def _known(*columns: NDArray[Any]) -> NDArray[Any]:
        tempo = np.where((columns[0] > 0) & np.isfinite(columns[0]), columns[0], np.nan)
        octaves: NDArray[Any] = np.log2(tempo)
        return octaves

    @staticmethod
    def _widest(known: NDArray[np.float32]) -> float:  # noqa: ARG004 (the same in every catalogue)
        return 0.5

    @staticmethod
    def _apart(mine: float, others: NDArray[Any]) -> NDArray[Any]:
        octaves = others - others.dtype.type(mine)
        apart: NDArray[Any] = np.abs(octaves - np.round(octaves))
        return apart


class OnFifths(SingleSpace):
    """Steps between two keys on the circle of fifths; see `segue.spaces.fifths`."""

    @staticmethod
    def _known(*columns: NDArray[Any]) -> NDArray[Any]:
        """3 × pitch class + mode, 2 for an unknown mode."""
        key, mode = columns
        found = 3 * key + np.where((mode == 0) | (mode == 1), mode, 2)
        return np.where((key >= 0) & (key < 12), found, np.nan)

    @staticmethod
    def _widest(known: NDArray[np.float32]) -> float:  # noqa: ARG004 (the same in every catalogue)
        return float(fifths.MOST)

    @staticmethod
    def _apart(mine: float, others: NDArray[Any]) -> NDArray[Any]:
        steps = np.array(_steps_from(int(mine)), dtype=others.dtype)
        codes = np.where(np.isfinite(others), others, 0).astype(np.int64)
        apart: NDArray[Any] = steps[codes]
        return apart


@cache
def _steps_from(code: int) -> tuple[int, ...]:
    """Steps from one key to all of them."""
    return tuple(_steps(code, other) for other in range(_KEY_CODES))


def _steps(code: int, other: int) -> int:
    (pitch, mode), (other_pitch, other_mode) = divmod(code, 3), divmod(other, 3)
    modes = (None if one == 2 else one for one in (mode, other_mode))
    ours, theirs = modes
    return fifths.steps(pitch, ours, other_pitch, theirs)


class OfModes(Straight):
    """Major against minor."""

    @staticmethod
    def _known(*columns: NDArray[Any]) -> NDArray[Any]:
        return np.where((columns[0] == 0) | (columns[0] == 1), columns[0], np.nan)

    @staticmethod
    def _widest(known: NDArray[np.float32]) -> float:  # noqa: ARG004 (the same in every catalogue)
        return 1.0


def _row(record: TrackRecord) -> Floats:
    """What one record says, as a row of `Table`, rounded as the corpus is."""
    known = [
        None if record.attributes is None else getattr(record.attributes, name)
        for name in (*CONTINUOUS, "tempo", "key", "mode", "time_signature")
    ]
    known += [record.year, record.popularity]
    values = np.array([np.nan if one is None else one for one in known], dtype=np.float32)
    return values.astype(np.float64)
