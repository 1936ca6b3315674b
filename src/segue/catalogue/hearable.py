"""What a catalogue has to hear: every file that is there, once, with what is known of its track.

A network is taught with these (`segue.jobs.lessons`). A file counts once however many copies of
its bytes lie about; of two tracks that hold the same bytes the one known first stands.

An album that is nobody's, since its album artist is "Various Artists" or it has neither album
artist nor artist, makes its tracks a compilation's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from segue.catalogue.drafts import artists_of
from segue.catalogue.files import one_of_each
from segue.catalogue.schema import albums, files, genres, track_genres, tracks
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.catalogue.database import Database


_NOBODYS = " | "
"""How the key of an album that is nobody's ends (`segue.catalogue.drafts.album_key`)."""


@dataclass(frozen=True, slots=True)
class HearableFile:
    """A file that is there, and its track.

    Attributes
    ----------
    track_id
        Public id of the track.
    title, artists, genres
        What it is called, by whom it is, and what it is said to be; genres in lower case.
    compilation
        Whether it stands on an album that is nobody's.
    synthetic
        Whether it is invented.
    path, content_hash, size, modified
        The file as the scan found it.
    """

    track_id: TrackId
    title: str
    artists: tuple[str, ...]
    genres: tuple[str, ...]
    compilation: bool
    synthetic: bool
    path: Path
    content_hash: str
    size: int
    modified: float


def hearable(db: Database) -> list[HearableFile]:
    """Every file that is there, one for each content hash, in the order of their hashes."""
    first = one_of_each()
    query = (
        select(
            tracks.c.id,
            tracks.c.public_id,
            tracks.c.title,
            tracks.c.credit,
            albums.c.key,
            tracks.c.synthetic,
            files.c.path,
            files.c.content_hash,
            files.c.size,
            files.c.modified,
        )
        .join_from(files, first, first.c.id == files.c.id)
        .join(tracks, tracks.c.id == files.c.track_id)
        .join(albums, albums.c.id == tracks.c.album_id, isouter=True)
    )
    named = (
        select(track_genres.c.track_id, genres.c.name)
        .join(genres, genres.c.id == track_genres.c.genre_id)
        .order_by(track_genres.c.track_id, genres.c.name)
    )
    with db.read() as connection:
        rows = connection.execute(query).all()
        said: dict[int, list[str]] = {}
        for key, name in connection.execute(named):
            said.setdefault(key, []).append(name)
    found = (
        HearableFile(
            track_id=TrackId(row.public_id),
            title=row.title,
            artists=artists_of(row.credit),
            genres=tuple(said.get(row.id, ())),
            compilation=row.key is not None and row.key.endswith(_NOBODYS),
            synthetic=row.synthetic,
            path=Path(row.path),
            content_hash=row.content_hash,
            size=row.size,
            modified=row.modified,
        )
        for row in rows
    )
    return sorted(found, key=lambda file: file.content_hash)
