"""Maps: spaces on a plane, their regions and points."""

from __future__ import annotations

from typing import Annotated
from zlib import crc32

import numpy as np
from fastapi import APIRouter, Path, Query, Request, Response

from segue.errors import NotFoundError
from segue.maps.shown import TrackMap
from segue.serve import schemas
from segue.serve.api.freshness import KEPT, named, weak
from segue.serve.api.jobs import job_of, map_of
from segue.serve.api.sending import as_json, following
from segue.serve.rendering import link
from segue.serve.shelf import Library, id_of, need_engine
from segue.serve.work import Working

router = APIRouter(prefix="/api/v1/maps", tags=["Maps"])

Space = Annotated[
    str, Path(max_length=100, description="Name of a space.", examples=["attributes"])
]


@router.get(
    "",
    response_description="Spaces that can be drawn.",
    responses=schemas.problems(400, 423),
)
def list_maps(segue: Library) -> schemas.MapSpaces:
    """Spaces that can be laid out on a plane, and which of them were."""
    need_engine(segue)
    listed = [
        schemas.MapSpace(space=name, count=count, drawn=segue.track_map(name) is not None)
        for name, count in segue.map_spaces().items()
    ]
    return schemas.MapSpaces(spaces=listed, count=len(listed))


@router.get(
    "/{space}",
    response_description="The map.",
    response_model=schemas.OneMap,
    responses=schemas.problems(400, 404, 422, 423),
    openapi_extra={"x-tagged": True},
)
def one_map(space: Space, request: Request, segue: Library) -> Response:
    """The map of a space: its regions with their names, and how far it shows the catalogue."""
    shown = _shown(segue, space)
    tag = _tag(request, shown)
    if tag in named(request):
        return Response(status_code=304, headers={"ETag": tag, **KEPT})
    return as_json(schemas.OneMap.of(shown), headers={"ETag": tag, **KEPT})


@router.post(
    "/{space}",
    status_code=202,
    response_description="The job that draws it.",
    responses=schemas.problems(400, 403, 404, 409, 422, 423),
)
def draw_map(space: Space, segue: Library, runner: Working) -> schemas.Job:
    """Have the map of a space drawn, anew where there is one."""
    return job_of(runner, map_of(segue, runner, space))


@router.get(
    "/{space}/points",
    response_description="Some points, and where the next ones start.",
    response_model=schemas.Points,
    responses=schemas.problems(400, 404, 422, 423),
    openapi_extra={"x-tagged": True},
)
def list_points(
    space: Space,
    request: Request,
    segue: Library,
    *,
    after: Annotated[
        str, Query(max_length=300, description="Start behind it: `next` of the page before.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=10_000, description="Points a page.")] = 1_000,
) -> Response:
    """Where tracks are on a map, in the order of the catalogue."""
    shown = _shown(segue, space)
    tag = _tag(request, shown)
    if tag in named(request):
        return Response(status_code=304, headers={"ETag": tag, **KEPT})
    first = _behind(segue, shown, after)
    here = np.arange(first, min(first + limit, len(shown.rows)))
    ids, places = shown.ids(here), shown.places[here].astype(np.float64).tolist()
    more = first + limit < len(shown.rows)
    body = schemas.Points(
        points=[
            schemas.Point(id=one, x=x, y=y, region=region)
            for one, (x, y), region in zip(ids, places, shown.region[here].tolist(), strict=True)
        ],
        count=len(shown.rows),
        next=str(ids[-1]) if more else None,
    )
    at = link("api", "v1", "maps", space, "points", limit=limit, after=body.next)
    headers = {"ETag": tag, **KEPT, **(following(at) if more else {})}
    return as_json(body, headers=headers)


def _shown(segue: Library, space: str) -> TrackMap:
    need_engine(segue)
    shown = segue.track_map(space)
    if shown is None:
        door = link("api", "v1", "maps", space)
        raise NotFoundError(f"no map of {space} has been drawn", remedy=f"Draw it: POST {door}")
    return shown


def _tag(request: Request, shown: TrackMap) -> str:
    """What tells this answer about a map from others."""
    drawn = crc32(shown.places.tobytes())
    scope = request.scope
    return weak(scope["path"], scope["query_string"], shown.corpus.epoch, drawn)


def _behind(segue: Library, shown: TrackMap, after: str) -> int:
    """The place behind a track; 0 where none is named."""
    if not after:
        return 0
    row = shown.corpus.row_of.get(id_of(segue, after))
    if row is None:
        raise NotFoundError(
            f"there is no track {after!r} to go on from", remedy="Begin with the first page again"
        )
    return int(np.searchsorted(shown.rows, row, side="right"))
