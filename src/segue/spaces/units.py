"""Unit vectors of the tracks that stand in a space: scored by row, and searched.

What spaces whose score is a cosine share, or any other product of two vectors: then they need not
be of length 1. Rows of a corpus that do not stand in the space score 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.index.exact import ExactIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.types import Floats, Mask, Rows, Vector, Vectors


class Units:
    """Unit vectors by row.

    Parameters
    ----------
    units
        Shape (placed tracks, dims); of length 1 each.
    rows
        Whose they are, shape (placed tracks,).
    tracks
        How many rows the corpus has.
    """

    def __init__(self, units: NDArray[np.floating], rows: Rows, *, tracks: int) -> None:
        self.rows = rows
        self.places = np.full(tracks, -1, dtype=np.int64)
        self.places[rows] = np.arange(len(rows))
        self.placed: Mask = self.places >= 0
        self._index = ExactIndex(units.astype(np.float32, copy=False))

    def __len__(self) -> int:
        """How many tracks stand here."""
        return len(self.rows)

    @property
    def vectors(self) -> Vectors:
        """The unit vectors, in the order of `rows`."""
        return self._index.vectors

    def score(self, units: Vectors, *, rows: Rows | None = None) -> Vectors:
        """Cosine of every unit vector to every row (or to `rows`), shape (vectors, rows)."""
        if rows is None:
            scores = np.zeros((len(units), len(self.places)), dtype=np.float32)
            scores[:, self.rows] = units @ self._index.vectors.T
        else:
            scores = np.zeros((len(units), len(rows)), dtype=np.float32)
            there = np.flatnonzero(self.placed[rows])
            scores[:, there] = units @ self._index.vectors[self.places[rows[there]]].T
        return scores

    def nearest(self, unit: Vector, *, k: int, allowed: Mask | None, margin: float) -> Rows:
        """Rows of the `k` best allowed tracks and of all within `margin` of the k-th."""
        there = None if allowed is None else allowed[self.rows]
        found = self._index.search(unit, k=k, allowed=there, margin=margin)
        return self.rows[found.places]


def to_units(vectors: Floats) -> Floats:
    """Rows brought to length 1; rows of zeros stay."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    inverse = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    units: Floats = vectors * inverse[:, np.newaxis]
    return units
