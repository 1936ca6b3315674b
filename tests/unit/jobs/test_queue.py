"""The bell: numbers of jobs and nothing else, through a queue that may be away."""

from __future__ import annotations

import logging
import pickle
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.catalogue import jobs
from segue.catalogue.database import Database, open_database
from segue.errors import BadRequestError
from segue.jobs.queue import FILE, MOST, Bell, bell_of, read, written
from segue.jobs.runner import Kind, Runner
from segue.settings import Settings

STOP = threading.Event()


class Trap:
    """What runs code where it is loaded as a pickle: it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


@given(st.integers(1, 2**31 - 1))
def test_what_is_written_is_read(number: int) -> None:
    assert read(written(number)) == number


@given(st.one_of(st.binary(max_size=200), st.text(max_size=80), st.integers(), st.none()))
def test_anything_else_is_nothing(carried: object) -> None:
    assert read(carried) is None


@pytest.mark.parametrize(
    "carried",
    [
        b'{"job": 0}',
        b'{"job": -1}',
        b'{"job": true}',
        b'{"job": 1.0}',
        b'{"job": "1"}',
        b'{"job": 1, "kind": "teach"}',
        b'{"job": 99999999999}',
        b"[1]",
        b"1",
        b'{"job": ' + b" " * 80 + b"1}",
        b"[" * 60,
        pickle.dumps(Trap(Path("trapped"))),
    ],
)
def test_what_is_nearly_a_bell_is_nothing(carried: bytes) -> None:
    assert read(carried) is None


@pytest.fixture
def db(tmp_path: Path):
    with open_database(tmp_path / "segue.db") as opened:
        yield opened


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)


def test_a_bell_rings_through_a_file_beside_the_catalogue(db: Database, tmp_path: Path) -> None:
    ring, hear = bell_of(db, settings()), bell_of(db, settings())
    assert hear.heard(STOP) is None
    for number in (3, 4):
        ring.ring(number)
    assert [hear.heard(STOP) for _ in range(3)] == [3, 4, None]
    queue = tmp_path / "segue.derived" / FILE
    assert ring.where == f"sqlite:///{queue}"
    with closing(sqlite3.connect(queue)) as beside, beside:
        beside.execute("INSERT INTO task (queue, data, priority) VALUES ('segue', ?, 0)",
                       (pickle.dumps(Trap(tmp_path / "trapped")),))  # fmt: skip
    ring.ring(5)
    assert {hear.heard(STOP), hear.heard(STOP)} == {None, 5}
    assert not (tmp_path / "trapped").exists()
    ring.close()
    hear.close()


def test_a_bell_lies_where_the_settings_have_what_follows(db: Database, tmp_path: Path) -> None:
    ours = settings(derived_folder=tmp_path / "shared")
    ring, hear = bell_of(db, ours), bell_of(db, ours)
    ring.ring(3)
    assert hear.heard(STOP) == 3
    assert (tmp_path / "shared" / db.digest / FILE).is_file()
    ring.close()
    hear.close()


def test_bells_that_nobody_hears_do_not_pile_up(db: Database) -> None:
    bell = bell_of(db, settings())
    opened = bell._opened()
    for number in range(1, MOST + 1):
        opened.enqueue(written(number))
    bell.ring(MOST + 1)
    assert opened.queue_size() == 1
    assert bell.heard(STOP) == MOST + 1
    opened.close()
    bell.close()


def test_a_queue_that_is_away_costs_nothing_but_a_word(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    def opened() -> None:
        raise OSError("secret words")

    bell = Bell(opened, where="sqlite:///queue.db")
    with caplog.at_level(logging.WARNING):
        for number in range(1, 20):
            bell.ring(number)
        assert bell.heard(STOP) is None
    assert [record.getMessage() for record in caplog.records] == [
        "the queue of work at sqlite:///queue.db does not answer (OSError);"
        " work begins a little later"
    ]
    bell.close()


def test_the_setting_says_where(db: Database, tmp_path: Path) -> None:
    named = bell_of(db, settings(queue_url=f"sqlite:///{tmp_path / 'bells.db'}"))
    named.ring(9)
    assert (tmp_path / "bells.db").is_file()
    named.close()
    url = "redis://reader:secret@somewhere:6379/0"
    assert bell_of(db, settings(queue_url=url)).where == "redis://somewhere:6379/0"
    url = "postgresql+psycopg://reader:se@cret@somewhere/queue"
    assert bell_of(db, settings(queue_url=url)).where == "postgresql://somewhere/queue"
    readable = Database(db._engine, url=db.url, path=db.path, read_only=True)
    assert bell_of(readable, settings()) is None
    for wrong in ("amqp://user:secret@somewhere", "queue.db", "redis://", "sqlite:///"):
        with pytest.raises(BadRequestError, match="no queue that Segue knows") as said:
            bell_of(db, settings(queue_url=wrong))
        assert "secret" not in str(said.value)


def test_a_bell_calls_those_who_wait(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without a bell nobody would look before the test is over.
    monkeypatch.setattr("segue.jobs.runner._LOOK_SECONDS", 300.0)
    kinds = {"hear": Kind(lambda work: f"file {work.payload['n']}")}
    server = Runner(db, kinds, takes=(), bell=bell_of(db, settings()))
    worker = Runner(db, kinds, bell=bell_of(db, settings()))
    server.start()
    worker.start()
    try:
        for n in range(3):
            assert server.wait(server.submit("hear", {"n": n}), 30).message == f"file {n}"
    finally:
        worker.stop()
        server.stop()


def test_a_lost_bell_is_made_up_for_by_the_table(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.jobs.runner._LOOK_SECONDS", 0.05)

    def away() -> None:
        raise ConnectionError

    worker = Runner(db, {"hear": Kind(lambda work: "heard")}, bell=Bell(away, where="nowhere"))
    worker.start()
    try:
        assert worker.running
        number = jobs.submit(db, "hear", {})
        assert worker.wait(number, 30).message == "heard"
    finally:
        worker.stop()
