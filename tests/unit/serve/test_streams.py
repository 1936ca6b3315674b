"""Streams on a real server: they stop when their listener goes."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from segue.catalogue import files
from segue.serve.app import create_app
from segue.serve.media import converting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI


@pytest.fixture(scope="module")
def served(stocked) -> Iterator[tuple[FastAPI, int]]:
    """The application on a port, in a thread."""
    app = create_app(stocked)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield app, bound.getsockname()[1]
        server.should_exit = True
        thread.join()


def opened(port: int, path: str) -> socket.socket:
    """A listener that has heard the first bytes and takes no more."""
    asking = socket.create_connection(("127.0.0.1", port), timeout=10)
    asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    asking.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert b"200 OK" in asking.recv(200)
    return asking


def until(true) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_stream_ends_when_its_listener_goes(served, stocked, played, monkeypatch) -> None:
    """The sound never ends, so that it cannot all lie in the buffers between."""
    app, port = served

    def endless(path, **asked):
        while True:
            yield b"\xff\xfb" + bytes(60_000)

    monkeypatch.setattr(converting, "stream", endless)
    listeners = [opened(port, f"/tracks/{played}/audio?as=mp3") for _ in range(3)]
    until(lambda: app.state.conversions.open == 3)
    listeners.pop().close()
    until(lambda: app.state.conversions.open == 2)
    for one in listeners:
        one.close()
    until(lambda: app.state.conversions.open == 0)


def test_the_file_is_given_back(served, stocked, played) -> None:
    """Nothing holds the file open once it has been heard to its end."""
    app, port = served
    listener = opened(port, f"/tracks/{played}/audio?as=mp3&from=1")
    while listener.recv(65_536):
        if app.state.conversions.open == 0:
            break
    listener.close()
    until(lambda: app.state.conversions.open == 0)
    open_now = Path("/proc/self/fd")
    if not open_now.exists():
        pytest.skip("which files are open is told by Linux alone")
    path = files.path_of(stocked.database, played)
    assert path not in {link.readlink() for link in open_now.iterdir() if link.exists()}
