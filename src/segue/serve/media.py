"""Audio and pictures of tracks.

A file is served only when the catalogue says it holds the track that was asked for; no part of
an address ever becomes a path. Audio goes out by byte ranges, so that a player can seek. A
picture embedded in a file is believed by its first bytes, never by what its tag claims, and must
be one of four kinds that cannot hold a script.
"""

from __future__ import annotations

import os
import stat
from pathlib import PurePath
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from segue.catalogue import files, tracks
from segue.errors import NotFoundError
from segue.serve.placeholder import draw
from segue.serve.shelf import Library  # noqa: TC001 (FastAPI reads annotations)
from segue.sources.tags import read_art
from segue.types import TrackId

if TYPE_CHECKING:
    from pathlib import Path

    from segue.records import Track

router = APIRouter(include_in_schema=False)

TYPES: dict[str, str] = {
    ".aac": "audio/aac",
    ".aif": "audio/aiff",
    ".aiff": "audio/aiff",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
}
"""Endings of audio files, and what a player is told they are."""

_ALONE = {"Content-Security-Policy": "default-src 'none'; style-src 'none'; sandbox"}
"""For a picture opened by itself: it may do nothing at all."""


@router.api_route("/tracks/{track_id}/audio", methods=["GET", "HEAD"])
def audio(track_id: str, segue: Library) -> Response:
    """The file of a track, or the part of it that is asked for."""
    path = _file_of(segue, tracks.get(segue.database, TrackId(track_id)))
    if path is None:
        raise NotFoundError(
            f"no file of the library holds the track {track_id!r}",
            remedy="Scan the folder that holds it: segue scan FOLDER",
        )
    kind = TYPES.get(PurePath(path).suffix.casefold(), "application/octet-stream")
    headers = {"Cache-Control": "private, no-cache"}
    return FileResponse(path, media_type=kind, headers=headers)


@router.api_route("/tracks/{track_id}/art", methods=["GET", "HEAD"])
def art(track_id: str, segue: Library) -> Response:
    """The picture in the track's file, else a drawn one."""
    track = tracks.get(segue.database, TrackId(track_id))
    path = _file_of(segue, track) if track.playable else None
    headers = {"Cache-Control": "private, max-age=3600", **_ALONE}
    if path is not None and (picture := _picture(path)) is not None:
        data, kind = picture
        return Response(data, media_type=kind, headers=headers)
    drawn = draw(track.id, artist=track.artists[0] if track.artists else "")
    return Response(drawn, media_type="image/svg+xml", headers=headers)


def _file_of(segue: Library, track: Track) -> Path | None:
    """The file that holds a track, if it is still there as a plain file."""
    path = files.path_of(segue.database, track.id)
    try:
        there = path is not None and stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        there = False
    return path if there else None


def _picture(path: Path) -> tuple[bytes, str] | None:
    """The embedded picture and its kind; None where there is none that can be shown."""
    try:
        return read_art(path)
    except OSError:
        return None
