"""An engine of the catalogue as it stands: from the snapshot that is kept, or one built now."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from segue.assemble.building import take_snapshot
from segue.catalogue import corpus
from segue.catalogue.database import epoch
from segue.catalogue.stamps import stamp, stamped
from segue.catalogue.tracks import count
from segue.errors import SegueError, UnavailableError
from segue.recommend.engine import Engine
from segue.snapshots.keeping import Cupboard, Kept, extent
from segue.snapshots.marking import Mark, made_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.descriptors.hearing import Hearing

_log = logging.getLogger(__name__)

KEPT_FROM = 5_000
"""Tracks from which on a built snapshot is kept in a file; fewer are built as fast as opened."""

KEPT_AGAIN = 600.0
"""Seconds after which a snapshot is kept even though the catalogue has already gone on."""


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
        self._kept, self._measured = -1, 0
        self._kept_at = -KEPT_AGAIN

    def engine(
        self,
        *,
        earlier: bool = False,
        patient: bool = True,
        wanted: Callable[[], bool] = lambda: True,
        prepare: Callable[[Engine], None] = lambda _: None,
    ) -> Engine:
        """An engine of the newest epoch.

        Where another program that shares the folder is building the snapshot at this moment, that
        is waited for; what is built here is kept at once, for others who wait.

        Parameters
        ----------
        earlier
            Whether one of an earlier epoch is as good, where that is there at once.
        patient
            Whether to wait for one that the catalogue has gone on from meanwhile as well.
        wanted
            Asked now and then; False gives the wait up.
        prepare
            Is given an engine that was built before it is kept: what it measures is kept too.

        Raises
        ------
        UnavailableError
            It is no longer `wanted`.
        """
        found = self.opened(earlier=earlier)
        if found is not None:
            return found
        if self._folder is None or count(self._db) < self._kept_from:
            return self._built()

        def worth(building: int) -> bool:
            return wanted() and (patient or building == epoch(self._db))

        mark = Mark(epoch(self._db), "", made_by())
        with Cupboard(self._folder).turn(mark, worth=worth):
            if not wanted():
                raise UnavailableError("the catalogue is being closed", remedy="Open it again")
            found = self.opened(earlier=earlier)
            if found is None:
                found = self._built()
                prepare(found)
                found = (self.opened() if self.keep(found) else None) or found
        return found

    def _built(self) -> Engine:
        return Engine(take_snapshot(self._db, folder=self._folder), hearing=self._hearing)

    def opened(self, *, earlier: bool = False) -> Engine | None:
        """An engine over the snapshot that is kept; None where none counts."""
        kept = self._found(earlier=earlier)
        if kept is None:
            return None
        self._kept, self._measured = kept.epoch, extent(kept.measured)
        return Engine(kept.snapshot, hearing=self._hearing, measured=kept.measured)

    def _found(self, *, earlier: bool) -> Kept | None:
        if self._folder is None:
            return None
        now, stamps = stamped(self._db)
        before = {epoch: known for epoch, known in stamps.items() if epoch < now}
        mark = Mark(now, stamps.get(now, ""), made_by(), before if earlier else {})
        return Cupboard(self._folder).opened(mark) if mark.stamp or mark.earlier else None

    def keep(self, engine: Engine, *, again: bool = False) -> bool:
        """Keep the snapshot of an engine in a file, for `engine` of any program.

        Parameters
        ----------
        again
            Whether to keep one that is kept already, as an index was made for it, say. One of
            which more was measured by now is kept again anyway.

        Returns
        -------
        bool
            Whether it is kept now as it was not; not where it has few tracks, or cannot be kept:
            then the log says why.
        """
        made = engine.epoch
        known = made == self._kept and extent(engine.measured()) <= self._measured
        if self._folder is None or (known and not again):
            return False
        if len(engine.snapshot.corpus) < self._kept_from:
            return False
        try:
            if made != epoch(self._db) and time.monotonic() - self._kept_at < KEPT_AGAIN:
                return False
            return self._keep(engine, self._folder, again=again)
        except (OSError, SegueError) as fault:
            _log.warning(
                "what was built cannot be kept, and is built again at the next start: %s", fault
            )
            return False
        except Exception:
            # Whatever it is, this program has its engine.
            _log.exception("what was built could not be kept")
            return False

    def _keep(self, engine: Engine, folder: Path, *, again: bool) -> bool:
        began = time.perf_counter()
        known = stamp(self._db, engine.epoch)
        if known is None:
            return False
        mark, cupboard = Mark(engine.epoch, known, made_by()), Cupboard(folder)
        measured = engine.measured()
        there = cupboard.counts(mark)
        # Another program may have built the same, and been faster.
        if again or there is None or there < extent(measured):
            size = cupboard.keep(engine.snapshot, measured, mark)
            took = time.perf_counter() - began
            _log.info("epoch %s: %.0f MB kept in %.1f s", engine.epoch, size / 1e6, took)
        self._kept, self._measured = engine.epoch, extent(measured)
        self._kept_at = time.monotonic()
        return True
