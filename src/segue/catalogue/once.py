"""Requests that are answered once, however often they are sent.

Whoever is not sure that a request arrived sends it again under the same **key**. The first to claim
a key does the work and keeps the answer; who comes with it later gets that answer, and who comes at
the same time waits for it. A key is a listener's own, stands for one request, and is forgotten
after a day.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from segue.catalogue.schema import once
from segue.catalogue.storable import storable_text
from segue.errors import KeyReusedError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from segue.catalogue.database import Database

KEPT_SECONDS = 86_400.0
"""How long a key is remembered."""

GIVEN_UP_SECONDS = 600.0
"""Who has claimed a key and not answered for so long has ended; another may claim it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What came of asking for a key.

    Attributes
    ----------
    mine
        Whether the work is to be done by who asked.
    answer
        What was answered before; None while somebody is at it.
    """

    mine: bool
    answer: str | None = None


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
    stale = once.c.answer.is_(None) & (once.c.created <= now - GIVEN_UP_SECONDS)
    with db.write() as connection:
        connection.execute(delete(once).where((once.c.created <= now - KEPT_SECONDS) | stale))
        query = select(once.c.digest, once.c.answer).where(_this(whose, name))
        row = connection.execute(query).one_or_none()
        if row is None:
            values = {"listener": whose, "key": name, "digest": digest, "created": now}
            connection.execute(insert(once).values(**values))
            return Claim(mine=True)
    if row.digest != digest:
        raise KeyReusedError(
            f"the key {key[:40]!r} stands for another request",
            remedy="Send a new key with a new request, and the old one only with the same",
        )
    return Claim(mine=False, answer=row.answer)


def answered(db: Database, key: str, *, listener: str, answer: str) -> None:
    """Keep what was answered, for who sends the same again."""
    this = _this(storable_text(listener), storable_text(key))
    with db.write() as connection:
        connection.execute(update(once).where(this).values(answer=answer))


def give_up(db: Database, key: str, *, listener: str) -> None:
    """Let go of a key whose request was not fulfilled, so that it can be sent again."""
    this = _this(storable_text(listener), storable_text(key)) & once.c.answer.is_(None)
    with db.write() as connection:
        connection.execute(delete(once).where(this))


def _this(listener: str, key: str) -> ColumnElement[bool]:
    return (once.c.listener == listener) & (once.c.key == key)
