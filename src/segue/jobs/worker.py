"""What happens inside a worker process: one file in, its description out.

Importing this module is light on purpose. `prepare` runs first in every worker and sets limits
that libraries read when they are loaded.
"""

from __future__ import annotations

import importlib
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue.snapshot import Description
    from segue.types import Vector

MEMORY = 4 << 30
"""Bytes of address space a worker may take, where the system can limit it."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_HEAVY = ("segue.descriptors.hearing", "segue.sources.tags", "scipy.fft")


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Descriptors of one file, and how long they took.

    `warning` is a sentence when not all of the file could be used, else empty.
    """

    vector: Vector
    warning: str
    seconds: float


def prepare(memory: int) -> None:
    """Make this process a worker: one thread, bounded memory, everything it needs loaded."""
    for name in _THREADS:
        os.environ[name] = "1"
    _bound(memory)
    for module in _HEAVY:
        importlib.import_module(module)


def _bound(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:
        memory = min(memory, most)
    resource.setrlimit(resource.RLIMIT_AS, (memory, most))


def ready() -> bool:
    """Nothing to do; the answer says that the worker is there."""
    return True


def describe_sound(path: str, excerpt_seconds: float) -> Described:
    """Decode and describe one file.

    Raises
    ------
    InaudibleError
        It is silent or too short.
    BadFileError, NotFoundError, UnavailableError
        It is no audio, or cannot be read.
    """
    from segue.descriptors.hearing import Hearing, hear

    began = time.perf_counter()
    heard = hear(Path(path), hearing=Hearing(excerpt_seconds))
    return Described(heard.vector, heard.warning, time.perf_counter() - began)


def describe_whole(path: str, excerpt_seconds: float) -> Description:
    """Sound and tags of one file.

    Raises
    ------
    SegueError
        As `describe_sound`.
    """
    from segue.descriptors.hearing import Hearing, hear
    from segue.snapshot import Description
    from segue.sources.tags import read_tags

    heard = hear(Path(path), hearing=Hearing(excerpt_seconds))
    record = read_tags(Path(path)).track
    if record.duration is None:
        record = replace(record, duration=heard.duration)
    return Description(record=record, vectors={"descriptors": heard.vector})
