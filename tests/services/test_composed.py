"""What compose.yaml begins, begun by hand: its commands and surroundings, on real servers."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import yaml

import postgres_server
import redis_server

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
PATIENCE = 120
"""Seconds that anything may take on a machine that is busy."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(postgres_server.missing() or redis_server.missing()),
        reason=postgres_server.missing() or redis_server.missing(),
    ),
]


class Composed:
    """compose.yaml on this machine: addresses are of servers here, folders below one of ours."""

    def __init__(self, folder: Path, postgres: str, redis: str) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        given = {"ALLOWED_HOSTS": "music.example", "OWNER": "ada", "PROCESSES": "1"}
        given |= {
            "POSTGRES_PASSWORD": "s3cr3t-w0rd",
            "REDIS_PASSWORD": "w0rd",
            "OWNER_PASSWORD_FILE": "given",
            "MUSIC": "given",
        }
        text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")

        def filled(found: re.Match[str]) -> str:
            return given.get(found[1]) or found[2] or ""

        text = re.sub(r"(?<!\$)\$\{([A-Z_]+)(?::-([^}]*)|:\?[^}]*)?\}", filled, text)
        for ours, here in (
            ("@postgres:5432", f"@{postgres}"),
            ("@redis:6379", f"@{redis}"),
            ("/var/lib/segue", str(folder / "state")),
            ("/opt/segue/deploy", str(DEPLOY)),
            ("/run/secrets/owner_password", str(folder / "password")),
        ):
            assert ours in text
            text = text.replace(ours, here)
        self.services = yaml.safe_load(text)["services"]

    def surroundings(self, name: str) -> dict[str, str]:
        plain = {n: v for n, v in os.environ.items() if not n.startswith(("SEGUE_", "PG"))}
        plain["PATH"] = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        at = {"SEGUE_HOST": "0.0.0.0", "SEGUE_PORT": "1", "PORT": str(self.port)}  # noqa: S104
        return plain | at | self.services[name]["environment"]

    def begin(self, name: str) -> subprocess.Popen[str]:
        one = self.services[name]
        entry = one.get("entrypoint", [str(DEPLOY / "begin.sh")])
        with (self.folder / f"{name}.log").open("w") as log:
            return subprocess.Popen(
                [*entry, *map(str, one["command"])],
                cwd=self.folder,
                env=self.surroundings(name),
                stdout=log,
                stderr=log,
                text=True,
            )

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def ready(self) -> dict[str, object]:
        with urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=30) as answer:
            return json.load(answer)


@pytest.fixture
def composed(
    guarded_postgres: postgres_server.PostgresServer, tmp_path: Path
) -> Iterator[Composed]:
    import psycopg

    with psycopg.connect(f"{guarded_postgres.url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE segue")
    (tmp_path / "password").write_text("a long enough password\n", encoding="utf-8")
    (tmp_path / "state").mkdir()
    with redis_server.RedisServer(tmp_path, word="w0rd") as redis:
        yield Composed(tmp_path, f"127.0.0.1:{guarded_postgres.port}", f"127.0.0.1:{redis.port}")


def test_begun_in_their_order_they_are_well_and_end_well(composed: Composed) -> None:
    prepare = composed.begin("prepare")
    assert prepare.wait(PATIENCE) == 0, composed.said("prepare")
    assert "ada can sign in." in composed.said("prepare")
    with ExitStack() as begun:
        running = {}
        for name in ("app", "worker"):
            running[name] = composed.begin(name)
            begun.callback(running[name].wait)
            begun.callback(running[name].kill)
        wait_until_ready(composed, running["app"])
        wait_until_said(composed, "worker", running["worker"], "Works for")
        told = composed.ready()
        assert told["ready"] is True
        assert told["degraded"] == []
        checked = subprocess.run(
            [sys.executable, str(DEPLOY / "healthy.py")],
            env=composed.surroundings("app"),
            check=False,
            timeout=PATIENCE,
        )
        assert checked.returncode == 0
        for name in ("worker", "app"):
            running[name].send_signal(signal.SIGTERM)
            assert running[name].wait(PATIENCE) == 0, composed.said(name)


def wait_until_ready(composed: Composed, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            composed.ready()
        except (URLError, OSError):
            assert process.poll() is None, composed.said("app")
            assert time.monotonic() < end, composed.said("app")
            time.sleep(0.1)
        else:
            return


def wait_until_said(
    composed: Composed, name: str, process: subprocess.Popen[str], words: str
) -> None:
    end = time.monotonic() + PATIENCE
    while words not in composed.said(name):
        assert process.poll() is None, composed.said(name)
        assert time.monotonic() < end, composed.said(name)
        time.sleep(0.1)
