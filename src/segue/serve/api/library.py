"""What the catalogue holds: tracks, their neighbours, search, status."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from segue.catalogue import tracks
from segue.serve import schemas
from segue.serve.playlists import documented, playlist
from segue.serve.questions import OfTrack
from segue.serve.rendering import link
from segue.serve.shelf import Library, ask, seed_of
from segue.types import TrackId

router = APIRouter(prefix="/api/v1")

TrackPath = Annotated[str, Path(description="`id` of a track.")]


@router.get(
    "/tracks",
    tags=["Catalogue"],
    response_description="Some tracks, and where the next ones start.",
    responses=schemas.problems(400, 422, 423),
)
def list_tracks(
    segue: Library,
    response: Response,
    after: Annotated[
        str | None, Query(description="Start behind this track: `next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Tracks a page.")] = 50,
) -> schemas.TrackPage:
    """All tracks, page by page, in an order that stays."""
    start = TrackId(after) if after else None
    found = tracks.page(segue.database, after=start, limit=limit + 1)
    more = len(found) > limit
    shown = found[:limit]
    if more:
        following = link("api", "v1", "tracks", after=shown[-1].id, limit=limit)
        response.headers["Link"] = f'<{following}>; rel="next"'
    return schemas.TrackPage(
        tracks=[schemas.Track.of(track) for track in shown],
        count=tracks.count(segue.database),
        next=shown[-1].id if more else None,
    )


@router.get(
    "/tracks/{track_id}",
    tags=["Catalogue"],
    response_description="The track.",
    responses=schemas.problems(400, 404, 422, 423),
)
def one_track(track_id: TrackPath, segue: Library) -> schemas.OneTrack:
    """One track by its id."""
    track = tracks.get(segue.database, TrackId(track_id))
    return schemas.OneTrack.told(track, segue.intervals(track))


@router.get(
    "/tracks/{track_id}/similar",
    tags=["Recommendations"],
    response_description="The similar tracks.",
    response_model=schemas.Answer,
    responses=documented(also=schemas.problems(400, 404, 422, 423, 503)),
)
def similar_tracks(
    track_id: TrackPath,
    segue: Library,
    asked: Annotated[OfTrack, Query()],
) -> schemas.Answer | Response:
    """Tracks like this one, the best first, with the reasons for each.

    Filters apply before the nearest are chosen: an answer is short only when the catalogue is.
    """
    seed = seed_of(segue, track_id)
    if asked.listener is not None:
        seed = segue.shifted(seed, listener=asked.listener)
    found = ask(segue, seed, asked)
    return playlist(segue, found, asked=asked) or schemas.Answer.of(found)


@router.get(
    "/search",
    tags=["Catalogue"],
    response_description="What was found; may be nothing.",
    responses=schemas.problems(400, 422, 423),
)
def search_tracks(
    segue: Library,
    q: Annotated[str, Query(max_length=300, description="Words; the last may be unfinished.")],
    n: Annotated[int, Query(ge=1, le=200, description="How many.")] = 10,
) -> schemas.Found:
    """Tracks whose title, artists and album hold all the words."""
    found = segue.search(q, n=n)
    return schemas.Found(tracks=[schemas.Track.of(track) for track in found], count=len(found))


@router.get(
    "/status",
    tags=["Server"],
    response_description="How the catalogue stands.",
    responses=schemas.problems(400, 423),
)
def status(segue: Library) -> schemas.Status:
    """What the catalogue holds, how analysis stands, how many tracks each space places."""
    return schemas.Status.model_validate({**asdict(segue.status()), "ready": segue.ready})


@router.get(
    "/duplicates",
    tags=["Catalogue"],
    response_description="Which files hold the same recording.",
    responses=schemas.problems(400, 422, 423),
)
def duplicates(
    segue: Library,
    n: Annotated[
        int | None, Query(ge=1, le=10_000, description="At most so many of each kind.")
    ] = None,
) -> schemas.Duplicates:
    """Files that hold the same recording, the best copy first, and what the others take.

    Told by fingerprints of files that were analysed from end to end. Nothing is deleted or joined:
    versions that only share a name stand apart.
    """
    return schemas.Duplicates.model_validate(segue.duplicates(n=n))
