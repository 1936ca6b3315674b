"""Embeddings as the corpus holds them: the windows of every track, and the mean of each track's.

A **window** is three seconds of a track as an embedder placed them (`segue.embedding`), in float16.
They are kept as they are stored; what is computed from them is computed in float64, a few thousand
tracks at a time, always in the same order, so that equal windows have equal means to the last bit.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Rows

_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """Windows of all embedded tracks of one space.

    Attributes
    ----------
    rows
        Whose they are, shape (embedded tracks,).
    windows
        Shape (embedded tracks, windows, width).
    unproven
        Whether the embedder was taught with invented music alone, and is not shown to help with
        real music.
    """

    rows: Rows
    windows: NDArray[np.float16]
    unproven: bool = False

    @classmethod
    def of(cls, corpus: Corpus, space: str) -> Self:
        """Those that the corpus holds for a space; none where it holds none."""
        placed = corpus.placed.get(space)
        if placed is None or placed.width is None:
            return cls(np.empty(0, dtype=np.int64), np.empty((0, 1, 1), dtype=np.float16))
        halves = placed.vectors.astype(np.float16, copy=False)
        shape = (len(placed.rows), -1, placed.width)
        return cls(placed.rows, halves.reshape(shape), placed.unproven)

    def __len__(self) -> int:
        """How many tracks are embedded."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """How many numbers a window has."""
        return int(self.windows.shape[2])

    def means(self, places: Rows | None = None) -> Floats:
        """The mean window of every embedded track, or of those at `places`, shape (…, width)."""
        if places is None:
            return np.concatenate([np.empty((0, self.width)), *self.blocks()])
        means = np.empty((len(places), self.width))
        for first in range(0, len(places), _AT_ONCE):
            block = slice(first, first + _AT_ONCE)
            means[block] = mean(self.windows[places[block]])
        return means

    def blocks(self) -> Iterator[Floats]:
        """The mean windows of all embedded tracks, a few thousand at a time."""
        for first in range(0, len(self), _AT_ONCE):
            yield mean(self.windows[first : first + _AT_ONCE])

    def let_go(self) -> None:
        """Let the system take back what was read of a mapped file; it reads it again at need."""
        mapped = getattr(self.windows.base, "_mmap", None) or getattr(self.windows, "_mmap", None)
        if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
            mapped.madvise(mmap.MADV_DONTNEED)

    def outside(self, description: Description, space: str) -> NDArray[np.float16] | None:
        """The windows of something from outside; None where there are none.

        Raises
        ------
        UnavailableError
            They were made by another embedder than those of the catalogue.
        """
        found = description.vectors.get(space)
        if found is None or len(self) == 0:
            return None
        width = found.shape[-1] if found.ndim > 1 else self.width
        if width != self.width or found.size % width or not found.size:
            raise UnavailableError(
                f"the file's windows have {width} numbers in the space {space!r}, those of the "
                f"catalogue's tracks {self.width}",
                remedy="Embed the library again: `segue analyse`",
            )
        return found.reshape(-1, width).astype(np.float16, copy=False)


def mean(windows: NDArray[np.float16]) -> Floats:
    """Mean over the last axis but one: from (tracks, windows, width) to (tracks, width)."""
    total = np.zeros((windows.shape[0], windows.shape[2]))
    for number in range(windows.shape[1]):
        total += windows[:, number]
    total /= windows.shape[1]
    return total
