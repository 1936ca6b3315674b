"""The space `attributes`: what the numbers of a table say about how a track sounds.

A track's vector has 28 numbers, in this order:

- 8 for the continuous attributes of `records.CONTINUOUS`: z = (value - mean) / deviation, where
  mean and population standard deviation are taken over the known values of the catalogue; 0
  where the value is unknown (the mean) and where the catalogue knows one value only;
- 12 for the key: 1 at the pitch class, 0 elsewhere;
- 2 for the mode: minor, major;
- 6 for the bin of the tempo: [0, 80), [80, 100), [100, 120), [120, 140), [140, 170), [170, ∞)
  beats a minute.

An unknown key, mode or tempo leaves its numbers 0, and so does a tempo of 0, which tables write
for "none found". Nothing else is scaled. The score of two tracks is the cosine of their vectors.

A track is placed when at least 4 of the 8 continuous attributes are known and its vector is not
zero; a wish (`Description.wished`) where anything is said. Time signature takes no part: it is 4
for nine tracks of ten.

Attributes estimated from the signal count like any other. But a point that would not be placed
without them is `guessed`, and comparisons say where a side is an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from segue.attributes.targets import TEMPO_BINS
from segue.records import CONTINUOUS
from segue.snapshot import ESTIMATED
from segue.spaces.adding import add_columns
from segue.spaces.facets import Facets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.records import Attributes, Comparison
    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Frames, Mask, Rows, Vectors

NEEDED = 4
"""How many of the eight continuous attributes place a track."""

_KEY, _MODE, _TEMPO = 8, 20, 22
_DIMS = 28


@dataclass(frozen=True, slots=True, eq=False)
class AttributesPoint:
    """`values` as in `Corpus.attributes`, shape (12,); `unit` its vector of length 1, (28,).

    `estimated` says which of the values are estimates, shape (12,).
    """

    values: Floats
    unit: Floats
    estimated: Mask


class AttributesSpace:
    """Cosine of z-scored and one-hot attributes; see the module for the vector."""

    name = "attributes"
    needs = (
        "attributes: import a table that has energy, valence, tempo and the like for it, or scan "
        "and analyse its file"
    )

    def __init__(self, values: Frames, estimated: Mask) -> None:
        self._values = values
        self._estimated = estimated
        self._mean, self._deviation = _moments(values[:, : len(CONTINUOUS)])
        units = self._units(values.astype(np.float64))
        self.placed = units.any(axis=1)
        # Transposed: every column is one run of memory.
        self._columns = np.ascontiguousarray(units.T, dtype=np.float32)
        self._facets = Facets(values, estimated)

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Fit means and deviations to `corpus`, and place its tracks."""
        return cls(corpus.attributes, corpus.estimated)

    def point(self, row: int) -> AttributesPoint | None:
        """Where the track of `row` stands; None when too little is known of it."""
        return self._at(self._values[row].astype(np.float64), self._estimated[row])

    def place(self, description: Description) -> AttributesPoint | None:
        """Where the attributes of `description` stand; None when too few are known."""
        attributes, origins = description.record.attributes, description.origins
        if attributes is None:
            return None
        estimated = [origins.get(spec.name) == ESTIMATED for spec in fields(attributes)]
        needed = 0 if description.wished else NEEDED
        return self._at(_row(attributes), np.array(estimated), needed=needed)

    def guessed(self, point: AttributesPoint) -> bool:
        """Whether too little is known of it but by estimates."""
        known = np.isfinite(point.values) & ~point.estimated
        return bool(known[: len(CONTINUOUS)].sum() < NEEDED and point.estimated.any())

    def _at(
        self, values: Floats, estimated: Mask, *, needed: int = NEEDED
    ) -> AttributesPoint | None:
        unit = self._units(values[np.newaxis], needed=needed)[0]
        return AttributesPoint(values, unit, estimated) if unit.any() else None

    def score(self, points: Sequence[AttributesPoint], *, rows: Rows | None = None) -> Vectors:
        """Cosine of every point to every row, shape (points, rows); 0 for rows not placed."""
        columns = self._columns if rows is None else self._columns[:, rows]
        scores = np.zeros((len(points), columns.shape[1]), dtype=np.float32)
        for place, point in enumerate(points):
            # Eleven of 28 numbers are not 0.
            unit = point.unit.astype(np.float32)
            add_columns(scores[place], ((unit[at], columns[at]) for at in np.flatnonzero(unit)))
        return scores

    def score_exactly(self, point: AttributesPoint, *, rows: Rows) -> Floats:
        """The same in float64, from the attributes themselves."""
        exact: Floats = self._units(self._values[rows].astype(np.float64)) @ point.unit
        return exact

    def directions(self, rows: Rows) -> Vectors:
        """See `segue.maps.directions.Directed`."""
        return np.ascontiguousarray(self._columns[:, rows].T)

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        units = self._units(self._values[rows].astype(np.float64))
        exact: Floats = units @ units.T
        return exact

    def compare(self, point: AttributesPoint, row: int) -> tuple[Comparison, ...]:
        """Single attributes side by side, the most telling likeness first."""
        return self._facets.compare(point.values, row, estimated=point.estimated)

    def _units(self, values: Floats, *, needed: int = NEEDED) -> Floats:
        """Vectors of length 1, shape (rows, 28), all 0 for rows that are not placed."""
        continuous = values[:, : len(CONTINUOUS)]
        units = np.zeros((len(values), _DIMS))
        scaled = (continuous - self._mean) * _inverse(self._deviation)
        units[:, : len(CONTINUOUS)] = np.where(np.isfinite(scaled), scaled, 0.0)
        tempo, key, mode = values[:, 8], values[:, 9], values[:, 10]
        _mark(
            units,
            _TEMPO + np.searchsorted(TEMPO_BINS, tempo, side="right"),
            (tempo > 0) & (tempo < np.inf),
        )
        _mark(units, _KEY + key, (key >= 0) & (key < 12))
        _mark(units, _MODE + mode, (mode == 0) | (mode == 1))
        units[np.isfinite(continuous).sum(axis=1) < needed] = 0.0
        units *= _inverse(np.sqrt(np.einsum("ij,ij->i", units, units)))[:, np.newaxis]
        return units


def _moments(values: Frames) -> tuple[Floats, Floats]:
    """Mean and population standard deviation of what is known, by column; 0 where nothing is."""
    known = np.isfinite(values)
    counts = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0, dtype=np.float64) / counts
    apart = np.where(known, values - mean, 0.0)
    deviation = np.sqrt(np.square(apart).sum(axis=0) / counts)
    # A column of one repeated value: what is left is rounding.
    return mean, np.where(deviation > 1e-9 * (1.0 + np.abs(mean)), deviation, 0.0)


def _inverse(numbers: Floats) -> Floats:
    """1 / x, and 0 for 0."""
    return np.divide(1.0, numbers, out=np.zeros_like(numbers), where=numbers > 0)


def _mark(units: Floats, columns: NDArray[Any], known: Mask) -> None:
    """Set 1 at `columns` of the rows that are `known`."""
    (rows,) = np.nonzero(known)
    units[rows, columns[rows].astype(np.int64)] = 1.0


def _row(attributes: Attributes) -> Floats:
    """Attributes of one record as a row of `Corpus.attributes`, rounded as the corpus is."""
    given = [getattr(attributes, spec.name) for spec in fields(attributes)]
    values = np.array([np.nan if value is None else value for value in given], dtype=np.float32)
    return values.astype(np.float64)
