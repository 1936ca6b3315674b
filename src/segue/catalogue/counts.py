"""How much of everything the catalogue holds, for the status page and `segue status`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from segue.catalogue.schema import (
    files,
    links,
    playlist_entries,
    playlists,
    plays,
    track_artists,
    track_genres,
    tracks,
    vectors,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Column, Connection, Table

    from segue.catalogue.database import Database


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is, all of one moment. Artists, albums and genres are those that tracks have.

    `files` are those that are there, `missing` those a scan no longer finds, `playable` the tracks
    with a file that is there. `links` are by state (linked, ambiguous, undone), `vectors` by space
    count tracks. `plays` counts events and play counts as they came, one each.
    """

    tracks: int = 0
    artists: int = 0
    albums: int = 0
    genres: int = 0
    playlists: int = 0
    entries: int = 0
    files: int = 0
    missing: int = 0
    playable: int = 0
    plays: int = 0
    links: Mapping[str, int] = field(default_factory=dict)
    vectors: Mapping[str, int] = field(default_factory=dict)


def counts(db: Database) -> Counts:
    """Count everything in one read."""
    there = files.c.missing_since.is_(None)
    with db.read() as connection:
        present, playable = connection.execute(
            select(func.count(), func.count(files.c.track_id.distinct())).where(there)
        ).one()
        return Counts(
            tracks=_rows(connection, tracks),
            artists=_different(connection, track_artists.c.artist_id),
            albums=_different(connection, tracks.c.album_id),
            genres=_different(connection, track_genres.c.genre_id),
            playlists=_rows(connection, playlists),
            entries=_rows(connection, playlist_entries),
            files=present,
            missing=_rows(connection, files) - present,
            playable=playable,
            plays=_rows(connection, plays),
            links=_by(connection, links.c.state),
            vectors=_tracks_by_space(connection),
        )


def _rows(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _different(connection: Connection, column: Column[int]) -> int:
    return int(connection.execute(select(func.count(column.distinct()))).scalar_one())


def _by(connection: Connection, column: Column[str]) -> dict[str, int]:
    query = select(column, func.count()).group_by(column).order_by(column)
    return {name: int(number) for name, number in connection.execute(query)}


def _tracks_by_space(connection: Connection) -> dict[str, int]:
    space = vectors.c.space
    query = select(space, func.count(vectors.c.track_id.distinct())).group_by(space).order_by(space)
    return {name: int(number) for name, number in connection.execute(query)}
