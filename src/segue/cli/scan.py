"""``segue scan FOLDER``: look through a music folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.failures import REFUSED
from segue.cli.importing import RejectionsFile  # noqa: TC001 (typer reads it)

if TYPE_CHECKING:
    from pathlib import Path

    from segue.cli.session import Session

FOLDER = "A music folder; the folders in it are looked through too."


def scan(
    session: Session,
    *,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=FOLDER, show_default=False)],
    rejections: RejectionsFile = None,
) -> None:
    """Look through a music folder for what is new or has changed.

    Files that moved, were renamed or are no longer there are noticed too. Reads tags, not sound:
    `segue analyse` does that. Nothing in the folder is changed, and scanning again is quick.
    A folder that is suddenly empty removes nothing.
    """
    from segue.cli.summary import check_source, check_target, scanned, write_rejections

    folder = folder.expanduser()
    check_source(folder)
    check_target(rejections, source=folder)
    with session.open(create=True) as segue, session.meter() as on_progress:
        summary = segue.scan(folder, on_progress=on_progress)
    if rejections is not None:
        write_rejections(rejections, summary.rejections)
    session.answer({"folder": folder, "scan": summary}, scanned(summary, folder=folder))
    if summary.found and summary.rejected == summary.found:
        session.note("Nothing could be taken.")
        raise typer.Exit(REFUSED)
