"""What is in a file that somebody else made: taken in only as far as it is what it must be.

Before a part is read it is known how large it is; an array is made of the bytes that are there and
never of what a header says; of a manifest, words are compared, numbers are kept within bounds, and
no text is taken but hexadecimal digits, for it is shown in terminals.
"""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
import zlib
from tokenize import TokenError
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.spaces import buckets

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT, VERSION = "segue federation", 1

ROUND, UPDATE = "round", "update"

ARRAYS = {ROUND: ("scales", "weights"), UPDATE: ("values",)}
"""What a file of each kind holds beside its manifest, and nothing else."""

MOST = buckets.WIDTH * 256 * 4 + 4_096
"""Bytes of an array at most, and of a manifest `_MANIFEST`."""
_MANIFEST = 65_536
_LARGEST = 1e100
"""A number of a manifest at most."""

_FLOATS, _BYTES = np.dtype("<f4"), np.dtype("u1")

DAMAGED = (
    *(ValueError, TypeError, KeyError, AttributeError, SyntaxError, EOFError, OSError),
    *(RuntimeError, MemoryError, OverflowError, TokenError, zipfile.BadZipFile, zlib.error),
)
"""What reading bytes that anybody made may raise. Of RuntimeError are also what zipfile cannot do,
and nesting beyond reason."""

_KEYS = {
    ROUND: {"format", "version", "kind", "plan", "number", "peers", "heights"},
    UPDATE: {
        *("format", "version", "kind", "federation", "number", "answers", "instance", "noise"),
        *("playlists_at_most", "shape"),
    },
}


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The manifest and the arrays; an error of `DAMAGED` where anything is not as it must be."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        kind = _kind(packed.infolist())
        manifest = json.loads(_array(packed, "manifest", _BYTES).tobytes(), parse_constant=_no)
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise ValueError("it says so itself")
        if manifest.get("version") != VERSION:
            raise ValueError(f"its version is {manifest.get('version')}, not {VERSION}")
        if manifest.get("kind") != kind or set(manifest) != _KEYS[kind]:
            raise ValueError("its manifest does not say what it must, or more")
        return manifest, {name: _array(packed, name, _FLOATS) for name in ARRAYS[kind]}


def _kind(entries: list[zipfile.ZipInfo]) -> str:
    """What a file of these parts holds, neither packed nor too large."""
    names = sorted(each.filename for each in entries)
    kinds = [
        kind
        for kind, arrays in ARRAYS.items()
        if names == sorted(f"{name}.npy" for name in ("manifest", *arrays))
    ]
    if not kinds:
        raise ValueError("it holds other arrays than a round or an update")
    if any(
        each.file_size > (_MANIFEST if each.filename == "manifest.npy" else MOST)
        for each in entries
    ):
        raise ValueError("a part of it is too large")
    if any(each.compress_type != zipfile.ZIP_STORED for each in entries):
        raise ValueError("a part of it is packed")
    return kinds[0]


def _array(packed: zipfile.ZipFile, name: str, kind: np.dtype[Any]) -> NDArray[Any]:
    """An array of what its part holds: nothing is made room for because a header says so."""
    with packed.open(f"{name}.npy") as part:
        if np.lib.format.read_magic(part) != (1, 0):
            raise ValueError("an array is of another version")
        shape, falling, said = np.lib.format.read_array_header_1_0(part)
        body = part.read()
    if said != kind:
        raise ValueError(f"an array is not of {kind.name}")
    if falling or min(shape, default=0) < 0 or math.prod(shape) * kind.itemsize != len(body):
        raise ValueError("an array has another size than its header says")
    return np.frombuffer(body, dtype=kind).reshape(shape)


def _no(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def digits(said: object, many: int) -> str:
    """So many hexadecimal digits, and no other text; ValueError otherwise."""
    if not isinstance(said, str) or not re.fullmatch(f"[0-9a-f]{{{many}}}", said):
        raise ValueError(f"a name in it is not made of {many} hexadecimal digits")
    return said


def whole(said: object, *, least: int, most: int = 2**31) -> int:
    """A whole number; ValueError otherwise."""
    if not isinstance(said, int) or isinstance(said, bool) or not least <= said <= most:
        raise ValueError(f"a number in it is not a whole one from {least} to {most:,}")
    return said


def real(said: object) -> float:
    """A number from 0 on, and a finite one; ValueError otherwise."""
    if not isinstance(said, int | float) or isinstance(said, bool) or not 0 <= said <= _LARGEST:
        raise ValueError("a number in it is not one from 0 on")
    return float(said)


def several(said: object) -> list[object]:
    """A list; ValueError otherwise."""
    if not isinstance(said, list):
        raise ValueError("it names one thing where several belong")
    return said
