"""Music folders that were looked through: where, when, and what is known to lie there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from segue.catalogue.schema import files, libraries

if TYPE_CHECKING:
    from segue.catalogue.database import Database


@dataclass(frozen=True, slots=True)
class Folder:
    """One music folder. `scanned` is when, in seconds since 1970; `missing` of its files are gone.

    Attributes
    ----------
    root
        Where it lies.
    files
        Audio files known to lie in it, those that are missing now left out.
    """

    root: Path
    scanned: float | None
    files: int
    missing: int


def folders(db: Database) -> list[Folder]:
    """Every folder that was looked through, in the order of their paths."""
    there = func.count(case((files.c.missing_since.is_(None), files.c.id)))
    query = (
        select(
            libraries.c.root,
            libraries.c.scanned,
            there,
            func.count(files.c.missing_since),
        )
        .join(files, files.c.library_id == libraries.c.id, isouter=True)
        .group_by(libraries.c.id, libraries.c.root, libraries.c.scanned)
        .order_by(libraries.c.root)
    )
    with db.read() as connection:
        return [
            Folder(Path(root), scanned, number, missing)
            for root, scanned, number, missing in connection.execute(query)
        ]
