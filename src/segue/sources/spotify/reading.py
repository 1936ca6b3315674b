"""From Spotify's answers to records. Anything may be missing, null or of another kind.

Playlists hold null where a track was taken down, episodes of podcasts, and files of the listener's
own without an id. An app in development mode is given ``items`` and ``item`` where others are given
``tracks`` and ``track``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.records import OutsideId, TrackRecord
from segue.sources.json_text import amount, said

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEME = "spotify"

_ID = re.compile(r"[0-9A-Za-z]{1,64}")
_YEAR = re.compile(r"(\d{4})(?:-|$)")

WANTED = 480
"""Pixels of the largest picture that is shown."""


def is_id(text: str) -> bool:
    """Whether this can be an id of Spotify's: letters and digits, to be part of an address."""
    return _ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Listed:
    """A playlist as a list names it: its id, and the version it is in (empty: not said)."""

    id: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list of playlists: those with an id; `more` where it goes on, at `place`."""

    playlists: tuple[Listed, ...]
    more: bool
    place: int


@dataclass(frozen=True, slots=True)
class Entries:
    """Part of a playlist: tracks, how many items were none, and whether it goes on at `place`."""

    tracks: tuple[TrackRecord, ...]
    left_out: int
    more: bool
    place: int


@dataclass(frozen=True, slots=True)
class Heading:
    """What a playlist says of itself."""

    title: str
    description: str
    followers: int | None
    version: str


def listing(answer: Mapping[str, Any], *, place: int) -> Page:
    """A page of playlists, of a search or of a user, asked for from `place` on."""
    part = answer.get("playlists") if isinstance(answer.get("playlists"), dict) else answer
    items = _items(part)
    found = []
    for item in items:
        value = said(item.get("id")) if isinstance(item, dict) else ""
        if is_id(value):
            found.append(Listed(value, said(item.get("snapshot_id"))))
    return Page(tuple(found), _more(part, place + len(items), items), place + len(items))


def heading(answer: Mapping[str, Any]) -> Heading:
    """What a playlist says of itself."""
    given = answer.get("followers")
    followers = amount(given.get("total")) if isinstance(given, dict) else None
    return Heading(
        title=said(answer.get("name")),
        description=said(answer.get("description")),
        followers=None if followers is None else int(followers),
        version=said(answer.get("snapshot_id")),
    )


def inside(answer: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    """What a playlist's answer calls its entries, and the page of them that it holds, if any."""
    for name in ("items", "tracks"):
        part = answer.get(name)
        if isinstance(part, dict):
            return name, part if isinstance(part.get("items"), list) else None
    return "items", None


def entries(answer: Mapping[str, Any], *, place: int, where: str) -> Entries:
    """A page of a playlist's tracks, asked for from `place` on."""
    items = _items(answer)
    tracks = [track for item in items if (track := _entry(item, where)) is not None]
    end = place + len(items)
    return Entries(tuple(tracks), len(items) - len(tracks), _more(answer, end, items), end)


def record(track: object, *, place: str = "") -> TrackRecord | None:
    """A track as a record; None where it is none, or has neither an id nor a title."""
    if not isinstance(track, dict) or said(track.get("type") or "track") != "track":
        return None
    title, value = said(track.get("name")), said(track.get("id"))
    known = is_id(value)
    if not known and not title:
        return None
    told = track.get("album")
    album: dict[str, Any] = told if isinstance(told, dict) else {}
    dated = _YEAR.match(said(album.get("release_date")))
    length, popularity = amount(track.get("duration_ms")), amount(track.get("popularity"))
    explicit = track.get("explicit")
    return TrackRecord(
        title=title,
        artists=_names(track.get("artists")),
        album=said(album.get("name")),
        outside_ids=(OutsideId(SCHEME, value),) if known else (),
        duration=length / 1_000 if length is not None and length > 0 else None,
        year=int(dated[1]) if dated and int(dated[1]) > 0 else None,
        explicit=explicit if isinstance(explicit, bool) else None,
        popularity=popularity if popularity is not None and 0 <= popularity <= 100 else None,
        place=place,
    )


def cover(track: Mapping[str, Any]) -> str:
    """The address of a track's picture: the smallest that is large enough; empty where none is."""
    album = track.get("album")
    images = album.get("images") if isinstance(album, dict) else None
    sized = []
    for image in images if isinstance(images, list) else []:
        address = said(image.get("url")) if isinstance(image, dict) else ""
        if address:
            sized.append((amount(image.get("width")) or 0.0, address))
    large = [one for one in sized if one[0] >= WANTED]
    return min(large)[1] if large else max(sized, default=(0.0, ""))[1]


def _entry(item: object, where: str) -> TrackRecord | None:
    if not isinstance(item, dict):
        return None
    track = item.get("item") if isinstance(item.get("item"), dict) else item.get("track")
    return record(track, place=where)


def _names(artists: object) -> tuple[str, ...]:
    listed = artists if isinstance(artists, list) else []
    names = [said(one.get("name")) for one in listed if isinstance(one, dict)]
    return tuple(dict.fromkeys(name for name in names if name))


def _items(part: Mapping[str, Any] | None) -> list[Any]:
    found = part.get("items") if part is not None else None
    return found if isinstance(found, list) else []


def _more(part: Mapping[str, Any] | None, end: int, items: list[Any]) -> bool:
    """Whether a list goes on; an empty page is its end whatever it says."""
    if part is None or not items:
        return False
    total = amount(part.get("total"))
    return bool(part.get("next")) or (total is not None and end < total)
