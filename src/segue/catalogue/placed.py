"""The vectors of every space, of the version that stands, as `segue.snapshot.Placed`.

A space's vectors are those of one version: the newest that has come to at least half of the tracks
that any version has. So a space does not empty when files are heard anew by a later version: the
vectors from before stand until the new ones are the greater part of what there is. Of a space that
an embedder made, the version stands that the catalogue says (`segue.catalogue.embeddings`), and of
one that was trained, exactly the version of what training found out (`segue.catalogue.trained`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import func, select

from segue.catalogue.embeddings import standings
from segue.catalogue.mapped import array_of
from segue.catalogue.schema import vectors
from segue.catalogue.streaming import streamed
from segue.catalogue.vectors import newest
from segue.errors import InternalError
from segue.snapshot import Placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from segue.snapshot import Trained

_AT_ONCE = 5_000

_DTYPES = {"float32": "<f4", "float16": "<f2"}


def placed(
    connection: Connection,
    row_of_key: Mapping[int, int],
    trained: Mapping[str, Trained],
    *,
    folder: Path | None,
) -> dict[str, Placed]:
    """The vectors of every space that has any.

    Parameters
    ----------
    row_of_key
        From the number of a track to its row.
    trained
        What training found out, by space.
    folder
        Where files lie that follow from the catalogue; None for none.

    Raises
    ------
    InternalError
        Stored vectors of one space and version differ in length.
    """
    counted = select(vectors.c.space, vectors.c.version, func.count()).group_by(
        vectors.c.space, vectors.c.version
    )
    versions: dict[str, dict[str, int]] = {}
    for space, version, count in connection.execute(counted):
        versions.setdefault(space, {})[version] = count
    said = standings(connection)
    found = {}
    for space, counts in sorted(versions.items()):
        mark = said.get(space)
        if space in trained:
            version = trained[space].version
            if version not in counts:
                continue
        else:
            version = mark.version if mark and mark.version in counts else _standing(counts)
        unproven = mark is not None and mark.unproven
        found[space] = _vectors_of(
            connection, space, version, row_of_key, unproven=unproven, folder=folder
        )
    return found


def _standing(counts: Mapping[str, int]) -> str:
    """The newest version with at least half as many vectors as the one that has most."""
    enough = max(counts.values()) / 2
    return newest(version for version, count in counts.items() if count >= enough)


def _vectors_of(
    connection: Connection,
    space: str,
    version: str,
    row_of_key: Mapping[int, int],
    *,
    unproven: bool,
    folder: Path | None,
) -> Placed:
    mine = (vectors.c.space == space) & (vectors.c.version == version)
    length = func.length(vectors.c.data)
    kinds = select(length, vectors.c.numbers, vectors.c.width).where(mine).distinct()
    shapes = connection.execute(kinds).all()
    if len(shapes) != 1:
        raise InternalError(
            f"vectors of the space {space!r}, version {version!r}, differ in length: "
            f"{sorted(length for length, _, _ in shapes)} bytes",
            remedy="Report this; to go on, delete them and analyse again",
        )
    ((size, numbers, width),) = shapes
    keys = connection.execute(select(vectors.c.track_id).where(mine)).scalars()
    rows = np.sort(np.array([row_of_key[key] for key in keys], dtype=np.int64))
    query = select(vectors.c.track_id, vectors.c.data).where(mine).order_by(vectors.c.track_id)

    def blobs() -> Iterator[tuple[int, bytes]]:
        for part in streamed(connection, query, at_once=_AT_ONCE):
            for key, data in part:
                yield row_of_key[key], data

    array = array_of(blobs, rows, size=size, dtype=_DTYPES[numbers], folder=folder, name=space)
    return Placed(
        rows=rows,
        vectors=array.astype(numbers, copy=False),
        version=version,
        width=width,
        unproven=unproven,
    )
