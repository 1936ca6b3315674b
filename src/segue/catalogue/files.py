"""Audio files: which bytes lie where, and which track they hold.

A file's identity is the hash of its bytes; its path is only where it lies now. So a file found
under a new path while its old one is gone has **moved** and keeps everything; the same bytes under
two paths are two files of one track; other bytes under a known path are a **changed** file, which
keeps its track. If that track was founded by this file, it takes on the names of the new tags.
What is no longer found is marked missing, never deleted, and the mark goes when it comes back.

A scan is stored in batches, each of them a transaction: what was read before an interruption
stays read. Which files are gone is written last.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, or_, select, update

from segue.catalogue.database import bump
from segue.catalogue.filing import Tally, file_away
from segue.catalogue.ledger import answered
from segue.catalogue.loading import rows_where
from segue.catalogue.schema import files, ledger, libraries, tracks
from segue.summaries import ScanSummary
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection, Subquery

    from segue.catalogue.database import Database
    from segue.catalogue.ledger import Stage
    from segue.records import FileRecord

_BATCH = 64


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the catalogue knows of a path: bytes, seconds since 1970, and whether it is missing."""

    size: int
    modified: float
    content_hash: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that waits for analysis, one of the tracks that hold it, and its seconds if known.

    `size` and `modified` are as the scan found them: a file that has others by now is another.
    """

    content_hash: str
    path: Path
    track_id: TrackId
    duration: float | None
    size: int
    modified: float


def known(db: Database, root: Path) -> dict[str, KnownFile]:
    """Every file the catalogue knows below `root` (or at it), missing ones too, by path."""
    folder = str(root) if str(root).endswith(os.sep) else str(root) + os.sep
    query = select(
        files.c.path, files.c.size, files.c.modified, files.c.content_hash, files.c.missing_since
    ).where(or_(func.substr(files.c.path, 1, len(folder)) == folder, files.c.path == str(root)))
    with db.read() as connection:
        return {
            path: KnownFile(size, modified, content_hash, missing is not None)
            for path, size, modified, content_hash, missing in connection.execute(query)
        }


def path_of(db: Database, track_id: TrackId) -> Path | None:
    """Where the music of a track lies: the first file found of those that are there, or None."""
    found = held(db, track_id)
    return None if found is None else found[0]


def held(db: Database, track_id: TrackId) -> tuple[Path, str] | None:
    """As `path_of`, with the hash of the bytes that were found there."""
    query = (
        select(files.c.path, files.c.content_hash)
        .join(tracks, tracks.c.id == files.c.track_id)
        .where(tracks.c.public_id == track_id, files.c.missing_since.is_(None))
        .order_by(files.c.id)
        .limit(1)
    )
    with db.read() as connection:
        found = connection.execute(query).one_or_none()
    return None if found is None else (Path(found.path), found.content_hash)


def paths_of(db: Database, track_ids: Sequence[TrackId]) -> dict[TrackId, Path]:
    """Where the music of tracks lies, as `path_of` has it; those without a file are missing."""
    query = (
        select(tracks.c.public_id, files.c.path)
        .join(tracks, tracks.c.id == files.c.track_id)
        .where(files.c.missing_since.is_(None))
        .order_by(files.c.id.desc())
    )
    with db.read() as connection:
        found = rows_where(connection, query, tracks.c.public_id, list(dict.fromkeys(track_ids)))
        return {TrackId(track_id): Path(path) for track_id, path in found}


def roots(db: Database) -> list[Path]:
    """The music folders that were scanned, in the order of their paths."""
    with db.read() as connection:
        found = connection.execute(select(libraries.c.root).order_by(libraries.c.root))
        return [Path(root) for root in found.scalars()]


def track_of(db: Database, path: Path) -> TrackId | None:
    """The track a file holds, by where it lies (links resolved); None for an unknown path."""
    query = (
        select(tracks.c.public_id)
        .join(files, tracks.c.id == files.c.track_id)
        .where(files.c.path == str(path.resolve()))
    )
    with db.read() as connection:
        found = connection.execute(query).scalar_one_or_none()
    return None if found is None else TrackId(found)


def track_holding(db: Database, content_hash: str) -> TrackId | None:
    """The track whose file has these bytes, wherever it lies; None when no file has."""
    query = (
        select(tracks.c.public_id)
        .join(files, tracks.c.id == files.c.track_id)
        .where(files.c.content_hash == content_hash)
        .order_by(files.c.id)
        .limit(1)
    )
    with db.read() as connection:
        found = connection.execute(query).scalar_one_or_none()
    return None if found is None else TrackId(found)


def one_of_each() -> Subquery:
    """A query's source: the ``id`` of one file that is there for each content hash."""
    return (
        select(func.min(files.c.id).label("id"))
        .where(files.c.missing_since.is_(None))
        .group_by(files.c.content_hash)
        .subquery()
    )


def waiting(db: Database, stage: Stage) -> list[WaitingFile]:
    """Files that are there and queued for a stage, one for each content hash.

    They come in the order of their hashes, which is any order, but always the same: what is
    analysed first is spread over the whole library, not its first folders, and what the first
    files took says what the others will take. A file that failed or was skipped does not wait;
    see `segue.catalogue.ledger.retry`.
    """
    first = one_of_each()
    query = (
        select(
            files.c.content_hash,
            files.c.path,
            tracks.c.public_id,
            files.c.duration,
            files.c.size,
            files.c.modified,
        )
        .join(first, first.c.id == files.c.id)
        .join(tracks, tracks.c.id == files.c.track_id)
        .join(ledger, answered(files.c.content_hash, stage), isouter=True)
        .where(func.coalesce(ledger.c.state, "queued") == "queued")
        .order_by(files.c.content_hash)
    )
    with db.read() as connection:
        return [
            WaitingFile(content_hash, Path(path), TrackId(track_id), *rest)
            for content_hash, path, track_id, *rest in connection.execute(query)
        ]


def apply_scan(
    db: Database,
    root: Path | None,
    *,
    read: Iterable[FileRecord],
    unchanged: Collection[str],
    gone: Collection[str],
    synthetic: bool = False,
) -> ScanSummary:
    """Store what a look through a folder found.

    Parameters
    ----------
    root
        The library folder; None for files that are added one by one and make no library.
    read
        Files that were new or differed, read again. May be lazy: it is taken a batch at a time.
    unchanged
        Known paths that are as they were.
    gone
        Known paths that are no longer there. Those whose bytes are in `read` have moved; the
        others are marked missing.
    synthetic
        Whether tracks founded here are labelled as invented.

    Returns
    -------
    ScanSummary
        found = new + changed + moved + unchanged; rejected is 0, as only the reader knows.
    """
    leaving, tally = set(gone), Tally()
    records = iter(read)
    while batch := list(islice(records, _BATCH)):
        with db.write() as connection:
            library = _library(connection, root)
            file_away(
                connection,
                batch,
                library=library,
                leaving=leaving,
                synthetic=synthetic,
                tally=tally,
            )
    with db.write() as connection:
        _close(connection, root, unchanged=set(unchanged), leaving=leaving)
    return ScanSummary(
        found=tally.new + tally.changed + tally.moved + tally.unchanged + len(unchanged),
        new=tally.new,
        changed=tally.changed,
        moved=tally.moved,
        unchanged=tally.unchanged + len(unchanged),
        gone=len(leaving),
        linked=tally.linked,
        ambiguous=tally.ambiguous,
    )


def _library(connection: Connection, root: Path | None) -> int | None:
    """The number of the library at `root`, made when it is new."""
    if root is None:
        return None
    query = select(libraries.c.id).where(libraries.c.root == str(root))
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        made = insert(libraries).values(root=str(root)).returning(libraries.c.id)
        found = connection.execute(made).scalar_one()
    return int(found)


def _close(
    connection: Connection, root: Path | None, *, unchanged: set[str], leaving: set[str]
) -> None:
    """Mark what is gone, take the mark from what came back, and note that the scan is complete."""
    lost = select(files.c.id, files.c.path).where(files.c.missing_since.is_not(None))
    back = [number for number, path in connection.execute(lost) if path in unchanged]
    there = select(files.c.id).where(files.c.missing_since.is_(None))
    left = [number for (number,) in rows_where(connection, there, files.c.path, sorted(leaving))]
    now = time.time()
    marks: list[dict[str, float | None]] = [{"number": n, "since": None} for n in back] + [
        {"number": n, "since": now} for n in left
    ]
    if marks:
        marking = update(files).where(files.c.id == bindparam("number"))
        connection.execute(marking.values(missing_since=bindparam("since")), marks)
        bump(connection)
    library = _library(connection, root)
    if library is not None:
        connection.execute(update(libraries).where(libraries.c.id == library).values(scanned=now))
