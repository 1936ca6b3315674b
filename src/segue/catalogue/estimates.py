"""Estimates in bulk: what they are measured by, and the rows of all tracks at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import bindparam, select, update

from segue.catalogue.bulk import insert_rows
from segue.catalogue.database import bump
from segue.catalogue.provenance import ESTIMATED, GIVEN
from segue.catalogue.schema import attributes, recordings, vectors
from segue.records import CONTINUOUS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Select

    from segue.types import Floats, Rows


def measured(connection: Connection, *, space: str, version: str) -> tuple[Rows, Floats]:
    """Integrated loudness in LUFS of the files that vectors come from: tracks, and how loud."""
    query = (
        select(vectors.c.track_id, recordings.c.loudness)
        .join(recordings, recordings.c.content_hash == vectors.c.content_hash)
        .where(
            vectors.c.space == space,
            vectors.c.version == version,
            recordings.c.loudness.is_not(None),
        )
    )
    numbers, values = _table(connection, query)
    return numbers, values[:, 0] if len(values) else np.empty(0)


def given(connection: Connection, *, space: str, version: str) -> tuple[Rows, Floats]:
    """Given values of tracks that have a vector: tracks, and values, shape (tracks, 8)."""
    return _continuous(connection, GIVEN, space=space, version=version)


def put(
    connection: Connection,
    numbers: Rows,
    values: Mapping[str, Floats],
    *,
    space: str,
    version: str,
) -> int:
    """Give tracks these estimates, in the caller's transaction; how many rows changed by it.

    Tempo, key and mode of a row stay. Where nothing changes, the epoch stays too.

    Parameters
    ----------
    numbers
        All tracks with a vector of this space and version.
    values
        By name for all of `records.CONTINUOUS`, rounded as they are kept.
    """
    wanted = np.column_stack([values[name] for name in CONTINUOUS])
    there, kept = _continuous(connection, ESTIMATED, space=space, version=version)
    place = np.searchsorted(there, numbers)
    inside = place < len(there)
    known = np.zeros(len(numbers), dtype=np.bool_)
    known[inside] = there[place[inside]] == numbers[inside]
    same = np.zeros(len(numbers), dtype=np.bool_)
    same[known] = (kept[place[known]] == wanted[known]).all(axis=1)
    fresh, other = np.flatnonzero(~known), np.flatnonzero(known & ~same)
    columns = ("track_id", "provenance", *CONTINUOUS)
    rows = [(int(numbers[row]), ESTIMATED, *wanted[row].tolist()) for row in fresh]
    insert_rows(connection, attributes, columns, rows)
    if len(other):
        connection.execute(
            _RESTATE,
            [
                {
                    "this_track": int(numbers[row]),
                    **{
                        f"this_{name}": value
                        for name, value in zip(CONTINUOUS, wanted[row].tolist(), strict=True)
                    },
                }
                for row in other
            ],
        )
    if len(fresh) or len(other):
        bump(connection)
    return len(fresh) + len(other)


_RESTATE = (
    update(attributes)
    .where(attributes.c.track_id == bindparam("this_track"), attributes.c.provenance == ESTIMATED)
    .values({name: bindparam(f"this_{name}") for name in CONTINUOUS})
)


def _continuous(
    connection: Connection, provenance: str, *, space: str, version: str
) -> tuple[Rows, Floats]:
    """The eight attributes of one provenance, for tracks with a vector; in order of numbers."""
    query = (
        select(attributes.c.track_id, *(attributes.c[name] for name in CONTINUOUS))
        .join(vectors, vectors.c.track_id == attributes.c.track_id)
        .where(
            attributes.c.provenance == provenance,
            vectors.c.space == space,
            vectors.c.version == version,
        )
    )
    return _table(connection, query)


def _table(connection: Connection, query: Select[Any]) -> tuple[Rows, Floats]:
    """Numbers of tracks, rising, and what the other columns say of them, NaN for nothing."""
    rows = connection.execute(query.order_by(query.selected_columns[0])).all()
    numbers = np.array([row[0] for row in rows], dtype=np.int64)
    columns = len(query.selected_columns) - 1
    values = np.array([tuple(row)[1:] for row in rows], dtype=np.float64)
    return numbers, values.reshape(len(rows), columns)
