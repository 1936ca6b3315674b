"""Embeddings: what embedders heard in files, and which version of each space **stands**.

An embedding is the windows of a file as an embedder placed them, float16, and belongs to one
version of the embedder. Answers are made from the version that stands: two versions are two
different spaces, and a point of one means nothing in the other. The first version of a space stands
with its first vector, so that a library fills up before one's eyes. A later one is made beside it
and takes its place when every file that can be reached has it, in one transaction (`turn_to`);
until then nobody sees it. Killed at any instant, either the old vectors stand, whole, or the new
ones do.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import delete, exists, func, insert, select

from segue.catalogue import vectors as stored
from segue.catalogue.database import bump
from segue.catalogue.halves import halves
from segue.catalogue.ledger import answered
from segue.catalogue.schema import files, ledger, standing, tracks, vectors

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Select

    from segue.catalogue.database import Database
    from segue.catalogue.ledger import Stage
    from segue.types import Frames

LOST = 0.01
"""Share of the tracks that an earlier version knew which may have no place in a later one."""

GRACE = 14 * 86_400.0
"""Seconds after which a file that is away is taken for deleted: its track is no loss any more."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Which embedder vectors are of: space, version, and whether it is unproven (its manifest)."""

    space: str
    version: str
    unproven: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a version has come: tracks that have it, and files that have still to be heard."""

    embedded: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Losses:
    """Tracks that the version that stands knows, and what would come of them in another.

    Tracks whose files have been away for longer than `GRACE` are not counted. `lost` have no
    place in the other; the files of `absent` of these are not there.
    """

    known: int = 0
    lost: int = 0
    absent: int = 0

    @property
    def bearable(self) -> bool:
        """Whether the other may take its place all the same."""
        return self.lost <= LOST * self.known


def put(connection: Connection, mark: Mark, *, content_hash: str, windows: Frames) -> None:
    """Store a file's embedding where `segue.catalogue.vectors.put` stores, in one transaction.

    It is shown at once where its version stands, or nothing of the space stands yet.

    Parameters
    ----------
    windows
        Shape (windows, width), finite. Only directions count, so what float16 could not hold is
        brought within its range by a power of two.
    """
    if not _standing(connection, mark.space, lively=True):
        _stand(connection, mark)
    stored.put(
        connection,
        content_hash=content_hash,
        space=mark.space,
        version=mark.version,
        vector=halves(windows).astype(np.dtype("<f2")).tobytes(),
        numbers="float16",
        width=windows.shape[1],
        shown=_standing(connection, mark.space) == mark.version,
    )


def remove(connection: Connection, mark: Mark, *, content_hash: str) -> None:
    """Take a file's embedding of this version away, in the caller's transaction.

    Where a track that loses it has other files, those are queued again.
    """
    lost = stored.remove(
        connection, content_hash=content_hash, space=mark.space, version=mark.version
    )
    others = select(files.c.content_hash).where(
        files.c.track_id.in_(lost), files.c.content_hash != content_hash
    )
    if lost:
        connection.execute(
            delete(ledger).where(
                ledger.c.content_hash.in_(others),
                ledger.c.stage == mark.space,
                ledger.c.version == mark.version,
                ledger.c.state == "analysed",
            )
        )


def turn_to(db: Database, mark: Mark, stage: Stage, *, unreachable: Collection[str] = ()) -> bool:
    """Let a version stand, if it may, and forget the others; whether it stands now.

    It may when no file waits for it that could be reached, and of the tracks that have a vector of
    the version that stands, no more than one in a hundred lacks one of the new: its file failed,
    cannot be reached, or is not there, as where a disk is away.

    Parameters
    ----------
    stage
        How files are asked for it.
    unreachable
        Content hashes of the files that were tried just now and could not be reached. A file that
        waits and was not tried keeps the version waiting, as where somebody stopped.

    Raises
    ------
    BusyError
        Another program is writing to the catalogue.
    """
    with db.read() as connection:
        stands = _standing(connection, mark.space) == mark.version
        todo = _others(connection, mark) if stands else _may(connection, mark, stage, unreachable)
    if not todo:
        return stands
    with db.write() as connection:
        stands = _standing(connection, mark.space) == mark.version
        if not stands:
            if not _may(connection, mark, stage, unreachable):
                return False
            _stand(connection, mark)
            bump(connection)
        for table, space in ((vectors, vectors.c.space), (ledger, ledger.c.stage)):
            other = (space == mark.space) & (table.c.version != mark.version)
            connection.execute(delete(table).where(other))
    return True


def losses(db: Database, mark: Mark) -> Losses:
    """What would come of the tracks that the version that stands knows, if this one took its place.

    None are lost where it stands already.
    """
    with db.read() as connection:
        return _losses(connection, mark)


def standings(connection: Connection) -> dict[str, Mark]:
    """Which version of each embedder's space stands, by space."""
    query = select(standing.c.space, standing.c.version, standing.c.unproven)
    return {row.space: Mark(*row) for row in connection.execute(query)}


def standing_in(db: Database) -> dict[str, Mark]:
    """The same, of an open catalogue; those alone that have vectors."""
    held = exists().where(
        vectors.c.space == standing.c.space, vectors.c.version == standing.c.version
    )
    with db.read() as connection:
        query = select(standing.c.space, standing.c.version, standing.c.unproven).where(held)
        return {row.space: Mark(*row) for row in connection.execute(query)}


def progress(db: Database, stage: Stage) -> Progress:
    """How far the version of a stage has come."""
    mark = Mark(stage.name, stage.version)
    with db.read() as connection:
        return Progress(_embedded(connection, mark), _waiting(connection, stage))


def embedded(db: Database, mark: Mark) -> int:
    """How many tracks have a vector of a version."""
    with db.read() as connection:
        return _embedded(connection, mark)


def invented(db: Database) -> bool:
    """Whether every track with a file is synthetic; False where no track has one."""
    held = exists().where(files.c.track_id == tracks.c.id)
    query = select(tracks.c.synthetic, func.count()).where(held).group_by(tracks.c.synthetic)
    with db.read() as connection:
        return [bool(kind) for kind, _ in connection.execute(query)] == [True]


def _standing(connection: Connection, space: str, *, lively: bool = False) -> str:
    """The version that stands; empty where none does, or (`lively`) it has no vector."""
    query = select(standing.c.version).where(standing.c.space == space)
    if lively:
        query = query.where(
            exists().where(vectors.c.space == space, vectors.c.version == standing.c.version)
        )
    return str(connection.execute(query).scalar_one_or_none() or "")


def _stand(connection: Connection, mark: Mark) -> None:
    connection.execute(delete(standing).where(standing.c.space == mark.space))
    row = {"space": mark.space, "version": mark.version, "unproven": mark.unproven}
    connection.execute(insert(standing), {**row, "since": time.time()})


def _others(connection: Connection, mark: Mark) -> bool:
    """Whether there are vectors of other versions of a space."""
    other = exists().where(vectors.c.space == mark.space, vectors.c.version != mark.version)
    return bool(connection.execute(select(other)).scalar())


def _may(connection: Connection, mark: Mark, stage: Stage, unreachable: Collection[str]) -> bool:
    """Whether a version may take the place of the one before."""
    waiting = {str(row.content_hash) for row in connection.execute(_still(stage))}
    if not waiting.issubset(unreachable):
        return False
    return _embedded(connection, mark) > 0 and _losses(connection, mark).bearable


def _losses(connection: Connection, mark: Mark) -> Losses:
    newer = vectors.alias()
    has = exists().where(
        newer.c.track_id == vectors.c.track_id,
        newer.c.space == mark.space,
        newer.c.version == mark.version,
    )
    there = exists().where(
        files.c.content_hash == vectors.c.content_hash, files.c.missing_since.is_(None)
    )
    lately = time.time() - GRACE
    deleted = exists().where(
        files.c.content_hash == vectors.c.content_hash, files.c.missing_since <= lately
    )
    around = exists().where(
        files.c.content_hash == vectors.c.content_hash,
        func.coalesce(files.c.missing_since, lately + 1.0) > lately,
    )
    old = (
        select(func.count())
        .select_from(vectors)
        .where(
            vectors.c.space == mark.space,
            vectors.c.version == _standing(connection, mark.space),
            around | ~deleted,
        )
    )
    queries = (old, old.where(~has), old.where(~has, ~there))
    return Losses(*(int(connection.execute(query).scalar_one()) for query in queries))


def _embedded(connection: Connection, mark: Mark) -> int:
    query = (
        select(func.count())
        .select_from(vectors)
        .where(vectors.c.space == mark.space, vectors.c.version == mark.version)
    )
    return int(connection.execute(query).scalar_one())


def _waiting(connection: Connection, stage: Stage) -> int:
    """How many files that are there have no answer to this stage yet."""
    still = _still(stage).subquery()
    return int(connection.execute(select(func.count()).select_from(still)).scalar_one())


def _still(stage: Stage) -> Select[tuple[str]]:
    """Content hashes of the files that are there and have no answer to this stage yet."""
    there = (
        select(files.c.content_hash).where(files.c.missing_since.is_(None)).distinct().subquery()
    )
    return (
        select(there.c.content_hash)
        .join(ledger, answered(there.c.content_hash, stage), isouter=True)
        .where(func.coalesce(ledger.c.state, "queued") == "queued")
    )
