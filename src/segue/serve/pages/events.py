"""What happens in the background, sent to pages as it happens (`segue.serve.sending`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from segue.catalogue import jobs as rows
from segue.serve.brought import PRIVATE
from segue.serve.sending import event, sent
from segue.serve.shelf import Library
from segue.serve.telling import told
from segue.serve.work import Working

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue.jobs.runner import Runner
    from segue.library import Segue

router = APIRouter(include_in_schema=False)


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
    own = await run_in_threadpool(_own, segue, upload)
    return sent(request, _changes(runner, wanted={*job, *own}, own=own))


def _own(segue: Segue, tokens: list[str]) -> frozenset[int]:
    """Numbers of the work on these files."""
    wishes = [{"token": token} for token in tokens]
    found = (rows.asking(segue.database, kind, wishes) for kind in PRIVATE) if wishes else ()
    return frozenset(one.id for each in found for one in each)


def _changes(
    runner: Runner, *, wanted: set[int], own: frozenset[int]
) -> Callable[[], Iterator[str]]:
    """What looks for jobs that have changed since it last looked."""
    known: dict[int, str] = {}

    def look() -> Iterator[str]:
        for standing in runner.standing(wanted):
            if standing.job.kind in PRIVATE and standing.job.id not in own:
                continue
            one = told(standing)
            # Looked for until its end was told.
            (wanted.add if one.open else wanted.discard)(one.id)
            data = json.dumps(one.event, ensure_ascii=False)
            if known.get(one.id) != data:
                known[one.id] = data
                yield event("job", data)

    return look
