"""What happens inside a worker process: one file in, what was heard in it out.

Importing this module is light on purpose. `prepare` runs first in every worker and sets limits
that libraries read when they are loaded.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from segue.errors import SegueError, UnavailableError
from segue.jobs.ears import Listened

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.descriptors.cache import Cache
    from segue.descriptors.hearing import Hearing
    from segue.jobs.ears import Listening
    from segue.records import Attributes, Recording
    from segue.snapshot import Description
    from segue.types import Vector

P = ParamSpec("P")
T = TypeVar("T")

MEMORY = 4_000_000_000
"""Bytes a worker may take when nobody says otherwise, where the system can limit it."""

Scanned = tuple[int, float]
"""Size of a file and when it was changed, as the scan found them."""

_ROUNDED = 0.001
"""Seconds by which two machines may tell the time of change of one file differently."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_HEAVY = (
    "av",
    "segue.audio.decode",
    "segue.audio.recording",
    "segue.descriptors.extract",
    "segue.descriptors.hearing",
    "scipy.fft",
)


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """What ears made of one file, and how long that took.

    `warning` is a sentence when not all of the file could be used, else empty.
    """

    listened: Listened = field(default_factory=Listened)
    warning: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Descriptors of one file, what they say of tempo and key, and how long they took.

    `warning` is a sentence when not all of the file could be used, else empty. `embedded` is what
    ears made of it on the way.
    """

    vector: Vector
    estimates: Attributes
    warning: str
    seconds: float
    embedded: Embedded = field(default_factory=Embedded)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a whole file says, and how long it took to hear."""

    recording: Recording
    seconds: float

    @property
    def warning(self) -> str:
        """A sentence when not all of the file could be read, else empty."""
        return self.recording.warning


def prepare(memory: int, niceness: int, modules: tuple[str, ...] = ()) -> None:
    """Make this process a worker: one thread, bounded memory, everything it needs loaded."""
    for name in _THREADS:
        os.environ[name] = "1"
    if hasattr(os, "nice"):  # not on Windows
        os.nice(max(0, niceness - os.nice(0)))
    for module in (*_HEAVY, *modules):
        importlib.import_module(module)
    _bound(memory)


def _bound(memory: int) -> None:
    """Let the loaded process take `memory` bytes in all; MemoryError where it has more already.

    Linux can limit only what is mapped, which counts the code of libraries too, so the limit is
    raised by what is mapped now and not in memory. Other systems limit nothing, or far less.
    """
    if not sys.platform.startswith("linux"):
        return
    import resource

    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    mapped, resident = (int(number) * resource.getpagesize() for number in pages[:2])
    if resident > memory:
        raise MemoryError(f"a loaded worker takes {resident:,} bytes, {memory:,} are allowed")
    limit = memory + mapped - resident
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def ready() -> bool:
    """Nothing to do; the answer says that the worker is there."""
    return True


def forgetful(work: Callable[P, T]) -> Callable[P, T]:
    """Let nothing of a failed file stay in memory.

    An error keeps every array of the functions it came through, and the worker keeps the error
    until the next file is done. So a new one takes its place.
    """

    @wraps(work)
    def forgetting(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(*args, **kwargs)
        except SegueError as error:
            failed: Exception = type(error)(error.what, where=error.where, remedy=error.remedy)
        except MemoryError:
            failed = MemoryError()
        raise failed

    return forgetting


def check_same(path: str, scanned: Scanned) -> None:
    """Refuse a file that is no longer the one whose hash the catalogue knows.

    What is heard is kept by that hash, for good: other bytes must not be taken for it. Where a
    folder is seen over a network, times may be rounded, by less than a millisecond.
    """
    try:
        status = os.stat(path)
    except OSError:
        return  # whoever opens it says what is wrong
    size, modified = scanned
    if status.st_size != size or abs(status.st_mtime - modified) > _ROUNDED:
        raise UnavailableError(
            "it has changed since its folder was looked through",
            where=path,
            remedy="Look through the folder again: `segue analyse FOLDER`",
        )


@forgetful
def describe_sound(
    path: str, scanned: Scanned, content_hash: str, listening: Listening
) -> Described:
    """Decode and describe one file, and let ears hear the same sound.

    Raises
    ------
    InaudibleError
        It is silent or too short.
    BadFileError, NotFoundError, UnavailableError
        It is no audio, cannot be read, or is not the file that was scanned.
    """
    from segue.jobs.ears import hear_with

    began = time.perf_counter()
    check_same(path, scanned)
    heard, listened, took = hear_with(listening, Path(path), content_hash=content_hash)
    check_same(path, scanned)
    return Described(
        vector=heard.vector,
        estimates=heard.estimates,
        warning=heard.warning,
        seconds=time.perf_counter() - began - took,
        embedded=Embedded(listened, heard.warning, took),
    )


@forgetful
def embed_sound(path: str, scanned: Scanned, content_hash: str, listening: Listening) -> Embedded:
    """Let ears hear one file that was described before; decoded where no spectrogram is kept.

    Raises
    ------
    InaudibleError, BadFileError, NotFoundError, UnavailableError
        As `describe_sound`.
    """
    from segue.descriptors.hearing import listen
    from segue.jobs.ears import to_sound, to_spectrogram

    began = time.perf_counter()
    check_same(path, scanned)
    kept = listening.kept(content_hash)
    if kept is not None:
        return Embedded(to_spectrogram(listening.ears, kept), "", time.perf_counter() - began)
    origin, sound = listen(Path(path), listening.hearing)
    listened = to_sound(listening.ears, sound)
    check_same(path, scanned)
    return Embedded(listened, origin.warning, time.perf_counter() - began)


@forgetful
def describe_example(path: str, hearing: Hearing, cache: Cache) -> tuple[str, Vector]:
    """The content hash of a file that no catalogue need know, and its descriptors.

    Raises
    ------
    InaudibleError, BadFileError, NotFoundError, UnavailableError
        As `describe_sound`.
    """
    from segue.descriptors.hearing import hear
    from segue.sources.folder import identify

    file = Path(path)
    content_hash = identify(file) if file.is_file() else ""
    return content_hash, hear(file, hearing=hearing, content_hash=content_hash, cache=cache).vector


@forgetful
def measure_scanned(path: str, scanned: Scanned, longest_hours: float) -> Measured:
    """Read one file of the catalogue from end to end.

    Raises
    ------
    InaudibleError, BadFileError, NotFoundError, UnavailableError
        As `measure_file`, and where it is not the file that was scanned.
    """
    check_same(path, scanned)
    measured = measure_file(path, longest_hours)
    check_same(path, scanned)
    return measured


@forgetful
def measure_file(path: str, longest_hours: float) -> Measured:
    """Read one file from end to end.

    Raises
    ------
    InaudibleError
        There is nothing in it, or it is too long.
    BadFileError, NotFoundError, UnavailableError
        It is no audio, or cannot be read.
    """
    from segue.audio.recording import measure

    began = time.perf_counter()
    recording = measure(Path(path), longest_hours=longest_hours)
    return Measured(recording, time.perf_counter() - began)


@forgetful
def describe_whole(path: str, listening: Listening) -> Description:
    """Sound and tags of one file, and what ears make of it.

    Raises
    ------
    SegueError
        As `describe_sound`.
    """
    from segue.catalogue.halves import halves
    from segue.jobs.ears import hear_with
    from segue.snapshot import Description
    from segue.sources.tags import read_tags

    heard, listened, _ = hear_with(listening, Path(path))
    record = read_tags(Path(path)).track
    if record.duration is None:
        record = replace(record, duration=heard.duration)
    embedded = {space: halves(windows) for space, windows in listened.windows.items()}
    return Description(
        record=record,
        vectors={"descriptors": heard.vector, **embedded},
        lacking={
            space: f"an embedder that works ({why.what})" for space, why in listened.deaf.items()
        },
    )
