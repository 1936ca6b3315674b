"""Playlists: those of the catalogue, and those that are made here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from segue.catalogue import kept, tracks
from segue.errors import BadRequestError
from segue.serve import schemas
from segue.serve.access.caller import caller_of
from segue.serve.api import bodies
from segue.serve.api.asking import need_own
from segue.serve.api.sending import as_json, following
from segue.serve.parameters import Name
from segue.serve.playlists import CONTENT, OfFile, changeable, download
from segue.serve.rendering import link
from segue.serve.shelf import Library, ids_of

router = APIRouter(prefix="/api/v1/playlists", tags=["Playlists"])

Number = Annotated[int, Path(ge=1, le=2**53, description="`number` of a playlist.", examples=[1])]
Edition = Annotated[
    float,
    Query(
        allow_inf_nan=False,
        description="`edition` as it was told.",
        examples=[1795862400.25],
    ),
]


@router.get(
    "",
    response_description="Some playlists, and where the next ones start.",
    response_model=schemas.Playlists,
    responses=schemas.problems(400, 422, 423),
)
def list_playlists(
    segue: Library,
    q: Annotated[Name, Query(description="Only those whose title holds all words.")] = "",
    after: Annotated[
        int, Query(ge=0, le=2**53, description="Start behind it: `next` of the page before.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="Imported ones a page.")] = 50,
) -> Response:
    """All playlists: those made here, which stand on the first page, then those imported."""
    found = segue.playlists(" ".join(q.split()), after=after, n=limit + 1)
    others = [one for one in found if not one.made_here]
    shown = [*(one for one in found if one.made_here), *others[:limit]]
    body = schemas.Playlists(
        playlists=[schemas.Playlist.model_validate(one) for one in shown],
        count=len(shown),
        next=others[limit - 1].number if len(others) > limit else None,
    )
    at = link("api", "v1", "playlists", q=q, limit=limit, after=body.next)
    return as_json(body, headers=following(at) if body.next else None)


@router.post(
    "",
    status_code=201,
    response_description="The playlist as it was kept.",
    response_model=schemas.Playlist,
    responses=schemas.problems(400, 403, 404, 409, 413, 422, 423),
)
def make_playlist(asked: bodies.Saving, request: Request, segue: Library) -> Response:
    """Keep tracks as a playlist.

    It teaches nothing: what goes together is learned from playlists that are imported.
    """
    need_own(request, asked)
    whose = caller_of(request).listener if asked.listener is None else asked.listener
    made = segue.keep(asked.title, ids_of(segue, asked.tracks), listener=whose)
    place = link("api", "v1", "playlists", str(made.number))
    return as_json(schemas.Playlist.model_validate(made), status=201, headers={"Location": place})


@router.get(
    "/{number}",
    response_description="The playlist.",
    response_model=schemas.OnePlaylist,
    responses=schemas.problems(400, 404, 422, 423),
)
def one_playlist(
    number: Number,
    segue: Library,
    after: Annotated[
        int, Query(ge=0, le=2**53, description="Start at this place: `next` of the page before.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="Tracks a page.")] = 200,
) -> Response:
    """One playlist with its tracks."""
    one = kept.get(segue.database, number)
    ids = kept.tracks_of(segue.database, number)
    body = schemas.OnePlaylist.model_validate(
        {
            **schemas.Playlist.model_validate(one).model_dump(),
            "tracks": [
                schemas.Track.of(each)
                for each in tracks.many(segue.database, ids[after : after + limit])
            ],
            "place": after,
            "next": after + limit if after + limit < len(ids) else None,
        }
    )
    at = link("api", "v1", "playlists", str(number), limit=limit, after=body.next)
    return as_json(body, headers=following(at) if body.next else None)


@router.patch(
    "/{number}",
    response_description="The playlist as it is now.",
    responses=schemas.problems(400, 403, 404, 409, 413, 422, 423),
)
def change_playlist(
    number: Number, asked: bodies.Changing, request: Request, segue: Library
) -> schemas.Playlist:
    """Give a playlist made here another title, other tracks, or both.

    Where it was changed since that edition, nothing is done.
    """
    if asked.title is None and asked.tracks is None:
        raise BadRequestError("nothing is to be changed", remedy="Give a title, tracks, or both")
    changeable(segue.database, number, caller=caller_of(request))
    ids = None if asked.tracks is None else ids_of(segue, asked.tracks)
    changed = kept.change(segue.database, number, edition=asked.edition, title=asked.title, ids=ids)
    return schemas.Playlist.model_validate(changed)


@router.delete(
    "/{number}",
    status_code=204,
    response_description="It is gone.",
    responses=schemas.problems(400, 403, 404, 409, 422, 423),
)
def delete_playlist(number: Number, edition: Edition, request: Request, segue: Library) -> None:
    """Delete a playlist made here."""
    changeable(segue.database, number, caller=caller_of(request))
    kept.remove(segue.database, number, edition=edition)


@router.get(
    "/{number}/export",
    response_description="The playlist as a file.",
    response_class=Response,
    responses={
        200: {"content": CONTENT},
        **schemas.problems(400, 404, 422, 423),
    },
)
def export_playlist(number: Number, segue: Library, asked: Annotated[OfFile, Query()]) -> Response:
    """A playlist as a file, with the paths of the tracks that have one."""
    one = kept.get(segue.database, number)
    titled = asked.model_copy(update={"title": asked.title or one.title})
    return download(segue, kept.tracks_of(segue.database, number), asked=titled)
