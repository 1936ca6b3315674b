"""Plays as a table: a row a play, or a row a count.

Columns may bear our own names (``listener``, ``artist``, ``title``, ``album``, ``times``, ``at``)
or those of the exports people have of Last.fm, which are known by their columns:

- ``uts, utc_time, artist, artist_mbid, album, album_mbid, track, track_mbid``
- ``Artist;Album;AlbumId;Track;Date#name``, the listener's name in the column's
- no names at all: artist, album, title, ``01 Jan 2020 12:34``

A time is seconds (or milliseconds) since 1970, or a date; a date without a zone is UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from segue.errors import BadTableError
from segue.records import OutsideId, Play, Rejection, TrackRecord
from segue.sources import tables, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_MILLISECONDS_FROM = 1e11
_LATEST = 4e9
_FORMATS = ("%d %b %Y %H:%M", "%d %b %Y, %H:%M", "%Y/%m/%d %H:%M", "%d %b %Y %H:%M:%S")
_count = values.within(1, 1e9)


def times(cell: str) -> int | None:
    """How often: a whole number above zero."""
    value = _count(cell)
    if value is not None and value != int(value):
        raise ValueError("is not a whole number")
    return None if value is None else int(value)


def moment(cell: str) -> float | None:
    """Seconds since 1970 of a number or a date; None for blank and 0."""
    plain = cell.strip()
    if plain.casefold() in values.UNKNOWN:
        return None
    try:
        value = float(plain)
    except ValueError:
        value = _dated(plain)
    if value >= _MILLISECONDS_FROM:
        value /= 1_000
    if not 0 <= value <= _LATEST:
        raise ValueError("is no time since 1970")
    return value or None


def _dated(plain: str) -> float:
    found = None
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        for form in _FORMATS:
            try:
                found = datetime.strptime(plain, form)
            except ValueError:
                continue
            break
    if found is None:
        raise ValueError("is no date and no number of seconds")
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except OverflowError:
        raise ValueError("is no time since 1970") from None


_COLUMNS: Final[Mapping[str, tuple[Callable[[str], Any], tuple[str, ...]]]] = {
    "listener": (values.text, ("listener", "user", "user_name", "username")),
    "artists": (values.names, ("artist", "artists", "artist_name")),
    "title": (values.text, ("title", "track", "track_name", "song")),
    "album": (values.text, ("album", "album_name", "release_name")),
    "times": (times, ("times", "plays", "play_count", "playcount", "count")),
    "at": (moment, ("at", "uts", "listened_at", "timestamp", "time", "utc_time", "date")),
    "id.own": (values.own_id, ("id",)),
    "id.spotify": (values.spotify_id, ("spotify", "spotify_id")),
    "id.musicbrainz": (values.musicbrainz_id, ("musicbrainz", "recording_mbid", "track_mbid")),
}
_NAMELESS: Final = ("artists", "album", "title", "at")


def read_play_table(path: Path) -> Iterator[Play | Rejection]:
    """Plays of one table; the errors are those of `segue.sources.history.read_history`."""
    table = tables.open_table(path)
    nameless = _is_nameless(table.columns)
    listener, columns = "", list(_NAMELESS)
    if not nameless:
        listener, columns = _named(table)
    return _plays(table, _plan(columns), listener, nameless=nameless)


def _is_nameless(first: Sequence[str]) -> bool:
    """Whether a first line is a play already: four cells, the last one a date."""
    try:
        return len(first) == len(_NAMELESS) and not first[3].isdecimal() and bool(moment(first[3]))
    except ValueError:
        return False


def _named(table: tables.Table) -> tuple[str, list[str]]:
    """The listener's name, where a column's name holds it, and the columns' names in our form."""
    listener = ""
    names: list[str] = []
    for column in table.columns:
        name = "_".join(column.casefold().split())
        if name.startswith("date#"):
            listener, name = column[5:].strip(), "date"
        names.append(name)
    held = set(names)
    if not any(held.intersection(_COLUMNS[field][1]) for field in ("artists", "title", "id.own")):
        shown = ", ".join(repr(name[:40]) for name in table.columns[:12])
        raise BadTableError(
            "no column says which artist or track was heard",
            where=str(table.path),
            remedy=f"The table has {shown}; name them listener, artist, title, album, times, at",
        )
    return listener, names


def _plan(columns: Sequence[str]) -> list[tuple[int, str, Callable[[str], Any]]]:
    """(column, field, parser): of several columns for one field the first in our own order."""
    found: list[tuple[int, str, Callable[[str], Any]]] = []
    for field, (parse, names) in _COLUMNS.items():
        index = next((columns.index(name) for name in (field, *names) if name in columns), None)
        if index is not None:
            found.append((index, field, parse))
    return found


def _plays(
    table: tables.Table,
    plan: list[tuple[int, str, Callable[[str], Any]]],
    listener: str,
    *,
    nameless: bool,
) -> Iterator[Play | Rejection]:
    if nameless:
        yield _play(table, 1, table.columns, plan, listener)
    empty = not nameless
    for row in table.rows([index for index, _, _ in plan]):
        empty = False
        if isinstance(row, Rejection):
            yield row
        else:
            yield _play(table, row[0], row[1], plan, listener)
    if empty:
        raise tables.no_rows(table.path)


def _play(
    table: tables.Table,
    number: int,
    cells: Sequence[str],
    plan: list[tuple[int, str, Callable[[str], Any]]],
    listener: str,
) -> Play | Rejection:
    found: dict[str, Any] = {}
    for index, field, parse in plan:
        try:
            value = parse(cells[index])
        except ValueError as problem:
            column = table.columns[index] if table.columns is not cells else field
            reason = f"column {column!r} holds {values.shorten(cells[index])}, which {problem}"
            return Rejection(place=str(table.path), line=number, reason=reason)
        if value is not None:
            found[field] = value
    ids = tuple(
        OutsideId(field.partition(".")[2], value)
        for field, value in found.items()
        if field.startswith("id.")
    )
    if not (ids or "title" in found or "artists" in found):
        return Rejection(
            place=str(table.path), line=number, reason="it names neither a track nor an artist"
        )
    track = TrackRecord(
        title=found.get("title", ""),
        artists=found.get("artists", ()),
        album=found.get("album", ""),
        outside_ids=ids,
        place=f"{table.path.name}, {table.unit} {number}",
    )
    return Play(
        listener=found.get("listener", listener),
        track=track,
        times=found.get("times", 1),
        at=found.get("at"),
    )
