"""Connections to one SQLite file, set up the way the catalogue needs them.

Write-ahead logging lets readers go on while one program writes; it is a property of the file,
so it is set once the file is known to be ours, not on every connection. Where neither the file
nor the folder can be written to, the file is read alone, as it is.
"""

from __future__ import annotations

import os
import sqlite3
import time
from stat import S_ISREG
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from segue.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

_SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = NORMAL",  # with a write-ahead log: safe against a killed program
    "PRAGMA cache_size = -65536",  # KiB a connection
    "PRAGMA temp_store = MEMORY",
)
_PAUSE = 0.02
_SMALLEST = 512
"""Bytes of the smallest page, and so of the smallest database that is not empty."""


def may_write(path: Path) -> bool:
    """Whether this user, as which the program runs, may write to `path`."""
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def is_sqlite(path: Path) -> bool:
    """Whether `path` is a regular file that is empty or that SQLite can read as a database.

    SQLite itself takes a file of a few bytes for an empty database and would write over it.

    SQLite looks, and not we: closing a file gives up every lock this program has on it, those of
    its other connections too (https://sqlite.org/howtocorrupt.html, section 2.2). The next
    program to leave would then take itself for the last one and remove the log from under us.

    Raises
    ------
    UnavailableError
        It is gone, or this user may not read it.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    if not S_ISREG(found.st_mode):
        return False
    if found.st_size < _SMALLEST:
        return found.st_size == 0
    try:
        connection = _connect(path, writable=False, busy_seconds=0.0)
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        code = error.sqlite_errorcode & 0xFF
        if code == sqlite3.SQLITE_CANTOPEN:
            may = os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids)
            raise _unreadable(path, str(error) if may else "permission denied") from error
        return code != sqlite3.SQLITE_NOTADB
    return True


def _unreadable(path: Path, why: str) -> UnavailableError:
    return UnavailableError(
        f"the catalogue cannot be opened ({why})",
        where=str(path),
        remedy="See that it is there, and that you have the right to read it",
    )


def file_engine(path: Path, *, writable: bool, busy_seconds: float) -> Engine:
    """An engine on the file at `path`; nothing is opened yet."""

    def connect() -> sqlite3.Connection:
        return _connect(path, writable=writable, busy_seconds=busy_seconds)

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=8,
        # What a statement is about may be a name or a digest of a key: not for the log.
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def write_ahead(connection: sqlite3.Connection, *, busy_seconds: float) -> None:
    """Let readers and one writer work at the same time, from now on.

    SQLite does not wait for others before this change, so we do.
    """
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return


def copy_file(source: Path, target: Path) -> None:
    """Copy a database that may be in use, whole or not at all.

    `target` is replaced. The copy is made under another name and then renamed.
    """
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    unfinished.unlink(missing_ok=True)
    try:
        old, new = _connect(source, writable=False, busy_seconds=5.0), sqlite3.connect(unfinished)
        try:
            old.backup(new)
        finally:
            old.close()
            new.close()
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("segue_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _connect(path: Path, *, writable: bool, busy_seconds: float) -> sqlite3.Connection:
    if writable:
        return _dial(f"{_address(path)}?mode=rwc", busy_seconds)
    try:
        return _dial(f"{_address(path)}?mode=ro", busy_seconds)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
            raise
    # Nobody writes to it and no log can stand beside it: read the file alone.
    return _dial(f"{_address(path)}?mode=ro&immutable=1", busy_seconds)


def _address(path: Path) -> str:
    return f"file:{quote(str(path))}"


def _dial(address: str, busy_seconds: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address, uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False
    )
    try:
        for setting in _SETTINGS:
            connection.execute(setting)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
