"""Vectors on a PostgreSQL server with the extension pgvector, for `segue.index.served`.

Each space has a table in the schema ``segue_nearest``: vectors in half precision under a
**number**, a **mark** that follows from the vector (`segue.index.shelf.marks`), and a graph over
them. Like a file with an index it holds no truth: it is made from the vectors of the catalogue, is
in no backup, and is made anew where it does not fit. Whoever makes an index adds what is missing
and takes out what has gone; numbers are never given twice, so who still searches for an older state
of the catalogue finds less, and nothing wrong.
"""

from __future__ import annotations

import logging
import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from segue.errors import BadRequestError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from segue.catalogue.database import Database
    from segue.types import Rows, Vector

    Marks = NDArray[np.uint64]

_log = logging.getLogger("segue.catalogue")

SCHEMA = "segue_nearest"
OLDEST = (0, 8)
"""The first pgvector that goes on walking until a filter has left enough."""

LINKS, MADE_WITH, WALKED_WITH = 16, 100, 128
"""As `segue.index.graph` has them."""

_NO_TABLE = "42P01"

MOST_DIMS = 4_000
"""pgvector joins no longer vectors to a graph."""

_AT_ONCE = 5_000
_ODD = re.compile(r"[^a-z0-9_]")
_WITHOUT = "or leave SEGUE_INDEX empty: then the index is in files beside the server"


def need(db: Database) -> None:
    """Make sure that a catalogue's server has pgvector, and make the extension where it may be.

    Raises
    ------
    BadRequestError
        The catalogue is a file.
    UnavailableError
        The server has no pgvector, or an old one, or this user may not make the extension.
    """
    if db.path is not None:
        raise BadRequestError(
            "the setting SEGUE_INDEX is 'pgvector', and this catalogue is a file",
            where=db.where,
            remedy="Move the catalogue to a PostgreSQL server (segue move --to URL), or leave"
            " SEGUE_INDEX empty",
        )
    with db.read() as connection:
        made = connection.execute(_MADE).scalar()
        offered = connection.execute(_OFFERED).scalar()
    if made is None and offered is None:
        raise UnavailableError(
            "the server has no extension pgvector",
            where=db.where,
            remedy=f"Install it on the server (Debian: postgresql-NN-pgvector; the image"
            f" pgvector/pgvector has it), {_WITHOUT}",
        )
    if made is None:
        made = _make(db)
    if tuple(int(part) for part in re.findall(r"\d+", made)[:2]) < OLDEST:
        raise UnavailableError(
            f"the server has pgvector {made}, and Segue needs 0.8 or later",
            where=db.where,
            remedy=f"Update it and run ALTER EXTENSION vector UPDATE, {_WITHOUT}",
        )


_MADE = text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
_OFFERED = text("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")


def _make(db: Database) -> str:
    try:
        with db.write() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
            return str(connection.execute(_MADE).scalar_one())
    except UnavailableError as error:
        if not isinstance(error.__cause__, DBAPIError):
            raise
        raise UnavailableError(
            "this user may not make the extension pgvector",
            where=db.where,
            remedy=f"Have the database's owner run CREATE EXTENSION vector, {_WITHOUT}",
        ) from error


class _GivenUpError(Exception):
    """The work is not to go on; the transaction is broken off by it."""


class Tables:
    """The tables of a catalogue on a server; see `segue.index.served.VectorTables`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def held(self, name: str, *, dims: int) -> tuple[Rows, Marks]:
        """Numbers and marks; none where the table is not there, or of other vectors."""
        with self._db.read() as connection:
            if not _fits(connection, name, dims):
                return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint64)
            query = text(f"SELECT number, mark FROM {_named(name)} ORDER BY number")  # noqa: S608
            rows = np.array(connection.execute(query).all(), dtype=np.int64).reshape(-1, 2)
        return rows[:, 0], rows[:, 1].copy().view(np.uint64)

    def change(
        self,
        name: str,
        *,
        gone: Rows,
        marks: Marks,
        vectors: NDArray[np.float16],
        going_on: Callable[[int], bool],
    ) -> Rows | None:
        """Take out and add in one transaction; the table is made where it is not there.

        Raises
        ------
        BadRequestError
            The vectors are too long.
        """
        dims = vectors.shape[1]
        if dims > MOST_DIMS:
            raise BadRequestError(
                f"pgvector cannot search the space {name!r} of {dims} numbers a track",
                remedy="Leave SEGUE_INDEX empty",
            )
        try:
            with self._db.write_derived() as connection:
                connection.execute(_TURN, {"table": _named(name)})
                if not _fits(connection, name, dims):
                    _create(connection, name, dims)
                remove = text(f"DELETE FROM {_named(name)} WHERE number = ANY(:gone)")  # noqa: S608
                connection.execute(remove, {"gone": gone.tolist()})
                numbers = _numbers(connection, name, len(marks))
                _send(connection, name, numbers, marks, vectors, going_on=going_on)
                _join(connection, name)
        except _GivenUpError:
            return None
        _log.info("pgvector: %s: %s added, %s taken out", name, len(marks), len(gone))
        return numbers

    def nearest(self, name: str, query: Vector, *, k: int, allowed: bytes | None) -> Rows:
        """The numbers of about the `k` nearest; none where somebody dropped the table."""
        given: dict[str, Any] = {"query": _written(query), "k": k}
        where = ""
        if allowed is not None:
            given |= {"allowed": allowed, "end": 8 * len(allowed)}
            where = (
                " WHERE CASE WHEN number < :end"
                " THEN get_bit(CAST(:allowed AS bytea), number) = 1 ELSE FALSE END"
            )
        order = "ORDER BY vector <#> CAST(:query AS halfvec) LIMIT :k"
        asked = text(f"SELECT number FROM {_named(name)}{where} {order}")  # noqa: S608
        try:
            with self._db.read() as connection:
                connection.execute(_WALK, {"walked": str(max(WALKED_WITH, k))})
                found = connection.execute(asked, given).scalars()
                return np.fromiter(found, dtype=np.int64)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _NO_TABLE:
                raise
            _log.warning("pgvector: the table of %s is gone; all tracks are compared", name)
            return np.empty(0, dtype=np.int64)


_TURN = text("SELECT pg_advisory_xact_lock(hashtext('segue_nearest'), hashtext(:table))")
_WALK = text(
    "SELECT set_config('hnsw.ef_search', :walked, true),"
    " set_config('hnsw.iterative_scan', 'relaxed_order', true),"
    # The graph is walked in any case: the planner takes it for dearer than it is.
    " set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)"
)


def _plain(name: str) -> str:
    """The name of a space's table: letters, digits and what tells it from others."""
    return f"{_ODD.sub('_', name.lower())[:24]}_{blake2b(name.encode(), digest_size=4).hexdigest()}"


def _named(name: str) -> str:
    return f"{SCHEMA}.{_plain(name)}"


def _written(vector: NDArray[np.floating]) -> str:
    """A vector as pgvector reads it."""
    return f"[{','.join(map(str, vector.astype(np.float32).tolist()))}]"


def _fits(connection: Connection, name: str, dims: int) -> bool:
    """Whether a table is there, of vectors of so many numbers."""
    query = text(
        "SELECT atttypmod FROM pg_attribute WHERE attrelid = to_regclass(:table)"
        " AND attname = 'vector' AND NOT attisdropped"
    )
    return connection.execute(query, {"table": _named(name)}).scalar() == dims


def _create(connection: Connection, name: str, dims: int) -> None:
    for statement in (
        f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
        f"DROP TABLE IF EXISTS {_named(name)}",
        f"CREATE TABLE {_named(name)} (number bigint PRIMARY KEY, mark bigint NOT NULL,"
        f" vector halfvec({dims}) NOT NULL)",
        # Outlives the table: a number that another program knows must not mean another vector.
        f"CREATE SEQUENCE IF NOT EXISTS {_named(name)}_numbers MINVALUE 0",
    ):
        connection.execute(text(statement))


def _numbers(connection: Connection, name: str, count: int) -> Rows:
    """Numbers that nothing had, for so many vectors."""
    sequence = {"sequence": f"{_named(name)}_numbers"}
    first = int(connection.execute(text("SELECT nextval(:sequence)"), sequence).scalar_one())
    connection.execute(
        text("SELECT setval(CAST(:sequence AS regclass), :last)"),
        {**sequence, "last": first + count},
    )
    return np.arange(first, first + count)


def _send(
    connection: Connection,
    name: str,
    numbers: Rows,
    marks: Marks,
    vectors: NDArray[np.float16],
    *,
    going_on: Callable[[int], bool],
) -> None:
    """Send the vectors that are missing."""
    from psycopg import sql

    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    copying = sql.SQL("COPY {}.{} (number, mark, vector) FROM STDIN").format(
        sql.Identifier(SCHEMA), sql.Identifier(_plain(name))
    )
    with driver.cursor() as cursor, cursor.copy(copying) as copy:
        for at, row in enumerate(zip(numbers.tolist(), marks.view(np.int64).tolist(), strict=True)):
            if at % _AT_ONCE == 0 and not going_on(at):
                raise _GivenUpError
            copy.write_row((*row, _written(vectors[at])))


def _join(connection: Connection, name: str) -> None:
    """Make the graph where there is none; one that is there grew with what was added."""
    # In memory it takes a quarter of the time.
    connection.execute(text("SELECT set_config('maintenance_work_mem', '1GB', true)"))
    connection.execute(
        text(
            f"CREATE INDEX IF NOT EXISTS {_plain(name)}_graph ON {_named(name)}"
            f" USING hnsw (vector halfvec_ip_ops)"
            f" WITH (m = {LINKS}, ef_construction = {MADE_WITH})"
        )
    )
