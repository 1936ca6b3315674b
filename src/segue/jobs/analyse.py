"""Analyse every file that waits: first an excerpt of each, then each from end to end.

Embedders at work hear the excerpts on the way; in between come files that one of them has not heard
yet. When it has heard all of them, its version stands (`segue.catalogue.embeddings`).

Each file is one transaction a pass: what was found out and its line in the ledger stand together
or not at all, so this may be killed at any instant and goes on where it was. A file is
``analysed``, or ``skipped`` when there is nothing to hear in it, or ``failed`` with the reason. A
file that cannot be reached (its disk is away) stays queued: that is no fault of the file.

After a pass that found something out, and at the end in any case, the attributes guessed from sound
are brought up to date (`segue.jobs.guessing`). When files were read from end to end, those that
hold the same recording are found (`segue.jobs.comparing`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from segue.catalogue import embeddings, ledger
from segue.descriptors.hearing import Hearing
from segue.errors import BusyError
from segue.jobs.book import Book
from segue.jobs.budget import Budget
from segue.jobs.comparing import compare
from segue.jobs.embedders import looked_up
from segue.jobs.guessing import settle
from segue.jobs.passes import embedding, first, second
from segue.jobs.workers import workers_for
from segue.summaries import AnalysisSummary, PassSummary

if TYPE_CHECKING:
    import threading

    from segue.catalogue.database import Database
    from segue.jobs.ears import Ear
    from segue.jobs.passes import Pass
    from segue.jobs.workers import Workers
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
        Seconds until every file is through all of them.
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
    ears = looked_up(db, settings).ears
    describing, measuring = first(settings, ears), second(settings)
    described = ledger.counts(db, describing.stage).queued
    work = [(describing, described + fresh)]
    if ears:
        # Those that wait for both are embedded as they are described.
        later = embedding(settings, ears)
        behind = max(ledger.counts(db, stage).queued for stage in later.stages)
        work.append((later, max(0, behind - described)))
    work.append((measuring, ledger.counts(db, measuring.stage).queued + fresh))
    seconds = [0.0]
    for asked, waiting in work:
        pace = ledger.pace(db, asked.stage) or asked.seconds
        start = 0.0 if seconds[-1] or not waiting else _START_SECONDS
        took = waiting * pace / Budget.of(settings, files=waiting).processes
        seconds.append(seconds[-1] + start + took)
    return Outlook(max(waiting for _, waiting in work), seconds[1], seconds[-1])


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

    with Analysis(db, settings=settings, on_progress=on_progress, stop=stop) as analysis:
        described = analysis.describe()
        embedded = analysis.embed()
        measured = None if quick else analysis.measure()
        return AnalysisSummary(
            descriptors=described,
            recording=measured,
            seconds=time.monotonic() - began,
            notes=tuple(analysis.notes),
            embeddings=embedded,
        )


class Analysis:
    """Passes over the files of one catalogue, in workers that stay loaded between them.

    Use it in a ``with``. Progress and stopping are those of `analyse`.

    Attributes
    ----------
    notes
        Sentences about what could not be done as the settings ask.
    """

    def __init__(
        self,
        db: Database,
        *,
        settings: Settings,
        on_progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self.notes: list[str] = []
        self._db, self._settings = db, settings
        self._on_progress, self._stop = on_progress, stop
        self._settled = False
        self._workers: Workers | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._done_with()

    def describe(self, *, on_progress: Progress | None = None) -> PassSummary:
        """Describe an excerpt of every file that waits for it; embedders at work hear it too.

        Parameters
        ----------
        on_progress
            In place of the one of the whole analysis.
        """
        summary = self._run(first(self._settings, self.ears()), on_progress)
        self._settle_after(summary, on_progress)
        return summary

    def embed(self, *, on_progress: Progress | None = None) -> dict[str, PassSummary]:
        """Embed what an embedder at work has not heard, and let it stand once it has heard all.

        Parameters as `describe`. How files stand, by space.
        """
        ears, hearing = self.ears(), Hearing.of(self._settings)
        behind = [ear for ear in ears if ledger.counts(self._db, ear.stage(hearing)).queued]
        unreachable: set[str] = set()
        run = None
        if behind:
            run = self._run(embedding(self._settings, behind), on_progress, unreachable)
        found = {}
        for ear in ears:
            self._turn_to(ear, unreachable)
            stand = ledger.counts(self._db, ear.stage(hearing))
            took = run if run is not None and ear in behind else PassSummary()
            if run is not None and stand.queued and not self._stopped:
                self._note(
                    f"{stand.queued:,} files could not be embedded in {ear.space} and stay queued; "
                    "`segue scan` finds those that were moved."
                )
            found[ear.space] = replace(
                took,
                found=stand.found,
                analysed=stand.analysed,
                queued=stand.queued,
                failed=stand.failed,
                skipped=stand.skipped,
            )
        return found

    def measure(self, *, on_progress: Progress | None = None) -> PassSummary:
        """Read every file that waits for it from end to end, and find copies of recordings.

        Parameters as `describe`.
        """
        summary = self._run(second(self._settings), on_progress)
        self._settle_after(summary, on_progress)
        if not self._stopped:
            found = compare(self._db, on_progress=on_progress or self._on_progress, stop=self._stop)
            self._note(*found.notes)
        return summary

    def _run(
        self,
        asked: Pass,
        on_progress: Progress | None,
        unreachable: set[str] | None = None,
    ) -> PassSummary:
        """Take one pass over every file that waits for it.

        Content hashes of those that could not be reached are put into `unreachable`.
        """
        began = time.monotonic()
        waiting = asked.waiting(self._db)
        book = Book(self._db, asked, {str(file.path): file.content_hash for file in waiting})
        if waiting and not self._stopped:
            tell = self._teller(asked.verb, on_progress)
            tasks = ((str(file.path), asked.arguments(file)) for file in waiting)
            tell(0, len(waiting), "")
            workers = self._enough(len(waiting))
            outcomes = workers.run(asked.work, tasks, stop=self._stop)
            for done, outcome in enumerate(outcomes, start=1):
                book.take(outcome)
                tell(done, len(waiting), Path(outcome.key).name)
            book.close()
            self._note(*workers.notes)
        if unreachable is not None:
            unreachable |= book.unreachable
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

    @property
    def _stopped(self) -> bool:
        return self._stop is not None and self._stop.is_set()

    def _teller(self, verb: str, on_progress: Progress | None) -> Progress:
        """Who is told of progress: of the whole analysis, with what is done to a file."""
        if on_progress is not None:
            return on_progress
        whole = self._on_progress
        if whole is None:
            return lambda done, total, name: None  # noqa: ARG005 (nobody listens)
        return lambda done, total, name: whole(done, total, f"{verb} {name}" if name else name)

    def _settle_after(self, summary: PassSummary, on_progress: Progress | None) -> None:
        """Bring what is guessed from sound up to date; somebody who wants to stop need not wait."""
        if self._stopped or not (summary.done or not self._settled):
            return
        settled = settle(
            self._db,
            settings=self._settings,
            on_progress=on_progress or self._on_progress,
            stop=self._stop,
        )
        self._note(*settled.notes)
        self._settled = True

    def ears(self) -> tuple[Ear, ...]:
        """The embedders at work, looked for anew: a scan may have brought real music."""
        found = looked_up(self._db, self._settings)
        for problem in found.problems.values():
            self._note(f"An embedder is not used: {problem}")
        return found.ears

    def _turn_to(self, ear: Ear, unreachable: set[str]) -> None:
        """Let the version of an ear stand, or say why it does not yet."""
        stage = ear.stage(Hearing.of(self._settings))
        if self._db.read_only:
            return
        try:
            stands = embeddings.turn_to(self._db, ear.mark, stage, unreachable=unreachable)
        except BusyError as busy:
            self._note(f"The space {ear.space} is not up to date ({busy.what}).")
            return
        if self._stopped or stands or ear.space not in embeddings.standing_in(self._db):
            return
        there = ledger.counts(self._db, stage)
        if there.queued + there.failed:
            self._note(
                f"The space {ear.space} stays as it was: {there.queued:,} files wait for its new "
                f"embedder and {there.failed:,} failed; `segue scan` finds those that were moved, "
                "and `segue analyse --retry` tries them again."
            )
        if absent := embeddings.losses(self._db, ear.mark).absent:
            self._note(
                f"The space {ear.space} stays as it was: {absent:,} of its tracks have files that "
                "are not there, and would lose their place; connect their disk, and run `segue "
                "scan` and `segue analyse`."
            )

    def _note(self, *notes: str) -> None:
        self.notes += [note for note in notes if note not in self.notes]

    def _done_with(self) -> None:
        """Let those go that work, if there are any."""
        if self._workers is not None:
            self._workers.close()
            self._workers = None

    def _enough(self, files: int) -> Workers:
        """Workers for so many files; those of the last pass where there are enough of them."""
        size = None if self._workers is None else self._workers.size
        if size is not None and size < Budget.of(self._settings, files=files).processes:
            self._done_with()
        if self._workers is None:
            self._workers = workers_for(self._settings, files=files, ears=self.ears())
        return self._workers
