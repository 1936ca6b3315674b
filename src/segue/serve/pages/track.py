"""One track: what is known of it, its sound, and the tracks like it with the reason for each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from segue.catalogue import tracks
from segue.errors import BadRequestError, WarmingUpError
from segue.serve import fields
from segue.serve.failures import explain
from segue.serve.questions import Question
from segue.serve.rendering import link, render
from segue.serve.shelf import Library, ask, seed_of
from segue.types import TrackId

router = APIRouter(include_in_schema=False)


@router.api_route("/tracks/{track_id}", methods=["GET", "HEAD"])
def track(
    request: Request,
    segue: Library,
    track_id: str,
    asked: Annotated[Question, Query()],
) -> Response:
    """The track with its neighbours; only the neighbours where htmx asks for those."""
    found = tracks.get(segue.database, TrackId(track_id))
    answer, waiting, refused = None, None, None
    try:
        answer = ask(segue, seed_of(segue, track_id), asked)
    except WarmingUpError as error:
        waiting = explain(error, request)
    except BadRequestError as error:
        refused = explain(error, request)
    part = request.headers.get("hx-target") == "similar"
    return render(
        "_similar.html" if part else "track.html",
        request=request,
        track=found,
        recording=None if part else segue.recording(found.id),
        intervals={} if part else segue.intervals(found),
        answer=answer,
        waiting=waiting,
        refused=refused,
        asked=asked,
        lenses=fields.lens_choices(segue),
        fields=fields,
        results=segue.settings.results,
        usual=segue.dials(),
        genres=[] if part else fields.genres_of(request.app, segue),
        again=link("tracks", track_id) + (f"?{request.url.query}" if request.url.query else ""),
    )
