"""The only wiring: from an open catalogue to an engine that answers, in plain functions.

`Maker` makes an engine of the catalogue as it stands: it opens the snapshot that is kept in a file
(`segue.snapshots`), or builds one where none counts. `Live` holds the engine of the newest epoch. A
new one is made beside the old and swapped in whole, so that a query sees one epoch from beginning
to end.
"""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from segue.catalogue import corpus
from segue.catalogue.database import epoch
from segue.catalogue.stamps import stamp, stamped
from segue.descriptors.cache import Cache
from segue.descriptors.hearing import Hearing
from segue.errors import SegueError, UnavailableError
from segue.recommend import warming
from segue.recommend.engine import Engine
from segue.snapshot import Indexed, Snapshot
from segue.snapshots.keeping import Cupboard, Kept
from segue.snapshots.marking import Mark, made_by
from segue.spaces.registry import build_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.recommend.seeds import Seed
    from segue.settings import Settings

_log = logging.getLogger(__name__)

AGAIN = 60.0
"""Seconds after which an index that could not be made is tried again."""

SHARE_OF_TIME = 0.2
"""Part of the time a following `Live` may spend rebuilding while the catalogue keeps changing."""

KEPT_FROM = 5_000
"""Tracks from which on a built snapshot is kept in a file; fewer are built as fast as opened."""

KEPT_AGAIN = 600.0
"""Seconds after which a snapshot is kept even though the catalogue has already gone on."""


def take_snapshot(db: Database, *, folder: Path | None = None) -> Snapshot:
    """Everything a query needs of the catalogue as it stands now; see `corpus.load`."""
    tracks = corpus.load(db, folder=folder)
    return Snapshot(corpus=tracks, spaces=build_all(tracks))


def derived(db: Database, settings: Settings) -> Path | None:
    """The folder for files that follow from a catalogue; None where none may be written.

    One of its own for every catalogue: beside it, or by its address in the folder that is set. Who
    reaches the same database as another user, or by another driver, has the same folder.
    """
    if db.read_only or (db.path is not None and settings.derived_folder is None):
        return corpus.beside(db)
    home = settings.derived_folder or Cache.of(settings).folder / "derived"
    parts = urlsplit(db.url)
    kind, host = parts.scheme.partition("+")[0], parts.netloc.rpartition("@")[2]
    address = parts._replace(scheme=kind, netloc=host).geturl()
    return home.expanduser().absolute() / blake2b(address.encode(), digest_size=8).hexdigest()


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


class Maker:
    """Makes engines of one catalogue, and keeps what it built.

    Parameters
    ----------
    db
        The catalogue.
    hearing
        How its files were heard.
    folder
        For files that follow from it; `corpus.beside` it when None.
    kept_from
        How many tracks a snapshot has at least that is worth a file.
    """

    def __init__(
        self,
        db: Database,
        *,
        hearing: Hearing,
        folder: Path | None = None,
        kept_from: int = KEPT_FROM,
    ) -> None:
        self._db = db
        self._hearing = hearing
        self._folder = folder or corpus.beside(db)
        self._kept_from = kept_from
        self._kept = -1
        self._kept_at = -KEPT_AGAIN

    def engine(self, *, earlier: bool = False) -> Engine:
        """An engine of the newest epoch.

        Parameters
        ----------
        earlier
            Whether one of an earlier epoch is as good, where that is there at once.
        """
        return self.opened(earlier=earlier) or Engine(
            take_snapshot(self._db, folder=self._folder), hearing=self._hearing
        )

    def opened(self, *, earlier: bool = False) -> Engine | None:
        """An engine over the snapshot that is kept; None where none counts."""
        kept = self._found(earlier=earlier)
        if kept is None:
            return None
        self._kept = kept.epoch
        return Engine(kept.snapshot, hearing=self._hearing, measured=kept.measured)

    def _found(self, *, earlier: bool) -> Kept | None:
        if self._folder is None:
            return None
        now, last, known = stamped(self._db)
        if last < 0 or last > now or (last < now and not earlier):
            return None
        return Cupboard(self._folder).opened(Mark(now, known, made_by()), earlier=earlier)

    def keep(self, engine: Engine) -> bool:
        """Keep the snapshot of an engine in a file, for `engine` of any program.

        Returns
        -------
        bool
            Whether one is kept now that was not; not where it has few tracks, or cannot be kept:
            then the log says why.
        """
        made = engine.epoch
        if self._folder is None or made == self._kept:
            return False
        if len(engine.snapshot.corpus) < self._kept_from:
            return False
        try:
            if made != epoch(self._db) and time.monotonic() - self._kept_at < KEPT_AGAIN:
                return False
            self._keep(engine, self._folder)
        except (OSError, SegueError) as fault:
            _log.warning(
                "what was built cannot be kept, and is built again at the next start: %s", fault
            )
            return False
        except Exception:
            # Whatever it is, this program has its engine.
            _log.exception("what was built could not be kept")
            return False
        return self._kept == made

    def _keep(self, engine: Engine, folder: Path) -> None:
        began = time.perf_counter()
        known = stamp(self._db, engine.epoch)
        if known is None:
            return
        mark, cupboard = Mark(engine.epoch, known, made_by()), Cupboard(folder)
        # Another process may have built the same, and been faster.
        if not cupboard.counts(mark):
            size = cupboard.keep(engine.snapshot, engine.measured(), mark)
            took = time.perf_counter() - began
            _log.info("epoch %s: %.0f MB kept in %.1f s", engine.epoch, size / 1e6, took)
        self._kept, self._kept_at = engine.epoch, time.monotonic()


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
    """

    def __init__(
        self,
        db: Database,
        *,
        hearing: Hearing = Hearing(),  # noqa: B008 (frozen)
        folder: Path | None = None,
        kept_from: int = KEPT_FROM,
    ) -> None:
        self._db = db
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
                made = self._maker.engine(earlier=following and self._engine is None)
                if following:
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
                continue
            if not self._stop.is_set() and self._is_newest(seen):
                warmed = seen = self._kept(seen)

    def _kept(self, engine: Engine) -> Engine:
        """Keep what an engine is made from, and answer from the file from then on.

        An engine over the file gives the same answers, and shares its memory with other processes.
        """
        try:
            kept = self._maker.opened() if self._maker.keep(engine) else None
        except SegueError as fault:
            _log.warning("what was kept is not opened, as the catalogue is away: %s", fault)
            return engine
        if kept is None or kept.epoch != engine.epoch:
            return engine
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
