"""The process around the application: one socket, one uvicorn, a stop that loses nothing.

The socket is bound before anything else is done, so that a port in use is known at once and not
after a minute of reading music.
"""

from __future__ import annotations

import errno
import signal
import socket
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from segue.collector import collect_seldom, keep_for_good
from segue.errors import BadRequestError, BusyError, UnavailableError
from segue.serve.access.opening import need_leave
from segue.serve.app import create_app
from segue.serve.guard import HEAD_BYTES
from segue.serve.production import need_safe
from segue.serve.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from types import FrameType

    from fastapi import FastAPI

    from segue.library import Segue
    from segue.serve.work import Beside

STOPS = (signal.SIGINT, signal.SIGTERM)
"""Signals that end a server."""

SWITCH_SECONDS = 5e-4
"""For how long one thread computes before another may; Python's own is ten times as long."""

_GRACE_SECONDS = 3
"""How long answers under way may take to finish after a stop; streams of audio end then."""


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A bound socket, closed at the end.

    Parameters
    ----------
    host
        An address or a name of this machine.
    port
        0 takes any free one.

    Raises
    ------
    BusyError
        Another program listens there.
    UnavailableError
        The port needs rights this user does not have.
    BadRequestError
        The host is not an address of this machine.
    """
    try:
        families = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = families[0]
        bound = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise _not_here(host) from error
    try:
        # Without this a restart waits a minute for the last connections of the old process.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(address)
            bound.listen(128)
        except OSError as error:
            raise _unbound(error, host, port) from error
        yield bound
    finally:
        bound.close()


def _not_here(host: str) -> BadRequestError:
    return BadRequestError(
        f"{host!r} is not an address of this machine",
        remedy="Use --host 127.0.0.1 for this machine alone, --host 0.0.0.0 for the network,"
        " where it needs login",
    )


def _unbound(
    error: OSError, host: str, port: int
) -> BadRequestError | BusyError | UnavailableError:
    if error.errno == errno.EADDRINUSE:
        return BusyError(
            f"port {port} is in use by another program",
            where=host,
            remedy=f"Stop it, or take another port: --port {port + 1 if port < 65535 else 0}",
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return UnavailableError(
            f"port {port} is reserved for the system",
            where=host,
            remedy="Take one above 1023: --port 8765",
        )
    return _not_here(host)


def address_of(bound: socket.socket) -> str:
    """The address to type into a browser on this machine."""
    host, port = bound.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 (read, not bound)
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """A uvicorn that says when it accepts connections and leaves signals to us."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        on_ready: Callable[[], None],
        on_stop: Callable[[], None],
        stops: Collection[signal.Signals] = STOPS,
    ) -> None:
        super().__init__(config)
        self._on_ready, self._on_stop = on_ready, on_stop
        self._stops = stops

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Say that it ends, so that answers without an end of their own come to one."""
        self._on_stop()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on the first signal to stop, at once on the second; then return normally.

        uvicorn's own sends the signal again at the end, which would skip closing the catalogue.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {kind: signal.signal(kind, self.handle_exit) for kind in self._stops}
        try:
            yield
        finally:
            for kind, handler in before.items():
                signal.signal(kind, handler)


def run(
    segue: Segue,
    *,
    bound: socket.socket,
    beside: Beside | None = None,
    on_ready: Callable[[str], None],
    stops: Collection[signal.Signals] = STOPS,
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Parameters
    ----------
    segue
        The open catalogue; stays open.
    bound
        A socket of `listening`.
    beside
        What stands beside the answers; the application's own when None.
    on_ready
        Called with the address once connections are accepted.
    stops
        Signals that end it.

    Raises
    ------
    BadRequestError
        Others could reach the socket, and nobody would be asked who they are; or it is said to be
        in production, and something is missing for that.
    """
    need_leave(segue.settings, segue.database, bound=bound)
    need_safe(segue.settings, segue.database)
    collect_seldom()
    app = create_app(segue, beside=beside)
    if not segue.ready:  # an engine is replaced one day
        keep_for_good()
    server = _Server(
        # Of several processes none may take all connections that wait at once.
        configured(app, backlog=1 if segue.settings.processes > 1 else 128),
        on_ready=lambda: on_ready(address_of(bound) + segue.settings.base_path),
        on_stop=lambda: setattr(app.state, "ending", True),
        stops=stops,
    )
    # Who computes lets those in who take and send, ten times as often as Python does by itself.
    sys.setswitchinterval(SWITCH_SECONDS)
    server.run(sockets=[bound])


def configured(app: FastAPI, *, backlog: int = 128) -> uvicorn.Config:
    """How uvicorn serves an application: what it takes, how long it waits, what it writes down.

    `backlog` is how many connections are taken in one go, and how long their queue is.
    """
    return uvicorn.Config(
        app,
        http=Prompt,
        h11_max_incomplete_event_size=HEAD_BYTES,
        ws="websockets-sansio",
        ws_max_size=1_000_000,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        log_config=None,
        access_log=False,  # it would hold what people listen to and search for
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        backlog=backlog,
    )
