"""Entries of imported playlists as columns: what `segue.snapshot.Playlists` is made of.

Playlists that are made here are left out; `segue.catalogue.kept` says why.

A million playlists have more entries than Python should hold as objects, so the database writes
those of a playlist as one line of numbers, and numpy reads whole chunks of lines. A chunk is some
thousand playlists, which bounds what is held beside the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from segue.catalogue.kept import MADE_HERE
from segue.catalogue.schema import playlist_entries, playlists
from segue.snapshot import Playlists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select

    from segue.catalogue.database import Database
    from segue.types import Rows

CHUNK = 1_024
"""Playlists that are read at once."""

_IMPORTED = playlists.c.scheme != MADE_HERE


def memberships(connection: Connection, keys: Sequence[int]) -> Playlists:
    """Which tracks stand in which imported playlists, in the order of their ids.

    Parameters
    ----------
    connection
        Of a read; what is found is part of that moment.
    keys
        Numbers of the tracks in the order of rows: `keys[row]` is ``tracks.id``.

    Returns
    -------
    Playlists
        A track that comes several times in a playlist is in it once. Playlists without an entry
        are there, and empty.
    """
    query = select(playlists.c.id, playlists.c.title).where(_IMPORTED).order_by("id")
    named = connection.execute(query).all()
    if not named:
        return Playlists.none()
    numbers = np.array([number for number, _ in named], dtype=np.int64)
    row_of = np.empty(max(keys, default=0) + 1, dtype=np.int32)
    row_of[list(keys)] = np.arange(len(keys), dtype=np.int32)
    lengths = np.zeros(len(named), dtype=np.int64)
    pieces = []
    for begin in range(0, len(named), CHUNK):
        chunk = slice(begin, begin + CHUNK)
        lengths[chunk], rows = _chunk(connection, numbers[chunk], row_of)
        pieces.append(rows)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return Playlists(tuple(title for _, title in named), starts, np.concatenate(pieces))


def outside_keys(db: Database) -> frozenset[str]:
    """``scheme:value`` of every imported playlist of the catalogue, whoever owns it."""
    query = select(playlists.c.scheme, playlists.c.value).where(_IMPORTED)
    with db.read() as connection:
        found = connection.execute(query).all()
    return frozenset(f"{scheme}:{value}" for scheme, value in found)


def ordered_keys(db: Database) -> tuple[str, ...]:
    """``scheme:value`` of every imported playlist, in the order of `memberships`."""
    query = select(playlists.c.scheme, playlists.c.value).where(_IMPORTED)
    query = query.order_by(playlists.c.id)
    with db.read() as connection:
        return tuple(f"{scheme}:{value}" for scheme, value in connection.execute(query))


def _chunk(
    connection: Connection, numbers: Rows, row_of: NDArray[np.int32]
) -> tuple[Rows, NDArray[np.int32]]:
    """How many distinct rows each of some playlists holds, and these one after the other."""
    lines = connection.execute(_lines(connection, int(numbers[0]), int(numbers[-1]))).all()
    if not lines:
        return np.zeros(len(numbers), dtype=np.int64), np.empty(0, dtype=np.int32)
    found, counts, texts = zip(*lines, strict=True)
    owner = np.repeat(np.searchsorted(numbers, found), counts)
    rows = row_of[np.fromstring(" ".join(texts), dtype=np.int64, sep=" ")]
    _, first = np.unique(owner * len(row_of) + rows, return_index=True)
    first.sort()
    return np.bincount(owner[first], minlength=len(numbers)), rows[first]


def _lines(connection: Connection, lowest: int, highest: int) -> Select[tuple[int, int, str]]:
    """Playlist, number of entries, numbers of their tracks with blanks between, for some ids."""
    entry = playlist_entries.c
    if connection.dialect.name == "sqlite":
        # The table is its primary key, so that it is walked in the order of positions, unsorted.
        joined = func.group_concat(entry.track_id, " ")
    else:
        number = cast(entry.track_id, Text)
        joined = func.string_agg(number, aggregate_order_by(literal(" "), entry.position))
    query = select(entry.playlist_id, func.count(), joined)
    some = query.where(entry.playlist_id.between(lowest, highest))
    ours = select(playlists.c.id).where(~_IMPORTED)
    some = some.where(entry.playlist_id.not_in(ours))
    return some.group_by(entry.playlist_id).order_by(entry.playlist_id)
