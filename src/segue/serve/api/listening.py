"""Sets continued, wishes answered, and what listeners think of tracks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from segue.library.wishes import Wish
from segue.serve import schemas
from segue.serve.api import bodies
from segue.serve.shelf import Library, filters_of, need_engine, seed_of
from segue.types import TrackId

router = APIRouter(prefix="/api/v1")

ListenerPath = Annotated[str, Path(description="Name of a listener.", max_length=300)]
TrackPath = Annotated[str, Path(description="`id` of a track.")]


@router.post(
    "/continue",
    tags=["Recommendations"],
    response_description="What goes on.",
    responses=schemas.problems(400, 404, 413, 422, 423, 503),
)
def continue_playlist(asked: bodies.Continue, segue: Library) -> schemas.Answer:
    """Tracks that go with several: what could stand next in a playlist, with reasons.

    Each way of comparing scores the set as a whole where it can. Nothing that is given is
    recommended again. A title alone is enough where the catalogue has playlists.
    """
    need_engine(segue)
    return schemas.Answer.of(
        segue.continued(
            [seed_of(segue, each) for each in asked.tracks],
            title=asked.title,
            playlist=asked.playlist,
            listener=asked.listener,
            n=asked.n,
            lens=asked.chosen,
            filters=filters_of(segue, asked),
            dials=asked.dials(segue.dials()),
        )
    )


@router.post(
    "/wish",
    tags=["Recommendations"],
    response_description="Tracks like what is described.",
    responses=schemas.problems(400, 413, 422, 423, 503),
)
def answer_wish(asked: bodies.Wish, segue: Library) -> schemas.Answer:
    """Tracks like a song that is only described; any part of the description will do."""
    need_engine(segue)
    wish = Wish(
        attributes=asked.attributes.model_dump(exclude_none=True),
        genres=tuple(asked.of_genres),
        artists=tuple(asked.like_artists),
        emotion=asked.emotion,
        tags=tuple(asked.tags),
    )
    return schemas.Answer.of(
        segue.wish(
            wish,
            n=asked.n,
            lens=asked.chosen,
            filters=filters_of(segue, asked),
            dials=asked.dials(segue.dials()),
        )
    )


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
