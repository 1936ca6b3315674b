"""Indexes kept in files, beside the catalogue they follow from.

A file holds no truth: it is made from the vectors of the catalogue, and made again when it is
missing, cannot be read or too much has changed. Whether it still fits is told from the vectors
themselves. Each has a **mark**, 64 bits that follow from its numbers in half precision; an index on
the shelf keeps the marks of its vectors. What the catalogue has beside them is added, what it no
longer has is marked as gone (`segue.index.patched`), whatever happened in between.

Every index lies in a folder of its own. A small file by the name of its space says which one
counts and is replaced as a whole, so that a reader, or a program that is killed, finds either the
old index or the new.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segue.index.graph import GraphIndex
from segue.index.lists import ListsIndex
from segue.index.patched import Patched
from segue.storage.leases import holding, remove, storage_time
from segue.storage.turns import turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from segue.index.exact import ExactIndex
    from segue.index.nearest import Index
    from segue.types import Rows

    Marks = NDArray[np.uint64]

_log = logging.getLogger(__name__)

FORMAT = 1

LONGEST = 7_200.0
"""Seconds for which one program waits at most for an index that another makes."""

CHANGED = 0.5
"""Part of an index that may have come and gone before it is no longer of any use."""

_SEED = 42
_AT_ONCE = 50_000


def marks(vectors: NDArray[np.floating]) -> Marks:
    """A number for every vector, the same for the same vector, shape (vectors,).

    A sum of its 16-bit words, each times an odd number of its own, in 64 bits; two different
    vectors share one about once in 2^60 pairs.

    Parameters
    ----------
    vectors
        Shape (vectors, dims), rows contiguous, float16 or float32.
    """
    generator = np.random.default_rng(_SEED)
    width = vectors.shape[1] * vectors.itemsize // 2
    factors = generator.integers(2**63, size=width, dtype=np.uint64) * 2 + 1
    found = np.empty(len(vectors), dtype=np.uint64)
    for start in range(0, len(vectors), _AT_ONCE):
        words = vectors[start : start + _AT_ONCE].view(np.uint16).astype(np.uint64)
        # The upper half is mixed into the lower, which alone would follow from few of the bits.
        mixed = words @ factors
        found[start : start + len(words)] = mixed ^ (mixed >> np.uint64(29))
    return found


class Shelf:
    """The indexes of one catalogue.

    Parameters
    ----------
    folder
        Made at the first need.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fitted(self, name: str, vectors: ExactIndex) -> tuple[Patched, Rows] | None:
        """The index kept for a space, brought to the vectors there are now.

        Parameters
        ----------
        vectors
            Those there are, in half precision.

        Returns
        -------
        tuple of Patched and Rows
            The index, and by its places which of `vectors` each is, -1 where a place is empty.
            None where none is kept, it cannot be read, or too much has changed.
        """
        try:
            kept = self._read(name)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            _log.warning("the index kept for %s cannot be read and is left alone: %s", name, error)
            return None
        if kept is None or kept[0].dims != vectors.dims:
            return None
        base, theirs = kept
        places = matched(theirs, marks(vectors.vectors))
        found = places[places >= 0]
        missing = np.ones(len(vectors), dtype=np.bool_)
        missing[found] = False
        new, gone = np.flatnonzero(missing), np.flatnonzero(places < 0)
        if len(new) + len(gone) > CHANGED * len(base):
            return None
        patched = Patched.changed(base, add=vectors.at(new), remove=gone, error=vectors.error)
        return patched, np.concatenate([places, new])

    def kept(self, name: str) -> Index | None:
        """The index kept for a space as it was made; None where none is kept."""
        found = self._read(name)
        return None if found is None else found[0]

    def make(
        self,
        name: str,
        tier: str,
        vectors: ExactIndex,
        *,
        epoch: int,
        going_on: Callable[[int], bool],
    ) -> Index | None:
        """Make an index of a tier anew, keep it in place of the one before, and give it.

        Parameters
        ----------
        vectors
            In half precision.
        epoch
            Of the catalogue they come from; kept beside, for whoever looks.
        going_on
            See `GraphIndex.build`; None is returned when it gives up.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=self._folder))
        try:
            with holding(place):
                made = _made(place, tier, vectors, going_on)
                if made is None:
                    shutil.rmtree(place)
                    return None
            np.save(place / "marks.npy", marks(vectors.vectors))
            about = {"format": FORMAT, "tier": tier, "folder": place.name, "epoch": epoch}
            about |= {"count": len(vectors), "dims": vectors.dims, "error": vectors.error}
            part = place / "about.json"
            part.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
            os.replace(part, self._folder / f"{name}.json")
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        self._tidy(name, place)
        return made

    def turn(self, name: str, *, going_on: Callable[[int], bool]) -> AbstractContextManager[bool]:
        """Wait for one's turn to make the index of a space; see `segue.storage.turns.turn`."""
        lock = self._folder / f"{name}.lock"
        return turn(lock, about=0, worth=lambda _: going_on(0), longest=LONGEST)

    def _read(self, name: str) -> tuple[Index, Marks] | None:
        """The index and the marks of its vectors; None where none is kept."""
        path = self._folder / f"{name}.json"
        if not path.exists():
            return None
        about = json.loads(path.read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            return None
        place, error = self._folder / about["folder"], float(about["error"])
        index: Index
        with holding(place):
            if about["tier"] == "graph":
                index = GraphIndex.load(str(place / "index.faiss"), error=error)
            else:
                whole = place / "vectors.npy"
                index = ListsIndex.load(str(place / "index.faiss"), whole, error=error)
            kept = np.load(place / "marks.npy")
        if not len(index) == len(kept) == about["count"]:
            raise ValueError(f"it says {about['count']:,} vectors and holds {len(index):,}")
        return index, kept

    def _tidy(self, name: str, place: Path) -> None:
        """Remove indexes of a space that no longer count, but for those that somebody holds."""
        now = storage_time(self._folder)
        for other in self._folder.glob(f"{name}.*"):
            if other.is_dir() and other != place:
                remove(other, now=now)


def _made(
    place: Path, tier: str, vectors: ExactIndex, going_on: Callable[[int], bool]
) -> Index | None:
    """An index whose files lie in a folder, read back from there."""
    path, error = str(place / "index.faiss"), vectors.error
    if tier == "graph":
        graph = GraphIndex.build(vectors, going_on=going_on)
        if graph is None:
            return None
        graph.save(path)
        return GraphIndex.load(path, error=error)
    np.save(place / "vectors.npy", vectors.vectors)
    lists = ListsIndex.build(vectors.vectors, error=error, going_on=going_on)
    if lists is None:
        return None
    lists.save(path)
    return ListsIndex.load(path, place / "vectors.npy", error=error)


def matched(theirs: Marks, ours: Marks) -> Rows:
    """Which of ours each of theirs is, -1 where none; each of ours at most once.

    Of several with one mark the first is the first, and so on.
    """
    order, sorted_ours = _sorted(ours)
    places = np.full(len(theirs), -1, dtype=np.int64)
    by, sorted_theirs = _sorted(theirs)
    nth = np.arange(len(theirs)) - np.searchsorted(sorted_theirs, sorted_theirs)
    at = np.searchsorted(sorted_ours, sorted_theirs) + nth
    inside = at < len(ours)
    same = np.zeros(len(theirs), dtype=np.bool_)
    same[inside] = sorted_ours[at[inside]] == sorted_theirs[inside]
    places[by[same]] = order[at[same]]
    return places


def _sorted(numbers: Marks) -> tuple[Rows, Marks]:
    order = np.argsort(numbers, kind="stable")
    return order, numbers[order]
