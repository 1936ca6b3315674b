"""Pictures of tracks: the one in the file, else a drawn one."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from segue.catalogue import tracks
from segue.serve.media.held import file_of
from segue.serve.media.placeholder import draw
from segue.serve.shelf import Library  # noqa: TC001 (FastAPI reads annotations)
from segue.sources.tags import read_art
from segue.types import TrackId

router = APIRouter(include_in_schema=False)

_ALONE = {"Content-Security-Policy": "default-src 'none'; style-src 'none'; sandbox"}
"""For a picture opened by itself: it may do nothing at all."""


@router.api_route("/tracks/{track_id}/art", methods=["GET", "HEAD"])
def art(track_id: str, segue: Library) -> Response:
    """The picture in the track's file, else a drawn one."""
    track = tracks.get(segue.database, TrackId(track_id))
    path = file_of(segue, track.id) if track.playable else None
    headers = {"Cache-Control": "private, max-age=3600", **_ALONE}
    try:
        found = None if path is None else read_art(path)
    except OSError:
        found = None
    if found is not None:
        data, kind = found
        return Response(data, media_type=kind, headers=headers)
    drawn = draw(track.id, artist=track.artists[0] if track.artists else "")
    return Response(drawn, media_type="image/svg+xml", headers=headers)
