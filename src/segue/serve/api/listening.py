"""What listeners think of tracks.

By name under ``/listeners``; under ``/opinions`` those of who asks, where nobody else is named:
whoever owns the catalogue has no name.
"""

from __future__ import annotations

from fastapi import APIRouter

from segue.catalogue import feedback
from segue.serve import schemas
from segue.serve.api import bodies
from segue.serve.api.asking import Named, Whose
from segue.serve.api.library import TrackPath
from segue.serve.shelf import Library, id_of

router = APIRouter(prefix="/api/v1")


@router.get(
    "/listeners/{name}/feedback",
    tags=["Listeners"],
    response_description="What they said; may be nothing.",
    responses=schemas.problems(400, 403, 404, 422, 423),
)
def listener_feedback(name: Named, segue: Library) -> schemas.Opinions:
    """What a listener thinks of tracks, the newest first."""
    found = [schemas.Opinion.model_validate(each) for each in segue.feedback(name)]
    return schemas.Opinions(listener=name, opinions=found, count=len(found))


@router.put(
    "/listeners/{name}/feedback/{track_id}",
    tags=["Listeners"],
    response_description="What stands now.",
    responses=schemas.problems(400, 403, 404, 409, 413, 422, 423),
)
def give_feedback(
    name: Named, track_id: TrackPath, given: bodies.Given, segue: Library
) -> schemas.Opinion:
    """Like, dislike or skip a track; it shifts this listener's answers at once."""
    opinion = segue.give(id_of(segue, track_id), given.kind, listener=name)
    return schemas.Opinion.model_validate(opinion)


@router.delete(
    "/listeners/{name}/feedback/{track_id}",
    tags=["Listeners"],
    response_description="Whether there was an opinion.",
    responses=schemas.problems(400, 403, 404, 409, 422, 423),
)
def undo_feedback(name: Named, track_id: TrackPath, segue: Library) -> schemas.Undone:
    """Take an opinion back."""
    return schemas.Undone(undone=segue.undo(id_of(segue, track_id), listener=name))


@router.get(
    "/opinions",
    tags=["Listeners"],
    response_description="What was said; may be nothing.",
    responses=schemas.problems(400, 403, 422, 423),
)
def own_opinions(segue: Library, listener: Whose) -> schemas.Opinions:
    """What who asks thinks of tracks, the newest first: favourites are what is liked."""
    found = [schemas.Opinion.model_validate(each) for each in feedback.of(segue.database, listener)]
    return schemas.Opinions(listener=listener, opinions=found, count=len(found))


@router.put(
    "/opinions/{track_id}",
    tags=["Listeners"],
    response_description="What stands now.",
    responses=schemas.problems(400, 403, 404, 409, 413, 422, 423),
)
def give_opinion(
    track_id: TrackPath, given: bodies.Given, segue: Library, listener: Whose
) -> schemas.Opinion:
    """Like, dislike or skip a track; it shifts the answers to who says it, at once."""
    said = feedback.give(segue.database, listener, id_of(segue, track_id), given.kind)
    return schemas.Opinion.model_validate(said)


@router.delete(
    "/opinions/{track_id}",
    tags=["Listeners"],
    response_description="Whether there was an opinion.",
    responses=schemas.problems(400, 403, 404, 409, 422, 423),
)
def undo_opinion(track_id: TrackPath, segue: Library, listener: Whose) -> schemas.Undone:
    """Take an opinion back."""
    return schemas.Undone(undone=feedback.undo(segue.database, listener, id_of(segue, track_id)))
