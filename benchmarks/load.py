"""Two processes that answer, 89,741 tracks behind them, and a load tool (``wrk``) in front.

**steady**: recommendations by the lens `hybrid` for two thousand tracks in turn, from SQLite, with
1 to 16 connections that each ask again as soon as they are answered: requests a second and how
long an answer takes. **mixed**: recommendations, pages, searches and lists for ten minutes from
PostgreSQL with a Redis beside it, while tracks are added (every engine is built anew and swapped
in), files are sent, Redis is killed and begun again, and PostgreSQL is stopped and begun again;
answers are counted by status.

``wrk`` (Debian: ``apt install wrk``) runs on the same machine and takes its share of it. It waits
for an answer before it asks again, so what it measures under full load is how fast the server is,
not how long somebody would wait who comes when they please; `benchmarks/api.py` measures that.

``python benchmarks/load.py [steady] [mixed] [--seconds N]``; N is how long `mixed` lasts.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import report

sys.path.insert(0, str(report.REPOSITORY / "tests"))

from prometheus_client.parser import text_string_to_metric_families

from encoded import SONGS, make_music, write_audio
from postgres_server import PostgresServer
from redis_server import RedisServer
from segue import Segue
from segue.catalogue import jobs, keys, tracks
from segue.catalogue.database import open_database
from segue.records import OutsideId, TrackRecord
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 42
PROCESSES = 2
ASKED = 2_000
CONNECTIONS = (1, 2, 4, 8, 16)
STEADY_SECONDS = 30
MIXED_SECONDS = 600
START_SECONDS = 600
EVERY = 20.0
"""Seconds between two things that happen to the server."""

LUA = Path(__file__).with_suffix(".lua")
TABLE = "tracks/spotify_tracks_114k.csv.gz"


def main() -> None:
    """Measure what is asked for, write ``results/load.json``."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed: apt install wrk")
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=["steady", "mixed"])
    parser.add_argument("--seconds", type=int, default=MIXED_SECONDS)
    asked = parser.parse_args()
    table = report.shared(TABLE)
    measured = before()
    with tempfile.TemporaryDirectory(prefix="segue-load-") as folder:
        place = Path(folder)
        for part in asked.parts:
            found = (
                steady(place, table)
                if part == "steady"
                else mixed(place, table, seconds=asked.seconds)
            )
            measured[part] = found
            report.write("load", measured, inputs=[table], seed=SEED)


def before() -> dict[str, Any]:
    """What an earlier run measured."""
    path = report.RESULTS / "load.json"
    found: dict[str, Any] = json.loads(path.read_text())["figures"] if path.exists() else {}
    return found


def steady(place: Path, table: Path) -> dict[str, Any]:
    """One question after the other on every connection."""
    catalogue = str(place / "steady.db")
    names = filled(catalogue, table)
    paths = written(place / "steady.paths", [f"{_track(one)}/similar?lens=hybrid" for one in names])
    with served(catalogue, place) as server:
        run(server, paths, connections=4, seconds=5)
        return {
            "processes": PROCESSES,
            "lens": "hybrid",
            "connections": {
                str(number): run(server, paths, connections=number, seconds=STEADY_SECONDS)
                for number in CONNECTIONS
            },
            "memory_megabytes": server.memory(),
        }


def mixed(place: Path, table: Path, *, seconds: int) -> dict[str, Any]:
    """Everything at once, while much happens to the server."""
    with ExitStack() as running:
        postgres = running.enter_context(PostgresServer())
        redis = running.enter_context(RedisServer(place))
        catalogue = postgres.database("segue")
        names = filled(catalogue, table)
        with open_database(catalogue) as database:
            _, key = keys.make(database, label="load", listener="", scopes=["write"])
        paths = written(place / "mixed.paths", mixture(names))
        # Requests of a key are counted in Redis, so each of them asks it.
        given = {"SEGUE_CACHE_URL": redis.url, "SEGUE_REQUESTS_PER_MINUTE": "1000000000"}
        server = running.enter_context(served(catalogue, place, **given))
        run(server, paths, connections=4, seconds=5)
        events = Events(server, catalogue, postgres, redis, song=_song(place))
        stop = threading.Event()
        beside = threading.Thread(target=events.go_on, args=(stop,))
        beside.start()
        found = run(server, paths, connections=8, seconds=seconds, key=key)
        stop.set()
        beside.join()
        events.settle()
        return {
            "processes": PROCESSES,
            "broken": sum(n for status, n in found["statuses"].items() if status >= "500"),
            **found,
            "happened": events.counted,
            "sent_statuses": events.statuses,
            "uploads_heard": events.heard,
            "memory_megabytes": server.memory(),
        }


def filled(catalogue: str, table: Path) -> list[str]:
    """Import the table; the ids of random tracks."""
    with Segue.open(catalogue, settings=Settings(_env_file=None, database=catalogue)) as segue:
        segue.import_tracks(table)
        every = [one.id for one in tracks.page(segue.database, after=None, limit=10**6)]
    return random.Random(SEED).sample(every, ASKED)


def mixture(names: list[str]) -> list[str]:
    """What people and programs ask for, each as often as it stands here."""
    chance = random.Random(SEED)
    words = ("blue", "love", "night", "the river", "dance", "winter")
    paths = []
    for one in names:
        paths += [f"{_track(one)}/similar?lens=hybrid"] * 4
        paths += [_track(one), f"/tracks/{quote(one, safe='')}"]
        paths.append("/api/v1/search?" + urlencode({"q": chance.choice(words), "n": 10}))
        paths.append("/api/v1/tracks?limit=20")
    return paths


def _track(one: str) -> str:
    return f"/api/v1/tracks/{quote(one, safe='')}"


def written(path: Path, lines: list[str]) -> Path:
    """A file of lines."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _song(place: Path) -> bytes:
    return write_audio(place / "song.mp3", make_music(12.0), **SONGS["mp3"]).read_bytes()


@dataclass(frozen=True)
class Load:
    """A server that is asked."""

    address: str

    def numbers(self, name: str) -> dict[str, float]:
        """A number of every process, by the process."""
        with urllib.request.urlopen(f"{self.address}/metrics", timeout=60) as answer:  # noqa: S310
            text = answer.read().decode()
        return {
            sample.labels.get("pid", ""): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name
        }

    def memory(self) -> list[int]:
        """Megabytes each process holds, those it shares with others included."""
        return sorted(round(each / 1e6) for each in self.numbers("segue_memory_bytes").values())


@contextmanager
def served(catalogue: str, place: Path, **given: str) -> Iterator[Load]:
    """A server of two processes, once both have an engine; its log is shown where it has none."""
    told = {"SEGUE_PROCESSES": str(PROCESSES), "SEGUE_UPLOAD_FOLDER": str(place / "music"), **given}
    log = place / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "segue", "serve", "--port", "0", "--database", catalogue],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **told},
        )
    try:
        end = time.monotonic() + START_SECONDS
        while not (server := _ready(log)):
            if time.monotonic() > end or process.poll() is not None:
                raise SystemExit(f"the processes do not get ready:\n{log.read_text()}")
            time.sleep(0.2)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=120)


def _ready(log: Path) -> Load | None:
    """The server that a log speaks of, once all of its processes have an engine."""
    found = re.search(r"answers at (http://\S+)", log.read_text())
    if found is None:
        return None
    server = Load(found.group(1))
    epochs = server.numbers("segue_engine_epoch").values()
    return server if len(epochs) == PROCESSES and all(epochs) else None


def run(
    server: Load, paths: Path, *, connections: int, seconds: int, key: str = ""
) -> dict[str, Any]:
    """Ask random lines of `paths` for a while; what `wrk` says of it."""
    words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
    words += ["-s", str(LUA), server.address, "--", str(paths), str(SEED), *([key] if key else [])]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    told = next(line for line in done.stdout.splitlines() if line.startswith("TOLD "))
    found: dict[str, Any] = json.loads(told.removeprefix("TOLD "))
    return found


@dataclass
class Events:
    """What happens to a server while it is asked, one thing after the other, again and again."""

    server: Load
    catalogue: str
    postgres: PostgresServer
    redis: RedisServer
    song: bytes
    counted: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    heard: int = 0
    _number: int = 0

    def go_on(self, stop: threading.Event) -> None:
        """Until it is told to stop."""
        kinds: dict[str, Callable[[], None]] = {
            "files sent": self.send,
            "tracks added": self.add,
            "Redis killed": self.kill_redis,
            "files sent too": self.send,
            "PostgreSQL restarted": self.restart_postgres,
        }
        while True:
            for name, happen in kinds.items():
                if stop.wait(EVERY):
                    return
                happen()
                self.counted[name] = self.counted.get(name, 0) + 1

    def send(self) -> None:
        """A file that nobody sent before."""
        self._number += 1
        mark = "segue-form-of-one-file"
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="song {self._number}.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n'
        )
        body = head.encode() + self.song + bytes([self._number % 256]) * self._number
        body += f"\r\n--{mark}--\r\n".encode()
        connection = http.client.HTTPConnection(urlsplit(self.server.address).netloc, timeout=120)
        headers = {
            "Content-Type": f"multipart/form-data; boundary={mark}",
            "Accept": "application/json",
        }
        connection.request("POST", "/upload", body, headers)
        status = str(connection.getresponse().status)
        connection.close()
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def add(self) -> None:
        """A track of the table's kind, so that every process builds its engine anew."""
        self._number += 1
        record = TrackRecord(
            title=f"Added {self._number}",
            artists=("Load",),
            outside_ids=(OutsideId("load", str(self._number)),),
        )
        with open_database(self.catalogue) as database:
            tracks.add(database, [record])

    def kill_redis(self) -> None:
        """As kill -9 does; begun again ten seconds later."""
        self.redis.kill()
        time.sleep(10.0)
        self.redis.start()

    def restart_postgres(self) -> None:
        """Every connection is broken off, and a second later there is a server again."""
        self.postgres.stop("fast")
        self.postgres.start()

    def settle(self) -> None:
        """Wait until every file that was sent was listened to."""
        end = time.monotonic() + 120
        with open_database(self.catalogue) as database:
            while jobs.waiting(database, "upload") and time.monotonic() < end:
                time.sleep(0.2)
            every = jobs.listing(database, 10_000)
        self.heard = sum(each.kind == "upload" and each.state == "done" for each in every)


if __name__ == "__main__":
    main()
