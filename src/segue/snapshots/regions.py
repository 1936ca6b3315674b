"""Arrays of a snapshot, one after the other in one file, as they are mapped to memory."""

from __future__ import annotations

import mmap
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.storage.leases import hold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Regions = Sequence[NDArray[np.uint8]]

ALIGNED = 64
"""Regions begin at multiples of this many bytes, as processors read arrays best."""

_AT_ONCE = 2**20


def laid(parts: Regions) -> list[tuple[int, int]]:
    """Where each region begins in the file, and how many bytes it has."""
    places, at = [], 0
    for part in parts:
        places.append((at, part.nbytes))
        at += part.nbytes + -part.nbytes % ALIGNED
    return places


def write(path: Path, parts: Regions) -> None:
    """Write all regions; OSError where there is no room."""
    with path.open("wb") as file:
        for part in parts:
            file.write(part.data)
            file.write(bytes(-part.nbytes % ALIGNED))


def mapped(path: Path, places: Sequence[Sequence[int]]) -> list[memoryview]:
    """Every region as a view of the file, read-only; processes share the memory it takes.

    The folder of the file is held for as long as any of them is there (`segue.storage.leases`).

    Raises
    ------
    ValueError
        A region does not lie within the file.
    """
    size = path.stat().st_size
    if not size:
        # Nothing of nothing can be mapped.
        whole = memoryview(b"")
    else:
        with path.open("rb") as file:
            there = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        hold(path.parent, by=there)
        whole = memoryview(there)
    found = []
    for begin, length in places:
        if not 0 <= begin <= begin + length <= size:
            raise ValueError(f"a region of {length} bytes at {begin} in a file of {size}")
        found.append(whole[begin : begin + length])
    return found


def told(path: Path) -> dict[str, Any]:
    """The size of a file and a digest of its bytes, as JSON holds them.

    The digest is one of the sums of the 64-bit words of every mebibyte: as fast as memory is read,
    and another for any word that is another. It tells damage, not malice.
    """
    sums = blake2b(digest_size=16)
    size = 0
    buffer = bytearray(_AT_ONCE)
    with path.open("rb", buffering=0) as file:
        while read := file.readinto(buffer):
            size += read
            # The end of the last part is what was there before; it is made zero.
            buffer[read:] = bytes(_AT_ONCE - read)
            words = np.frombuffer(buffer, dtype=np.uint64)
            sums.update(int(words.sum(dtype=np.uint64)).to_bytes(8, "little"))
    return {"bytes": size, "digest": sums.hexdigest()}
