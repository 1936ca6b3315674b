"""Playlists as M3U8: one path a line in UTF-8, with titles and lengths in comments.

A path that a line cannot hold as it is (a line break in a name, a blank at its end, bytes that are
no UTF-8) is written as a ``file://`` address. One that begins with ``#`` would be a comment; it
begins with ``./``. A track without a file is named in a comment: players pass over it, people find
it. What is written, `segue.sources.m3u` reads back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.exports.places import address, is_windows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from segue.exports.places import Places
    from segue.records import Track
    from segue.types import TrackId


def m3u8(
    tracks: Sequence[Track],
    *,
    files: Mapping[TrackId, Path],
    places: Places,
    title: str = "",
) -> str:
    """A playlist as text.

    Parameters
    ----------
    tracks
        In playing order.
    files
        Where the music of each lies; those that are missing are named, not played.
    places
        How paths are written.
    title
        What the playlist is called.
    """
    lines = ["#EXTM3U"]
    if one_line(title):
        lines.append(f"#PLAYLIST:{one_line(title)}")
    for track in tracks:
        file = files.get(track.id)
        if file is None:
            lines.append(f"# No file: {one_line(track.name)}")
            continue
        lines += _described(track)
        lines.append(_line(places.named(file), file))
    return "".join(f"{line}\n" for line in lines)


def one_line(text: str) -> str:
    """A text on one line, with single blanks."""
    return " ".join(text.split())


def _described(track: Track) -> list[str]:
    seconds = -1 if track.duration is None else max(1, round(track.duration))
    artist, title = one_line(track.artist), one_line(track.title)
    lines = [f"#EXTINF:{seconds},{f'{artist} - {title}' if artist else title}"]
    # Says where the artist ends and the title begins, which may hold a dash of their own.
    lines.append(f"#EXTART:{one_line('; '.join(track.artists))}")
    if one_line(track.album):
        lines.append(f"#EXTALB:{one_line(track.album)}")
    return lines


def _line(place: str, file: Path) -> str:
    """A path as a line that is read back as the same; an address is always a whole one."""
    if not _holds(place):
        return address(place if place.startswith("/") or is_windows(place) else str(file))
    return f"./{place}" if place.startswith("#") or not _plain(place) else place


def _holds(place: str) -> bool:
    """Whether a line holds a path whole."""
    if place != place.strip() or len(place.splitlines()) != 1:
        return False
    try:
        place.encode("utf-8")
    except UnicodeEncodeError:  # a name that is no UTF-8
        return False
    return True


def _plain(place: str) -> bool:
    """Whether a relative path passes for nothing else: an address, a path of Windows."""
    return place.startswith("/") or is_windows(place) or not (":" in place or "\\" in place)
