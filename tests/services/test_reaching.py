"""A PostgreSQL that is not there, does not let us in, goes away and comes back."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from segue.catalogue import tracks
from segue.catalogue.database import Database, open_database
from segue.catalogue.postgres import Pool, masked
from segue.errors import BadRequestError, BusyError, UnavailableError
from segue.library import Segue
from segue.records import TrackRecord
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    with pytest.raises(UnavailableError, match="does not let us in"):
        tracks.count(db)
    guarded_postgres.start()
    assert tracks.count(db) == 1
    tracks.add(db, [TrackRecord("Window", ("Bo",))])
    assert tracks.count(db) == 2


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
