"""Playlists as three Parquet tables of one folder: entries, playlists, tracks.

======================  ====================================================================
``entries.parquet``     ``pid``, ``pos`` and ``track``, the row of the track from 0
``playlists.parquet``   ``pid`` and ``name``; ``num_followers`` where it is known
``tracks.parquet``      ``track_uri``, ``track_name``, ``artist_name``
======================  ====================================================================

The numbers of the playlists are the folder's own, so its name is part of their ids: two such
folders do not share a playlist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.errors import BadTableError
from segue.records import OutsideId, PlaylistRecord, Rejection, TrackRecord
from segue.sources.json_text import amount, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.types import Progress

_COLUMNS = {
    "entries": ("pid", "pos", "track"),
    "playlists": ("pid", "name"),
    "tracks": ("track_uri", "track_name", "artist_name"),
}
_NUMBERS = frozenset({"pid", "pos", "track", "num_followers"})
_URI = "spotify:track:"
_EVERY = 500
_NOWHERE = (-1, -1)


def is_playlist_folder(folder: Path) -> bool:
    """Whether all three tables lie in it."""
    return all((folder / f"{name}.parquet").is_file() for name in _COLUMNS)


def read_playlist_folder(
    folder: Path, *, on_progress: Progress | None = None
) -> Iterator[PlaylistRecord | Rejection]:
    """Playlists in the order of their table, entries by position.

    Yields
    ------
    PlaylistRecord or Rejection
        A rejection for every playlist whose entries name a row that there is not, or no position;
        it comes without them. One for every row of the playlists without a number.

    Raises
    ------
    BadTableError
        A table is no Parquet table, or lacks a column.
    """
    tables = {name: _columns(folder / f"{name}.parquet", name) for name in _COLUMNS}
    uris, titles, artists = (tables["tracks"][name] for name in _COLUMNS["tracks"])
    tracks = [_track(*each) for each in zip(uris, titles, artists, strict=True)]
    held: dict[int, list[tuple[int, int]]] = {}
    entries = tables["entries"]
    for pid, position, track in zip(*(entries[name] for name in _COLUMNS["entries"]), strict=True):
        placed = position is not None and track is not None
        held.setdefault(pid, []).append((position, track) if placed else _NOWHERE)
    playlists = tables["playlists"]
    followers = playlists.get("num_followers") or [None] * len(playlists["pid"])
    rows = zip(playlists["pid"], playlists["name"], followers, strict=True)
    for done, (pid, title, following) in enumerate(rows, start=1):
        if pid is None:
            reason = f"playlist {done} has no number (pid)"
            yield Rejection(place=str(folder / "playlists.parquet"), line=None, reason=reason)
            continue
        places = [track for _, track in sorted(held.get(pid, ()))]
        there = [track for track in places if 0 <= track < len(tracks)]
        if len(there) < len(places):
            missing = len(places) - len(there)
            reason = f"{missing} entries of playlist {pid} name no row of tracks.parquet"
            yield Rejection(place=str(folder / "entries.parquet"), line=None, reason=reason)
        yield PlaylistRecord(
            title=said(title),
            outside_id=OutsideId(folder.resolve().name, str(pid)),
            entries=tuple(tracks[track] for track in there),
            followers=None if amount(following) is None else following,
        )
        if on_progress is not None and done % _EVERY == 0:
            on_progress(done, len(playlists["pid"]), f"reading {folder.name}")


def _track(uri: str | None, title: str | None, artist: str | None) -> TrackRecord:
    uri, artist = said(uri), said(artist)
    known = uri.startswith(_URI) and len(uri) > len(_URI)
    return TrackRecord(
        title=said(title),
        artists=(artist,) if artist else (),
        outside_ids=(OutsideId("spotify", uri[len(_URI) :]),) if known else (),
    )


def _columns(path: Path, name: str) -> dict[str, list[Any]]:
    """A table's columns by name."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as problem:
        raise BadTableError(
            "this is no Parquet table that can be read",
            where=str(path),
            remedy="Make it anew",
        ) from problem
    missing = [column for column in _COLUMNS[name] if column not in table.column_names]
    if missing:
        raise BadTableError(
            f"the table lacks the column {missing[0]!r}",
            where=str(path),
            remedy=f"It needs {', '.join(_COLUMNS[name])}",
        )
    found = {}
    for column in {*_COLUMNS[name], "num_followers"} & set(table.column_names):
        numbers = column in _NUMBERS
        try:
            values = table.column(column).cast(pa.int64() if numbers else pa.string())
            found[column] = values.to_pylist()
        except (pa.ArrowException, UnicodeDecodeError) as problem:
            raise BadTableError(
                f"the column {column!r} does not hold {'numbers' if numbers else 'text'}",
                where=str(path),
                remedy="Make it anew",
            ) from problem
    return found
