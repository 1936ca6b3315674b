"""Open the catalogue: SQLite in a file by default, PostgreSQL by URL.

A **read** is one transaction that sees one state of the catalogue from beginning to end, whatever
others write meanwhile. A **write** is one transaction too, and there is one writer at a time:
SQLite's ``BEGIN IMMEDIATE``, an advisory lock in PostgreSQL. What a killed program had not yet
committed is gone; nothing is ever half there.

The **epoch** is a number that grows with every write that changes an answer. Snapshots carry it,
so that a program knows when the one it holds is old.

A SQLite file on a read-only disk, or in a folder nobody may write to, is read as it is.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from sqlalchemy import Connection, Engine, Integer, Text, select, update
from sqlalchemy import cast as to_type
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from segue.catalogue import steady
from segue.catalogue.faults import plainly
from segue.catalogue.postgres import (
    Pool,
    check_encoding,
    masked,
    place_of,
    server_engine,
    shown,
)
from segue.catalogue.schema import meta
from segue.catalogue.sqlite import file_engine, is_sqlite, may_write, write_ahead
from segue.catalogue.upgrading import HEAD, revision_of, upgrade
from segue.errors import BadFileError, BadRequestError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_SERVER = re.compile(r"postgres(?:ql)?(?:\+\w+)?:", re.IGNORECASE)
"""How the address of a server begins, even where the rest of it is mistyped."""

_MAY_WRITE = "Give yourself the right to write to the file and its folder"


class Database:
    """An open catalogue. Share it between threads; open one in every process.

    Attributes
    ----------
    url
        Where it stands, without any password.
    path
        The SQLite file; None on a server.
    read_only
        True when the file or its folder cannot be written to.
    """

    def __init__(self, engine: Engine, *, url: str, path: Path | None, read_only: bool) -> None:
        self.url = url
        self.path = path
        self.read_only = read_only
        self._engine = engine
        # Who meets nobody at the first try has the wrong address, and is told at once.
        self._patience = 0.0

    @property
    def where(self) -> str:
        """The place as messages name it."""
        return str(self.path) if self.path else self.url

    @cached_property
    def digest(self) -> str:
        """What tells this catalogue from others in names of folders: 16 hexadecimal digits.

        Of a file's path, or of a server's host, port and database; who asks, by which password
        and with which options makes no other catalogue of it.
        """
        place = str(self.path) if self.path else place_of(self._engine.url)
        return blake2b(place.encode(), digest_size=8).hexdigest()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that sees one state of the catalogue and changes nothing.

        Raises
        ------
        AwayError
            The server is away for longer than `segue.catalogue.steady.PATIENCE` seconds, or was
            written to while it was away and this read had begun.
        """
        if self.path is None:
            with plainly(self.where):
                reading = steady.reading(self._engine, patience=self._patience)
                self._patience = steady.PATIENCE
                try:
                    yield reading
                finally:
                    reading.end()
            return
        with (
            plainly(self.where),
            self._engine.connect() as connection,
            connection.begin() as transaction,
        ):
            yield connection
            transaction.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, all of it or nothing; waits its turn behind another writer.

        Raises
        ------
        BusyError
            Another program has been writing for longer than the time-out.
        UnavailableError
            The catalogue can only be read, the disk is full, or the server went away; the message
            says whether anything can have been kept.
        """
        if self.read_only:
            raise UnavailableError(
                "the catalogue can only be read", where=self.where, remedy=_MAY_WRITE
            )
        with self._writing(turn=True) as connection:
            yield connection

    @contextmanager
    def write_derived(self) -> Iterator[Connection]:
        """One transaction that writes what follows from the catalogue, on a server.

        It takes no turn among those who write the catalogue itself, whom it would hold up for
        minutes; what it writes is in tables of its own.
        """
        with self._writing(turn=False) as connection:
            yield connection

    @contextmanager
    def _writing(self, *, turn: bool) -> Iterator[Connection]:
        with plainly(self.where):
            connection, transaction = steady.writing(
                self._engine, patience=self._patience, turn=turn
            )
            with connection, transaction:
                yield connection
                with plainly(self.where, keeping=True):
                    transaction.commit()

    def let_readers_in(self, *, busy_seconds: float = 5.0) -> None:
        """Let others read a SQLite file while one writes, from now on; a server does so anyway."""
        if self.path is None:
            return
        with plainly(self.where), self._engine.connect() as connection:
            driver = cast("sqlite3.Connection", connection.connection.driver_connection)
            write_ahead(driver, busy_seconds=busy_seconds)

    def close(self) -> None:
        """Give back every connection. Closing twice does no harm."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def open_database(
    url: str | Path, *, create: bool = True, busy_seconds: float = 5.0, pool: Pool | None = None
) -> Database:
    """Open a catalogue, make it when it is new, bring it up to date when it is old.

    Parameters
    ----------
    url
        A file path, ``sqlite:///file`` or ``postgresql://user:password@host/name``.
    create
        Whether a catalogue that is not there is made. Folders above it are never made.
    busy_seconds
        How long to wait for another writer.
    pool
        Connections to a server; a file needs none.

    Raises
    ------
    NotFoundError
        It is not there and `create` is false, or its folder does not exist.
    BadFileError
        A folder, a text file, a damaged database, or somebody else's database.
    BusyError
        Another program holds it for longer than `busy_seconds`.
    UnavailableError
        It was written by a newer Segue, is old and cannot be written to, or needs a driver.
    BadRequestError
        The URL is of a kind Segue does not speak.
    """
    database = reached(url, create=create, busy_seconds=busy_seconds, pool=pool)
    try:
        _ready(database, create=create, busy_seconds=busy_seconds)
    except BaseException:
        database.close()
        raise
    return database


def reached(
    url: str | Path, *, create: bool = False, busy_seconds: float = 5.0, pool: Pool | None = None
) -> Database:
    """The database at an address, of whatever revision it is, or empty; nothing is changed yet.

    Parameters and errors are those of `open_database`; what is in it comes out with its first use.
    """
    path, server = _place(url)
    if path is not None:
        return _file_database(path, create=create, busy_seconds=busy_seconds)
    engine = server_engine(server, busy_seconds=busy_seconds, pool=pool or Pool())
    return Database(engine, url=shown(server), path=None, read_only=False)


def epoch(db: Database) -> int:
    """The number that grows with every write that changes an answer; 0 in a new catalogue."""
    with db.read() as connection:
        value = connection.execute(select(meta.c.value).where(meta.c.name == "epoch"))
        return int(value.scalar_one())


def bump(connection: Connection) -> None:
    """Say, inside a write, that answers change by it."""
    connection.execute(_BUMP)


_BUMP = (
    update(meta)
    .where(meta.c.name == "epoch")
    .values(value=to_type(to_type(meta.c.value, Integer) + 1, Text))
)


def _place(url: str | Path) -> tuple[Path | None, URL]:
    """The file that `url` means, or None and the server's address."""
    if isinstance(url, Path) or not (_SERVER.match(url) or "://" in url):
        return _named(str(url)), URL.create("sqlite")
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise BadRequestError(
            f"{masked(url)!r} is not a database address",
            remedy="Use a file name or postgresql://user:password@host:port/name; in a password,"
            " write @ as %40, / as %2F and : as %3A",
        ) from error
    family = parsed.drivername.partition("+")[0]
    if family == "sqlite":
        return _named(parsed.database or ""), parsed
    if family in {"postgresql", "postgres"}:
        return None, parsed
    raise BadRequestError(
        f"Segue does not speak {family!r}",
        where=shown(parsed),
        remedy="Use a file name (SQLite) or postgresql://…",
    )


def _named(name: str) -> Path:
    if name in {"", ".", ":memory:"}:
        raise BadRequestError(
            f"{name!r} names no file", remedy="Name a file for the catalogue, such as segue.db"
        )
    return Path(name).expanduser().absolute()


def _file_database(path: Path, *, create: bool, busy_seconds: float) -> Database:
    """The SQLite database at `path`, not yet looked into."""
    try:
        folder, exists = path.is_dir(), path.exists()
    except OSError as error:
        raise UnavailableError(
            f"the catalogue cannot be reached: {error.strerror}",
            where=str(path),
            remedy="Check your rights to the folders above it, or name another file",
        ) from error
    if folder:
        raise BadFileError(
            "this is a folder, not a catalogue", where=str(path), remedy="Name a file in it"
        )
    if not path.parent.is_dir():
        raise NotFoundError(
            "the folder of the catalogue does not exist",
            where=str(path.parent),
            remedy="Create it, or name another file",
        )
    exists = path.exists()
    if exists and not is_sqlite(path):
        raise BadFileError(
            "this file is not a database",
            where=str(path),
            remedy="Name another file; this one stays untouched",
        )
    if not exists and not create:
        raise NotFoundError(
            "there is no catalogue", where=str(path), remedy="Import or scan something first"
        )
    writable = may_write(path.parent) and (not exists or may_write(path))
    if not exists and not writable:
        raise UnavailableError(
            "a catalogue cannot be made here: the folder is read-only",
            where=str(path),
            remedy="Name a file in a folder you may write to",
        )
    engine = file_engine(path, writable=writable, busy_seconds=busy_seconds)
    return Database(engine, url=f"sqlite:///{path}", path=path, read_only=not writable)


def _ready(db: Database, *, create: bool, busy_seconds: float) -> None:
    """Find the tables in today's shape, or bring them there."""
    with db.read() as connection:
        found = revision_of(connection, where=db.where)
    if found == HEAD:
        return
    if found is None and not create:
        raise NotFoundError(
            "the database is empty", where=db.where, remedy="Import or scan something first"
        )
    if db.read_only:
        raise UnavailableError(
            f"the catalogue is of revision {found} and must be brought to {HEAD}, "
            "but it can only be read",
            where=db.where,
            remedy=_MAY_WRITE,
        )
    db.let_readers_in(busy_seconds=busy_seconds)
    with db.write() as connection:
        if found is None and db.path is None:
            check_encoding(connection, where=db.where)
        upgrade(connection, path=db.path, where=db.where)
