"""What this server is called outside: its path, and what a proxy before it says of a request.

A reverse proxy takes requests for ``https://home.example/segue/…`` and passes them on. Some pass
the path on as it is, some take ``/segue`` away; both are understood, because the setting
`base_path` says what may stand there. The path of the request then goes on as ASGI means it:
``root_path`` is the base, ``path`` holds it too.

Who asks, by which protocol and for which host a proxy says in ``X-Forwarded-For``, ``-Proto``,
``-Host`` and ``-Prefix``. Anybody can send such headers, so they count from the addresses of the
setting `trusted_proxies` alone. The host they name is then checked like any other, and it is the
one a form's origin must agree with (`segue.serve.guard`).
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from segue.serve.addresses import under

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")
"""What a path may look like that everything lies under."""


class Outside:
    """ASGI middleware around everything: puts the outer path, host, protocol and client in place.

    Parameters
    ----------
    app
        What answers.
    base_path
        The setting of that name: ``/segue``, or empty.
    trusted_proxies
        The setting of that name: addresses and networks, separated by commas; ``*`` for all.
    """

    def __init__(self, app: ASGIApp, *, base_path: str = "", trusted_proxies: str = "") -> None:
        names = [name.strip() for name in trusted_proxies.split(",") if name.strip()]
        self._base = base_path
        self._everyone = "*" in names
        self._networks = [ipaddress.ip_network(name) for name in names if name != "*"]
        # uvicorn knows how to read a chain of X-Forwarded-For; an empty list trusts nobody.
        self._inner = ProxyHeadersMiddleware(
            app,  # type: ignore[arg-type]
            trusted_hosts="*" if self._everyone else names,
        )
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the server that is meant from outside."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        base = self._base
        if self._trusts(scope):
            said = Headers(scope=scope)
            base = _prefix(said) or base
            if host := _outermost(said.get("x-forwarded-host", "")):
                kept = [(name, value) for name, value in scope["headers"] if name != b"host"]
                scope["headers"] = [*kept, (b"host", host.encode("latin-1"))]
        _place(scope, base)
        with under(base):
            await self._inner(scope, receive, send)  # type: ignore[arg-type]

    def _trusts(self, scope: Scope) -> bool:
        """Whether the one who connected is a proxy that is believed."""
        if self._everyone:
            return True
        try:
            asks = ipaddress.ip_address((scope.get("client") or ("", 0))[0])
        except ValueError:  # a socket without an address
            return False
        mapped = getattr(asks, "ipv4_mapped", None) or asks
        return any(mapped in network for network in self._networks)


def _prefix(headers: Headers) -> str:
    """The path a proxy says it took away, where that is one."""
    said = headers.get("x-forwarded-prefix", "").strip().rstrip("/")
    return said if _PREFIX.fullmatch(said) else ""


def _outermost(listed: str) -> str:
    """The host that the outermost proxy was asked for: the first of a list."""
    return listed.partition(",")[0].strip()


def _place(scope: Scope, base: str) -> None:
    """Put the path under `base`, whether or not a proxy has taken the base away."""
    if not base:
        return
    path = scope["path"]
    inner = path.removeprefix(base) if path == base or path.startswith(f"{base}/") else path
    scope["root_path"] = base
    scope["path"] = base + (inner or "/")
