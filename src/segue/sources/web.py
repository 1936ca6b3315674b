"""Asking the web for one file, without being led where nobody meant to go.

Addresses stand in tables, and tables come from strangers. So:

- every step is ``http`` or ``https``; no redirect leads to a file or to any other scheme;
- an address that the person named may be anywhere, a private network included; but once a step was
  answered from the public internet, no later one is sent to a private address. That is seen from
  the machine that was reached, not from its name (which may mean another machine a second later),
  and before anything is sent to it;
- a proxy of the environment is used; what lies behind it is judged by its name.

Nothing is kept between two requests: no cookies, no passwords, no connections.
"""

from __future__ import annotations

import ipaddress
import re
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPMessage, HTTPResponse

USER_AGENT = "Segue (self-hosted music recommender; fetches the clips its user lists)"
"""What servers are told about who asks."""

FAULTS: tuple[type[Exception], ...] = (OSError, HTTPException, ValueError)
"""What goes wrong on the way. `urllib.error.HTTPError` and `URLError` are kinds of OSError; a
ValueError is an address or a header, given by a server, that is none."""

_SCHEMES = frozenset({"http", "https"})
_SAFE = "%/:=&?~+!$,;'@()*[]"
_STEERING = re.compile(r"[\x00-\x20\x7f]")


class StrayError(OSError):
    """A redirect that leads where it must not; the message is the second half of a sentence."""


def address(entry: str) -> str:
    """An address as it is sent, with everything escaped that is not plain ASCII.

    Raises
    ------
    BadRequestError
        It is no ``http`` or ``https`` address, or one with a password.
    """
    try:
        parts = urlsplit(entry.strip())
        host = parts.hostname or ""
        if parts.port is not None and not 0 < parts.port < 65_536:
            host = ""
        known = host.encode("idna").decode("ascii")
        path = quote(parts.path or "/", safe=_SAFE)
        query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
    except ValueError:  # UnicodeError too
        known = ""
    if not known or parts.scheme.lower() not in _SCHEMES or _STEERING.search(known):
        raise BadRequestError(f"{entry[:200]!r} is no address that starts with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise BadRequestError("an address with a user's name or password is not fetched")
    where = f"[{known}]" if ":" in known else known
    where += "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme.lower()}://{where}{path}{query}"


def host_of(url: str) -> str:
    """Who is asked: the name and port of an address that `address` gave."""
    return urlsplit(url).netloc


def ask(url: str, *, headers: Mapping[str, str], seconds: float) -> HTTPResponse:
    """The answer to one request, its body still to be read; to be closed by the caller.

    Parameters
    ----------
    url
        As `address` gives it.
    headers
        Beyond who asks.
    seconds
        The longest silence before the answer, and between two pieces of it.

    Raises
    ------
    urllib.error.HTTPError
        The server answered with another status than 2xx; the error is the answer.
    OSError, http.client.HTTPException, ValueError
        The server cannot be reached, breaks off, or leads astray (`StrayError`, also as the reason
        of a `urllib.error.URLError`).
    """
    route = _Route()
    opener = OpenerDirector()
    # Each by name: the usual opener would also open files and ftp.
    for handler in (
        ProxyHandler(),
        _Plain(route),
        _Secure(route),
        _Redirects(),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
        UnknownHandler(),
    ):
        opener.add_handler(handler)
    request = Request(url, headers={"User-Agent": USER_AGENT, **headers})  # noqa: S310
    return cast("HTTPResponse", opener.open(request, timeout=seconds))


class _Route:
    """The way to one file, redirects included: once public, it never leads into the private."""

    def __init__(self) -> None:
        self._public: bool | None = None

    def step(self, machine: str) -> None:
        """Go on to a machine, by its address or name; StrayError where that must not be."""
        public = _is_public(machine)
        if self._public and not public:
            raise StrayError(f"leads from the internet to the private address {machine}")
        self._public = public


def _is_public(machine: str) -> bool:
    """Whether an address is one of the public internet; a name other than localhost counts so."""
    try:
        found = ipaddress.ip_address(machine.partition("%")[0])
    except ValueError:
        name = machine.rstrip(".").lower()
        return name != "localhost" and not name.endswith(".localhost")
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global


class _Connection(HTTPConnection):
    """A connection that looks at whom it reached before it says anything."""

    route: _Route

    def connect(self) -> None:
        super().connect()
        try:
            self.route.step(str(self.sock.getpeername()[0]))
        except StrayError:
            self.close()
            raise


class _SecureConnection(HTTPSConnection, _Connection):
    """The same under TLS: the look comes between reaching the machine and greeting it."""


def _on(route: _Route, kind: type[_Connection]) -> Any:  # noqa: ANN401 (as urllib calls it)
    """What makes connections of a kind that keep to a route."""

    def make(host: str, **options: Any) -> _Connection:  # noqa: ANN401
        connection = kind(host, **options)
        connection.route = route
        return connection

    return make


class _Plain(HTTPHandler):
    def __init__(self, route: _Route) -> None:
        super().__init__()
        self._route = route

    def http_open(self, req: Request) -> HTTPResponse:
        if _by_proxy(req, self._route):
            return super().http_open(req)
        return self.do_open(_on(self._route, _Connection), req)


class _Secure(HTTPSHandler):
    def __init__(self, route: _Route) -> None:
        super().__init__()
        self._route = route

    def https_open(self, req: Request) -> HTTPResponse:
        if _by_proxy(req, self._route):
            return super().https_open(req)
        return self.do_open(_on(self._route, _SecureConnection), req)


def _by_proxy(request: Request, route: _Route) -> bool:
    """Whether a request goes to a proxy; then its way is judged by the name it asks for."""
    wanted = urlsplit(request.full_url)
    if request.host == wanted.netloc:
        return False
    try:
        route.step(wanted.hostname or "")
    except StrayError as error:
        raise URLError(error) from error
    return True


class _Redirects(HTTPRedirectHandler):
    max_redirections = 5

    def redirect_request(  # noqa: PLR0917 (the base class's)
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if urlsplit(newurl).scheme.lower() not in _SCHEMES:
            # As the base class refuses files.
            raise HTTPError(req.full_url, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
