"""Several processes that answer on one socket, and a parent that keeps them alive.

Each is started afresh, opens the catalogue for itself and takes connections from the socket that
the parent bound, whichever is free first. The parent answers nothing. It begins another in the
place of one that died, passes a stop on, waits until answers under way are finished, and ends those
that do not end. A process whose parent is gone ends by itself.

They share the catalogue, and the cache where that is Redis; nothing else (docs/watching.md says
what each has for itself). All take jobs: the table of jobs lets one alone begin each.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from typing import TYPE_CHECKING

from prometheus_client.multiprocess import mark_process_dead

from segue.collector import keep_for_good
from segue.errors import SegueError, UnavailableError
from segue.jobs.spawning import WorkerContext
from segue.serve.watching.meters import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from types import FrameType

    from segue.library import Segue
    from segue.settings import Settings

_log = logging.getLogger(__name__)

TRIES = 3
"""How often a process may end before it answers before the parent gives up."""

STOP_SECONDS = 25.0
"""How long processes may take to end: answers under way, jobs, an engine being built."""

_LOOK_SECONDS = 0.2
_LONGEST_PAUSE = 30.0
_QUEUE = 1024
"""Connections the system holds until a process takes them."""

_REFUSED = 2
"""Code a process ends with where it cannot serve as it is set up."""


@dataclass(frozen=True, slots=True)
class Speech:
    """How a process writes its log: all of it where `verbose`, as JSON where `as_json`."""

    verbose: bool = False
    as_json: bool = False


def run_many(
    settings: Settings,
    *,
    bound: socket.socket,
    on_ready: Callable[[], None],
    speech: Speech = Speech(),
) -> None:
    """Serve by as many processes as the setting `processes` says, until Ctrl-C or SIGTERM.

    Parameters
    ----------
    settings
        Those of every process; `database` names a catalogue that is there.
    bound
        A socket of `segue.serve.run.listening`.
    on_ready
        Called once, when the first process accepts connections.
    speech
        How the processes write their logs.

    Raises
    ------
    UnavailableError
        Processes end before they answer, again and again.
    """
    with tempfile.TemporaryDirectory(prefix="segue-metrics-") as folder, _adding_up(folder):
        parent = _Parent(settings, bound, speech, folder=folder, on_ready=on_ready)
        with parent.heeding_signals():
            parent.keep()


@contextmanager
def _adding_up(folder: str) -> Iterator[None]:
    """Let processes that are started within add their numbers up in a folder."""
    before = os.environ.get(FOLDER)
    os.environ[FOLDER] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ[FOLDER]
        else:
            os.environ[FOLDER] = before


class _Place:
    """One of the processes, and whoever comes after it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.process: BaseProcess | None = None
        self.told: Connection | None = None
        self.answers = False
        self.failed = 0
        self.due = 0.0


class _Parent:
    """Keeps every place filled until it is told to stop."""

    def __init__(
        self,
        settings: Settings,
        bound: socket.socket,
        speech: Speech,
        *,
        folder: str,
        on_ready: Callable[[], None],
    ) -> None:
        self._settings, self._bound, self._speech = settings, bound, speech
        self._folder, self._on_ready = folder, on_ready
        self._places = [_Place(number + 1) for number in range(settings.processes)]
        self._context = WorkerContext()
        self._said = False
        self._stops = 0

    @contextmanager
    def heeding_signals(self) -> Iterator[None]:
        """Count signals to stop: the first lets answers finish, the second does not."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(_: int, __: FrameType | None) -> None:
            self._stops += 1

        before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def keep(self) -> None:
        """Fill the places and keep them filled; return when it was told to stop."""
        try:
            while not self._stops:
                for place in self._places:
                    self._tend(place)
                self._wait()
        finally:
            self._end()

    def _tend(self, place: _Place) -> None:
        """Look after one place."""
        if place.told is not None and place.told.poll():
            self._hear(place)
        if place.process is not None and not place.process.is_alive():
            self._bury(place)
        if place.process is None and time.monotonic() >= place.due:
            self._begin(place)

    def _begin(self, place: _Place) -> None:
        place.told, telling = self._context.Pipe(duplex=False)
        place.answers = False
        place.process = self._context.Process(
            target=serve_as_one,
            args=(self._settings, self._bound, telling, self._speech),
            kwargs={"beside_others": any(each.answers and each.process for each in self._places)},
            name=f"segue-serve-{place.number}",
        )
        place.process.start()
        telling.close()

    def _hear(self, place: _Place) -> None:
        """It says that it accepts connections, or it has ended and says nothing."""
        assert place.told is not None  # noqa: S101 (asked for before)
        try:
            place.told.recv()
        except EOFError:
            place.told.close()
            place.told = None
            return
        place.answers, place.failed = True, 0
        if not self._said:
            self._said = True
            self._on_ready()

    def _bury(self, place: _Place) -> None:
        """One ended that was not told to: another begins, later the more often that happens.

        Raises
        ------
        UnavailableError
            It never answered, `TRIES` times.
        """
        process = place.process
        assert process is not None  # noqa: S101 (asked for before)
        code, pid = process.exitcode, process.pid
        self._clear(place)
        if not place.answers:
            place.failed += 1
            # One that answered once is not wrong in itself: what it needs may be away.
            if not self._said and (code == _REFUSED or place.failed >= TRIES):
                raise UnavailableError(
                    f"a process of this server ended with {code} before it answered",
                    remedy="What it said stands above; --processes 1 shows it alone",
                )
        pause = min(_LONGEST_PAUSE, 0.5 * 2**place.failed) if place.failed else 0.0
        place.due = time.monotonic() + pause
        _log.warning(
            "process %s ended with %s; another begins in its place after %.1f s", pid, code, pause
        )

    def _clear(self, place: _Place) -> None:
        """Nothing is left of a process that is no more, but what it counted."""
        process, place.process = place.process, None
        if process is None:
            return
        if process.pid is not None:
            mark_process_dead(process.pid, self._folder)  # type: ignore[no-untyped-call]
        process.close()
        if place.told is not None:
            place.told.close()
            place.told = None

    def _wait(self) -> None:
        """Until something happens, or a moment."""
        ears: list[Connection | int] = []
        for place in self._places:
            if place.process is not None:
                ears.append(place.process.sentinel)
            if place.told is not None:
                ears.append(place.told)
        connection.wait(ears, timeout=_LOOK_SECONDS)

    def _end(self) -> None:
        """Let every process finish what it answers, and end those that do not."""
        there = [place for place in self._places if place.process is not None]
        for place in there:
            if place.process is not None and place.process.is_alive():
                place.process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for place in there:
            process = place.process
            if process is None:
                continue
            while process.is_alive() and self._stops < 2 and time.monotonic() < end:
                process.join(_LOOK_SECONDS)
            if process.is_alive():
                _log.warning("process %s did not end by itself and is ended now", process.pid)
                process.kill()
            process.join()
            self._clear(place)


def serve_as_one(
    settings: Settings,
    bound: socket.socket,
    telling: Connection,
    speech: Speech,
    *,
    beside_others: bool = False,
) -> None:
    """What each process does: open the catalogue, answer on the socket, end when it is told to.

    Parameters
    ----------
    telling
        Is told, once, that connections are accepted.
    beside_others
        Whether others answer already: then no connection is taken before there is an engine.
    """
    from segue.library import Segue
    from segue.serve.production import need_safe
    from segue.serve.run import run
    from segue.serve.watching.logs import begin

    begin(verbose=speech.verbose, as_json=speech.as_json)
    threading.Thread(target=_follow_parent, name="segue-tether", daemon=True).start()
    shared = _Shared(fileno=bound.detach())
    try:
        with Segue.open(settings.database, settings=settings, create=False) as segue:
            if beside_others:
                need_safe(settings, segue.database)
                _get_ready(segue)
            run(
                segue,
                bound=shared,
                on_ready=lambda _: telling.send(True),
                # Ctrl-C reaches the parent, which alone decides what it means.
                stops=(signal.SIGTERM,),
            )
    except SegueError as error:
        _log.error("%s", error)
        raise SystemExit(_REFUSED) from error
    finally:
        shared.close()


def _get_ready(segue: Segue) -> None:
    """Have an engine; told to stop meanwhile, end as one does that serves.

    Who is told twice, by the parent and by its going, closes all the same.
    """

    def leave(_: int, __: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise SystemExit

    before = signal.signal(signal.SIGTERM, leave)
    try:
        keep_for_good()
        segue.follow()
        segue.engine()
    finally:
        if signal.getsignal(signal.SIGTERM) is leave:
            signal.signal(signal.SIGTERM, before)


class _Shared(socket.socket):
    """A listening socket of several processes."""

    def listen(self, _: int = _QUEUE) -> None:
        """Listen with a long queue, however many connections one process takes at a time.

        asyncio takes as many connections in one go as it is told the queue is long; told of one
        (`segue.serve.run`), no process takes all that wait while another has nothing to do.
        """
        super().listen(_QUEUE)


def _follow_parent() -> None:
    """Wait until the parent is gone, however it ended, then stop as if it had said so."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
