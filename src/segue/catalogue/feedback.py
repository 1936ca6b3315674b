"""What a listener thinks of tracks: likes, dislikes, skips, and taking them back.

A listener has one **opinion** of a track at most: the last one given. One that is taken back, or
followed by another, keeps its row with the time when it ceased to stand. Opinions shift answers to
their listener alone and are read for every query, so the epoch does not grow by them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast, get_args

from sqlalchemy import insert, select, update

from segue.catalogue.loading import rows_where
from segue.catalogue.saving import numbered
from segue.catalogue.schema import feedback, listeners, tracks
from segue.catalogue.storable import storable_text
from segue.errors import BadRequestError, NotFoundError
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from segue.catalogue.database import Database

Kind = Literal["like", "dislike", "skip"]

_AT_ONCE = 500
"""Tracks that one statement names."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a listener thinks of a track, and when it was said, in seconds since 1970."""

    track_id: TrackId
    kind: Kind
    at: float


def give(db: Database, listener: str, track_id: TrackId, kind: str) -> Opinion:
    """Take an opinion down, in place of the one there was.

    The same opinion again is given anew, as of now.

    Parameters
    ----------
    listener
        By name; blank is whoever owns the catalogue. One that is not known yet is made.
    kind
        ``like``, ``dislike`` or ``skip``.

    Raises
    ------
    BadRequestError
        There is no such kind.
    NotFoundError
        There is no such track.
    """
    (given,) = give_all(db, listener, [track_id], kind)
    return given


def give_all(db: Database, listener: str, track_ids: Iterable[TrackId], kind: str) -> list[Opinion]:
    """The same opinion of many tracks, in one transaction; each track once, in order.

    Raises
    ------
    BadRequestError
        There is no such kind.
    NotFoundError
        One of the tracks is not there; then no opinion of any is taken down.
    """
    if kind not in get_args(Kind):
        raise BadRequestError(
            f"there is no feedback {kind!r}", remedy=f"Use {', '.join(get_args(Kind))}"
        )
    now, ids = time.time(), list(dict.fromkeys(track_ids))
    name = storable_text(listener)
    with db.write() as connection:
        numbers = _tracks(connection, ids, where=db.where)
        whose = numbered(connection, listeners, "name", {name: {"created": now}})[name]
        _end(connection, whose, numbers, at=now)
        rows = [{"listener_id": whose, "track_id": one, "kind": kind, "at": now} for one in numbers]
        if rows:
            connection.execute(insert(feedback), rows)
    return [Opinion(one, cast("Kind", kind), now) for one in ids]


def undo(db: Database, listener: str, track_id: TrackId) -> bool:
    """Take an opinion back, so that none stands; whether one did.

    Raises
    ------
    NotFoundError
        There is no such track.
    """
    return undo_all(db, listener, [track_id]) > 0


def undo_all(db: Database, listener: str, track_ids: Iterable[TrackId]) -> int:
    """The same of many tracks, in one transaction; of how many an opinion stood."""
    name = storable_text(listener)
    with db.write() as connection:
        numbers = _tracks(connection, track_ids, where=db.where)
        found = select(listeners.c.id).where(listeners.c.name == name)
        whose = connection.execute(found).scalar_one_or_none()
        if whose is None:
            return 0
        return _end(connection, whose, numbers, at=time.time())


def of(db: Database, listener: str) -> list[Opinion]:
    """The opinions that stand, the newest first; none of a listener nobody knows."""
    query = (
        select(tracks.c.public_id, feedback.c.kind, feedback.c.at)
        .join_from(feedback, tracks, tracks.c.id == feedback.c.track_id)
        .join(listeners, listeners.c.id == feedback.c.listener_id)
        .where(listeners.c.name == storable_text(listener), feedback.c.undone.is_(None))
        .order_by(feedback.c.at.desc(), feedback.c.id.desc())
    )
    with db.read() as connection:
        return [Opinion(TrackId(one), kind, at) for one, kind, at in connection.execute(query)]


def _tracks(connection: Connection, track_ids: Iterable[TrackId], *, where: str) -> list[int]:
    """The numbers of tracks, in order."""
    ids = list(track_ids)
    query = select(tracks.c.public_id, tracks.c.id)
    known = {one: int(number) for one, number in rows_where(
        connection, query, tracks.c.public_id, ids
    )}  # fmt: skip
    for one in ids:
        if one not in known:
            raise NotFoundError(
                f"there is no track {one!r}", where=where, remedy="Search for it by its name"
            )
    return [known[one] for one in ids]


def _end(connection: Connection, listener: int, numbers: Sequence[int], *, at: float) -> int:
    """Let the opinions of tracks that stand cease to; how many did stand."""
    standing = update(feedback).where(
        feedback.c.listener_id == listener, feedback.c.undone.is_(None)
    )
    return sum(
        connection.execute(
            standing.where(feedback.c.track_id.in_(numbers[start : start + _AT_ONCE])).values(
                undone=at
            )
        ).rowcount
        for start in range(0, len(numbers), _AT_ONCE)
    )
