"""Accounts: listeners who can sign in with a password.

An account is a listener with a password. Removing it takes its keys and its sessions, and leaves
what the listener said and heard, which `segue.catalogue.personal` takes away.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, insert, select, update

from segue.catalogue import passwords
from segue.catalogue.saving import numbered
from segue.catalogue.schema import accounts, keys, listeners, sessions
from segue.catalogue.storable import storable_text
from segue.errors import BadRequestError, NotFoundError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, ScalarSelect, Select

    from segue.catalogue.database import Database
    from segue.catalogue.passwords import Cost

LONGEST_NAME = 100
"""Most characters of the name of an account."""


@dataclass(frozen=True, slots=True)
class Account:
    """A listener who can sign in.

    Attributes
    ----------
    name
        The listener's.
    created, changed
        Since when there is the account, and its password; seconds since 1970.
    """

    name: str
    created: float
    changed: float


def tidy(name: str) -> str:
    """A name as it is kept: storable, without spaces around it or doubled in it."""
    return " ".join(storable_text(name).split())


def add(db: Database, name: str, password: str, *, cost: Cost | None = None) -> Account:
    """Give a listener an account; one that is not known yet is made.

    Raises
    ------
    BadRequestError
        There is one of that name, the name is blank or long, or the password is too short, too
        long or the name.
    """
    name = tidy(name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadRequestError(
            f"the name of an account has 1 to {LONGEST_NAME} characters, not {len(name)}",
            remedy="Take the name by which the listener is known",
        )
    _need_secret(name, password)
    kept, now = passwords.keep(password, cost=cost), time.time()
    with db.write() as connection:
        whose = numbered(connection, listeners, "name", {name: {"created": now}})[name]
        if connection.execute(select(exists().where(accounts.c.listener_id == whose))).scalar():
            raise BadRequestError(
                f"there is an account {name!r} already",
                where=db.where,
                remedy="Give it another password: segue account password NAME",
            )
        row = {"listener_id": whose, "password": kept, "created": now, "changed": now}
        connection.execute(insert(accounts), row)
    return Account(name, now, now)


def everyone(db: Database) -> list[Account]:
    """All accounts, by name; empty where there are none."""
    query = _rows().order_by(listeners.c.name)
    with db.read() as connection:
        return [_account(row) for row in connection.execute(query)]


def any_there(db: Database) -> bool:
    """Whether anybody could sign in."""
    with db.read() as connection:
        return bool(connection.execute(select(exists().select_from(accounts))).scalar())


def get(db: Database, name: str) -> Account:
    """One account; NotFoundError where there is none of that name."""
    with db.read() as connection:
        row = connection.execute(_rows().where(listeners.c.name == tidy(name))).one_or_none()
    if row is None:
        raise _nobody(db, name)
    return _account(row)


def check(db: Database, name: str, password: str) -> Account | None:
    """The account where name and password are right, else None, after the same time."""
    query = _rows().add_columns(accounts.c.password).where(listeners.c.name == tidy(name))
    with db.read() as connection:
        row = connection.execute(query).one_or_none()
    right = passwords.same(row.password if row is not None else None, password)
    return _account(row) if row is not None and right else None


def change(db: Database, name: str, password: str, *, cost: Cost | None = None) -> Account:
    """Set another password; every browser that was signed in is so no more.

    Raises
    ------
    BadRequestError
        The password is too short, too long or the name.
    NotFoundError
        There is no such account.
    """
    name = tidy(name)
    _need_secret(name, password)
    kept, now = passwords.keep(password, cost=cost), time.time()
    with db.write() as connection:
        whose = _whose(name)
        row = update(accounts).where(accounts.c.listener_id == whose)
        if not connection.execute(row.values(password=kept, changed=now)).rowcount:
            raise _nobody(db, name)
        connection.execute(delete(sessions).where(sessions.c.account_id == whose))
        created = _created(connection, name)
    return Account(name, created, now)


def remove(db: Database, name: str) -> None:
    """Take an account away, with its sessions and keys.

    Raises
    ------
    NotFoundError
        There is no such account.
    """
    with db.write() as connection:
        whose = _whose(tidy(name))
        gone = delete(accounts).where(accounts.c.listener_id == whose)
        if not connection.execute(gone).rowcount:
            raise _nobody(db, name)
        connection.execute(delete(keys).where(keys.c.listener_id == whose))


def _need_secret(name: str, password: str) -> None:
    if name and password.casefold() == name.casefold():
        raise BadRequestError(
            "the password is the name, which everybody knows", remedy="Take another"
        )


def _whose(name: str) -> ScalarSelect[int]:
    return select(listeners.c.id).where(listeners.c.name == name).scalar_subquery()


def _rows() -> Select[Any]:
    return select(listeners.c.name, accounts.c.created, accounts.c.changed).join_from(
        accounts, listeners, listeners.c.id == accounts.c.listener_id
    )


def _created(connection: Connection, name: str) -> float:
    return float(connection.execute(_rows().where(listeners.c.name == name)).one().created)


def _account(row: Row[Any]) -> Account:
    return Account(row.name, row.created, row.changed)


def _nobody(db: Database, name: str) -> NotFoundError:
    return NotFoundError(
        f"there is no account {name!r}",
        where=db.where,
        remedy="See which there are: segue account list",
    )
