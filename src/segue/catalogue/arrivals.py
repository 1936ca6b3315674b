"""When tracks came into the catalogue, and where they stand on their albums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from segue.catalogue.schema import tracks
from segue.catalogue.streaming import streamed
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.catalogue.database import Database

_QUERY = select(tracks.c.public_id, tracks.c.created, tracks.c.track_number)


def arrivals(db: Database) -> Iterator[tuple[str, float, int]]:
    """Of every track its id, when it came in seconds since 1970, its number on its album or 0."""
    with db.read() as connection:
        for part in streamed(connection, _QUERY):
            for public_id, created, number in part:
                yield public_id, created, number or 0


def newest(db: Database) -> int:
    """The number of the track that came last; 0 in an empty catalogue."""
    with db.read() as connection:
        return int(connection.execute(select(func.max(tracks.c.id))).scalar_one() or 0)


def after(db: Database, number: int, *, most: int) -> tuple[list[TrackId], int, int]:
    """Tracks that came after the one of a number.

    Parameters
    ----------
    number
        As `newest` gave it.
    most
        Of how many the id is told.

    Returns
    -------
    tuple
        Ids of the first of them, how many there are, and the number of the last; `number` again
        where there are none.
    """
    later = tracks.c.id > number
    some = select(tracks.c.public_id).where(later).order_by(tracks.c.id).limit(most)
    with db.read() as connection:
        ids = [TrackId(each) for each in connection.execute(some).scalars()]
        all_of_them = select(func.count(), func.max(tracks.c.id)).select_from(tracks).where(later)
        count, last = connection.execute(all_of_them).one()
    return ids, int(count), int(last or number)
