"""Parting what is written as one name: artists of a credit, genres of a genre line.

Only separators that cannot be part of a name part it: ``;`` and NUL for both, a ``/`` between
spaces for genres, "feat." and its spellings for artists. A comma or an ampersand alone never
does ("Earth, Wind & Fire"); in a list of guests they do where the list is unmistakable
("feat. A, B & C").
"""

from __future__ import annotations

import re
from functools import lru_cache

_LISTED = re.compile(r"\s*[;\0]\s*")
_GENRES = re.compile(r"\s*[;\0]\s*|\s+/\s+")
_GUESTS = re.compile(
    r"(?P<main>.*?\S)\s+[(\[]?(?:feat\.?|ft\.?|featuring)\s+(?![&+]|and\b)(?P<guests>[^)\]]+)[)\]]?",
    re.IGNORECASE,
)
_LAST_GUEST = re.compile(r"\s+(?:&|and)\s+")


@lru_cache(maxsize=65_536)
def split_credit(credit: str) -> tuple[str, ...]:
    """The artists of one credit, the main one first, each once.

    Parameters
    ----------
    credit
        A credit as written: ``A; B``, ``A feat. B``, ``A (feat. B, C & D)``. May be blank.

    Returns
    -------
    tuple
        Names without surrounding space; empty for a blank credit.
    """
    found: list[str] = []
    for part in _LISTED.split(credit.strip()):
        guests = _GUESTS.fullmatch(part)
        if guests is None:
            found.append(part)
        else:
            found += [guests["main"], *_guest_names(guests["guests"])]
    return tuple(dict.fromkeys(name.strip() for name in found if name.strip()))


def _guest_names(guests: str) -> list[str]:
    """Guests of "A, B & C" one by one; "B & C" may be one band and stays whole."""
    *first, last = guests.split(", ")
    if not first:
        return [guests]
    return [*first, *_LAST_GUEST.split(last)]


@lru_cache(maxsize=65_536)
def split_genres(line: str) -> tuple[str, ...]:
    """The genres of one line, in order, each once; empty for a blank line."""
    return tuple(dict.fromkeys(name for name in _GENRES.split(line.strip()) if name))
