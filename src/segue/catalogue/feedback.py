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

from segue.catalogue.saving import numbered
from segue.catalogue.schema import feedback, listeners, tracks
from segue.catalogue.storable import storable_text
from segue.errors import BadRequestError, NotFoundError
from segue.types import TrackId

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from segue.catalogue.database import Database

Kind = Literal["like", "dislike", "skip"]


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
    if kind not in get_args(Kind):
        raise BadRequestError(
            f"there is no feedback {kind!r}", remedy=f"Use {', '.join(get_args(Kind))}"
        )
    now = time.time()
    name = storable_text(listener)
    with db.write() as connection:
        track = _track(connection, track_id, where=db.where)
        whose = numbered(connection, listeners, "name", {name: {"created": now}})[name]
        connection.execute(update(feedback).where(_standing(whose, track)).values(undone=now))
        row = {"listener_id": whose, "track_id": track, "kind": kind, "at": now}
        connection.execute(insert(feedback), row)
    return Opinion(track_id, cast("Kind", kind), now)


def undo(db: Database, listener: str, track_id: TrackId) -> bool:
    """Take an opinion back, so that none stands; whether one did.

    Raises
    ------
    NotFoundError
        There is no such track.
    """
    name = storable_text(listener)
    with db.write() as connection:
        track = _track(connection, track_id, where=db.where)
        found = select(listeners.c.id).where(listeners.c.name == name)
        whose = connection.execute(found).scalar_one_or_none()
        if whose is None:
            return False
        gone = update(feedback).where(_standing(whose, track)).values(undone=time.time())
        return connection.execute(gone).rowcount > 0


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


def _track(connection: Connection, track_id: TrackId, *, where: str) -> int:
    query = select(tracks.c.id).where(tracks.c.public_id == track_id)
    number = connection.execute(query).scalar_one_or_none()
    if number is None:
        raise NotFoundError(
            f"there is no track {track_id!r}", where=where, remedy="Search for it by its name"
        )
    return int(number)


def _standing(listener: int, track: int) -> ColumnElement[bool]:
    mine = (feedback.c.listener_id == listener) & (feedback.c.track_id == track)
    return mine & feedback.c.undone.is_(None)
