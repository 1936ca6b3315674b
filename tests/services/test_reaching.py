"""A PostgreSQL that is not there, does not let us in, goes away and comes back."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from segue.catalogue import search, steady, tracks
from segue.catalogue.database import Database, open_database
from segue.catalogue.postgres import Pool, masked
from segue.errors import AwayError, BadRequestError, BusyError, UnavailableError
from segue.library import Segue
from segue.records import TrackRecord
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, TextClause

    from postgres_server import PostgresServer

SECRET = "s3cr3t-w0rd"  # noqa: S105
SONG = TrackRecord("Harbour", ("Ada",))


@pytest.fixture
def db(guarded_postgres: PostgresServer) -> Iterator[Database]:
    """A new catalogue on the server with the password."""
    import psycopg

    with psycopg.connect(f"{guarded_postgres.url}/postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS reached WITH (FORCE)")
    url = guarded_postgres.database("reached")
    with open_database(url, pool=Pool(size=1, wait_seconds=2)) as database:
        yield database


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((f":{SECRET}@", ":wr0ng-w0rd@"), 'password authentication failed for user "segue"'),
        ((f":{SECRET}@", "@"), "no password supplied"),
        (("/postgres", "/nowhere"), 'database "nowhere" does not exist'),
        (("segue:", "nobody:"), 'password authentication failed for user "nobody"'),
        (("127.0.0.1", "no-such-host.invalid"), "no-such-host.invalid"),
        (("/postgres", "/postgres?options=-c%20nonsense=1"), "nonsense"),
    ],
)
def test_what_keeps_us_out_is_said_without_the_password(
    guarded_postgres: PostgresServer, change: tuple[str, str], said: str
) -> None:
    url = f"{guarded_postgres.url}/postgres".replace(*change)
    with pytest.raises(UnavailableError, match="does not let us in") as caught:
        open_database(url)
    message = str(caught.value)
    assert said in message
    assert "Check the address" in message
    assert SECRET not in message
    assert "wr0ng" not in message


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql:/me:{SECRET}@host/music",
        f"postgresql://me:{SECRET}@host:port/music",
        f"postgresql://me:{SECRET}@host/music?nonsense=1",
        f"postgresql://me@host/music?sslmode=nonsense&password={SECRET}&madeup=1",
        f"postgres:me:{SECRET}/@host/music",
        f"mysql://me:{SECRET}@host/music",
    ],
)
def test_an_address_that_is_none_is_said_without_the_password(url: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        open_database(url)
    assert SECRET not in str(caught.value)


def test_passwords_are_masked_wherever_they_stand() -> None:
    for text_, shown in {
        "postgresql://me:a:b/c@d@host/x": "postgresql://me:***@host/x",
        "postgresql:/me:pw@host/x?password=pw&a=1": "postgresql:/me:***@host/x?password=***&a=1",
        "postgresql://host/x": "postgresql://host/x",
    }.items():
        assert masked(text_) == shown


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        url = f"postgresql://me:{SECRET}@127.0.0.1:{mute.getsockname()[1]}/music"
        with pytest.raises(UnavailableError, match=r"does not let us in.*timeout"):
            open_database(url, pool=Pool(wait_seconds=0.5))


def test_a_write_that_the_server_breaks_off_says_that_nothing_was_kept(db: Database) -> None:
    with pytest.raises(UnavailableError, match="broke off; nothing of this step was kept"):
        _half_written(db, then="SELECT 1")
    with db.read() as connection:
        half = connection.execute(text("SELECT count(*) FROM meta WHERE name = 'half'"))
        assert half.scalar_one() == 0


def test_a_commit_that_the_server_breaks_off_says_that_nobody_knows(db: Database) -> None:
    with pytest.raises(UnavailableError, match="only the server knows which"):
        _half_written(db)
    tracks.add(db, [SONG])


def test_a_server_that_was_begun_anew_is_met_again_without_a_word(
    guarded_postgres: PostgresServer, db: Database
) -> None:
    tracks.add(db, [SONG])
    guarded_postgres.stop()
    guarded_postgres.start()
    assert tracks.count(db) == 1
    tracks.add(db, [TrackRecord("Window", ("Bo",))])
    assert tracks.count(db) == 2
    guarded_postgres.stop()
    guarded_postgres.start()
    with db.write_derived() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE derived (number integer)"))


def _ask_for_too_long(db: Database) -> None:
    with db.read() as connection:
        connection.execute(text("SELECT set_config('statement_timeout', '10ms', true)"))
        connection.execute(text("SELECT pg_sleep(60)"))


def test_a_question_that_took_too_long_is_no_server_that_stops(db: Database) -> None:
    with pytest.raises(BusyError, match=r"after its time limit.*statement_timeout"):
        _ask_for_too_long(db)


def _read_until(db: Database, done: threading.Event, counts: list[int]) -> None:
    """Read one thing after the other; each round is counted."""
    while not done.is_set():
        (found,) = search.tracks(db, "harbour")
        with db.read() as connection:  # in two steps, between which the server may go
            ids = connection.execute(text("SELECT id FROM tracks")).scalars().all()
            names = text("SELECT title FROM tracks WHERE id = ANY(:ids)")
            assert connection.execute(names, {"ids": ids}).scalars().all() == ["Harbour"]
        assert tracks.get(db, found.id).title == "Harbour"
        counts.append(1)


def test_no_read_fails_while_a_server_is_begun_anew(
    guarded_postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steady, "PATIENCE", 60.0)  # however slowly it begins here
    done, many = threading.Event(), 4
    url = guarded_postgres.database("restarted")
    with open_database(url, pool=Pool(size=many)) as db, ThreadPoolExecutor(many) as threads:
        tracks.add(db, [SONG])
        counts: list[list[int]] = [[] for _ in range(many)]
        readers = [threads.submit(_read_until, db, done, each) for each in counts]
        try:
            for mode in ("fast", "immediate", "fast"):
                guarded_postgres.stop(mode)
                guarded_postgres.start()
                before = [len(each) for each in counts]
                end = time.monotonic() + 60
                while any(len(now) <= then for now, then in zip(counts, before, strict=True)):
                    assert time.monotonic() < end
                    assert not any(each.done() for each in readers)
                    time.sleep(0.02)
        finally:
            done.set()
        for reader in readers:
            reader.result()


def test_a_server_that_stays_away_is_waited_for_and_said_to_be_away(
    guarded_postgres: PostgresServer, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steady, "PATIENCE", 0.2)
    tracks.add(db, [SONG])
    guarded_postgres.stop()
    try:
        began = time.monotonic()
        with pytest.raises(AwayError, match="does not let us in"):
            tracks.count(db)
        assert time.monotonic() - began >= 0.1
        with pytest.raises(AwayError, match="does not let us in"):
            tracks.add(db, [SONG])
    finally:
        guarded_postgres.start()


def test_a_write_that_has_not_begun_waits_for_the_server(
    guarded_postgres: PostgresServer, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steady, "PATIENCE", 60.0)
    tracks.add(db, [SONG])
    guarded_postgres.stop()
    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(tracks.add, db, [TrackRecord("Window", ("Bo",))])
        guarded_postgres.start()
        writing.result()
    assert tracks.count(db) == 2


def test_a_read_that_saw_another_state_is_not_gone_on_with(
    guarded_postgres: PostgresServer, db: Database
) -> None:
    """What was written while the server was away does not mix into what was read before."""
    tracks.add(db, [SONG])
    seen = text("SELECT popularity FROM tracks")
    with pytest.raises(AwayError, match="broke off"), db.read() as connection:
        _seen_again(guarded_postgres, connection, seen, popularity=1)
    with db.read() as connection:
        _rewritten(guarded_postgres, popularity=2)
        assert connection.execute(seen).scalar() == 2  # nothing had been read yet


def _seen_again(
    server: PostgresServer, connection: Connection, seen: TextClause, *, popularity: int
) -> None:
    assert connection.execute(seen).scalar() is None
    _rewritten(server, popularity=popularity)
    connection.execute(seen)


def _rewritten(server: PostgresServer, *, popularity: int) -> None:
    """Begin the server anew, and write to it before anybody else is back."""
    import psycopg

    server.stop()
    server.start()
    with psycopg.connect(f"{server.url}/reached") as other:
        other.execute("UPDATE tracks SET popularity = %s", (popularity,))


def test_connections_are_counted_and_waited_for(db: Database) -> None:
    with (
        db.read(),
        db.read(),
        pytest.raises(BusyError, match="every connection to the catalogue is in use"),
        db.read(),
    ):
        pass
    with db.read() as one, db.read() as other:
        assert one.execute(text("SELECT 1")).scalar() == other.execute(text("SELECT 1")).scalar()


def test_the_settings_reach_the_server(guarded_postgres: PostgresServer, db: Database) -> None:
    settings = Settings(
        database=f"{guarded_postgres.url}/reached",
        database_connections=1,
        database_wait_seconds=0.5,
        database_busy_seconds=0.25,
    )
    with Segue.open(settings=settings) as segue:
        with segue.database.write() as connection:
            shown = [
                connection.execute(text(f"SHOW {name}")).scalar()
                for name in ("lock_timeout", "application_name", "tcp_keepalives_idle")
            ]
            with pytest.raises(BusyError, match="locked by another program"):
                tracks.add(segue.database, [SONG])
        assert shown == ["250ms", "segue", "30"]
        assert SECRET not in segue.database.where


def _half_written(db: Database, *, then: str = "") -> None:
    """A write whose connection the server ends in the middle."""
    with db.write() as connection:
        connection.execute(text("INSERT INTO meta (name, value) VALUES ('half', '1')"))
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with db.read() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 30000)"), {"pid": backend})
        if then:
            connection.execute(text(then))
