"""The first page: find by typing, or look through everything, narrowed down as one likes.

The address says all of it: words, what must be true of a track, the order, the page. Until the
shelves of a library stand (`segue.library.shelves`) the catalogue is listed as it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from segue.catalogue import tracks
from segue.library.shelves import SORTS, Found, Look
from segue.records import Track
from segue.serve.parameters import Year
from segue.serve.rendering import link, render, wants_part
from segue.serve.shelf import Library
from segue.serve.whose import opinions_of
from segue.types import TrackId

router = APIRouter(include_in_schema=False)

PAGE = 24
MOST_PAGES = 1_000_000


class Asked(BaseModel):
    """What the address asks for; blank where it does not say."""

    model_config = ConfigDict(frozen=True)

    q: Annotated[str, Query(max_length=300)] = ""
    artist: Annotated[str, Query(max_length=1_000)] = ""
    album: Annotated[str, Query(max_length=2_000)] = ""
    genre: Annotated[str, Query(max_length=1_000)] = ""
    year_from: Year = None
    year_to: Year = None
    show: Literal["", "all", "playable", "liked"] = ""
    sort: Literal["", "best", "newest", "title", "artist", "year", "known"] = ""
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1

    @property
    def words(self) -> str:
        """What is searched for, with single spaces."""
        return " ".join(self.q.split())

    def to(self, **changes: object) -> str:
        """The address that asks the same but for some changes, from the first page on."""
        told = {**self.model_dump(exclude={"page"}), "q": self.words, **changes}
        return link(**told)

    def at(self, page: int | str) -> str:
        """The address of another page of the same."""
        return self.to(page=page)

    def look(self, *, usual: str) -> Look:
        """The same as what shelves are asked; `usual` is what is shown where nobody says."""
        show = self.show or usual
        sort = self.sort or ("best" if self.words else "newest")
        return Look(
            words=self.words,
            artist=self.artist,
            album=self.album,
            genre=self.genre,
            year_from=self.year_from,
            year_to=self.year_to,
            playable=show == "playable",
            liked=show == "liked",
            sort="newest" if sort == "best" and not self.words else sort,
            page=self.page,
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A condition that is asked for, as a chip: what it says, and the address without it."""

    label: str
    name: str
    without: str


@router.api_route("/", methods=["GET", "HEAD"])
def library(request: Request, segue: Library, asked: Annotated[Asked, Query()]) -> Response:
    """Search results for `q`, else the catalogue page by page: all of it, or what can be played."""
    shelves = segue.shelves_ready()
    total = tracks.count(segue.database) if shelves is None else len(shelves)
    playable = 0 if shelves is None else int(shelves.corpus.playable.sum())
    some = 0 < playable < total
    usual = "playable" if some and not asked.words else "all"
    look = asked.look(usual=usual)
    if shelves is None:
        found, shown = _as_it_comes(segue, asked)
    else:
        liked = [TrackId(one) for one, kind in opinions_of(request).items() if kind == "like"]
        found = segue.listed(look, size=PAGE, liked=liked, shelves=shelves)
        shown = tracks.many(segue.database, found.ids)
    part = wants_part(request) and request.headers.get("hx-target") == "results"
    return render(
        "_results.html" if part else "library.html",
        request=request,
        asked=asked,
        look=look,
        found=found,
        tracks=shown,
        total=total,
        playable=playable,
        some=some,
        ready=shelves is not None,
        sorts={name: said for name, said in SORTS.items() if name != "best" or asked.words},
        chosen=_chosen(asked, found),
    )


def _as_it_comes(segue: Library, asked: Asked) -> tuple[Found, list[Track]]:
    """Before the shelves stand: what search finds, or the first tracks, without more to choose."""
    if asked.words:
        shown = segue.search(asked.words, n=PAGE)
        return Found(tuple(track.id for track in shown), len(shown), 1, 1), shown
    shown = tracks.page(segue.database, limit=PAGE)
    total = tracks.count(segue.database)
    return Found(tuple(track.id for track in shown), total, 1, 1), shown


def _chosen(asked: Asked, found: Found) -> list[Chosen]:
    """What is asked beside words, each with the address that no longer asks it."""
    called = {
        (facet.name, next(iter(option.asks.values()))): option.name
        for facet in found.facets
        for option in facet.options
    }
    made = [
        Chosen(name.capitalize(), called.get((name, value), value), asked.to(**{name: ""}))
        for name in ("genre", "artist")
        if (value := getattr(asked, name))
    ]
    if asked.album:
        title = asked.album.partition(" | ")[0]
        made.append(Chosen("Album", title, asked.to(album="")))
    if (asked.year_from, asked.year_to) != (None, None):
        ends = (asked.year_from, asked.year_to)
        said = _years(*ends)
        made.append(Chosen("Year", said, asked.to(year_from=None, year_to=None)))
    return made


def _years(first: int | None, last: int | None) -> str:
    if first is not None and last is not None:
        return f"{first}" if first == last else f"{first} to {last}"
    return f"from {first}" if first is not None else f"to {last}"
