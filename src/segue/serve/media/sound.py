"""The sound of a track: its file by byte ranges, or made into what every browser plays.

The browser decides: it knows by `canPlayType` and by trying what it plays, and asks for
``?as=mp3`` where that is not the file itself. Ranges of such a stream cannot be had, as nobody
knows how many bytes a second will take before it is made; ``&from=`` begins it anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, Response

from segue.audio.streaming import MEDIA_TYPE
from segue.catalogue import tracks
from segue.serve.media.held import need_file
from segue.serve.media.kinds import container_of
from segue.serve.shelf import Library  # noqa: TC001 (FastAPI reads annotations)
from segue.types import TrackId

if TYPE_CHECKING:
    from pathlib import Path

    from segue.serve.media.converting import Conversions

router = APIRouter(include_in_schema=False)

_LONGEST = 30 * 86_400.0

Made = Annotated[Literal["mp3"] | None, Query(alias="as")]
"""What a sound is to be made into; the file itself where nothing is said."""

Start = Annotated[float, Query(alias="from", ge=0, le=_LONGEST, allow_inf_nan=False)]
"""Where a sound that is made begins."""


@router.api_route("/tracks/{track_id}/audio", methods=["GET", "HEAD"])
def audio(
    request: Request, track_id: str, segue: Library, made: Made = None, start: Start = 0.0
) -> Response:
    """The file of a track or the part of it that is asked for, or its sound as MP3."""
    track = tracks.get(segue.database, TrackId(track_id))
    return sounding(request, need_file(segue, track.id), made=made, start=start)


def sounding(
    request: Request, path: Path, *, made: Made, start: float, most: int | None = None
) -> Response:
    """The answer to who asks for the sound of a file; `most` as of `segue.audio.streaming`."""
    if made is None:
        headers = {"Cache-Control": "private, no-cache"}
        return FileResponse(path, media_type=container_of(path), headers=headers)
    if request.method == "HEAD":
        return Response(media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
    conversions: Conversions = request.app.state.conversions
    return conversions.begin(path, start=start, most=most)
