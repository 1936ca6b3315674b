"""A server tells how its catalogue and its cache stand, and that they are well again."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

import redis_server
from rights import without_rights
from segue.caching import cache_of
from segue.catalogue import jobs, tracks
from segue.catalogue.database import open_database
from segue.library import Segue
from segue.records import OutsideId, TrackRecord
from segue.serve.app import create_app
from segue.serve.watching.probe import Probe
from segue.serve.watching.readiness import LONGEST_BEHIND, LONGEST_WAIT, Lack, Watch
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SETTINGS = Settings(_env_file=None)


def record(n: int) -> TrackRecord:
    return TrackRecord(
        title=f"Song {n}", artists=(f"Artist {n}",), outside_ids=(OutsideId("test", str(n)),)
    )


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Segue]:
    """Two tracks, and an engine; a writer waits for a tenth of a second."""
    with Segue(open_database(tmp_path / "small.db", busy_seconds=0.1), settings=SETTINGS) as segue:
        tracks.add(segue.database, [record(1), record(2)])
        segue.engine()
        yield segue


def watch_of(segue: Segue, settings: Settings = SETTINGS, **more: Any) -> Watch:
    return Watch(segue, cache_of(settings), least_bytes=0, **more)


def whole(lacks: tuple[Lack, ...]) -> list[str]:
    return [lack.whole for lack in lacks]


def until(look: Callable[[], object], wanted: Callable[[Any], bool]) -> Any:
    """Look again and again until what is seen is what is wanted."""
    end = time.monotonic() + 60
    while not wanted(seen := look()):
        assert time.monotonic() < end, seen
        time.sleep(0.02)
    return seen


class Clock:
    """Time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_all_is_well(small: Segue) -> None:
    found = watch_of(small).look()
    assert (found.ready, found.missing, found.degraded, found.tracks) == (True, (), (), 2)
    assert found.epoch == small.engine().epoch
    assert found.spaces["text"] == 2


def test_without_an_engine_it_is_not_ready_and_says_why(tmp_path: Path) -> None:
    with Segue.open(tmp_path / "x.db", settings=SETTINGS) as segue:
        found = watch_of(segue).look()
    assert whole(found.missing) == ["the engine: it is being built"]
    assert (found.ready, found.epoch, found.tracks) == (False, None, 0)


def test_a_catalogue_that_another_program_holds_is_told_with_how_long_and_forgotten_when_free(
    small: Segue, tmp_path: Path
) -> None:
    clock = Clock()
    watch = watch_of(small, clock=clock)
    other = sqlite3.connect(tmp_path / "small.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    held = until(watch.look, lambda found: "locked by another" in "".join(whole(found.degraded)))
    assert held.ready
    clock.now += 30
    held = until(watch.look, lambda found: "locked by another" in "".join(whole(found.degraded)))
    assert held.degraded == (
        Lack(
            "the catalogue cannot be written to",
            "the catalogue cannot be written to since 30 s: the catalogue is locked by another"
            " program",
        ),
    )
    other.execute("ROLLBACK")
    other.close()
    assert until(watch.look, lambda found: not found.degraded).ready


@pytest.mark.parametrize("login", [False, True])
def test_strangers_are_told_in_plain_words_and_the_log_has_the_whole(
    tmp_path: Path, login: bool, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(_env_file=None, login=login)
    with (
        Segue(open_database(tmp_path / "x.db", busy_seconds=0.1), settings=settings) as segue,
        closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as other,
    ):
        segue.engine()
        other.execute("BEGIN IMMEDIATE")
        client = TestClient(create_app(segue), base_url="http://localhost")
        told = until(lambda: client.get("/ready").json()["degraded"], bool)
        written = [each.getMessage() for each in caplog.records if "not all is well" in each.msg]
    assert len(written) == 1
    assert written[0].startswith("not all is well: the catalogue cannot be written to since 0 s: ")
    plain = ["the catalogue cannot be written to"]
    assert told == plain if login else written[0].endswith(told[0])


def test_who_asks_waits_no_longer_than_a_moment_for_a_catalogue_that_is_held(
    tmp_path: Path,
) -> None:
    with open_database(tmp_path / "x.db", busy_seconds=30.0) as database:
        other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        probe = Probe(database, cache_of(SETTINGS))
        found = probe.look(patience=0.2)
        assert found.writing.startswith("another program holds it; for ")
        assert found.epoch == 0
        other.execute("ROLLBACK")
        other.close()
        assert until(probe.look, lambda found: not found.writing).reading == ""


def test_a_catalogue_that_can_only_be_read_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    path = folder / "read.db"
    with open_database(path) as database:
        tracks.add(database, [record(1)])
    folder.chmod(0o555)
    path.chmod(0o444)
    with without_rights(tmp_path), Segue.open(path, settings=SETTINGS) as segue:
        segue.engine()
        found = watch_of(segue).look()
    folder.chmod(0o755)
    assert found.ready
    assert "can only be read" in found.degraded[0].whole


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "segue-test", str(place)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("a disk of its own: this user may not mount one")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_and_forgotten_when_there_is_room(disk: Path) -> None:
    with Segue.open(disk / "segue.db", settings=SETTINGS) as segue:
        tracks.add(segue.database, [record(1)])
        segue.engine()
        watch = Watch(segue, cache_of(SETTINGS), least_bytes=500_000)
        assert watch.look().degraded == ()
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            file.writelines(bytes(4096) for _ in range(4096))
        full = watch.look()
        assert full.ready
        assert "the disk of the catalogue is nearly full: 0 MB are left" in whole(full.degraded)
        filler.unlink()
        assert until(watch.look, lambda found: not found.degraded).ready


def test_answers_that_stay_older_than_the_catalogue_are_told(small: Segue) -> None:
    clock = Clock()
    watch = watch_of(small, clock=clock)
    small.follow()  # from here on the engine is what a thread has built
    engine = small.engine()
    small._live.close()
    tracks.add(small.database, [record(3)])
    assert small.engine().epoch == engine.epoch
    assert watch.look().degraded == ()
    clock.now += LONGEST_BEHIND + 1
    assert "answers are of epoch" in watch.look().degraded[0].whole


def test_work_that_nobody_begins_is_told(small: Segue) -> None:
    jobs.submit(small.database, "scan", {"root": "/nowhere"})
    watch = watch_of(small)
    assert watch.look().degraded == ()
    with small.database.write() as connection:
        connection.exec_driver_sql("UPDATE jobs SET created = created - ?", (LONGEST_WAIT + 60,))
    assert whole(watch.look().degraded) == ["1 job waits to be begun, the oldest for 11 minutes"]


@pytest.mark.skipif(bool(redis_server.missing()), reason=redis_server.missing() or "there")
def test_a_redis_that_is_away_is_told_and_forgotten_when_it_is_back(
    small: Segue, tmp_path: Path
) -> None:
    with redis_server.RedisServer(tmp_path) as server:
        settings = SETTINGS.model_copy(update={"cache_url": server.url})
        watch = watch_of(small, settings)
        assert watch.look().degraded == ()
        server.kill()
        away = until(watch.look, lambda found: bool(found.degraded))
        assert away.ready
        assert away.degraded[0].whole.startswith("the cache: Redis does not answer")
        assert str(server.port) not in away.degraded[0].whole
        server.start()
        assert until(watch.look, lambda found: not found.degraded).ready
