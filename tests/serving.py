"""A web server on this machine that serves bytes, well or badly, and remembers who asked what."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


@dataclass
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    at: float


@dataclass
class Site:
    """What is served: by path, bytes, or a function that answers a request itself."""

    pages: dict[str, bytes | Callable[[Handler], None]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    ranges: bool = True
    etag: str = '"one"'
    kind: str = "audio/mpeg"
    tls: ssl.SSLContext | None = None

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self._server.site = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"


class _Server(ThreadingHTTPServer):
    def handle_error(self, *told: object) -> None:
        """Say nothing when a reader hangs up."""


class Handler(BaseHTTPRequestHandler):
    """Answers from the site, with ranges where the site has them."""

    protocol_version = "HTTP/1.1"

    @property
    def site(self) -> Site:
        return self.server.site

    def do_GET(self) -> None:
        import time

        self.site.asked.append(Asked(self.path, dict(self.headers), time.monotonic()))
        page = self.site.pages.get(self.path.partition("?")[0])
        if page is None:
            self.send(404, b"no such thing", kind="text/plain")
        elif callable(page):
            page(self)
        else:
            self.serve(page)

    def serve(self, content: bytes, *, cut: int | None = None) -> None:
        """`content`, or the part of it that is asked for; `cut` breaks off after so many bytes."""
        wanted = self.headers.get("Range", "")
        start = 0
        if wanted and self.site.ranges and self.headers.get("If-Range") == self.site.etag:
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
        if start >= len(content) > 0:
            self.send(416, b"")
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        if self.site.kind:
            self.send_header("Content-Type", self.site.kind)
        if self.site.etag:
            self.send_header("ETag", self.site.etag)
        self.end_headers()
        self.wfile.write(content[start:] if cut is None else content[start : start + cut])
        if cut is not None:
            self.close_connection = True

    def send(self, status: int, body: bytes, *, kind: str = "text/html", **headers: str) -> None:
        """A plain answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told: object) -> None:
        """Say nothing."""
