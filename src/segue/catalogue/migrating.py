"""Which shape a catalogue has and which it should have, and bringing it there when asked to.

Opening a catalogue does the same without being asked; this is for whoever wants to know first, or
to do it while nobody is served.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.catalogue.copying import check_there
from segue.catalogue.database import open_database, reached
from segue.catalogue.upgrading import HEAD, REVISIONS, copy_before

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Standing:
    """How a catalogue stands.

    Attributes
    ----------
    where
        Its place, without any password.
    found, today
        The revision it has, and the one that this Segue works with.
    copy
        What a SQLite file is copied to before it is changed; None where nothing is to be done,
        and on a server.
    """

    where: str
    found: str
    today: str = HEAD
    copy: Path | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """The revisions between, in order; empty for a catalogue that is up to date."""
        return REVISIONS[REVISIONS.index(self.found) + 1 :]


def standing(url: str | Path) -> Standing:
    """How the catalogue at an address stands; nothing is changed.

    Raises
    ------
    NotFoundError, BadFileError, UnavailableError, BusyError, BadRequestError
        There is none, it is none, a newer Segue wrote it, or it cannot be reached.
    """
    with reached(url) as db, db.read() as connection:
        found = check_there(connection, where=db.where)
        kept = None if found == HEAD or db.path is None else copy_before(db.path)
        return Standing(db.where, found, copy=kept)


def migrate(url: str | Path) -> Standing:
    """Bring the catalogue to today's shape, in one transaction; how it stood before.

    Raises
    ------
    NotFoundError, BadFileError, UnavailableError, BusyError, BadRequestError
        As `standing`; it is being written to, or can only be read.
    """
    before = standing(url)
    open_database(url, create=False).close()
    return before
