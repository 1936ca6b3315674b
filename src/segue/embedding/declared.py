"""Declarations: what a manifest says of a front end, as the frozen record of its kind.

A record's annotations say what its fields may hold: whole numbers, numbers, text, true or false,
and nothing where "None" is among them. No number may be further from 0 than float32 reaches, nor a
whole one than `FURTHEST`, so that whatever is computed from them stays a number.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from reprlib import repr as shortened
from typing import TYPE_CHECKING, Any, TypeVar

from segue.models.soundness import bad

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.errors import BadFileError

R = TypeVar("R")

FURTHEST = 2**31
"""More than any whole number that is declared."""

_LARGEST = (2 - 2**-23) * 2.0**127


def made(record: type[R], stated: Mapping[str, Any]) -> R:
    """The record of what is stated; fields with a default may be left out.

    Raises
    ------
    BadFileError
        A field is missing, unknown, or holds another kind of thing; says which.
    """
    known = {each.name: each for each in fields(record)}  # type: ignore[arg-type]
    for name, value in stated.items():
        if name not in known:
            raise odd(f"{shortened(name)}, which is none of its fields", tuple(known))
        if not _fits(value, str(known[name].type)):
            raise odd(f"{shortened(value)} as {name!r}")
    for name, each in known.items():
        if each.default is MISSING and name not in stated:
            raise odd(f"no {name!r}")
    return record(**stated)


def _fits(value: Any, kind: str) -> bool:  # noqa: ANN401 (that is what is found out)
    """Whether a value of JSON is what an annotation says; a whole number is a number too."""
    if value is None:
        return "None" in kind
    if isinstance(value, bool) or kind == "bool":
        return isinstance(value, bool) and kind == "bool"
    if "float" in kind:
        return isinstance(value, (int, float)) and abs(value) <= _LARGEST
    if "int" in kind:
        return isinstance(value, int) and abs(value) < FURTHEST
    return isinstance(value, str)


def one_of(name: str, value: object, known: Sequence[str]) -> None:
    """Refuse a word that is not among those known.

    Raises
    ------
    BadFileError
        Lists them.
    """
    if value not in known:
        raise odd(f"{shortened(value)} as {name!r}", known)


def odd(what: str, known: Sequence[str] = ()) -> BadFileError:
    """The error that says what a front end is declared with, and what is known instead."""
    listed = f"; known: {', '.join(known)}" if known else ""
    return bad(f"declares a front end with {what}{listed}")
