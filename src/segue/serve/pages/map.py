"""The map of the catalogue: a space on a plane, its regions as lists, and what somebody circles."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Annotated, Any
from zlib import crc32

import numpy as np
from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from segue.catalogue import tracks
from segue.errors import BadRequestError, NotFoundError
from segue.jobs.charting import MAP
from segue.maps.inside import inside
from segue.maps.shown import TrackMap
from segue.records import Track
from segue.serve import tasks
from segue.serve.points import GRID, Points
from segue.serve.rendering import link, render, wants_part
from segue.serve.shelf import Library, need_engine
from segue.types import Rows, TrackId

router = APIRouter(include_in_schema=False)

LISTED = 24
"""Tracks of a selection that are listed at a time."""

SAVED = 500
"""Most tracks of a selection that go into a playlist."""

FOUND = 500
"""Most tracks that words find on a map."""

CORNERS = 400

_READ_AHEAD = 1
_making = threading.Lock()

Space = Annotated[str, Query(max_length=100)]
Words = Annotated[str, Query(max_length=300)]


@dataclass(frozen=True, slots=True)
class Selection:
    """Some tracks of a map: a region, or what was circled.

    Attributes
    ----------
    name
        What it is called.
    count
        How many tracks are in it.
    tracks
        As many as a playlist takes: those with audio first, then from the middle outwards.
    listed
        Some of them, from `start` on.
    start, following
        Which of them the first listed is, and the first of the next page; None on the last.
    """

    name: str
    count: int
    tracks: list[Track]
    listed: list[Track]
    start: int
    following: int | None


@router.api_route("/map", methods=["GET", "HEAD"])
def page(
    request: Request,
    segue: Library,
    *,
    space: Space = "",
    colour: Annotated[str, Query(max_length=30)] = "",
    q: Words = "",
    track: Annotated[list[str], Query(max_length=500)] = [],  # noqa: B006 (FastAPI copies it)
) -> Response:
    """The map of a space, with tracks of a way joined by a line, or how to get one."""
    need_engine(segue)
    spaces = segue.map_spaces()
    space = space or next(iter(spaces), "")
    shown = segue.track_map(space) if space else None
    points = None if shown is None else points_of(request, shown)
    columns = [] if points is None else [column.legend() for column in points.columns]
    words = " ".join(q.split())
    return render(
        "map.html",
        request=request,
        spaces=spaces,
        space=space,
        shown=shown,
        columns=columns,
        colour=colour if any(one["name"] == colour for one in columns) else "region",
        words=words,
        hits=segue.search(words, n=LISTED) if words else [],
        way=[] if shown is None else _places(shown, track),
        joined=tracks.many(segue.database, [TrackId(one) for one in track]),
        regions=[] if shown is None else _listed(segue, shown),
        marks=[] if shown is None else _marks(shown),
        job=_job(request),
        total=tracks.count(segue.database),
        keeps=segue.can_keep_maps,
    )


@router.post("/map")
def draw(request: Request, segue: Library, space: Annotated[str, Form(max_length=100)]) -> Response:
    """Have a map drawn."""
    need_engine(segue)
    tasks.drawn(segue, request.app.state.runner, space)
    return RedirectResponse(link("map", space=space), status_code=303)


@router.api_route("/map/points", methods=["GET", "HEAD"])
def points(request: Request, segue: Library, space: Space) -> Response:
    """Every point of a map as bytes (`segue.serve.points`)."""
    shown = _shown(segue, space)
    made = points_of(request, shown)
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", "ETag": _etag(shown)}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = made.raw
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = made.packed
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type="application/octet-stream", headers=headers)


@router.api_route("/map/track", methods=["GET", "HEAD"])
def track(
    request: Request, segue: Library, space: Space, place: Annotated[int, Query(ge=0)]
) -> Response:
    """The track at a point: its name as JSON, or a card where htmx asks for one."""
    shown = _shown(segue, space)
    if place >= len(shown.rows):
        raise NotFoundError(
            f"the map of {space} has no point {place:,}", remedy="Load the map again"
        )
    found = tracks.get(segue.database, shown.ids(np.array([place]))[0])
    if not wants_part(request):
        return JSONResponse({"id": found.id, "title": found.title, "artist": found.artist})
    number = int(shown.region[place])
    region = shown.regions[number]
    return render(
        "_map_track.html", request=request, track=found, region=region, number=number, space=space
    )


@router.api_route("/map/found", methods=["GET", "HEAD"])
def found(segue: Library, space: Space, q: Words = "") -> Response:
    """The points of the tracks that words find."""
    shown = _shown(segue, space)
    hits = segue.search(" ".join(q.split()), n=FOUND) if q.strip() else []
    places = [place for place in _places(shown, [one.id for one in hits]) if place >= 0]
    return JSONResponse({"places": places, "found": len(hits)})


@router.api_route("/map/selection", methods=["GET", "HEAD"])
def selection(
    request: Request,
    segue: Library,
    space: Space,
    *,
    region: Annotated[int | None, Query(ge=0)] = None,
    shape: Annotated[str, Query(max_length=8_000)] = "",
    hidden: Annotated[str, Query(max_length=1_000)] = "",
    start: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """The tracks of a region, or those inside a shape, as a list that can be played and kept."""
    shown = _shown(segue, space)
    if region is not None:
        if region >= len(shown.regions):
            raise NotFoundError(
                f"the map of {space} has no region {region + 1}", remedy="Open the map again"
            )
        name, members = shown.regions[region].name, np.flatnonzero(shown.region == region)
    else:
        within = inside(shown.places * GRID, _corners(shape))
        name, members = "What you circled", np.flatnonzero(within & _seen(request, shown, hidden))
    return render(
        "_map_selection.html" if wants_part(request) else "map_selection.html",
        request=request,
        space=space,
        asked={"region": region, "shape": shape, "hidden": hidden},
        selected=_selected(segue, shown, name, members, start=start),
    )


def points_of(request: Request, shown: TrackMap) -> Points:
    """The bytes of a map; made once, the last few are kept."""
    kept: dict[int, tuple[TrackMap, Points]] = request.app.state.__dict__.setdefault("points", {})
    with _making:
        held = kept.get(id(shown))
        if held is None or held[0] is not shown:
            while len(kept) > _READ_AHEAD:
                kept.pop(next(iter(kept)))
            held = kept[id(shown)] = (shown, Points.of(shown))
    return held[1]


def _shown(segue: Library, space: str) -> TrackMap:
    need_engine(segue)
    shown = segue.track_map(space)
    if shown is None:
        raise NotFoundError(
            f"no map of {space} has been drawn", remedy=f"Draw it: `segue map {space}`"
        )
    return shown


def _etag(shown: TrackMap) -> str:
    drawn = crc32(shown.places.tobytes())
    return f'"{shown.space}-{shown.corpus.epoch}-{drawn:x}"'


def _places(shown: TrackMap, ids: list[str] | list[TrackId]) -> list[int]:
    """The points of tracks, -1 for those that the map does not show."""
    row_of = shown.corpus.row_of
    rows = np.array([row_of.get(TrackId(one), -1) for one in ids], dtype=np.int64)
    if not len(shown.rows):
        return [-1] * len(rows)
    at = np.minimum(np.searchsorted(shown.rows, rows), len(shown.rows) - 1)
    there = shown.rows[at] == rows
    places: list[int] = np.where(there, at, -1).tolist()
    return places


def _listed(segue: Library, shown: TrackMap) -> list[dict[str, Any]]:
    """Every region with the tracks at its middle."""
    ids = [shown.ids(np.array(region.nearest)) for region in shown.regions]
    known = {one.id: one for one in tracks.many(segue.database, [i for some in ids for i in some])}
    return [
        {"region": region, "tracks": [known[one] for one in some if one in known]}
        for region, some in zip(shown.regions, ids, strict=True)
    ]


def _marks(shown: TrackMap) -> list[dict[str, Any]]:
    """Names of regions and where they stand, for the picture."""
    return [
        {"name": each.name, "x": round(each.x, 4), "y": round(each.y, 4)} for each in shown.regions
    ]


def _selected(
    segue: Library, shown: TrackMap, name: str, members: Rows, *, start: int
) -> Selection:
    """Members, those with audio first, then from the middle outwards."""
    if len(members):
        places = shown.places[members]
        apart = np.square(places - np.median(places, axis=0)).sum(axis=1)
        silent = ~shown.corpus.playable[shown.rows[members]]
        members = members[np.lexsort((apart, silent))]
    page = tracks.many(segue.database, shown.ids(members[start : start + LISTED]))
    whole = tracks.many(segue.database, shown.ids(members[:SAVED]))
    following = start + LISTED if start + LISTED < len(members) else None
    return Selection(name, len(members), whole, page, start, following)


def _corners(shape: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """``x,y,x,y,…`` as corners."""
    try:
        numbers = np.array([int(part) for part in shape.split(",")], dtype=np.float64)
    except (ValueError, OverflowError):
        numbers = np.empty(0)
    if len(numbers) % 2 or not 6 <= len(numbers) <= 2 * CORNERS:
        raise BadRequestError(
            "the shape is no list of corners",
            remedy=f"Give 3 to {CORNERS} pairs of whole numbers from 0 to {GRID}: x,y,x,y,x,y",
        )
    return numbers.reshape(-1, 2)


def _seen(request: Request, shown: TrackMap, hidden: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which points are not hidden by the legend: ``genre:1,4`` hides those of two genres."""
    every = np.ones(len(shown.rows), dtype=np.bool_)
    if not hidden:
        return every
    name, _, listed = hidden.partition(":")
    try:
        codes = tuple(int(part) for part in listed.split(","))
    except ValueError:
        codes = ()
    found = points_of(request, shown).hidden(name, codes) if codes else None
    if found is None:
        raise BadRequestError(
            f"{hidden!r} hides nothing on this map", remedy="Write a column and codes: genre:1,4"
        )
    return ~found


def _job(request: Request) -> int | None:
    """The number of the job that draws a map at this moment, or waits to."""
    standing = request.app.state.runner.standing()
    return next((one.job.id for one in standing if one.job.kind == MAP), None)
