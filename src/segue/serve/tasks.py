"""Work that people and programs ask for, by pages and by the API: the same checks for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.catalogue import jobs
from segue.catalogue.folders import folders
from segue.errors import BadRequestError, NotFoundError
from segue.jobs import standing, teaching
from segue.jobs.charting import MAP
from segue.jobs.looking import SCAN
from segue.serve.brought import PRIVATE

if TYPE_CHECKING:
    from segue.jobs.runner import Runner
    from segue.library import Segue

LONGEST_HOURS = 100.0
"""Most hours that a network may be taught for."""


def scanned(segue: Segue, runner: Runner, root: str) -> int:
    """Have a known music folder looked through again; the number of the job.

    Raises
    ------
    NotFoundError
        It is none: a typed path would let a visitor look around the disk.
    """
    known = {str(each.root) for each in folders(segue.database)}
    if root not in known:
        raise NotFoundError(
            f"{root} is no music folder of this catalogue",
            remedy="Add one with `segue scan FOLDER`, then it can be looked through from here",
        )
    return runner.submit(SCAN, {"root": root}, address="jobs")


def analysed(runner: Runner) -> int:
    """Have all files analysed that wait for it; the number of the job."""
    return runner.submit(SCAN, {}, address="jobs")


def taught(runner: Runner, hours: float | None) -> int:
    """Have networks learn from the library; the number of the job.

    Raises
    ------
    BadRequestError
        `hours` is not above 0, or too many; None takes as many as are needed.
    """
    if hours is not None and not 0 < hours <= LONGEST_HOURS:
        raise BadRequestError(
            f"{hours:g} is no number of hours",
            remedy=f"Write a number above 0 and up to {LONGEST_HOURS:g}, or nothing",
        )
    payload = {} if hours is None else {"hours": hours}
    return runner.submit(teaching.TEACH, payload, address="models")


def drawn(segue: Segue, runner: Runner, space: str) -> int:
    """Have the map of a space drawn; the number of the job.

    Raises
    ------
    NotFoundError
        There is no such space, or it cannot be drawn.
    """
    if space not in segue.map_spaces():
        raise NotFoundError(
            f"there is no space {space!r} that can be drawn",
            remedy=f"Draw one of: {', '.join(segue.map_spaces()) or 'none yet'}",
        )
    return runner.submit(MAP, {"space": space})


def tried_again(segue: Segue, runner: Runner, *, reason: str, file: str) -> tuple[int, int | None]:
    """Try files again that could not be read: how many, and the number of the job, if any.

    Parameters
    ----------
    reason, file
        Only those with this reason, only the one of this content hash; "" for any.

    Raises
    ------
    NotFoundError
        One is named, or a reason, and no such file failed.
    """
    again = standing.retry(
        segue.database,
        settings=segue.settings,
        words=reason or None,
        content_hash=file or None,
    )
    if not again and (reason or file):
        raise NotFoundError(
            "no such file failed, or it is tried again already", remedy="Load the page of files"
        )
    return again, analysed(runner) if again else None


def need_told(segue: Segue, job: int) -> None:
    """NotFoundError for work on a file that was brought: only its own page has to do with it."""
    if any(each.kind in PRIVATE for each in jobs.many(segue.database, [job])):
        raise NotFoundError(f"there is no job {job}", remedy="List the jobs to see which are")
