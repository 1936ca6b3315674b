"""What listeners think of tracks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from segue.serve import schemas
from segue.serve.api import bodies
from segue.serve.shelf import Library
from segue.types import TrackId

router = APIRouter(prefix="/api/v1")

ListenerPath = Annotated[str, Path(description="Name of a listener.", max_length=300)]
TrackPath = Annotated[str, Path(description="`id` of a track.")]


@router.get(
    "/listeners/{name}/feedback",
    tags=["Listeners"],
    response_description="What they said; may be nothing.",
    responses=schemas.problems(400, 422, 423),
)
def listener_feedback(name: ListenerPath, segue: Library) -> schemas.Opinions:
    """What a listener thinks of tracks, the newest first."""
    found = [schemas.Opinion.model_validate(each) for each in segue.feedback(name)]
    return schemas.Opinions(listener=name, opinions=found, count=len(found))


@router.put(
    "/listeners/{name}/feedback/{track_id}",
    tags=["Listeners"],
    response_description="What stands now.",
    responses=schemas.problems(400, 404, 409, 413, 422, 423),
)
def give_feedback(
    name: ListenerPath, track_id: TrackPath, given: bodies.Given, segue: Library
) -> schemas.Opinion:
    """Like, dislike or skip a track; it shifts this listener's answers at once."""
    opinion = segue.give(TrackId(track_id), given.kind, listener=name)
    return schemas.Opinion.model_validate(opinion)


@router.delete(
    "/listeners/{name}/feedback/{track_id}",
    tags=["Listeners"],
    response_description="Whether there was an opinion.",
    responses=schemas.problems(400, 404, 409, 422, 423),
)
def undo_feedback(name: ListenerPath, track_id: TrackPath, segue: Library) -> schemas.Undone:
    """Take an opinion back."""
    return schemas.Undone(undone=segue.undo(TrackId(track_id), listener=name))
