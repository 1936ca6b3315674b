"""The first page: find a track by typing, or look through all of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from segue.catalogue import tracks
from segue.records import Track
from segue.serve.rendering import render
from segue.serve.shelf import Library
from segue.types import TrackId

router = APIRouter(include_in_schema=False)

FOUND = 24
PAGE = 24


@router.api_route("/", methods=["GET", "HEAD"])
def library(
    request: Request,
    segue: Library,
    q: Annotated[str, Query(max_length=300)] = "",
    after: str = "",
) -> Response:
    """Search results for `q`, else a page of the whole catalogue."""
    words = " ".join(q.split())
    if words:
        shown, following = segue.search(words, n=FOUND), None
    else:
        shown, following = _page(segue, after)
    part = request.headers.get("hx-target") == "results"
    return render(
        "_results.html" if part else "library.html",
        request=request,
        words=words,
        shown=shown,
        total=tracks.count(segue.database),
        following=following,
        first=not after,
        limit=FOUND,
    )


def _page(segue: Library, after: str) -> tuple[list[Track], str | None]:
    found = tracks.page(segue.database, after=TrackId(after) if after else None, limit=PAGE + 1)
    shown = found[:PAGE]
    return shown, shown[-1].id if len(found) > PAGE else None
