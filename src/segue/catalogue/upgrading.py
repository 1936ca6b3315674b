"""Which shape a database has, and how an older shape becomes today's.

A shape is a **revision**: a script under ``migrations/versions``. The list here repeats their
names so that a database that is up to date opens without loading the migration machinery, which
is slow; a test compares the two. A migration is one transaction. A SQLite file is copied first,
to ``<name>.before-<revision>``.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from segue import __version__
from segue.catalogue.schema import meta
from segue.catalogue.sqlite import copy_file
from segue.errors import BadFileError, UnavailableError

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger("segue.catalogue")

REVISIONS: tuple[str, ...] = tuple(f"{n:04}" for n in range(1, 15))
"""Every revision this Segue knows, oldest first; the last is today's shape."""

HEAD = REVISIONS[-1]


def revision_of(connection: Connection, *, where: str) -> str | None:
    """The revision of the database behind `connection`; None when it is empty.

    Raises
    ------
    BadFileError
        It holds tables, but not those of a catalogue.
    UnavailableError
        Its revision is none of ours, so a newer Segue wrote it.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if not {"alembic_version", meta.name, "tracks"} <= tables:
        raise BadFileError(
            "this is a database, but not a Segue catalogue",
            where=where,
            remedy="Name another file; this one stays untouched",
        )
    found = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    if found not in REVISIONS:
        raise UnavailableError(
            f"the catalogue was written by a newer Segue (revision {found}, this one knows {HEAD})",
            where=where,
            remedy="Update Segue, or name another file",
        )
    return found


def upgrade(connection: Connection, *, path: Path | None, where: str) -> None:
    """Bring the database to today's shape inside the write `connection` is in.

    Another program may have done it while this one waited for its turn; then nothing is left
    to do. `path` is the SQLite file to be copied first, None on a server.
    """
    found = revision_of(connection, where=where)
    if found == HEAD:
        return
    if found is not None and path is not None:
        copy = copy_before(path)
        copy_file(path, copy)
        logger.info("the catalogue goes from revision %s to %s; a copy is %s", found, HEAD, copy)
    build(connection, HEAD)
    if found is None:
        seed = {"epoch": "0", "created": f"{time.time():.3f}", "writer": __version__}
        connection.execute(meta.insert(), [{"name": k, "value": v} for k, v in seed.items()])


def migration_config() -> Config:
    """Where Alembic finds the migrations; no file is read."""
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


def copy_before(path: Path) -> Path:
    """What a SQLite file is copied to before it is brought to today's shape."""
    return path.with_name(f"{path.name}.before-{HEAD}")


def build(connection: Connection, revision: str) -> None:
    """Bring the database to a revision, inside the write `connection` is in.

    Nothing is put into the tables of an empty one.
    """
    from alembic import command

    config = migration_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
