"""A server of its own and a browser in front of it, for tests and for the pictures of the docs."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAMES = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 860}}
READY_SECONDS = 120


def chromium() -> str | None:
    """The browser's path; the environment variable CHROMIUM names one that stands elsewhere."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def served(database: Path, *, log: Path) -> Iterator[str]:
    """The address of ``segue serve`` on a catalogue, once it is ready; see `started`."""
    with started(database, log=log) as (address, _):
        yield address


@contextmanager
def started(
    database: Path, *, log: Path, given: Mapping[str, str] | None = None, ends: int = 0
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address and the process of ``segue serve`` on a catalogue, once it is ready.

    `given` are environment variables for it, `ends` the code it ends with.

    What the server says goes to `log`, and into the error when it does not start, ends with
    another code or has printed a traceback.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "segue", "serve", "--port", str(port), "--database"]
    with log.open("w") as output:
        server = subprocess.Popen(
            [*command, str(database)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(given or {})},
        )
        try:
            _wait(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(timeout=20)
    said = log.read_text()
    assert code == ends, said
    assert "Traceback" not in said, said


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not get ready:\n{log.read_text()}")
