"""Vectors of tracks: one blob a track, space and version, computed from one of its files.

A blob is the vector's numbers, little-endian, one after the other: float32, or float16 in rows of
some width where an embedder made it (`segue.catalogue.embeddings`). It carries the content hash of
the file it came from. When a track has several files (a lossless one and a small one, say)
the vector of the file that was found first stands, whatever order they were analysed in; a vector
of a file that has changed or gone gives way to any other. Vectors of training come from no file and
carry no content hash (`segue.catalogue.trained`).

The **newest** version of a space is the one with the highest number in it: "10" is newer than "9".
Of an embedder's space, and of one that was trained, versions have no order; one of them stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, union_all

from segue.catalogue.database import bump
from segue.catalogue.schema import files, standing, tracks, trained, vectors
from segue.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from segue.catalogue.database import Database
    from segue.types import TrackId

_NUMBERS = re.compile(r"([0-9]+)")

BYTES = {"float32": 4, "float16": 2}
"""Kinds of numbers a blob may hold, and how many bytes each takes."""


def put(
    connection: Connection,
    *,
    content_hash: str,
    space: str,
    version: str,
    vector: bytes,
    numbers: str = "float32",
    width: int | None = None,
    shown: bool = True,
) -> list[int]:
    """Store a file's vector for every track that holds this file, in the caller's transaction.

    Nothing is stored for a track whose vector comes from a file found earlier that is still there.
    The numbers of the tracks it was stored for are returned.

    Parameters
    ----------
    content_hash
        The file it was computed from. A hash no track holds stores nothing.
    vector
        Little-endian; every vector of one space and version has the same length.
    numbers
        Of which kind: a key of `BYTES`.
    width
        How many stand in a row; None for a vector that is one row.
    shown
        Whether answers change by it: not while another version stands.

    Raises
    ------
    InternalError
        `vector` is empty or no whole number of rows.
    """
    if not vector or len(vector) % (BYTES[numbers] * (width or 1)):
        raise InternalError(f"a vector of {len(vector)} bytes for the space {space!r}")
    stored: list[int] = []
    for track, first in connection.execute(_HOLDERS, {"this_hash": content_hash}).all():
        place = {"this_track": track, "this_space": space, "this_version": version}
        asked = {**place, "this_hash": content_hash, "this_first": first}
        if connection.execute(_EARLIER, asked).first() is not None:
            continue
        connection.execute(_FORGET, place)
        row = {"track_id": track, "space": space, "version": version}
        kind = {"numbers": numbers, "width": width}
        connection.execute(_KEEP, {**row, **kind, "content_hash": content_hash, "data": vector})
        stored.append(track)
    if stored and shown:
        bump(connection)
    return stored


# Made once: building a statement takes longer than running it, and these run for every file.
_HOLDERS = (
    select(files.c.track_id, func.min(files.c.id))
    .where(files.c.content_hash == bindparam("this_hash"))
    .group_by(files.c.track_id)
)
_PLACE = (
    (vectors.c.track_id == bindparam("this_track"))
    & (vectors.c.space == bindparam("this_space"))
    & (vectors.c.version == bindparam("this_version"))
)
_EARLIER = (
    select(files.c.id)
    .join(vectors, (vectors.c.track_id == files.c.track_id) & _PLACE)
    .where(
        files.c.content_hash == vectors.c.content_hash,
        files.c.content_hash != bindparam("this_hash"),
        files.c.missing_since.is_(None),
        files.c.id < bindparam("this_first"),
    )
    .limit(1)
)
_FORGET = delete(vectors).where(_PLACE)
_KEEP = insert(vectors)


def remove(connection: Connection, *, content_hash: str, space: str, version: str) -> list[int]:
    """Take away what was computed from a file, and from what lay in its place before it changed.

    The numbers of the tracks that lost their vector are returned.
    """
    holders = select(files.c.track_id).where(files.c.content_hash == content_hash)
    held = select(files.c.content_hash).where(files.c.track_id == vectors.c.track_id)
    changed = vectors.c.track_id.in_(holders) & vectors.c.content_hash.not_in(held)
    mine = (
        ((vectors.c.content_hash == content_hash) | changed)
        & (vectors.c.space == space)
        & (vectors.c.version == version)
    )
    lost = list(connection.execute(select(vectors.c.track_id).where(mine)).scalars())
    if lost:
        connection.execute(delete(vectors).where(mine))
        bump(connection)
    return lost


def get(db: Database, track_id: TrackId, space: str, *, version: str | None = None) -> bytes | None:
    """A vector of a track in a space; None when it has none, or there is no such track.

    Of one version where that is named; else of the one that stands, or the newest.
    """
    wanted = (
        select(vectors.c.version, vectors.c.data)
        .join(tracks, tracks.c.id == vectors.c.track_id)
        .where(tracks.c.public_id == track_id, vectors.c.space == space)
    )
    stands = union_all(
        select(standing.c.version).where(standing.c.space == space),
        select(trained.c.version).where(trained.c.name == space),
    )
    with db.read() as connection:
        by_version = {name: bytes(data) for name, data in connection.execute(wanted)}
        if version is None:
            version = connection.execute(stands).scalars().first()
    if version is not None:
        return by_version.get(version)
    return by_version[newest(by_version)] if by_version else None


def newest(versions: Iterable[str]) -> str:
    """The version with the highest numbers in it, compared piece by piece; needs at least one."""
    return max(versions, key=lambda version: (_pieces(version), version))


def _pieces(version: str) -> tuple[tuple[int, str], ...]:
    """Words and numbers of a version in an order that can be compared: a number beats a word."""
    return tuple(
        (int(piece), "") if piece.isdecimal() else (-1, piece)
        for piece in _NUMBERS.split(version)
        if piece
    )
