"""``segue analyse [FOLDER]``: describe the sound of every file that waits for it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.scan import FOLDER
from segue.cli.working import Working  # noqa: TC001 (the options)
from segue.errors import BadRequestError, NotFoundError
from segue.jobs.budget import LEAST_MEGABYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import FrameType

    from segue.cli.session import Session
    from segue.library import Segue
    from segue.summaries import AnalysisSummary


def analyse(
    session: Session,
    *,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help=f"{FOLDER} Scanned first.", show_default=False),
    ] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="Only what recommending needs; waveforms and loudness another time."
        ),
    ] = False,
    working: Working,
    memory: Annotated[
        int | None,
        typer.Option(
            metavar="MEGABYTES",
            min=LEAST_MEGABYTES,
            help="Memory for all processes of this machine together. Else the setting.",
        ),
    ] = None,
    nice: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            max=19,
            help="How far to step back for other programs; 0: not at all. Else the setting.",
        ),
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Take up files that failed before once more.")
    ] = False,
    retry_if: Annotated[
        str | None,
        typer.Option(
            "--retry-if",
            metavar="WORDS",
            help="Take up only those that failed or were skipped with WORDS in the reason.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Describe the sound of every file that waits for it.

    First an excerpt of each, which is quick and makes tracks recommendable; networks at work hear
    it too. Then each from end to end, for the waveform, the loudness and the fingerprint. It may be
    stopped at any moment with Ctrl-C: what was finished is kept, and the next run goes on from
    there. A damaged file is listed with its reason and holds nothing up; `segue status --failures`
    counts the reasons.
    """
    from segue.cli.failures import STOPPED
    from segue.cli.summary import analysed, check_source, scanned

    if folder is not None:
        folder = folder.expanduser()
        check_source(folder)
    changed = {**working.changed(), "memory_megabytes": memory, "niceness": nice}
    _check_together(working, {"--memory": memory, "--nice": nice})
    with session.open(create=folder is not None, changed=changed) as segue:
        scan = None
        if folder is not None:
            with session.meter() as on_progress:
                scan = segue.scan(folder, on_progress=on_progress)
        again = _again(segue, words=retry_if) if retry or retry_if is not None else None
        if again is not None:
            session.note(f"{again:,} files are taken up once more.")
        with stoppable() as stop:
            summary = run(session, segue, quick=quick, stop=stop)
        shown = [analysed(summary)]
        if scan is not None and folder is not None:
            shown.insert(0, scanned(scan, folder=folder))
        session.answer(
            {"folder": folder, "scan": scan, "retried": again, "analysis": summary}, *shown
        )
        if stop.is_set():
            session.note("Stopped; what was finished is kept.")
            raise typer.Exit(STOPPED)


def run(
    session: Session, segue: Segue, *, stop: threading.Event, quick: bool = False
) -> AnalysisSummary:
    """Say how long it will take, then analyse with progress until done or stopped."""
    from segue.cli.progress import duration
    from segue.jobs.analyse import outlook

    ahead = outlook(segue.database, settings=segue.settings)
    waiting, seconds = ahead.waiting, ahead.whole
    if quick:
        waiting, seconds = segue.status().ledger.queued, ahead.recommendable
    over = segue.settings.over
    if waiting:
        long = f"over {over}" if over else f"about {duration(seconds)}"
        session.note(f"{waiting:,} files wait for analysis: {long}.")
    with session.meter() as on_progress:
        return segue.analyse(quick=quick, on_progress=on_progress, stop=stop)


def _check_together(working: Working, options: Mapping[str, int | None]) -> None:
    """Refuse what says how much of this machine to take where others work."""
    given = [option for option, value in options.items() if value is not None]
    if working.over and given:
        raise BadRequestError(
            f"{given[0]} says how much of this machine to take, and --over lets others work",
            remedy="Set SEGUE_MEMORY_MEGABYTES and SEGUE_NICENESS where the workers run",
        )


def _again(segue: Segue, *, words: str | None) -> int:
    """Queue what failed once more, and say how many files that are.

    Raises
    ------
    NotFoundError
        Nothing failed for such a reason.
    """
    from segue.jobs.standing import retry

    found = retry(segue.database, settings=segue.settings, words=words)
    if words is not None and not found:
        raise NotFoundError(
            f"no file failed or was skipped with {words!r} in the reason",
            remedy="See the reasons with `segue status --failures`",
        )
    return found


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
