"""Describe the sound of every file that waits for it.

Each file is one transaction: its vector and its line in the ledger stand together or not at all,
so this may be killed at any instant and goes on where it was. A file is ``analysed``, or
``skipped`` when there is nothing to hear in it, or ``failed`` with the reason. A file that cannot
be reached (its disk is away) stays queued: that is no fault of the file.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.catalogue import files, ledger, vectors
from segue.descriptors.extract import VERSION
from segue.errors import BusyError, InaudibleError, NotFoundError, UnavailableError
from segue.jobs.pool import WorkerPool
from segue.jobs.worker import describe_sound, describe_whole, ready
from segue.records import AnalysisSummary, Rejection

if TYPE_CHECKING:
    import threading

    from segue.catalogue.database import Database
    from segue.errors import SegueError
    from segue.jobs.pool import Outcome
    from segue.jobs.worker import Described
    from segue.snapshot import Description
    from segue.types import Progress

_log = logging.getLogger(__name__)

STAGE = "descriptors"
"""What the ledger and the vectors call it."""

SECONDS_A_FILE = 0.15
"""What one file takes one process, before any has been measured."""

_START_SECONDS = 2.0
_PATIENCE = 60.0


def workers(jobs: int) -> int:
    """How many processes `jobs` means: 0 is one for every core this program may use."""
    if jobs > 0:
        return jobs
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def estimate(db: Database, *, jobs: int = 0) -> float:
    """Seconds until every waiting file is analysed, from how long files took before."""
    queued = ledger.counts(db, stage=STAGE, version=VERSION).queued
    if queued == 0:
        return 0.0
    pace = ledger.pace(db, stage=STAGE, version=VERSION) or SECONDS_A_FILE
    return _START_SECONDS + queued * pace / min(workers(jobs), queued)


def analyse(
    db: Database,
    *,
    jobs: int,
    file_seconds: float,
    excerpt_seconds: float,
    on_progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> AnalysisSummary:
    """Describe every file that waits, in worker processes.

    Parameters
    ----------
    jobs
        How many processes; 0 means one a core.
    file_seconds
        The longest one file may take.
    excerpt_seconds
        How much of a file is described.
    on_progress
        Called with (files done, files to do, the file's name).
    stop
        Once set, this returns within about a second; what is done is kept.

    Returns
    -------
    AnalysisSummary
        How all files stand now. `done` and `failures` are of this run; failures include files
        that could not be reached and stay queued.

    Raises
    ------
    UnavailableError
        The catalogue can only be read.
    BusyError
        Another program has been writing to the catalogue for more than a minute.
    """
    began = time.monotonic()
    waiting = files.waiting(db, stage=STAGE, version=VERSION)
    book = _Book(db, {str(file.path): file.content_hash for file in waiting})
    if waiting:
        tasks = ((str(file.path), (str(file.path), excerpt_seconds)) for file in waiting)
        with WorkerPool(min(workers(jobs), len(waiting)), seconds=file_seconds) as pool:
            if on_progress is not None:
                on_progress(0, len(waiting), "")
            for done, outcome in enumerate(pool.run(describe_sound, tasks, stop=stop), start=1):
                book.take(outcome)
                if on_progress is not None:
                    on_progress(done, len(waiting), Path(outcome.key).name)
        book.close()
    stand = ledger.counts(db, stage=STAGE, version=VERSION)
    return AnalysisSummary(
        found=stand.found,
        analysed=stand.analysed,
        queued=stand.queued,
        failed=stand.failed,
        skipped=stand.skipped,
        done=book.done,
        failures=tuple(book.failures),
        seconds=time.monotonic() - began,
    )


class _Book:
    """Outcomes on their way into the catalogue, one transaction each.

    While another program writes, they wait here.
    """

    def __init__(self, db: Database, hashes: dict[str, str]) -> None:
        self.done = 0
        self.failures: list[Rejection] = []
        self._db, self._hashes = db, hashes
        self._unwritten: list[Outcome[Described]] = []

    def take(self, outcome: Outcome[Described]) -> None:
        """Write an outcome down, or keep it for later."""
        if outcome.error is not None and not isinstance(outcome.error, InaudibleError):
            self.failures.append(
                Rejection(place=outcome.key, line=None, reason=_reason(outcome.error))
            )
        if isinstance(outcome.error, NotFoundError | UnavailableError):
            return
        self._unwritten.append(outcome)
        try:
            self._write()
        except BusyError as busy:
            _log.info("%s; %d files wait to be written", busy.what, len(self._unwritten))

    def close(self) -> None:
        """Write what is left, waiting for another writer up to a minute."""
        give_up = time.monotonic() + _PATIENCE
        while self._unwritten:
            try:
                self._write()
            except BusyError:
                if time.monotonic() > give_up:
                    raise

    def _write(self) -> None:
        while self._unwritten:
            outcome = self._unwritten[0]
            self._record(self._hashes[outcome.key], outcome)
            del self._unwritten[0]
            self.done += 1

    def _record(self, content_hash: str, outcome: Outcome[Described]) -> None:
        described, error = outcome.value, outcome.error
        with self._db.write() as connection:
            if described is not None:
                vectors.put(
                    connection,
                    content_hash=content_hash,
                    space=STAGE,
                    version=VERSION,
                    vector=described.vector.astype(np.dtype("<f4")).tobytes(),
                )
            ledger.record(
                connection,
                content_hash=content_hash,
                stage=STAGE,
                version=VERSION,
                state=_state(error),
                reason=described.warning if described is not None else _reason(error),
                seconds=described.seconds if described is not None else None,
            )


def _state(error: SegueError | None) -> ledger.State:
    if error is None:
        return "analysed"
    return "skipped" if isinstance(error, InaudibleError) else "failed"


def _reason(error: SegueError | None) -> str:
    """Why, without the path, which stands beside it wherever this is shown."""
    if error is None:
        return ""
    if isinstance(error, NotFoundError | UnavailableError):
        return f"{error.what}; it stays queued. {error.remedy}."
    return f"{error.what}. {error.remedy}." if error.remedy else f"{error.what}."


class DescribeWorker:
    """A worker that stays loaded and describes single files at once; safe to share by threads.

    Parameters
    ----------
    timeout
        The longest one file may take, in seconds.
    excerpt_seconds
        How much of a file is described.
    """

    def __init__(self, *, timeout: float, excerpt_seconds: float) -> None:
        self._excerpt_seconds = excerpt_seconds
        self._pool = WorkerPool(1, seconds=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def warm(self) -> None:
        """Load the worker now, so that the first file need not wait for it."""
        self._pool.call(ready)

    def describe(self, path: Path) -> Description:
        """Tags and descriptors of one file; nothing is stored.

        Raises
        ------
        BadFileError
            It is not audio, is damaged from the start, silent, too short, or takes too long.
        NotFoundError, UnavailableError
            It is not there, or may not be read.
        """
        return self._pool.call(describe_whole, str(path.absolute()), self._excerpt_seconds)

    def close(self) -> None:
        """End the worker."""
        self._pool.close()


def describe_file(path: Path, *, timeout: float, excerpt_seconds: float) -> Description:
    """`DescribeWorker.describe` for one file, in a worker of its own."""
    with DescribeWorker(timeout=timeout, excerpt_seconds=excerpt_seconds) as worker:
        return worker.describe(path)
