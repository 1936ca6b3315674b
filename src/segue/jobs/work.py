"""A job as its handler sees it, and what a kind of work is."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from segue.catalogue import jobs
from segue.errors import BusyError
from segue.jobs.meter import Meter, Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from segue.catalogue.database import Database
    from segue.catalogue.jobs import Job

_log = logging.getLogger(__name__)

_WRITE_SECONDS = 1.0


class Left(Exception):  # noqa: N818 (a wish, not an error)
    """Somebody asked to leave a job, or the program stops; raised where a handler reports."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work.

    Attributes
    ----------
    handler
        Does one job; gives a sentence about what came of it, or nothing.
    at_once
        How many of it one program does at the same time.
    alone
        Whether only one of it is done at a time, in whichever program.
    able
        Whether a payload asks for what can be done here; what cannot is left to other programs.
        None does whatever comes, and says what is wrong with it.
    due
        Called now and then; what it gives is queued as further jobs.
    """

    handler: Callable[[Work], str | None]
    at_once: int = 1
    alone: bool = False
    able: Callable[[Mapping[str, Any]], bool] | None = None
    due: Callable[[], Iterable[Mapping[str, Any]]] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A job, and how fast it goes where it runs here."""

    job: Job
    pace: Pace = field(default_factory=Pace)


class Work:
    """A job as its handler sees it.

    Attributes
    ----------
    held
        Its row as it was when it was begun, with the name it is held under.
    job
        Its number.
    payload
        What is asked for.
    stop
        Set when it is to be left.
    refused
        Places (files) it could do nothing with, each with the reason; kept with the job.
    then
        Queues what follows from it, as `segue.jobs.runner.Runner.submit`.
    """

    def __init__(self, db: Database, job: Job, *, submit: Callable[..., int]) -> None:
        self.job, self.payload = job.id, job.payload
        self.then = submit
        self.stop = threading.Event()
        self.refused: list[tuple[str, str]] = []
        self.pace = Pace()
        self.held = job
        self._db, self._meter = db, Meter()
        self._told: tuple[int, int | None, str] = (0, None, "")
        self._written = 0.0

    def tell(self, done: int, total: int | None, message: str) -> None:
        """Say how far it is.

        Raises
        ------
        Left
            It is to be left now.
        """
        self.note(done, total, message)
        if self.stop.is_set():
            raise Left

    def note(self, done: int, total: int | None, message: str) -> None:
        """Say how far it is, where leaving is not for now; written down once a second at most."""
        self._told = (done, total, message)
        self.pace = self._meter.pace(done, total)
        if time.monotonic() - self._written >= _WRITE_SECONDS:
            self.write()

    def write(self) -> bool:
        """Write down how far it is, which shows that it is alive; whether that could be done.

        Where the job is no longer this program's, it is to be left.
        """
        self._written = time.monotonic()
        try:
            if not jobs.progress(self._db, self.job, *self._told, owner=self.held.owner):
                self.stop.set()
        except BusyError as busy:
            _log.debug("progress of job %d is not written down: %s", self.job, busy.what)
            return False
        except Exception as problem:  # what is done goes on, whatever the catalogue says
            _log.warning("progress of job %d is not written down: %s", self.job, problem)
            return False
        return True

    def now(self, job: Job) -> Standing:
        """The row `job` with what was told since it was written."""
        if job.state != "running" or job.owner != self.held.owner:
            return Standing(job)
        done, total, message = self._told
        return Standing(replace(job, done=done, total=total, message=message), self.pace)
