"""``segue analyse [FOLDER]``: describe the sound of every file that waits for it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.scan import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

    from segue.cli.session import Session
    from segue.library import Segue
    from segue.records import AnalysisSummary


def analyse(
    session: Session,
    *,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help=f"{FOLDER} Scanned first.", show_default=False),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", metavar="N", min=0, help="Processes; 0: one a core. Else the setting."
        ),
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Take up files that failed before once more.")
    ] = False,
) -> None:
    """Describe the sound of every file that waits for it.

    It may be stopped at any moment with Ctrl-C: what was finished is kept, and the next run goes on
    from there. A damaged file is listed with its reason and holds nothing up.
    """
    from segue.cli.failures import STOPPED
    from segue.cli.summary import analysed, check_source, scanned

    if folder is not None:
        folder = folder.expanduser()
        check_source(folder)
    with session.open(create=folder is not None) as segue:
        scan = None
        if folder is not None:
            with session.meter() as on_progress:
                scan = segue.scan(folder, on_progress=on_progress)
        if retry:
            retry_failed(segue)
        with stoppable() as stop:
            summary = run(session, segue, jobs=jobs, stop=stop)
        shown = [analysed(summary)]
        if scan is not None and folder is not None:
            shown.insert(0, scanned(scan, folder=folder))
        session.answer({"folder": folder, "scan": scan, "analysis": summary}, *shown)
        if stop.is_set():
            session.note("Stopped; what was finished is kept.")
            raise typer.Exit(STOPPED)


def run(
    session: Session, segue: Segue, *, jobs: int | None, stop: threading.Event
) -> AnalysisSummary:
    """Say how long it will take, then analyse with progress until done or stopped."""
    from segue.cli.progress import duration
    from segue.jobs.analyse import estimate

    waiting = segue.status().ledger.queued
    if waiting:
        seconds = estimate(segue.database, jobs=segue.settings.jobs if jobs is None else jobs)
        session.note(f"{waiting:,} files wait for analysis: about {duration(seconds)}.")
    with session.meter() as on_progress:
        return segue.analyse(jobs=jobs, on_progress=on_progress, stop=stop)


def retry_failed(segue: Segue) -> int:
    """Queue every file that failed once more, and say how many."""
    from segue.catalogue import ledger
    from segue.descriptors.extract import VERSION

    return ledger.retry(segue.database, stage="descriptors", version=VERSION)


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C (or SIGTERM) sets; the second interrupts at once."""
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (the signal's shape)
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {kind: signal.signal(kind, ask) for kind in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
