"""Analyse every file that waits: first an excerpt of each, then each from end to end.

Each file is one transaction a pass: what was found out and its line in the ledger stand together
or not at all, so this may be killed at any instant and goes on where it was. A file is
``analysed``, or ``skipped`` when there is nothing to hear in it, or ``failed`` with the reason. A
file that cannot be reached (its disk is away) stays queued: that is no fault of the file.

After a pass that found something out, and at the end in any case, the attributes guessed from sound
are brought up to date (`segue.jobs.guessing`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from segue.catalogue import files, ledger
from segue.jobs.book import Book
from segue.jobs.budget import Budget
from segue.jobs.guessing import PREDICTING, settle
from segue.jobs.passes import first, second
from segue.jobs.pool import WorkerPool
from segue.records import AnalysisSummary, PassSummary

if TYPE_CHECKING:
    import threading

    from segue.catalogue.database import Database
    from segue.jobs.passes import Pass
    from segue.settings import Settings
    from segue.types import Progress

_START_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """How long analysis will take.

    Attributes
    ----------
    waiting
        Files that at least one pass has still to look at.
    recommendable
        Seconds until every file is through the first pass.
    whole
        Seconds until every file is through both.
    """

    waiting: int
    recommendable: float
    whole: float


def outlook(db: Database, *, settings: Settings, fresh: int = 0) -> Outlook:
    """How long all that waits will take, from how long files took before.

    Parameters
    ----------
    fresh
        Files that the catalogue does not know yet.
    """
    queued, seconds = [], [0.0]
    for asked in (first(settings), second(settings)):
        waiting = ledger.counts(db, asked.stage).queued + fresh
        pace = ledger.pace(db, asked.stage) or asked.seconds
        start = 0.0 if seconds[-1] or not waiting else _START_SECONDS
        work = waiting * pace / Budget.of(settings, files=waiting).processes
        queued.append(waiting)
        seconds.append(seconds[-1] + start + work)
    return Outlook(max(queued), *seconds[1:])


def analyse(
    db: Database,
    *,
    settings: Settings,
    quick: bool = False,
    on_progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> AnalysisSummary:
    """Analyse every file that waits, in worker processes.

    Parameters
    ----------
    settings
        What to hear of a file, and how much of the machine to take.
    quick
        Leave the second pass for another time.
    on_progress
        Called with (files done, files to do, what is done to which file), for each pass anew.
    stop
        Once set, this returns within about a second; what is done is kept.

    Returns
    -------
    AnalysisSummary
        How all files stand now, by pass.

    Raises
    ------
    UnavailableError
        The catalogue can only be read.
    BusyError
        Another program has been writing to the catalogue for more than a minute.
    """
    began = time.monotonic()

    def told(asked: Pass) -> Progress | None:
        if on_progress is None:
            return None
        return lambda done, total, name: on_progress(
            done, total, f"{asked.verb} {name}" if name and name != PREDICTING else name
        )

    with Analysis(db, settings=settings) as analysis:
        asked = first(settings)
        described = analysis.run(asked, on_progress=told(asked), stop=stop)
        measured = None
        if not quick:
            asked = second(settings)
            measured = analysis.run(asked, on_progress=told(asked), stop=stop)
        return AnalysisSummary(
            descriptors=described,
            recording=measured,
            seconds=time.monotonic() - began,
            notes=tuple(analysis.notes),
        )


class Analysis:
    """Passes over the files of one catalogue, in workers that stay loaded between them.

    Use it in a ``with``.

    Attributes
    ----------
    notes
        Sentences about what could not be done as the settings ask.
    """

    def __init__(self, db: Database, *, settings: Settings) -> None:
        self.notes: list[str] = []
        self._db, self._settings = db, settings
        self._settled = False
        self._budget: Budget | None = None
        self._pool: WorkerPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._pool is not None:
            self._pool.close()

    def run(
        self,
        asked: Pass,
        *,
        on_progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> PassSummary:
        """Take one pass over every file that waits for it; parameters as `analyse`."""
        began = time.monotonic()
        waiting = files.waiting(self._db, asked.stage)
        book = Book(self._db, asked, {str(file.path): file.content_hash for file in waiting})
        if waiting and not (stop is not None and stop.is_set()):
            tasks = ((str(file.path), asked.arguments(file)) for file in waiting)
            pool = self._workers(len(waiting))
            if on_progress is not None:
                on_progress(0, len(waiting), "")
            for done, outcome in enumerate(pool.run(asked.work, tasks, stop=stop), start=1):
                book.take(outcome)
                if on_progress is not None:
                    on_progress(done, len(waiting), Path(outcome.key).name)
            book.close()
        if book.done or not self._settled:
            self._settle(on_progress=on_progress, stop=stop)
        stand = ledger.counts(self._db, asked.stage)
        return PassSummary(
            found=stand.found,
            analysed=stand.analysed,
            queued=stand.queued,
            failed=stand.failed,
            skipped=stand.skipped,
            done=book.done,
            failures=tuple(book.failures),
            seconds=time.monotonic() - began,
        )

    def _settle(self, *, on_progress: Progress | None, stop: threading.Event | None) -> None:
        """Bring what is guessed from sound up to date; somebody who wants to stop need not wait."""
        if stop is not None and stop.is_set():
            return
        settled = settle(self._db, settings=self._settings, on_progress=on_progress, stop=stop)
        self.notes += [note for note in settled.notes if note not in self.notes]
        self._settled = True

    def _workers(self, count: int) -> WorkerPool:
        """As many workers as so many files can use; those of the last pass where they do."""
        budget = Budget.of(self._settings, files=count)
        enough = self._budget is not None and self._budget.processes >= budget.processes
        if self._pool is None or not enough:
            if self._pool is not None:
                self._pool.close()
            self._budget = budget
            self._pool = WorkerPool(
                budget.processes,
                seconds=self._settings.file_seconds,
                memory=budget.memory,
                niceness=budget.niceness,
            )
            if budget.note and budget.note not in self.notes:
                self.notes.append(budget.note)
        return self._pool
