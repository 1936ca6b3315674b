"""Several processes on one port: they answer as one, and outlive each other.

One server of two processes is started for all of these, which come in order; the last one ends it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from segue.catalogue import jobs, tracks
from segue.catalogue.database import epoch, open_database
from segue.errors import UnavailableError
from segue.records import OutsideId, TrackRecord
from segue.serve.processes import run_many
from segue.serve.run import listening
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 240
"""Longest wait; a start takes seconds where nothing else runs, and a minute where much does."""

SERVE = (sys.executable, "-m", "segue", "serve", "--port", "0")


def until(condition: Callable[[], Any]) -> Any:
    """What it gives once that is something."""
    end = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


class Server:
    """``segue serve`` as a process of its own, its log as JSON."""

    def __init__(self, database: Path, log: Path, *words: str) -> None:
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [*SERVE, *words, "--database", str(database)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "SEGUE_LOG_FORMAT": "json"},
            )

    def begin(self) -> None:
        """Wait until it answers."""
        self.address = until(self._said).group(1)
        until(lambda: self.get("/ready").status_code == 200)

    def _said(self) -> re.Match[str] | None:
        assert self.process.poll() is None, self.log.read_text()
        return re.search(r"answers at (http://\S+)", self.log.read_text())

    def get(self, path: str, **more: Any) -> httpx.Response:
        """A request over a connection of its own."""
        return httpx.get(self.address + path, timeout=60, **more)

    def processes(self) -> dict[str, int]:
        """The processes that have an engine, each with its epoch."""
        return {
            sample.labels["pid"]: int(sample.value)
            for family in text_string_to_metric_families(self.get("/metrics").text)
            for sample in family.samples
            if sample.name == "segue_engine_epoch" and sample.value
        }

    def lines(self) -> list[dict[str, Any]]:
        """What the log says as JSON so far."""
        found = self.log.read_text().splitlines()
        return [json.loads(line) for line in found if line.startswith("{")]


@contextmanager
def serving(database: Path, log: Path, *words: str) -> Iterator[Server]:
    server = Server(database, log, *words)
    try:
        server.begin()
        yield server
    finally:
        server.process.kill()
        server.process.wait()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("several") / "segue.db"
    with open_database(path) as opened:
        tracks.add(opened, [record(n) for n in range(3)])
    return path


def record(n: int) -> TrackRecord:
    return TrackRecord(
        title=f"Song {n}", artists=(f"Artist {n}",), outside_ids=(OutsideId("test", str(n)),)
    )


@pytest.fixture(scope="module")
def server(database: Path) -> Iterator[Server]:
    with serving(database, database.with_name("log"), "--processes", "2") as made:
        until(lambda: len(made.processes()) == 2)
        yield made


def test_what_each_of_them_counted_adds_up(server: Server) -> None:
    def counted() -> int:
        text = server.get("/metrics").text
        found = re.search(r'segue_requests_total\{.*route="/api/v1/tracks".*\} (\S+)', text)
        return int(float(found.group(1))) if found else 0

    before = counted()
    for _ in range(20):
        assert server.get("/api/v1/tracks").status_code == 200
    assert counted() - before == 20


def test_all_of_them_answer_and_each_line_names_its_request(server: Server) -> None:
    def both() -> bool:
        server.get("/health", headers={"X-Request-Id": "whoever"})
        told = [each for each in server.lines() if each.get("request") == "whoever"]
        return len({each["process"] for each in told}) == 2

    until(both)
    told = next(each for each in server.lines() if each.get("request") == "whoever")
    assert (told["method"], told["route"], told["status"]) == ("GET", "/health", 200)


def test_a_changed_catalogue_reaches_all_of_them(server: Server, database: Path) -> None:
    with open_database(database) as opened:
        tracks.add(opened, [record(7)])
        newest = epoch(opened)
    until(lambda: [*server.processes().values()] == [newest, newest])
    assert server.get("/ready").json()["tracks"] == 4


def test_one_that_is_killed_is_replaced_while_the_others_answer(server: Server) -> None:
    before = set(server.processes())
    killed = sorted(before)[0]
    os.kill(int(killed), signal.SIGKILL)

    def replaced() -> bool:
        try:
            # Nobody meets one that is still getting ready.
            assert server.get("/ready").status_code == 200
            found = set(server.processes())
        except httpx.TransportError:  # the connection the killed one had just taken
            return False
        return len(found) == 2 and killed not in found

    until(replaced)
    assert {server.get("/api/v1/tracks").status_code for _ in range(20)} == {200}
    assert any("another begins in its place" in each["message"] for each in server.lines())


TOLD_TO_STOP = """
import os, signal, sys, time
from segue.library import Segue
from segue.serve.processes import _get_ready
from segue.settings import Settings

def engine(segue):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)

def close(segue, close=Segue.close):
    os.kill(os.getpid(), signal.SIGTERM)
    close(segue)
    print("closed")

Segue.engine, Segue.close = engine, close
with Segue.open(sys.argv[1], settings=Settings(_env_file=None)) as segue:
    _get_ready(segue)
"""


def test_one_that_gets_ready_and_is_told_to_stop_twice_closes_what_it_opened(
    database: Path,
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", TOLD_TO_STOP, str(database)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "closed\n")


def test_two_servers_on_one_file_share_the_work_and_those_whose_parent_is_gone_end(
    server: Server, database: Path
) -> None:
    with (
        serving(database, database.with_name("other-log"), "--processes", "2") as other,
        open_database(database) as opened,
    ):
        for n in range(3):
            music = database.with_name(f"music-{n}")
            music.mkdir()
            jobs.submit(opened, "scan", {"root": str(music)})
        until(lambda: not jobs.open_ones(opened))
        scans = [each for each in jobs.listing(opened) if each.kind == "scan"]
        assert [(each.state, each.attempts) for each in scans] == [("done", 1)] * 3
        for one in (server, other):
            told = {each["id"] for each in one.get("/api/v1/jobs").json()["jobs"]}
            assert told >= {each.id for each in scans}
        family = psutil.Process(other.process.pid).children(recursive=True)
        assert len(family) >= 2
        other.process.kill()
        _, alive = psutil.wait_procs(family, timeout=SECONDS)
        assert alive == []


def test_told_to_stop_it_ends_with_all_of_them(server: Server) -> None:
    family = psutil.Process(server.process.pid).children(recursive=True)
    assert len(family) >= 2
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(60) == 0
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
    said = server.log.read_text()
    assert "Stopped; what was finished is kept." in said
    assert "Traceback" not in said


def test_what_cannot_serve_is_not_begun_again_and_again(
    database: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    nowhere = str(database.with_name("nowhere.db"))
    settings = Settings(_env_file=None, database=nowhere, processes=1)
    with (
        listening("127.0.0.1", 0) as bound,
        pytest.raises(UnavailableError, match="ended with 2 before it answered"),
    ):
        run_many(settings, bound=bound, on_ready=lambda: pytest.fail("it answers"))
    assert "there is no catalogue" in capfd.readouterr().err
