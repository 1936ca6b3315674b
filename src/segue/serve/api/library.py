"""What the catalogue holds: tracks, their neighbours, search."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from segue.catalogue import tracks
from segue.serve import schemas
from segue.serve.api.freshness import Fresh
from segue.serve.api.sending import as_json, following
from segue.serve.playlists import documented, playlist
from segue.serve.questions import OfTrack
from segue.serve.rendering import link
from segue.serve.shelf import Library, ask, id_of, seed_of
from segue.types import TrackId

router = APIRouter(prefix="/api/v1", route_class=Fresh)

TrackPath = Annotated[
    str,
    Path(
        description="`id` of a track, or an outside id of it as `scheme:value`.",
        examples=[schemas.ID],
    ),
]


@router.get(
    "/tracks",
    tags=["Catalogue"],
    response_description="Some tracks, and where the next ones start.",
    response_model=schemas.TrackPage,
    responses=schemas.problems(400, 422, 423),
)
def list_tracks(
    segue: Library,
    after: Annotated[
        str | None, Query(description="Start behind this track: `next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Tracks a page.")] = 50,
) -> Response:
    """All tracks, page by page, in an order that stays."""
    start = TrackId(after) if after else None
    found = tracks.page(segue.database, after=start, limit=limit + 1)
    more = len(found) > limit
    shown = found[:limit]
    body = schemas.TrackPage(
        tracks=[schemas.Track.of(track) for track in shown],
        count=tracks.count(segue.database),
        next=shown[-1].id if more else None,
    )
    at = link("api", "v1", "tracks", after=body.next, limit=limit)
    return as_json(body, headers=following(at) if more else None)


@router.get(
    "/tracks/{track_id}",
    tags=["Catalogue"],
    response_description="The track.",
    response_model=schemas.OneTrack,
    responses=schemas.problems(400, 404, 422, 423),
)
def one_track(track_id: TrackPath, segue: Library) -> Response:
    """One track by its id."""
    track = tracks.get(segue.database, id_of(segue, track_id))
    return as_json(schemas.OneTrack.told(track, segue.intervals(track)))


@router.get(
    "/tracks/{track_id}/similar",
    tags=["Recommendations"],
    response_description="The similar tracks.",
    response_model=schemas.Answer,
    responses=documented(also=schemas.problems(400, 403, 404, 422, 423)),
)
def similar_tracks(
    track_id: TrackPath,
    segue: Library,
    asked: Annotated[OfTrack, Query()],
) -> Response:
    """Tracks like this one, the best first, with the reasons for each.

    Filters apply before the nearest are chosen: an answer is short only when the catalogue is.
    """
    seed = seed_of(segue, track_id)
    if asked.listener is not None:
        seed = segue.shifted(seed, listener=asked.listener)
    found = ask(segue, seed, asked)
    return playlist(segue, found, asked=asked) or as_json(schemas.Answer.of(found))


@router.get(
    "/search",
    tags=["Catalogue"],
    response_description="What was found; may be nothing.",
    response_model=schemas.Found,
    responses=schemas.problems(400, 422, 423),
)
def search_tracks(
    segue: Library,
    q: Annotated[
        str,
        Query(
            max_length=300,
            description="Words; the last may be unfinished.",
            examples=["slow harbour"],
        ),
    ],
    n: Annotated[int, Query(ge=1, le=200, description="How many.")] = 10,
) -> Response:
    """Tracks whose title, artists and album hold all the words."""
    found = segue.search(q, n=n)
    listed = [schemas.Track.of(track) for track in found]
    return as_json(schemas.Found(tracks=listed, count=len(listed)))
