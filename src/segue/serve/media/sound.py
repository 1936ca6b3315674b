"""The sound of a track: its file by byte ranges, so that a player can seek."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from segue.catalogue import tracks
from segue.serve.media.held import need_file
from segue.serve.media.kinds import kind_of
from segue.serve.shelf import Library  # noqa: TC001 (FastAPI reads annotations)
from segue.types import TrackId

router = APIRouter(include_in_schema=False)


@router.api_route("/tracks/{track_id}/audio", methods=["GET", "HEAD"])
def audio(track_id: str, segue: Library) -> Response:
    """The file of a track, or the part of it that is asked for."""
    track = tracks.get(segue.database, TrackId(track_id))
    path = need_file(segue, track.id)
    headers = {"Cache-Control": "private, no-cache"}
    return FileResponse(path, media_type=kind_of(path).partition(";")[0], headers=headers)
