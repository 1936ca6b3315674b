"""What every request passes first: it gets its id, and is counted, timed and told of."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from segue.serve.watching import naming
from segue.serve.watching.meters import METHODS, Meters, route_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from segue.serve.watching.tracing import Tracing

_log = logging.getLogger(__name__)

GONE = 499
"""What is counted where a client went away before it was answered."""


class Watched:
    """ASGI middleware around everything.

    Parameters
    ----------
    app
        What answers.
    meters
        Counts.
    tracing
        Where spans are told; None tells none.
    """

    def __init__(self, app: ASGIApp, *, meters: Meters, tracing: Tracing | None = None) -> None:
        self.app = app
        self._meters = meters
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and take note of it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        name = naming.named(Headers(scope=scope).get(naming.HEADER))
        seen = _Seen(send, name)
        with ExitStack() as during:
            during.enter_context(naming.during(name))
            during.enter_context(self._meters.under_way.track_inprogress())
            if self._tracing is not None:
                during.enter_context(self._tracing.span(scope, seen))
            try:
                await self.app(scope, receive, seen.send)
            except BaseException:
                seen.status = seen.status or 500
                raise
            finally:
                self._note(scope, seen)

    def _note(self, scope: Scope, seen: _Seen) -> None:
        """Count a request that is over."""
        if scope["type"] != "http":
            return
        method = scope["method"] if scope["method"] in METHODS else "other"
        route, status = route_of(scope), seen.status or GONE
        took = seen.took
        self._meters.requests.labels(method, route, str(status)).inc()
        self._meters.seconds.labels(route).observe(took)
        _log.info(
            "%s %s answered with %d after %.0f ms",
            method,
            route,
            status,
            1e3 * took,
            extra={"told": {"method": method, "route": route, "status": status,
                            "seconds": round(took, 4)}},
        )  # fmt: skip


class _Seen:
    """One answer as it goes out: its status, and when it began."""

    def __init__(self, send: Send, name: str) -> None:
        self._send, self._name = send, name
        self._began = time.perf_counter()
        self._answered: float | None = None
        self.status = 0

    @property
    def took(self) -> float:
        """Seconds until the answer began, or until now where none has."""
        return (self._answered or time.perf_counter()) - self._began

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on, with the id in its head."""
        if message["type"] == "http.response.start":
            self._answered = time.perf_counter()
            self.status = int(message["status"])
            MutableHeaders(scope=message)[naming.HEADER] = self._name
        await self._send(message)
