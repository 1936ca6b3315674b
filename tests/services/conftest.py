"""Servers for tests: a PostgreSQL of our own, on a free port, gone when the tests are."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def _programs() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running server, without a database; PostgreSQL refuses to run as root."""
    if find_spec("psycopg") is None:
        pytest.skip("PostgreSQL: its driver is not installed (pip install 'segue[postgres]')")
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL: initdb is not installed (apt install postgresql)")
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="segue-postgres-") as folder:
        if user:
            shutil.chown(folder, user)
        data, port = Path(folder) / "data", _free_port()
        as_user = {"user": user} if user else {}

        def run(*words: str) -> None:
            subprocess.run(words, check=True, capture_output=True, cwd=folder, **as_user)

        # Text sorts by code point, as in SQLite.
        run(
            str(programs / "initdb"),
            *("-D", str(data), "-A", "trust", "-U", "segue", "--locale=C.UTF-8", "-N"),
        )
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = str(programs / "pg_ctl")
        run(control, "-D", str(data), "-l", f"{folder}/log", "-o", options, "-w", "start")
        try:
            yield f"postgresql://segue@127.0.0.1:{port}"
        finally:
            run(control, "-D", str(data), "-m", "immediate", "-w", "stop")
