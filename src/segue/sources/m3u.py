"""Playlists as M3U and M3U8: one path a line, with titles and lengths in comments.

Understood are ``#EXTINF:seconds,Artist - Title``, ``#PLAYLIST:``, ``#EXTALB:`` and ``#EXTART:``.
An entry without a title gets it from its file's name. M3U8 is UTF-8; an M3U may be, and else is
what Windows wrote (cp1252).

Reference: RFC 8216 grew out of the format; the comments are those of Winamp and VLC.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from segue.errors import BadTableError, TooLargeError
from segue.records import OutsideId, PlaylistRecord, Rejection, TrackRecord
from segue.sources.credits import split_credit
from segue.sources.filenames import read_name
from segue.sources.paths import is_web, locate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LARGEST = 64 << 20
_INFO = re.compile(r"#EXTINF:\s*(-?\d+(?:\.\d+)?)?[^,]*,(.*)", re.IGNORECASE)
_DASH = re.compile(r"\s+[-–—]\s+")
_LONGEST = 30 * 86_400


def read_m3u(path: Path) -> Iterator[PlaylistRecord | Rejection]:
    """One M3U or M3U8 playlist.

    Yields
    ------
    PlaylistRecord or Rejection
        The playlist, after a rejection for every entry that cannot be a track here.

    Raises
    ------
    BadTableError
        It is not text in its encoding, is a stream's playlist, or names no track.
    TooLargeError
        It is no playlist anybody plays.
    """
    folder = path.parent.resolve()
    title, about = path.stem, {}
    entries: list[TrackRecord] = []
    rejected = 0
    for number, line in enumerate(_text(path).splitlines(), start=1):
        plain = line.strip()
        if plain.upper().startswith("#EXT-X-"):
            raise BadTableError(
                "this is the playlist of a stream (HLS)",
                where=str(path),
                remedy="Give a playlist of music files",
            )
        if plain.startswith("#"):
            mark, _, said = plain.partition(":")
            if mark.upper() == "#PLAYLIST" and said.strip():
                title = said.strip()
            else:
                about[mark.upper()] = plain
        elif plain:
            entry = _entry(plain, about, folder, f"{path.name}, line {number}")
            about = {}
            if isinstance(entry, TrackRecord):
                entries.append(entry)
            else:
                rejected += 1
                yield Rejection(place=str(path), line=number, reason=entry)
    if not entries and not rejected:
        raise BadTableError("the playlist names no track", where=str(path))
    yield PlaylistRecord(
        title=title,
        outside_id=OutsideId("m3u", str(folder / path.name)),
        entries=tuple(entries),
        modified=path.stat().st_mtime,
    )


def _text(path: Path) -> str:
    if path.stat().st_size > _LARGEST:
        raise TooLargeError(
            f"this is larger than {_LARGEST >> 20} MB", where=str(path), remedy="Split it"
        )
    data = path.read_bytes()
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    names = ["utf-16"] if marked else ["utf-8-sig"]
    if path.suffix.casefold() == ".m3u" and not marked:
        names.append("cp1252")
    for name in names:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadTableError(
        f"this is not text in {' or '.join(names)}",
        where=str(path),
        remedy="Save the playlist as UTF-8",
    )


def _entry(line: str, about: dict[str, str], folder: Path, place: str) -> TrackRecord | str:
    """The track of one line, or the reason why it is none."""
    duration, artist, title = _described(about.get("#EXTINF", ""), about.get("#EXTART"))
    ids: tuple[OutsideId, ...] = ()
    if is_web(line):
        if not title:
            return "it is a web address without a title"
    else:
        located = locate(line, folder=folder)
        ids = (OutsideId("path", str(located)),)
        if not title:
            parts = read_name(located.stem)
            title, artist = parts.title, parts.artist
    artist = artist or about.get("#EXTART", "").partition(":")[2].strip()
    return TrackRecord(
        title=title,
        artists=split_credit(artist),
        album=about.get("#EXTALB", "").partition(":")[2].strip(),
        outside_ids=ids,
        duration=duration,
        place=place,
    )


def _described(info: str, credit: str | None) -> tuple[float | None, str, str]:
    """Length, artist and title of an ``#EXTINF`` line; -1 is an unknown length.

    Where an ``#EXTART`` line says who plays, or that nobody is named, the title is what follows;
    else the first dash parts them.
    """
    found = _INFO.fullmatch(info)
    if found is None:
        return None, "", ""
    length = float(found[1] or 0)
    whole = found[2].strip()
    first, *rest = _DASH.split(whole, maxsplit=1)
    artist, title = (first, rest[0]) if rest else ("", first)
    if credit is not None:
        named = credit.partition(":")[2].strip()
        for shown in (named, ", ".join(split_credit(named))):
            if not shown or whole.startswith(f"{shown} - "):
                artist, title = named, whole.removeprefix(f"{shown} - ") if shown else whole
                break
    return (length if 0 < length <= _LONGEST else None), artist, title
