"""Recommendations for an audio file that need not be in the catalogue."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from segue.serve import schemas
from segue.serve.hearing import hear
from segue.serve.questions import OfFile
from segue.serve.shelf import Library
from segue.serve.uploads import received

router = APIRouter(tags=["Recommendations"])

FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "An audio file: MP3, WAV, M4A, FLAC, OGG, Opus, …",
                        }
                    },
                }
            }
        },
    }
}


@router.post(
    "/recommend/from-audio",
    openapi_extra=FORM,
    response_description="Tracks like the file.",
    responses=schemas.problems(400, 403, 413, 422, 423),
)
async def recommend_from_audio(
    request: Request,
    segue: Library,
    asked: Annotated[OfFile, Query()],
) -> schemas.FileAnswer:
    """Tracks of the catalogue like an audio file. The file is not kept."""
    state, megabytes = request.app.state, segue.settings.upload_megabytes
    async with state.arrivals.entered(), received(request, megabytes=megabytes) as upload:
        heard = await hear(segue, upload, asked, room=state.room)
    return schemas.FileAnswer.of(heard.answer)
