"""Vectors of the tracks that stand in a space: scored by row, and searched.

What spaces whose score is a cosine share, or any other product of two vectors: then they need not
be of length 1. Rows of a corpus that do not stand in the space score 0.

How they are held and searched goes by how many there are (`segue.index.choosing`). From a quarter
of a million on a search wants an index that takes minutes to make. It is kept in a file and taken
from there; until it is made (`Units.make_index`), all are compared. A server may search in place of
either (`Units.serve_from`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from segue.index.choosing import tier_for
from segue.index.exact import ExactIndex
from segue.index.patched import Patched
from segue.index.served import ServedIndex
from segue.index.shelf import Shelf, marks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from segue.index.nearest import Index
    from segue.index.served import VectorTables
    from segue.snapshot import Corpus
    from segue.types import Floats, Mask, Rows, Vector, Vectors

_AT_ONCE = 50_000

_LENGTHS = 1e-3
"""How far from 1 the length of a unit vector may be by rounding to half precision."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the index of a space is kept, under which `name`, and of which `epoch` it is."""

    folder: Path
    name: str
    epoch: int


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """An index, and which of the vectors given each of its places holds; None: in their order."""

    index: Index
    order: Rows | None = None


class Units:
    """Vectors by row.

    Parameters
    ----------
    units
        Shape (placed tracks, dims), or an index that holds them as `held_as` says. Where they are
        all of length 1, a search may use an index of another tier.
    rows
        Whose they are, shape (placed tracks,).
    tracks
        How many rows the corpus has.
    place
        Where an index is kept; None for a space that keeps none.

    Attributes
    ----------
    places
        By row which of the vectors given is its own, -1 where it has none.
    """

    def __init__(
        self,
        units: NDArray[np.floating] | ExactIndex,
        rows: Rows,
        *,
        tracks: int,
        place: Place | None = None,
    ) -> None:
        self.rows = rows
        self.places = np.full(tracks, -1, dtype=np.int64)
        self.places[rows] = np.arange(len(rows))
        self.placed: Mask = self.places >= 0
        self._everyone = len(rows) == tracks and bool((self.places == np.arange(tracks)).all())
        self._place = place
        shape = (len(rows), units.dims if isinstance(units, ExactIndex) else units.shape[1])
        given = units.vectors if isinstance(units, ExactIndex) else units
        self._cosine = _of_length_one(given)
        self._tier = tier_for(*shape) if self._cosine else "exact"
        if not isinstance(units, ExactIndex):
            units = ExactIndex(units, half=self._tier != "exact")
        self._held = self._hold(units)

    def _hold(self, vectors: ExactIndex) -> _Held:
        """The vectors in the index that is kept for them, or as they are."""
        if self._place is None or not self._wants_index:
            return _Held(vectors)
        fitted = Shelf(self._place.folder).fitted(self._place.name, vectors)
        return _Held(vectors) if fitted is None else _Held(*fitted)

    def __len__(self) -> int:
        """How many tracks stand here."""
        return len(self.rows)

    @property
    def dims(self) -> int:
        """Numbers of a vector."""
        return self._held.index.dims

    @property
    def tier(self) -> str:
        """How the vectors are searched at this moment: a name of `segue.index.choosing`."""
        return (self._served or self._held.index).tier

    @property
    def error(self) -> float:
        """Most that a product with a vector of length 1 is off, beside rounding in float32."""
        return self._held.index.error

    @property
    def _wants_index(self) -> bool:
        return self._tier in {"graph", "lists"}

    def score(self, units: Vectors, *, rows: Rows | None = None) -> Vectors:
        """Product of every vector to every row (or to `rows`), shape (vectors, rows)."""
        held = self._held
        if rows is not None:
            scores = np.zeros((len(units), len(rows)), dtype=np.float32)
            there = np.flatnonzero(self.placed[rows])
            scores[:, there] = units @ self._at(held, self.places[rows[there]]).T
            return scores
        products = held.index.score(units)
        if self._everyone and held.order is None:
            return products
        scores = np.zeros((len(units), len(self.places)), dtype=np.float32)
        if held.order is None:
            scores[:, self.rows] = products
        else:
            full = np.flatnonzero(held.order >= 0)
            scores[:, self.rows[held.order[full]]] = products[:, full]
        return scores

    def at(self, rows: Rows) -> Vectors:
        """The vectors of tracks that stand here, as they are held, shape (rows, dims)."""
        return self._at(self._held, self.places[rows])

    def nearest(
        self,
        unit: Vector,
        *,
        k: int,
        allowed: Mask | None,
        margin: float,
        exactly: Callable[[Rows], Floats],
    ) -> Rows:
        """Rows of the `k` best allowed tracks and of all within `margin` of the k-th.

        Parameters
        ----------
        exactly
            Scores of rows as they would be from vectors as they were given: what is found among
            vectors in half precision is settled by it.
        """
        held = self._held
        error = held.index.error
        length = float(np.sqrt(unit @ unit)) if error else 0.0
        served = self._served
        if served is not None:
            held = _Held(served)
        found = held.index.search(
            unit, k=k, allowed=self._allowed(held, allowed), margin=margin + 2 * error * length
        )
        places = found.places if held.order is None else held.order[found.places]
        rows = self.rows[places]
        if not error or not len(rows):
            return rows
        scores = exactly(rows)
        order = np.lexsort((rows, -scores))
        kept = scores[order] >= scores[order[min(k, len(order)) - 1]] - margin
        settled: Rows = rows[order[kept]]
        return settled

    def same(self, unit: NDArray[np.floating]) -> Rows:
        """Rows whose vectors, as they are held, are this one, ascending."""
        held = unit[np.newaxis].astype(np.float32 if self._held.index.tier == "exact" else "f2")
        numbers, order = self._marks
        mark = marks(held)[0]
        first, last = np.searchsorted(numbers, mark), np.searchsorted(numbers, mark, side="right")
        return np.sort(self.rows[order[first:last]])

    def make_index(self, *, going_on: Callable[[int], bool]) -> bool:
        """Make the index that a search wants, where there is none or too much has changed.

        It takes the place of what is searched until then, in one step.

        Parameters
        ----------
        going_on
            Asked now and then with how many vectors are done; False gives the work up.

        Returns
        -------
        bool
            Whether one was made.
        """
        held, place = self._held, self._place
        if place is None or not self._wants_index:
            return False
        if held.index.tier == self._tier and not (
            isinstance(held.index, Patched) and held.index.worn
        ):
            return False
        whole = self._whole(held)
        shelf = Shelf(place.folder)
        with shelf.turn(place.name, going_on=going_on):
            # Another program may have made it while this one waited.
            fitted = shelf.fitted(place.name, whole)
            if fitted is not None and fitted[0].tier == self._tier and not fitted[0].worn:
                self._held = _Held(*fitted)
                return True
            made = shelf.make(place.name, self._tier, whole, epoch=place.epoch, going_on=going_on)
        if made is None:
            return False
        self._held = _Held(made)
        return True

    def serve_from(
        self, name: str, tables: VectorTables, *, going_on: Callable[[int], bool]
    ) -> None:
        """Search in a server's table from now on; see `segue.index.served.Servable`."""
        if self._cosine and len(self):
            whole = self._whole(self._held)
            self.__dict__["_served"] = ServedIndex.fitted(tables, name, whole, going_on=going_on)

    @cached_property
    def _served(self) -> ServedIndex | None:
        """The index that searches in place of the one held here; it is in no file."""
        return None

    def _whole(self, held: _Held) -> ExactIndex:
        """All vectors in the order given, each to be compared."""
        if isinstance(held.index, ExactIndex):
            return held.index
        every = np.arange(len(self))
        blocks = (
            self._at(held, every[start : start + _AT_ONCE])
            for start in range(0, len(self), _AT_ONCE)
        )
        whole = ExactIndex.filled(blocks, count=len(self), dims=self.dims, half=True)
        whole.error = held.index.error
        return whole

    def _allowed(self, held: _Held, allowed: Mask | None) -> Mask | None:
        """Which places of the index a search may give."""
        there = allowed
        if there is not None and not self._everyone:
            there = there[self.rows]
        if there is None or held.order is None:
            return there
        return np.append(there, False)[held.order]

    def _at(self, held: _Held, places: Rows) -> Vectors:
        """Vectors by their places among those given, as they are held."""
        return held.index.at(places if held.order is None else _inverse(held.order)[places])

    @cached_property
    def _marks(self) -> tuple[NDArray[np.uint64], Rows]:
        """Marks of all vectors as they are held, ascending, and whose each is."""
        held = self._held
        kind = np.float32 if held.index.tier == "exact" else np.float16
        every = np.arange(len(self))
        blocks = (every[start : start + _AT_ONCE] for start in range(0, len(self), _AT_ONCE))
        found = (marks(self._at(held, block).astype(kind)) for block in blocks)
        whole = np.concatenate([np.empty(0, dtype=np.uint64), *found])
        order = np.argsort(whole, kind="stable")
        return whole[order], order


def kept_at(corpus: Corpus, name: str) -> Place | None:
    """Where the index of a space of a corpus is kept; None where the corpus has no folder."""
    return None if corpus.beside is None else Place(corpus.beside, name, corpus.epoch)


def to_units(vectors: Floats) -> Floats:
    """Rows brought to length 1; rows of zeros stay."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    inverse = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    units: Floats = vectors * inverse[:, np.newaxis]
    return units


def products(vectors: Floats, *, there: Rows, count: int) -> Floats:
    """Products of vectors with one another, shape (count, count).

    Parameters
    ----------
    vectors
        Of those who stand in a space.
    there
        Which of `count` these are; the others score 0.
    """
    found = np.zeros((count, count))
    found[np.ix_(there, there)] = vectors @ vectors.T
    return found


def _of_length_one(vectors: NDArray[np.floating]) -> bool:
    """Whether all are, as far as half precision tells."""
    for start in range(0, len(vectors), _AT_ONCE):
        block = vectors[start : start + _AT_ONCE].astype(np.float32, copy=False)
        if np.abs(np.einsum("ij,ij->i", block, block) - 1.0).max() > 2 * _LENGTHS:
            return False
    return True


def _inverse(order: Rows) -> Rows:
    """Where in an order each number stands; -1 marks no number."""
    full = np.flatnonzero(order >= 0)
    places = np.empty(len(full), dtype=np.int64)
    places[order[full]] = full
    return places
