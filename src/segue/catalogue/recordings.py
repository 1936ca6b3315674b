"""Recordings: what files say played from end to end, one row a content hash.

A recording belongs to the bytes, not to the track: every track that holds the file has it, and
linking and parting tracks moves nothing. A row is replaced when its file is measured again.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from segue.catalogue.schema import files, recordings, tracks
from segue.records import Recording

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from segue.catalogue.database import Database
    from segue.types import TrackId

_COLUMNS = tuple(one.name for one in fields(Recording))


def put(connection: Connection, *, content_hash: str, version: str, recording: Recording) -> None:
    """Store a file's recording in the caller's transaction, in place of an earlier one."""
    remove(connection, content_hash=content_hash)
    values = {name: getattr(recording, name) for name in _COLUMNS}
    connection.execute(
        insert(recordings), {"content_hash": content_hash, "version": version, **values}
    )


def remove(connection: Connection, *, content_hash: str) -> None:
    """Take a file's recording away, in the caller's transaction; nothing happens without one."""
    connection.execute(delete(recordings).where(recordings.c.content_hash == content_hash))


def get(db: Database, track_id: TrackId) -> Recording | None:
    """The recording of a track: of the first file found of those that are there and measured."""
    query = (
        select(*(recordings.c[name] for name in _COLUMNS))
        .join(files, files.c.content_hash == recordings.c.content_hash)
        .join(tracks, tracks.c.id == files.c.track_id)
        .where(tracks.c.public_id == track_id, files.c.missing_since.is_(None))
        .order_by(files.c.id)
        .limit(1)
    )
    with db.read() as connection:
        return _recording(connection.execute(query).one_or_none())


def by_hash(db: Database, content_hash: str) -> Recording | None:
    """The recording of the file with these bytes; None when it was not measured."""
    query = select(*(recordings.c[name] for name in _COLUMNS)).where(
        recordings.c.content_hash == content_hash
    )
    with db.read() as connection:
        return _recording(connection.execute(query).one_or_none())


def _recording(row: Row[Any] | None) -> Recording | None:
    return None if row is None else Recording(**row._mapping)
