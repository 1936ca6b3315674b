"""What somebody asks, as one model: how many, which lens, which filters, how rows are chosen.

`Question` is read from a query by the API and by the pages' forms, and from a JSON body; routes
that take more add fields to it, and a journey, which no dial changes, takes a `Narrowing` alone.
Their fields are those of `segue.records.Filters` and `segue.records.Dials`; where a name may be
given several times, its parameter is in the singular.
"""

from __future__ import annotations

from dataclasses import fields, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Self

from fastapi import Request  # noqa: TC002 (FastAPI reads annotations)
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.concurrency import run_in_threadpool

from segue.errors import BadRequestError
from segue.library.wishes import Wish
from segue.records import Between, Dials, Filters
from segue.serve import words
from segue.serve.failures import shorten
from segue.serve.parameters import (  # noqa: TC001 (pydantic reads annotations)
    Count,
    Dial,
    Draw,
    Few,
    Flag,
    Ids,
    Jump,
    Key,
    Mode,
    Name,
    Names,
    Seconds,
    Sentence,
    Tempo,
    Text,
    Weighed,
    Whole,
    WrittenLens,
    WrittenRanges,
    Year,
)
from segue.serve.playlists import AsPlaylist
from segue.serve.schemas.model import ID, OTHER
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Narrowing(BaseModel):
    """How many, by which lens, and what an answer may hold; None where the default is meant."""

    model_config = ConfigDict(frozen=True)

    n: Count = Field(None, description="How many; the setting `results` when left out.")
    lens: WrittenLens = Field(
        None,
        description="What similar means this time; chosen by what is known when left out.",
        examples=["balanced"],
    )
    weights: WrittenLens = Field(
        None,
        description="A lens of your own instead: spaces with their weights.",
        examples=["attributes:0.7,text:0.3"],
    )

    genres: Names = Field((), alias="genre", description="Only tracks of one of these.")
    exclude_genres: Names = Field((), alias="exclude_genre", description="No tracks of these.")
    artists: Names = Field((), alias="artist", description="Only tracks by one of these.")
    exclude_artists: Names = Field((), alias="exclude_artist", description="No tracks by these.")
    exclude_tracks: Ids = Field((), alias="exclude_track", description="None of these, by id.")
    unheard_by: Text = Field(None, description="None that this listener has heard.")
    year_from: Year = Field(None, description="Not older.")
    year_to: Year = Field(None, description="Not newer.")
    seconds_from: Seconds = Field(None, description="Not shorter.")
    seconds_to: Seconds = Field(None, description="Not longer.")
    tempo_from: Tempo = Field(None, description="Not slower, in beats a minute.")
    tempo_to: Tempo = Field(None, description="Not faster.")
    octaves: Flag = Field(None, description="Whether half and double the tempo pass too; true.")
    key: Key = Field(
        None,
        description="In this key: A minor, F#, 8A on the Camelot wheel, or 0 to 11 from C up.",
    )
    mode: Mode = Field(None, description="Only major (1), or only minor (0).")
    compatible_keys: Flag = Field(None, description="Whether keys that mix well pass too; false.")
    explicit: Flag = Field(None, description="Only explicit ones, or only others.")
    playable: Flag = Field(None, description="Only with a file of the library, or only without.")
    languages: Names = Field(
        (), alias="language", description="Only in one of these: codes as in the files' tags."
    )
    folders: Whole = Field(
        (), alias="folder", description="Only with a file in one of these folders, or below."
    )
    between: WrittenRanges = Field(
        (), description="Only with an attribute in this range, energy:0.2:0.6; an end may be open."
    )

    @model_validator(mode="after")
    def _of_one_mind(self) -> Self:
        if self.weights is not None and self.lens is not None:
            raise BadRequestError("both lens and weights are given", remedy="Give one of the two")
        if isinstance(self.weights, str) and not {":", "="} & set(self.weights):
            raise BadRequestError(
                f"{shorten(self.weights)!r} holds no weights",
                remedy="Write spaces with their weights: attributes:0.7,text:0.3",
            )
        mode = None if self.key is None else self.key.mode
        if mode is not None and self.mode not in (None, mode):
            raise BadRequestError(
                f"a key is asked for that is {'major' if mode else 'minor'}, and the other mode",
                remedy="Leave the mode out, or the word behind the key",
            )
        return self

    @property
    def chosen(self) -> Weighed | None:
        """The lens, or the weights in its place."""
        return self.weights if self.lens is None else self.lens

    @property
    def filters(self) -> Filters:
        """What an answer may hold."""
        given = self._given(Filters)
        if self.key is not None:
            given["key"] = self.key.pitch
            given["mode"] = self.mode if self.key.mode is None else self.key.mode
        ranges = (Between(each.attribute, each.least, each.most) for each in self.between)
        given["between"] = tuple(ranges)
        given["exclude_tracks"] = frozenset(map(TrackId, self.exclude_tracks))
        return Filters(**given)

    @property
    def filtered(self) -> bool:
        """Whether a filter narrows the answer, beside what can be played: that one is in sight."""
        return replace(self.filters, playable=None) != Filters()

    def _given(self, record: type[Filters] | type[Dials]) -> dict[str, Any]:
        """What is asked of the fields of a record, by name."""
        found = ((spec.name, getattr(self, spec.name)) for spec in fields(record))
        return {name: value for name, value in found if value not in (None, ())}


class Question(Narrowing):
    """What to ask the engine, and how rows are chosen from what is near."""

    per_artist: Count = Field(None, description="Most rows by one artist; else the setting.")
    per_album: Count = Field(None, description="Most rows of one album; else the setting.")
    group: Flag = Field(None, description="Whether versions of a recording share a row; true.")
    hubs: Dial = Field(
        None, description="How much favour tracks lose that are near to everything, 0 to 1."
    )
    diversity: Dial = Field(None, description="How much unlike each other rows shall be, 0 to 1.")
    variation: Dial = Field(None, description="How far chance may reorder like scores, 0 to 1.")
    draw: Draw = Field(None, description="Which chance: the same number gives the same order.")
    recent: Ids = Field((), description="Offered lately, by id, the newest first: they step back.")

    def dials(self, usual: Dials) -> Dials:
        """How rows are chosen: as `usual`, but for what is asked."""
        return replace(usual, **self._given(Dials))

    @property
    def dialled(self) -> bool:
        """Whether anything is asked of how rows are chosen."""
        return bool(self._given(Dials))


class OfTrack(Question, AsPlaylist):
    """What is asked of one track, by whom."""

    listener: Text = Field(None, description="Whose taste shifts the answer.")


class OfFile(Question):
    """What is asked of a file."""

    n: Few = Field(10, alias="top_n", description="How many.")


class OfDescription(Question):
    """What is asked of a song that is only described: words, numbers, names, conditions."""

    words: Sentence = Field("", description="A description in words.")
    energy: Dial = None
    valence: Dial = None
    danceability: Dial = None
    acousticness: Dial = None
    instrumentalness: Dial = None
    liveness: Dial = None
    speechiness: Dial = None
    tempo: Tempo = None
    emotion: Text = None
    like: Names = Field((), description="Artists to be near to.")

    @property
    def wish(self) -> Wish:
        """What is wished for in numbers and names."""
        numbers = {name: getattr(self, name) for name in (*words.GAUGES, "tempo")}
        wanted = {name: value for name, value in numbers.items() if value is not None}
        return Wish(wanted, artists=tuple(self.like), emotion=self.emotion or "")

    @property
    def wished(self) -> bool:
        """Whether anything is described beside words."""
        return bool(self.genres) or self.wish != Wish({})


class OfPath(Narrowing, AsPlaylist):
    """What is asked of a path from one track to another."""

    n: Count = Field(10, description="How many tracks, both ends among them: 2 to 100.")
    start: Name = Field(
        alias="from", description="Where it begins: the id of a track.", examples=[ID]
    )
    end: Name = Field(alias="to", description="Where it ends: the id of another.", examples=[OTHER])
    longest: Jump = Field(
        None,
        description="The jump that none should be larger than: the share of random pairs of the "
        "catalogue that are more alike, above 0 and up to 1.",
    )
    apart: Annotated[int, Field(ge=0, le=20)] = Field(
        2, description="Tracks of others between two by one artist."
    )


async def only_known(request: Request) -> None:
    """Refuse a query parameter the route does not have: a misspelt filter must not be ignored.

    What a route has is read from the OpenAPI document, which is where people look it up.
    """
    if request.query_params:
        # Written at the first time, which takes long.
        await run_in_threadpool(_need_known, request)


def _need_known(request: Request) -> None:
    methods = request.app.openapi()["paths"][request.scope["route"].path_format]
    operation = methods.get(request.method.lower(), methods.get("get", {}))
    known = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
    for name in request.query_params:
        if name not in known:
            raise misnamed("query parameter", name, known, where=request.url.path)


def known_fields(model: type[BaseModel], given: Mapping[str, object]) -> None:
    """Refuse a field of a document that `model` does not have; see `only_known`."""
    known = [spec.alias or name for name, spec in model.model_fields.items()]
    for name in given:
        if name not in known:
            raise misnamed("field", name, known, where="the body")


def misnamed(kind: str, name: str, known: Iterable[str], *, where: str) -> BadRequestError:
    """The refusal of a name that does not exist, with the one that may be meant."""
    known = list(known)
    close = get_close_matches(name, known, n=1)
    meant = f"Perhaps {close[0]!r} is meant" if close else f"There are {', '.join(known)}"
    return BadRequestError(
        f"there is no {kind} {shorten(name)!r}",
        where=where,
        remedy=meant if known else "This address takes none",
    )
