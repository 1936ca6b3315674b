"""Vectors of a space as one array, in a file where they are many.

The windows of an embedder are two and a half thousand bytes a track: those of a million tracks are
more than a program should hold. They are written to a file beside the catalogue once, and mapped to
memory, so that only what a query looks at is read. The file's name holds a digest of everything in
it: it is used again as long as the catalogue's vectors are the same, and made anew, under another
name, when they are not.
"""

from __future__ import annotations

import logging
import os
import secrets
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.storage.leases import hold, holding, is_lease, remove, storage_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from segue.types import Rows

    Blobs = Callable[[], Iterable[tuple[int, bytes]]]

_log = logging.getLogger(__name__)

MAPPED_FROM = 64 * 2**20
"""Bytes from which a space's vectors are mapped."""


ABANDONED = 3_600.0
"""Seconds after which an unfinished file is one that nobody writes any more."""


def array_of(
    blobs: Blobs, rows: Rows, *, size: int, dtype: str, folder: Path | None, name: str
) -> NDArray[Any]:
    """The vectors of `rows` as one array, shape (rows, numbers).

    Parameters
    ----------
    blobs
        Reads the vectors from the catalogue: the row of each and its bytes, in any order that is
        the same every time. Called once or twice.
    rows
        Ascending.
    size
        Bytes of a vector.
    dtype
        Of its numbers.
    folder
        Where files lie that follow from the catalogue; None for none.
    name
        Of the space.
    """
    if folder is not None and len(rows) * size >= MAPPED_FROM:
        try:
            return _mapped(blobs, rows, size=size, folder=folder, name=name).view(dtype)
        except OSError as error:
            _log.warning(
                "the vectors of %s are held in memory, for want of a file: %s", name, error
            )
    held = np.empty((len(rows), size), dtype=np.uint8)
    _fill(held, blobs, rows)
    return held.view(dtype)


def _mapped(blobs: Blobs, rows: Rows, *, size: int, folder: Path, name: str) -> NDArray[np.uint8]:
    digest = blake2b(digest_size=12)
    for row, data in blobs():
        digest.update(row.to_bytes(8, "little"))
        digest.update(data)
    path = folder / f"{name}-{digest.hexdigest()}.vectors"
    shape = (len(rows), size)
    with holding(path):
        # A file that was cut short is made anew.
        if not path.exists() or path.stat().st_size != len(rows) * size:
            folder.mkdir(exist_ok=True)
            part = path.with_suffix(f".{secrets.token_hex(8)}.part")
            try:
                written = np.memmap(part, dtype=np.uint8, mode="w+", shape=shape)
                _fill(written, blobs, rows)
                written.flush()
                os.replace(part, path)
            finally:
                part.unlink(missing_ok=True)
            _sweep(path, name)
        found: Any = np.memmap(path, dtype=np.uint8, mode="r", shape=shape)
        hold(path, by=found._mmap)
    mapped: NDArray[np.uint8] = found
    return mapped


def _sweep(path: Path, name: str) -> None:
    """Remove the files of a space that no longer count, but for those that somebody holds."""
    now = storage_time(path.parent)
    for left in path.parent.glob(f"{name}-*.part"):
        # Of a process that was killed; one that is at work writes all the time.
        remove(left, now=now, after=ABANDONED)
    for other in path.parent.glob(f"{name}-*.vectors*"):
        if other != path and not is_lease(other):
            remove(other, now=now)


def _fill(held: NDArray[np.uint8], blobs: Blobs, rows: Rows) -> None:
    at = np.full(int(rows[-1]) + 1 if len(rows) else 0, -1, dtype=np.int64)
    at[rows] = np.arange(len(rows))
    for row, data in blobs():
        held[at[row]] = np.frombuffer(data, dtype=np.uint8)
