"""When tracks came into the catalogue, and where they stand on their albums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from segue.catalogue.schema import tracks
from segue.catalogue.streaming import streamed

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
