"""What a database engine's error means to a person, as one of `segue.errors`.

SQLite is read by its result code, PostgreSQL by its SQLSTATE, never by the words of a message,
which change between versions. An error that is not listed here is a bug and passes through.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from segue.errors import AwayError, BadFileError, BusyError, SegueError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLOSE_OTHER = "Wait until it is done, or close the program that writes, and try again"
_RESTORE = "Restore it from a copy, or name another file to start a new catalogue"
_CHECK_ADDRESS = "Check the address, the user and that the server is running"
_BROKE_OFF = (
    "the connection to the server broke off; nothing of this step was kept",
    "Run it again once the server is back",
)
_PERHAPS_KEPT = (
    "the connection to the server broke off while it was told to keep this step; it is kept whole"
    " or not at all, and only the server knows which",
    "Look whether it is there before you run it again",
)

# SQLite: primary result code → (error, what happened, what to do).
_SQLITE: dict[int, tuple[type[SegueError], str, str]] = {
    sqlite3.SQLITE_BUSY: (BusyError, "the catalogue is locked by another program", _CLOSE_OTHER),
    sqlite3.SQLITE_LOCKED: (BusyError, "the catalogue is locked by another program", _CLOSE_OTHER),
    sqlite3.SQLITE_READONLY: (
        UnavailableError,
        "the catalogue can only be read",
        "Give yourself the right to write to the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        UnavailableError,
        "the catalogue cannot be opened",
        "Check that the file and its folder may be read and written",
    ),
    sqlite3.SQLITE_PERM: (
        UnavailableError,
        "the catalogue may not be opened",
        "Check that the file and its folder may be read and written",
    ),
    sqlite3.SQLITE_NOTADB: (BadFileError, "this file is not a database", _RESTORE),
    sqlite3.SQLITE_CORRUPT: (BadFileError, "the database is damaged", _RESTORE),
    sqlite3.SQLITE_FULL: (
        UnavailableError,
        "the disk is full; nothing of this step was kept",
        "Free some space and run it again",
    ),
    sqlite3.SQLITE_IOERR: (
        UnavailableError,
        "the disk gave an error while the catalogue was read or written",
        "Check the disk, then run it again",
    ),
}

# PostgreSQL: SQLSTATE, or how it begins → the same.
_POSTGRES: dict[str, tuple[type[SegueError], str, str]] = {
    "55P03": (BusyError, "the catalogue is locked by another program", _CLOSE_OTHER),
    "40P01": (BusyError, "another program wrote at the same moment", "Run it again"),
    "40001": (BusyError, "another program wrote at the same moment", "Run it again"),
    "25006": (UnavailableError, "the catalogue can only be read", "Name a database that is not a"
              " read-only copy"),
    "42501": (UnavailableError, "this user may not do that", "Grant the rights to the user"),
    "53100": (UnavailableError, "the server's disk is full", "Free some space and run it again"),
    "08": (AwayError, "the server cannot be reached", _CHECK_ADDRESS),
    "57014": (BusyError, "the server ended the question after its time limit, or somebody ended it"
              " there", "Try again when it has less to do, or raise statement_timeout"),
    "57P": (AwayError, "the server is stopping or starting", "Try again in a moment"),
}  # fmt: skip


@contextmanager
def plainly(where: str, *, keeping: bool = False) -> Iterator[None]:
    """Turn the engine's errors inside the block into plain ones about `where`.

    Parameters
    ----------
    where
        The place as messages name it, without any password.
    keeping
        Whether the block does nothing but commit: then a connection that breaks off leaves open
        whether it was done.

    Raises
    ------
    SegueError
        `BusyError`, `UnavailableError`, `AwayError` or `BadFileError` for what is listed here.
    sqlalchemy.exc.DBAPIError
        Anything else, unchanged: a bug to be seen.
    """
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated and not isinstance(error.orig, sqlite3.Error):
            raise _broken(where, keeping=keeping) from error
        plain = _plain(error.orig, where)
        if plain is None:
            raise
        if keeping and isinstance(plain, AwayError):
            plain = _broken(where, keeping=True)
        raise plain from error
    except _drivers() as error:  # what is copied in bulk goes past SQLAlchemy
        plain = _plain(error, where)
        if plain is None:
            raise
        raise plain from error
    except PoolTimeoutError as error:
        raise BusyError(
            "every connection to the catalogue is in use", where=where, remedy="Try again"
        ) from error


def _drivers() -> tuple[type[Exception], ...]:
    """The errors of the drivers that are loaded."""
    server = sys.modules.get("psycopg")
    return (sqlite3.Error,) if server is None else (sqlite3.Error, server.Error)


def _broken(where: str, *, keeping: bool) -> SegueError:
    """The server went away in the middle of a transaction."""
    if keeping:
        # No AwayError: who asks again of his own accord might write it twice.
        return UnavailableError(_PERHAPS_KEPT[0], where=where, remedy=_PERHAPS_KEPT[1])
    return AwayError(_BROKE_OFF[0], where=where, remedy=_BROKE_OFF[1])


def _plain(original: BaseException | None, where: str) -> SegueError | None:
    """The plain error for a driver's exception; None when it is not a known one."""
    if isinstance(original, sqlite3.Error):
        # Python's own refusals (a closed connection, say) carry no code of SQLite.
        found = _SQLITE.get(getattr(original, "sqlite_errorcode", 0) & 0xFF)
    else:
        found = _of_server(original)
    if found is None:
        return None
    kind, what, remedy = found
    return kind(what, where=where, remedy=remedy)


def _of_server(original: BaseException | None) -> tuple[type[SegueError], str, str] | None:
    state = getattr(original, "sqlstate", None)
    if state is not None:
        return _POSTGRES.get(state) or _POSTGRES.get(state[:3]) or _POSTGRES.get(state[:2])
    if "OperationalError" not in {kind.__name__ for kind in type(original).__mro__}:
        return None
    # psycopg fails to connect without any SQLSTATE; the first line it says ends in the cause.
    first = (str(original).strip() or "no reason given").splitlines()[0]
    said = first.rpartition("failed:")[2].replace("FATAL:", "").strip().rstrip(".")
    return AwayError, f"the server does not let us in: {said}", _CHECK_ADDRESS
