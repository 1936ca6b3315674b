"""What a kept snapshot must agree with to count: the catalogue's state, and all that made it."""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import scipy

import segue
from segue.spaces.registry import GROUP

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """Which state of a catalogue, and made by what.

    Attributes
    ----------
    epoch, stamp
        Of the catalogue; see `segue.catalogue.stamps`.
    maker
        `made_by` as it was.
    """

    epoch: int
    stamp: str
    maker: str


def made_by() -> str:
    """A digest of what spaces are built by: this version and its code, libraries, who adds spaces.

    Code counts by the size and the time of its files, so that a file that was edited is another.
    """
    spaces = sorted(f"{point.name}={point.value}" for point in entry_points(group=GROUP))
    told = [FORMAT, segue.__version__, np.__version__, scipy.__version__, sys.byteorder, spaces]
    told += [platform.python_version(), platform.machine(), _code()]
    return blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    """A digest of the names, sizes and times of Segue's own files, as this program began."""
    digest = blake2b(digest_size=16)
    home = Path(segue.__file__).parent
    for folder, inner, names in os.walk(home):
        inner[:] = sorted(name for name in inner if name not in _NOT_CODE)
        for name in sorted(names):
            if name.endswith((".py", ".json")):
                held = os.stat(os.path.join(folder, name))
                where = os.path.relpath(os.path.join(folder, name), home)
                digest.update(f"{where} {held.st_size} {held.st_mtime_ns}\n".encode())
    return digest.hexdigest()


_NOT_CODE = {"__pycache__", "static", "templates", "migrations"}
