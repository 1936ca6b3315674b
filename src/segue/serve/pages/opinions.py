"""What somebody thinks of a track, said on any page: like, dislike, skip, or take it back."""

from __future__ import annotations

import json
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from segue.catalogue import feedback, tracks
from segue.serve.rendering import link, render
from segue.serve.shelf import Library
from segue.serve.whose import Listener
from segue.types import TrackId

router = APIRouter(include_in_schema=False)

Kind = Literal["like", "dislike", "skip", "undo"]


@router.post("/tracks/{track_id}/opinion")
def opinion(
    request: Request,
    segue: Library,
    listener: Listener,
    track_id: str,
    *,
    kind: Annotated[Kind, Form()],
    part: Annotated[Literal["heart", "opinion"], Form()] = "heart",
) -> Response:
    """Take an opinion down, or back; the button anew for htmx, else the page it came from.

    With the header ``HX-Trigger`` the page hears of it: an event ``segue:opinion`` with the id of
    the track and what stands now.
    """
    track = tracks.get(segue.database, TrackId(track_id))
    if kind == "undo":
        feedback.undo(segue.database, listener, track.id)
    else:
        feedback.give(segue.database, listener, track.id, kind)
    if "hx-request" not in request.headers:
        return RedirectResponse(_before(request) or link("tracks", track.id), status_code=303)
    stands = "" if kind == "undo" else kind
    told = json.dumps({"segue:opinion": {"id": track.id, "kind": stands}})
    return render(
        "_hearted.html" if part == "heart" else "_opinion.html",
        request=request,
        headers={"HX-Trigger": told},
        track=track,
        answered=True,
    )


def _before(request: Request) -> str:
    """The page a form was sent from, as a path of this server; "" where nobody says."""
    came = urlsplit(request.headers.get("referer", ""))
    # A path that begins with two slashes would name another host.
    path = "/" + came.path.lstrip("/\\")
    return (f"{path}?{came.query}" if came.query else path) if came.path else ""
