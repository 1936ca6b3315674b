"""Every file that is there, with what was heard in it and whose track it is: rows of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from segue.catalogue import compared as comparisons
from segue.catalogue.drafts import artists_of
from segue.catalogue.schema import compared, files, recordings, tracks

if TYPE_CHECKING:
    from segue.catalogue.compared import Pair
    from segue.catalogue.database import Database


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file, its track's names, and what it says played from end to end.

    `number` is that of a recording that other contents hold too. `compared` is false while its
    fingerprint was not compared with others, or it has none. `name` is what its title and first
    artist are known by, empty where one of them is not known.
    """

    path: str
    content_hash: str
    track_id: str
    title: str
    artists: tuple[str, ...]
    name: tuple[str, str] | None
    format: str
    size: int
    duration: float | None
    loudness: float | None
    true_peak: float | None
    warning: str
    printed: bool
    compared: bool
    number: int | None


_HELD = (
    select(
        files.c.path,
        files.c.content_hash,
        tracks.c.public_id,
        tracks.c.title,
        tracks.c.credit,
        tracks.c.title_key,
        tracks.c.artist_key,
        files.c.format,
        files.c.size,
        files.c.duration,
        recordings.c.duration,
        recordings.c.loudness,
        recordings.c.true_peak,
        recordings.c.warning,
        recordings.c.fingerprint != b"",
        compared.c.content_hash.is_not(None),
        compared.c.recording,
    )
    .join(tracks, tracks.c.id == files.c.track_id)
    .join(recordings, recordings.c.content_hash == files.c.content_hash, isouter=True)
    .join(compared, compared.c.content_hash == files.c.content_hash, isouter=True)
    .where(files.c.missing_since.is_(None))
)


def everything(db: Database) -> tuple[list[HeldFile], list[Pair]]:
    """All files that are there, in the order of their paths, and all pairs that match."""
    with db.read() as connection:
        rows = connection.execute(_HELD).all()
        alike = comparisons.pairs(connection)
    found = [
        HeldFile(
            path=path,
            content_hash=content_hash,
            track_id=track_id,
            title=title,
            artists=artists_of(credit),
            name=(title_key, artist_key) if title_key and artist_key else None,
            format=kind,
            size=size,
            duration=said if counted is None else counted,
            loudness=loudness,
            true_peak=peak,
            warning=warning or "",
            printed=bool(printed),
            compared=bool(done),
            number=number,
        )
        for (
            path,
            content_hash,
            track_id,
            title,
            credit,
            title_key,
            artist_key,
            kind,
            size,
            said,
            counted,
            loudness,
            peak,
            warning,
            printed,
            done,
            number,
        ) in rows
    ]
    return sorted(found, key=lambda file: file.path), alike
