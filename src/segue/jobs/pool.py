"""Worker processes: many files at once, and none that can stop the others.

Every file is worked on in a process of its own kind, with a time limit and bounded memory. A
decoder that crashes, hangs or eats memory costs that one file; its worker is replaced. Workers
are started afresh (never forked, as the server has threads) and are replaced after `TASKS` files,
so that what a library leaks goes with them.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from pebble import CONSTS, ProcessExpired, ProcessPool

from segue.errors import BadFileError, InternalError, SegueError, UnavailableError
from segue.jobs.spawning import WorkerContext
from segue.jobs.worker import MEMORY, prepare
from segue.jobs.workers import Outcome, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_log = logging.getLogger(__name__)

T = TypeVar("T")

TASKS = 2000
"""Files after which a worker is replaced."""

GRACE = 60.0
"""Seconds beyond the limit of one task after which workers that end none count as stuck."""

_WATCH = 0.2
_RESTARTS = 3
# A worker deep in a decoder hears no polite request; do not wait long for it.
CONSTS.term_timeout = 0.5


@dataclass(frozen=True, slots=True)
class _Task:
    key: str
    arguments: tuple[Any, ...]
    tries: int = 0


class WorkerPool(Workers):
    """Processes that run functions of `segue.jobs.worker`. Use it in a ``with``, or close it.

    Parameters
    ----------
    size
        How many processes.
    seconds
        The longest one task may take, counted from when a worker takes it up.
    memory
        Bytes a worker may take, where the system can limit it.
    niceness
        0 to 19: how far the workers step back for other programs.
    modules
        What the workers load beside what all of them do, before their memory is bounded.
    note
        A sentence about why there are so few, if there is one to say.
    """

    def __init__(
        self,
        size: int,
        *,
        seconds: float,
        memory: int = MEMORY,
        niceness: int = 0,
        modules: tuple[str, ...] = (),
        note: str = "",
    ) -> None:
        self._size, self._seconds = size, seconds
        self._memory, self._niceness, self._modules = memory, niceness, modules
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._closed = False
        self._out: set[Future[Any]] = set()
        self._stuck: set[Future[Any]] = set()
        self._heard = 0.0
        self._faults: frozenset[str] = frozenset()
        self._note = note

    @property
    def size(self) -> int:
        """How many processes."""
        return self._size

    @property
    def notes(self) -> tuple[str, ...]:
        """Why there are so few, where that is to be said."""
        return (self._note,) if self._note else ()

    def close(self) -> None:
        """End all workers at once, whatever they do."""
        with self._lock:
            pool, self._pool, self._closed = self._pool, None, True
        if pool is not None:
            _end(pool)

    def run(
        self,
        function: Callable[..., T],
        tasks: Iterable[tuple[str, tuple[Any, ...]]],
        *,
        stop: threading.Event | None = None,
    ) -> Iterator[Outcome[T]]:
        """As `Workers.run`: workers are started when there is something to do."""
        fresh = (_Task(key, arguments) for key, arguments in tasks)
        again: deque[_Task] = deque()
        flying: dict[Future[T], _Task] = {}
        try:
            while True:
                self._launch(function, chain(_taken(again), fresh), flying)
                if not flying:
                    return
                done = wait(flying, timeout=_WATCH, return_when=FIRST_COMPLETED).done
                if stop is not None and stop.is_set():
                    return
                if self._closed:
                    raise _closed()
                if not done:
                    self._give_up_stuck()
                for future in done | (flying.keys() & self._stuck):
                    task = flying.pop(future)
                    try:
                        outcome = self._outcome(task.key, future)
                    except BrokenProcessPool as problem:
                        again.append(_once_more(task, problem))
                    else:
                        yield outcome
        finally:
            for future in flying:
                future.cancel()

    def _launch(
        self, function: Callable[..., T], tasks: Iterator[_Task], flying: dict[Future[T], _Task]
    ) -> None:
        """Give out as many tasks as keep the workers busy."""
        while len(flying) < 2 * self._size:
            task = next(tasks, None)
            if task is None:
                return
            flying[self._submit(function, task)] = task

    def _submit(self, function: Callable[..., T], task: _Task) -> Future[T]:
        """Give a task to the workers; starts them where there are none, or they have broken off."""
        with self._lock:
            if self._closed:
                raise _closed()
            if self._pool is not None and not self._pool.active:
                _end(self._pool)
                self._pool = None
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=self._size,
                    max_tasks=TASKS,
                    initializer=prepare,
                    initargs=(self._memory, self._niceness, self._modules),
                    context=WorkerContext(),
                )
            future = self._pool.schedule(function, args=task.arguments, timeout=self._seconds)
            if not self._out:
                self._heard = time.monotonic()
            self._out.add(future)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: Future[Any]) -> None:
        """A task has come to its end, whichever.

        Without the lock: who holds it may be waiting for the thread that says so.
        """
        self._out.discard(future)
        self._heard = time.monotonic()

    def _give_up_stuck(self) -> None:
        """Leave workers that end no task, though every task has its limit.

        A task that its worker took and never told of has no limit: the worker may wait for a
        folder that does not answer while it loads, or be halted, or have been killed just then.
        """
        with self._lock:
            if not self._out or time.monotonic() - self._heard < self._seconds + GRACE:
                return
            pool, self._pool = self._pool, None
            self._stuck, self._out = self._stuck | self._out, set()
        if pool is not None:  # whatever holds the workers may hold whoever ends them
            threading.Thread(target=_end, args=(pool,), daemon=True).start()

    def _outcome(self, path: str, future: Future[T]) -> Outcome[T]:
        """What a finished task came to, every failure as a sentence about the file."""
        if future in self._stuck and not future.done():
            raise BrokenProcessPool(f"none ended a task within {self._seconds + GRACE:g} s")
        try:
            return Outcome(path, future.result(), None)
        except BrokenProcessPool:
            raise
        except CancelledError as problem:
            raise _closed() from problem
        except SegueError as error:
            return Outcome(path, None, error)
        except Exception as problem:
            return Outcome(path, None, self._plain(path, problem))

    def _plain(self, path: str, problem: Exception) -> SegueError:
        """What went wrong in a worker, as a sentence about the file."""
        if isinstance(problem, TimeoutError):
            return BadFileError(
                f"it took longer than {self._seconds:g} s",
                where=path,
                remedy="Raise the setting SEGUE_FILE_SECONDS if it is worth the time",
            )
        if isinstance(problem, ProcessExpired):
            return BadFileError(
                f"the decoder crashed on it ({_ending(problem.exitcode)})",
                where=path,
                remedy="Play it in an audio program to see whether it is whole",
            )
        if isinstance(problem, MemoryError):
            return BadFileError(
                f"it needs more than {self._memory // 1_000_000:,} MB of memory",
                where=path,
                remedy="Allow more (--memory) or fewer processes (--jobs), or lower the setting"
                " SEGUE_EXCERPT_SECONDS",
            )
        fault = f"{type(problem).__name__}: {problem}"
        # One fault may meet every file of a library: where it lies is told once.
        told, self._faults = self._faults, self._faults | {fault}
        _log.error("%s: %s", path, fault, exc_info=None if fault in told else problem)
        return InternalError(
            f"it could not be read ({fault})",
            where=path,
            remedy="This is a fault of Segue: report it, with the file if you may",
        )


def _taken(tasks: deque[_Task]) -> Iterator[_Task]:
    while tasks:
        yield tasks.popleft()


def _once_more(task: _Task, problem: BaseException) -> _Task:
    """A task whose workers broke off through no fault of its own, unless that goes on and on."""
    _log.warning("the worker processes broke off and are started again: %s", problem)
    if task.tries >= _RESTARTS:
        raise InternalError(
            "worker processes cannot be started",
            where=task.key,
            remedy="Is there enough memory? Try fewer at once: --jobs 1",
        ) from problem
    return replace(task, tries=task.tries + 1)


def _closed() -> UnavailableError:
    return UnavailableError("Segue is closing", remedy="Start it again")


def _ending(code: int | None) -> str:
    """How a process ended, by the signal's name where it was one."""
    try:
        return signal.Signals(-(code or 0)).name
    except ValueError:
        return f"exit code {code}"


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
