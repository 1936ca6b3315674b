"""Can questions be answered, and what does not work though they can.

**Missing** is what keeps a server from answering: a catalogue that cannot be read, an engine that
is being built. Who balances a load sends nothing here then. **Degraded** is what is worse than it
should be while questions are answered: a catalogue that cannot be written to, a disk that is nearly
full, answers that are older than the catalogue, work that nobody does, a Redis that is away.

Each is told in two lengths. The whole may name a server, a user or a file; strangers, who are
answered as well because those who balance loads are, get the plain words alone. The log has the
whole, once whenever the plain words change.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from segue.catalogue import watched
from segue.errors import SegueError
from segue.serve.watching.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from segue.caching import Cache
    from segue.library import Segue
    from segue.serve.watching.probe import Found

_log = logging.getLogger(__name__)

LEAST_BYTES = 100_000_000
"""Bytes that should be left where the catalogue stands."""

LONGEST_BEHIND = 60.0
"""Seconds for which answers may be older than the catalogue before that is told."""

LONGEST_WAIT = 600.0
"""Seconds for which work may wait before that is told."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What is not as it should be: in plain words, and the whole of it."""

    plain: str
    whole: str


_BUILDING = Lack("the engine is being built", "the engine: it is being built")


@dataclass(frozen=True, slots=True)
class Readiness:
    """How a server stands: see above; `epoch` is that of its answers, None before there are any."""

    missing: tuple[Lack, ...]
    degraded: tuple[Lack, ...]
    tracks: int
    epoch: int | None
    spaces: Mapping[str, int] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether questions can be answered."""
        return not self.missing


class Watch:
    """How one process stands; share it between threads.

    Parameters
    ----------
    segue
        The open library.
    cache
        The cache of the server.
    least_bytes
        Bytes that should be left where the catalogue stands.
    clock
        Seconds that only grow.
    """

    def __init__(
        self,
        segue: Segue,
        cache: Cache,
        *,
        least_bytes: int = LEAST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._segue = segue
        self._least_bytes = least_bytes
        self._probe = Probe(segue.database, cache, clock=clock)
        self._clock = clock
        self._lock = Lock()
        self._behind: float | None = None
        self._told: tuple[str, ...] = ()

    def look(self) -> Readiness:
        """How it stands at this moment."""
        found = self._look()
        self._tell((*found.missing, *found.degraded))
        return found

    def _tell(self, lacks: tuple[Lack, ...]) -> None:
        """Write down what is not as it should be, where it is something else than before."""
        plain = tuple(lack.plain for lack in lacks)
        with self._lock:
            same, self._told = plain == self._told, plain
        if same or lacks == (_BUILDING,):
            return
        if lacks:
            _log.warning("not all is well: %s", "; ".join(lack.whole for lack in lacks))
        else:
            _log.info("all is well")

    def _look(self) -> Readiness:
        found = self._probe.look()
        missing = []
        if found.reading:
            missing.append(Lack("the catalogue cannot be read", f"the catalogue: {found.reading}"))
        if not self._segue.ready:
            missing.append(_BUILDING)
        if missing:
            return Readiness(tuple(missing), (), 0, None)
        try:
            engine = self._segue.engine()
        except SegueError as error:  # where nothing follows the catalogue, asking builds
            lack = Lack("the engine cannot be built", f"the engine: {error.what}")
            return Readiness((lack,), (), 0, None)
        snapshot = engine.snapshot
        return Readiness(
            missing=(),
            degraded=tuple(self._worse(found, engine.epoch)),
            tracks=len(snapshot.corpus.ids),
            epoch=engine.epoch,
            spaces={name: int(space.placed.sum()) for name, space in snapshot.spaces.items()},
        )

    def _worse(self, found: Found, epoch: int) -> Iterator[Lack]:
        """What does not work as it should, while the catalogue can be read."""
        database = self._segue.database
        if database.read_only:
            plain = "the catalogue can only be read"
            yield Lack(plain, f"{plain}: nothing that listeners say or bring is kept")
        elif found.writing:
            plain = "the catalogue cannot be written to"
            yield Lack(plain, f"{plain} since {found.writing_since:.0f} s: {found.writing}")
        free = watched.bytes_free(database)
        if free is not None and free < self._least_bytes:
            plain = "the disk of the catalogue is nearly full"
            yield Lack(plain, f"{plain}: {free / 1e6:.0f} MB are left")
        behind = self._seconds_behind(epoch, found.epoch)
        if behind > LONGEST_BEHIND:
            yield Lack(
                "answers are older than the catalogue",
                f"answers are of epoch {epoch} and the catalogue is at {found.epoch},"
                f" for {behind:.0f} s",
            )
        if found.line.oldest > LONGEST_WAIT:
            queued = found.line.queued
            wait = "job waits" if queued == 1 else "jobs wait"
            yield Lack(
                "work waits to be begun",
                f"{queued} {wait} to be begun, the oldest for {found.line.oldest / 60:.0f} minutes",
            )
        if found.cache:
            yield Lack(
                "the cache does not answer",
                f"the cache: {found.cache}; each process keeps its own until it does",
            )

    def _seconds_behind(self, epoch: int, newest: int | None) -> float:
        """For how long answers have been older than the catalogue."""
        with self._lock:
            if newest is None or epoch == newest:
                self._behind = None
                return 0.0
            if self._behind is None:
                self._behind = self._clock()
            return self._clock() - self._behind
