"""Who asks: a key of the API, or the name of a listener with an app password of theirs.

Players know three ways. ``apiKey`` is a secret by itself. ``u`` with ``p`` is a name and a
password, plain or as ``enc:`` and hexadecimal digits. ``u`` with ``t`` and ``s`` proves that the
password is known: `t` is the MD5 of the password followed by `s`. In the last two the password is
one that Segue made for a player, never that of an account.

Who sends nothing of it is nobody where sign-in is on. Where Segue stands open, that is whoever owns
the catalogue, who may look and listen, but change nothing: any page of the web can make a browser
send an address, and that must leave nothing behind. What is sent has to be right also there, so
that what is played and liked is kept for who it was.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

from segue.catalogue import keys
from segue.serve.access.caller import Caller, caller_of
from segue.serve.subsonic.faults import (
    CONFLICT,
    MECHANISM,
    NO_KEY,
    NOT_ALLOWED,
    WRONG,
    FaultError,
    needed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from segue.catalogue.database import Database
    from segue.catalogue.keys import Key
    from segue.serve.subsonic.asked import Endpoint

OWNER = "owner"
"""What whoever owns the catalogue is called by players, which need a name."""

_MAKE = "Make one on the page of your account, or with: segue key make LABEL --kind app"


def who(request: Request, values: Mapping[str, list[str]]) -> Caller:
    """Who asks.

    Parameters
    ----------
    values
        Every parameter that was sent.

    Raises
    ------
    FaultError
        Something is missing (10), name or password are wrong (40), a key came as a password (42),
        two ways were taken at once (43), or the key is unknown (44).
    TooOftenError
        The key asks more often than it may.
    """
    said = {name: values[name][0] for name in ("apiKey", "u", "p", "t", "s") if name in values}
    database: Database = request.app.state.segue.database
    if "apiKey" in said:
        if len(said) > 1:
            raise _conflict()
        return _caller(request, _by_key(database, said["apiKey"]))
    if not said:
        found = caller_of(request)
        if not found.scopes:
            raise needed("apiKey")
        return replace(found, scopes=frozenset({"read", "listen"}))
    if "u" not in said:
        raise needed("u")
    if "p" in said and ("t" in said or "s" in said):
        raise _conflict()
    if "p" in said:
        return _caller(request, _by_password(database, said["u"], _plain(said["p"])))
    for name in ("t", "s"):
        if name not in said:
            raise needed(name)
    return _caller(request, _by_token(database, said["u"], token=said["t"], salt=said["s"]))


def need_leave(caller: Caller, endpoint: Endpoint) -> None:
    """Refuse what the caller may not do, with code 50."""
    if endpoint.scope not in caller.scopes or (endpoint.changes and caller.how == "open"):
        known = caller.how != "open"
        what = f"it needs a key of the scope {endpoint.scope!r}"
        raise FaultError(
            NOT_ALLOWED,
            f"{what}, which this one is not" if known else f"{what}, and none was sent",
            remedy="Make one with more scopes" if known else _MAKE,
        )


def name_of(listener: str) -> str:
    """What a listener is called by players."""
    return listener or OWNER


def _caller(request: Request, key: Key) -> Caller:
    request.app.state.rates.need(key.id)
    return Caller(key.listener, key.scopes, "key")


def _by_key(database: Database, secret: str) -> Key:
    key = keys.known(database, secret)
    if key is None:
        raise FaultError(NO_KEY, "the key is unknown, has expired or was revoked", remedy=_MAKE)
    return key


def _by_password(database: Database, name: str, secret: str) -> Key:
    key = keys.known(database, secret)
    if key is None or key.listener not in _listeners(name):
        raise _wrong()
    if key.kind != "app":
        raise FaultError(
            MECHANISM, "a key of the API was given as a password", remedy="Give it as apiKey"
        )
    return key


def _by_token(database: Database, name: str, *, token: str, salt: str) -> Key:
    found: Key | None = None
    for listener in _listeners(name):
        for key, secret in keys.app_secrets(database, listener):
            right = hashlib.md5(f"{secret}{salt}".encode(), usedforsecurity=False).hexdigest()
            # All are looked at, so that the time says nothing about which was nearly right.
            if hmac.compare_digest(right.encode(), token.lower().encode()):
                found = key
    if found is None:
        raise _wrong()
    keys.note_used(database, found)
    return found


def _listeners(name: str) -> list[str]:
    """The listeners that a player may mean by a name."""
    plain = " ".join(name.split())
    return [plain, ""] if plain.casefold() == OWNER else [plain]


def _plain(password: str) -> str:
    """A password as it is, of one that was written in hexadecimal digits."""
    if not password.startswith("enc:"):
        return password
    try:
        return bytes.fromhex(password.removeprefix("enc:")).decode()
    except ValueError as error:
        raise _wrong() from error


def _wrong() -> FaultError:
    return FaultError(WRONG, "the user name or the app password is wrong", remedy=_MAKE)


def _conflict() -> FaultError:
    return FaultError(
        CONFLICT,
        "more than one way to say who asks was taken",
        remedy="Send apiKey alone, or u with p, or u with t and s",
    )
