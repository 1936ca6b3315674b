"""The first page: find a track by typing, or look through all of them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from segue.catalogue import tracks
from segue.records import Track
from segue.serve.rendering import render
from segue.serve.shelf import Library
from segue.types import TrackId

router = APIRouter(include_in_schema=False)

FOUND = 24
PAGE = 24


@dataclass(frozen=True, slots=True)
class Listing:
    """Part of the catalogue to look through: how many tracks, some of them, where more begin."""

    name: Literal["all", "playable"]
    tracks: list[Track]
    following: str | None


@router.api_route("/", methods=["GET", "HEAD"])
def library(
    request: Request,
    segue: Library,
    q: Annotated[str, Query(max_length=300)] = "",
    show: Literal["", "all", "playable"] = "",
    after: str = "",
) -> Response:
    """Search results for `q`, else the catalogue page by page: all of it, or what can be played."""
    words = " ".join(q.split())
    total = tracks.count(segue.database)
    playable = int(segue.engine().snapshot.corpus.playable.sum()) if segue.ready else 0
    if words:
        listing = Listing("all", segue.search(words, n=FOUND), None)
    elif segue.ready and (show == "playable" or (not show and 0 < playable < total)):
        listing = _playable(segue, after)
    else:
        listing = _all(segue, after)
    part = request.headers.get("hx-target") == "results"
    return render(
        "_results.html" if part else "library.html",
        request=request,
        words=words,
        listing=listing,
        total=total,
        playable=playable,
        first=not after,
        limit=FOUND,
    )


def _playable(segue: Library, after: str) -> Listing:
    """A page of the tracks with a file, as far as the engine knows them."""
    corpus = segue.engine().snapshot.corpus
    start = bisect_right(corpus.ids, after)
    rows = corpus.playable[start:].nonzero()[0][: PAGE + 1].tolist()
    ids = [corpus.ids[start + row] for row in rows]
    following = ids[PAGE - 1] if len(ids) > PAGE else None
    return Listing("playable", tracks.many(segue.database, ids[:PAGE]), following)


def _all(segue: Library, after: str) -> Listing:
    found = tracks.page(segue.database, after=TrackId(after) if after else None, limit=PAGE + 1)
    shown = found[:PAGE]
    return Listing("all", shown, shown[-1].id if len(found) > PAGE else None)
