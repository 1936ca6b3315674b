"""Connections to a PostgreSQL server.

One writer at a time, as in SQLite: a write takes an advisory lock of its transaction, so that
ids and links come out the same as in a file. The driver is the extra ``postgres``.

A process keeps a few connections open (`Pool`). A server that was begun anew is met again without a
word (`segue.catalogue.steady`). The server in turn looks whether we still answer: a machine that
vanished gives its lock back within a minute and a half.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, text

from segue.errors import BadRequestError, UnavailableError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

_WRITER = 0x5E90E
"""Key of the advisory lock that lets one writer in."""

_SECRETS = frozenset({"password", "passfile", "sslpassword"})
_PASSWORD = re.compile(r"^([\w+]*:/*[^:/@]*:).*@")
_ASIDE = re.compile(r"((?:ssl)?password=)[^&\s]*", re.IGNORECASE)

_ALIVE = {"tcp_keepalives_idle": 30, "tcp_keepalives_interval": 15, "tcp_keepalives_count": 4}
"""Seconds and tries after which the server takes a machine that is silent for gone."""


@dataclass(frozen=True, slots=True)
class Pool:
    """How many connections a process has to a server, and for how long it waits for one.

    Attributes
    ----------
    size
        How many stay open; as many again may be open for a moment.
    wait_seconds
        For how long a server may take to let us in, and a thread waits for a connection.
    """

    size: int = 10
    wait_seconds: float = 10.0


def shown(url: URL) -> str:
    """An address as messages name it: no password, wherever it stands."""
    kept = {name: value for name, value in url.query.items() if name not in _SECRETS}
    return url.set(query=kept).render_as_string(hide_password=True)


def place_of(url: URL) -> str:
    """Host, port and database that an address means: one line for each way to write them.

    >>> from sqlalchemy import make_url
    >>> place_of(make_url("postgresql+psycopg://me:secret@Host/music?sslmode=require"))
    'host:5432/music'
    """
    asked = {
        name: value if isinstance(value, str) else value[0] for name, value in url.query.items()
    }
    host = url.host or asked.get("host", "localhost")
    port = url.port or asked.get("port", 5432)
    name = url.database or asked.get("dbname") or url.username or asked.get("user", "")
    return f"{host.lower()}:{port}/{name}"


def masked(text: str) -> str:
    """`text`, which should have been an address, without what may be a password in it.

    >>> masked("postgres:/me:secret@host/music?sslpassword=x")
    'postgres:/me:***@host/music?sslpassword=***'
    """
    return _ASIDE.sub(r"\1***", _PASSWORD.sub(r"\1***@", text))


def server_engine(url: URL, *, busy_seconds: float, pool: Pool) -> Engine:
    """An engine on a server; nothing is opened yet.

    Raises
    ------
    BadRequestError
        The address has an option that the driver does not know.
    UnavailableError
        The driver is not installed.
    """
    if find_spec("psycopg") is None:
        raise UnavailableError(
            "the driver for PostgreSQL is not installed",
            where=shown(url),
            remedy="Run: pip install 'segue[postgres]'",
        )
    engine = create_engine(
        # What a statement is about may be a name or a digest of a key: not for the log.
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool.size,
        max_overflow=pool.size,
        pool_timeout=pool.wait_seconds,
        # Less than two seconds is a limit of its own to the driver.
        connect_args={
            "connect_timeout": max(2, round(pool.wait_seconds)),
            "application_name": "segue",
        },
        hide_parameters=True,
    )
    _check_options(url)

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("segue_writes", False):
            limit = f"{int(busy_seconds * 1000)}ms"
            connection.execute(text("SELECT set_config('lock_timeout', :limit, true)"),
                               {"limit": limit})  # fmt: skip
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER})

    event.listen(engine, "begin", begin)
    event.listen(engine, "connect", _look_alive)
    return engine


def check_encoding(connection: Connection, *, where: str) -> None:
    """UnavailableError where a database cannot hold every name there is."""
    found = str(connection.execute(text("SHOW server_encoding")).scalar_one())
    if found != "UTF8":
        raise UnavailableError(
            f"the database keeps text as {found}, which has no room for every name",
            where=where,
            remedy="Make one with: createdb --encoding UTF8 --template template0 NAME",
        )


def _look_alive(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:  # noqa: ARG001
    """Ask the server to notice when this machine vanishes; it would keep our lock for hours."""
    cursor = connection.cursor()
    for name, value in _ALIVE.items():
        cursor.execute(f"SET {name} = {value}")
    cursor.close()
    connection.commit()


def _check_options(url: URL) -> None:
    """Have the driver read what stands behind ``?`` before anything is opened."""
    import psycopg
    from psycopg.conninfo import make_conninfo

    options = {name: str(value) for name, value in url.query.items()}
    try:
        make_conninfo("", **options)
    except psycopg.ProgrammingError as error:
        raise BadRequestError(
            f"the database address is not understood: {masked(str(error).strip())}",
            where=shown(url),
            remedy="Write it as postgresql://user:password@host/name; what may stand behind '?'"
            " are connection parameters of PostgreSQL, such as sslmode=require",
        ) from error
