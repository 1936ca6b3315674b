"""Files that listeners brought: what they are called, how they stand, when they are forgotten.

A row is found by its **token**, which nobody can guess: whoever has the address has the file. It is
``waiting`` until it was listened to, then ``heard`` or ``refused`` with the reason, and ``kept``
once it was added to the catalogue. Where its bytes lie is known to who keeps them
(`segue.serve.brought`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, func, insert, select, update

from segue.catalogue.schema import uploads
from segue.errors import NotFoundError
from segue.records import Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from segue.catalogue.database import Database

State = Literal["waiting", "heard", "refused", "kept"]

_COME = ("token", "name", "size", "content_hash", "state", "reason", "created", "expires")
_MEASURED = ("duration", "loudness", "loudness_range", "true_peak", "waveform", "waveform_rate")


@dataclass(frozen=True, slots=True)
class Brought:
    """One file that a listener brought.

    Attributes
    ----------
    token
        The part of its address that nobody can guess.
    name
        What its sender calls it.
    size
        Bytes.
    reason
        Why it was refused, as a sentence; else empty.
    kept
        Where it lies since it was added to the catalogue; else None.
    created, expires
        Seconds since 1970.
    recording
        What it says from end to end; None before that was heard.
    """

    token: str
    name: str
    size: int
    content_hash: str
    state: State
    reason: str
    kept: str | None
    created: float
    expires: float
    recording: Recording | None = None


def add(
    db: Database, brought: Sequence[Brought], *, also: Callable[[Connection], None] | None = None
) -> None:
    """Write down that files have come, all in one transaction.

    Parameters
    ----------
    brought
        One or more; what was heard in them is not written.
    also
        Writes what belongs to the same transaction; where it fails, nothing is written.
    """
    rows = [{name: getattr(one, name) for name in _COME} for one in brought]
    with db.write() as connection:
        connection.execute(insert(uploads), rows)
        if also is not None:
            also(connection)


def get(db: Database, token: str) -> Brought:
    """One file; NotFoundError where there is none of that token, or no more."""
    found = many(db, [token])
    if not found:
        raise NotFoundError(
            "there is no file at this address, or no more",
            remedy="Files that are brought are forgotten after a while; bring it again",
        )
    return found[0]


def many(db: Database, tokens: Sequence[str]) -> list[Brought]:
    """Files by their tokens, in that order; those that are not there are left out."""
    query = select(uploads).where(uploads.c.token.in_(tuple(tokens)))
    with db.read() as connection:
        found = {row.token: _brought(row) for row in connection.execute(query)}
    return [found[token] for token in dict.fromkeys(tokens) if token in found]


def all_tokens(db: Database) -> set[str]:
    """The tokens of all files that are not forgotten."""
    with db.read() as connection:
        return set(connection.execute(select(uploads.c.token)).scalars())


def stale(db: Database, *, now: float) -> list[str]:
    """Tokens of files that have expired by `now`, the oldest first."""
    return _tokens(db, uploads.c.expires <= now)


def unheard(db: Database) -> list[str]:
    """Tokens of files that wait to be listened to, the oldest first."""
    return _tokens(db, uploads.c.state == "waiting")


def weight(db: Database) -> int:
    """Bytes of all files that are held until they expire."""
    query = select(func.coalesce(func.sum(uploads.c.size), 0)).where(
        uploads.c.state.in_(("waiting", "heard"))
    )
    with db.read() as connection:
        return int(connection.execute(query).scalar_one())


def heard(db: Database, token: str) -> bool:
    """Write down that a file that waited was listened to; whether it waited."""
    return _change(db, token, "waiting", state="heard")


def refuse(db: Database, token: str, *, reason: str) -> bool:
    """Write down that a file that waited was refused, and why; whether it waited."""
    return _change(db, token, "waiting", state="refused", reason=reason)


def measured(db: Database, token: str, recording: Recording) -> None:
    """Write down what a file says from end to end."""
    values = {name: getattr(recording, name) for name in _MEASURED}
    _change(db, token, None, **values, warning=recording.warning)


def keep(db: Database, token: str, *, path: str) -> bool:
    """Write down that a file that was heard lies at `path` of the catalogue; whether it was."""
    return _change(db, token, "heard", state="kept", kept=path)


def forget(db: Database, token: str) -> bool:
    """Forget a file; whether it was known."""
    with db.write() as connection:
        gone = connection.execute(delete(uploads).where(uploads.c.token == token))
        return gone.rowcount > 0


def _change(db: Database, token: str, before: State | None, **values: object) -> bool:
    """Change a row, where `before` is given only one that stands so; whether it was there."""
    row = update(uploads).where(uploads.c.token == token)
    if before is not None:
        row = row.where(uploads.c.state == before)
    with db.write() as connection:
        return connection.execute(row.values(**values)).rowcount > 0


def _tokens(db: Database, condition: ColumnElement[bool]) -> list[str]:
    query = select(uploads.c.token).where(condition).order_by(uploads.c.created, uploads.c.token)
    with db.read() as connection:
        return list(connection.execute(query).scalars())


def _brought(row: Row[Any]) -> Brought:
    recording = None
    if row.waveform is not None:
        values = {name: getattr(row, name) for name in _MEASURED}
        recording = Recording(**values, fingerprint=b"", warning=row.warning)
    return Brought(
        token=row.token,
        name=row.name,
        size=row.size,
        content_hash=row.content_hash,
        state=row.state,
        reason=row.reason,
        kept=row.kept,
        created=row.created,
        expires=row.expires,
        recording=recording,
    )
