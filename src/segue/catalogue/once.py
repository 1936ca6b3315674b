"""Requests that are answered once, however often they are sent.

Whoever is not sure that a request arrived sends it again under the same **key**. The first to claim
a key does the work and keeps the answer; who comes with it later gets that answer, and who comes at
the same time waits for it. A key is a listener's own, stands for one request, and is forgotten
after a day.

The answer is written by the transaction that does the work: either both are there or neither. Who
was taken for ended, and whose key another has claimed since, can no longer write, so the work is
done by one of them alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from segue.catalogue.schema import once
from segue.catalogue.storable import storable_text
from segue.errors import BusyError, KeyReusedError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

    from segue.catalogue.database import Database

KEPT_SECONDS = 86_400.0
"""How long a key is remembered."""

GIVEN_UP_SECONDS = 120.0
"""Who has claimed a key and not answered for so long has ended; another may claim it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What came of asking for a key.

    Attributes
    ----------
    listener, key
        Whose it is, and what it is called.
    made
        When it was claimed, in seconds since 1970; tells one claim of a key from the next.
    mine
        Whether the work is to be done by who asked.
    answer
        What was answered before; None while somebody is at it.
    """

    listener: str
    key: str
    made: float
    mine: bool
    answer: str | None = None


def look(
    db: Database, key: str, *, listener: str, digest: str, now: float | None = None
) -> Claim | None:
    """How a key stands, without claiming it; None where it can be claimed.

    Parameters and errors are those of `claim`. It only reads, so that many may wait.
    """
    now = time.time() if now is None else now
    query = select(once).where(_this(storable_text(listener), storable_text(key)), ~_stale(now))
    with db.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _others(row, digest)


def claim(db: Database, key: str, *, listener: str, digest: str, now: float | None = None) -> Claim:
    """Ask for a key, to do what is asked with it.

    Parameters
    ----------
    key
        As the caller wrote it.
    listener
        Whose it is.
    digest
        Of what is asked: the same for the same request.
    now
        Seconds since 1970; the clock's when None.

    Raises
    ------
    KeyReusedError
        The key stands for another request.
    """
    now = time.time() if now is None else now
    whose, name = storable_text(listener), storable_text(key)
    with db.write() as connection:
        connection.execute(delete(once).where(_stale(now)))
        row = connection.execute(select(once).where(_this(whose, name))).one_or_none()
        if row is None:
            values = {"listener": whose, "key": name, "digest": digest, "created": now}
            connection.execute(insert(once).values(**values))
            return Claim(whose, name, now, mine=True)
    return _others(row, digest)


def answered(connection: Connection, claimed: Claim, *, answer: str) -> None:
    """Keep what is answered, for who sends the same again; inside the write that does the work.

    Raises
    ------
    BusyError
        The key was claimed anew, or given up, meanwhile: what was done must not stand.
    """
    kept = update(once).where(_mine(claimed)).values(answer=answer)
    if connection.execute(kept).rowcount != 1:
        raise BusyError(
            "the same request is being answered to somebody who sent it later",
            remedy="Send it again in a moment",
        )


def give_up(db: Database, claimed: Claim) -> None:
    """Let go of a key whose request was not fulfilled, so that it can be sent again."""
    with db.write() as connection:
        connection.execute(delete(once).where(_mine(claimed)))


def _others(row: Row[Any], digest: str) -> Claim:
    """A claim that is somebody else's; KeyReusedError where it stands for another request."""
    if row.digest != digest:
        raise KeyReusedError(
            f"the key {row.key[:40]!r} stands for another request",
            remedy="Send a new key with a new request, and the old one only with the same",
        )
    return Claim(row.listener, row.key, row.created, mine=False, answer=row.answer)


def _this(listener: str, key: str) -> ColumnElement[bool]:
    return (once.c.listener == listener) & (once.c.key == key)


def _mine(claimed: Claim) -> ColumnElement[bool]:
    """The row of a claim, as long as it is the same claim and has no answer."""
    same = (once.c.created == claimed.made) & once.c.answer.is_(None)
    return _this(claimed.listener, claimed.key) & same


def _stale(now: float) -> ColumnElement[bool]:
    given_up = once.c.answer.is_(None) & (once.c.created <= now - GIVEN_UP_SECONDS)
    return (once.c.created <= now - KEPT_SECONDS) | given_up
