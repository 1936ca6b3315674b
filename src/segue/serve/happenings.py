"""What happens to a catalogue, in order, remembered for a while: tracks that came, jobs that ended.

Nothing runs for it. Whoever listens has it **look**, a few times a second for all of them together;
it compares how the catalogue stands with how it stood at the last look, whoever changed it: this
server, a command, another program. What happened while nobody listened is found at the next look,
so somebody who was away for a moment misses nothing.

Every event has a number, and the last thousand are kept. Who comes back with a number that is
older, or of a server that was started since, is told that something was missed.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.catalogue import arrivals, jobs, tracks
from segue.catalogue.database import epoch
from segue.jobs.runner import Standing
from segue.serve.brought import PRIVATE
from segue.serve.schemas.happenings import Ended, Missed, NewTracks, Now
from segue.serve.telling import KINDS, told

if TYPE_CHECKING:
    from segue.catalogue.database import Database
    from segue.catalogue.jobs import Job
    from segue.serve.schemas.model import Model

KEPT = 1_000
"""How many events are remembered."""

IDS = 100
"""Of how many new tracks the ids are told."""

_LOOK_SECONDS = 0.3
_JOBS = 200


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: its number, its kind, what is told, and what is told to who may only read.

    Titles and messages of jobs name folders and files of the machine.
    """

    number: int
    kind: str
    data: str
    plain: str


class Happenings:
    """The last events of one catalogue; safe to share by threads.

    Parameters
    ----------
    database
        The open catalogue.
    kept
        How many events are remembered.
    """

    def __init__(self, database: Database, *, kept: int = KEPT) -> None:
        self._db = database
        self._lock = threading.Lock()
        self._kept: deque[Happening] = deque(maxlen=kept)
        self._count = 0
        self._edition = secrets.token_hex(4)
        self._looked = 0.0
        self._last = arrivals.newest(database)
        self._open = {job.id for job in jobs.open_ones(database)}
        self._created = max((job.created for job in jobs.listing(database, 1)), default=0.0)
        # Last, so that what comes meanwhile is told rather than lost.
        self._epoch = epoch(database)

    def look(self) -> None:
        """Take note of what has happened since the last look."""
        with self._lock:
            if time.monotonic() - self._looked < _LOOK_SECONDS:
                return
            now = epoch(self._db)
            if now != self._epoch:
                self._look_for_tracks(now)
                self._add("catalogue", self._now(now))
                # Last: what could not be read is looked for again.
                self._epoch = now
            self._look_for_jobs()
            self._looked = time.monotonic()

    def named(self, number: int) -> str:
        """A number as it is told: another server's are not taken for it."""
        return f"{self._edition}-{number}"

    def begin(self, last: str) -> tuple[int, list[Happening]]:
        """Where to go on for somebody who begins to listen, and what is said at the beginning.

        Parameters
        ----------
        last
            The number that was told last, as `named` gave it; empty for who comes the first time.
        """
        with self._lock:
            number, missed = self._count, False
            if last:
                edition, _, text = last.rpartition("-")
                told = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else -1
                first = self._kept[0].number if self._kept else self._count + 1
                known = edition == self._edition and first - 1 <= told <= self._count
                number, missed = (told, False) if known else (self._count, True)
            said = [_happening(number, "missed", _MISSED)] if missed else []
            if not last or missed:
                said.append(_happening(number, "catalogue", self._now(self._epoch)))
            return number, said

    def after(self, number: int) -> list[Happening]:
        """What happened after the event of a number."""
        with self._lock:
            first = self._kept[0].number if self._kept else self._count + 1
            found = [each for each in self._kept if each.number > number]
            if number < first - 1:  # who reads too slowly
                found.insert(0, _happening(first - 1, "missed", _MISSED))
            return found

    def _look_for_tracks(self, now: int) -> None:
        # A number that was given back with its track is given to the next one.
        start = min(self._last, arrivals.newest(self._db))
        ids, count, self._last = arrivals.after(self._db, start, most=IDS)
        if count:
            self._add("tracks", NewTracks(tracks=[*map(str, ids)], count=count, epoch=now))

    def _look_for_jobs(self) -> None:
        open_now = {job.id for job in jobs.open_ones(self._db)}
        latest = jobs.listing(self._db, _JOBS)
        new = [job for job in latest if job.created > self._created]
        if len(new) == _JOBS:
            self._add("missed", _MISSED)
        gone = self._open - open_now
        ended = {job.id: job for job in jobs.many(self._db, gone)} if gone else {}
        ended |= {job.id: job for job in new if not job.open}
        for job in sorted(ended.values(), key=lambda job: (job.finished or 0.0, job.id)):
            if job.open:  # queued again meanwhile
                open_now.add(job.id)
            elif job.kind not in PRIVATE:
                self._add("job", _ended(job))
        self._open = open_now
        self._created = max((job.created for job in new), default=self._created)

    def _add(self, kind: str, data: Model) -> None:
        self._count += 1
        self._kept.append(_happening(self._count, kind, data))

    def _now(self, now: int) -> Now:
        return Now(epoch=now, count=tracks.count(self._db))


_MISSED = Missed(
    detail="More happened than is remembered, or the server was started again.",
    remedy="Read the catalogue anew: GET /api/v1/tracks, GET /api/v1/status.",
)


def _happening(number: int, kind: str, data: Model) -> Happening:
    told = data.model_dump_json()
    plain = told
    if isinstance(data, Ended):
        hidden = {"title": KINDS.get(data.kind, data.kind), "message": ""}
        plain = data.model_copy(update=hidden).model_dump_json()
    return Happening(number, kind, told, plain)


def _ended(job: Job) -> Ended:
    one = told(Standing(job))
    return Ended(
        id=job.id,
        kind=job.kind,
        state=job.state,
        title=one.title,
        message=job.message,
        address=one.address,
        refused=len(job.refused),
        finished=job.finished,
    )


class News:
    """What happens to one catalogue, taken note of from when somebody first asks; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._making = threading.Lock()
        self._happenings: Happenings | None = None

    def happenings(self) -> Happenings:
        """The same for everybody; reads the catalogue the first time."""
        with self._making:
            if self._happenings is None:
                self._happenings = Happenings(self._db)
            return self._happenings


class Follower:
    """One who listens.

    Parameters
    ----------
    happenings
        What is listened to.
    last
        The number that was told last; empty for who comes the first time.
    """

    def __init__(self, happenings: Happenings, last: str) -> None:
        self._happenings, self._last = happenings, last
        self._number: int | None = None

    def new(self) -> list[Happening]:
        """What happened since this was asked the last time; the first time, what is said first."""
        self._happenings.look()
        if self._number is None:
            self._number, said = self._happenings.begin(self._last)
            return said
        found = self._happenings.after(self._number)
        if found:
            self._number = found[-1].number
        return found
