"""Plays of tracks that are known by their id: one is noted as it happens, all are summed by track.

Histories of other programs come in by `segue.catalogue.history`, which has to find out which track
is meant. Here that is known. The same listener, track and time are the same play, however often a
player says so: players that were away repeat what they are not sure to have said.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from segue.catalogue.loading import rows_where
from segue.catalogue.saving import next_id, numbered
from segue.catalogue.schema import listeners, plays, tracks
from segue.catalogue.storable import storable_text
from segue.errors import NotFoundError
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segue.catalogue.database import Database


@dataclass(frozen=True, slots=True)
class Total:
    """All plays of one track: how often, and when last, in seconds since 1970 or None."""

    times: int
    last: float | None


def note(db: Database, listener: str, track_id: TrackId, *, at: float) -> bool:
    """Take a play down; whether it was a new one.

    Parameters
    ----------
    listener
        By name; blank is whoever owns the catalogue. One that is not known yet is made.
    at
        When, in seconds since 1970.

    Raises
    ------
    NotFoundError
        There is no such track.
    """
    return note_all(db, listener, [(track_id, at)]) == 1


def note_all(db: Database, listener: str, played: Sequence[tuple[TrackId, float]]) -> int:
    """Take plays down, each a track and when, in one transaction; how many were new.

    Raises
    ------
    NotFoundError
        One of the tracks is not there; then none of the plays is taken down.
    """
    name = storable_text(listener)
    digests = {_digest(name, *one): one for one in played}
    with db.write() as connection:
        ids = [storable_text(one) for one, _ in played]
        query = select(tracks.c.public_id, tracks.c.id)
        known = dict(map(tuple, rows_where(connection, query, tracks.c.public_id, ids)))
        for one in ids:
            if one not in known:
                raise NotFoundError(
                    f"there is no track {one!r}", where=db.where, remedy="Search for it by name"
                )
        same = rows_where(connection, select(plays.c.digest), plays.c.digest, list(digests))
        there = {row.digest for row in same}
        new = [one for one in digests if one not in there]
        if not new:
            return 0
        whose = numbered(connection, listeners, "name", {name: {"created": time.time()}})[name]
        first = next_id(connection, plays)
        rows = [
            {
                "id": first + place,
                "listener_id": whose,
                "track_id": known[storable_text(digests[digest][0])],
                "times": 1,
                "at": digests[digest][1],
                "digest": digest,
            }
            for place, digest in enumerate(new)
        ]
        connection.execute(insert(plays), rows)
    return len(rows)


def _digest(name: str, track_id: TrackId, at: float) -> str:
    form = f"{name}\x1ftrack\x1f{track_id}\x1fat {at:.3f}"
    return hashlib.sha256(form.encode()).hexdigest()[:32]


def totals(
    db: Database, listener: str, track_ids: Iterable[TrackId] | None = None
) -> dict[TrackId, Total]:
    """How often a listener has played tracks, and when last.

    Parameters
    ----------
    listener
        By name; blank is whoever owns the catalogue.
    track_ids
        Which tracks; all that were played when None.

    Returns
    -------
    dict
        By track; those never played are missing. Empty for a listener nobody knows.
    """
    query = (
        select(tracks.c.public_id, func.sum(plays.c.times), func.max(plays.c.at))
        .select_from(plays)
        .join(tracks, tracks.c.id == plays.c.track_id)
        .join(listeners, listeners.c.id == plays.c.listener_id)
        .where(listeners.c.name == storable_text(listener))
        .group_by(tracks.c.public_id)
    )
    with db.read() as connection:
        found: Iterable[Any] = connection.execute(query) if track_ids is None else ()
        if track_ids is not None:
            found = rows_where(connection, query, tracks.c.public_id, list(track_ids))
        return {TrackId(one): Total(int(times), last) for one, times, last in found}
