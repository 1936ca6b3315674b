"""The catalogue to look through: facets and orders, artists, albums, genres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from segue.catalogue import feedback, tracks
from segue.errors import NotFoundError
from segue.library.shelves import Look
from segue.serve import schemas
from segue.serve.api.asking import Whose
from segue.serve.api.freshness import Personal
from segue.serve.api.sending import as_json, following
from segue.serve.parameters import Name, Year
from segue.serve.rendering import link
from segue.serve.shelf import Library
from segue.serve.shelving import called, found, shelves_of
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.library.shelves import Groups, Shelves
    from segue.types import Rows

router = APIRouter(prefix="/api/v1", tags=["Catalogue"], route_class=Personal)

FEW = 8
"""Artists and genres that are told of one group."""

_MANY: dict[str, Any] = {
    "response_description": "Some of them, and where the next ones start.",
    "response_model": schemas.GroupPage,
    "responses": schemas.problems(400, 404, 422, 423),
}
_ONE: dict[str, Any] = {
    "response_description": "What there is of it.",
    "response_model": schemas.OneGroup,
    "responses": schemas.problems(400, 404, 422, 423),
}

Words = Annotated[Name, Query(description="Words of the name; the last may be unfinished.")]
Sort = Annotated[
    Literal["tracks", "name"], Query(description="Those with most tracks first, or by name.")
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many a page.")]
After = Annotated[
    str, Query(max_length=2_000, description="Start behind it: `next` of the page before.")
]


class Looked(BaseModel):
    """What is looked for."""

    model_config = ConfigDict(frozen=True)

    q: Name = Field("", description="Words; the last may be unfinished.", examples=["slow"])
    artist: str = Field("", max_length=1_000, description="Only by this artist, by key.")
    album: str = Field("", max_length=2_000, description="Only of this album, by key.")
    genre: str = Field("", max_length=1_000, description="Only of this genre.")
    year_from: Year = Field(None, description="Not older.")
    year_to: Year = Field(None, description="Not newer.")
    show: Literal["all", "playable", "liked"] = Field(
        "all", description="All, those with a file, or those that the listener likes."
    )
    sort: Literal["best", "newest", "title", "artist", "year", "known"] | None = Field(
        None, description="By match where words are given, else the newest first."
    )
    after: After = ""
    limit: Limit = 50

    def look(self) -> Look:
        """The same as what shelves are asked."""
        words = " ".join(self.q.split())
        sort = self.sort or ("best" if words else "newest")
        return Look(
            words=words,
            artist=self.artist,
            album=self.album,
            genre=self.genre,
            year_from=self.year_from,
            year_to=self.year_to,
            playable=self.show == "playable",
            liked=self.show == "liked",
            sort="newest" if sort == "best" and not words else sort,
            after=self.after,
        )


@router.get(
    "/library",
    response_description="Some tracks, what could narrow them down, and where the next start.",
    response_model=schemas.LibraryPage,
    responses=schemas.problems(400, 403, 404, 422, 423),
)
def look_through(
    asked: Annotated[Looked, Query()], segue: Library, listener: Whose
) -> schemas.LibraryPage | Response:
    """Tracks in an order, narrowed down by words and facets.

    Each choice of a facet is counted with everything else that is asked, but not with its own
    facet.
    """
    shelves = shelves_of(segue)
    said = feedback.of(segue.database, listener)
    liked = [each.track_id for each in said if each.kind == "like"]
    page = segue.listed(asked.look(), size=asked.limit, liked=liked, shelves=shelves)
    body = schemas.LibraryPage.of(page, tracks.many(segue.database, page.ids))
    told = asked.model_dump(exclude={"after"}, exclude_defaults=True)
    at = link("api", "v1", "library", **told, listener=listener, after=body.next)
    return as_json(body, headers=following(at) if body.next else None)


@router.get("/artists", **_MANY)
def list_artists(
    segue: Library, q: Words = "", sort: Sort = "tracks", after: After = "", limit: Limit = 50
) -> Response:
    """All artists, page by page."""
    return _groups(segue, "artists", q, sort=sort, after=after, limit=limit)


@router.get("/artists/{key:path}", **_ONE)
def one_artist(
    segue: Library,
    key: Annotated[str, Path(description="`key` of the artist.", examples=["vela moor"])],
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """One artist with its tracks: by year and album."""
    return _group(segue, "artists", key, after=after, limit=limit)


@router.get("/albums", **_MANY)
def list_albums(
    segue: Library, q: Words = "", sort: Sort = "name", after: After = "", limit: Limit = 50
) -> Response:
    """All albums, page by page."""
    return _groups(segue, "albums", q, sort=sort, after=after, limit=limit)


@router.get("/albums/{key:path}", **_ONE)
def one_album(
    segue: Library,
    key: Annotated[str, Path(description="`key` of the album.", examples=["tides | vela moor"])],
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """One album with its tracks: as they stand on it."""
    return _group(segue, "albums", key, after=after, limit=limit)


@router.get("/genres", **_MANY)
def list_genres(
    segue: Library, q: Words = "", sort: Sort = "tracks", after: After = "", limit: Limit = 50
) -> Response:
    """All genres, page by page."""
    return _groups(segue, "genres", q, sort=sort, after=after, limit=limit)


@router.get("/genres/{key:path}", **_ONE)
def one_genre(
    segue: Library,
    key: Annotated[str, Path(description="`key` of the genre.", examples=["ambient"])],
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """One genre with its tracks: the best known first."""
    return _group(segue, "genres", key, after=after, limit=limit)


def _groups(
    segue: Library, kind: str, words: str, *, sort: str, after: str, limit: int
) -> Response:
    shelves = shelves_of(segue)
    groups: Groups = getattr(shelves, kind)
    order = called(shelves, kind, words, sort=sort)
    first = 0
    if after:
        found_at = np.flatnonzero(order == groups.find(after)).tolist()
        if not found_at:
            raise _lost(after)
        first = found_at[0] + 1
    here = [groups.group(at) for at in order[first : first + limit].tolist()]
    body = schemas.GroupPage(
        groups=[schemas.Group.model_validate(each) for each in here],
        count=len(order),
        next=here[-1].key if first + limit < len(order) else None,
    )
    at = link("api", "v1", kind, q=words, sort=sort, limit=limit, after=body.next)
    return as_json(body, headers=following(at) if body.next else None)


def _group(segue: Library, kind: str, key: str, *, after: str, limit: int) -> Response:
    shelves = shelves_of(segue)
    group, rows = found(shelves, kind, key)
    ids = [shelves.corpus.ids[row] for row in rows.tolist()]
    if after and after not in ids:
        raise _lost(after)
    first = ids.index(TrackId(after)) + 1 if after else 0
    here = ids[first : first + limit]
    body = schemas.OneGroup(
        group=schemas.Group.model_validate(group),
        tracks=[schemas.Track.of(each) for each in tracks.many(segue.database, here)],
        next=str(here[-1]) if first + limit < len(ids) else None,
        **_said(shelves, rows),
    )
    at = link("api", "v1", kind, group.key, limit=limit, after=body.next)
    return as_json(body, headers=following(at) if body.next else None)


def _lost(after: str) -> NotFoundError:
    return NotFoundError(
        f"{after!r} is none of these, so nothing comes behind it",
        remedy="Begin with the first page again",
    )


def _said(shelves: Shelves, rows: Rows) -> dict[str, Any]:
    """What there is to say of all tracks of a group."""
    corpus = shelves.corpus
    mask = np.zeros(len(corpus), dtype=np.bool_)
    mask[rows] = True
    years = corpus.year[rows][corpus.year[rows] > 0]
    most = {
        name: [
            schemas.Group.model_validate(each) for each in groups.most(groups.within(mask), n=FEW)
        ]
        for name, groups in (("artists", shelves.artists), ("genres", shelves.genres))
    }
    return {
        "playable": int(corpus.playable[rows].sum()),
        "seconds": float(np.nansum(corpus.duration[rows], dtype=np.float64)),
        "years": [int(years.min()), int(years.max())] if len(years) else [],
        **most,
    }
