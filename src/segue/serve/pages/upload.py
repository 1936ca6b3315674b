"""A file of one's own: send it, read what is like it. Nothing of it is kept."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from segue.errors import BadRequestError, SegueError
from segue.serve.failures import explain, shorten
from segue.serve.hearing import Heard, hear
from segue.serve.pages.track import lens_choices
from segue.serve.questions import MOST, question
from segue.serve.rendering import render
from segue.serve.shelf import Library
from segue.serve.uploads import received

router = APIRouter(include_in_schema=False)


@router.api_route("/upload", methods=["GET", "HEAD"])
def form(request: Request, segue: Library) -> Response:
    """The form."""
    return _page(request, segue)


@router.post("/upload")
async def upload(request: Request, segue: Library) -> Response:
    """Listen to the file and show what is like it; the form again with the reason if not."""
    try:
        async with received(request, megabytes=segue.settings.upload_megabytes) as sent:
            asked = question(
                n=_count(sent.fields.get("n", "")), lens=sent.fields.get("lens") or None
            )
            heard = await hear(segue, sent, asked, room=request.app.state.room)
    except SegueError as error:
        return _page(request, segue, error=error)
    return _page(request, segue, heard=heard)


def _count(text: str) -> int | None:
    """How many, as the form sends it; None when it leaves that out."""
    if not text.strip():
        return None
    if text.isdecimal() and 1 <= int(text[:9]) <= MOST:
        return int(text)
    raise BadRequestError(
        f"{shorten(text)!r} is no number of recommendations", remedy=f"Give one from 1 to {MOST}"
    )


def _page(
    request: Request,
    segue: Library,
    *,
    heard: Heard | None = None,
    error: SegueError | None = None,
) -> Response:
    failure = None if error is None else explain(error, request)
    return render(
        "upload.html",
        request=request,
        code=200 if failure is None else failure.status,
        headers=None if failure is None else failure.headers,
        heard=heard,
        failure=failure,
        lenses=lens_choices(segue),
        results=segue.settings.results,
        megabytes=segue.settings.upload_megabytes,
    )
