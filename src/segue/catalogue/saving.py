"""From drafts to SQL: what a batch changed, in an order foreign keys allow.

Ids of tracks, links, artists, albums and genres are counted on by hand (``max + 1``), which is
safe because there is one writer at a time, and fast because whole batches go in at once.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from segue.catalogue.bulk import insert_rows, update_rows
from segue.catalogue.drafts import ATTRIBUTES, COLUMNS, Changes, Draft, LinkDraft
from segue.catalogue.identity import PATH
from segue.catalogue.loading import rows_where
from segue.catalogue.recordjson import to_json
from segue.catalogue.schema import (
    albums,
    artists,
    attributes,
    genres,
    links,
    lyrics,
    outside_ids,
    track_artists,
    track_genres,
    track_labels,
    tracks,
)
from segue.names import artist_key, is_collective

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Table


_FOUNDED_COLUMNS = (
    "id",
    "public_id",
    "album_id",
    "synthetic",
    "created",
    "title_key",
    "artist_key",
)
_ID_COLUMNS = ("scheme", "value", "track_id", "link_id")
_LABEL_COLUMNS = ("track_id", "kind", "value", "link_id")
_LYRICS_COLUMNS = ("track_id", "text", "link_id")
_ATTRIBUTE_COLUMNS = ("track_id", "provenance", "link_id", *ATTRIBUTES)


def next_id(connection: Connection, table: Table) -> int:
    """The first free number in ``table.id``."""
    return int(connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()) + 1


def numbered(
    connection: Connection, table: Table, column: str, wanted: Mapping[str, Mapping[str, Any]]
) -> dict[str, int]:
    """The ids of rows by their unique `column`; rows that are not there yet are made.

    `wanted` maps each value of the column to the other columns of a new row.
    """
    query = select(table.c[column], table.c.id)
    found = dict(rows_where(connection, query, table.c[column], wanted))
    missing = [key for key in wanted if key not in found]
    if missing:
        first = next_id(connection, table)
        made = {key: first + place for place, key in enumerate(missing)}
        columns = ("id", column, *wanted[missing[0]])
        rows = [(made[key], key, *wanted[key].values()) for key in missing]
        insert_rows(connection, table, columns, rows)
        found.update(made)
    return found


def save(connection: Connection, changes: Changes, *, synthetic: bool) -> None:
    """Write everything a batch changed."""
    filled = list(changes.filled.values())
    album_ids = _album_ids(connection, changes.founded + [draft for draft, _ in filled])
    _save_founded(connection, changes.founded, album_ids, synthetic=synthetic)
    _save_filled(connection, filled, album_ids)
    credited = [draft for draft, names in filled if "credit" in names]
    _save_artists(connection, changes.founded + credited)
    _save_links(connection, changes)
    _save_genres(connection, changes)
    if changes.arrived:
        waited = outside_ids.c.value.in_(changes.arrived) & (outside_ids.c.scheme == PATH)
        connection.execute(delete(outside_ids).where(waited))
    insert_rows(connection, outside_ids, _ID_COLUMNS, changes.outside_ids)
    insert_rows(connection, track_labels, _LABEL_COLUMNS, changes.labels)
    insert_rows(connection, lyrics, _LYRICS_COLUMNS, changes.lyrics)
    insert_rows(connection, attributes, _ATTRIBUTE_COLUMNS, changes.attributes)


def _album_ids(connection: Connection, drafts: list[Draft]) -> dict[str, int]:
    wanted = {draft.album_key: {"title": draft.album} for draft in drafts if draft.album_key}
    return numbered(connection, albums, "key", wanted)


def _save_founded(
    connection: Connection, drafts: list[Draft], album_ids: dict[str, int], *, synthetic: bool
) -> None:
    now = time.time()
    rows = [
        (
            draft.id,
            draft.public_id,
            album_ids.get(draft.album_key),
            synthetic,
            now,
            *draft.keys,
            *map(draft.columns.__getitem__, COLUMNS),
        )
        for draft in drafts
    ]
    if drafts:
        insert_rows(connection, tracks, (*_FOUNDED_COLUMNS, *COLUMNS), rows)
        make_searchable(connection, drafts[0].id)


def make_searchable(connection: Connection, first: int) -> None:
    """Add new tracks, `first` and those after it, to the full-text table of revision 0002.

    A server does so by itself; see revision 0014.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "INSERT INTO tracks_fts (rowid, title, artists, album)"
            " SELECT tracks.id, tracks.title, tracks.credit, albums.title"
            " FROM tracks LEFT JOIN albums ON albums.id = tracks.album_id WHERE tracks.id >= ?",
            (first,),
        )


def _save_filled(
    connection: Connection,
    filled: list[tuple[Draft, set[str]]],
    album_ids: dict[str, int],
) -> None:
    """Columns that were blank before; one statement for tracks that had the same blanks."""
    by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for draft, names in filled:
        values = {name: draft.columns[name] for name in sorted(names) if name in draft.columns}
        if "album_id" in names:
            values["album_id"] = album_ids[draft.album_key]
        if names & {"title", "credit"}:
            values["title_key"], values["artist_key"] = draft.keys
        by_columns.setdefault(tuple(values), []).append((*values.values(), draft.id))
    for columns, rows in by_columns.items():
        update_rows(connection, tracks, columns, rows)


def _save_artists(connection: Connection, drafts: list[Draft]) -> None:
    """The real artists of each draft, in the order of its credit."""
    names: dict[str, dict[str, Any]] = {}
    places: list[tuple[int, int, str]] = []
    for draft in drafts:
        real: dict[str, str] = {}
        for one in draft.artists:
            if not is_collective(one):
                real.setdefault(artist_key(one), one)
        for position, (key, name) in enumerate(real.items()):
            names.setdefault(key, {"name": name})
            places.append((draft.id, position, key))
    ids = numbered(connection, artists, "key", names)
    rows = [(track, position, ids[key]) for track, position, key in places]
    insert_rows(connection, track_artists, ("track_id", "position", "artist_id"), rows)


def _save_genres(connection: Connection, changes: Changes) -> None:
    ids = numbered(connection, genres, "name", {name: {} for _, name, _ in changes.genres})
    rows = [(track, ids[name], link) for track, name, link in changes.genres]
    insert_rows(connection, track_genres, ("track_id", "genre_id", "link_id"), rows)


def _save_links(connection: Connection, changes: Changes) -> None:
    def said(link: LinkDraft) -> tuple[str, str]:
        return to_json(link.record), json.dumps(sorted(set(link.filled)))

    new = [(link.id, *said(link), *link.row.values()) for link in changes.new_links]
    if new:
        columns = ("id", "record", "filled", *changes.new_links[0].row)
        insert_rows(connection, links, columns, new)
    known = [(*said(link), link.id) for link in changes.known_links.values()]
    update_rows(connection, links, ("record", "filled"), known)
