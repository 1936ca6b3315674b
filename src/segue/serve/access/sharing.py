"""Which other sites' scripts may ask (CORS): those of the setting, the API alone, without cookies.

A browser lets scripts of a page ask its own site only, unless the other says that it may. We say
so to origins that are named, for addresses of programs, and never with credentials: what a browser
keeps for this server is not sent along and, if it is, not looked at. Who signs in here in one
window cannot be used by another site in the next; its scripts need a key of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from segue.serve.addresses import inner

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SHARED = re.compile(r"(/api/v1|/recommend)(/.*)?")
"""Addresses that scripts of other sites may ask."""

_MARK = "segue.shared"

_ASKED_BEFORE = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": (
        "Authorization, X-Api-Key, Content-Type, Idempotency-Key, If-Match, If-None-Match"
    ),
    "Access-Control-Max-Age": "600",
}


def shared(scope: Scope) -> bool:
    """Whether a script of another site asks that may."""
    return bool(scope.get(_MARK))


def preflight(scope: Scope) -> Response | None:
    """The answer to a browser that asks whether a script may ask; None to any other request."""
    headers = Headers(scope=scope)
    if (
        shared(scope)
        and scope["method"] == "OPTIONS"
        and "access-control-request-method" in headers
    ):
        return Response(status_code=204, headers=_ASKED_BEFORE)
    return None


class Sharing:
    """ASGI middleware around the guard: marks what may be shared, and says so in its answer.

    Parameters
    ----------
    app
        What answers.
    origins
        The setting `cors_origins`: origins, separated by commas; empty shares nothing.
    """

    def __init__(self, app: ASGIApp, *, origins: str = "") -> None:
        self.app = app
        self._origins = {name.strip() for name in origins.split(",")} - {""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Mark, pass on without cookies, add headers."""
        if not self._origins or scope["type"] != "http" or not _SHARED.fullmatch(inner(scope)):
            await self.app(scope, receive, send)
            return
        origin = Headers(scope=scope).get("origin", "")
        allowed = origin in self._origins
        if allowed:
            scope[_MARK] = True
            scope["headers"] = [(n, v) for n, v in scope["headers"] if n != b"cookie"]

        async def send_shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if allowed:
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Expose-Headers"] = "ETag, Link, Location, Retry-After"
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            await send(message)

        await self.app(scope, receive, send_shared)
