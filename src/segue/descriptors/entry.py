"""One entry of the cache as bytes: a mark, a checksum, one line of JSON, arrays end to end.

Nothing in it can run code. The checksum (CRC-32) covers all that follows it, so a torn or flipped
byte is found, whatever it hits.
"""

from __future__ import annotations

import json
import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_MARK = b"segue cache 1\n"
_CHECKSUM = 4
_TYPES = ("<f4", "<f2", "|u1")


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What is kept of one file: `facts` that JSON can hold, and arrays by name.

    The arrays are float32, float16 or bytes; those of an entry that was read cannot be written to.
    """

    facts: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def packed(entry: Entry) -> bytes:
    """An entry as bytes, the same on every machine."""
    arrays = {
        name: array.astype(array.dtype.newbyteorder("<"), copy=False)
        for name, array in entry.arrays.items()
    }
    listed = [[name, array.dtype.str, list(array.shape)] for name, array in arrays.items()]
    header = json.dumps({"facts": dict(entry.facts), "arrays": listed}, ensure_ascii=False)
    body = b"".join([header.encode(), b"\n", *(array.tobytes() for array in arrays.values())])
    return b"".join([_MARK, zlib.crc32(body).to_bytes(_CHECKSUM, "little"), body])


def unpacked(content: bytes) -> Entry | None:
    """The entry that `packed` made these bytes of; None where they are not as it made them."""
    begin = len(_MARK) + _CHECKSUM
    checksum = int.from_bytes(content[len(_MARK) : begin], "little")
    if not content.startswith(_MARK) or zlib.crc32(memoryview(content)[begin:]) != checksum:
        return None
    try:
        return _read(content, begin)
    except (ValueError, KeyError, TypeError):  # the sum is right, and somebody else made it
        return None


def _read(content: bytes, begin: int) -> Entry:
    place = content.index(b"\n", begin) + 1
    header = json.loads(content[begin:place])
    arrays: dict[str, NDArray[Any]] = {}
    for name, kind, shape in header["arrays"]:
        if kind not in _TYPES:
            raise ValueError(kind)
        dtype, count = np.dtype(kind), math.prod(shape)
        arrays[name] = np.frombuffer(content, dtype, count, place).reshape(shape)
        place += count * dtype.itemsize
    return Entry(header["facts"], arrays)
