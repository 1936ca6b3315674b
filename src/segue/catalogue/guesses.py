"""Attributes that come from the signal: what they hang on, and what goes for all of them.

They are made from a track's vector and go with it (`segue.catalogue.descriptions`,
`segue.catalogue.links`): rows ``estimated`` (`segue.catalogue.estimates`) and ``predicted:<model>``
(`segue.catalogue.predictions`). What estimates are measured by, and which model the predictions are
of, stands in the table ``meta``, so that every program that opens the catalogue goes by the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from sqlalchemy import exists, func, insert, or_, select, update

from segue.catalogue.provenance import ESTIMATED, PREDICTED, ranked
from segue.catalogue.schema import attributes, meta, vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Select

    from segue.catalogue.database import Database
    from segue.types import Rows, Vectors

Transaction: TypeAlias = "Connection"
"""What `Database.read` and `Database.write` give, for those who only pass it on."""

AT_ONCE = 4_096
"""Vectors that are in memory together."""

GUESSED = or_(
    attributes.c.provenance == ESTIMATED, attributes.c.provenance.startswith(f"{PREDICTED}:")
)
"""The condition for rows that come from the signal."""


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Tracks with their vectors, one entry a track.

    Attributes
    ----------
    numbers
        The tracks' own numbers, shape (tracks,); never leave the catalogue but to come back.
    hashes
        The content hash of the file each vector comes from.
    vectors
        Shape (tracks, descriptors).
    """

    numbers: Rows
    hashes: tuple[str, ...]
    vectors: Vectors

    def __len__(self) -> int:
        """How many tracks."""
        return len(self.hashes)


def described(
    connection: Connection, *, space: str, version: str, without: str = "", most: int | None = None
) -> Iterator[Described]:
    """Every track with a vector of a space and version, in the order of numbers, some at a time.

    Parameters
    ----------
    without
        A provenance: only tracks that have no attributes of it.
    most
        How many tracks at most.
    """
    query = _vectors(space, version).order_by(vectors.c.track_id).limit(most)
    if without:
        has = (attributes.c.track_id == vectors.c.track_id) & (attributes.c.provenance == without)
        query = query.where(~exists().where(has))
    streamed = query.execution_options(stream_results=most is None, max_row_buffer=AT_ONCE)
    with connection.execute(streamed) as result:
        for rows in result.partitions(AT_ONCE):
            numbers, hashes, blobs = zip(*rows, strict=True)
            flat = np.frombuffer(b"".join(blobs), dtype="<f4")
            yield Described(
                np.array(numbers, dtype=np.int64),
                hashes,
                flat.reshape(len(rows), -1).astype(np.float32),
            )


def kept(connection: Connection, name: str) -> str:
    """What the table ``meta`` says under a name; empty where it says nothing."""
    found = connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar()
    return str(found or "")


def keep(connection: Connection, name: str, value: str) -> None:
    """Write something down in the table ``meta``."""
    if not connection.execute(update(meta).where(meta.c.name == name).values(value=value)).rowcount:
        connection.execute(insert(meta), {"name": name, "value": value})


def counts(db: Database) -> dict[str, int]:
    """How many tracks have attributes of each provenance, the best first."""
    query = select(attributes.c.provenance, func.count()).group_by(attributes.c.provenance)
    with db.read() as connection:
        found = {name: int(number) for name, number in connection.execute(query)}
    return {name: found[name] for name in reversed(ranked(found))}


def count(db: Database, *, space: str, version: str) -> int:
    """How many tracks have a vector of a space and version."""
    query = select(func.count()).where(vectors.c.space == space, vectors.c.version == version)
    with db.read() as connection:
        return int(connection.execute(query).scalar_one())


def _vectors(space: str, version: str) -> Select[Any]:
    return select(vectors.c.track_id, vectors.c.content_hash, vectors.c.data).where(
        vectors.c.space == space, vectors.c.version == version
    )
