"""Is the catalogue there, can it be written to, does the cache answer: found out by trying.

A catalogue may be away, locked by another program, on a disk that is full or was made read-only.
Whoever asks how a server stands must be told so within a second, though the catalogue itself may
let one wait for longer. So the trying is done in a thread: `look` waits a moment for it and says
otherwise for how long it has been waiting. Each look tries anew; nothing is believed for longer
than `FRESH` seconds, so what recovers is found to without a restart.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from segue.caching.distant import RedisCache
from segue.catalogue import watched
from segue.catalogue.database import epoch
from segue.catalogue.watched import Line
from segue.errors import SegueError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.caching import Cache
    from segue.catalogue.database import Database

_log = logging.getLogger(__name__)

FRESH = 5.0
"""Seconds for which a catalogue that could be written to is believed to be so."""

PATIENCE = 1.0
"""Seconds that whoever asks waits for the trying to end."""


@dataclass(frozen=True, slots=True)
class Found:
    """How the catalogue and the cache stand.

    Attributes
    ----------
    reading
        Why the catalogue cannot be read; empty where it can.
    writing
        Why it cannot be written to; empty where it can.
    writing_since
        Seconds for which it could not be.
    cache
        Why the cache does not answer; empty where it does.
    epoch
        The catalogue's; None where it cannot be read.
    line
        The work that waits.
    """

    reading: str = ""
    writing: str = ""
    writing_since: float = 0.0
    cache: str = ""
    epoch: int | None = None
    line: Line = field(default=Line(0, 0.0))


class Probe:
    """Tries a catalogue and a cache; share it between threads.

    Parameters
    ----------
    database
        The open catalogue.
    cache
        The cache of the server.
    clock
        Seconds that only grow.
    """

    def __init__(
        self, database: Database, cache: Cache, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._db, self._cache, self._clock = database, cache, clock
        self._lock = threading.Lock()
        self._last = Found()
        self._wrote = float("-inf")
        self._failing: float | None = None
        self._try: _Try | None = None

    def look(self, *, patience: float = PATIENCE) -> Found:
        """How it stands; waits at most `patience` seconds for the catalogue to say."""
        with self._lock:
            if self._try is None:
                self._try = _Try(self._clock())
                threading.Thread(
                    target=self._go, args=(self._try,), name="segue-probe", daemon=True
                ).start()
            under_way = self._try
        under_way.over.wait(patience)
        with self._lock:
            found, now = self._last, self._clock()
            if not under_way.over.is_set():
                found = _unfinished(found, under_way, now - under_way.began)
            if found.writing:
                since = under_way.began if self._failing is None else self._failing
                found = replace(found, writing_since=max(0.0, now - since))
            return found

    def _go(self, under_way: _Try) -> None:
        """One thread: try everything once."""
        found = Found()
        try:
            found = self._found(under_way)
        except Exception:  # whoever asked waits for an answer, not for a thread that died
            _log.exception("the catalogue could not be tried")
            found = Found(reading="it could not be tried; the log says why")
        finally:
            with self._lock:
                self._last, self._try = found, None
                bad = bool(found.reading or found.writing)
                self._failing = (self._failing or under_way.began) if bad else None
            under_way.over.set()

    def _found(self, under_way: _Try) -> Found:
        cache = self._asked()
        try:
            found = Found(cache=cache, epoch=epoch(self._db), line=watched.waiting_line(self._db))
        except SegueError as error:
            return Found(cache=cache, reading=error.what, writing=error.what)
        under_way.read = found
        return replace(found, writing=self._written())

    def _written(self) -> str:
        """Why the catalogue cannot be written to."""
        if self._clock() - self._wrote < FRESH:
            return ""
        try:
            watched.touch(self._db)
        except SegueError as error:
            return error.what
        self._wrote = self._clock()
        return ""

    def _asked(self) -> str:
        """Why the cache does not answer."""
        if not isinstance(self._cache, RedisCache):
            return ""
        try:
            self._cache.check()
        except UnavailableError:
            # Not what the server said: who asks how we are need not know where it stands.
            return "Redis does not answer"
        return ""


class _Try:
    """One try: when it began, what reading gave as soon as it did, whether it is over."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.read: Found | None = None
        self.over = threading.Event()


def _unfinished(last: Found, under_way: _Try, seconds: float) -> Found:
    """What can be said while a try takes long."""
    waited = f"for {seconds:.0f} s it has not answered"
    if under_way.read is None:
        return replace(last, reading=waited, writing=waited, epoch=None)
    return replace(under_way.read, writing=f"another program holds it; {waited}")
