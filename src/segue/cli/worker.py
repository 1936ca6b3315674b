"""``segue worker``: do queued work of a catalogue, beside a server or on another machine."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from segue.errors import BadRequestError, InternalError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from segue.cli.session import Session
    from segue.jobs.runner import Runner

_LOOK_SECONDS = 0.5


def worker(
    session: Session,
    *,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="A kind of work to do: scan, upload, waveform, teach or map; repeat for each."
            " Without it, all of them.",
        ),
    ] = None,
    grace: Annotated[
        float,
        typer.Option(
            min=0,
            max=3600,
            metavar="SECONDS",
            help="How long work under way may go on after the first Ctrl-C or SIGTERM.",
        ),
    ] = 30.0,
) -> None:
    """Do queued work of a catalogue; stop with Ctrl-C.

    Several may run, on several machines (docs/workers.md). It takes what it can reach: music that
    lies under the same path here, files of listeners in a shared folder. The first Ctrl-C or
    SIGTERM lets work under way come to its end or gives it back, the second gives it back at once.
    """
    from segue.serve.work import KINDS, Beside

    takes = _known(kind, KINDS)
    with session.open() as segue:
        if segue.database.read_only:
            raise UnavailableError(
                "the catalogue can only be read, so no work can be done on it",
                where=segue.database.where,
                remedy="Give yourself the right to write to the file and its folder",
            )
        runner = Beside.working(segue, takes=takes).runner
        with _signals() as (asked, hurry):
            runner.start()
            session.answer(
                {"catalogue": segue.database.where, "kinds": list(takes)},
                f"Works for {segue.database.where}: {', '.join(takes)} (stop with Ctrl-C).",
            )
            _until(asked, runner)
            if runner.busy and not hurry.is_set():
                session.note(f"Stopping: work under way may go on for {grace:g} s.")
            runner.drain(grace, hurry=hurry)
    session.note("Stopped; what is not done is queued.")


def _known(wanted: list[str] | None, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds that are wanted, in our order."""
    for name in wanted or ():
        if name not in kinds:
            raise BadRequestError(
                f"there is no work of the kind {name!r}", remedy=f"Kinds are {', '.join(kinds)}"
            )
    return tuple(name for name in kinds if not wanted or name in wanted)


def _until(asked: threading.Event, runner: Runner) -> None:
    """Wait until it is asked to stop, as long as it works."""
    while not asked.wait(_LOOK_SECONDS):
        if not runner.running:
            runner.stop()
            raise InternalError(
                "a thread of the worker has ended",
                remedy="Start it again; this is a fault of Segue: report it, with the log",
            )


@contextmanager
def _signals() -> Iterator[tuple[threading.Event, threading.Event]]:
    """What the first Ctrl-C or SIGTERM sets, and what the second does."""
    asked, hurry = threading.Event(), threading.Event()

    def heard(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (as Python calls it)
        if asked.is_set():
            hurry.set()
        asked.set()

    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.signal(kind, heard) for kind in kinds}
    try:
        yield asked, hurry
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
