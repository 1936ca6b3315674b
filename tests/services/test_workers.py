"""Jobs and their bell on real servers: PostgreSQL and Redis."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

import redis_server
from segue.catalogue import jobs
from segue.catalogue.database import Database, open_database
from segue.jobs.queue import bell_of, written
from segue.jobs.runner import Kind, Runner
from segue.settings import Settings
from workers import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STOP = threading.Event()


@pytest.fixture(scope="module")
def address(postgres_server: str) -> str:
    import psycopg

    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE workers")
    return f"{postgres_server}/workers"


@pytest.fixture
def db(address: str) -> Iterator[Database]:
    with open_database(address) as opened:
        yield opened


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)


def test_a_job_is_held_by_one_program_on_a_server_too(db: Database) -> None:
    number = jobs.submit(db, "scan", {"root": "/a"})
    other = jobs.submit(db, "scan", {"root": "/b"})
    late = jobs.claim(db, ["scan"], owner="there/1/a.1", alone=True)
    assert late.id == number
    assert jobs.claim(db, ["scan"], owner="here/2/b.1", alone=True) is None
    assert abs(late.heartbeat - late.created) < 60
    assert jobs.get(db, number).state == "running"
    assert jobs.adopt(db, late, most=5)
    now = jobs.claim(db, ["scan"], owner="here/2/b.1", able=lambda each: each["root"] == "/a")
    assert (now.id, now.attempts) == (number, 2)
    assert not jobs.finish(db, number, owner=late.owner, message="late")
    assert jobs.finish(db, number, owner=now.owner, message="well")
    assert jobs.get(db, number).message == "well"
    assert jobs.claim(db, ["scan"], owner="here/2/b.2", alone=True).id == other
    assert jobs.finish(db, other)


def test_a_catalogue_on_a_server_has_its_bell_there(
    db: Database, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without a bell nobody would look before the test is over.
    monkeypatch.setattr("segue.jobs.runner._LOOK_SECONDS", 300.0)
    named = settings(database=address)
    kinds = {"hear": Kind(lambda work: f"file {work.payload['n']}")}
    server = Runner(db, kinds, takes=(), bell=bell_of(db, named))
    worker = Runner(db, kinds, bell=bell_of(db, named))
    server.start()
    worker.start()
    try:
        for n in range(3):
            assert server.wait(server.submit("hear", {"n": n}), 30).message == f"file {n}"
    finally:
        worker.stop()
        server.stop()


@pytest.mark.skipif(bool(redis_server.missing()), reason=redis_server.missing())
def test_a_bell_in_redis_rings_again_when_redis_is_back(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.jobs.queue.AGAIN", 0.05)
    with redis_server.RedisServer(tmp_path, word="secret") as server:
        ring, hear = (bell_of(db, settings(queue_url=server.url)) for _ in range(2))
        assert "secret" not in ring.where
        ring.ring(7)
        until(lambda: hear.heard(STOP) == 7)
        server.kill()
        ring.ring(8)
        assert hear.heard(STOP) is None
        server.start()

        def rings() -> bool:
            ring.ring(9)
            return hear.heard(STOP) == 9

        until(rings)
        storage = ring._opened()
        storage.enqueue(b"\x80\x04cos\nsystem\n")
        storage.enqueue(written(10))
        heard = {hear.heard(STOP) for _ in range(8)}
        assert 10 in heard
        assert heard <= {None, 9, 10}
        for bell in (ring, hear):
            bell.close()
        storage.close()
