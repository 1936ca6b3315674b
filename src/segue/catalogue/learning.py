"""What a catalogue has to learn from: tracks whose attributes were given and whose sound was heard.

Given attributes alone count: what was estimated or predicted is no truth. Of vectors, only those
of today's version, heard as they are heard today, so that all of them mean the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import and_, select

from segue.catalogue.drafts import ATTRIBUTES
from segue.catalogue.provenance import GIVEN
from segue.catalogue.schema import attributes, ledger, tracks, vectors
from segue.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.catalogue.database import Database
    from segue.catalogue.ledger import Stage
    from segue.types import Floats, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Learnable:
    """Tracks to learn from, one entry a track, in the order of their ids.

    Attributes
    ----------
    ids
        Public ids.
    artists
        The normal form of each track's first real artist, "" for nobody's.
    attributes
        By name, shape (tracks,), NaN where not given.
    vectors
        Shape (tracks, dims), float32.
    hashes
        Content hashes of the files that the vectors come from.
    synthetic
        How many of the tracks are invented.
    otherwise
        How many tracks more have given attributes and a vector that was heard otherwise.
    """

    ids: tuple[str, ...]
    artists: tuple[str, ...]
    attributes: Mapping[str, Floats]
    vectors: Vectors
    hashes: tuple[str, ...]
    synthetic: int
    otherwise: int

    def __len__(self) -> int:
        """How many tracks."""
        return len(self.ids)


def learnable(db: Database, stage: Stage) -> Learnable:
    """Everything a catalogue has to learn from.

    Parameters
    ----------
    stage
        Which vectors: its name is the space's, with version and parameters as today's.

    Raises
    ------
    InternalError
        Stored vectors differ in length.
    """
    heard = and_(
        ledger.c.content_hash == vectors.c.content_hash,
        ledger.c.stage == stage.name,
        ledger.c.version == stage.version,
        ledger.c.parameters == stage.parameters,
        ledger.c.state == "analysed",
    )
    query = (
        select(
            tracks.c.public_id,
            tracks.c.artist_key,
            tracks.c.synthetic,
            vectors.c.version,
            vectors.c.content_hash,
            vectors.c.data,
            ledger.c.content_hash,
            *(attributes.c[name] for name in ATTRIBUTES),
        )
        .join_from(tracks, attributes, attributes.c.track_id == tracks.c.id)
        .join(vectors, and_(vectors.c.track_id == tracks.c.id, vectors.c.space == stage.name))
        .join(ledger, heard, isouter=True)
        .where(attributes.c.provenance == GIVEN)
    )
    with db.read() as connection:
        found = [tuple(row) for row in connection.execute(query)]
    rows = sorted(row for row in found if row[3] == stage.version and row[6] is not None)
    kept = {row[0] for row in rows}
    return _learnable(rows, otherwise=len({row[0] for row in found} - kept))


def _learnable(rows: Sequence[tuple[Any, ...]], *, otherwise: int) -> Learnable:
    ids, artists, made, _, hashes, data, _, *given = (
        zip(*rows, strict=True) if rows else [()] * (7 + len(ATTRIBUTES))
    )
    lengths = {len(blob) for blob in data}
    if len(lengths) > 1:
        raise InternalError(
            f"vectors of one version differ in length: {sorted(lengths)} bytes",
            remedy="Report this; to go on, delete them and analyse again",
        )
    flat = np.frombuffer(b"".join(data), dtype="<f4").astype(np.float32, copy=False)
    return Learnable(
        ids=tuple(ids),
        artists=tuple(artists),
        attributes={
            name: np.array([np.nan if value is None else value for value in column], dtype=float)
            for name, column in zip(ATTRIBUTES, given, strict=True)
        },
        vectors=flat.reshape(len(rows), -1) if rows else np.empty((0, 0), dtype=np.float32),
        hashes=tuple(hashes),
        synthetic=sum(made),
        otherwise=otherwise,
    )
