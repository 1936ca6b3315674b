"""Vectors on a PostgreSQL server with the extension pgvector, for `segue.index.served`.

Each space has a table in the schema ``segue_nearest``: vectors in half precision under a
**number**, a **mark** that follows from the vector (`segue.index.shelf.marks`), and a graph over
them. How long the vectors are is part of its name: of other lengths is another table. Like a file
with an index it holds no truth: it is made from the vectors of the catalogue, is in no backup, and
is made anew where it is missing.

The epoch that each space was brought to stands beside the tables. Who brings a table to a later
one, or to the same, adds what is missing and takes out what has gone, one program at a time. Who
still serves an earlier epoch changes nothing, and compares all tracks where the table lacks some of
its own. Numbers are never given twice, so who searched before the table went on finds less until
it follows to the new epoch, and nothing wrong.
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from segue.catalogue.neighbours import (
    SCHEMA,
    GivenUpError,
    Table,
    create,
    held,
    is_there,
    join,
    numbers_for,
    send,
    written,
)
from segue.catalogue.schema import meta
from segue.errors import AwayError, BadRequestError, BusyError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from segue.catalogue.database import Database
    from segue.catalogue.neighbours import Marks
    from segue.types import Rows, Vector

_log = logging.getLogger("segue.catalogue")

OLDEST = (0, 8)
"""The first pgvector that goes on walking until a filter has left enough."""

WALKED_WITH = 128
"""As `segue.index.graph` has it."""

_NO_SUCH_TABLE = ("42P01", "22000")
"""Codes of a table that is not there, or whose vectors are of another length."""

_TURN_MS, _DROP_MS, _SEARCH_MS = 5_000, 1_000, 1_000
"""Milliseconds that a change, a clearing up and a search wait for what another program holds."""

MOST_DIMS = 4_000
"""pgvector joins no longer vectors to a graph."""

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
    except AwayError:
        raise
    except UnavailableError as error:
        if not isinstance(error.__cause__, DBAPIError):
            raise
        raise UnavailableError(
            "this user may not make the extension pgvector",
            where=db.where,
            remedy=f"Have the database's owner run CREATE EXTENSION vector, {_WITHOUT}",
        ) from error


@dataclass(frozen=True, slots=True)
class _Step:
    """What is between a table and the vectors it is to have.

    Attributes
    ----------
    numbers
        Of the vectors; -1 for each that is missing.
    gone
        Numbers of others that are there.
    ahead
        By how many epochs the table is later than the vectors.
    """

    numbers: Rows
    gone: Rows
    ahead: int

    @property
    def done(self) -> bool:
        """Whether nothing is to be changed."""
        same = not len(self.gone) and bool((self.numbers >= 0).all())
        return self.ahead > 0 or (self.ahead == 0 and same)


class Tables:
    """The tables of a catalogue on a server; see `segue.index.served.VectorTables`.

    Parameters
    ----------
    db
        The catalogue.
    epoch
        Of the vectors that tables are brought to.
    """

    def __init__(self, db: Database, *, epoch: int = 0) -> None:
        self._db, self._epoch = db, epoch

    def at(self, epoch: int) -> Tables:
        """The same for vectors of another epoch."""
        return Tables(self._db, epoch=epoch)

    def bring(
        self,
        name: str,
        *,
        marks: Marks,
        vectors: NDArray[np.float16],
        matched: Callable[[Marks, Marks], Rows],
        going_on: Callable[[int], bool],
    ) -> Rows | None:
        """Take out and add in one transaction; the table is made where it is not there.

        Raises
        ------
        BadRequestError
            The vectors are too long.
        BusyError
            Another program changes this table at the moment.
        """
        table = Table(name, vectors.shape[1])
        if table.dims > MOST_DIMS:
            raise BadRequestError(
                f"pgvector cannot search the space {name!r} of {table.dims} numbers a track",
                remedy="Leave SEGUE_INDEX empty",
            )
        with self._db.read() as connection:
            step = self._step(connection, table, marks, matched)
        if not step.done:
            _make_room(self._db)
            try:
                with self._turn(table) as connection:
                    # Another program may have brought it here, or further, while this one waited.
                    step = self._step(connection, table, marks, matched)
                    numbers = step.numbers
                    if not step.done:
                        numbers = self._change(
                            connection, table,
                            step=step, marks=marks, vectors=vectors, going_on=going_on,
                        )  # fmt: skip
            except GivenUpError:
                return None
            if not step.done:
                self._clear_up(table)
                return numbers
        if (step.numbers < 0).any():
            _log.info(
                "pgvector: the table of %s is %s epochs further and lacks some vectors of epoch %s;"
                " all tracks are compared until this program follows",
                name, step.ahead, self._epoch,
            )  # fmt: skip
            return None
        return step.numbers

    def _step(
        self,
        connection: Connection,
        table: Table,
        ours: Marks,
        matched: Callable[[Marks, Marks], Rows],
    ) -> _Step:
        numbers, theirs = held(connection, table)
        places = matched(theirs, ours)
        found = np.full(len(ours), -1, dtype=np.int64)
        found[places[places >= 0]] = numbers[places >= 0]
        return _Step(
            found, numbers[places < 0], ahead=_epoch(connection, table.space) - self._epoch
        )

    @contextmanager
    def _turn(self, table: Table) -> Iterator[Connection]:
        """A transaction in which nobody else changes the tables of a space."""
        with self._db.write_derived() as connection:
            try:
                connection.execute(_PATIENCE, {"limit": f"{_TURN_MS}ms"})
                _take_turn(connection, table.stem)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) != _LOCKED:
                    raise
                raise BusyError(
                    f"another program brings the server's table of {table.space} up to date",
                    where=self._db.where,
                    remedy="Wait: it is tried again, and all tracks are compared until then",
                ) from error
            yield connection

    def _change(
        self,
        connection: Connection,
        table: Table,
        *,
        step: _Step,
        marks: Marks,
        vectors: NDArray[np.float16],
        going_on: Callable[[int], bool],
    ) -> Rows:
        """The numbers of all vectors, all of which are there afterwards, and no others."""
        create(connection, table)
        remove = text(f"DELETE FROM {table.named} WHERE number = ANY(:gone)")  # noqa: S608
        connection.execute(remove, {"gone": step.gone.tolist()})
        new = np.flatnonzero(step.numbers < 0)
        numbers = step.numbers.copy()
        if len(new):
            numbers[new] = numbers_for(connection, table, len(new))
            send(connection, table, numbers[new], marks[new], vectors[new], going_on=going_on)
        join(connection, table, going_on=going_on)
        connection.execute(_BROUGHT, {"space": table.space, "epoch": self._epoch})
        _log.info("pgvector: %s: %s added, %s taken out", table.space, len(new), len(step.gone))
        return numbers

    def _clear_up(self, table: Table) -> None:
        """Drop the tables of this space for vectors of other lengths, if nobody searches there."""
        pattern = {"schema": SCHEMA, "plain": table.plain, "all": f"^{table.stem}(_[0-9]+)?$"}
        try:
            with self._db.write_derived() as connection:
                connection.execute(_PATIENCE, {"limit": f"{_DROP_MS}ms"})
                for name in connection.execute(_OTHERS, pattern).scalars().all():
                    connection.execute(text(f"DROP TABLE {SCHEMA}.{name}"))
        except BusyError:
            _log.info("pgvector: an earlier table of %s is left for the next change", table.space)

    def nearest(self, name: str, query: Vector, *, k: int, allowed: bytes | None) -> Rows:
        """The numbers of about the `k` nearest; none where the table cannot be searched."""
        table = Table(name, len(query))
        given: dict[str, Any] = {"query": written(query), "k": k}
        where = ""
        if allowed is not None:
            given |= {"allowed": allowed, "end": 8 * len(allowed)}
            where = (
                " WHERE CASE WHEN number < :end"
                " THEN get_bit(CAST(:allowed AS bytea), number) = 1 ELSE FALSE END"
            )
        order = "ORDER BY vector <#> CAST(:query AS halfvec) LIMIT :k"
        asked = text(f"SELECT number FROM {table.named}{where} {order}")  # noqa: S608
        try:
            with self._db.read() as connection:
                connection.execute(_WALK, {"walked": str(max(WALKED_WITH, k))})
                found = connection.execute(asked, given).scalars()
                return np.fromiter(found, dtype=np.int64)
        except BusyError as fault:
            _log.warning("pgvector: %s is not searched, all tracks are compared: %s", name, fault)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _NO_SUCH_TABLE:
                raise
            _log.warning("pgvector: the table of %s is gone; all tracks are compared", name)
        return np.empty(0, dtype=np.int64)


_LOCKED = "55P03"
_PATIENCE = text("SELECT set_config('lock_timeout', :limit, true)")
_NEWS = text("LOCK TABLE meta IN ACCESS SHARE MODE")
"""PostgreSQL remembers what it did not find; only the lock of a table makes it look again."""
_TURN = text("SELECT pg_advisory_xact_lock(hashtext('segue_nearest'), hashtext(:what))")
_OTHERS = text(
    "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE nspname = :schema AND relkind = 'r' AND relname ~ :all AND relname <> :plain"
)
_EPOCHS = f"{SCHEMA}.epochs"
_BROUGHT = text(
    f"INSERT INTO {_EPOCHS} (space, epoch) VALUES (:space, :epoch)"  # noqa: S608
    " ON CONFLICT (space) DO UPDATE SET epoch = excluded.epoch"
)
_WALK = text(
    f"SELECT set_config('lock_timeout', '{_SEARCH_MS}ms', true),"
    " set_config('hnsw.ef_search', :walked, true),"
    " set_config('hnsw.iterative_scan', 'relaxed_order', true),"
    # The graph is walked in any case: the planner takes it for dearer than it is.
    " set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)"
)


def _epoch(connection: Connection, space: str) -> int:
    """The epoch that the table of a space was brought to; -1 where there is none."""
    if not is_there(connection, _EPOCHS):
        return -1
    query = text(f"SELECT epoch FROM {_EPOCHS} WHERE space = :space")  # noqa: S608
    found = connection.execute(query, {"space": space}).scalar()
    newest = select(meta.c.value).where(meta.c.name == "epoch")
    # A catalogue that was put back to an earlier state comes to these epochs a second time.
    if found is None or int(found) > int(connection.execute(newest).scalar_one()):
        return -1
    return int(found)


def _take_turn(connection: Connection, what: str) -> None:
    """Wait for one's turn until the end of the transaction, and see what was made meanwhile."""
    connection.execute(_TURN, {"what": what})
    connection.execute(_NEWS)


def _make_room(db: Database) -> None:
    """Make what all tables share; in a transaction of its own, which nobody waits for."""
    with db.read() as connection:
        if is_there(connection, _EPOCHS):
            return
    with db.write_derived() as connection:
        _take_turn(connection, SCHEMA)
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        connection.execute(
            text(
                f"CREATE TABLE IF NOT EXISTS {_EPOCHS}"
                " (space text PRIMARY KEY, epoch bigint NOT NULL)"
            )
        )
