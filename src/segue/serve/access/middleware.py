"""Finds out who asks, and refuses what they may not.

A program sends its key as ``Authorization: Bearer KEY`` or ``X-Api-Key: KEY``, never in an
address, where it would be written down by everything it passes. A browser sends the cookie of its
session. Where login is off, everybody may do everything, and only a key that is sent is checked.

Programs that may not are told so as a problem; people are led to sign in and back again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from segue.catalogue import keys, sessions
from segue.catalogue.keys import SCOPES
from segue.errors import ForbiddenError, SegueError, UnknownCallerError
from segue.serve.access import cookies
from segue.serve.access.caller import EVERYBODY, NOBODY, Caller
from segue.serve.access.needed import ELSEWHERE, OPEN, SAFE, SIGNED_IN, scope_for
from segue.serve.access.sharing import preflight
from segue.serve.addresses import inner, link
from segue.serve.failures import programs

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import Headers
    from starlette.types import ASGIApp, Receive, Scope, Send

    from segue.catalogue.database import Database
    from segue.serve.access.rates import Rates

    Still = Callable[[], bool]

_FROM_HERE = frozenset({"same-origin", "none"})
"""What Sec-Fetch-Site says of a form of our own, and of an address that was typed."""


class Access:
    """ASGI middleware inside the guard: every request has a caller, or ends here.

    Parameters
    ----------
    app
        What answers.
    database
        Holds accounts, sessions and keys.
    login
        The setting of that name.
    rates
        Counts the requests of keys.
    """

    def __init__(self, app: ASGIApp, *, database: Database, login: bool, rates: Rates) -> None:
        self.app = app
        self._database = database
        self._login = login
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find out who asks; pass on what they may, answer or refuse the rest."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if scope["type"] == "http" and (asked := preflight(scope)) is not None:
            await asked(scope, receive, send)
            return
        try:
            state = scope.setdefault("state", {})
            caller, state["still"] = await self._who(connection)
            state["caller"] = caller
            _need(caller, connection)
        except SegueError as error:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": error.what[:120]})
                return
            if not isinstance(error, UnknownCallerError):
                raise
            answer = _lead(Request(scope))
            if answer is None:
                raise
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _who(self, connection: HTTPConnection) -> tuple[Caller, Still | None]:
        """Who asks, and what tells later on whether they are still known."""
        path = inner(connection.scope)
        unknown = NOBODY if self._login else EVERYBODY
        if ELSEWHERE.fullmatch(path) or (OPEN.fullmatch(path) and path != "/login"):
            return unknown, None
        secret = _secret(connection.headers)
        if secret is not None:
            return await self._by_key(secret)
        token = cookies.token_of(connection) if self._login else ""
        if token:
            name = await run_in_threadpool(sessions.listener_of, self._database, token)
            if name is not None:
                still = partial(self._signed_in, token, name)
                return Caller(name, frozenset(SCOPES), "session"), still
        return unknown, None

    def _signed_in(self, token: str, name: str) -> bool:
        return sessions.listener_of(self._database, token) == name

    async def _by_key(self, secret: str) -> tuple[Caller, Still]:
        key = await run_in_threadpool(keys.known, self._database, secret)
        if key is None:
            raise UnknownCallerError(
                "the key that was sent is wrong, has expired or was revoked",
                remedy="Make one on the page of your account, or with: segue key make",
            )
        if key.kind != "api":
            raise UnknownCallerError(
                "what was sent is the password of a player, which opens OpenSubsonic alone",
                remedy="Make a key for programs: segue key make",
            )
        # The count may be kept on another machine.
        if self._rates.bounded:
            await run_in_threadpool(self._rates.need, key.id)
        still = partial(keys.stands, self._database, key.id)
        return Caller(key.listener, key.scopes, "key"), still


def _secret(headers: Headers) -> str | None:
    """The key that a program sends; None where it sends none."""
    kind, _, secret = headers.get("authorization", "").partition(" ")
    if kind.casefold() == "bearer":
        return secret.strip()
    return headers.get("x-api-key")


def _need(caller: Caller, connection: HTTPConnection) -> None:
    """Refuse what the caller may not do.

    Raises
    ------
    UnknownCallerError
        Nobody has said who asks, and here it matters.
    ForbiddenError
        The key's scopes do not cover it, it takes a person, or a browser does not say that the
        form is one of ours.
    """
    path = inner(connection.scope)
    method = connection.scope.get("method", "GET")
    needed = scope_for(method, path)
    if not needed:
        return
    if caller is NOBODY:
        raise UnknownCallerError(
            "nobody is signed in", remedy="Sign in, or send a key: Authorization: Bearer KEY"
        )
    if SIGNED_IN.fullmatch(path) and caller.how == "key":
        raise ForbiddenError("no key opens the page of an account", remedy="Sign in with a browser")
    if needed not in caller.scopes:
        may = ", ".join(scope for scope in SCOPES if scope in caller.scopes)
        raise ForbiddenError(
            f"this needs a key of the scope {needed!r}, and the one that was sent has: {may}",
            remedy="Make another: segue key make --scopes",
        )
    if caller.how == "session" and method not in SAFE and not _from_here(connection.headers):
        raise ForbiddenError(
            "this browser does not say from where the form was sent, so nothing was done",
            remedy="Programs send a key in place of the cookie: Authorization: Bearer KEY",
        )


def _from_here(headers: Headers) -> bool:
    """Whether a browser says that a form is one of ours; the guard has compared the origin."""
    return "origin" in headers or headers.get("sec-fetch-site") in _FROM_HERE


def _lead(request: Request) -> Response | None:
    """Where people are led to sign in; None where a program asks, which is told."""
    if programs(request):
        return None
    if "hx-request" in request.headers:
        # A part of a page cannot be put in place of the form, so the whole page goes there.
        return Response(status_code=401, headers={"HX-Redirect": link("login")})
    if request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", ""):
        path, query = inner(request.scope), request.url.query
        wanted = f"{path}?{query}" if query else path
        return RedirectResponse(link("login", next=wanted if wanted != "/" else ""), 303)
    return None
