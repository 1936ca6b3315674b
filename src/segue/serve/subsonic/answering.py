"""One address for all that players ask: ``/rest/NAME``, with or without ``.view`` behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from segue.serve.access.caller import NOBODY
from segue.serve.guard import LATE
from segue.serve.subsonic import (
    albums,
    browsing,
    finding,
    hearing,
    likeness,
    opinions,
    playlists,
    telling,
)
from segue.serve.subsonic.asked import Asked, form_of, read
from segue.serve.subsonic.callers import need_leave, who
from segue.serve.subsonic.faults import GENERIC, FaultError, fault_of
from segue.serve.subsonic.written import refused, written

if TYPE_CHECKING:
    from segue.serve.subsonic.asked import Endpoint, Values

router = APIRouter(include_in_schema=False)

ENDPOINTS: dict[str, Endpoint] = {
    each.name: each
    for part in (
        telling, browsing, albums, finding, likeness, hearing, opinions, playlists,
    )
    for each in part.ENDPOINTS
}  # fmt: skip
"""Everything that can be asked, by name."""


@router.api_route("/rest", methods=["GET", "HEAD", "POST"])
@router.api_route("/rest/{name:path}", methods=["GET", "HEAD", "POST"])
async def rest(request: Request, name: str = "") -> Response:
    """Whatever a player asks; also what cannot be answered is said in its own language."""
    form = "xml"
    try:
        values = await read(request)
        form = form_of(values)
        if request.method == "POST":
            # A form is a question as an address is: parts of a file can be had by either.
            request.scope["method"] = "GET"
        return await run_in_threadpool(_answer, request, name.removesuffix(".view"), values, form)
    except ClientDisconnect:
        raise  # nobody is left to be told
    except Exception as error:
        if isinstance(error, HTTPException) and error.status_code == LATE:
            raise
        return refused(fault_of(error, request), form=form)


def _answer(request: Request, name: str, values: Values, form: str) -> Response:
    endpoint = ENDPOINTS.get(name)
    if endpoint is None:
        raise FaultError(
            GENERIC,
            f"Segue does not answer {name[:80]!r}",
            remedy="docs/players.md lists what it answers",
        )
    caller = NOBODY
    if not endpoint.anybody:
        caller = who(request, values)
        need_leave(caller, endpoint)
    found = endpoint.answer(Asked(request, values, caller))
    return found if isinstance(found, Response) else written(found, form=form)
