"""A path from one track to another, and the radio that plays on from one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from segue.catalogue import tracks
from segue.errors import BadRequestError, NotFoundError, WarmingUpError
from segue.recommend.journey.path import APART
from segue.serve import fields
from segue.serve.along import Along, along
from segue.serve.failures import explain
from segue.serve.parameters import Jump, Name, Share, Text
from segue.serve.playlists import folders
from segue.serve.questions import Narrowing
from segue.serve.rendering import link, render
from segue.serve.shelf import Library, filters_of, need_engine, seed_of
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.records import Journey, Track
    from segue.serve.failures import Failure

router = APIRouter(include_in_schema=False)

OFFERED = 8
"""How many tracks are offered for words that are typed."""

USUAL = 8
"""Tracks of a path when nobody says."""

ON = 12
"""Tracks that a radio shows and plays before it asks for more."""


class OfWay(Narrowing):
    """From where to where, and what stands between."""

    start: Text = Field(None, alias="from", description="Where it begins: the id of a track.")
    end: Text = Field(None, alias="to", description="Where it ends.")
    longest: Jump = Field(None, description="The jump that none should be larger than.")
    apart: Annotated[int, Field(ge=0, le=20)] = Field(
        APART, description="Tracks of others between two by one artist."
    )
    q: Name = Field("", description="Words of the track that is looked for.")


class OfRadio(Narrowing):
    """Where a radio begins, and how it goes on."""

    start: Text = Field(None, alias="from", description="The id of a track.")
    drift: Share = Field(0.5, description="0 stays near it, 1 goes on from the last tracks.")
    q: Name = Field("", description="Words of the track that is looked for.")


@dataclass(frozen=True, slots=True)
class Found:
    """A journey as the page shows it, or why there is none."""

    journey: Journey | None = None
    way: Along | None = None
    waiting: Failure | None = None
    refused: Failure | None = None


@router.api_route("/path", methods=["GET", "HEAD"])
def path(request: Request, segue: Library, asked: Annotated[OfWay, Query()]) -> Response:
    """Both ends and the way between them; fields to find the ends where they are missing."""
    ends = [_end(segue, each) for each in (asked.start, asked.end)]
    found = Found()
    if all(ends):
        found = _found(request, segue, asked)
    return render(
        "path.html",
        request=request,
        asked=asked,
        ends=ends,
        found=found,
        offers=segue.search(asked.q, n=OFFERED) if asked.q.strip() else [],
        lenses=fields.lens_choices(segue),
        usual=USUAL,
        folders=folders(segue) if found.way else [],
        total=tracks.count(segue.database),
        others=_others(request),
        without=partial(_without, _others(request)),
        swapped=_swapped(_others(request)),
        picked_pairs=[("track", step.track.id) for step in found.journey or ()],
        again=link("path") + f"?{request.url.query}",
    )


@router.api_route("/path/found", methods=["GET", "HEAD"])
def offers(
    request: Request,
    segue: Library,
    q: Annotated[str, Query(max_length=300)] = "",
    page: str = "path",
) -> Response:
    """Tracks for words that are being typed, each a link that takes it for an end."""
    place = "radio" if page == "radio" else "path"
    return render(
        "_ends.html",
        request=request,
        offers=segue.search(q, n=OFFERED) if q.strip() else [],
        words=q.strip(),
        page=place,
        others=_others(request),
    )


@router.api_route("/radio", methods=["GET", "HEAD"])
def radio(request: Request, segue: Library, asked: Annotated[OfRadio, Query()]) -> Response:
    """What a radio from a track plays first; scripts let it go on for ever."""
    start = _end(segue, asked.start)
    found = Found()
    if start is not None:
        found = _on(request, segue, asked)
    return render(
        "radio.html",
        request=request,
        asked=asked,
        start=start,
        found=found,
        offers=segue.search(asked.q, n=OFFERED) if asked.q.strip() else [],
        lenses=fields.lens_choices(segue),
        total=tracks.count(segue.database),
        others=_others(request),
        again=link("radio") + f"?{request.url.query}",
    )


def _end(segue: Library, track_id: str | None) -> Track | None:
    """A track by its id; None where none is named, NotFoundError where there is no such track."""
    return None if track_id is None else tracks.get(segue.database, TrackId(track_id))


def _found(request: Request, segue: Library, asked: OfWay) -> Found:
    try:
        need_engine(segue)
        journey = segue.path(
            seed_of(segue, asked.start or ""),
            seed_of(segue, asked.end or ""),
            n=asked.n or USUAL,
            lens=asked.chosen,
            filters=filters_of(segue, asked),
            longest=asked.longest,
            apart=asked.apart,
        )
    except WarmingUpError as error:
        return Found(waiting=explain(error, request))
    except (BadRequestError, NotFoundError) as error:
        return Found(refused=explain(error, request))
    return Found(journey, along(journey.steps))


def _on(request: Request, segue: Library, asked: OfRadio) -> Found:
    """The first tracks of a radio: those that can be heard, where any can."""
    try:
        need_engine(segue)
        filters = filters_of(segue, asked)
        if filters.playable is None and bool(segue.engine().snapshot.corpus.playable.any()):
            filters = replace(filters, playable=True)
        on = segue.radio(
            seed_of(segue, asked.start or ""),
            lens=asked.chosen,
            filters=filters,
            drift=asked.drift,
        )
        journey = on.take(ON)
    except WarmingUpError as error:
        return Found(waiting=explain(error, request))
    except (BadRequestError, NotFoundError) as error:
        return Found(refused=explain(error, request))
    return Found(journey, along(journey.steps))


def _without(asked: dict[str, list[str]], name: str) -> dict[str, list[str]]:
    """What is asked, without one end."""
    return {key: value for key, value in asked.items() if key != name}


def _swapped(asked: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is asked, the other way round."""
    other = {"from": "to", "to": "from"}
    return {other.get(key, key): value for key, value in asked.items()}


def _others(request: Request) -> dict[str, list[str]]:
    """What an address asks beside the words that are typed, to be kept while an end is chosen."""
    kept: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in {"q", "page"} and value.strip():
            kept.setdefault(name, []).append(value)
    return kept
