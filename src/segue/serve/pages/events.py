"""What happens in the background, sent to pages as it happens (server-sent events).

Reference: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from segue.catalogue import jobs as rows
from segue.errors import CrowdedError
from segue.serve.brought import PRIVATE
from segue.serve.shelf import Library
from segue.serve.telling import told
from segue.serve.work import Working

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from segue.jobs.runner import Runner
    from segue.library import Segue

router = APIRouter(include_in_schema=False)

LISTENERS = 100
"""Most pages that are told at the same time."""

_LOOK_SECONDS = 0.4
_ALIVE_SECONDS = 15.0
_AGAIN_MILLISECONDS = 2000


@router.get("/events/jobs")
async def jobs(
    request: Request,
    runner: Working,
    segue: Library,
    job: Annotated[list[int], Query(max_length=200)] = [],  # noqa: B006 (never changed)
    upload: Annotated[list[str], Query(max_length=200)] = [],  # noqa: B006 (never changed)
) -> StreamingResponse:
    """Jobs that are not over, and those of these numbers: now, and whenever one changes.

    Work on files that were brought is told of to who names them (``upload=TOKEN``): whoever knew
    of it otherwise had the file.
    """
    state = request.app.state
    if getattr(state, "told", 0) >= LISTENERS:
        raise CrowdedError(
            f"{LISTENERS} pages are told of work in the background already",
            remedy="Load the page again in a moment",
        )
    own = await run_in_threadpool(_own, segue, upload)
    return StreamingResponse(
        _stream(request, runner, wanted={*job, *own}, own=own),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _own(segue: Segue, tokens: list[str]) -> frozenset[int]:
    """Numbers of the work on these files."""
    wishes = [{"token": token} for token in tokens]
    found = (rows.asking(segue.database, kind, wishes) for kind in PRIVATE) if wishes else ()
    return frozenset(one.id for each in found for one in each)


async def _stream(
    request: Request, runner: Runner, *, wanted: set[int], own: frozenset[int]
) -> AsyncIterator[str]:
    state = request.app.state
    state.told = getattr(state, "told", 0) + 1
    try:
        yield f"retry: {_AGAIN_MILLISECONDS}\n\n"
        sent: dict[int, str] = {}
        last = time.monotonic()
        while not getattr(state, "ending", False) and not await request.is_disconnected():
            for standing in await run_in_threadpool(runner.standing, wanted):
                if standing.job.kind in PRIVATE and standing.job.id not in own:
                    continue
                one = told(standing)
                # Looked for until its end was told.
                (wanted.add if one.open else wanted.discard)(one.id)
                data = json.dumps(one.event, ensure_ascii=False)
                if sent.get(one.id) != data:
                    sent[one.id], last = data, time.monotonic()
                    yield f"event: job\ndata: {data}\n\n"
            if time.monotonic() - last > _ALIVE_SECONDS:
                last = time.monotonic()
                yield ": still here\n\n"
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        state.told -= 1
