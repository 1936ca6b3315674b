"""The catalogue to look through, made anew for every epoch."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import numpy as np

from segue.catalogue import search
from segue.catalogue.arrivals import arrivals
from segue.library.opened import Opened
from segue.library.shelves import Shelves, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue.catalogue.database import Database
    from segue.library.shelves import Found, Look
    from segue.settings import Settings
    from segue.snapshot import Corpus
    from segue.types import TrackId

_log = logging.getLogger(__name__)

BEST = 24
"""Most tracks that are put in order by how well they match; the rest follow by how well known."""


class Browsing(Opened):
    """The part of `segue.library.Segue` that shows what there is."""

    def __init__(self, database: Database, *, settings: Settings) -> None:
        super().__init__(database, settings=settings)
        self._shelved: Shelves | None = None
        self._shelving: threading.Thread | None = None
        self._beginning = threading.Lock()
        self._shelves_wanted = self._shelves_begun = self._closed = False

    def follow(self) -> None:
        """Keep the engine up to date in a thread, and make the shelves of every one that stays."""
        super().follow()
        self._shelve()

    def _settled(self) -> None:
        self._shelve()

    def shelves(self) -> Shelves:
        """Everything there is to look through, as the newest epoch has it."""
        corpus = self.engine().snapshot.corpus
        if self._shelved is None or self._shelved.corpus is not corpus:
            self._shelved = self._made(corpus)
        return self._shelved

    def shelves_ready(self) -> Shelves | None:
        """The shelves, if any stand: maybe those of the epoch before.

        None until the first are made. Those of a newer engine are begun in a thread, if they are
        not under way: no request waits for them. None also where those of an empty catalogue stand
        and it is no longer empty, as nobody is to be told that there is nothing.
        """
        if not self.ready:
            return None
        standing, corpus = self._shelved, self.engine().snapshot.corpus
        if standing is None or standing.corpus is not corpus:
            self._shelve()
            if standing is not None and not len(standing) and len(corpus):
                return None
        return standing

    def listed(
        self,
        look: Look,
        *,
        size: int = 24,
        liked: Iterable[TrackId] = (),
        shelves: Shelves | None = None,
    ) -> Found:
        """A page of what somebody looks for.

        Parameters
        ----------
        size
            Tracks a page.
        liked
            What counts as liked, for `Look.liked`.
        shelves
            Where to look; those of the newest epoch when None.
        """
        best = search.ids(self.database, look.words, limit=BEST)
        return listed(shelves or self.shelves(), look, size=size, best=best, liked=liked)

    def close(self) -> None:
        """Wait for what is being made, and close."""
        with self._beginning:
            self._closed = True
        # First the engine is given up: the shelves wait for one.
        self._live.close()
        if self._shelving is not None:
            self._shelving.join()
        super().close()

    def _shelve(self) -> None:
        """Have a thread make the shelves of the newest engine; asked meanwhile, once more after."""
        with self._beginning:
            self._shelves_wanted = True
            if not (self._closed or self._shelves_begun):
                making = threading.Thread(target=self._make, name="segue-shelves", daemon=True)
                making.start()
                self._shelving, self._shelves_begun = making, True

    def _take_wish(self) -> bool:
        """Take up what was asked for since the last time; the thread ends where nothing was."""
        with self._beginning:
            self._shelves_begun = self._shelves_wanted and not self._closed
            self._shelves_wanted = False
            return self._shelves_begun

    def _make(self) -> None:
        while self._take_wish():
            try:
                corpus = self.engine().snapshot.corpus
                standing = self._shelved
                if not self._closed and (standing is None or standing.corpus is not corpus):
                    self._shelved = self._made(corpus)
            except Exception:
                # A database that is locked or gone must not end what others see; one that is being
                # closed has no engine to wait for.
                if not self._closed:
                    _log.exception("the shelves could not be made; those from before stay")

    def _made(self, corpus: Corpus) -> Shelves:
        created, places = np.zeros(len(corpus)), np.zeros(len(corpus), dtype=np.int64)
        row_of: dict[str, int] = {one: row for row, one in enumerate(corpus.ids)}
        for one, at, place in arrivals(self.database):
            row = row_of.get(one)
            if row is not None:
                created[row], places[row] = at, place
        made = Shelves(corpus, created=created, places=places)
        made.prepare()
        return made
