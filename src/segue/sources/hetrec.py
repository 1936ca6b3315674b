"""The HetRec 2011 Last.fm set: how often 1,892 listeners played which of 17,632 artists.

``user_artists.dat`` has (userID, artistID, weight) and ``artists.dat`` (id, name, …), tab
separated, without quotes, the first line naming the columns. Listener 2 is "lastfm:2".

Reference: I. Cantador, P. Brusilovsky, T. Kuflik, "2nd Workshop on Information Heterogeneity and
Fusion in Recommender Systems (HetRec 2011)", RecSys 2011.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.errors import BadTableError, NotFoundError
from segue.records import Play, Rejection, TrackRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONGEST = 1 << 20


def read_hetrec(folder: Path) -> Iterator[Play | Rejection]:
    """Plays by artist; the errors are those of `segue.sources.history.read_history`."""
    for name in ("artists.dat", "user_artists.dat"):
        if not (folder / name).is_file():
            raise NotFoundError(
                f"{name} is missing in {folder}",
                remedy="artists.dat and user_artists.dat belong together",
            )
    return _plays(folder / "user_artists.dat", _artists(folder / "artists.dat"))


def _artists(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, cells in _lines(path, ("id", "name")):
        if len(cells) > 1 and cells[1].strip():
            found[cells[0]] = cells[1].strip()
    return found


def _plays(path: Path, artists: dict[str, str]) -> Iterator[Play | Rejection]:
    for number, cells in _lines(path, ("userID", "artistID", "weight")):
        reason = _fault(cells, artists)
        if reason:
            yield Rejection(place=str(path), line=number, reason=reason)
            continue
        listener, artist, times = cells
        track = TrackRecord(artists=(artists[artist],), place=f"{path.name}, line {number}")
        yield Play(listener=f"lastfm:{listener}", track=track, times=int(times))


def _fault(cells: list[str], artists: dict[str, str]) -> str:
    if len(cells) != 3:
        return f"it has {len(cells)} cells where there are three columns"
    if not (cells[2].isdecimal() and int(cells[2][:10]) > 0 and len(cells[2]) < 10):
        return f"column 'weight' holds {cells[2][:60]!r}, which is no count"
    if cells[1] not in artists:
        return f"artist {cells[1][:60]!r} does not stand in artists.dat"
    return ""


def _lines(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every line but the first; bytes that are no text show as a sign for it."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as stream:
        first = stream.readline(_LONGEST).rstrip("\r\n").split("\t")
        if tuple(first[: len(columns)]) != columns:
            raise BadTableError(
                f"the first line does not name the columns {', '.join(columns)}",
                where=str(path),
                remedy="Give the file as it was published",
            )
        for number, line in enumerate(stream, start=2):
            if line.strip():
                yield number, line.rstrip("\r\n").split("\t")
