"""Connections to a PostgreSQL server.

One writer at a time, as in SQLite: a write takes an advisory lock of its transaction, so that
ids and links come out the same as in a file. The driver is the extra ``postgres``.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, text

from segue.errors import UnavailableError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_WRITER = 0x5E90E
"""Key of the advisory lock that lets one writer in."""


def server_engine(url: URL, *, busy_seconds: float) -> Engine:
    """An engine on a server; nothing is opened yet.

    Raises
    ------
    UnavailableError
        The driver is not installed.
    """
    if find_spec("psycopg") is None:
        raise UnavailableError(
            "the driver for PostgreSQL is not installed",
            where=url.render_as_string(),
            remedy="Run: pip install 'segue[postgres]'",
        )
    engine = create_engine(
        # What a statement is about may be a name or a digest of a key: not for the log.
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        hide_parameters=True,
    )

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("segue_writes", False):
            limit = f"{int(busy_seconds * 1000)}ms"
            connection.execute(text("SELECT set_config('lock_timeout', :limit, true)"),
                               {"limit": limit})  # fmt: skip
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER})

    event.listen(engine, "begin", begin)
    return engine
