"""Programs that start at once on one folder build once, whoever of them is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from segue.assemble import Live
from segue.catalogue import tracks
from segue.catalogue.database import open_database
from segue.records import Attributes, TrackRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PROGRAM = """
import logging, pathlib, sys, time
from segue.assemble import Live, making
from segue.catalogue.database import open_database
from segue.storage import turns

place, name = pathlib.Path(sys.argv[1]), sys.argv[2]
logging.basicConfig(level="INFO", filename=place / f"{name}.log")
turns.SILENT, turns.BEAT = float(sys.argv[4]), 0.1
take = making.take_snapshot

def slowly(db, *, folder):
    with (place / "built.txt").open("a") as file:
        file.write(f"{name}\\n")
    while not (place / "go").exists():
        time.sleep(0.01)
    return take(db, folder=folder)

making.take_snapshot = slowly
with open_database(place / "songs.db") as db:
    live = Live(db, kept_from=1, folder=place / "shared")
    if sys.argv[3] == "follows":
        live.follow(every=0.01)
        while not live.ready:
            time.sleep(0.01)
    engine = live.engine()
    seed = engine.seed_of(engine.snapshot.corpus.ids[0])
    found = engine.similar(seed, n=5, lens="hybrid")
    print([(each.track.id, each.score) for each in found], flush=True)
    live.close()
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with open_database(tmp_path / "songs.db") as db:
        songs = [
            TrackRecord(f"Song {number}", (f"Ada {number % 7}",), genres=("rock",),
                        attributes=Attributes(energy=number / 40, valence=0.4, tempo=90.0))
            for number in range(16)
        ]  # fmt: skip
        tracks.add(db, songs)
    return tmp_path


@contextmanager
def program(
    place: Path, name: str, *, how: str, silent: float = 60.0
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(place), name, how, str(silent)],
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def built(place: Path) -> list[str]:
    path = place / "built.txt"
    return path.read_text().split() if path.exists() else []


def waits(place: Path, name: str) -> bool:
    path = place / f"{name}.log"
    return path.exists() and "waiting for it" in path.read_text()


def answer(started: subprocess.Popen[str]) -> str:
    said, _ = started.communicate(timeout=120)
    assert started.returncode == 0
    return said


@pytest.mark.parametrize("how", ["asks", "follows"])
def test_two_that_start_at_once_build_once(place: Path, how: str) -> None:
    with program(place, "first", how=how) as first:
        wait(lambda: built(place) == ["first"])
        with program(place, "second", how=how) as second:
            wait(lambda: waits(place, "second"))
            (place / "go").touch()
            answers = [answer(first), answer(second)]
    assert answers[0] == answers[1] != ""
    assert built(place) == ["first"]


def test_the_turn_of_one_that_is_killed_is_taken_over(place: Path) -> None:
    with program(place, "first", how="asks") as first:
        wait(lambda: built(place) == ["first"])
        with program(place, "second", how="asks", silent=3.0) as second:
            wait(lambda: waits(place, "second"))
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
            (place / "go").touch()
            assert answer(second)
    assert built(place) == ["first", "second"]
    assert "has not been heard of" in (place / "second.log").read_text()
    with program(place, "third", how="asks") as third:
        assert answer(third)
    assert built(place) == ["first", "second"]


def test_one_that_is_told_to_end_does_not_wait_for_another(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with program(place, "first", how="asks") as first:
        wait(lambda: built(place) == ["first"])
        with open_database(place / "songs.db") as db:
            live = Live(db, kept_from=1, folder=place / "shared")
            live.follow(every=0.01)
            wait(lambda: "waiting for it" in caplog.text)
            live.close()
            assert not live.ready
        (place / "go").touch()
        assert answer(first)
    assert built(place) == ["first"]
