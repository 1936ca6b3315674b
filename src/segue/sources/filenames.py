"""What the name of a file says of the track in it, where nothing better does.

Understood are the usual ways to name music files: ``01 - Artist - Title``, ``Artist - Title``,
``01 Title``, ``01. Title`` and ``Artist - Album - 01 - Title``. A number is a track number when a
mark follows it, or when it has two digits and could be one: "99 Luftballons" and "7 Years" keep
theirs.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_MARKED = re.compile(r"(?:\d-)?(\d{1,3})\s*[.)\]]\s*(?=\S)|(?:\d-)?(\d{1,3})\s*[-–]\s+(?=\S)")
_BARE = re.compile(r"(?:\d-)?(\d{2})\s+(?=\S)")
_DASH = re.compile(r"\s+[-–—]\s+")
_LONGEST_ALBUM = 40


class NameParts(NamedTuple):
    """What a name says; empty or None where it says nothing."""

    title: str
    artist: str = ""
    album: str = ""
    track_number: int | None = None


def read_name(stem: str) -> NameParts:
    """Part the name of a music file.

    Parameters
    ----------
    stem
        The file's name without folder and extension.

    Returns
    -------
    NameParts
        `title` is never empty for a name that is not blank.
    """
    plain = stem if " " in stem.strip() else stem.replace("_", " ")
    plain = " ".join(plain.split())
    number, plain = _leading_number(plain)
    parts = _DASH.split(plain)
    if len(parts) == 1:
        return NameParts(plain, track_number=number)
    place = next((i for i, part in enumerate(parts[1:-1], 1) if re.fullmatch(r"\d{1,3}", part)), 0)
    if place:
        album = " - ".join(parts[1:place])
        return NameParts(" - ".join(parts[place + 1 :]), parts[0], album, int(parts[place]) or None)
    return NameParts(" - ".join(parts[1:]), parts[0], track_number=number)


def _leading_number(plain: str) -> tuple[int | None, str]:
    found = _MARKED.match(plain)
    if found is None:
        found = _BARE.match(plain)
        if found is not None and int(found[1]) > _LONGEST_ALBUM:
            found = None
    if found is None:
        return None, plain
    digits = next(group for group in found.groups() if group)
    return int(digits) or None, plain[found.end() :]
