"""What training found out about spaces and lenses: kept, read back, forgotten.

A space such as ``factors`` is learned from the whole catalogue at once. What comes of it is one
row here (a version, parameters as JSON, numbers beside them) and a vector for every track that
had enough to be learned from. These stand in the table of all vectors, but belong to no file:
their content hash is empty. There is one version of a name at a time: a new one takes the place of
the old in one transaction, so that an answer is made from the one or the other, whole.

Tracks that come later have no such vector until training runs again, and tracks that leave a
playlist keep theirs until then. A lens, and a space without vectors, has its row alone.
"""

from __future__ import annotations

import io
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import delete, exists, insert, select

from segue.catalogue.bulk import insert_rows
from segue.catalogue.database import bump
from segue.catalogue.loading import rows_where
from segue.catalogue.schema import standing, tracks, vectors
from segue.catalogue.schema import trained as table
from segue.errors import BadRequestError, InternalError
from segue.snapshot import Trained

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from segue.catalogue.database import Database
    from segue.types import TrackId, Vectors

CHUNK = 20_000
"""Vectors that are written at once."""

_COLUMNS = ("track_id", "space", "version", "data", "numbers")


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What is kept of one training, but for its numbers; `created` in seconds since 1970, UTC."""

    name: str
    version: str
    state: Mapping[str, Any]
    created: float


def put(
    db: Database,
    name: str,
    *,
    version: str,
    state: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]] | None = None,
    vectors: tuple[Sequence[TrackId], Vectors] | None = None,
) -> int:
    """Keep what was found out, in place of what was known under this name; in one transaction.

    Parameters
    ----------
    name
        Of the space or lens.
    version
        Tells one training from another. The vectors carry it too.
    state
        What JSON can hold, without NaN.
    arrays
        Numbers beside it, by name; none by default.
    vectors
        Tracks, each once, and their vectors, shape (tracks, dims), finite. Tracks that are no
        longer there are left out. None for what has no vectors; none are kept then either.

    Returns
    -------
    int
        How many vectors were stored.

    Raises
    ------
    BadRequestError
        The name is that of a space which an embedder has made.
    InternalError
        Something of it could not be read back.
    """
    row = {
        "name": name,
        "version": version,
        "state": _text(name, state),
        "arrays": _packed(name, arrays or {}),
        "created": time.time(),
    }
    ids, matrix = vectors or ((), np.empty((0, 1), dtype=np.float32))
    _check(name, ids, matrix)
    with db.write() as connection:
        _refuse_heard(connection, name, where=db.where)
        _forget(connection, name)
        connection.execute(insert(table), row)
        stored = _place(connection, name, version, ids, matrix)
        bump(connection)
    return stored


def get(db: Database, name: str) -> Trained | None:
    """What training found out under a name; None where it never ran."""
    with db.read() as connection:
        return known(connection, name).get(name)


def listing(db: Database) -> list[Kept]:
    """All that training found out, by name, without the numbers beside it."""
    query = select(table.c.name, table.c.version, table.c.state, table.c.created)
    with db.read() as connection:
        return [
            Kept(name, version, json.loads(state), created)
            for name, version, state, created in connection.execute(query.order_by(table.c.name))
        ]


def forget(db: Database, name: str) -> bool:
    """Take it away, with its vectors; whether there was anything."""
    with db.write() as connection:
        was = _forget(connection, name)
        if was:
            bump(connection)
    return was


def known(connection: Connection, *names: str) -> dict[str, Trained]:
    """All that training found out, or what it did under some names, inside a read."""
    query = select(table.c.name, table.c.version, table.c.state, table.c.arrays)
    if names:
        query = query.where(table.c.name.in_(names))
    return {
        name: Trained(version, json.loads(state), _unpacked(data))
        for name, version, state, data in connection.execute(query.order_by(table.c.name))
    }


def _text(name: str, state: Mapping[str, Any]) -> str:
    try:
        return json.dumps(dict(state), allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as problem:
        raise InternalError(f"what was learned for {name!r} is no JSON: {problem}") from problem


def _packed(name: str, arrays: Mapping[str, NDArray[Any]]) -> bytes | None:
    if not arrays:
        return None
    objects = [key for key, array in arrays.items() if array.dtype.hasobject]
    if objects:
        raise InternalError(f"arrays of {name!r} that are not numbers: {objects}")
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def _unpacked(data: bytes | None) -> dict[str, NDArray[Any]]:
    if not data:
        return {}
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}


def _check(name: str, ids: Sequence[TrackId], matrix: Vectors) -> None:
    if matrix.ndim != 2 or len(matrix) != len(ids) or not matrix.shape[1]:
        raise InternalError(f"{len(ids)} tracks of {name!r} with vectors of shape {matrix.shape}")
    if len(set(ids)) != len(ids):
        raise InternalError(f"a track with several vectors of {name!r}")
    if not np.isfinite(matrix).all():
        raise InternalError(f"a vector of {name!r} is not finite")


def _refuse_heard(connection: Connection, name: str, *, where: str) -> None:
    """An embedder may have been called so; what files were heard by is not to be lost."""
    heard = exists().where(vectors.c.space == name, vectors.c.content_hash.is_not(None))
    if connection.execute(select(heard | exists().where(standing.c.space == name))).scalar():
        raise BadRequestError(
            f"an embedder has made the space {name!r}, so that training cannot",
            where=where,
            remedy="Give the embedder another name",
        )


def _forget(connection: Connection, name: str) -> bool:
    mine = (vectors.c.space == name) & vectors.c.content_hash.is_(None)
    lost = connection.execute(delete(vectors).where(mine)).rowcount
    return bool(connection.execute(delete(table).where(table.c.name == name)).rowcount or lost)


def _place(
    connection: Connection, name: str, version: str, ids: Sequence[TrackId], matrix: Vectors
) -> int:
    """Store the vectors of the tracks that are there; how many those are."""
    query = select(tracks.c.public_id, tracks.c.id)
    stored = 0
    for begin in range(0, len(ids), CHUNK):
        some = ids[begin : begin + CHUNK]
        number = dict(rows_where(connection, query, tracks.c.public_id, some))
        values = matrix[begin : begin + CHUNK].astype("<f4")
        rows = [
            (number[track_id], name, version, vector.tobytes(), "float32")
            for track_id, vector in zip(some, values, strict=True)
            if track_id in number
        ]
        insert_rows(connection, vectors, _COLUMNS, rows)
        stored += len(rows)
    return stored
