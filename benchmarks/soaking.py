"""What a soak is made of: programs that are killed and begun again, and what is counted after."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from segue.catalogue import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postgres_server import PostgresServer
    from segue.catalogue.database import Database

READY_SECONDS = 300.0


class Program:
    """One of our commands, in a group of processes of its own; `ready` is asked with its words."""

    def __init__(
        self,
        words: list[str],
        environment: Mapping[str, str],
        *,
        log: Path,
        ready: Callable[[str], bool],
    ) -> None:
        self._words = [sys.executable, "-m", "segue", *words]
        self._environment = {**os.environ, **environment}
        self._log, self._ready, self._from = log, ready, 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Begin, and wait until it is ready: seconds."""
        began = time.monotonic()
        self._from = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._words,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        while not self._ready(self._said()):
            code = self._process.poll()
            assert code is None, (self._words, code, self._said()[-2000:])
            assert time.monotonic() - began < READY_SECONDS, (self._words, self._said()[-2000:])
            time.sleep(0.02)
        return time.monotonic() - began

    def kill(self) -> None:
        """End its first process as kill -9 does; what it started has to notice by itself."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Ask it to stop: its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(120)

    def end(self) -> None:
        """End it where it still runs."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def show(self) -> None:
        """What it said, on stderr."""
        if self._log.exists():
            sys.stderr.write(self._log.read_text(errors="replace")[-8000:])

    def _said(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._from)
            return log.read().decode(errors="replace")


class Killable:
    """A PostgreSQL that is killed, and begun again as soon as its processes are gone."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def start(self) -> float:
        began = time.monotonic()
        while True:
            try:
                self._server.start()
            except subprocess.CalledProcessError:
                # Its own processes have not all noticed yet that the first is gone.
                assert time.monotonic() - began < READY_SECONDS
                time.sleep(0.05)
            else:
                return time.monotonic() - began

    def kill(self) -> None:
        self._server.kill()


def status(port: int, path: str) -> int:
    """The status of an answer; 0 where there is none."""
    return _asked(urllib.request.Request(f"http://127.0.0.1:{port}{path}"))[0]


def post(port: int, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    """Post JSON: status (0 without an answer) and document."""
    return _asked(
        urllib.request.Request(
            f"http://127.0.0.1:{port}{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
    )


def send(port: int, path: Path, *, key: str) -> tuple[int, Any]:
    """Send a file under an idempotency key: status (0 without an answer) and document."""
    border = "soak-border"
    head = (
        f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    )
    data = b"".join([head.encode(), path.read_bytes(), f"\r\n--{border}--\r\n".encode()])
    kind = f"multipart/form-data; boundary={border}"
    return _asked(
        urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/uploads",
            data=data,
            headers={"Content-Type": kind, "Idempotency-Key": key},
        )
    )


def _asked(request: urllib.request.Request) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (loopback)
            body = answer.read()
            code = int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, None
    except (OSError, http.client.HTTPException):
        return 0, None
    try:
        return code, json.loads(body)
    except ValueError:
        return code, None


@dataclass
class Stock:
    """What a catalogue holds of files."""

    files: list[tuple[str, str]] = field(default_factory=list)
    gone: int = 0
    tracks: int = 0
    ledger: dict[tuple[str, str], str] = field(default_factory=dict)
    heard: dict[tuple[str, str], str] = field(default_factory=dict)
    uploads: list[tuple[str, str, str, bool]] = field(default_factory=list)
    jobs: list[tuple[str, str, int]] = field(default_factory=list)


def stock(db: Database) -> Stock:
    """Count what there is."""
    found = Stock()
    with db.read() as connection:
        for row in connection.execute(select(schema.files)):
            found.files.append((Path(row.path).name, row.content_hash))
            found.gone += row.missing_since is not None
        found.tracks = connection.execute(select(func.count()).select_from(schema.tracks)).scalar()
        for row in connection.execute(select(schema.ledger)):
            found.ledger[row.content_hash, row.stage] = row.state
        for row in connection.execute(select(schema.vectors)):
            found.heard[row.content_hash, row.space] = _digest(row.data)
        for row in connection.execute(select(schema.recordings)):
            said = _digest(row.waveform + row.fingerprint)
            found.heard[row.content_hash, "recording"] = f"{said} {row.loudness:.6f}"
        for row in connection.execute(select(schema.uploads)):
            measured = row.waveform is not None
            found.uploads.append((row.token, row.name, row.state, measured))
        for row in connection.execute(select(schema.jobs)):
            found.jobs.append((row.kind, row.state, row.attempts))
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def expected(folder: Path) -> dict[str, str]:
    """The digest of every file of a folder, by its name."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix == ".wav"
    }


def compared(
    found: Stock, wanted: Mapping[str, str], *, tokens: Mapping[str, str], rows: int
) -> dict[str, Any]:
    """What is lost and what is there twice, and how the ledger adds up."""
    names = [name for name, _ in found.files]
    brought = {token: (name, state, measured) for token, name, state, measured in found.uploads}
    sent = [name for name, _, _ in brought.values()]
    lost = [name for name, digest in wanted.items() if (name, digest) not in found.files]
    lost += [name for token, name in tokens.items() if brought.get(token, ("",))[0] != name]
    lost += [name for name, state, measured in brought.values()
             if state != "heard" or not measured]  # fmt: skip
    twice = [name for name in set(names) if names.count(name) > 1]
    twice += [name for name in set(sent) if sent.count(name) > 1]
    beside = found.tracks - rows - len(wanted)
    (twice if beside > 0 else lost).extend(["a track"] * abs(beside))
    stages: dict[str, dict[str, int]] = {}
    for (digest, stage), state in found.ledger.items():
        if digest in wanted.values():
            counts = stages.setdefault(stage, {})
            counts[state] = counts.get(state, 0) + 1
    unheard = [
        f"{stage}: {sum(counts.values())} of {len(wanted)}"
        for stage, counts in stages.items()
        if counts.get("analysed", 0) != len(wanted)
    ]
    states: dict[str, int] = {}
    for kind, state, _ in found.jobs:
        states[f"{kind} {state}"] = states.get(f"{kind} {state}", 0) + 1
    return {
        "files": len(wanted),
        "uploads": len(tokens),
        "rows": rows,
        "lost": sorted([*lost, *unheard]),
        "duplicated": sorted(twice),
        "ledger": stages,
        "jobs": dict(sorted(states.items())),
        "most_attempts": max((attempts for _, _, attempts in found.jobs), default=0),
    }


def unlike(found: Stock, calmly: Stock) -> list[str]:
    """What was heard otherwise, or not, or beside, than without any disturbance."""
    keys = found.heard.keys() | calmly.heard.keys()
    return sorted(
        f"{digest[:12]} {what}"
        for digest, what in keys
        if found.heard.get((digest, what)) != calmly.heard.get((digest, what))
    )


def left_over(mark: str) -> int:
    """Processes of a soak that still run, a moment after all of it was stopped; Linux alone."""
    end = time.monotonic() + 20
    while (found := _marked(mark)) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def _marked(mark: str) -> int:
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found += f"SEGUE_SOAK={mark}\0".encode() in process.joinpath("environ").read_bytes()
    return found
