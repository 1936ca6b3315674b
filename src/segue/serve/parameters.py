"""Kinds of values that are asked for: how they are written, and between what they lie.

Forms send every field, filled or not, so a blank value means "no condition". Names come as repeated
parameters or separated by semicolons (a comma is part of too many names).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from segue.recommend import keys

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


def _apart(value: Any) -> Any:  # noqa: ANN401
    """The ids of one text, which stand apart by blanks."""
    return [one for each in value for one in each.split()] if isinstance(value, list) else value


def _stripped(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in names))


def _key(value: Any) -> Any:  # noqa: ANN401
    """A key by its name, its place on the Camelot wheel or its pitch class.

    Raises
    ------
    BadRequestError
        There is no such key.
    """
    if isinstance(value, str):
        plain = value.strip()
        if not plain.isdecimal():
            return keys.key_named(plain) if plain else None
        value = int(plain[:4])
    if isinstance(value, bool) or not (value is None or value in range(12)):
        raise ValueError("should be a key such as A minor or 8A, or a number from 0 to 11")
    return value if value is None else keys.Key(int(value))


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
Sentence = Annotated[str, Field(max_length=10_000)]
"""A description in words; the library says where it is too long."""

Rows = Annotated[int, Field(ge=1, le=MOST)]
Count = Annotated[Rows | None, _BLANK]
Few = Annotated[Annotated[int, Field(ge=1, le=100)] | None, _BLANK]
Number = Annotated[Annotated[int, Field(ge=1, le=2**53)] | None, _BLANK]
Names = Annotated[
    tuple[Name, ...], Field(max_length=100), BeforeValidator(_parted), AfterValidator(_stripped)
]
Whole = Annotated[
    tuple[Name, ...], Field(max_length=100), BeforeValidator(_listed), AfterValidator(_stripped)
]
Ids = Annotated[
    tuple[Name, ...], Field(max_length=10_000), BeforeValidator(_parted), AfterValidator(_stripped)
]
Listed = Annotated[tuple[Name, ...], BeforeValidator(_apart)]
"""Ids of tracks in order, also one that comes twice: one field of a form for all of them.

A form of many fields is refused, whatever they hold, to protect the server.
"""

Weighed = str | dict[str, float]
"""A lens by name, or weights by space: as text, ``attributes:0.7,text:0.3``, or as an object."""

Lens = Annotated[Weighed | None, _BLANK]
WrittenLens = Annotated[Lens, _TEXT]

Year = Annotated[Annotated[int, Field(ge=1000, le=9999)] | None, _BLANK]
Seconds = Annotated[Annotated[float, Field(ge=0, allow_inf_nan=False)] | None, _BLANK]
Tempo = Annotated[Annotated[float, Field(ge=20, le=400, allow_inf_nan=False)] | None, _BLANK]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Dial = Annotated[Share | None, _BLANK]
Draw = Annotated[Annotated[int, Field(ge=0, le=2**63 - 1)] | None, _BLANK]
Jump = Annotated[Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None, _BLANK]
Flag = Annotated[bool | None, _BLANK]
Mode = Annotated[Annotated[int, Field(ge=0, le=1)] | None, _BLANK]
Key = Annotated[
    keys.Key | None,
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
WrittenRanges = Annotated[tuple[Annotated[Bounded, _TEXT], ...], *_RANGES]
