"""A catalogue goes over into another database: from a file to a server, back, or into another file.

The old one stays as it is. It is locked for writing meanwhile, so nothing that is written is left
behind; the new one is made in one transaction, so it is there whole or not at all, and a move that
was killed is simply begun again.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import column, func, select, table

from segue.catalogue import jobs
from segue.catalogue.copying import check_empty, check_there, copy_all
from segue.catalogue.database import reached
from segue.catalogue.placing import appearing
from segue.catalogue.postgres import check_encoding
from segue.errors import BadRequestError, BusyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from segue.catalogue.copying import Holdings
    from segue.catalogue.database import Database
    from segue.types import Progress


def move(
    source: str | Path, target: str | Path, *, on_progress: Progress | None = None
) -> Holdings:
    """Copy everything a catalogue holds into a database that is empty, or into a new file.

    Parameters
    ----------
    source, target
        As `segue.catalogue.database.open_database` takes them.
    on_progress
        Told of rows.

    Returns
    -------
    Holdings
        What the new catalogue holds.

    Raises
    ------
    NotFoundError
        There is no catalogue at `source`, or no folder for `target`.
    BadRequestError
        `target` is `source`, or holds something.
    BusyError
        A job is being done, or another program writes.
    UnavailableError, BadFileError
        As opening either; the disk is full; the server went away.
    """
    with reached(source) as old, _still(old) as reading:
        check_there(reading, where=old.where)
        _check_idle(reading, old)
        with reached(target, create=True) as new:
            if (new.path, new.url) == (old.path, old.url):
                raise BadRequestError(
                    "this is where the catalogue is already",
                    where=old.where,
                    remedy="Name another file or database",
                )
        return fill(reading, target, where=old.where, on_progress=on_progress)


def fill(
    source: Connection, target: str | Path, *, where: str, on_progress: Progress | None = None
) -> Holdings:
    """Make a catalogue at `target` of what another holds, whole or not at all.

    Parameters and errors as `move`; `source` is in a transaction that sees one moment.
    """
    with reached(target, create=True) as new:
        path = new.path
        if path is None:
            with new.write() as writing:
                check_empty(writing, where=new.where)
                check_encoding(writing, where=new.where)
                return copy_all(source, writing, where=where, on_progress=on_progress)
    with appearing(path) as unfinished:
        return fill_file(source, unfinished, where=where, on_progress=on_progress)


def fill_file(
    source: Connection, path: Path, *, where: str, on_progress: Progress | None = None
) -> Holdings:
    """The same into a file that is not there yet and that its caller gives a name."""
    with reached(path, create=True) as new:
        with new.write() as writing:
            held = copy_all(source, writing, where=where, on_progress=on_progress)
        new.let_readers_in()
    return held


@contextmanager
def _still(db: Database) -> Iterator[Connection]:
    """A moment of a catalogue in which nobody writes to it, where it can be written to at all."""
    with db.read() if db.read_only else db.write() as connection:
        yield connection


def _check_idle(source: Connection, db: Database) -> None:
    """BusyError where somebody is doing a job: what it finds would go into the old catalogue."""
    beats = column("heartbeat") > jobs.now(db) - jobs.SILENCE
    # Of whatever revision the table is.
    query = select(func.count()).select_from(table("jobs"))
    running = source.execute(query.where(column("state") == "running", beats)).scalar_one()
    if running:
        raise BusyError(
            f"{running} job{'s are' if running > 1 else ' is'} being done at this moment",
            where=db.where,
            remedy="Stop the server and its workers, then move",
        )
