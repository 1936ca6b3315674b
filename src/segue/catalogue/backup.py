"""A catalogue as one file that can be kept elsewhere, and a catalogue made of it again.

A backup is a ZIP archive: ``catalogue.db``, the catalogue as a SQLite file, and ``manifest.json``,
which says what is in it and by which digest it is known. Both databases are backed up into the same
form, so a backup of either can be restored into either, and no program of a server's own version
is needed. It is made of one moment while others read and write: SQLite's backup interface, one
transaction on a server.

It holds what the catalogue holds, digests of passwords and app passwords too: only its owner may
read the file. Music, embedders, models and files that listeners brought are not in it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from segue import __version__
from segue.catalogue.archive import FORMAT, Manifest, pack, unpack
from segue.catalogue.copying import check_empty, holdings
from segue.catalogue.database import reached
from segue.catalogue.faults import plainly
from segue.catalogue.moving import fill, fill_file
from segue.catalogue.placing import appearing, check_free
from segue.catalogue.sqlite import copy_file
from segue.errors import BadFileError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.catalogue.database import Database
    from segue.types import Progress


def back_up(source: str | Path, path: Path, *, on_progress: Progress | None = None) -> Manifest:
    """Write a backup of a catalogue, of whatever revision; it may be in use.

    Parameters
    ----------
    source
        As `segue.catalogue.database.open_database` takes it.
    path
        The file, which must not be there. Beside it there must be room for the catalogue and for
        the backup.
    on_progress
        Told of rows, then of bytes.

    Returns
    -------
    Manifest
        What the backup holds, counted in the copy.

    Raises
    ------
    NotFoundError
        There is no catalogue, or no folder for the backup.
    BadRequestError
        Something is at `path` already.
    BadFileError
        The catalogue is damaged.
    UnavailableError, BusyError
        It cannot be read, or the backup cannot be written.
    """
    check_free(path)
    with reached(source) as db, appearing(path) as unfinished, _beside(path) as folder:
        copy = folder / "catalogue.db"
        if db.path is not None:
            with plainly(db.where):
                copy_file(db.path, copy)
        else:
            with db.read() as reading:
                fill_file(reading, copy, where=db.where, on_progress=on_progress)
        _check_sound(copy, where=db.where)
        manifest = _described(copy, db)
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as out:
            return pack(copy, out, manifest, on_progress=on_progress)


def restore(path: Path, target: str | Path, *, on_progress: Progress | None = None) -> Manifest:
    """Make a catalogue of a backup, in a new file or an empty database, whole or not at all.

    Parameters
    ----------
    path
        As `back_up` wrote it, in any database.
    target
        As `segue.catalogue.database.open_database` takes it; nothing is overwritten.
    on_progress
        Told of bytes, then of rows.

    Returns
    -------
    Manifest
        What was restored.

    Raises
    ------
    NotFoundError, BadFileError
        There is no such file, it is no backup, or it is damaged.
    UnavailableError
        A newer Segue wrote it; the disk is full; the server does not let us in.
    BadRequestError
        The target holds something.
    """
    with reached(target, create=True) as new:
        place = new.path
        if place is None:
            with new.read() as reading:
                check_empty(reading, where=new.where)
    if place is not None:
        with appearing(place) as unfinished:
            manifest = unpack(path, unfinished, on_progress=on_progress)
            _check_counts(unfinished, manifest, where=str(path))
            return manifest
    with _extracted(path, on_progress=on_progress) as (copy, manifest), reached(copy) as old:
        with old.read() as reading:
            fill(reading, target, where=str(path), on_progress=on_progress)
        return manifest


def verify(path: Path, *, on_progress: Progress | None = None) -> Manifest:
    """Read a backup from end to end as `restore` would, and keep nothing; errors are the same."""
    with _extracted(path, on_progress=on_progress) as (_, manifest):
        return manifest


@contextmanager
def _extracted(path: Path, *, on_progress: Progress | None) -> Iterator[tuple[Path, Manifest]]:
    """The catalogue in a backup as a file that is gone after the block, looked through."""
    with tempfile.TemporaryDirectory(prefix="segue-") as folder:
        copy = Path(folder) / "catalogue.db"
        try:
            manifest = unpack(path, copy, on_progress=on_progress)
        except OSError as error:
            raise UnavailableError(
                f"the backup cannot be unpacked ({error.strerror or error})",
                where=folder,
                remedy="Make room there, or name another folder: TMPDIR",
            ) from error
        _check_counts(copy, manifest, where=str(path))
        yield copy, manifest


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A folder beside the backup, nobody else's to read, gone after the block."""
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _described(copy: Path, db: Database) -> Manifest:
    with reached(copy) as copied, copied.read() as reading:
        held = holdings(reading, where=db.where)
    return Manifest(
        format=FORMAT,
        segue=__version__,
        made=round(time.time(), 3),
        database="sqlite" if db.path is not None else "postgresql",
        revision=held.revision,
        epoch=held.epoch,
        counts=held.counts,
    )


def _check_sound(copy: Path, *, where: str) -> None:
    """BadFileError where SQLite finds fault with a file: a backup of it would be worth nothing."""
    with plainly(where), closing(sqlite3.connect(copy)) as connection:
        said = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    if said != ["ok"]:
        raise BadFileError(
            f"the catalogue is damaged: {'; '.join(said)}",
            where=where,
            remedy="Restore it from an earlier backup",
        )


def _check_counts(copy: Path, manifest: Manifest, *, where: str) -> None:
    with reached(copy) as copied, copied.read() as reading:
        held = holdings(reading, where=where)
    told = (manifest.revision, manifest.epoch, dict(manifest.counts))
    if (held.revision, held.epoch, dict(held.counts)) != told:
        raise BadFileError(
            "the backup does not hold what its manifest says",
            where=where,
            remedy="Take an earlier backup",
        )
