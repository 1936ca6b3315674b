"""Opening the catalogue: new, old, newer, busy, read-only, and things that are no catalogue."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from rights import without_rights
from segue.catalogue import schema as tables
from segue.catalogue import tracks
from segue.catalogue.database import Database, bump, epoch, open_database
from segue.errors import (
    BadFileError,
    BadRequestError,
    BusyError,
    NotFoundError,
    UnavailableError,
)
from segue.records import TrackRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

SONG = TrackRecord("Harbour", ("Ada Quill",))


@pytest.fixture
def filled(db: Database) -> Path:
    """The file of a closed catalogue with one track."""
    tracks.add(db, [SONG])
    db.close()
    assert db.path is not None
    return db.path


def test_a_new_catalogue_is_made_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with open_database(path) as db:
        assert epoch(db) == 0
        assert not db.read_only
        assert tracks.add(db, [SONG]).imported == 1
    with open_database(f"sqlite:///{path}", create=False) as db:
        assert tracks.count(db) == 1
        assert epoch(db) == 1


def test_a_catalogue_behind_a_closed_folder_is_said_so(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    denied = pytest.raises(UnavailableError, match="cannot be reached: Permission denied")
    closed.chmod(0)
    with without_rights(tmp_path), denied:
        open_database(closed / "segue.db")
    closed.chmod(0o700)


def test_a_name_with_odd_letters_is_only_a_name(tmp_path: Path) -> None:
    path = tmp_path / "50% müsik? #1 & co.db"
    with open_database(path) as db:
        tracks.add(db, [SONG])
    assert path.stat().st_size > 0
    with open_database(str(path), create=False) as db:
        assert tracks.count(db) == 1


def test_connections_are_set_up_as_the_catalogue_needs_them(db: Database) -> None:
    with db.read() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert told == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 1,
        "busy_timeout": 5000,
    }


def test_a_missing_catalogue_is_not_made_where_that_is_not_wanted(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"nothing\.db: there is no catalogue"):
        open_database(tmp_path / "nothing.db", create=False)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotFoundError, match="folder of the catalogue does not exist"):
        open_database(tmp_path / "nowhere" / "new.db")


def test_an_empty_file_is_a_catalogue_to_be_made(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    with pytest.raises(NotFoundError, match="the database is empty"):
        open_database(path, create=False)
    with open_database(path) as db:
        assert tracks.count(db) == 0


@pytest.mark.parametrize(
    "text", [b"# a list\nof words\n" * 100, b"x", b"SQLite format 3\0" + b"?" * 5000]
)
def test_a_file_that_is_no_database_is_said_to_be_none_and_left_alone(
    tmp_path: Path, text: bytes
) -> None:
    path = tmp_path / "music.db"
    path.write_bytes(text)
    with pytest.raises(BadFileError, match=r"music\.db: (this file is not a|the) database"):
        open_database(path)
    assert path.read_bytes() == text


def test_who_opens_it_once_more_takes_no_locks_from_who_has_it_open(filled: Path) -> None:
    with open_database(filled) as first:
        held = tracks.count(first)
        open_database(filled).close()
        # Another program comes and goes. The last one to leave would remove the log.
        look = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT 1 FROM tracks')"
        subprocess.run([sys.executable, "-c", look, str(filled)], check=True)
        assert filled.with_name(f"{filled.name}-wal").exists()
        with open_database(filled) as again:
            assert tracks.count(again) == tracks.count(first) == held


def test_a_folder_is_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="this is a folder"):
        open_database(tmp_path)


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (id INTEGER PRIMARY KEY)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(BadFileError, match="not a Segue catalogue"):
        open_database(path)
    assert path.read_bytes() == before


def test_a_damaged_catalogue_is_said_to_be_damaged(filled: Path) -> None:
    data = bytearray(filled.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    filled.write_bytes(data)
    with (
        pytest.raises(BadFileError, match="the database is damaged"),
        open_database(filled) as db,
    ):
        tracks.count(db)


def test_a_newer_catalogue_is_refused_and_left_alone(filled: Path) -> None:
    raw = sqlite3.connect(filled)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    with pytest.raises(UnavailableError, match=r"written by a newer Segue \(revision 9999"):
        open_database(filled)


@pytest.mark.parametrize("url", ["", ".", ":memory:", "sqlite://", "sqlite:///:memory:"])
def test_a_catalogue_needs_a_name(url: str) -> None:
    with pytest.raises(BadRequestError, match="names no file"):
        open_database(url)


def test_urls_segue_does_not_speak() -> None:
    with pytest.raises(BadRequestError, match="Segue does not speak 'mysql'") as caught:
        open_database("mysql://me:secret@host/music")
    assert "secret" not in str(caught.value)
    with pytest.raises(BadRequestError, match="is not a database address"):
        open_database("://")


def test_postgresql_without_its_driver_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UnavailableError, match=r"pip install 'segue\[postgres\]'") as caught:
        open_database("postgresql://me:secret@localhost/music")
    assert "secret" not in str(caught.value)


def test_a_write_is_all_or_nothing(db: Database) -> None:
    def half_a_write() -> None:
        with db.write() as connection:
            connection.execute(insert(tables.genres).values(name="lost"))
            bump(connection)
            raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        half_a_write()
    with db.read() as connection:
        assert connection.execute(select(tables.genres.c.name)).all() == []
    assert epoch(db) == 0


def test_a_read_sees_one_state_and_changes_nothing(db: Database) -> None:
    with db.read() as reading:
        count = "SELECT count(*) FROM tracks"
        assert reading.exec_driver_sql(count).scalar() == 0
        tracks.add(db, [SONG])
        assert reading.exec_driver_sql(count).scalar() == 0
    assert tracks.count(db) == 1


def test_what_is_written_in_a_read_is_not_kept(db: Database) -> None:
    with db.read() as reading:
        reading.execute(insert(tables.genres).values(name="lost"))
    with db.read() as connection:
        assert connection.execute(select(tables.genres.c.name)).all() == []


def test_foreign_keys_hold(db: Database) -> None:
    wrong = insert(tables.outside_ids).values(scheme="spotify", value="x", track_id=77)
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), db.write() as connection:
        connection.execute(wrong)


def test_threads_wait_for_each_other(db: Database) -> None:
    def write(number: int) -> None:
        for turn in range(10):
            tracks.add(db, [TrackRecord(f"Song {number} {turn}", ("Ada",))])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tracks.count(db) == 40
    assert epoch(db) == 40


# What another process does to the same file.

HOLD = """
import sqlite3, sys
raw = sqlite3.connect(sys.argv[1], isolation_level=None)
raw.execute("BEGIN IMMEDIATE")
raw.execute("UPDATE meta SET value = value WHERE name = 'epoch'")
print("held", flush=True)
sys.stdin.read()
"""

OPEN = """
import sys, time
from pathlib import Path
from segue.catalogue.database import epoch, open_database
from segue.catalogue import tracks
from segue.records import TrackRecord
print("ready", flush=True)
sys.stdin.readline()
with open_database(sys.argv[1]) as db:
    tracks.add(db, [TrackRecord(sys.argv[2], ("Ada",))])
"""


@pytest.fixture
def held(filled: Path) -> Iterator[Path]:
    """A catalogue another process is writing to."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(filled)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield filled
        holder.communicate()


def test_a_catalogue_another_program_writes_to_can_be_read_but_not_written(held: Path) -> None:
    with open_database(held, busy_seconds=0.1) as db:
        assert tracks.count(db) == 1
        with pytest.raises(BusyError, match="locked by another program"):
            tracks.add(db, [TrackRecord("Another", ("Ada",))])
        assert tracks.count(db) == 1


def test_several_programs_may_make_one_catalogue_at_once(tmp_path: Path) -> None:
    path = tmp_path / "shared.db"
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(path), f"Song {number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        _, complaints = program.communicate(timeout=60)
        assert (program.returncode, complaints) == (0, "")
    with open_database(path, create=False) as db:
        assert sorted(track.title for track in tracks.page(db)) == ["Song 0", "Song 1", "Song 2"]


# Without the right to write.


@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o555), (0o444, 0o755), (0o644, 0o555)])
def test_a_read_only_catalogue_is_read_and_not_written(
    filled: Path,
    open_folder: Path,
    without_rights: Callable[[], AbstractContextManager[None]],
    file: int,
    folder: int,
) -> None:
    path = open_folder / "segue.db"
    shutil.copyfile(filled, path)
    path.chmod(file)
    open_folder.chmod(folder)
    with without_rights(), open_database(path) as db:
        assert db.read_only
        assert tracks.count(db) == 1
        assert tracks.page(db)[0].title == "Harbour"
        with pytest.raises(UnavailableError, match="can only be read") as caught:
            tracks.add(db, [TrackRecord("Another", ("Ada",))])
    assert str(path) in str(caught.value)
    assert sorted(one.name for one in open_folder.iterdir()) == ["segue.db"]


def test_a_read_only_catalogue_can_be_read_while_its_owner_writes(
    filled: Path, open_folder: Path, without_rights: Callable[[], AbstractContextManager[None]]
) -> None:
    path = open_folder / "segue.db"
    shutil.copyfile(filled, path)
    with open_database(path) as owner:
        tracks.add(owner, [TrackRecord("Another", ("Ada",))])
        open_folder.chmod(0o555)
        with without_rights(), open_database(path) as db:
            assert db.read_only
            assert tracks.count(db) == 2


def test_a_catalogue_that_may_not_be_read_says_so(
    filled: Path, open_folder: Path, without_rights: Callable[[], AbstractContextManager[None]]
) -> None:
    path = open_folder / "segue.db"
    shutil.copyfile(filled, path)
    path.chmod(0o000)
    with without_rights(), pytest.raises(UnavailableError, match="right to read it"):
        open_database(path)


def test_a_catalogue_is_not_made_in_a_read_only_folder(
    open_folder: Path, without_rights: Callable[[], AbstractContextManager[None]]
) -> None:
    open_folder.chmod(0o555)
    with (
        without_rights(),
        pytest.raises(UnavailableError, match="the folder is read-only"),
    ):
        open_database(open_folder / "new.db")
