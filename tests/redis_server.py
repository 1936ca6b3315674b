"""A Redis server of the tests' own: on a free port, killed and begun again as they like."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = shutil.which("redis-server")


def missing() -> str:
    """Why there can be none; empty where there can."""
    if find_spec("redis") is None:
        return "Redis: its library is not installed (pip install 'segue[redis]')"
    if PROGRAM is None:
        return "Redis: redis-server is not installed (apt install redis-server)"
    return ""


class RedisServer:
    """A server that keeps nothing on the disk."""

    def __init__(self, folder: Path, *, word: str = "") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._folder, self._word = folder, word
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        user = f":{self._word}@" if self._word else ""
        return f"redis://{user}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Begin, and wait until it answers."""
        words = [str(PROGRAM), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        words += ["--appendonly", "no", "--dir", str(self._folder), "--daemonize", "no"]
        if self._word:
            words += ["--requirepass", self._word]
        self._process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 20
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                    probe.sendall(b"PING\r\n")
                    if probe.recv(64):
                        return
            except OSError:
                assert time.monotonic() < end, "redis-server does not begin"
                time.sleep(0.01)

    def kill(self) -> None:
        """End it at once, as kill -9 does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def ask(self, *words: str) -> list[bytes]:
        """What is there, by the names of keys."""
        import redis

        with redis.Redis.from_url(self.url) as client:
            return sorted(client.keys(*words))
