"""Playlists: all of the catalogue's, one of them, and those that are made here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse

from segue.catalogue import kept, tracks
from segue.errors import BadRequestError, NotFoundError, UserError, WarmingUpError
from segue.recommend.journey.arcs import ARCS
from segue.recommend.journey.ordering import MOST
from segue.records import Filters
from segue.serve.access.caller import caller_of
from segue.serve.along import as_given
from segue.serve.failures import explain
from segue.serve.parameters import Listed, Number
from segue.serve.playlists import OfFile, changeable, download, folders
from segue.serve.rendering import link, render
from segue.serve.shelf import Library, need_engine, seed_of
from segue.serve.whose import Listener
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.catalogue.kept import Kept
    from segue.records import Export
    from segue.serve.failures import Failure

router = APIRouter(include_in_schema=False)

PAGE = 50
"""Imported playlists of one page."""

SHOWN = 200
"""Tracks of a playlist on one page."""

GOING_ON = 12
"""How many tracks are suggested to go on with."""

SEEDS = 100
"""Most tracks that speak for a playlist when it is gone on with: the last ones."""


class Saving(BaseModel):
    """A playlist to save."""

    model_config = ConfigDict(frozen=True)

    title: str = Field("", max_length=1_000)
    tracks: Listed = ()


class Changing(Saving):
    """A playlist to change, from the edition that was seen."""

    edition: float = Field(allow_inf_nan=False)


class Writing(BaseModel):
    """A playlist to write beside the music."""

    overwrite: bool = False


@router.api_route("/playlists", methods=["GET", "HEAD"])
def playlists(
    request: Request,
    segue: Library,
    q: Annotated[str, Query(max_length=300)] = "",
    after: Number = None,
) -> Response:
    """Those made here, then those that were imported, page by page."""
    words = " ".join(q.split())
    found = segue.playlists(words, after=after or 0, n=PAGE + 1)
    ours = [one for one in found if one.made_here]
    others = [one for one in found if not one.made_here]
    return render(
        "playlists.html",
        request=request,
        words=words,
        ours=ours,
        others=others[:PAGE],
        following=others[PAGE - 1].number if len(others) > PAGE else None,
        first=not after,
    )


@router.post("/playlists")
def save(segue: Library, listener: Listener, sent: Annotated[Saving, Form()]) -> Response:
    """Keep tracks as a playlist, and lead to it."""
    made = segue.keep(sent.title, [TrackId(each) for each in sent.tracks], listener=listener)
    return _to(made.number)


@router.api_route("/playlists/{number}", methods=["GET", "HEAD"])
def playlist(
    request: Request,
    segue: Library,
    number: int,
    *,
    place: Annotated[int, Query(alias="from", ge=0, le=2**53)] = 0,
) -> Response:
    """One playlist: its tracks, how it goes, and what can be done with it."""
    return _page(request, segue, number, place=place)


@router.api_route("/playlists/{number}/goes-on", methods=["GET", "HEAD"])
def goes_on(request: Request, segue: Library, number: int) -> Response:
    """What could stand next in a playlist."""
    one = kept.get(segue.database, number)
    ids = list(dict.fromkeys(kept.tracks_of(segue.database, number)))
    answer, waiting, refused = None, None, None
    try:
        need_engine(segue)
        held = frozenset(ids)
        answer = segue.continued(
            [seed_of(segue, each) for each in ids[-SEEDS:]],
            title=one.title,
            n=GOING_ON,
            filters=Filters(exclude_tracks=held),
        )
    except WarmingUpError as error:
        waiting = explain(error, request)
    except (BadRequestError, NotFoundError) as error:
        refused = explain(error, request)
    return render(
        "playlist_goes_on.html",
        request=request,
        one=one,
        answer=answer,
        waiting=waiting,
        refused=refused,
        spoke=min(len(ids), SEEDS),
        count=len(ids),
    )


@router.api_route("/playlists/{number}/export", methods=["GET", "HEAD"])
def export(segue: Library, number: int, asked: Annotated[OfFile, Query()]) -> Response:
    """The playlist as a file."""
    one = kept.get(segue.database, number)
    named = asked.model_copy(update={"title": asked.title or one.title})
    return download(segue, kept.tracks_of(segue.database, number), asked=named)


@router.post("/playlists/{number}/title")
def rename(
    request: Request, segue: Library, number: int, sent: Annotated[Changing, Form()]
) -> Response:
    """Give it another title."""
    changeable(segue.database, number, caller=caller_of(request))
    kept.change(segue.database, number, edition=sent.edition, title=sent.title)
    return _to(number)


@router.post("/playlists/{number}/tracks")
def fill(
    request: Request, segue: Library, number: int, sent: Annotated[Changing, Form()]
) -> Response:
    """Put other tracks in the place of those it holds."""
    changeable(segue.database, number, caller=caller_of(request))
    ids = [TrackId(each) for each in sent.tracks]
    kept.change(segue.database, number, edition=sent.edition, ids=ids)
    return _to(number)


@router.post("/playlists/{number}/more")
def add(
    request: Request, segue: Library, number: int, sent: Annotated[Changing, Form()]
) -> Response:
    """Put tracks behind those it holds."""
    changeable(segue.database, number, caller=caller_of(request))
    held = kept.tracks_of(segue.database, number)
    new = tuple(TrackId(each) for each in sent.tracks)
    kept.change(segue.database, number, edition=sent.edition, ids=held + new)
    return _to(number)


@router.post("/playlists/{number}/delete")
def delete(
    request: Request, segue: Library, number: int, sent: Annotated[Changing, Form()]
) -> Response:
    """Delete it, and lead to the others."""
    changeable(segue.database, number, caller=caller_of(request))
    kept.remove(segue.database, number, edition=sent.edition)
    return RedirectResponse(link("playlists"), status_code=303)


@router.post("/playlists/{number}/file")
def write(
    request: Request, segue: Library, number: int, sent: Annotated[Writing, Form()]
) -> Response:
    """Write it beside the music; the page says where it is now, or why not."""
    try:
        written = segue.filed(number, overwrite=sent.overwrite)
    except NotFoundError:
        raise
    except UserError as error:
        there = segue.settings.playlist_folder is not None and segue.overwritable(number)
        return _page(request, segue, number, refused=explain(error, request), overwritable=there)
    return _page(request, segue, number, written=written)


def _page(
    request: Request,
    segue: Library,
    number: int,
    *,
    place: int = 0,
    refused: Failure | None = None,
    overwritable: bool = False,
    written: Export | None = None,
) -> Response:
    one = kept.get(segue.database, number)
    ids = kept.tracks_of(segue.database, number)
    shown = tracks.many(segue.database, ids[place : place + SHOWN])
    return render(
        "playlist.html",
        request=request,
        code=200 if refused is None else refused.status,
        one=one,
        source=_source(one),
        way=as_given(shown),
        begin=place,
        following=place + SHOWN if place + SHOWN < len(ids) else None,
        workable=len(set(ids)) <= MOST,
        ids=tuple(dict.fromkeys(ids)),
        arcs=[arc for arc in ARCS if arc != "given"],
        folder=segue.settings.playlist_folder,
        folders=folders(segue),
        refused=refused,
        overwritable=overwritable,
        written=written,
    )


def _source(one: Kept) -> str:
    """Where a playlist comes from, in words."""
    whose = f", of {one.owner}" if one.owner else ""
    return f"made here{whose}" if one.made_here else f"imported ({one.scheme}){whose}"


def _to(number: int) -> Response:
    return RedirectResponse(link("playlists", str(number)), status_code=303)
