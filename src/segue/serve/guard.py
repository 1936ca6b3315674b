"""What surrounds every answer: whom the server talks to, and the headers it always sends.

A site anywhere can make a browser ask a server on this machine. Two checks stand against that.
The Host header must be a plain address, ``localhost`` or a configured name: a name that was
rebound to this machine is refused. A request that changes something must come from our own pages:
browsers say where a form was sent from in Origin, and in Sec-Fetch-Site. Programs send neither and
pass; where login is on, they need a key (`segue.serve.access`). A WebSocket can send as well as
read, and browsers open one to any site, so its Origin counts whatever it is opened for.

No body is read beyond a limit, whatever it says it is, nor for longer than `BODY_SECONDS`. Those
that take files in have limits of their own (`segue.serve.uploads`).

What programs are answered is for them alone and is kept by nobody on the way, unless the answer
itself says otherwise.

The guard is also the last net: an exception that nothing handled becomes an answer here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from segue.errors import BadRequestError, SegueError, TooLargeError
from segue.serve.access.sharing import shared
from segue.serve.addresses import inner
from segue.serve.failures import PROGRAMS, answer, shorten

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

WAVE_STYLES = (
    "'sha256-EbQRT+1/o6noeZTUfkkbORH8zUyteVqmj7YFvRqOVrw='",
    "'sha256-XGW/cX2BkTPWNNT3NdyASrPEWZfPnKdPJaJ2aN7R+v8='",
)
"""The two style elements that the vendored wavesurfer.js writes, for waveforms of 32 and 72 pixels.

By the digest of their text, so that no page needs a nonce and nothing else gets in.
"""

UNFRAMED = "frame-ancestors 'none'"
"""What keeps the pages out of frames of other sites, where a click could be meant for theirs."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {' '.join(WAVE_STYLES)}",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        UNFRAMED,
    )
)
"""Nothing from elsewhere, nothing inline."""

BODY_BYTES = 2_000_000
"""Longest body that is read where no file is expected: ten thousand ids take a tenth of it."""

BODY_SECONDS = 60.0
"""How long such a body may take."""

LATE = 408
"""The status of one that takes longer."""

HEAD_BYTES = 65_536
"""Longest head of a request; the address of a mix of hundreds of tracks fits in.

The parser bounds heads that come in pieces; one that comes at once is measured here.
"""

UPLOADS = frozenset({"/upload", "/recommend/from-audio", "/api/v1/uploads"})
"""Addresses that take files and count the bytes themselves."""

HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "camera",
            "display-capture",
            "geolocation",
            "gyroscope",
            "hid",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "serial",
            "usb",
        )
    ),
}
"""Sent with every answer that does not set its own."""

UNKEPT = "private, no-store"
"""What answers to programs say of caches where they say nothing themselves."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """ASGI middleware around the whole application.

    Parameters
    ----------
    app
        What answers.
    allowed_hosts
        The setting of that name: further names, separated by commas; ``*`` for all.
    framed_by
        The setting of that name: sites that may show the pages in a frame, separated by commas.
    """

    def __init__(self, app: ASGIApp, *, allowed_hosts: str = "", framed_by: str = "") -> None:
        self.app = app
        sites = framed_by.replace(",", " ").split()
        self._framing = " ".join(["frame-ancestors", *sites]) if sites else UNFRAMED
        names = {name.strip().casefold() for name in allowed_hosts.split(",")}
        self._names = names - {""} | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, pass on, add headers; answer what went wrong."""
        if scope["type"] == "websocket":
            await self._talk(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                policy = headers["content-security-policy"]
                headers["content-security-policy"] = policy.replace(UNFRAMED, self._framing)
                if inner(scope).startswith(PROGRAMS):
                    headers.setdefault("cache-control", UNKEPT)
            await send(message)

        try:
            self._check(scope)
            limited = receive if inner(scope) in UPLOADS else _counted(scope, receive)
            await self.app(scope, limited, send_guarded)
        except ClientDisconnect:
            _log.info("a client went away in the middle of its request")
        except Exception as error:
            if started:
                raise
            response = answer(Request(scope, receive), error)
            await response(scope, receive, send_guarded)

    async def _talk(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a WebSocket on, or close it before it is open."""
        try:
            self._check(scope)
        except (SegueError, HTTPException):
            refused = {"type": "websocket.close", "code": 1008, "reason": "not from this site"}
            await send(refused)
            return
        await self.app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            raise BadRequestError("the address holds a null character", remedy="Leave it out")
        if _head(scope) > HEAD_BYTES:
            raise HTTPException(
                431, f"The head of this request is longer than {HEAD_BYTES:,} bytes."
            )
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._known(host):
            raise BadRequestError(
                f"this server does not go by the name {shorten(host)!r}",
                remedy="Use localhost or its address, or name it in SEGUE_ALLOWED_HOSTS",
            )
        harmless = scope["type"] == "http" and scope["method"] in _SAFE
        if not harmless and not shared(scope) and _from_elsewhere(headers, host):
            raise HTTPException(403, "This form was sent from another site, so nothing was done.")

    def _known(self, host: str) -> bool:
        if "*" in self._names:
            return True
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or _is_address(name)


def _head(scope: Scope) -> int:
    """Bytes of an address and all headers, each with the colon and the end of its line."""
    fields = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    return len(scope["path"]) + len(scope["query_string"]) + fields


def _from_elsewhere(headers: Headers, host: str) -> bool:
    """Whether a browser says that another site's page sent a request."""
    origin = headers.get("origin")
    if origin == "null" and headers.get("sec-fetch-site") == "same-origin":
        return False  # a page of ours that lets nobody know its address: the one of a file
    if origin is not None:
        return not same_site(origin, host)
    return headers.get("sec-fetch-site") in {"cross-site", "same-site"}


def same_site(origin: str, host: str) -> bool:
    """Whether a form of `origin` was sent from the site that `host` names.

    A port that goes without saying may be said by one and left out by the other.
    """
    try:
        sent, here = urlsplit(origin), urlsplit(f"//{host}")
        usual = {"http": 80, "https": 443}.get(sent.scheme)
        ports = (sent.port or usual, here.port or usual)
    except ValueError:
        return False
    return usual is not None and sent.hostname == here.hostname and ports[0] == ports[1]


def _counted(scope: Scope, receive: Receive) -> Receive:
    """`receive` that stops at the byte that is too much, and when the body has taken too long.

    Raises
    ------
    TooLargeError
        Now, where a longer body is announced; else when it has come.
    HTTPException
        Later on: it has not come in time. The connection is closed then.
    """
    error = TooLargeError(
        f"a body of more than {BODY_BYTES:,} bytes was sent",
        remedy=f"Send at most {BODY_BYTES:,} bytes",
    )
    announced = Headers(scope=scope).get("content-length", "")
    if announced.isdecimal() and int(announced) > BODY_BYTES:
        raise error
    taken, end, whole = 0, 0.0, False

    async def counting() -> Message:
        nonlocal taken, end, whole
        if whole:  # what is waited for now is that the other side goes
            return await receive()
        end = end or asyncio.get_running_loop().time() + BODY_SECONDS
        try:
            async with asyncio.timeout_at(end):
                message = await receive()
        except TimeoutError:
            raise _late() from None
        whole = not message.get("more_body", False)
        taken += len(message.get("body", b""))
        if taken > BODY_BYTES:
            raise error
        return message

    return counting


def _late() -> HTTPException:
    # Else a letter now and then would keep the connection open for as long as it announced.
    closing = {"Connection": "close"}
    return HTTPException(
        LATE, f"The body did not come within {BODY_SECONDS:.0f} seconds.", headers=closing
    )


def _is_address(name: str) -> bool:
    """Whether `name` is an IP address: nobody can rebind one of those."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
