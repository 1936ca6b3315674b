"""How a catalogue does, for those who watch a server: reachable, writable, busy, slow.

Whether it can be written to is found out by writing. A row of `meta` takes the time of the last
try; it stands in no answer and leaves the epoch as it is.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import QueuePool, case, event, func, insert, select, update

from segue.catalogue.jobs import SILENCE, now
from segue.catalogue.schema import jobs, meta

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection
    from sqlalchemy.engine import ExecutionContext

    from segue.catalogue.database import Database

_TOUCHED = "watched"


@dataclass(frozen=True, slots=True)
class Connections:
    """Connections of this process to the catalogue: `used` at this moment, `held` in all."""

    used: int
    held: int


@dataclass(frozen=True, slots=True)
class Line:
    """The work that waits: how many jobs are `queued`, and seconds since the `oldest` was."""

    queued: int
    oldest: float


def touch(db: Database) -> None:
    """Write the time of this moment down.

    Raises
    ------
    BusyError
        Another program has been writing for longer than the time-out.
    UnavailableError
        The catalogue can only be read, or the disk is full.
    """
    moment = str(int(time.time()))
    with db.write() as connection:
        changed = connection.execute(
            update(meta).where(meta.c.name == _TOUCHED).values(value=moment)
        ).rowcount
        if not changed:
            connection.execute(insert(meta).values(name=_TOUCHED, value=moment))


def job_counts(db: Database) -> dict[tuple[str, str], int]:
    """How many jobs the table holds, by kind and state; those without a heartbeat interrupted."""
    heard = func.coalesce(jobs.c.heartbeat, jobs.c.created)
    silent = (jobs.c.state == "running") & (heard < now(db) - SILENCE)
    state = case((silent, "interrupted"), else_=jobs.c.state).label("state")
    query = select(jobs.c.kind, state, func.count()).group_by(jobs.c.kind, state)
    with db.read() as connection:
        return {(kind, at): int(number) for kind, at, number in connection.execute(query)}


def waiting_line(db: Database) -> Line:
    """How many jobs wait to be begun, and for how long the oldest has; 0 and 0 where none does."""
    waited = now(db) - func.min(jobs.c.created)
    query = select(func.count(), waited).where(jobs.c.state == "queued")
    with db.read() as connection:
        queued, longest = connection.execute(query).one()
    return Line(int(queued), max(0.0, float(longest or 0.0)))


def connections(db: Database) -> Connections:
    """How many connections this process has to the catalogue."""
    pool = db._engine.pool
    if not isinstance(pool, QueuePool):
        return Connections(0, 0)
    used = pool.checkedout()
    return Connections(used, used + pool.checkedin())


def bytes_free(db: Database) -> int | None:
    """Bytes that are left where a SQLite file stands; None for a server, or where none can say."""
    if db.path is None:
        return None
    try:
        return shutil.disk_usage(db.path.parent).free
    except OSError:
        return None


def tell_slow(db: Database, *, seconds: float, told: Callable[[str, float], None]) -> None:
    """From now on, tell of every statement and every transaction that takes too long.

    Parameters
    ----------
    seconds
        From how many on, above 0. A statement's time ends with its first row; what it takes to
        read the others shows in its transaction.
    told
        Called with the statement as it was prepared, without what it was asked about, or with
        ``a transaction of N, the first: …``, and the seconds it took.
    """
    watch = _Slow(seconds, told)
    for name in ("begin", "before_cursor_execute", "after_cursor_execute"):
        event.listen(db._engine, name, getattr(watch, name))
    for name in ("commit", "rollback"):
        event.listen(db._engine, name, watch.end)


class _Slow:
    """What SQLAlchemy calls at the beginning and the end of statements and transactions."""

    def __init__(self, seconds: float, told: Callable[[str, float], None]) -> None:
        self._seconds, self._told = seconds, told

    def begin(self, connection: Connection) -> None:
        connection.info[_BEGUN] = (time.perf_counter(), 0, "")

    def before_cursor_execute(
        self,
        connection: Connection,
        _: object,
        statement: str,
        __: object,
        context: ExecutionContext | None,
        *___: object,
    ) -> None:
        began, count, first = connection.info.get(_BEGUN, (time.perf_counter(), 0, ""))
        connection.info[_BEGUN] = (began, count + 1, first or statement)
        if context is not None:
            context.__dict__[_ASKED] = time.perf_counter()

    def after_cursor_execute(
        self,
        _: Connection,
        __: object,
        statement: str,
        ___: object,
        context: ExecutionContext | None,
        *____: object,
    ) -> None:
        if context is not None:
            took = time.perf_counter() - context.__dict__[_ASKED]
            if took >= self._seconds:
                self._told(_short(statement), took)

    def end(self, connection: Connection) -> None:
        began, count, first = connection.info.pop(_BEGUN, (0.0, 0, ""))
        took = time.perf_counter() - began
        if count and took >= self._seconds:
            self._told(f"a transaction of {count}, the first: {_short(first)}", took)


_BEGUN, _ASKED = "segue_begun", "segue_asked"
_MOST = 2_000


def _short(statement: str) -> str:
    """A statement on one line, its first letters where it is long."""
    line = " ".join(statement.split())
    return line if len(line) <= _MOST else f"{line[:_MOST]}…"
