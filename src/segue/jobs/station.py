"""What happens at a worker of a cluster: it says what it is, does files, and lets go.

A **station** is a Dask worker as a run of analysis sees it. It does files in processes of its own
(`segue.jobs.pool`), as the machine that asks would: a decoder that crashes, hangs or eats memory
costs that file, and never the worker. How much of its machine that may take, and where it caches,
is the station's to say, by its own settings; what is heard of a file is whoever asks' to say.

A station keeps its processes between files. It ends them when it is told that the run is over, or
has heard nothing of it for a minute.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from segue.clusters import differing, installed
from segue.descriptors.cache import Cache
from segue.errors import BadRequestError, SegueError
from segue.jobs.budget import Budget
from segue.jobs.ears import MODULES, Ear, Listening
from segue.jobs.pool import WorkerPool
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from segue.jobs.workers import Outcome

IDLE = 60.0
"""Seconds after which a station that hears nothing ends its processes."""

_TRIM = "MALLOC_TRIM_THRESHOLD_"
_LIBRARIES = ("av", "numpy", "onnxruntime", "scipy", "soxr")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run wants of every station.

    Attributes
    ----------
    run
        Its name, like no other.
    seconds
        The longest that one file may take.
    ears
        The embedders that will listen.
    places
        Folders as they are called here, and as stations see them.
    versions
        What decides what is heard, and must be the same everywhere.
    libraries
        What may change the last digits.
    """

    run: str
    seconds: float
    ears: tuple[Ear, ...]
    places: tuple[tuple[str, str], ...]
    versions: Mapping[str, str]
    libraries: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings, *, ears: Sequence[Ear] = ()) -> Terms:
        """What the settings want; BadRequestError where they name folders that are none."""
        return cls(
            run=uuid4().hex,
            seconds=settings.file_seconds,
            ears=tuple(ears),
            places=places_of(settings.over_as),
            versions=_versions(),
            libraries=installed(_LIBRARIES),
        )

    def there(self, path: str) -> str:
        """What stations call a path of ours: by the longest folder that it lies in."""
        for here, other in sorted(self.places, key=lambda pair: -len(pair[0])):
            if path == here or path.startswith(here.rstrip("/") + "/"):
                return other.rstrip("/") + path[len(here.rstrip("/")) :]
        return path


@dataclass(frozen=True, slots=True)
class Order:
    """A file to be done. `seen` says that whoever asks sees the file, and a station should too."""

    key: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    terms: Terms
    seen: bool


@dataclass(frozen=True, slots=True)
class Declined:
    """Why a station has not done a file, as the end of a sentence that begins with its address.

    `for_good` says that it can do no other one either.
    """

    reason: str
    for_good: bool


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a station says of itself.

    Attributes
    ----------
    processes
        How many files it does at once.
    unfit
        Why it cannot take part, empty where it can.
    unlike
        Which libraries it has in other versions; empty for none.
    """

    processes: int
    unfit: str
    unlike: str


def places_of(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of folders from ``HERE=THERE``, separated by commas.

    Raises
    ------
    BadRequestError
        One of them is no pair of absolute paths.
    """
    pairs = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    for here, _, other in pairs:
        if not (Path(here).is_absolute() and Path(other).is_absolute()):
            raise BadRequestError(
                f"{here!r} and {other!r} are no two folders",
                where="--as",
                remedy="Write /music=/mnt/music: the folder here, and where the workers see it",
            )
    return tuple((here, other) for here, _, other in pairs)


def greet(terms: Terms, threads: int) -> Greeting:
    """Say what this station is, and whether it hears what the others hear.

    Parameters
    ----------
    threads
        How many tasks Dask gives it at once.
    """
    try:
        budget = Budget.of(Settings(jobs=threads), files=threads)
    except ValueError as problem:
        return Greeting(0, f"its settings make no sense ({problem})", "")
    unfit = [differing(terms.versions, _versions())]
    for ear in terms.ears:
        try:
            _located(ear, terms)
        except LookupError as problem:
            unfit.append(str(problem))
    unlike = differing(terms.libraries, installed(_LIBRARIES))
    return Greeting(budget.processes, "; ".join(filter(None, unfit)), unlike)


def perform(order: Order, threads: int) -> Outcome[Any] | Declined:
    """Do one file in a process of this station."""
    terms = order.terms
    path = terms.there(order.arguments[0])
    if order.seen and not os.path.exists(path):
        return Declined(f"it does not see {path}", for_good=False)
    cache = Cache.of(Settings())
    try:
        arguments = [_ours(argument, terms, cache) for argument in order.arguments[1:]]
        with _bench.processes(terms, threads) as pool:
            (outcome,) = pool.run(order.function, [(order.key, (path, *arguments))])
    except (LookupError, SegueError) as problem:
        return Declined(str(problem), for_good=True)
    error = outcome.error
    if error is not None and error.where == path:
        error = type(error)(error.what, where=order.key, remedy=error.remedy)
    return replace(outcome, error=error)


def leave(run: str) -> None:
    """End what is done for a run, and do nothing more for it."""
    threading.Thread(target=_bench.leave, args=(run,), daemon=True).start()


class _Bench:
    """The processes of this station, by the run that they work for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pools: dict[str, WorkerPool] = {}
        self._busy: dict[str, int] = {}
        self._timers: dict[str, threading.Timer] = {}
        self._over: deque[str] = deque(maxlen=100)
        Finalize(None, self.close, exitpriority=100)

    @contextmanager
    def processes(self, terms: Terms, threads: int) -> Iterator[WorkerPool]:
        """Those of a run; they are kept for the next file."""
        run = terms.run
        with self._lock:
            if run in self._over:
                raise LookupError("the run is over")
            if run not in self._pools:
                self._pools[run] = _pool(terms, threads)
            pool = self._pools[run]
            self._busy[run] = self._busy.get(run, 0) + 1
            if timer := self._timers.pop(run, None):
                timer.cancel()
        try:
            yield pool
        finally:
            with self._lock:
                self._busy[run] -= 1
                if not self._busy[run] and run in self._pools:
                    timer = threading.Timer(IDLE, self._rest, args=(run, pool))
                    timer.daemon = True
                    timer.start()
                    self._timers[run] = timer

    def leave(self, run: str) -> None:
        """End the processes of a run, whatever they do."""
        with self._lock:
            self._over.append(run)
            pool = self._pools.pop(run, None)
            if timer := self._timers.pop(run, None):
                timer.cancel()
        if pool is not None:
            pool.close()

    def close(self) -> None:
        """End all processes: the worker itself ends."""
        for run in list(self._pools):
            self.leave(run)

    def _rest(self, run: str, pool: WorkerPool) -> None:
        """End processes that nobody has asked for in a while."""
        with self._lock:
            if self._busy[run] or self._pools.get(run) is not pool:
                return
            del self._pools[run], self._timers[run]
        pool.close()


_bench = _Bench()


def _pool(terms: Terms, threads: int) -> WorkerPool:
    """Processes as this machine's settings allow."""
    # Dask marks its workers as daemons, which Python lets have no processes of their own.
    multiprocessing.current_process().daemon = False
    # Dask has its workers give memory back at once. A process that hears would take every array
    # anew from the system, and be half as fast.
    os.environ.pop(_TRIM, None)
    settings = Settings(jobs=threads)
    budget = Budget.of(settings, files=threads)
    return WorkerPool(
        budget.processes,
        seconds=terms.seconds,
        memory=budget.memory,
        niceness=budget.niceness,
        modules=MODULES if terms.ears else (),
    )


def _ours(argument: Any, terms: Terms, cache: Cache) -> Any:  # noqa: ANN401
    """An argument as it is at this station: its cache, and where its embedders lie."""
    if isinstance(argument, Cache):
        return cache
    if isinstance(argument, Listening):
        ears = tuple(_located(ear, terms) for ear in argument.ears)
        return replace(argument, cache=cache, ears=ears)
    return argument


def _located(ear: Ear, terms: Terms) -> Ear:
    """An ear where it lies at this station; LookupError where that version lies nowhere."""
    from segue.embedding import shelf
    from segue.models.folder import digest

    shipped = shelf.find(shelf.SHIPPED).get(ear.space)
    for folder in (Path(terms.there(ear.folder)), shipped):
        if folder is not None and digest(folder)[:16] == ear.version:
            return replace(ear, folder=str(folder))
    raise LookupError(
        f"the embedder of the space {ear.space!r}, version {ear.version}, is not in"
        f" {terms.there(ear.folder)}"
    )


def _versions() -> dict[str, str]:
    """What decides what is heard in a file."""
    from segue import __version__
    from segue.audio import recording
    from segue.descriptors import extract, hearing

    return {
        "Segue": __version__,
        "descriptors": str(extract.VERSION),
        "decoding": str(hearing.DECODING),
        "recording": str(recording.VERSION),
    }
