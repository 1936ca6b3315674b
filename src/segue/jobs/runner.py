"""Does what is queued in the table of jobs, beside a server, and survives its end.

Each **kind** of work has a handler and threads of its own, so that somebody's upload never waits
behind a night of training. The rows are the truth (`segue.catalogue.jobs`): a job that was queued
or running when its program was killed begins again at the next start, three times at most. So a
handler must be able to begin again; those here go on where the catalogue says they were.

An error that a person can understand ends a job as failed, with its sentence. Anything else, and a
catalogue that is locked, is tried again, three times in all. Where the catalogue cannot be written
to (a full disk, a server that is away), the threads live on and write again when it can.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from segue.catalogue import jobs
from segue.errors import BadRequestError, BusyError, SegueError
from segue.jobs.meter import Meter, Pace
from segue.jobs.owner import gone, new_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from segue.catalogue.database import Database
    from segue.catalogue.jobs import Job

_log = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often a job is begun before it is left to a person."""

KEPT = 1_000
"""How many jobs that are over are kept."""

_BEAT_SECONDS = 10.0
_WRITE_SECONDS = 1.0
_AGAIN_SECONDS = 5.0
_STOP_SECONDS = 6.0
_LOOK_SECONDS = 2.0
_SHOWN_SECONDS = 0.3


class Left(Exception):  # noqa: N818 (a wish, not an error)
    """Somebody asked to leave a job, or the server stops; raised where a handler reports."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work.

    Attributes
    ----------
    handler
        Does one job; gives a sentence about what came of it, or nothing.
    at_once
        How many of it are done at the same time.
    due
        Called now and then; what it gives is queued as further jobs.
    """

    handler: Callable[[Work], str | None]
    at_once: int = 1
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
    job
        Its number.
    payload
        What is asked for.
    stop
        Set when it is to be left.
    refused
        Places (files) it could do nothing with, each with the reason; kept with the job.
    then
        Queues what follows from it, as `Runner.submit`.
    """

    def __init__(self, db: Database, job: Job, *, submit: Callable[..., int]) -> None:
        self.job, self.payload = job.id, job.payload
        self.then = submit
        self.stop = threading.Event()
        self.refused: list[tuple[str, str]] = []
        self.pace = Pace()
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

    def write(self) -> None:
        """Write down how far it is."""
        self._written = time.monotonic()
        try:
            if not jobs.progress(self._db, self.job, *self._told):
                self.stop.set()
        except BusyError as busy:
            _log.debug("progress of job %d is not written down: %s", self.job, busy.what)
        except Exception as problem:  # what is done goes on, whatever the catalogue says
            _log.warning("progress of job %d is not written down: %s", self.job, problem)

    def now(self, job: Job) -> Standing:
        """The row `job` with what was told since it was written."""
        if job.state != "running":
            return Standing(job)
        done, total, message = self._told
        return Standing(replace(job, done=done, total=total, message=message), self.pace)


class Runner:
    """Does jobs in threads, from `start` to `stop`.

    Parameters
    ----------
    db
        The open catalogue; must stay open until `stop` has returned.
    kinds
        What each kind of work is.
    """

    def __init__(self, db: Database, kinds: Mapping[str, Kind]) -> None:
        self._db, self._kinds = db, dict(kinds)
        self._owner = new_name()
        self._threads: list[threading.Thread] = []
        self._works: dict[int, Work] = {}
        self._calls: dict[str, threading.Condition] = defaultdict(threading.Condition)
        self._ends = threading.Event()
        self._shown: tuple[float, list[Job]] = (0.0, [])

    @property
    def running(self) -> bool:
        """Whether it has been started and not been stopped, and all its threads are alive."""
        threads = tuple(self._threads)
        return bool(threads) and not self._ends.is_set() and all(t.is_alive() for t in threads)

    def start(self) -> None:
        """Take up what an earlier program left, and begin to work.

        A catalogue that can only be read has no work done on it.
        """
        if self._threads or self._db.read_only:
            return
        self._ends.clear()
        self._take_up()
        lanes = [(name, n) for name, kind in self._kinds.items() for n in range(kind.at_once)]
        self._threads = [
            threading.Thread(target=self._serve, args=(name,), name=f"segue-{name}-{n}")
            for name, n in lanes
        ]
        self._threads.append(threading.Thread(target=self._watch, name="segue-jobs"))
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    def stop(self) -> None:
        """Leave all work; what was begun is queued and goes on at the next start."""
        self._ends.set()
        for work in tuple(self._works.values()):
            work.stop.set()
        self._wake(*self._kinds)
        end = time.monotonic() + _STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        self._threads = []

    def submit(self, kind: str, payload: Mapping[str, Any], *, address: str = "") -> int:
        """Queue a job; its number. One that asks the same and is not over is not queued twice.

        Parameters
        ----------
        payload
            What is asked for; must be expressible in JSON.
        address
            Path of the page, without a slash before it, that shows what comes of it.

        Raises
        ------
        BadRequestError
            There is no such kind of work.
        UnavailableError, BusyError
            The catalogue cannot be written to.
        """
        if kind not in self._kinds:
            raise BadRequestError(
                f"there is no work of the kind {kind!r}",
                remedy=f"Kinds are {', '.join(self._kinds)}",
            )
        job = jobs.submit(self._db, kind, payload, address=address)
        self._wake(kind)
        return job

    def cancel(self, job_id: int) -> bool:
        """Leave a job, queued or running; whether it was not over."""
        open_still = jobs.cancel(self._db, job_id)
        if (work := self._works.get(job_id)) is not None:
            work.stop.set()
        self._wake()
        return open_still

    def retry(self, job_id: int) -> int:
        """Queue what a job asked for once more; the number of the new job.

        Raises
        ------
        NotFoundError
            There is no such job.
        BadRequestError
            It is not over yet, or of a kind that only another Segue knew.
        """
        job = jobs.over(self._db, job_id)
        return self.submit(job.kind, job.payload, address=job.address)

    def wait(self, job_id: int, seconds: float | None = None) -> Job:
        """Wait until a job is over, at most `seconds`; how it stands then."""
        end = None if seconds is None else time.monotonic() + seconds
        while (job := jobs.get(self._db, job_id)).open and not self._ends.is_set():
            if end is not None and time.monotonic() >= end:
                break
            self._ends.wait(0.05)
        return job

    def standing(self, job_ids: Collection[int] = ()) -> list[Standing]:
        """Jobs that are not over, and those of these numbers, with how fast they go.

        Those that are not over are looked up once for all who ask within a third of a second.
        """
        at, rows = self._shown
        if time.monotonic() - at > _SHOWN_SECONDS:
            self._shown = (time.monotonic(), rows := jobs.open_ones(self._db))
        beside = set(job_ids).difference(row.id for row in rows)
        rows = [*rows, *jobs.many(self._db, beside)] if beside else rows
        newest = sorted(rows, key=lambda row: row.id, reverse=True)
        return [self._now(row) for row in newest]

    def latest(self, limit: int, *, without: Collection[str] = ()) -> list[Standing]:
        """The latest jobs, the newest first, with how fast they go."""
        return [self._now(row) for row in jobs.listing(self._db, limit, without=tuple(without))]

    def _now(self, row: Job) -> Standing:
        work = self._works.get(row.id)
        return Standing(row) if work is None else work.now(row)

    def _wake(self, *kinds: str) -> None:
        """Let who waits for work look; what was shown a moment ago is no longer so."""
        self._shown = (0.0, [])
        for kind in kinds:
            with self._calls[kind]:
                self._calls[kind].notify_all()

    def _take_up(self) -> None:
        """Queue again what nobody runs any more."""

        def orphaned(job: Job) -> bool:
            if job.id in self._works:
                return False
            return job.state == "interrupted" or gone(job.owner, ours=self._owner)

        try:
            jobs.adopt(self._db, orphaned, most=ATTEMPTS)
        except Exception as problem:
            _log.warning("work of an earlier program is not taken up yet: %s", problem)

    def _serve(self, kind: str) -> None:
        """One thread: do jobs of one kind as they come."""
        while not self._ends.is_set():
            try:
                job = jobs.claim(self._db, [kind], owner=self._owner)
            except Exception as problem:
                _log.warning("no %s is begun: %s", kind, problem)
                job = None
            if job is None:
                with self._calls[kind]:
                    self._calls[kind].wait(_LOOK_SECONDS)
                continue
            self._do(self._kinds[kind], job)

    def _do(self, kind: Kind, job: Job) -> None:
        """Do one job, and write down how it ended."""
        work = self._works[job.id] = Work(self._db, job, submit=self.submit)
        if self._ends.is_set():
            work.stop.set()
        try:
            message = kind.handler(work)
            if work.stop.is_set():
                raise Left  # it came back early
            work.write()
            self._end(jobs.finish, job, message=message or "", refused=work.refused)
        except Left:
            # A row that somebody cancelled stays as it is; else the server stops.
            self._end(jobs.give_back, job, message="Segue was stopped; it goes on.", begun=False)
        except BusyError as error:
            self._once_more(job, work, str(error))
        except SegueError as error:
            _log.warning("job %d, %s: %s", job.id, job.kind, error)
            self._end(jobs.finish, job, error=str(error))
        except Exception as error:
            _log.exception("job %d, %s, broke off", job.id, job.kind)
            self._once_more(job, work, f"A fault of Segue: {type(error).__name__}: {error}.")
        finally:
            del self._works[job.id]

    def _once_more(self, job: Job, work: Work, reason: str) -> None:
        """Queue a job again that broke off, or park it when that happened too often."""
        if job.attempts >= ATTEMPTS:
            tried = f" It was tried {job.attempts} times."
            self._end(jobs.finish, job, error=f"{reason}{tried}")
            return
        work.stop.wait(_AGAIN_SECONDS)
        self._end(jobs.give_back, job, message=f"{reason} It is tried again.")

    def _end(self, how: Callable[..., None], job: Job, **values: object) -> None:
        """Write down the end, if the catalogue takes it; else the next start takes it up."""
        try:
            how(self._db, job.id, **values)
        except Exception as problem:
            _log.warning("the end of job %d could not be written down: %s", job.id, problem)
        self._wake()

    def _watch(self) -> None:
        """One thread: renew heartbeats, take up what others left, queue what is due."""
        while True:
            for name, kind in self._kinds.items():
                self._queue_due(name, kind)
            if self._ends.wait(_BEAT_SECONDS):
                return
            for work in tuple(self._works.values()):
                work.write()
            self._take_up()
            self._let_go()

    def _let_go(self) -> None:
        """Forget jobs that have long been over."""
        try:
            jobs.prune(self._db, keep=KEPT)
        except Exception as problem:
            _log.warning("old jobs are not forgotten: %s", problem)

    def _queue_due(self, name: str, kind: Kind) -> None:
        if kind.due is None:
            return
        try:
            for payload in kind.due():
                self.submit(name, payload)
        except SegueError as problem:
            _log.warning("what is due of the kind %s could not be queued: %s", name, problem)
        except Exception:
            _log.exception("what is due of the kind %s could not be queued", name)
