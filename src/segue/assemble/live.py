"""The engine of the newest epoch, kept up to date while it answers."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from segue.assemble.building import make_indexes, serve_from
from segue.assemble.making import KEPT_FROM, Maker
from segue.catalogue.database import epoch
from segue.descriptors.hearing import Hearing
from segue.errors import BusyError, SegueError, UnavailableError
from segue.recommend import warming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.index.served import VectorTables
    from segue.recommend.engine import Engine
    from segue.recommend.seeds import Seed

_log = logging.getLogger(__name__)

AGAIN = 60.0
"""Seconds after which an index that could not be made is tried again."""

SHARE_OF_TIME = 0.2
"""Part of the time a following `Live` may spend rebuilding while the catalogue keeps changing."""


class Live:
    """The engine of the newest epoch.

    Until `follow` is called, `engine` makes a new one by itself when the catalogue has changed, and
    the caller waits. After it, a thread does that, and `engine` gives the newest one there is: at
    first one of an earlier epoch, where that is kept and the newest has to be built. A new one was
    asked the first questions before it was swapped in (`segue.recommend.warming`); another thread
    asks it the further ones, makes the indexes that many tracks want (`make_indexes`) and keeps
    what was built.

    Parameters
    ----------
    db, hearing, folder, kept_from
        See `Maker`.
    tables
        Of a server that is to search, once it is followed, in place of indexes in files.
    """

    def __init__(
        self,
        db: Database,
        *,
        hearing: Hearing = Hearing(),  # noqa: B008 (frozen)
        folder: Path | None = None,
        kept_from: int = KEPT_FROM,
        tables: VectorTables | None = None,
    ) -> None:
        self._db, self._tables = db, tables
        self._maker = Maker(db, hearing=hearing, folder=folder, kept_from=kept_from)
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
        """The engine to ask; the first call waits until one is made."""
        if self._engine is None or self._thread is None:
            return self.refresh()
        return self._engine

    def refresh(self) -> Engine:
        """Make a new engine if the catalogue changed since the last, and give the newest.

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
                following = self._thread is not None
                made = self._maker.engine(
                    earlier=following and self._engine is None,
                    patient=self._engine is None,
                    wanted=lambda: not self._stop.is_set(),
                    prepare=self._prepare if following else lambda _: None,
                )
                if following:
                    self._prepare(made)
                self._engine = made
                _log.info(
                    "epoch %s: %s tracks ready in %.2f s",
                    self._engine.epoch,
                    len(self._engine.snapshot.corpus),
                    time.perf_counter() - began,
                )
            return self._engine

    def _prepare(self, engine: Engine) -> None:
        self._warm(engine, warming.first(engine), wanted=lambda: True)

    def follow(self, *, every: float = 1.0, settled: Callable[[], None] = lambda: None) -> None:
        """Start a thread that keeps the engine up to date; looks every `every` seconds.

        `settled` is called, by a thread of ours, whenever a new engine is there to stay: warm, its
        indexes made, answering from what was kept.
        """
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._follow, args=(every,), name="segue-live", daemon=True
            )
            self._indexer = threading.Thread(
                target=self._index, args=(every, settled), name="segue-index", daemon=True
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
                if self._stop.is_set():
                    return
                # The thread outlives a locked or vanished database.
                _log.exception("the engine could not be rebuilt; the last one goes on answering")
            spent = time.perf_counter() - began
            pause = max(every, spent * (1 - SHARE_OF_TIME) / SHARE_OF_TIME)

    def _index(self, every: float, settled: Callable[[], None]) -> None:
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
                made = self._made(seen)
                if not self._stop.is_set() and self._is_newest(seen):
                    warmed = seen = self._kept(seen, again=bool(made))
                    settled()
            except BusyError as fault:
                _log.info("an index is not made yet, all tracks are compared: %s", fault)
                seen, pause = None, max(every, AGAIN)
            except Exception:
                # A full disk, say: answers are slower and the same.
                _log.exception("an index could not be made; all tracks are compared instead")
                seen, pause = None, max(every, AGAIN)

    def _made(self, engine: Engine) -> list[str]:
        """The spaces whose indexes were made in files."""
        if self._tables is None:
            return make_indexes(engine.snapshot, going_on=self._going_on)
        serve_from(self._tables, engine.snapshot, going_on=self._going_on)
        return []

    def _going_on(self, _: int) -> bool:
        return not self._stop.is_set()

    def _kept(self, engine: Engine, *, again: bool) -> Engine:
        """Keep what an engine is made from, and answer from the file from then on.

        An engine over the file gives the same answers, and shares its memory with other processes.
        """
        try:
            kept = self._maker.opened() if self._maker.keep(engine, again=again) else None
        except SegueError as fault:
            _log.warning("what was kept is not opened, as the catalogue is away: %s", fault)
            return engine
        if kept is None or kept.epoch != engine.epoch:
            return engine
        if self._tables is not None:
            serve_from(self._tables, kept.snapshot, going_on=self._going_on)
        self._warm(kept, warming.first(kept), wanted=partial(self._is_newest, engine))
        with self._building:
            if self._engine is engine:
                self._engine = kept
        return kept

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

        No engine is made from then on. It may be called twice. Who never followed keeps what was
        built for the next program.
        """
        first = not self._stop.is_set()
        self._stop.set()
        for thread in (self._thread, self._indexer):
            if thread is not None:
                thread.join()
        if first and self._thread is None and self._engine is not None:
            self._maker.keep(self._engine)
