"""From drafts to SQL: what a batch changed, in an order foreign keys allow.

Ids of tracks, links, artists, albums and genres are counted on by hand (``max + 1``), which is
safe because there is one writer at a time, and fast because whole batches go in at once.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from segue.catalogue.drafts import Changes, Draft, LinkDraft, keys_of
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
        rows = [{"id": made[key], column: key, **wanted[key]} for key in missing]
        connection.execute(insert(table), rows)
        found.update(made)
    return found


def save(connection: Connection, changes: Changes, *, synthetic: bool) -> None:
    """Write everything a batch changed."""
    founded = {draft.id for draft in changes.founded}
    filled = [pair for number, pair in changes.filled.items() if number not in founded]
    album_ids = _album_ids(connection, changes.founded + [draft for draft, _ in filled])
    _save_founded(connection, changes.founded, album_ids, synthetic=synthetic)
    _save_filled(connection, filled, album_ids)
    credited = [draft for draft, names in filled if "credit" in names]
    _save_artists(connection, changes.founded + credited)
    _save_links(connection, changes)
    _save_genres(connection, changes.genres)
    _add(connection, outside_ids, changes.outside_ids)
    _add(connection, track_labels, changes.labels)
    _add(connection, lyrics, changes.lyrics)
    _add(connection, attributes, changes.attributes)


def _add(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _album_ids(connection: Connection, drafts: list[Draft]) -> dict[str, int]:
    wanted = {draft.album_key: {"title": draft.album} for draft in drafts if draft.album_key}
    return numbered(connection, albums, "key", wanted)


def _save_founded(
    connection: Connection, drafts: list[Draft], album_ids: dict[str, int], *, synthetic: bool
) -> None:
    now = time.time()
    rows = [
        {
            "id": draft.id,
            "public_id": draft.public_id,
            "album_id": album_ids.get(draft.album_key),
            "synthetic": synthetic,
            "created": now,
            **draft.columns,
            **keys_of(draft.columns),
        }
        for draft in drafts
    ]
    _add(connection, tracks, rows)


def _save_filled(
    connection: Connection,
    filled: list[tuple[Draft, set[str]]],
    album_ids: dict[str, int],
) -> None:
    """Columns that were blank before; one statement for tracks that had the same blanks."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for draft, names in filled:
        values = {name: draft.columns[name] for name in names if name in draft.columns}
        if "album_id" in names:
            values["album_id"] = album_ids[draft.album_key]
        if names & {"title", "credit"}:
            values |= keys_of(draft.columns)
        by_columns.setdefault(tuple(sorted(values)), []).append({"number": draft.id, **values})
    for columns, rows in by_columns.items():
        statement = update(tracks).where(tracks.c.id == bindparam("number"))
        connection.execute(statement.values({name: bindparam(name) for name in columns}), rows)


def _save_artists(connection: Connection, drafts: list[Draft]) -> None:
    """The real artists of each draft, in the order of its credit."""
    names: dict[str, dict[str, Any]] = {}
    places: list[tuple[int, int, str]] = []
    for draft in drafts:
        real = {artist_key(one): one for one in reversed(draft.artists) if not is_collective(one)}
        for position, key in enumerate(reversed(real)):
            names.setdefault(key, {"name": real[key]})
            places.append((draft.id, position, key))
    ids = numbered(connection, artists, "key", names)
    rows = [{"track_id": t, "position": p, "artist_id": ids[key]} for t, p, key in places]
    _add(connection, track_artists, rows)


def _save_genres(connection: Connection, rows: list[dict[str, Any]]) -> None:
    ids = numbered(connection, genres, "name", {row["name"]: {} for row in rows})
    named = [
        {"track_id": row["track_id"], "genre_id": ids[row["name"]], "link_id": row["link_id"]}
        for row in rows
    ]
    _add(connection, track_genres, named)


def _save_links(connection: Connection, changes: Changes) -> None:
    def said(link: LinkDraft) -> dict[str, Any]:
        return {"record": to_json(link.record), "filled": json.dumps(sorted(set(link.filled)))}

    _add(
        connection, links, [{**link.row, "id": link.id, **said(link)} for link in changes.new_links]
    )
    if changes.known_links:
        rows = [{"number": link.id, **said(link)} for link in changes.known_links.values()]
        statement = update(links).where(links.c.id == bindparam("number"))
        statement = statement.values(record=bindparam("record"), filled=bindparam("filled"))
        connection.execute(statement, rows)
