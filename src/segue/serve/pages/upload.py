"""A file of one's own: send it, read what is like it. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from segue.errors import SegueError
from segue.serve.failures import explain
from segue.serve.fields import lens_choices
from segue.serve.hearing import Heard, hear
from segue.serve.questions import Question
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
            asked = _question(sent.fields)
            heard = await hear(segue, sent, asked, room=request.app.state.room)
    except (SegueError, RequestValidationError) as error:
        return _page(request, segue, error=error)
    return _page(request, segue, heard=heard)


def _question(fields: Mapping[str, str]) -> Question:
    """What the form's other fields ask."""
    try:
        return Question.model_validate(fields)
    except ValidationError as error:
        told = [{**each, "loc": ("form", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(told) from None


def _page(
    request: Request,
    segue: Library,
    *,
    heard: Heard | None = None,
    error: SegueError | RequestValidationError | None = None,
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
