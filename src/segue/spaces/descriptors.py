"""The space `descriptors`: what the signal itself says, without any training.

A track's vector are its descriptors (`segue.descriptors.extract`), each z-scored by mean and
population standard deviation over the catalogue's described tracks, clipped to [-3, 3] so that
no single odd number rules, and brought to length 1 together. A descriptor that is the same for
all of them is 0. The score is the cosine.

A track is placed when it has been described and is not exactly the mean of all: the only
described track of a catalogue stands nowhere yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.errors import UnavailableError
from segue.spaces.groups import Groups
from segue.spaces.units import Units, kept_at, products, to_units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from segue.index.served import VectorTables
    from segue.records import Comparison
    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Mask, Rows, Vectors

CLIP = 3.0
"""Standard deviations beyond which a descriptor counts no more."""


@dataclass(frozen=True, slots=True, eq=False)
class DescriptorsPoint:
    """Descriptors `raw` as extracted, `scaled` to clipped z-scores, and `unit`; (descriptors,)."""

    raw: Floats
    scaled: Floats
    unit: Floats


class DescriptorsSpace:
    """Cosine of z-scored, clipped descriptors, searched with FAISS."""

    name = "descriptors"
    needs = "audio: scan the folder that holds its file and run `segue analyse`"

    def __init__(self, corpus: Corpus) -> None:
        placed = corpus.placed.get(self.name)
        known = placed.vectors if placed is not None else np.empty((0, 1))
        raw: Vectors = known.astype(np.float32, copy=False)
        rows = placed.rows if placed is not None else np.empty(0, dtype=np.int64)
        self._mean, self._inverse = _moments(raw)
        units = to_units(self._scale(raw))
        apart = units.any(axis=1)
        self._raw = raw[apart]
        kept = kept_at(corpus, self.name)
        self._units = Units(units[apart], rows[apart], tracks=len(corpus), place=kept)
        self.placed: Mask = self._units.placed

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Fit means and deviations to the described tracks of `corpus`."""
        return cls(corpus)

    def point(self, row: int) -> DescriptorsPoint | None:
        """Where the track of `row` stands; None when it is not described."""
        place = self._units.places[row]
        return None if place < 0 else self._at(self._raw[place].astype(np.float64))

    def place(self, description: Description) -> DescriptorsPoint | None:
        """Where the descriptors of `description` stand; None when there is nothing to stand among.

        Raises
        ------
        UnavailableError
            They were made by another version than those of the catalogue.
        """
        raw = description.vectors.get(self.name)
        if raw is None or len(self._units) == 0:
            return None
        if len(raw) != len(self._mean):
            raise UnavailableError(
                f"the file has {len(raw)} descriptors, the catalogue's tracks {len(self._mean)}",
                remedy="Describe the library again: `segue analyse`",
            )
        return self._at(np.asarray(raw, dtype=np.float64))

    def _at(self, raw: Floats) -> DescriptorsPoint | None:
        scaled = self._scale(raw[np.newaxis])
        unit = to_units(scaled)[0]
        return DescriptorsPoint(raw, scaled[0], unit) if unit.any() else None

    def score(self, points: Sequence[DescriptorsPoint], *, rows: Rows | None = None) -> Vectors:
        """Cosine of every point to every row, shape (points, rows); 0 for rows not placed."""
        units = np.array([point.unit for point in points], dtype=np.float32)
        return self._units.score(units.reshape(len(points), len(self._mean)), rows=rows)

    def score_exactly(self, point: DescriptorsPoint, *, rows: Rows) -> Floats:
        """The same in float64, from the descriptors themselves."""
        scores = np.zeros(len(rows))
        there = np.flatnonzero(self.placed[rows])
        scaled = self._scale(self._raw[self._units.places[rows[there]]])
        scores[there] = to_units(scaled) @ point.unit
        return scores

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        there = np.flatnonzero(self.placed[rows])
        scaled = self._scale(self._raw[self._units.places[rows[there]]])
        return products(to_units(scaled), there=there, count=len(rows))

    def nearest(
        self, point: DescriptorsPoint, *, k: int, allowed: Mask | None, margin: float
    ) -> Rows:
        """Rows of the `k` best allowed tracks and of all within `margin` of the k-th."""
        unit = point.unit.astype(np.float32)
        return self._units.nearest(
            unit,
            k=k,
            allowed=allowed,
            margin=margin,
            exactly=lambda rows: self.score_exactly(point, rows=rows),
        )

    def directions(self, rows: Rows) -> Vectors:
        """See `segue.maps.directions.Directed`."""
        return self._units.at(rows)

    @property
    def error(self) -> float:
        """Most that `score` is off, beside rounding in float32."""
        return self._units.error

    @property
    def tier(self) -> str:
        """How it is searched at this moment: a name of `segue.index.choosing`."""
        return self._units.tier

    def make_index(self, *, going_on: Callable[[int], bool]) -> bool:
        """See `segue.snapshot.Indexed`."""
        return self._units.make_index(going_on=going_on)

    def serve_from(self, tables: VectorTables, *, going_on: Callable[[int], bool]) -> None:
        """See `segue.index.served.Servable`."""
        self._units.serve_from(self.name, tables, going_on=going_on)

    def compare(self, point: DescriptorsPoint, row: int) -> tuple[Comparison, ...]:
        """Groups of descriptors side by side, the most telling likeness first."""
        place = self._units.places[row]
        if place < 0:
            return ()
        raw = self._raw[place].astype(np.float64)
        return self._groups.compare(
            (point.raw, point.scaled), (raw, self._scale(raw[np.newaxis])[0])
        )

    @cached_property
    def _groups(self) -> Groups:
        return Groups(self._scale(self._raw))

    def _scale(self, raw: NDArray[np.floating]) -> Floats:
        return _scaled(raw, self._mean, self._inverse)


def standardised(raw: NDArray[np.floating], *, among: NDArray[np.floating] | None = None) -> Floats:
    """What the space compares by cosine: clipped z-scores, shape (tracks, descriptors).

    Parameters
    ----------
    raw
        Descriptors, or some columns of them, as extracted.
    among
        The tracks whose mean and deviation count; those of `raw` unless given.
    """
    return _scaled(raw, *_moments((raw if among is None else among).astype(np.float32)))


def _scaled(raw: NDArray[np.floating], mean: Floats, inverse: Floats) -> Floats:
    """Clipped z-scores, shape (tracks, descriptors); 0 for what is not a number."""
    scaled = (raw.astype(np.float64) - mean) * inverse
    return np.clip(np.where(np.isfinite(scaled), scaled, 0.0), -CLIP, CLIP)


def _moments(raw: Vectors) -> tuple[Floats, Floats]:
    """Mean, and 1 / population standard deviation (0 where there is none), by column."""
    if len(raw) == 0:
        return np.zeros(raw.shape[1]), np.zeros(raw.shape[1])
    mean = raw.mean(axis=0, dtype=np.float64)
    deviation = np.sqrt(np.square(raw - mean).mean(axis=0))
    # A column of one repeated value: what is left is rounding.
    varies = deviation > 1e-9 * (1.0 + np.abs(mean))
    return mean, np.divide(1.0, deviation, out=np.zeros_like(deviation), where=varies)
