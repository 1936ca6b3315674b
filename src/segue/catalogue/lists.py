"""One playlist of the catalogue, looked up by what people call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from segue.catalogue.schema import playlist_entries, playlists, tracks
from segue.errors import BadRequestError, NotFoundError
from segue.names import fold
from segue.types import TrackId

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from segue.catalogue.database import Database

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Playlist:
    """A playlist as it was imported: `tracks` in playing order, also those that come twice."""

    title: str
    outside_id: str
    tracks: tuple[TrackId, ...]


def find(db: Database, name: str) -> Playlist:
    """The playlist with this outside id, or with this title; case and accents do not count.

    Of a title that is all signs, such as an emoji, every sign does.

    Raises
    ------
    NotFoundError
        There is none.
    BadRequestError
        Several have the title.
    """
    text = name.strip()
    with db.read() as connection:
        found = connection.execute(
            select(playlists.c.id, playlists.c.title, playlists.c.value)
            .where(playlists.c.value == text)
            .order_by(playlists.c.id)
        ).all()
        if not found:
            every = select(playlists.c.id, playlists.c.title, playlists.c.value)
            rows = connection.execute(every.where(playlists.c.title != "").order_by("id"))
            key = fold(text)
            found = [row for row in rows if (fold(row.title) == key if key else row.title == text)]
        if not found or not text:
            raise NotFoundError(
                f"no playlist has the id or the title {name!r}",
                where=db.where,
                remedy="Import it with `segue import playlists`, or spell it as it is there",
            )
        if len(found) > 1:
            ids = ", ".join(row.value for row in found[:_NAMED])
            raise BadRequestError(
                f"{len(found):,} playlists are called {name!r}",
                where=db.where,
                remedy=f"Name one by its id: {ids}{', …' if len(found) > _NAMED else ''}",
            )
        number, title, value = found[0]
        return Playlist(title, value, entries(connection, number))


def entries(connection: Connection, playlist: int) -> tuple[TrackId, ...]:
    """The tracks of the playlist with this number, in playing order."""
    query = (
        select(tracks.c.public_id)
        .join(playlist_entries, playlist_entries.c.track_id == tracks.c.id)
        .where(playlist_entries.c.playlist_id == playlist)
        .order_by(playlist_entries.c.position)
    )
    return tuple(TrackId(one) for one in connection.execute(query).scalars())
