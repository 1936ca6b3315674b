"""Which artists a network was taught with, told without their names.

A network that knows an artist's other tracks is judged on its memory of the artist. So a manifest
keeps a **mark** of each artist it was taught with, the first eight hexadecimal digits of the sha256
of the artist's normal form, under ``artist_marks`` of its `data`. By chance one artist in a million
has the mark of one of 4,000 others.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIELD = "artist_marks"
"""Where a manifest's `data` keeps them."""

_DIGITS = 8


def marks(artists: Iterable[str]) -> list[str]:
    """The marks of these artists, each once, sorted; "" has none.

    Parameters
    ----------
    artists
        Normal forms (`segue.names.artist_key`).
    """
    return sorted({_mark(artist) for artist in artists if artist})


def known(data: Mapping[str, Any], artists: Iterable[str]) -> int | None:
    """How many of these artists a network was taught with; None where nobody has noted that.

    Parameters
    ----------
    data
        As a manifest has it.
    artists
        Normal forms; each counts once, "" not at all.
    """
    noted = data.get(FIELD)
    if not isinstance(noted, list):
        return None
    taught = set(map(str, noted))
    return sum(_mark(artist) in taught for artist in set(artists) - {""})


def _mark(artist: str) -> str:
    return sha256(artist.encode()).hexdigest()[:_DIGITS]
