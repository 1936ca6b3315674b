"""Artists, albums and genres: all of a kind, and each with its tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from segue.catalogue import tracks
from segue.errors import NotFoundError
from segue.serve.profiles import profile_of
from segue.serve.rendering import link, render
from segue.serve.shelf import Library
from segue.serve.shelving import NAMES, called, found, shelves_of
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.library.shelves import Group, Groups, Shelves
    from segue.records import Track
    from segue.types import Rows

router = APIRouter(include_in_schema=False)

PAGE = 60
"""Artists, albums or genres of one page."""

TRACKS = 48
"""Tracks of one page."""

TOGETHER = 300
"""Most tracks that are played at once."""

_SHOWN = 8

Text = Annotated[str, Query(max_length=300)]
Page = Annotated[int, Query(ge=1, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class Card:
    """One group with what to show of it: the track whose picture stands for it, whose it is."""

    group: Group
    art: TrackId
    under: str


@dataclass(frozen=True, slots=True)
class Paged:
    """Where a page lies among all pages."""

    total: int
    page: int
    pages: int


def _paged(total: int, page: int, size: int) -> Paged:
    pages = max(1, -(-total // size))
    return Paged(total, min(page, pages), pages)


@router.api_route("/artists", methods=["GET", "HEAD"])
def artists(
    request: Request,
    segue: Library,
    q: Text = "",
    page: Page = 1,
    sort: Literal["tracks", "name"] = "tracks",
) -> Response:
    """All artists, those with most tracks first or by name."""
    return _all(request, segue, "artists", q=q, page=page, sort=sort)


@router.api_route("/albums", methods=["GET", "HEAD"])
def albums(
    request: Request,
    segue: Library,
    q: Text = "",
    page: Page = 1,
    sort: Literal["tracks", "name"] = "name",
) -> Response:
    """All albums."""
    return _all(request, segue, "albums", q=q, page=page, sort=sort)


@router.api_route("/genres", methods=["GET", "HEAD"])
def genres(
    request: Request,
    segue: Library,
    q: Text = "",
    page: Page = 1,
    sort: Literal["tracks", "name"] = "tracks",
) -> Response:
    """All genres."""
    return _all(request, segue, "genres", q=q, page=page, sort=sort)


def _all(request: Request, segue: Library, kind: str, *, q: str, page: int, sort: str) -> Response:
    shelves = segue.shelves_ready()
    cards: list[Card] = []
    paged = _paged(0, 1, PAGE)
    if shelves is not None:
        named = called(shelves, kind, q, sort=sort)
        paged = _paged(len(named), page, PAGE)
        here = named[(paged.page - 1) * PAGE : paged.page * PAGE].tolist()
        cards = [_card(shelves, kind, at) for at in here]

    def to(**changes: object) -> str:
        return link(kind, **{"q": " ".join(q.split()), "sort": sort, **changes})

    return render(
        "shelf.html",
        request=request,
        kind=kind,
        one=NAMES[kind],
        cards=cards,
        found=paged,
        q=" ".join(q.split()),
        sort=sort,
        to=to,
        ready=shelves is not None,
    )


def _card(shelves: Shelves, kind: str, at: int) -> Card:
    groups: Groups = getattr(shelves, kind)
    corpus = shelves.corpus
    rows = groups.rows(at)
    first = int(rows[np.argmax(corpus.playable[rows])])
    whose = ", ".join(corpus.artists[first]) if kind == "albums" else ""
    return Card(groups.group(at), corpus.ids[first], whose)


@router.api_route("/artists/{key:path}", methods=["GET", "HEAD"])
def artist(request: Request, segue: Library, key: str, page: Page = 1) -> Response:
    """One artist: albums, all tracks by year and album, and what they are like."""
    shelves = shelves_of(segue)
    group, rows = found(shelves, "artists", key)
    corpus, albums = shelves.corpus, shelves.albums
    keys = dict.fromkeys(corpus.album_keys[row] for row in rows.tolist() if corpus.album_keys)
    places = [at for each in keys if each and (at := albums.find(each)) is not None]
    cards = [_card(shelves, "albums", at) for at in places]
    return _one(
        "artist.html",
        request,
        segue,
        group=group,
        rows=rows,
        page=page,
        kind="artists",
        albums=cards,
    )


@router.api_route("/albums/{key:path}", methods=["GET", "HEAD"])
def album(request: Request, segue: Library, key: str, page: Page = 1) -> Response:
    """One album: its tracks in order."""
    shelves = shelves_of(segue)
    group, rows = found(shelves, "albums", key)
    numbers = [int(shelves.places[row]) for row in rows.tolist()]
    return _one(
        "album.html",
        request,
        segue,
        group=group,
        rows=rows,
        page=page,
        kind="albums",
        numbers=numbers,
    )


@router.api_route("/genres/{key:path}", methods=["GET", "HEAD"])
def genre(request: Request, segue: Library, key: str, page: Page = 1) -> Response:
    """One genre: who plays it, what it is like, its best known tracks first."""
    shelves = shelves_of(segue)
    group, rows = found(shelves, "genres", key)
    return _one("genre.html", request, segue, group=group, rows=rows, page=page, kind="genres")


def _one(
    template: str,
    request: Request,
    segue: Library,
    *,
    group: Group,
    rows: Rows,
    page: int,
    kind: str,
    **more: Any,  # noqa: ANN401 (whatever the template names)
) -> Response:
    shelves = shelves_of(segue)
    corpus = shelves.corpus
    paged = _paged(len(rows), page, TRACKS)
    here = rows[(paged.page - 1) * TRACKS : paged.page * TRACKS].tolist()
    shown = tracks.many(segue.database, [corpus.ids[row] for row in here])
    together = _together(segue, shelves, rows, shown)
    mask = np.zeros(len(corpus), dtype=np.bool_)
    mask[rows] = True
    years = corpus.year[rows][corpus.year[rows] > 0]

    def to(**changes: object) -> str:
        return link(kind, group.key, **changes)

    return render(
        template,
        request=request,
        group=group,
        tracks=shown,
        together=together,
        playable=int(corpus.playable[rows].sum()),
        seconds=float(np.nansum(corpus.duration[rows])),
        years=(int(years.min()), int(years.max())) if len(years) else None,
        genres=shelves.genres.most(shelves.genres.within(mask), n=_SHOWN),
        artists=shelves.artists.most(shelves.artists.within(mask), n=_SHOWN + 4),
        profile=profile_of(corpus, rows, group.name),
        found=paged,
        first=(paged.page - 1) * TRACKS,
        to=to,
        **more,
    )


def _together(segue: Library, shelves: Shelves, rows: Rows, shown: list[Track]) -> list[Track]:
    """The tracks that are played together: those with a file first, else what is shown."""
    playable = rows[shelves.corpus.playable[rows]][:TOGETHER]
    if not len(playable):
        return shown
    ids = [shelves.corpus.ids[row] for row in playable.tolist()]
    return shown if set(ids) == {each.id for each in shown} else tracks.many(segue.database, ids)


@router.api_route("/tracks/{track_id}/album", methods=["GET", "HEAD"])
def album_of(segue: Library, track_id: str) -> Response:
    """To the page of the album a track is on.

    Raises
    ------
    NotFoundError
        There is no such track, or it is on none.
    """
    corpus = shelves_of(segue).corpus
    row = corpus.row_of.get(TrackId(track_id))
    key = corpus.album_keys[row] if row is not None and corpus.album_keys else ""
    if not key:
        track = tracks.get(segue.database, TrackId(track_id))
        raise NotFoundError(f"{track.name} is on no album", remedy="Look through all albums")
    return RedirectResponse(link("albums", key), status_code=303)
