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

from segue.errors import CrowdedError, SegueError, UnknownCallerError
from segue.serve.access.caller import STILL_SECONDS, caller_of, need_known

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from segue.serve.places import Places

_log = logging.getLogger(__name__)

LISTENERS = 100
"""Most pages and programs that are told at the same time."""

OF_ONE = 30
"""Most of them that are of one caller: a page each, and programs."""

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

    Returns
    -------
    StreamingResponse
        Has one of the places of the application while it is sent; where none is left, it raises
        `CrowdedError` in place of being sent.
    """
    return _Line(
        request,
        _sent(request, look, seconds=seconds),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


class _Line(StreamingResponse):
    """An answer that keeps a place from its first byte to its last."""

    def __init__(
        self,
        request: Request,
        content: AsyncIterator[str],
        *,
        media_type: str,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(content, media_type=media_type, headers=headers)
        self._request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        places: Places = self._request.app.state.told
        again = "Load the page again, or ask again, in a moment"
        told = "pages and programs are told of what happens already"
        full = CrowdedError(f"{places.most} {told}", remedy=again)
        enough = CrowdedError(f"{places.each} of your {told}", remedy=again)
        with places.entered(caller_of(self._request), full=full, enough=enough):
            await super().__call__(scope, receive, send)


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
    began = last = known = time.monotonic()
    yield f"retry: {_AGAIN_MILLISECONDS}\n\n"
    while not getattr(state, "ending", False) and not await request.is_disconnected():
        for each in await run_in_threadpool(_looked, look):
            last = time.monotonic()
            yield each
        now = time.monotonic()
        if seconds is not None and now - began >= seconds:
            return
        if now - known >= STILL_SECONDS:
            known = now
            if not await run_in_threadpool(_is_known, request):
                return
        if now - last > _ALIVE_SECONDS:
            last = now
            yield ": still here\n\n"
        await asyncio.sleep(_LOOK_SECONDS)


def _is_known(request: Request) -> bool:
    """Whether who listens is still who they were; also where that cannot be read just now."""
    try:
        need_known(request)
    except UnknownCallerError:
        return False
    except SegueError as error:
        _log.info("who listens is looked up a little later: %s", error)
    return True


def _looked(look: Callable[[], Iterable[str]]) -> list[str]:
    """What is to be sent now; nothing where the catalogue cannot be read at this moment."""
    try:
        return list(look())
    except SegueError as error:
        _log.info("what happens is told a little later: %s", error)
        return []
