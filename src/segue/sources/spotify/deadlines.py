"""An end to every request, however its answer comes: also one that drips, letter by letter.

A client of HTTP knows how long it waits for the next bytes, not for all of them: a service that
sends a byte of its head now and then is waited for without an end. Here a thread says until when
it will wait (`until`), and every wait on a connection ends by then. Long waits are taken in parts
of a second, so that who presses Ctrl-C in the moment before one begins is heard a second later.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpcore2

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    import httpx2

_PART_SECONDS = 1.0
_LEAST_SECONDS = 0.001

_time = threading.local()


@contextmanager
def until(seconds: float) -> Iterator[None]:
    """Let no wait of this thread go on beyond so many seconds from now."""
    before = getattr(_time, "end", None)
    _time.end = time.monotonic() + seconds
    try:
        yield
    finally:
        _time.end = before


def bounded(client: httpx2.Client) -> httpx2.Client:
    """The same client, whose connections heed `until`; those by proxies too."""
    for transport in (client._transport, *client._mounts.values()):
        pool: Any = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _Backend(pool._network_backend)
    return client


def _left(patience: float | None) -> float | None:
    """Seconds that a wait may take which would take `patience`; None for no end."""
    end: float | None = getattr(_time, "end", None)
    if end is None:
        return patience
    left = max(_LEAST_SECONDS, end - time.monotonic())
    return left if patience is None else min(left, patience)


class _Backend(httpcore2.NetworkBackend):
    """Connections of another backend, each with an end."""

    def __init__(self, inner: httpcore2.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,  # noqa: ANN401 (handed on as it is)
    ) -> httpcore2.NetworkStream:
        """Connect in the time that is left."""
        stream = self._inner.connect_tcp(
            host, port, _left(timeout), local_address=local_address, socket_options=socket_options
        )
        return _Stream(stream)

    def sleep(self, seconds: float) -> None:
        """Wait before connecting again, no longer than is left."""
        self._inner.sleep(_left(seconds) or 0.0)


class _Stream(httpcore2.NetworkStream):
    """A connection whose every wait has an end."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, waited for in parts."""
        left = _left(timeout)
        end = float("inf") if left is None else time.monotonic() + left
        while True:
            part = min(_PART_SECONDS, end - time.monotonic())
            try:
                return self._inner.read(max_bytes, max(part, _LEAST_SECONDS))
            except httpcore2.ReadTimeout:
                if time.monotonic() >= end:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send in the time that is left."""
        self._inner.write(buffer, _left(timeout))

    def close(self) -> None:
        """Let go of it."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Encrypt it in the time that is left."""
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 (as the library has it)
        """What the connection says of itself."""
        return self._inner.get_extra_info(info)
