"""Clients that send slowly or without end, on real sockets before the server as it is run."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
import uvicorn

from segue.library import Segue
from segue.serve.app import create_app
from segue.serve.guard import HEAD_BYTES, HEADERS
from segue.serve.prompt import HEAD_SECONDS, Prompt
from segue.serve.run import configured, listening
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30.0
"""Seconds that a test waits for what must come; nothing is measured."""


HEAD = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real server over an empty library, which waits a second for a head."""
    patience = pytest.MonkeyPatch()
    patience.setattr(Prompt, "head_seconds", 1.0)
    path = tmp_path_factory.mktemp("slow") / "segue.db"
    with (
        Segue.open(path, settings=Settings(_env_file=None)) as segue,
        listening("127.0.0.1", 0) as bound,
    ):
        config = configured(create_app(segue))
        config.timeout_keep_alive = 1
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            end = time.monotonic() + PATIENCE
            while not server.started:
                assert time.monotonic() < end
                time.sleep(0.01)
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()
            patience.undo()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def everything(one: socket.socket) -> bytes:
    """All that comes until the other side hangs up."""
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := one.recv(65_536):
            got += piece
    return got


def dripped(one: socket.socket) -> None:
    """Send a header now and then, until the other side has hung up."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        one.sendall(b"X-A: b\r\n")
        time.sleep(0.05)


def asked(port: int, path: str = "/health") -> bytes:
    with connected(port) as one:
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        one.sendall(head.encode())
        return everything(one)


def test_slow_heads_hinder_nobody_and_are_hung_up_on(port: int) -> None:
    slow = [connected(port) for _ in range(100)]
    try:
        for one in slow:
            one.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        assert asked(port).startswith(b"HTTP/1.1 200")
        assert [everything(one) for one in slow] == [b""] * 100
    finally:
        for one in slow:
            one.close()
    assert asked(port).startswith(b"HTTP/1.1 200")


def test_a_letter_now_and_then_does_not_win_time(port: int) -> None:
    with connected(port) as one:
        one.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
        with pytest.raises(OSError, match=r"pipe|reset|abort"):
            dripped(one)


def test_who_says_nothing_is_hung_up_on(port: int) -> None:
    with connected(port) as one:
        assert everything(one) == b""


def test_a_second_head_on_a_connection_must_come_whole_too(port: int) -> None:
    with connected(port) as one:
        one.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health HTTP/1.1\r\nX: ")
        answered = everything(one)
    assert answered.count(b"HTTP/1.1 200") == 1


def test_a_slow_body_is_not_cut_off_by_it(port: int) -> None:
    """Telephones send files slowly; those are limited elsewhere."""
    with connected(port) as one:
        head = "POST /api/v1/mix HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n"
        one.sendall(f"{head}Content-Type: application/json\r\nConnection: close\r\n\r\n".encode())
        for letter in b'{"tracks":1}':
            one.sendall(bytes([letter]))
            time.sleep(0.15)
        answer = everything(one)
    assert answer.startswith(b"HTTP/1.1 4")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET /?" + b"q" * (HEAD_BYTES + 1_000) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * (HEAD_BYTES + 1_000) + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * (HEAD_BYTES // 5) + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: segue_session="
        + b"x" * 70_000
        + b"\r\n\r\n",
    ],
    ids=["address", "one header", "many headers", "cookie"],
)
def test_a_head_that_is_too_long_is_refused(port: int, head: bytes) -> None:
    with connected(port) as one:
        with contextlib.suppress(ConnectionError):  # it may hang up before all is sent
            one.sendall(head)
        answer = everything(one)
    assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))
    assert asked(port).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX\0: y\r\n\r\n",
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
        b"GET /\r\n\r\n",
    ],
)
def test_a_head_with_two_meanings_is_refused(port: int, head: bytes) -> None:
    with connected(port) as one:
        one.sendall(head)
        answer = everything(one)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    for name, value in HEADERS.items():
        assert answer == b"" or f"{name}: {value}".encode() in answer


@pytest.mark.parametrize("path", ["/api/v1/mix", "/rest/ping", "/login"])
def test_a_body_that_never_ends_is_given_up(port: int, path: str, monkeypatch) -> None:
    monkeypatch.setattr("segue.serve.guard.BODY_SECONDS", 0.2)
    with connected(port) as one:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
        kind = "application/json" if "api" in path else "application/x-www-form-urlencoded"
        one.sendall(f"{head}Content-Type: {kind}\r\n\r\na=".encode())
        answer = everything(one)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"did not come within" in answer


def test_a_player_that_goes_in_the_middle_is_no_fault(port: int, caplog) -> None:
    caplog.set_level(logging.INFO, logger="segue")
    with connected(port) as one:
        head = b"POST /rest/ping HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
        one.sendall(head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\na=")
    end = time.monotonic() + PATIENCE
    while "went away in the middle" not in caplog.text:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


def test_what_is_waited_for_is_bounded() -> None:
    assert 5 <= HEAD_SECONDS <= 60
    config = configured(lambda *_: None)
    assert config.http is Prompt
    assert config.h11_max_incomplete_event_size == HEAD_BYTES
    assert config.timeout_keep_alive <= 10
    assert not config.access_log
    assert not config.server_header
