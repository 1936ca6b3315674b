"""Browsers that are signed in: which account each has, until when.

A session is found by a **token** of 256 random bits, of which only the SHA-256 is kept: who reads
the catalogue cannot sign in with it.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from segue.catalogue.schema import accounts, listeners, sessions
from segue.errors import NotFoundError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from segue.catalogue.database import Database

LASTS = 30 * 86_400.0
"""Seconds after which a browser must sign in again, whatever it does meanwhile."""

MOST = 50
"""Browsers of one account; the one that signed in first is signed out for the next."""

_LONGEST = 100
"""Longer text is no token of ours and is not even looked up."""


def begin(db: Database, name: str) -> str:
    """Sign a browser in to an account; the token, told this once.

    What has expired is thrown away by the way.

    Raises
    ------
    NotFoundError
        There is no such account, or no more.
    """
    token, now = secrets.token_urlsafe(32), time.time()
    whose = (
        select(accounts.c.listener_id)
        .join_from(accounts, listeners, listeners.c.id == accounts.c.listener_id)
        .where(listeners.c.name == name)
    )
    with db.write() as connection:
        account = connection.execute(whose).scalar_one_or_none()
        if account is None:
            raise NotFoundError(
                f"there is no account {name!r}",
                where=db.where,
                remedy="See which there are: segue account list",
            )
        _forget_expired(connection, now)
        mine = sessions.c.account_id == account
        newest = select(sessions.c.digest).where(mine).order_by(sessions.c.created.desc())
        kept = list(connection.execute(newest.limit(MOST - 1)).scalars())
        connection.execute(delete(sessions).where(mine, sessions.c.digest.not_in(kept)))
        row = {
            "digest": _digest(token),
            "account_id": account,
            "created": now,
            "expires": now + LASTS,
        }
        connection.execute(insert(sessions), row)
    return token


def listener_of(db: Database, token: str) -> str | None:
    """Whose account the browser with this token is signed in to; None for nobody's."""
    if not token or len(token) > _LONGEST:
        return None
    query = (
        select(listeners.c.name)
        .join_from(sessions, listeners, listeners.c.id == sessions.c.account_id)
        .where(sessions.c.digest == _digest(token), sessions.c.expires > time.time())
    )
    with db.read() as connection:
        return connection.execute(query).scalar_one_or_none()


def end(db: Database, token: str) -> bool:
    """Sign a browser out; whether it was signed in."""
    with db.write() as connection:
        _forget_expired(connection, time.time())
        gone = delete(sessions).where(sessions.c.digest == _digest(token))
        return connection.execute(gone).rowcount > 0


def tidy(db: Database) -> int:
    """Throw away what has expired; how many browsers that were."""
    with db.write() as connection:
        return _forget_expired(connection, time.time())


def _forget_expired(connection: Connection, now: float) -> int:
    return connection.execute(delete(sessions).where(sessions.c.expires <= now)).rowcount


def count(db: Database, name: str) -> int:
    """How many browsers are signed in to an account; 0 where there is none."""
    query = (
        select(func.count())
        .select_from(sessions)
        .join(listeners, listeners.c.id == sessions.c.account_id)
        .where(listeners.c.name == name, sessions.c.expires > time.time())
    )
    with db.read() as connection:
        return int(connection.execute(query).scalar_one())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
