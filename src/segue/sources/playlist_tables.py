"""Playlists as a table: every row is an entry, and says which playlist it belongs to.

The track's columns are those of `segue.sources.tables`. The playlist's are a layout's own, or
``playlist_id`` and ``playlist_name`` (one of them is enough); entries stand in the order of the
rows, or of a column ``position``. A track that one playlist's rows name twice by the same id (a
table lists a playlist under two categories) is one entry.

All rows are held until the last one: a playlist's may stand anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue.errors import BadTableError
from segue.records import OutsideId, PlaylistRecord, Rejection
from segue.sources import tables, values
from segue.sources.rows import BadRowError, RowReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from segue.records import TrackRecord
    from segue.types import Progress

_ID = ("playlist_id",)
_NAME = ("playlist_name", "playlist_title", "playlist")
_POSITION = ("position", "pos")


@dataclass(slots=True)
class _Growing:
    """A playlist whose rows are still coming: (position, entry) and the ids seen."""

    title: str
    entries: list[tuple[float, TrackRecord]] = field(default_factory=list)
    seen: set[tuple[OutsideId, ...]] = field(default_factory=set)

    def add(self, position: float, record: TrackRecord) -> None:
        if record.outside_ids and record.outside_ids in self.seen:
            return
        self.seen.add(record.outside_ids)
        self.entries.append((position, record))


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a table says which playlist a row belongs to; -1 for a column it has not."""

    key: int
    title: int
    position: int
    scheme: str


def read_playlist_table(
    path: Path, *, on_progress: Progress | None = None
) -> Iterator[PlaylistRecord | Rejection]:
    """Playlists of one table.

    Yields
    ------
    PlaylistRecord or Rejection
        Rejections of rows first, then the playlists in the order of their first rows.

    Raises
    ------
    BadTableError and the others of `segue.sources.tables.read_tracks`
        It is no table, or no table of playlists.
    """
    table = tables.open_table(path)
    columns = _columns(table)
    cells = tables.meaning(table, mappable=False)
    read = RowReader(table.columns, cells)
    wanted = {*tables.columns_of(cells), columns.key, columns.title, columns.position} - {-1}
    prefix = f"{path.name}, {table.unit} "
    playlists: dict[str, _Growing] = {}
    empty = True
    for row in table.rows(sorted(wanted), on_progress=on_progress):
        empty = False
        if isinstance(row, Rejection):
            yield row
            continue
        number, texts = row
        try:
            key, title, position = _belongs(texts, columns)
            record = read(texts, f"{prefix}{number}")
        except ValueError as problem:
            yield Rejection(place=str(path), line=number, reason=str(problem))
        else:
            playlists.setdefault(key, _Growing(title)).add(position, record)
    if empty:
        raise tables.no_rows(path)
    for key, playlist in playlists.items():
        playlist.entries.sort(key=lambda entry: entry[0])
        yield PlaylistRecord(
            title=playlist.title,
            outside_id=OutsideId(columns.scheme, key),
            entries=tuple(record for _, record in playlist.entries),
        )


def _columns(table: tables.Table) -> _Columns:
    layout = tables.choose_layout(table)
    names = ["_".join(column.casefold().split()) for column in table.columns]
    if layout is not None and layout.playlist is not None:
        key, title = (table.columns.index(name) for name in layout.playlist)
        scheme = layout.scheme
    else:
        key, title, scheme = _first(names, _ID), _first(names, _NAME), "own"
    if max(key, title) < 0:
        raise BadTableError(
            "no column says which playlist a row belongs to",
            where=str(table.path),
            remedy="Name it playlist_id or playlist_name; for a table of tracks alone use "
            "`segue import tracks`",
        )
    return _Columns(key, title, _first(names, _POSITION), scheme)


def _first(names: Sequence[str], wanted: Sequence[str]) -> int:
    return next((names.index(name) for name in wanted if name in names), -1)


def _belongs(texts: Sequence[str], columns: _Columns) -> tuple[str, str, float]:
    """The id, title and position a row gives; a title alone is the id too."""
    title = values.text(texts[columns.title]) if columns.title >= 0 else None
    key = values.text(texts[columns.key]) if columns.key >= 0 else title
    if key is None:
        raise BadRowError("it does not say which playlist it belongs to")
    position = 0.0
    if columns.position >= 0:
        cell = texts[columns.position]
        try:
            position = values.number(cell) or 0.0
        except ValueError as problem:
            shown = values.shorten(cell)
            raise BadRowError(f"the position is {shown}, which {problem}") from None
    return key, title or key, position
