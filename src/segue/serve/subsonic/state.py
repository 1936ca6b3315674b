"""What is remembered of players while the server runs: what can be played, who plays what now."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from segue.catalogue import playable
from segue.serve.subsonic.racks import Rack

if TYPE_CHECKING:
    from segue.catalogue.database import Database
    from segue.library.shelves import Shelves
    from segue.types import TrackId

MOST = 1_000
"""Listeners and players of whom it is remembered what they play."""

LONGEST = 3_600.0
"""Seconds after which nobody plays a track any more whose length is not known."""


@dataclass(frozen=True, slots=True)
class Playing:
    """A track that is played now.

    `program` is what the player calls itself, `at` when it began, seconds since 1970, `ends` when
    it is over unless it was stopped.
    """

    listener: str
    program: str
    track_id: TrackId
    at: float
    ends: float


class Players:
    """Shared by all who ask; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._making = Lock()
        self._rack: Rack | None = None
        self._playing: dict[tuple[str, str], Playing] = {}

    def rack(self, shelves: Shelves, *, database: Database) -> Rack:
        """What can be played of these shelves, made when they are new."""
        with self._making:
            if self._rack is None or self._rack.shelves is not shelves:
                self._rack = Rack(shelves, pictured=playable.pictured(database))
            return self._rack

    def begin(
        self, track_id: TrackId, *, listener: str, program: str, seconds: float | None
    ) -> None:
        """A track is played from now on, by a listener with a program."""
        now = time.time()
        begun = Playing(listener, program, track_id, now, now + (seconds or LONGEST))
        with self._lock:
            self._playing.pop((listener, program), None)
            self._playing[listener, program] = begun
            while len(self._playing) > MOST:
                del self._playing[next(iter(self._playing))]

    def forget(self, listener: str) -> None:
        """What a listener plays is no longer remembered."""
        with self._lock:
            for key in [key for key in self._playing if key[0] == listener]:
                del self._playing[key]

    def playing(self) -> list[Playing]:
        """What is played now, the last begun first."""
        now = time.time()
        with self._lock:
            gone = [key for key, each in self._playing.items() if each.ends < now]
            for key in gone:
                del self._playing[key]
            return sorted(self._playing.values(), key=lambda each: -each.at)
