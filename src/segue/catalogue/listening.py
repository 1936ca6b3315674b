"""What a listener has played: events with their time, counts without, of tracks and of artists.

Plays come by `segue.catalogue.history`. Here they are given out as they are kept, or summed by
track; how much an old or a frequent play counts is for whoever asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import func, select

from segue.catalogue.schema import artists, feedback, plays, tracks
from segue.catalogue.schema import listeners as table
from segue.catalogue.storable import storable_text
from segue.errors import BadRequestError, NotFoundError
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from segue.catalogue.database import Database
    from segue.types import Floats

_AT_ONCE = 50_000


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


@dataclass(frozen=True, slots=True)
class Tally:
    """All plays of one track, or of an artist where the source names no track.

    Attributes
    ----------
    track_id, artist
        As of `Heard`.
    times
        How often in all.
    faded
        The same with every play counted as 2^(-age / half-life); may be 0 for very old ones.
    """

    track_id: TrackId | None
    artist: str | None
    times: float
    faded: float


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
    query = (
        select(tracks.c.public_id, artists.c.key, plays.c.times, plays.c.at)
        .select_from(plays)
        .join(tracks, tracks.c.id == plays.c.track_id, isouter=True)
        .join(artists, artists.c.id == plays.c.artist_id, isouter=True)
        .order_by(plays.c.at.desc().nulls_last(), plays.c.times.desc(), plays.c.id)
        .limit(most)
    )
    with db.read() as connection:
        whose = _whose(connection, listener, where=db.where)
        rows = connection.execute(query.where(plays.c.listener_id == whose))
        return [Heard(None if track is None else TrackId(track), *rest) for track, *rest in rows]


def tallied(db: Database, listener: str, *, half_life: float) -> list[Tally]:
    """What a listener has played, one entry a track or artist, by their order in the catalogue.

    Parameters
    ----------
    listener
        By name; blank is whoever owns the catalogue.
    half_life
        Seconds in which a play comes to count half. Ages count from the newest play; one without
        a time is as new as that.

    Raises
    ------
    NotFoundError
        Nobody is called so; a blank name is always somebody's.
    """
    with db.read() as connection:
        whose = _whose(connection, listener, where=db.where)
        columns = (plays.c.track_id, plays.c.artist_id, plays.c.times, plays.c.at)
        mine = plays.c.listener_id == whose
        found = connection.execute(select(*columns).where(mine))
        # Numbers of the database alone: a history may have a million plays of few tracks.
        parts = [np.array([*map(tuple, p)], np.float64) for p in found.partitions(_AT_ONCE)]
        if not parts:
            return []
        of_track = select(tracks.c.id, tracks.c.public_id).join(plays)
        called = dict(map(tuple, connection.execute(of_track.where(mine).distinct())))
        of_artist = select(artists.c.id, artists.c.key).join(plays)
        keys = dict(map(tuple, connection.execute(of_artist.where(mine).distinct())))
    return [
        Tally(TrackId(called[number]), None, times, faded)
        if is_track
        else Tally(None, keys[number], times, faded)
        for number, is_track, times, faded in _summed(np.concatenate(parts), half_life=half_life)
    ]


def _summed(events: Floats, *, half_life: float) -> Iterator[tuple[int, bool, float, float]]:
    """Who was played, whether that is a track, how often, and how often faded.

    `events` has a row a play: track, artist, times and time, NaN for none.
    """
    track, artist, times, at = events.T
    are_tracks = ~np.isnan(track)
    whom = 2 * np.where(are_tracks, track, artist).astype(np.int64) + are_tracks
    codes, place = np.unique(whom, return_inverse=True)
    newest = at[~np.isnan(at)].max(initial=-np.inf)
    age = np.nan_to_num(newest - at, nan=0.0)
    often = np.bincount(place, weights=times).tolist()
    faded = np.bincount(place, weights=times * np.exp2(-age / half_life)).tolist()
    return zip((codes // 2).tolist(), (codes % 2 == 1).tolist(), often, faded, strict=True)


def edition(db: Database, listener: str) -> tuple[int | float, ...]:
    """Numbers that change whenever a listener's opinions or plays do; of nobody known all 0."""
    with db.read() as connection:
        whose = connection.execute(
            select(table.c.id).where(table.c.name == storable_text(listener))
        ).scalar_one_or_none()
        said = select(func.max(feedback.c.id), func.max(feedback.c.undone)).where(
            feedback.c.listener_id == whose
        )
        heard = select(func.max(plays.c.id), func.count()).where(plays.c.listener_id == whose)
        rows = (connection.execute(said).one(), connection.execute(heard).one())
    return tuple(number or 0 for row in rows for number in row)


def listeners(db: Database) -> list[str]:
    """Names of all who have plays, playlists or opinions here, by the alphabet."""
    with db.read() as connection:
        return sorted(connection.execute(select(table.c.name)).scalars())


def _whose(connection: Connection, listener: str, *, where: str) -> int | None:
    name = storable_text(listener)
    found = select(table.c.id).where(table.c.name == name)
    whose = connection.execute(found).scalar_one_or_none()
    if whose is None and name:
        raise NotFoundError(
            f"there is no listener {name!r}",
            where=where,
            remedy="Import a listening history, or spell the name as it was imported",
        )
    return whose
