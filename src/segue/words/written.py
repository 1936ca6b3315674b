"""What is understood, as a JSON document that can be changed and sent back, and as words again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from segue.errors import BadRequestError
from segue.recommend.keys import Key
from segue.records import CONTINUOUS
from segue.types import TrackId
from segue.words.amounts import LIMITS
from segue.words.understood import ARTIST, TRACK, Named, Target, Understood

NUMBERS = (*CONTINUOUS, "tempo", "popularity")
"""What a target may be of."""

_WHERE = "what is understood"
_REMEDY = "Send back what `understood` gave, with what you change"


def document(understood: Understood) -> dict[str, Any]:
    """All fields as a JSON document; `understood_from` reads it back."""
    found: dict[str, Any] = _plain(understood)
    return found


def understood_from(found: Mapping[str, Any]) -> Understood:
    """What a document says; fields that are left out have their defaults.

    Raises
    ------
    BadRequestError
        A field is unknown or of the wrong kind, a number is not finite or out of its range.
    """
    made: Understood = _record(Understood, found, _WHERE)
    seen = set()
    for target in made.targets:
        _check(target)
        if target.number in seen:
            raise BadRequestError(
                f"{target.number} has two targets", where=_WHERE, remedy="Give each number once"
            )
        seen.add(target.number)
    for named in (*made.like, *made.unlike):
        if named.kind not in {ARTIST, TRACK} or not (named.name or named.id):
            raise BadRequestError(
                f"{named.kind!r} {named.name!r} is no seed",
                where=_WHERE,
                remedy=f"Name an {ARTIST!r} by its name, or a {TRACK!r} by its id",
            )
    return made


def as_words(understood: Understood) -> str:
    """Words that are understood as the same, numbers and all; "" where nothing is.

    They say what came of the reading: filters that no words stand for, such as folders, and a lens
    of one's own are left out.
    """
    filters = understood.filters
    parts = [f"like {_name(one)}" for one in understood.like]
    parts += [f"unlike {_name(one)}" for one in understood.unlike]
    parts += [f"by {_quoted(name)}" for name in filters.artists]
    parts += [f"not by {_quoted(name)}" for name in filters.exclude_artists]
    parts += [f"genre {_quoted(name)}" for name in filters.genres]
    parts += [f"not genre {_quoted(name)}" for name in filters.exclude_genres]
    parts += [f"language {_quoted(name)}" for name in filters.languages]
    parts += [_targeted(target) for target in understood.targets]
    parts += [_ranged("year", filters.year_from, filters.year_to)]
    parts += [_ranged("length", filters.seconds_from, filters.seconds_to)]
    if filters.key is not None:
        mixes = "compatible with" if filters.compatible_keys else "in"
        parts.append(f"{mixes} {Key(filters.key, filters.mode).name}")
    elif filters.mode is not None:
        parts.append("major" if filters.mode else "minor")
    for flag in ("explicit", "playable"):
        value = getattr(filters, flag)
        if value is not None:
            parts.append(flag if value else f"not {flag}")
    parts += [f"mood {_quoted(understood.emotion)}"] if understood.emotion else []
    parts += [f"tagged {_quoted(tag)}" for tag in understood.tags]
    return ", ".join(part for part in parts if part)


def _name(named: Named) -> str:
    return _quoted(named.id or named.name)


def _quoted(name: str) -> str:
    """A name in quotes; those inside it do not tell names apart."""
    return f'"{name.translate(_QUOTES)}"'


_QUOTES = dict.fromkeys(map(ord, '"“”„«»'), " ")


def _targeted(target: Target) -> str:
    said = _ranged(target.number, target.least, target.most) or target.number
    softly = "" if target.firm else "preferably "
    return f"{softly}{said} aiming at {_digits(target.value)}"


def _ranged(name: str, least: float | None, most: float | None) -> str:
    if least is None and most is None:
        return ""
    if most is None:
        return f"{name} at least {_digits(least or 0.0)}"
    if least is None:
        return f"{name} at most {_digits(most)}"
    return f"{name} between {_digits(least)} and {_digits(most)}"


def _digits(value: float) -> str:
    """A number without an exponent where it can be."""
    whole = int(value)
    return str(whole) if whole == value else repr(value)


def _check(target: Target) -> None:
    if target.number not in NUMBERS:
        close = get_close_matches(target.number, NUMBERS, n=1)
        remedy = f"Perhaps {close[0]!r} is meant" if close else f"Use {', '.join(NUMBERS)}"
        raise BadRequestError(
            f"there is no number {target.number!r} of tracks", where=_WHERE, remedy=remedy
        )
    low, high = LIMITS.get(target.number, (0.0, 1.0))
    for value in (target.value, target.least, target.most):
        if value is not None and not low <= value <= high:
            raise BadRequestError(
                f"{target.number} is {value:g}",
                where=_WHERE,
                remedy=f"Give a number from {low:g} to {high:g}",
            )
    if target.least is not None and target.most is not None and target.least > target.most:
        raise BadRequestError(
            f"no {target.number} is from {target.least:g} to {target.most:g}",
            where=_WHERE,
            remedy="Give the smaller number first",
        )


def _plain(value: object) -> Any:  # noqa: ANN401 (JSON has no narrower type)
    if is_dataclass(value) and not isinstance(value, type):
        return {spec.name: _plain(getattr(value, spec.name)) for spec in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _record(kind: type, found: object, where: str) -> Any:  # noqa: ANN401 (an instance of `kind`)
    """An instance of a frozen dataclass from a mapping."""
    if not isinstance(found, Mapping):
        raise _wrong(found, "an object", where)
    names = {spec.name: spec for spec in fields(kind)}
    for name in found:
        if name not in names:
            raise BadRequestError(
                f"there is no field {str(name)[:100]!r}",
                where=where,
                remedy=f"It has {', '.join(names)}",
            )
    missing = [
        name
        for name, spec in names.items()
        if name not in found and spec.default is MISSING and spec.default_factory is MISSING
    ]
    if missing:
        raise BadRequestError(f"{missing[0]} is missing", where=where, remedy=_REMEDY)
    hints = get_type_hints(kind, localns={"TrackId": TrackId})
    return kind(
        **{name: _value(hints[name], one, f"{where}, {name}") for name, one in found.items()}
    )


def _value(kind: Any, found: object, where: str) -> object:  # noqa: ANN401 (a type hint)
    """A value of the kind that a field has."""
    options = get_args(kind)
    if get_origin(kind) in {Union, UnionType}:
        if found is None and type(None) in options:
            return None
        return _value(next(one for one in options if one is not type(None)), found, where)
    if get_origin(kind) in {tuple, frozenset}:
        if isinstance(found, str) or not isinstance(found, Sequence):
            raise _wrong(found, "a list", where)
        values = (_value(options[0], one, where) for one in found)
        return tuple(values) if get_origin(kind) is tuple else frozenset(values)
    if get_origin(kind) is Mapping:
        if not isinstance(found, Mapping):
            raise _wrong(found, "an object", where)
        return {str(name): _value(options[1], one, where) for name, one in found.items()}
    if is_dataclass(kind):
        return _record(kind, found, where)  # type: ignore[arg-type]
    return _single(kind, found, where)


def _single(kind: object, found: object, where: str) -> object:
    if kind is bool and isinstance(found, bool):
        return found
    if kind in {int, float} and isinstance(found, int | float) and not isinstance(found, bool):
        number = float(found)
        if not math.isfinite(number) or (kind is int and number != int(number)):
            raise _wrong(found, "a whole number" if kind is int else "a finite number", where)
        return int(found) if kind is int else number
    if kind in {str, TrackId} and isinstance(found, str):
        return found
    raise _wrong(found, _KINDS.get(kind, "a text"), where)


_KINDS: dict[object, str] = {bool: "true or false", int: "a number", float: "a number"}


def _wrong(found: object, wanted: str, where: str) -> BadRequestError:
    return BadRequestError(f"{str(found)[:100]!r} is not {wanted}", where=where, remedy=_REMEDY)
