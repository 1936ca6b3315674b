"""What somebody asks, as one model: how many, which lens, which filters, how rows are chosen.

`Question` is read from a query by the API and by the pages' forms, and from a JSON body; routes
that take more add fields to it. Its fields are those of `segue.records.Filters` and
`segue.records.Dials`; where a name may be given several times, its parameter is in the singular.

Forms send every field, filled or not, so a blank value means "no condition". Names come as repeated
parameters or separated by semicolons (a comma is part of too many names).
"""

from __future__ import annotations

from dataclasses import fields, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Self

from fastapi import Request  # noqa: TC002 (FastAPI reads annotations)
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from segue.errors import BadRequestError
from segue.recommend import keys
from segue.records import Between, Dials, Filters
from segue.serve.failures import shorten
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST = 500
"""Most recommendations of one answer."""


def _none_if_blank(value: Any) -> Any:  # noqa: ANN401 (pydantic hands over anything)
    return None if isinstance(value, str) and not value.strip() else value


def _listed(value: Any) -> Any:  # noqa: ANN401
    """The parts of one text or of several that say something; anything else stays as it is."""
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, list):
        return value
    return [each for each in several if not isinstance(each, str) or each.strip()]


def _parted(value: Any) -> Any:  # noqa: ANN401
    """Names, of which one text may hold several."""
    several = _listed(value)
    if not isinstance(several, list):
        return value
    return [
        part
        for each in several
        for part in (each.split(";") if isinstance(each, str) else [each])
        if not isinstance(part, str) or part.strip()
    ]


def _stripped(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in names))


def _key(value: Any) -> Any:  # noqa: ANN401
    """A key by its name, its place on the Camelot wheel or its pitch class, as a pair of numbers.

    Raises
    ------
    BadRequestError
        There is no such key.
    """
    if isinstance(value, str) and not value.strip().isdecimal():
        found = keys.key_named(value) if value.strip() else None
        return found and (found.pitch, found.mode)
    return value if value is None else (value, None)


def _range(value: Any) -> Any:  # noqa: ANN401
    """``energy:0.2:0.6`` as the values of a `Between`."""
    if not isinstance(value, str):
        return value
    attribute, _, ends = value.partition(":")
    least, colon, most = ends.partition(":")
    if not colon:
        raise ValueError("should be an attribute with its ends, such as energy:0.2:0.6")
    return {
        "attribute": attribute.strip(),
        "least": _none_if_blank(least),
        "most": _none_if_blank(most),
    }


_BLANK = BeforeValidator(_none_if_blank)
_TEXT = WithJsonSchema({"type": "string"})

Name = Annotated[str, Field(max_length=300)]
Text = Annotated[Name | None, _BLANK]
Rows = Annotated[int, Field(ge=1, le=MOST)]
Count = Annotated[Rows | None, _BLANK]
Names = Annotated[
    tuple[Name, ...], Field(max_length=100), BeforeValidator(_parted), AfterValidator(_stripped)
]
Whole = Annotated[
    tuple[Name, ...], Field(max_length=100), BeforeValidator(_listed), AfterValidator(_stripped)
]
Ids = Annotated[
    tuple[Name, ...], Field(max_length=10_000), BeforeValidator(_parted), AfterValidator(_stripped)
]
Weighed = str | dict[str, float]
"""A lens by name, or weights by space: as text, ``attributes:0.7,text:0.3``, or as an object."""

Lens = Annotated[Weighed | None, _BLANK]
_WrittenLens = Annotated[Lens, _TEXT]

Year = Annotated[Annotated[int, Field(ge=1000, le=9999)] | None, _BLANK]
Seconds = Annotated[Annotated[float, Field(ge=0, allow_inf_nan=False)] | None, _BLANK]
Tempo = Annotated[Annotated[float, Field(ge=20, le=400, allow_inf_nan=False)] | None, _BLANK]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Dial = Annotated[Share | None, _BLANK]
Flag = Annotated[bool | None, _BLANK]
Pitch = Annotated[int, Field(ge=0, le=11)]
Mode = Annotated[Annotated[int, Field(ge=0, le=1)] | None, _BLANK]
Key = Annotated[
    tuple[Pitch, Mode] | None,
    BeforeValidator(_key),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "null"}]}),
]


class Range(BaseModel):
    """A range of one attribute, or of the popularity; an end that is left out is open."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    attribute: Annotated[str, Field(examples=["energy"])]
    least: Annotated[float | None, Field(allow_inf_nan=False, examples=[0.2])] = None
    most: Annotated[float | None, Field(allow_inf_nan=False, examples=[0.6])] = None


Bounded = Annotated[Range, BeforeValidator(_range)]
"""A range as text or as an object."""

_RANGES = (Field(max_length=20), BeforeValidator(_listed))
Ranges = Annotated[tuple[Bounded, ...], *_RANGES]
_WrittenRanges = Annotated[tuple[Annotated[Bounded, _TEXT], ...], *_RANGES]


class Question(BaseModel):
    """What to ask the engine; None where the default is meant."""

    model_config = ConfigDict(frozen=True)

    n: Count = Field(None, description="How many; the setting `results` when left out.")
    lens: _WrittenLens = Field(
        None,
        description="What similar means this time; chosen by what is known when left out.",
        examples=["balanced"],
    )
    weights: _WrittenLens = Field(
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
    between: _WrittenRanges = Field(
        (), description="Only with an attribute in this range, energy:0.2:0.6; an end may be open."
    )

    per_artist: Count = Field(None, description="Most rows by one artist; else the setting.")
    per_album: Count = Field(None, description="Most rows of one album; else the setting.")
    group: Flag = Field(None, description="Whether versions of a recording share a row; true.")
    hubs: Dial = Field(
        None, description="How much favour tracks lose that are near to everything, 0 to 1."
    )
    diversity: Dial = Field(None, description="How much unlike each other rows shall be, 0 to 1.")
    variation: Dial = Field(None, description="How far chance may reorder like scores, 0 to 1.")
    draw: Annotated[Annotated[int, Field(ge=0, le=2**63 - 1)] | None, _BLANK] = Field(
        None, description="Which chance: the same number gives the same order."
    )
    recent: Ids = Field((), description="Offered lately, by id, the newest first: they step back.")

    @model_validator(mode="after")
    def _one_lens(self) -> Self:
        if self.weights is not None and self.lens is not None:
            raise BadRequestError("both lens and weights are given", remedy="Give one of the two")
        if isinstance(self.weights, str) and not {":", "="} & set(self.weights):
            raise BadRequestError(
                f"{shorten(self.weights)!r} holds no weights",
                remedy="Write spaces with their weights: attributes:0.7,text:0.3",
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
            given["key"], mode = self.key
            given["mode"] = mode if self.mode is None else self.mode
        ranges = (Between(each.attribute, each.least, each.most) for each in self.between)
        given["between"] = tuple(ranges)
        given["exclude_tracks"] = frozenset(map(TrackId, self.exclude_tracks))
        return Filters(**given)

    def dials(self, usual: Dials) -> Dials:
        """How rows are chosen: as `usual`, but for what is asked."""
        return replace(usual, **self._given(Dials))

    @property
    def filtered(self) -> bool:
        """Whether a filter narrows the answer, beside what can be played: that one is in sight."""
        return replace(self.filters, playable=None) != Filters()

    @property
    def dialled(self) -> bool:
        """Whether anything is asked of how rows are chosen."""
        return bool(self._given(Dials))

    def _given(self, record: type[Filters] | type[Dials]) -> dict[str, Any]:
        """What is asked of the fields of a record, by name."""
        found = ((spec.name, getattr(self, spec.name)) for spec in fields(record))
        return {name: value for name, value in found if value not in (None, ())}


class OfTrack(Question):
    """What is asked of one track, by whom."""

    listener: Text = Field(None, description="Whose taste shifts the answer.")


class OfFile(Question):
    """What is asked of a file."""

    n: Count = Field(10, alias="top_n", description="How many.")


def only_known(request: Request) -> None:
    """Refuse a query parameter the route does not have: a misspelt filter must not be ignored.

    What a route has is read from the OpenAPI document, which is where people look it up.
    """
    if not request.query_params:
        return
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
