"""Backups of SQLite files: made while they are in use, checked, and never over anything."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.catalogue import tracks
from segue.catalogue.backup import back_up, restore, verify
from segue.catalogue.database import Database, epoch, open_database
from segue.catalogue.placing import appearing, check_room
from segue.catalogue.upgrading import HEAD
from segue.errors import BadFileError, BadRequestError, NotFoundError, UnavailableError
from segue.records import TrackRecord
from stocked import contents, stock

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

SONG = TrackRecord("Harbour", ("Ada",))


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a catalogue with something in every table; to be read alone."""
    folder = tmp_path_factory.mktemp("backup")
    with open_database(folder / "segue.db") as db:
        stock(db)
    back_up(folder / "segue.db", folder / "one.segue")
    return folder / "one.segue"


def rewritten(backup: Path, target: Path, **changed: object) -> Path:
    """The same archive with another manifest; None takes a word away."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(target, "w") as new:
        told = json.loads(old.read("manifest.json")) | changed
        kept = {name: value for name, value in told.items() if value is not None}
        new.writestr("catalogue.db", old.read("catalogue.db"))
        new.writestr("manifest.json", json.dumps(kept))
    return target


def test_what_is_restored_is_what_was_backed_up(backup: Path, tmp_path: Path) -> None:
    manifest = restore(backup, tmp_path / "again.db")
    with (
        open_database(tmp_path / "again.db") as db,
        open_database(backup.parent / "segue.db") as old,
    ):
        assert contents(db) == contents(old)
        assert (manifest.epoch, manifest.revision) == (epoch(db), HEAD)
    assert manifest.size == (tmp_path / "again.db").stat().st_size
    assert verify(backup) == manifest
    left = {one.name for one in tmp_path.iterdir()}
    assert left <= {"again.db", "again.db-wal", "again.db-shm"}


def test_a_backup_is_made_while_others_write_and_read(db: Database, tmp_path: Path) -> None:
    tracks.add(db, [SONG])
    with db.read() as reading, db.write() as writing:
        reading.exec_driver_sql("SELECT count(*) FROM tracks").scalar_one()
        writing.exec_driver_sql("DELETE FROM tracks")
        manifest = back_up(db.path, tmp_path / "one.segue")
    assert (manifest.counts["tracks"], tracks.count(db)) == (1, 0)


def test_only_its_owner_may_read_it(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600


def test_nothing_is_overwritten(backup: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for place in (taken, tmp_path / "dangling"):
        with pytest.raises(BadRequestError, match="nothing is overwritten"):
            back_up(backup.parent / "segue.db", place)
    with open_database(tmp_path / "there.db") as db:
        tracks.add(db, [SONG])
    with pytest.raises(BadRequestError, match="nothing is overwritten"):
        restore(backup, tmp_path / "there.db")
    assert taken.read_text() == "mine"
    with open_database(tmp_path / "there.db") as db:
        assert tracks.count(db) == 1
    with pytest.raises(NotFoundError, match="the folder does not exist"):
        back_up(backup.parent / "segue.db", tmp_path / "no" / "one.segue")


@pytest.mark.parametrize("left", ["-wal", "-shm", "-journal"])
def test_what_another_catalogue_left_is_not_played_into_the_new_one(
    backup: Path, tmp_path: Path, left: str
) -> None:
    (tmp_path / f"segue.db{left}").write_bytes(b"of a server that was killed")
    with pytest.raises(BadRequestError, match="nothing is overwritten") as told:
        restore(backup, tmp_path / "segue.db")
    assert str(told.value.where).endswith(f"segue.db{left}")
    assert not (tmp_path / "segue.db").exists()


def test_a_file_that_comes_meanwhile_stays(tmp_path: Path) -> None:
    place = tmp_path / "place"

    def write_late() -> None:
        with appearing(place) as new:
            new.write_text("new")
            place.write_text("came first")

    with pytest.raises(BadRequestError, match="nothing is overwritten"):
        write_late()
    assert (place.read_text(), list(tmp_path.iterdir())) == ("came first", [place])


def test_there_must_be_a_catalogue(tmp_path: Path) -> None:
    (tmp_path / "empty.db").write_bytes(b"")
    for source, said in {"none.db": "there is no catalogue", "empty.db": "is empty"}.items():
        with pytest.raises(NotFoundError, match=said):
            back_up(tmp_path / source, tmp_path / "one.segue")
    assert not list(tmp_path.glob("*.segue"))
    assert not list(tmp_path.glob(".*"))


def test_a_damaged_catalogue_is_not_taken_for_a_good_one(tmp_path: Path) -> None:
    path = tmp_path / "segue.db"
    with open_database(path) as db:
        stock(db)
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page = raw.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'ix_tracks_name'"
    ).fetchone()
    size = raw.execute("PRAGMA page_size").fetchone()[0]
    raw.close()
    with path.open("r+b") as file:
        file.seek((page[0] - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(BadFileError, match="damaged"):
        back_up(path, tmp_path / "one.segue")
    assert not (tmp_path / "one.segue").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"counts": {"tracks": 7}}, "does not hold what its manifest says"),
        ({"epoch": 99}, "does not hold what its manifest says"),
        ({"sha256": "0" * 64}, "not the one that was put in"),
        ({"size": 4096}, "not the one that was put in"),
        ({"size": -1}, "its manifest cannot be read"),
        ({"size": 10**9}, "not the one that was put in"),
        ({"counts": [1]}, "its manifest cannot be read"),
        ({"format": None}, "its manifest cannot be read"),
    ],
)
def test_a_manifest_is_not_believed(
    backup: Path, tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    lying = rewritten(backup, tmp_path / "lying.segue", **changed)
    with pytest.raises(BadFileError, match=said):
        restore(lying, tmp_path / "new.db")
    with pytest.raises(BadFileError, match=said):
        verify(lying)
    assert list(tmp_path.iterdir()) == [lying]


@pytest.mark.parametrize("changed", [{"format": 2}, {"revision": "9999"}])
def test_a_backup_of_a_newer_segue_says_so(
    backup: Path, tmp_path: Path, changed: dict[str, object]
) -> None:
    newer = rewritten(backup, tmp_path / "newer.segue", segue="9.0", **changed)
    with pytest.raises(UnavailableError, match=r"a newer Segue \(9\.0"):
        restore(newer, tmp_path / "new.db")


def test_what_is_no_backup_says_so(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no archive")
    (tmp_path / "cut").write_bytes(backup.read_bytes()[:-100])
    with zipfile.ZipFile(tmp_path / "other", "w") as archive:
        archive.writestr("catalogue.db", "")
    for name in ("text", "cut", "other"):
        with pytest.raises(BadFileError, match="no backup of Segue"):
            restore(tmp_path / name, tmp_path / "new.db")
    with pytest.raises(BadFileError, match="this is a folder"):
        verify(tmp_path)
    with pytest.raises(NotFoundError, match="no such backup"):
        restore(tmp_path / "none", tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
@settings(max_examples=25)
def test_a_byte_that_was_changed_is_found_or_changes_nothing(
    backup: Path, tmp_path_factory: pytest.TempPathFactory, place: int, by: int
) -> None:
    whole = bytearray(backup.read_bytes())
    whole[place % len(whole)] ^= by
    broken = tmp_path_factory.mktemp("broken") / "one.segue"
    broken.write_bytes(whole)
    try:
        told = verify(broken)
    except (BadFileError, UnavailableError, NotFoundError):
        return
    assert replace(told, made=0, segue="", database="") == replace(
        verify(backup), made=0, segue="", database=""
    )


def test_a_full_disk_is_seen_beforehand(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"MB free and 1,000,000,000,000 MB are needed"):
        check_room(tmp_path, 10**18)


def test_a_folder_that_cannot_be_written_to_says_so(
    backup: Path, open_folder: Path, without_rights: Callable[[], AbstractContextManager[None]]
) -> None:
    shutil.copyfile(backup.parent / "segue.db", open_folder / "segue.db")
    shutil.copyfile(backup, open_folder / "one.segue")
    for one in open_folder.iterdir():
        one.chmod(0o444)
    open_folder.chmod(0o555)
    with without_rights():
        with pytest.raises(UnavailableError, match="nothing was kept"):
            back_up(open_folder / "segue.db", open_folder / "two.segue")
        with pytest.raises(UnavailableError, match=r"read-only|nothing was kept"):
            restore(open_folder / "one.segue", open_folder / "new.db")
        assert verify(open_folder / "one.segue").revision == HEAD
