"""Does what is queued in the table of jobs, in a server or a worker, and survives its end.

Each **kind** of work has a handler and threads of its own, so that somebody's upload never waits
behind a night of training. The rows are the truth (`segue.catalogue.jobs`): a job that was queued
or running when its program was killed begins again, five times at most. So a handler must be able
to begin again; those here go on where the catalogue says they were.

Several programs may do the jobs of one catalogue, on several machines. Each job is held by one of
them; whoever lost it, because nothing was heard of it for a minute, writes nothing down any more. A
**bell** (`segue.jobs.queue`) lets those who wait know at once that there is work; what it loses is
found by looking into the table every other second.

An error that a person can understand ends a job as failed, with its sentence. Anything else is
tried again, three times in all. Where the catalogue is locked or cannot be written to (a full disk,
a server that is away), jobs are queued again without being counted, and the threads live on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any

from segue.catalogue import jobs
from segue.errors import BadRequestError, BusyError, SegueError, UnavailableError
from segue.jobs.owner import Silence, gone, new_name
from segue.jobs.work import Kind, Left, Standing, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from segue.catalogue.database import Database
    from segue.catalogue.jobs import Job
    from segue.jobs.queue import Bell

__all__ = ["ATTEMPTS", "KEPT", "LIVES", "Kind", "Left", "Runner", "Standing", "Work"]

_log = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often a job is begun that breaks off, before it is left to a person."""

LIVES = 5
"""How often a job is begun whose program ends; it need not be the one that ends it."""

KEPT = 1_000
"""How many jobs that are over are kept."""

_BEAT_SECONDS = 10.0
_AGAIN_SECONDS = 5.0
_STOP_SECONDS = 6.0
_LOOK_SECONDS = 2.0
_SHOWN_SECONDS = 0.3
_END_SECONDS = 1.0


class Runner:
    """Does jobs in threads, from `start` to `stop`.

    Parameters
    ----------
    db
        The open catalogue; must stay open until `stop` has returned.
    kinds
        What each kind of work is.
    takes
        Names of the kinds that are done here; any other, of all that are known, is queued and left
        to other programs. None takes all.
    bell
        Rung for every job that is queued here, and listened to; None does without.

    Attributes
    ----------
    takes
        The names of the kinds that are done here.
    """

    def __init__(
        self,
        db: Database,
        kinds: Mapping[str, Kind],
        *,
        takes: Collection[str] | None = None,
        bell: Bell | None = None,
    ) -> None:
        self._db, self._kinds, self._bell = db, dict(kinds), bell
        self.takes = frozenset(kinds if takes is None else takes)
        self._owner, self._number = new_name(), count(1)
        self._threads: list[threading.Thread] = []
        self._works: dict[int, Work] = {}
        self._calls: dict[str, threading.Condition] = defaultdict(threading.Condition)
        self._begun, self._drains, self._ends = False, threading.Event(), threading.Event()
        self._silence = Silence(jobs.SILENCE)
        self._shown: tuple[float, list[Job]] = (0.0, [])

    @property
    def running(self) -> bool:
        """Whether it has been started and not been stopped, and all its threads are alive."""
        threads = tuple(self._threads)
        alive = all(thread.is_alive() for thread in threads)
        return self._begun and alive and not self._drains.is_set()

    @property
    def busy(self) -> int:
        """How many jobs are under way here."""
        return len(self._works)

    def start(self) -> None:
        """Take up what an earlier program left, and begin to work.

        A catalogue that can only be read has no work done on it.
        """
        if self._begun or self._db.read_only:
            return
        self._begun = True
        self._drains.clear()
        self._ends.clear()
        if not self.takes:
            return
        self._take_up()
        lanes = [(name, n) for name in self.takes for n in range(self._kinds[name].at_once)]
        self._threads = [
            threading.Thread(target=self._serve, args=(name,), name=f"segue-{name}-{n}")
            for name, n in lanes
        ]
        self._threads.append(threading.Thread(target=self._watch, name="segue-jobs"))
        if self._bell is not None:
            self._threads.append(threading.Thread(target=self._listen, name="segue-bell"))
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    def drain(self, seconds: float, *, hurry: threading.Event) -> None:
        """Begin nothing more, let what is under way come to its end, then `stop`.

        Parameters
        ----------
        seconds
            How long to wait for ends at most.
        hurry
            Once set, nothing is waited for any more.
        """
        self._drains.set()
        self._wake(*self._kinds)
        end = time.monotonic() + seconds
        while self._works and time.monotonic() < end and not hurry.wait(0.1):
            pass
        self.stop()

    def stop(self) -> None:
        """Leave all work; what was begun is queued and goes on at the next start, or elsewhere."""
        self._drains.set()
        self._ends.set()
        works = tuple(self._works.values())
        for work in works:
            work.stop.set()
        self._wake(*self._kinds)
        end = time.monotonic() + _STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        for work in tuple(self._works.values()):
            # Its handler does not come back; what it writes from now on is not taken any more.
            self._give_back(work)
        self._threads, self._begun = [], False
        if self._bell is not None:
            self._bell.close()

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
        if self._bell is not None:
            self._bell.ring(job)
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
        try:
            held = [job for job in jobs.open_ones(self._db) if job.state != "queued"]
            silent = {job.id for job in self._silence.of(held)}
            for job in held:
                if job.id in self._works:
                    continue
                if job.id in silent or gone(job.owner, ours=self._owner):
                    jobs.adopt(self._db, job, most=LIVES)
        except BusyError as busy:
            # Nobody else could write either, so nobody could show life.
            self._silence.forgive()
            _log.debug("work of an earlier program is not taken up yet: %s", busy.what)
        except Exception as problem:
            self._silence.forgive()
            _log.warning("work of an earlier program is not taken up yet: %s", problem)

    def _serve(self, kind: str) -> None:
        """One thread: do jobs of one kind as they come."""
        what = self._kinds[kind]
        while not self._drains.is_set():
            owner = f"{self._owner}.{next(self._number)}"
            try:
                job = jobs.claim(self._db, [kind], owner=owner, alone=what.alone, able=what.able)
            except Exception as problem:
                _log.warning("no %s is begun: %s", kind, problem)
                job = None
            if job is None:
                with self._calls[kind]:
                    self._calls[kind].wait(_LOOK_SECONDS)
                continue
            self._do(what, job)

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
            # A row that somebody cancelled, or took over, stays as it is; else the program stops.
            self._give_back(work)
        except SegueError as error:
            _log.warning("job %d, %s: %s", job.id, job.kind, error)
            self._refused(job, work, error)
        except Exception as error:
            _log.exception("job %d, %s, broke off", job.id, job.kind)
            self._once_more(job, work, f"A fault of Segue: {type(error).__name__}: {error}.")
        finally:
            if self._works.get(job.id) is work:
                del self._works[job.id]

    def _refused(self, job: Job, work: Work, error: SegueError) -> None:
        """Write down that a job could not be done, or queue it again where that may pass."""
        if isinstance(error, BusyError | UnavailableError) and error.where == self._db.where:
            # The catalogue is locked or away: no fault of the job, so the attempt does not count.
            work.stop.wait(_AGAIN_SECONDS)
            self._end(jobs.give_back, job, message=f"{error} It goes on.", begun=False)
        elif isinstance(error, BusyError):
            self._once_more(job, work, str(error))
        else:
            self._end(jobs.finish, job, error=str(error))

    def _give_back(self, work: Work) -> None:
        said = "Segue was stopped; it goes on."
        self._end(jobs.give_back, work.held, message=said, begun=False)

    def _once_more(self, job: Job, work: Work, reason: str) -> None:
        """Queue a job again that broke off, or park it when that happened too often."""
        if job.attempts >= ATTEMPTS:
            tried = f" It was tried {job.attempts} times."
            self._end(jobs.finish, job, error=f"{reason}{tried}")
            return
        work.stop.wait(_AGAIN_SECONDS)
        self._end(jobs.give_back, job, message=f"{reason} It is tried again.")

    def _end(self, how: Callable[..., bool], job: Job, **values: object) -> None:
        """Write down the end as soon as the catalogue takes it, while this program lives."""
        end = time.monotonic() + jobs.SILENCE
        while True:
            try:
                if not how(self._db, job.id, owner=job.owner, **values):
                    _log.info("the end of job %d is not written down: it is not held here", job.id)
                break
            except Exception as problem:
                _log.warning("the end of job %d could not be written down: %s", job.id, problem)
            if self._ends.wait(_END_SECONDS) or time.monotonic() > end:
                break
        self._wake()

    def _listen(self) -> None:
        """One thread: let those look for work whom the bell calls."""
        bell = self._bell
        while bell is not None and not self._drains.is_set():
            number = bell.heard(self._drains)
            if number is None:
                continue
            try:
                self._wake(jobs.get(self._db, number).kind)
            except Exception:  # a job that is over and forgotten, or no catalogue: all may look
                self._wake(*self._kinds)
        if bell is not None:
            bell.close()  # a connection that listens is its thread's own

    def _watch(self) -> None:
        """One thread: renew heartbeats, take up what others left, queue what is due."""
        while True:
            for name in self.takes:
                self._queue_due(name, self._kinds[name])
            if self._ends.wait(_BEAT_SECONDS):
                return
            for work in tuple(self._works.values()):
                if not work.write():
                    self._silence.forgive()
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
