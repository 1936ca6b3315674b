"""One table of vectors on a PostgreSQL server: its name, what is in it, how it is made and filled.

What the tables are for, and who changes them when, says `segue.catalogue.pgvector`.
"""

from __future__ import annotations

import logging
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from segue.types import Rows

    Marks = NDArray[np.uint64]

_log = logging.getLogger(__name__)

SCHEMA = "segue_nearest"
LINKS, MADE_WITH = 16, 100
"""As `segue.index.graph` has them."""

_AT_ONCE = 5_000
_LOOK = 0.2
_CANCEL_SECONDS = 5.0
_BROKEN_OFF = "57014"
_ODD = re.compile(r"[^a-z0-9_]")


class GivenUpError(Exception):
    """The work is not to go on; the transaction is broken off by it."""


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a space for vectors of one length."""

    space: str
    dims: int

    @property
    def stem(self) -> str:
        """How the names of all tables of the space begin: what it is called, and a digest."""
        digest = blake2b(self.space.encode(), digest_size=4).hexdigest()
        return f"{_ODD.sub('_', self.space.lower())[:24]}_{digest}"

    @property
    def plain(self) -> str:
        """Its name."""
        return f"{self.stem}_{self.dims}"

    @property
    def named(self) -> str:
        """Its name with that of the schema."""
        return f"{SCHEMA}.{self.plain}"


def written(vector: NDArray[np.floating]) -> str:
    """A vector as pgvector reads it."""
    return f"[{','.join(map(str, vector.astype(np.float32).tolist()))}]"


def held(connection: Connection, table: Table) -> tuple[Rows, Marks]:
    """Numbers, ascending, and marks of what a table has; none where it is not there."""
    if not is_there(connection, table.named):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint64)
    query = text(f"SELECT number, mark FROM {table.named} ORDER BY number")  # noqa: S608
    rows = np.array(connection.execute(query).all(), dtype=np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1].copy().view(np.uint64)


def is_there(connection: Connection, named: str) -> bool:
    """Whether there is a table of a name."""
    asked = text("SELECT to_regclass(:named) IS NOT NULL")
    return bool(connection.execute(asked, {"named": named}).scalar_one())


def create(connection: Connection, table: Table) -> None:
    """Make a table that is not there."""
    if is_there(connection, table.named):
        return
    for statement in (
        f"CREATE TABLE {table.named} (number bigint PRIMARY KEY, mark bigint NOT NULL,"
        f" vector halfvec({table.dims}) NOT NULL)",
        # Outlives the table: a number that another program knows must not mean another vector.
        f"CREATE SEQUENCE IF NOT EXISTS {table.named}_numbers MINVALUE 0",
    ):
        connection.execute(text(statement))


def numbers_for(connection: Connection, table: Table, count: int) -> Rows:
    """Numbers that nothing had, for so many vectors."""
    sequence = {"sequence": f"{table.named}_numbers"}
    first = int(connection.execute(text("SELECT nextval(:sequence)"), sequence).scalar_one())
    connection.execute(
        text("SELECT setval(CAST(:sequence AS regclass), :last)"),
        {**sequence, "last": first + count},
    )
    return np.arange(first, first + count)


def send(
    connection: Connection,
    table: Table,
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
        sql.Identifier(SCHEMA), sql.Identifier(table.plain)
    )
    with driver.cursor() as cursor, cursor.copy(copying) as copy:
        for at, row in enumerate(zip(numbers.tolist(), marks.view(np.int64).tolist(), strict=True)):
            if at % _AT_ONCE == 0 and not going_on(at):
                raise GivenUpError
            copy.write_row((*row, written(vectors[at])))


def join(connection: Connection, table: Table, *, going_on: Callable[[int], bool]) -> None:
    """Make the graph where there is none; one that is there grew with what was added."""
    # In memory it takes a quarter of the time. Several processes would share that memory in
    # /dev/shm, of which a container has 64 MB.
    connection.execute(
        text(
            "SELECT set_config('maintenance_work_mem', '1GB', true),"
            " set_config('max_parallel_maintenance_workers', '0', true)"
        )
    )
    with _broken_off(connection, going_on=going_on):
        connection.execute(
            text(
                f"CREATE INDEX IF NOT EXISTS {table.plain}_graph ON {table.named}"
                f" USING hnsw (vector halfvec_ip_ops)"
                f" WITH (m = {LINKS}, ef_construction = {MADE_WITH})"
            )
        )


@contextmanager
def _broken_off(connection: Connection, *, going_on: Callable[[int], bool]) -> Iterator[None]:
    """Have the server break off what it does in the block once the work is not to go on."""
    import psycopg

    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    over, given_up = threading.Event(), threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK):
            if not going_on(0):
                given_up.set()
                try:
                    driver.cancel_safe(timeout=_CANCEL_SECONDS)
                except psycopg.Error as fault:
                    _log.warning("PostgreSQL could not be told to break off: %s", fault)

    watching = threading.Thread(target=watch, name="segue-index-watch", daemon=True)
    watching.start()
    try:
        yield
    except DBAPIError as fault:
        if getattr(fault.orig, "sqlstate", None) != _BROKEN_OFF or not given_up.is_set():
            raise
        raise GivenUpError from fault
    finally:
        over.set()
        watching.join()
    # It may have been done already, and the next statement would be broken off.
    if given_up.is_set():
        raise GivenUpError
