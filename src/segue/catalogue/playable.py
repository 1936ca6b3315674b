"""What a player is told of files: how large and long, how loud, in which format.

A track may be held by several files; the first found of those that are there speaks for it, as
everywhere (`segue.catalogue.files.path_of`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from segue.catalogue.loading import rows_where
from segue.catalogue.schema import files, playlist_entries, recordings, tracks
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue.catalogue.database import Database


@dataclass(frozen=True, slots=True)
class PlayableFile:
    """The file of a track.

    Attributes
    ----------
    path
        Where it lies.
    size
        Bytes.
    format
        One of `segue.sources.formats.FORMATS`.
    duration
        Seconds; counted where the file was read from end to end, else as its header says; None
        where nobody knows.
    loudness, true_peak
        LUFS and dBTP of the whole file; None before it was read, and where there is nothing.
    track_number
        Where the track stands on its album; None where nobody knows.
    """

    path: Path
    size: int
    format: str
    duration: float | None
    loudness: float | None
    true_peak: float | None
    track_number: int | None


def files_of(db: Database, track_ids: Iterable[TrackId]) -> dict[TrackId, PlayableFile]:
    """The files of tracks; those without a file that is there are missing."""
    query = (
        select(
            tracks.c.public_id,
            files.c.path,
            files.c.size,
            files.c.format,
            func.coalesce(recordings.c.duration, files.c.duration),
            recordings.c.loudness,
            recordings.c.true_peak,
            tracks.c.track_number,
        )
        .join(tracks, tracks.c.id == files.c.track_id)
        .join(recordings, recordings.c.content_hash == files.c.content_hash, isouter=True)
        .where(files.c.missing_since.is_(None))
        # The first that was found comes last and stays.
        .order_by(files.c.id.desc())
    )
    with db.read() as connection:
        found = rows_where(connection, query, tracks.c.public_id, list(dict.fromkeys(track_ids)))
        return {TrackId(one): PlayableFile(Path(path), *rest) for one, path, *rest in found}


def pictured(db: Database) -> list[TrackId]:
    """The tracks that a file holds which has a picture in it, in any order."""
    query = (
        select(tracks.c.public_id)
        .join(files, files.c.track_id == tracks.c.id)
        .where(files.c.art, files.c.missing_since.is_(None))
    )
    with db.read() as connection:
        return [TrackId(one) for one in connection.execute(query).scalars()]


def lengths(db: Database, playlists: Iterable[int]) -> dict[int, tuple[int, float]]:
    """How many entries of playlists can be played, and for how many seconds; by number.

    One that holds nothing playable is missing. A track of unknown length counts 0 seconds.
    """
    number = playlist_entries.c.playlist_id
    there = exists().where(files.c.track_id == tracks.c.id, files.c.missing_since.is_(None))
    query = (
        select(number, func.count(), func.coalesce(func.sum(tracks.c.duration), 0.0))
        .join(tracks, tracks.c.id == playlist_entries.c.track_id)
        .where(there)
        .group_by(number)
    )
    with db.read() as connection:
        found = rows_where(connection, query, number, list(playlists))
        return {one: (int(count), float(seconds)) for one, count, seconds in found}
