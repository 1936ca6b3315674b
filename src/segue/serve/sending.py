"""Server-sent events: what a page or a program is told for as long as it listens.

Reference: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from segue.errors import CrowdedError, SegueError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from starlette.requests import Request

_log = logging.getLogger(__name__)

LISTENERS = 100
"""Most pages and programs that are told at the same time."""

_LOOK_SECONDS = 0.4
_ALIVE_SECONDS = 15.0
_AGAIN_MILLISECONDS = 2000


def sent(
    request: Request, look: Callable[[], Iterable[str]], *, seconds: float | None = None
) -> StreamingResponse:
    """An answer that goes on until its listener goes or the server is stopped.

    Parameters
    ----------
    request
        Who listens.
    look
        Called now and then, in a thread; gives the events (`event`) that are to be sent.
    seconds
        After which it ends all the same.

    Raises
    ------
    CrowdedError
        Too many listen already.
    """
    if getattr(request.app.state, "told", 0) >= LISTENERS:
        raise CrowdedError(
            f"{LISTENERS} pages and programs are told of what happens already",
            remedy="Load the page again, or ask again, in a moment",
        )
    return StreamingResponse(
        _sent(request, look, seconds=seconds),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def event(kind: str, data: str, *, number: str = "") -> str:
    r"""One event as it is written; `data` is one line.

    >>> event("job", '{"id": 1}', number="a-1")
    'event: job\nid: a-1\ndata: {"id": 1}\n\n'
    """
    known = f"id: {number}\n" if number else ""
    return f"event: {kind}\n{known}data: {data}\n\n"


async def _sent(
    request: Request, look: Callable[[], Iterable[str]], *, seconds: float | None
) -> AsyncIterator[str]:
    state = request.app.state
    state.told = getattr(state, "told", 0) + 1
    began = last = time.monotonic()
    try:
        yield f"retry: {_AGAIN_MILLISECONDS}\n\n"
        while not getattr(state, "ending", False) and not await request.is_disconnected():
            for each in await run_in_threadpool(_looked, look):
                last = time.monotonic()
                yield each
            now = time.monotonic()
            if seconds is not None and now - began >= seconds:
                return
            if now - last > _ALIVE_SECONDS:
                last = now
                yield ": still here\n\n"
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        state.told -= 1


def _looked(look: Callable[[], Iterable[str]]) -> list[str]:
    """What is to be sent now; nothing where the catalogue cannot be read at this moment."""
    try:
        return list(look())
    except SegueError as error:
        _log.info("what happens is told a little later: %s", error)
        return []
