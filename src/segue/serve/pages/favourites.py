"""What a listener thinks of tracks, all on one page; and who listens."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from segue.catalogue import feedback, tracks
from segue.catalogue.listening import listeners
from segue.catalogue.storable import storable_text
from segue.serve.access.caller import caller_of, own
from segue.serve.playlists import OfFile, download
from segue.serve.rendering import link, render
from segue.serve.shelf import Library
from segue.serve.whose import LONGEST, Listener, remember

router = APIRouter(include_in_schema=False)

PAGE = 100
"""Tracks of one page."""

NAMES = 200
"""Most names of listeners that are offered; others can be typed."""

Kind = Literal["like", "dislike", "skip"]

SHELVES: dict[Kind, str] = {"like": "Liked", "dislike": "Never these", "skip": "Skipped"}
"""What a listener may think, and what the lists are called."""


@router.api_route("/favourites", methods=["GET", "HEAD"])
def favourites(
    request: Request,
    segue: Library,
    listener: Listener,
    kind: Kind = "like",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Response:
    """Likes, dislikes or skips of whoever listens, the newest first."""
    said = feedback.of(segue.database, listener)
    mine = [each for each in said if each.kind == kind]
    pages = max(1, -(-len(mine) // PAGE))
    here = min(page, pages)
    shown = mine[(here - 1) * PAGE : here * PAGE]
    counts = {name: sum(each.kind == name for each in said) for name in SHELVES}
    free = caller_of(request).how == "open"
    known = [name for name in listeners(segue.database) if name] if free else []
    return render(
        "favourites.html",
        request=request,
        kind=kind,
        shelves=SHELVES,
        counts=counts,
        tracks=tracks.many(segue.database, [each.track_id for each in shown]),
        total=len(mine),
        page=here,
        pages=pages,
        free=free,
        names=known[:NAMES],
        longest=LONGEST,
    )


@router.api_route("/favourites/export", methods=["GET", "HEAD"])
def export(segue: Library, listener: Listener, asked: Annotated[OfFile, Query()]) -> Response:
    """All that is liked, as a playlist file, the newest first."""
    liked = [o.track_id for o in feedback.of(segue.database, listener) if o.kind == "like"]
    return download(segue, liked, asked=asked)


@router.post("/listener")
def choose(request: Request, name: Annotated[str, Form(max_length=LONGEST)] = "") -> Response:
    """Let this browser listen as somebody; blank is the owner.

    Who is signed in listens as nobody else.
    """
    wanted = own(caller_of(request), " ".join(storable_text(name).split()))
    response = RedirectResponse(link("favourites"), status_code=303)
    remember(response, wanted)
    return response
