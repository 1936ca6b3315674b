"""The only wiring: from an open catalogue to an engine that answers, in plain functions.

`Live` holds the engine of the newest epoch. A new one is built beside the old and swapped in
whole, so that a query sees one epoch from beginning to end.
"""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from segue.catalogue import corpus
from segue.catalogue.database import epoch
from segue.descriptors.hearing import Hearing
from segue.errors import UnavailableError
from segue.recommend import warming
from segue.recommend.engine import Engine
from segue.snapshot import Indexed, Snapshot
from segue.spaces.registry import build_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue.catalogue.database import Database
    from segue.recommend.seeds import Seed

_log = logging.getLogger(__name__)

AGAIN = 60.0
"""Seconds after which an index that could not be made is tried again."""

SHARE_OF_TIME = 0.2
"""Part of the time a following `Live` may spend rebuilding while the catalogue keeps changing."""


def take_snapshot(db: Database) -> Snapshot:
    """Everything a query needs of the catalogue as it stands now."""
    tracks = corpus.load(db)
    return Snapshot(corpus=tracks, spaces=build_all(tracks))


def make_indexes(snapshot: Snapshot, *, going_on: Callable[[int], bool]) -> list[str]:
    """Make the indexes that the spaces of a snapshot want and have not; the names of these spaces.

    With fewer than a quarter of a million tracks there are none to make; with a million it takes
    minutes, and the snapshot answers meanwhile.

    Parameters
    ----------
    going_on
        Asked now and then with how many vectors are done; False gives the work up.
    """
    made = []
    for name, space in snapshot.spaces.items():
        began = time.perf_counter()
        if isinstance(space, Indexed) and space.make_index(going_on=going_on):
            _log.info("index of %s made in %.0f s", name, time.perf_counter() - began)
            made.append(name)
    return made


class Live:
    """The engine of the newest epoch.

    Until `follow` is called, `engine` rebuilds by itself when the catalogue has changed, and the
    caller waits. After it, a thread does that, and `engine` gives the newest one there is, which
    was asked the first questions before it was swapped in (`segue.recommend.warming`); another
    thread asks it the further ones and makes the indexes that many tracks want (`make_indexes`).
    """

    def __init__(self, db: Database, *, hearing: Hearing = Hearing()) -> None:  # noqa: B008 (frozen)
        self._db = db
        self._hearing = hearing
        self._engine: Engine | None = None
        self._building = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._indexer: threading.Thread | None = None

    @property
    def ready(self) -> bool:
        """Whether an engine stands, so that a query need not wait."""
        return self._engine is not None

    def engine(self) -> Engine:
        """The engine to ask; the first call waits until one is built."""
        if self._engine is None or self._thread is None:
            return self.refresh()
        return self._engine

    def refresh(self) -> Engine:
        """Build a new engine if the catalogue changed since the last, and give the newest.

        Raises
        ------
        UnavailableError
            `close` was called, and there is none.
        """
        with self._building:
            if self._stop.is_set():
                return self._last()
            if self._engine is None or self._engine.epoch != epoch(self._db):
                began = time.perf_counter()
                made = Engine(take_snapshot(self._db), hearing=self._hearing)
                if self._thread is not None:
                    self._warm(made, warming.first(made), wanted=lambda: True)
                self._engine = made
                _log.info(
                    "epoch %s: %s tracks ready in %.2f s",
                    self._engine.epoch,
                    len(self._engine.snapshot.corpus),
                    time.perf_counter() - began,
                )
            return self._engine

    def follow(self, *, every: float = 1.0) -> None:
        """Start a thread that keeps the engine up to date; looks every `every` seconds."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._follow, args=(every,), name="segue-live", daemon=True
            )
            self._indexer = threading.Thread(
                target=self._index, args=(every,), name="segue-index", daemon=True
            )
            self._thread.start()
            self._indexer.start()

    def _follow(self, every: float) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            began = time.perf_counter()
            try:
                self.refresh()
            except Exception:
                # The thread outlives a locked or vanished database.
                _log.exception("the engine could not be rebuilt; the last one goes on answering")
            spent = time.perf_counter() - began
            pause = max(every, spent * (1 - SHARE_OF_TIME) / SHARE_OF_TIME)

    def _index(self, every: float) -> None:
        """Warm every new engine and make its indexes, once each; what failed is tried again."""
        warmed: Engine | None = None
        seen: Engine | None = None
        pause = every
        while not self._stop.wait(pause):
            pause = every
            if self._engine is None or self._engine is seen:
                continue
            seen = self._engine
            if warmed is not seen:
                warmed = seen
                self._warm(seen, warming.further(seen), wanted=partial(self._is_newest, seen))
            try:
                make_indexes(seen.snapshot, going_on=lambda _: not self._stop.is_set())
            except Exception:
                # A full disk, say: answers are slower and the same.
                _log.exception("an index could not be made; all tracks are compared instead")
                seen, pause = None, max(every, AGAIN)

    def _is_newest(self, engine: Engine) -> bool:
        return self._engine is engine

    def _warm(
        self,
        engine: Engine,
        questions: Iterator[tuple[Seed, str | None]],
        *,
        wanted: Callable[[], bool],
    ) -> None:
        """Ask questions beforehand, while that is `wanted` and this is not to stop."""
        try:
            for asked in questions:
                if self._stop.is_set() or not wanted():
                    break
                warming.ask(engine, asked)
        except Exception:
            # Who asks the same will be told why; all other answers come as they would.
            _log.exception("a question could not be asked beforehand; its first answer is slower")

    def _last(self) -> Engine:
        if self._engine is None:
            raise UnavailableError("the catalogue is being closed", remedy="Open it again")
        return self._engine

    def close(self) -> None:
        """Stop following; waits for a build under way, and gives up an index under way.

        No engine is built from then on. It may be called twice.
        """
        self._stop.set()
        for thread in (self._thread, self._indexer):
            if thread is not None:
                thread.join()
