"""Keys of programs: what each may do, for whom, and until when.

A key of the **api** is 256 random bits. They are no password that could be guessed from a
dictionary, so their plain SHA-256 is all that is kept. An **app** password is what a player of
OpenSubsonic is set up with: made by us as well, never the account's own, and kept so that it can
be read back, because such a player sends a digest of it with a salt of its own choosing.

Scopes go up in steps: who may listen may read, who may write may do both.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args
from weakref import WeakKeyDictionary

from sqlalchemy import delete, insert, select, update

from segue.catalogue.saving import numbered
from segue.catalogue.schema import accounts, keys, listeners
from segue.catalogue.storable import storable_text
from segue.errors import BadRequestError, BusyError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row, Select

    from segue.catalogue.database import Database

_log = logging.getLogger(__name__)

SCOPES = ("read", "listen", "write")
"""read: questions; listen: streams, opinions, plays too; write: uploads, jobs, playlists too."""

KeyKind = Literal["api", "app"]

LONGEST_LABEL = 100
"""Most characters of what a key is called."""

LONGEST_SECRET = 200
"""Longer text is no secret of ours and is not even looked up."""

_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
"""Of app passwords, which people may have to type: nothing that looks like another."""

_APP_LETTERS = 27
"""30 letters, 27 times: 132 bits, so that no digest of one can be turned round."""

_NOTED_EVERY = 3600.0
"""Seconds between two notes that a key was used: asking must not mean writing."""

_TRIED_EVERY = 60.0
_tried: WeakKeyDictionary[Database, dict[str, float]] = WeakKeyDictionary()
"""When a note was tried last, by key."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key, all but the secret.

    Attributes
    ----------
    id
        What it is called in lists; opens nothing.
    label
        What it is for, in the words of who made it.
    listener
        In whose name it asks; "" is whoever owns the catalogue.
    scopes
        Some of `SCOPES`.
    kind
        ``api``, or ``app`` for a player.
    made, expires, used
        Seconds since 1970; None where it never expires, or was never used. `used` is right to the
        hour.
    """

    id: str
    label: str
    listener: str
    scopes: frozenset[str]
    kind: KeyKind
    made: float
    expires: float | None
    used: float | None


def make(
    database: Database,
    *,
    label: str,
    listener: str,
    scopes: Iterable[str],
    kind: str = "api",
    expires: float | None = None,
) -> tuple[Key, str]:
    """Make a key.

    Parameters
    ----------
    label
        What it is for, 1 to 100 characters.
    listener
        By name; "" is whoever owns the catalogue. One that is not known yet is made.
    scopes
        Of `SCOPES`; each brings those before it.
    kind
        ``api`` or ``app``.
    expires
        Seconds since 1970; None is never.

    Returns
    -------
    tuple of Key and str
        The key, and its secret. That of an ``api`` key is told this once.

    Raises
    ------
    BadRequestError
        There is no such scope or kind, no scope at all, no label or a long one, or the key would
        have expired already.
    """
    label, name, now = " ".join(storable_text(label).split()), storable_text(listener), time.time()
    granted = _granted(scopes)
    _need(label=label, kind=kind, expires=expires, now=now)
    secret = _secret(kind)
    key = Key(
        id=secrets.token_hex(6),
        label=label,
        listener=name,
        scopes=frozenset(granted),
        kind=cast("KeyKind", kind),
        made=now,
        expires=expires,
        used=None,
    )
    with database.write() as connection:
        whose = numbered(connection, listeners, "name", {name: {"created": now}})[name]
        row = {
            "id": key.id,
            "listener_id": whose,
            "label": label,
            "kind": kind,
            "scopes": " ".join(granted),
            "digest": _digest(secret),
            "secret": secret if kind == "app" else None,
            "made": now,
            "expires": expires,
        }
        connection.execute(insert(keys), row)
    return key, secret


def known(database: Database, secret: str) -> Key | None:
    """The key of a secret; None where there is none, or where it expired or was revoked."""
    if not secret or len(secret) > LONGEST_SECRET:
        return None
    now = time.time()
    query = _rows().where(keys.c.digest == _digest(secret))
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None or (row.expires is not None and row.expires <= now):
        return None
    found = _key(row)
    note_used(database, found)
    return found


def stands(database: Database, key_id: str) -> bool:
    """Whether a key is still there and has not expired."""
    query = select(keys.c.expires).where(keys.c.id == key_id)
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    return row is not None and (row.expires is None or row.expires > time.time())


def note_used(database: Database, key: Key) -> None:
    """Write down that a key was used, where that is not known to the hour."""
    now = time.time()
    if (key.used is None or key.used < now - _NOTED_EVERY) and not database.read_only:
        _note(database, key.id, now)


def revoke(database: Database, key_id: str) -> Key:
    """Take a key away, from now on; what it was.

    Raises
    ------
    NotFoundError
        There is no key of that id.
    """
    with database.write() as connection:
        row = connection.execute(_rows().where(keys.c.id == storable_text(key_id))).one_or_none()
        if row is None:
            raise NotFoundError(
                f"there is no key {key_id!r}",
                where=database.where,
                remedy="See which there are: segue key list",
            )
        connection.execute(delete(keys).where(keys.c.id == row.id))
    return _key(row)


def of(database: Database, *, listener: str | None = None) -> list[Key]:
    """The keys of a listener, of all where None; the newest first, expired ones among them."""
    query = _rows().order_by(keys.c.made.desc(), keys.c.id)
    if listener is not None:
        query = query.where(listeners.c.name == storable_text(listener))
    with database.read() as connection:
        return [_key(row) for row in connection.execute(query)]


def without_account(database: Database) -> list[Key]:
    """Keys that have not expired, in the names of listeners who have no account."""
    query = (
        _rows()
        .where(listeners.c.id.not_in(select(accounts.c.listener_id)))
        .where((keys.c.expires.is_(None)) | (keys.c.expires > time.time()))
        .order_by(keys.c.made.desc(), keys.c.id)
    )
    with database.read() as connection:
        return [_key(row) for row in connection.execute(query)]


def app_secrets(database: Database, listener: str) -> list[tuple[Key, str]]:
    """The app passwords of a listener that have not expired, each with its key, newest first.

    For the token login of OpenSubsonic alone. Empty where there are none.
    """
    query = (
        _rows()
        .add_columns(keys.c.secret)
        .where(listeners.c.name == storable_text(listener), keys.c.kind == "app")
        .where((keys.c.expires.is_(None)) | (keys.c.expires > time.time()))
        .order_by(keys.c.made.desc(), keys.c.id)
    )
    with database.read() as connection:
        return [(_key(row), row.secret) for row in connection.execute(query)]


def _note(database: Database, key_id: str, now: float) -> None:
    """Write down that a key was used; where somebody else is writing, a later use is noted.

    That is tried once a minute: every request of the key would else wait for who is writing.
    """
    tried = _tried.setdefault(database, {})
    if tried.get(key_id, 0.0) > now - _TRIED_EVERY:
        return
    tried[key_id] = now
    try:
        with database.write() as connection:
            connection.execute(update(keys).where(keys.c.id == key_id).values(used=now))
    except (BusyError, UnavailableError) as error:
        # Whoever asks is not refused because a long import is being written, or the disk is full.
        _log.info("the use of key %s is not noted: %s", key_id, error.what)


def _granted(scopes: Iterable[str]) -> tuple[str, ...]:
    """`scopes` and all they bring, in their order."""
    asked = set(scopes)
    if unknown := sorted(asked - set(SCOPES)):
        raise BadRequestError(
            f"there is no scope {unknown[0]!r}", remedy=f"Use {', '.join(SCOPES)}"
        )
    if not asked:
        raise BadRequestError(
            "a key without a scope opens nothing", remedy=f"Use {', '.join(SCOPES)}"
        )
    return SCOPES[: 1 + max(SCOPES.index(one) for one in asked)]


def _need(*, label: str, kind: str, expires: float | None, now: float) -> None:
    if kind not in get_args(KeyKind):
        raise BadRequestError(
            f"there is no key of kind {kind!r}", remedy=f"Use {' or '.join(get_args(KeyKind))}"
        )
    if not 0 < len(label) <= LONGEST_LABEL:
        raise BadRequestError(
            f"a key is called something of 1 to {LONGEST_LABEL} characters, not {len(label)}",
            remedy="Say what it is for: telephone",
        )
    if expires is not None and expires <= now:
        raise BadRequestError(
            "the key would have expired already", remedy="Take a time that is still to come"
        )


def _secret(kind: str) -> str:
    if kind == "app":
        return "".join(secrets.choice(_LETTERS) for _ in range(_APP_LETTERS))
    return f"segue_{secrets.token_urlsafe(32)}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _rows() -> Select[Any]:
    columns = (one for one in keys.c if one.name not in {"digest", "secret", "listener_id"})
    return select(*columns, listeners.c.name).join_from(
        keys, listeners, listeners.c.id == keys.c.listener_id
    )


def _key(row: Row[Any]) -> Key:
    return Key(
        id=row.id,
        label=row.label,
        listener=row.name,
        scopes=frozenset(row.scopes.split()),
        kind=row.kind,
        made=row.made,
        expires=row.expires,
        used=row.used,
    )
