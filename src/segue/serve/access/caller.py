"""Who asks: a listener, what they may do, and how they were known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segue.catalogue.keys import SCOPES
from segue.errors import ForbiddenError, UnknownCallerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import HTTPConnection

How = Literal["open", "session", "key"]


STILL_SECONDS = 5.0
"""Seconds between two looks whether who holds a line open is still known."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request.

    Attributes
    ----------
    listener
        The name; "" is whoever owns the catalogue.
    scopes
        What may be done, of `segue.catalogue.keys.SCOPES`.
    how
        ``open`` where nobody had to say who they are, ``session`` by an account, ``key`` by a key.
    """

    listener: str
    scopes: frozenset[str]
    how: How


EVERYBODY = Caller("", frozenset(SCOPES), "open")
"""Whoever reaches a server without login: all is allowed."""

NOBODY = Caller("", frozenset(), "open")
"""Who has not said who they are, where that is needed: only what everybody may see."""


def caller_of(connection: HTTPConnection) -> Caller:
    """Who asks; `NOBODY` where a request is answered before that was found out."""
    found: Caller | None = getattr(connection.state, "caller", None)
    return NOBODY if found is None else found


def address_of(connection: HTTPConnection) -> str:
    """The address a request came from, as a trusted proxy says; "" of a socket without one."""
    return connection.client.host if connection.client is not None else ""


def need_known(connection: HTTPConnection) -> None:
    """Refuse to go on talking to who was known when it began, and is no more; reads the catalogue.

    A line stays open for hours. Whose key was revoked, or whose browser was signed out, is told
    nothing further.

    Raises
    ------
    UnknownCallerError
        The key or the session is gone.
    """
    still: Callable[[], bool] | None = getattr(connection.state, "still", None)
    if still is not None and not still():
        raise UnknownCallerError(
            "who listens here is no longer signed in, or the key has expired or was revoked",
            remedy="Sign in again, or make another key",
        )


def own(caller: Caller, listener: str) -> str:
    """`listener`, where the caller may ask in that name.

    Raises
    ------
    ForbiddenError
        It is somebody else's, and the caller is known by an account or a key.
    """
    if caller.how != "open" and listener != caller.listener:
        raise ForbiddenError(
            f"this is asked by {caller.listener or 'the owner'!r} and names {listener!r}",
            remedy="Ask in your own name, or leave the name out",
        )
    return listener
