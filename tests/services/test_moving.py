"""A catalogue goes from a file to PostgreSQL and back, and is backed up and restored there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text, update

from busy import build
from segue.catalogue import jobs, search, tracks, watched
from segue.catalogue.backup import back_up, restore, verify
from segue.catalogue.database import epoch, open_database, reached
from segue.catalogue.moving import move
from segue.catalogue.saving import make_searchable
from segue.catalogue.schema import tracks as table
from segue.catalogue.upgrading import HEAD
from segue.catalogue.upgrading import build as build_tables
from segue.errors import (
    BadFileError,
    BadRequestError,
    BusyError,
    NotFoundError,
    UnavailableError,
)
from segue.records import TrackRecord
from stocked import contents, stock

if TYPE_CHECKING:
    from pathlib import Path

SONG = TrackRecord("Nobody's harbour", ("Ada Quill",))


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with something in every table; to be read alone."""
    path = tmp_path_factory.mktemp("stocked") / "segue.db"
    build(path)
    with open_database(path) as db:
        stock(db)
        with db.write() as connection:
            # What is written past the catalogue's own functions is not searchable yet.
            connection.exec_driver_sql("DELETE FROM tracks_fts")
            make_searchable(connection, 0)
    return path


@pytest.fixture(scope="module")
def moved(stocked: Path, postgres_server: str) -> str:
    """The address of the same on a server; to be read alone."""
    url = new_database(postgres_server, "moved")
    move(stocked, url)
    return url


def new_database(server: str, name: str) -> str:
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


def test_everything_goes_to_a_server_and_back(stocked: Path, moved: str, tmp_path: Path) -> None:
    back = tmp_path / "back.db"
    told: list[tuple[int, int | None, str]] = []
    held = move(moved, back, on_progress=lambda *at: told.append(at))
    # The last number of a job is a row more: a file is told it, a server counts by itself.
    assert told[-1][0] == told[-1][1] == held.rows - 1
    with open_database(stocked) as old, open_database(moved) as there, open_database(back) as new:
        assert contents(there) == contents(old)
        there_and_back = contents(new)
        assert [row for row in there_and_back["meta"] if row[0] != "last_job"] == contents(old)[
            "meta"
        ]
        assert all(
            there_and_back[name] == rows for name, rows in contents(old).items() if name != "meta"
        )
        assert epoch(new) == epoch(there) == epoch(old) == held.epoch
        words = ("har", "håkon", "lantern", "jäger", "nothing at all")
        assert [search.ids(new, w) for w in words] == [search.ids(old, w) for w in words]
    assert held.counts == {**held.counts, "tracks": len(there_and_back["tracks"])}
    assert not list(tmp_path.glob(".*"))


def test_a_catalogue_that_was_moved_goes_on(stocked: Path, postgres_server: str) -> None:
    """Numbers of new rows come after those that were copied, and a search finds them."""
    url = new_database(postgres_server, "goes on")
    with reached(stocked) as old:
        most = max(row[0] for row in contents(old)["jobs"])
    move(stocked, url)
    with open_database(url) as db:
        before = tracks.count(db)
        tracks.add(db, [SONG])
        assert tracks.count(db) == before + 1
        assert [each.title for each in search.tracks(db, "nobody's har")] == [SONG.title]
        assert jobs.submit(db, "scan", {"folder": "/music"}) == most + 1


def test_numbers_of_jobs_that_are_gone_are_not_given_again(
    postgres_server: str, tmp_path: Path
) -> None:
    url = new_database(postgres_server, "gone jobs")
    with open_database(url) as db:
        last = [jobs.submit(db, "scan", {"n": n}) for n in range(3)][-1]
        with db.write() as connection:
            connection.execute(text("DELETE FROM jobs"))
    for target in (tmp_path / "file.db", new_database(postgres_server, "gone jobs again")):
        move(url, target)
        url = str(target)
    with open_database(url) as db:
        assert jobs.submit(db, "scan", {"n": 4}) == last + 1


def test_nothing_is_overwritten_and_nothing_moves_onto_itself(
    stocked: Path, moved: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"")
    for target in (moved, other):
        with pytest.raises(BadRequestError, match="nothing is overwritten"):
            move(stocked, target)
    with pytest.raises(BadRequestError, match="where the catalogue is already"):
        move(moved, moved)
    assert other.read_bytes() == b""


def test_a_move_that_fails_leaves_nothing_and_can_be_begun_again(
    stocked: Path, postgres_server: str, tmp_path: Path
) -> None:
    url = new_database(postgres_server, "fails")
    broken = tmp_path / "broken.db"
    move(stocked, broken)
    with open_database(broken) as db, db.write() as connection:
        connection.execute(update(table).where(table.c.year.is_not(None)).values(year=10**6))
    with pytest.raises(BadFileError, match=r"the table tracks holds a value .* no room for"):
        move(broken, url)
    with pytest.raises(NotFoundError, match="the database is empty"):
        open_database(url, create=False)

    def stop(*at: object) -> None:
        raise KeyboardInterrupt

    for target in (url, tmp_path / "stopped.db"):
        with pytest.raises(KeyboardInterrupt):
            move(stocked, target, on_progress=stop)
    assert sorted(tmp_path.iterdir()) == [broken]
    assert move(stocked, url).rows > 0


def test_nobody_writes_while_a_catalogue_moves(moved: str, tmp_path: Path) -> None:
    refused: list[str] = []

    def write(*at: object) -> None:
        if not refused:
            with open_database(moved, busy_seconds=0.1) as db, pytest.raises(BusyError) as caught:
                tracks.add(db, [SONG])
            refused.append(str(caught.value))

    move(moved, tmp_path / "copy.db", on_progress=write)
    assert "locked by another program" in refused[0]


def test_a_catalogue_with_a_job_at_work_stays(postgres_server: str, tmp_path: Path) -> None:
    url = new_database(postgres_server, "at work")
    with open_database(url) as db:
        jobs.submit(db, "scan", {"folder": "/music"})
        assert jobs.claim(db, ["scan"], owner="me") is not None
    with pytest.raises(BusyError, match="1 job is being done at this moment"):
        move(url, tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ahead", [-3_600.0, 3_600.0])
def test_a_clock_that_differs_makes_no_job_of_one_that_is_done_or_the_reverse(
    postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    """Heartbeats are compared by the clock that gave them, the server's."""
    here = time.time
    monkeypatch.setattr(time, "time", lambda: here() + ahead)
    url = new_database(postgres_server, f"ahead {ahead}")
    with open_database(url) as db:
        jobs.submit(db, "scan", {"folder": "/music"})
        assert jobs.claim(db, ["scan"], owner="me") is not None
        with pytest.raises(BusyError, match="1 job is being done at this moment"):
            move(url, tmp_path / "copy.db")
        assert watched.job_counts(db) == {("scan", "running"): 1}
        with db.write() as connection:
            connection.execute(text("UPDATE jobs SET heartbeat = heartbeat - 61"))
        assert watched.job_counts(db) == {("scan", "interrupted"): 1}
    move(url, tmp_path / "copy.db")


def test_a_backup_of_either_is_restored_into_either(
    stocked: Path, moved: str, postgres_server: str, tmp_path: Path
) -> None:
    with open_database(stocked) as db:
        wanted = contents(db)
    for number, source in enumerate((stocked, moved)):
        backup = tmp_path / f"{number}.segue"
        manifest = back_up(source, backup)
        assert verify(backup) == manifest
        assert manifest.database == ("sqlite", "postgresql")[number]
        targets = (tmp_path / f"{number}.db", new_database(postgres_server, f"restored {number}"))
        for target in targets:
            assert restore(backup, target) == manifest
            with open_database(target) as db:
                found = contents(db)
                found["meta"] = [row for row in found["meta"] if row[0] != "last_job"]
                assert found == wanted
            with pytest.raises(BadRequestError, match="nothing is overwritten"):
                restore(backup, target)


def test_a_backup_is_one_moment_whatever_is_written_meanwhile(
    postgres_server: str, tmp_path: Path
) -> None:
    url = new_database(postgres_server, "meanwhile")
    written: list[int] = []
    with open_database(url) as db:
        tracks.add(db, [SONG])

        def write(done: int, total: int | None, what: str) -> None:
            if what == "albums":  # before the table of tracks is read
                tracks.add(db, [TrackRecord(f"Later {len(written)}", ("Bo",))])
                written.append(done)

        tracks.add(db, [TrackRecord("Window", ("Bo",), album="Panes")])
        manifest = back_up(url, tmp_path / "one.segue", on_progress=write)
        assert (written != [], tracks.count(db)) == (True, 2 + len(written))
    assert (manifest.counts["tracks"], manifest.epoch) == (2, 2)


def test_an_old_catalogue_on_a_server_is_backed_up_as_it_is(
    postgres_server: str, tmp_path: Path
) -> None:
    url = new_database(postgres_server, "old")
    with reached(url) as db, db.write() as connection:
        build_tables(connection, "0009")
        connection.execute(text("INSERT INTO meta (name, value) VALUES ('epoch', '4')"))
    manifest = back_up(url, tmp_path / "old.segue")
    assert (manifest.revision, manifest.epoch, manifest.counts["meta"]) == ("0009", 4, 1)
    for target in (tmp_path / "old.db", new_database(postgres_server, "old again")):
        restore(tmp_path / "old.segue", target)
        with open_database(target) as db:
            assert epoch(db) == 4
        assert back_up(target, tmp_path / f"{len(str(target))}.segue").revision == HEAD


def test_a_database_that_cannot_hold_every_name_is_refused(
    stocked: Path, postgres_server: str
) -> None:
    import psycopg

    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    for act in (open_database, lambda url: move(stocked, url)):
        with pytest.raises(UnavailableError, match="keeps text as LATIN1"):
            act(f"{postgres_server}/latin")
