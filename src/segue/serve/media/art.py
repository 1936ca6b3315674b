"""Pictures of tracks over HTTP, in the size that is asked for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from segue.catalogue import tracks
from segue.serve.media.artwork import SIZES, artwork_of
from segue.serve.shelf import Library  # noqa: TC001 (FastAPI reads annotations)
from segue.types import TrackId

router = APIRouter(include_in_schema=False)

_ALONE = {"Content-Security-Policy": "default-src 'none'; style-src 'none'; sandbox"}
"""For a picture opened by itself: it may do nothing at all."""


@router.api_route("/tracks/{track_id}/art", methods=["GET", "HEAD"])
def art(
    request: Request,
    track_id: str,
    segue: Library,
    size: Annotated[int, Query(ge=1, le=4096)] = SIZES[-1],
) -> Response:
    """The picture of a track: the next larger of `SIZES`."""
    found = tracks.get(segue.database, TrackId(track_id))
    picture = artwork_of(segue, found, size=size, covers=request.app.state.covers)
    kept = "private, max-age=3600" if picture.lasts else "private, max-age=5"
    headers = {"Cache-Control": kept, "ETag": f'"{picture.mark}"', **_ALONE}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(picture.data, media_type=picture.media_type, headers=headers)
