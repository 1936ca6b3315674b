"""A small real reverse proxy, and an application behind it as the world outside sees it."""

from __future__ import annotations

import http.client
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import uvicorn

from segue.serve.run import listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}


@contextmanager
def served(app: ASGIApp) -> Iterator[int]:
    """The port of a real uvicorn before `app`."""
    with listening("127.0.0.1", 0) as bound:
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, proxy_headers=False)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            end = time.monotonic() + 20
            while not server.started:
                assert time.monotonic() < end, "the server did not start"
                time.sleep(0.01)
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def proxy(port: int, *, base: str, strips: bool, says: dict[str, str]) -> Iterator[int]:
    """The port of a proxy that passes what lies under `base` to the server at `port`.

    It takes `base` away where it `strips`, and adds the headers it `says`; the Host it sends on is
    the inner one, as most proxies do.
    """

    class Passing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def passed(self) -> None:
            if not self.path.startswith(base):
                self.send_error(404, "elsewhere")
                return
            path = self.path[len(base) :] or "/" if strips else self.path
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sent = {k: v for k, v in self.headers.items() if k.lower() not in HOP} | says
            inner = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            inner.request(self.command, path, body=body or None, headers=sent)
            answer = inner.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            inner.close()

        do_GET = do_HEAD = do_POST = do_DELETE = passed

        def log_message(self, *told: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
