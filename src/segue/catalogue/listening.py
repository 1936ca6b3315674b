"""What a listener has played: events with their time, counts without, of tracks and of artists.

Plays come by `segue.catalogue.history`. Here they are given out as they are kept; how much an old
or a frequent play counts is for whoever asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from segue.catalogue.schema import artists, plays, tracks
from segue.catalogue.schema import listeners as table
from segue.catalogue.storable import storable_text
from segue.errors import BadRequestError, NotFoundError
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.catalogue.database import Database


@dataclass(frozen=True, slots=True)
class Heard:
    """Plays of one track, or of an artist where the source names no track.

    Attributes
    ----------
    track_id
        None where only the artist is known.
    artist
        The artist's normal form, as in `segue.snapshot.Corpus.artist_keys`; None for a track.
    times
        How often, at least once.
    at
        When, in seconds since 1970; None where the source only counts.
    """

    track_id: TrackId | None
    artist: str | None
    times: int
    at: float | None


def heard(db: Database, listener: str, *, most: int | None = None) -> list[Heard]:
    """What a listener has played: events from the latest on, then counts from the largest on.

    Parameters
    ----------
    listener
        By name; blank is whoever owns the catalogue.
    most
        Give no more than the first of them; all by default.

    Returns
    -------
    list of Heard
        One entry an event or count, so that a track comes as often as it was played. Empty where
        the listener has other things, such as playlists, but no plays.

    Raises
    ------
    NotFoundError
        Nobody is called so; a blank name is always somebody's.
    BadRequestError
        `most` is below 1.
    """
    if most is not None and most < 1:
        raise BadRequestError(f"a history of {most} plays", remedy="Ask for 1 or more")
    name = storable_text(listener)
    query = (
        select(tracks.c.public_id, artists.c.key, plays.c.times, plays.c.at)
        .select_from(plays)
        .join(tracks, tracks.c.id == plays.c.track_id, isouter=True)
        .join(artists, artists.c.id == plays.c.artist_id, isouter=True)
        .order_by(plays.c.at.desc().nulls_last(), plays.c.times.desc(), plays.c.id)
        .limit(most)
    )
    with db.read() as connection:
        found = select(table.c.id).where(table.c.name == name)
        whose = connection.execute(found).scalar_one_or_none()
        if whose is None and name:
            raise NotFoundError(
                f"there is no listener {name!r}",
                where=db.where,
                remedy="Import a listening history, or spell the name as it was imported",
            )
        rows = connection.execute(query.where(plays.c.listener_id == whose))
        return [Heard(None if track is None else TrackId(track), *rest) for track, *rest in rows]


def listeners(db: Database) -> list[str]:
    """Names of all who have plays, playlists or opinions here, by the alphabet."""
    with db.read() as connection:
        return sorted(connection.execute(select(table.c.name)).scalars())
