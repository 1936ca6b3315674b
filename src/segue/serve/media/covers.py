"""Covers from Spotify, fetched beside the pages that show them.

A page never waits for Spotify. Who asks for a cover that is not here yet gets another picture at
once, and the cover is asked for in the background: by one thread, each track once, and no more than
`QUEUED` tracks ahead; what does not fit is asked for when somebody looks at it again. A cover that
came is made small and written anew (`segue.sources.pictures`), kept in each size, and served by us:
a browser asks Spotify nothing.
"""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING

from segue.caching import MISS, Cache, Miss
from segue.caching.memory import MemoryCache
from segue.errors import SegueError
from segue.sources import pictures
from segue.sources.spotify import HASTY, Manners, Spotify, configured, spotify_id
from segue.sources.spotify.client import KEPT, MISS_KEPT

if TYPE_CHECKING:
    from segue.records import Track
    from segue.settings import Settings

_log = logging.getLogger(__name__)

QUEUED = 200
"""Tracks that may wait for their cover: a long page's."""

LATER = 60.0
"""Seconds for which a track is not asked for again after Spotify failed."""

VERSION = "1"
"""Of how covers are made small; another number where other bytes would come out."""

_ENDING = 0.5
"""Seconds that the end of the server waits for a question that is under way."""


class Covers:
    """The covers of one server.

    Parameters
    ----------
    settings
        Say whether Spotify may be asked, and where it is.
    cache
        Keeps what came; stays the caller's to close.
    sizes
        Pixels of a side of each size that is made.
    manners
        How Spotify is treated.
    """

    def __init__(
        self, settings: Settings, cache: Cache, *, sizes: tuple[int, ...], manners: Manners = HASTY
    ) -> None:
        self.on = configured(settings)
        self._cache, self._sizes = cache, sizes
        self._later = MemoryCache(most_entries=10_000)
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._wanted: set[str] = set()
        self._queue: queue.Queue[str | None] = queue.Queue(QUEUED + 1)
        self._thread: threading.Thread | None = None
        self._spotify = Spotify(settings, cache=cache, manners=manners, sleep=self._ending.wait)

    def get(self, track: Track, *, side: int) -> bytes | Miss | None:
        """The cover of a track in one of the sizes.

        Returns
        -------
        bytes, Miss or None
            `segue.sources.pictures.MEDIA_TYPE`; a miss where there is none; None where that is not
            known yet, and asked for now.
        """
        value = spotify_id(track) if self.on else None
        if value is None:
            return MISS
        held = self._cache.get(_key(value, side))
        if held is None:
            self._ask(value)
        return held

    def close(self) -> None:
        """Stop asking. A question that is under way ends by itself, and its thread with it."""
        with self._lock:
            self._ending.set()
            thread, self._thread = self._thread, None
        if thread is None:
            self._spotify.close()
            return
        self._queue.put_nowait(None)  # there is always room for it: see QUEUED
        thread.join(_ENDING)

    def _ask(self, value: str) -> None:
        """Put a track on the queue, unless it is there or failed a moment ago."""
        if self._spotify.away or self._later.get(value) is not None:
            return
        with self._lock:
            if self._ending.is_set() or value in self._wanted or len(self._wanted) >= QUEUED:
                return
            self._wanted.add(value)
            self._queue.put_nowait(value)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="segue-covers", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        try:
            while not self._ending.is_set() and (value := self._queue.get()) is not None:
                self._try(value)
        finally:
            # By the thread that uses it: a connection closed under a question is left open.
            self._spotify.close()

    def _try(self, value: str) -> None:
        try:
            self._fetch(value)
        except SegueError as error:
            self._later.put(value, MISS, seconds=LATER)
            _log.info("no cover from Spotify: %s", error)
        except Exception:
            # Nothing may end the one thread that asks.
            self._later.put(value, MISS, seconds=LATER)
            _log.exception("a cover from Spotify could not be made")
        finally:
            with self._lock:
                self._wanted.discard(value)

    def _fetch(self, value: str) -> None:
        """Fetch the cover of a track and keep it in every size, or that there is none."""
        found = self._spotify.cover(value)
        for side in self._sizes:
            made = None if found is None else pictures.square(found, side)
            if made is None:
                self._cache.put(_key(value, side), MISS, seconds=MISS_KEPT)
            else:
                self._cache.put(_key(value, side), made, seconds=KEPT)


def _key(value: str, side: int) -> str:
    return f"spotify:art:{value}:{side}:{VERSION}"
