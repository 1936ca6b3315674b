"""What is drawn of a sound and known of it before it is heard: peaks, highlight, type, loudness."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from segue.audio.highlight import highlight
from segue.catalogue import tracks
from segue.serve.media.held import need_file
from segue.serve.media.kinds import UNKNOWN, kind_of
from segue.serve.shelf import Library  # noqa: TC001 (FastAPI reads annotations)
from segue.types import TrackId

if TYPE_CHECKING:
    from pathlib import Path

    from segue.records import Recording

router = APIRouter(include_in_schema=False)

DRAWN = 1200
"""Peaks that are sent at most: as many as the widest waveform has room for."""


@router.api_route("/tracks/{track_id}/peaks", methods=["GET", "HEAD"])
def peaks(request: Request, track_id: str, segue: Library) -> Response:
    """Peaks from 0 to 255 over the whole track, and what a player wants to know beforehand."""
    track = tracks.get(segue.database, TrackId(track_id))
    path = need_file(segue, track.id)
    said = facts(segue.recording(track.id), path, duration=track.duration)
    answer = JSONResponse({"id": track.id, **said}, headers={"Cache-Control": "private, no-cache"})
    etag = f'"{hashlib.sha256(bytes(answer.body)).hexdigest()[:20]}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    answer.headers["ETag"] = etag
    return answer


def facts(recording: Recording | None, path: Path, *, duration: float | None) -> dict[str, Any]:
    """What the player is told of a file; `duration` is what else is known of that."""
    try:
        kind = kind_of(path)
    except OSError:
        kind = UNKNOWN
    duration = duration if recording is None else recording.duration
    found = None
    if duration:
        waveform, rate = (
            (b"", 1.0) if recording is None else (recording.waveform, recording.waveform_rate)
        )
        found = [round(at, 2) for at in highlight(waveform, rate=rate, duration=duration)]
    return {
        "type": kind,
        "duration": duration,
        "peaks": [] if recording is None else drawn(recording.waveform),
        "highlight": found,
        "loudness": None if recording is None else recording.loudness,
        "note": _note(recording),
    }


def drawn(waveform: bytes) -> list[int]:
    """At most `DRAWN` peaks: the highest of each of equal parts."""
    every = np.frombuffer(waveform, dtype=np.uint8)
    if len(every) <= DRAWN:
        return [int(peak) for peak in every]
    borders = np.arange(DRAWN) * len(every) // DRAWN
    return [int(peak) for peak in np.maximum.reduceat(every, borders)]


def _note(recording: Recording | None) -> str:
    if recording is None:
        return "Its waveform appears when the file has been analysed."
    return recording.warning
