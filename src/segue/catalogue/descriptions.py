"""What was heard in a file, for every track that holds it: the vector, and what it says of music.

Attributes that come from the signal are the track's row of provenance ``estimated``. It comes from
the same file as the track's vector and changes with it, whole; what a model predicted from an
earlier vector goes with that. Attributes a table gives stand in a row of their own and win
(`segue.catalogue.provenance`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from segue.catalogue import vectors
from segue.catalogue.guesses import GUESSED
from segue.catalogue.provenance import ESTIMATED
from segue.catalogue.schema import attributes, files, ledger
from segue.records import Attributes

if TYPE_CHECKING:
    from sqlalchemy import Connection


def put(
    connection: Connection,
    *,
    content_hash: str,
    space: str,
    version: str,
    vector: bytes,
    estimated: Attributes,
) -> None:
    """Store both in the caller's transaction, where `segue.catalogue.vectors.put` stores.

    Parameters
    ----------
    estimated
        What the signal says; nothing takes away what was.
    """
    tracks = vectors.put(
        connection, content_hash=content_hash, space=space, version=version, vector=vector
    )
    _estimate(connection, tracks, estimated)


def remove(connection: Connection, *, content_hash: str, space: str, version: str) -> None:
    """Take both away from the tracks that had them from this file, in the caller's transaction.

    Where such a track has other files, those are queued again: what they gave had no place.
    """
    tracks = vectors.remove(connection, content_hash=content_hash, space=space, version=version)
    _estimate(connection, tracks, Attributes())
    others = select(files.c.content_hash).where(
        files.c.track_id.in_(tracks), files.c.content_hash != content_hash
    )
    if tracks:
        connection.execute(
            delete(ledger).where(
                ledger.c.content_hash.in_(others),
                ledger.c.stage == space,
                ledger.c.version == version,
                ledger.c.state == "analysed",
            )
        )


def _estimate(connection: Connection, tracks: list[int], estimated: Attributes) -> None:
    known = estimated.known()
    for track in tracks:
        connection.execute(_FORGET, {"this_track": track})
        if known:
            connection.execute(_KEEP, {"track_id": track, "provenance": ESTIMATED, **known})


_FORGET = delete(attributes).where(attributes.c.track_id == bindparam("this_track"), GUESSED)
_KEEP = insert(attributes)
