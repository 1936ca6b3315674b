"""The workshop: collect tracks, hear what goes with them, put them in order, save them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from segue.catalogue import kept, tracks
from segue.errors import BadRequestError, NotFoundError, WarmingUpError
from segue.recommend.journey.arcs import ARCS
from segue.serve import fields
from segue.serve.along import as_given
from segue.serve.failures import explain
from segue.serve.mixture import OfMix, address, fitting, stepped
from segue.serve.parameters import Ids
from segue.serve.playlists import OfFile, download, folders
from segue.serve.rendering import render
from segue.serve.shelf import Library, filters_of, need_engine, seed_of
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.catalogue.kept import Kept
    from segue.records import Answer, Track
    from segue.serve.failures import Failure

router = APIRouter(include_in_schema=False)

OFFERED = 8
"""How many tracks are offered for words that are typed."""

_NAMED = 2


@dataclass(frozen=True, slots=True)
class Suggested:
    """What goes with a mix: an answer, or why there is none."""

    answer: Answer | None = None
    waiting: Failure | None = None
    refused: Failure | None = None


@router.api_route("/mix", methods=["GET", "HEAD"])
def mix(request: Request, segue: Library, asked: Annotated[OfMix, Query()]) -> Response:
    """The list, what is to be stayed away from, and what goes with them; or the next mix."""
    fitting(asked.track)
    if asked.step:
        return _step(request, segue, asked)
    listed = tracks.many(segue.database, map(TrackId, asked.track))
    away = tracks.many(segue.database, map(TrackId, asked.less))
    into = _into(segue, asked)
    return render(
        "mix.html",
        request=request,
        asked=asked,
        listed=listed,
        away=away,
        gone=len(asked.track) + len(asked.less) - len(listed) - len(away),
        way=as_given(listed),
        suggested=_suggested(request, segue, asked, listed, away),
        offers=segue.search(asked.q, n=OFFERED) if asked.q.strip() else [],
        into=into,
        title=into.title if into else _title(listed),
        arcs=[arc for arc in ARCS if arc != "given"],
        lenses=fields.lens_choices(segue),
        fields=fields,
        genres=fields.genres_of(request.app, segue),
        folders=folders(segue),
        picked=[("track", track.id) for track in listed],
        results=segue.settings.results,
        usual=segue.dials(),
        total=tracks.count(segue.database),
        again=address(request, tracks=asked.track, less=asked.less),
    )


@router.api_route("/mix/found", methods=["GET", "HEAD"])
def found(
    request: Request, segue: Library, q: Annotated[str, Query(max_length=300)] = ""
) -> Response:
    """Tracks for words that are being typed, each with a button that adds it."""
    offers = segue.search(q, n=OFFERED) if q.strip() else []
    return render("_offers.html", request=request, offers=offers, words=q.strip(), held=())


@router.api_route("/mix/export", methods=["GET", "HEAD"])
def export(
    segue: Library,
    asked: Annotated[OfFile, Query()],
    track: Annotated[Ids, Query()] = (),
) -> Response:
    """Tracks in the order that is given, as a playlist file."""
    fitting(track)
    return download(segue, [TrackId(each) for each in track], asked=asked)


def _step(request: Request, segue: Library, asked: OfMix) -> Response:
    """What a button leads to: the address of the mix that comes of it."""
    if asked.step == "order":
        need_engine(segue)
        seeds = [seed_of(segue, each) for each in asked.track]
        order = segue.ordered(seeds, arc=asked.arc, lens=asked.chosen)
        to = address(request, tracks=[step.track.id for step in order], less=asked.less)
    else:
        kept_in, less = stepped(asked)
        to = address(request, tracks=kept_in, less=less)
    return RedirectResponse(to, status_code=303)


def _suggested(
    request: Request,
    segue: Library,
    asked: OfMix,
    listed: Sequence[Track],
    away: Sequence[Track],
) -> Suggested:
    if asked.empty or not (listed or away or asked.words.strip() or asked.filtered):
        return Suggested()
    try:
        need_engine(segue)
        answer = segue.mix(
            [seed_of(segue, track.id) for track in listed],
            unlike=[seed_of(segue, track.id) for track in away],
            words=asked.words,
            n=asked.n,
            lens=asked.chosen,
            filters=filters_of(segue, asked),
            dials=asked.dials(segue.dials()),
        )
    except WarmingUpError as error:
        return Suggested(waiting=explain(error, request))
    except (BadRequestError, NotFoundError) as error:
        return Suggested(refused=explain(error, request))
    return Suggested(answer)


def _into(segue: Library, asked: OfMix) -> Kept | None:
    """The playlist that is changed; None where there is none, or it is not ours to change."""
    if asked.into is None:
        return None
    try:
        one = kept.get(segue.database, asked.into)
    except NotFoundError:
        return None
    return one if one.made_here else None


def _title(listed: Sequence[Track]) -> str:
    """What a list may be called: "Ada Reed, Ben Oak and others"; empty for an empty one."""
    artists = list(dict.fromkeys(track.artist for track in listed if track.artist))
    more = " and others" if len(artists) > _NAMED else ""
    return f"{', '.join(artists[:_NAMED])}{more}" if artists else ""
