"""What a kept snapshot must agree with to count: the catalogue's state, and all that made it.

A mark says *what* made a snapshot, never where or when that was installed. Two machines with the
same versions have the same mark, whatever the folders are called and whenever they were filled: so
they share what one of them has built.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import scipy

import segue
from segue.spaces.registry import GROUP

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.metadata import EntryPoint

FORMAT = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """Which state of a catalogue, and made by what.

    Attributes
    ----------
    epoch, stamp
        Of the catalogue; see `segue.catalogue.stamps`.
    maker
        `made_by` as it was.
    earlier
        Stamps by epoch of earlier states of the same catalogue that are as good.
    """

    epoch: int
    stamp: str
    maker: str
    earlier: Mapping[int, str] = field(default_factory=dict, hash=False)


def made_by() -> str:
    """A digest of what a snapshot is made by.

    It holds the version and the code of Segue and of its models, the versions of Python, NumPy and
    SciPy, the kind of processor, and every installed space with the distribution it comes from.
    """
    told = [FORMAT, segue.__version__, np.__version__, scipy.__version__, sys.byteorder]
    told += [platform.python_version(), platform.machine(), code_of(Path(segue.__file__).parent)]
    told += sorted(map(_announced, entry_points(group=GROUP)))
    return blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()


def _announced(point: EntryPoint) -> list[str]:
    """A space: its name and class, the name and version of its distribution, its own module.

    Segue keeps nothing of a space of another package but what was measured of it, and that is no
    longer true when the space is another. While one is written its version stays: so its module
    counts as well.
    """
    told = [point.name, point.value]
    if point.dist is not None:
        told += [point.dist.name, point.dist.version]
    if point.module.partition(".")[0] != segue.__name__:
        told.append(_module(point.module))
    return told


@lru_cache
def _module(name: str) -> str:
    """A digest of the file of a module as it first was; empty where none can be read."""
    try:
        found = find_spec(name)
        content = Path(found.origin).read_bytes() if found and found.origin else b""
    except (ImportError, OSError, ValueError):
        # Who loads the space says what is wrong with it.
        return ""
    return blake2b(content, digest_size=16).hexdigest()


@lru_cache
def code_of(home: Path) -> str:
    """A digest of Segue's own files in the folder `home`, as this program began.

    It goes by their names and what stands in them. Models lie beside manifests that hold their
    digests. What stands above the snapshot (`ABOVE`), such as pages, is no part of it.
    """
    digest = blake2b(digest_size=16)
    for folder, inner, names in os.walk(home):
        inner[:] = sorted(name for name in inner if name not in ABOVE)
        for name in sorted(names):
            if name.endswith((".py", ".json")):
                path = Path(folder, name)
                content = path.read_bytes()
                where = path.relative_to(home).as_posix()
                digest.update(f"{where} {len(content)}\n".encode())
                digest.update(content)
    return digest.hexdigest()


ABOVE = {"__pycache__", "migrations", "cli", "serve", "library", "jobs"}
"""Folders that no snapshot is made by: the layers of the program above `segue.assemble`."""
