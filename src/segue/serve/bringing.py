"""Files of listeners on their way in, through the store and out: what pages and programs share."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from segue.catalogue import files, jobs
from segue.catalogue import uploads as rows
from segue.errors import BusyError, CrowdedError, UnavailableError
from segue.serve.brought import PRIVATE, UPLOAD
from segue.serve.uploads import sent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.requests import Request

    from segue.catalogue.uploads import Brought
    from segue.library import Segue
    from segue.recommend.seeds import Seed
    from segue.serve.brought import Noting
    from segue.serve.uploads import Sent
    from segue.serve.work import Beside
    from segue.types import TrackId

_log = logging.getLogger(__name__)

FORM_FILES = 50
"""Most files one form may hold."""

WAITING = 600
"""Most files that may wait to be listened to."""


@asynccontextmanager
async def arriving(request: Request, segue: Segue) -> AsyncIterator[Sent]:
    """The files that a form brings, when there is room for them; gone when the block ends.

    Raises
    ------
    CrowdedError
        Too many are on their way, or wait to be listened to.
    TooLargeError, BadRequestError
        As `segue.serve.uploads.sent`.
    """
    state = request.app.state
    megabytes = segue.settings.upload_megabytes
    async with state.arrivals.entered():
        await run_in_threadpool(_need_patience, segue)
        async with sent(request, megabytes=megabytes, most=FORM_FILES) as given:
            yield given


async def taken(
    request: Request, beside: Beside, given: Sent, *, noting: Noting | None = None
) -> list[str]:
    """Put files into the store, all or none, and have them listened to; their tokens.

    Parameters
    ----------
    request
        By which they came.
    noting
        As of `segue.serve.brought.Store.take_all`.

    Raises
    ------
    CrowdedError
        Too many are being written down.
    BadFileError, TooLargeError, UnavailableError
        As of `segue.serve.brought.Store.take_all`.
    """
    async with request.app.state.door.entered():
        tokens = await beside.store.take_all(given.files, noting=noting)
    await run_in_threadpool(_queue, beside, tokens)
    return tokens


def _need_patience(segue: Segue) -> None:
    """CrowdedError where too many files wait already."""
    if jobs.waiting(segue.database, UPLOAD) >= WAITING:
        raise CrowdedError(
            f"{WAITING} files wait to be listened to already",
            remedy="Send yours in a few minutes",
        )


def _queue(beside: Beside, tokens: Sequence[str]) -> None:
    """Have files listened to; what cannot be written down just now is found by `Store.tidy`."""
    for token in tokens:
        try:
            beside.hear(token)
        except (BusyError, UnavailableError) as error:
            _log.warning("a file that was brought is listened to a little later: %s", error)


def seed_of_file(beside: Beside, segue: Segue, brought: Brought) -> Seed | None:
    """What a file is as a seed; None while it has to be heard again, which is queued.

    Where no work is done (the catalogue can only be read) it is heard while who asks waits.

    Raises
    ------
    UnavailableError
        It could not be heard again; says why.
    """
    seed = beside.store.remembered(brought.token)
    if seed is not None or not beside.runner.running:
        return beside.store.seed(brought)
    last = jobs.of(segue.database, UPLOAD, {"token": brought.token})
    if last is not None and last.state == "failed":
        raise UnavailableError(last.message.removesuffix("."), remedy="Bring the file again")
    beside.hear(brought.token)
    return None


def track_of_file(segue: Segue, brought: Brought) -> TrackId | None:
    """The track of the catalogue that a file is; None where it is none."""
    return files.track_holding(segue.database, brought.content_hash)


def forgotten(beside: Beside, segue: Segue, token: str) -> None:
    """Let nothing of a file be left, nor of work on it; NotFoundError where there is none."""
    rows.get(segue.database, token)
    for kind in PRIVATE:
        for job in jobs.asking(segue.database, kind, [{"token": token}]):
            beside.runner.cancel(job.id)
    beside.store.forget(token)
