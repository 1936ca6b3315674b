"""Vectors: which file's vector stands for a track, and which version is the newest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.catalogue import descriptions, files, ledger, vectors
from segue.catalogue.database import Database, epoch, open_database
from segue.catalogue.ledger import Stage
from segue.errors import InternalError
from segue.records import FileRecord, TrackRecord
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterator

MUSIC = Path("/music")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "vectors.db") as database:
        yield database


def scan_in(db: Database, gone: tuple[str, ...] = (), **contents: str) -> TrackId:
    """Files of one recording, by name and content; the track they all are."""
    records = [
        FileRecord(
            path=MUSIC / name,
            root=MUSIC,
            content_hash=content,
            size=1,
            modified=0.0,
            format="mp3",
            duration=10.0,
            track=TrackRecord(title="Harbour", artists=("Ada",), duration=10.0),
        )
        for name, content in contents.items()
    ]
    files.apply_scan(db, MUSIC, read=records, unchanged=(), gone=gone)
    found = {files.track_of(db, MUSIC / name) for name in contents}
    assert len(found) == 1
    track = found.pop()
    assert track is not None
    return track


def put(db: Database, content: str, vector: bytes, *, version: str = "1") -> None:
    with db.write() as connection:
        vectors.put(connection, content_hash=content, space="sound", version=version, vector=vector)


def test_a_vector_is_stored_for_the_track_and_replaced_by_the_next(db: Database) -> None:
    track = scan_in(db, a="1")
    before = epoch(db)
    put(db, "1", b"one.")
    assert vectors.get(db, track, "sound") == b"one."
    assert epoch(db) > before
    put(db, "1", b"two.")
    assert vectors.get(db, track, "sound") == b"two."


def test_nothing_is_known_of_an_unknown_track_space_or_file(db: Database) -> None:
    track = scan_in(db, a="1")
    before = epoch(db)
    put(db, "nobody's", b"one.")
    assert epoch(db) == before
    put(db, "1", b"one.")
    assert vectors.get(db, track, "genre") is None
    assert vectors.get(db, TrackId("tnothing"), "sound") is None


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])
def test_the_file_found_first_stands_whatever_is_analysed_first(
    db: Database, order: tuple[str, str]
) -> None:
    track = scan_in(db, a="first", b="second")
    for content in order:
        put(db, content, content[-4:].encode())
    assert vectors.get(db, track, "sound") == b"irst"


def test_a_file_that_is_gone_gives_way_to_one_that_is_there(db: Database) -> None:
    track = scan_in(db, a="first", b="second")
    put(db, "first", b"irst")
    files.apply_scan(db, MUSIC, read=(), unchanged=(), gone=("/music/a",))
    assert vectors.get(db, track, "sound") == b"irst"
    put(db, "second", b"cond")
    assert vectors.get(db, track, "sound") == b"cond"


def test_a_changed_file_replaces_what_its_old_content_gave(db: Database) -> None:
    track = scan_in(db, a="old")
    put(db, "old", b"old.")
    assert scan_in(db, a="new") == track
    assert vectors.get(db, track, "sound") == b"old."
    put(db, "new", b"new.")
    assert vectors.get(db, track, "sound") == b"new."


def test_a_changed_file_without_sound_takes_what_its_old_content_gave_away(db: Database) -> None:
    track = scan_in(db, a="1", b="2")
    put(db, "1", b"once")
    scan_in(db, a="3", b="2")
    with db.write() as connection:
        lost = vectors.remove(connection, content_hash="3", space="sound", version="1")
    assert len(lost) == 1
    assert vectors.get(db, track, "sound") is None

    put(db, "2", b"two!")
    with db.write() as connection:
        assert vectors.remove(connection, content_hash="3", space="sound", version="1") == []
    assert vectors.get(db, track, "sound") == b"two!"


def test_a_track_that_loses_its_vector_asks_its_other_files(db: Database) -> None:
    """The second file was analysed, and what it gave had no place beside the first's."""
    scan_in(db, a="1", b="2")
    stage = Stage("sound", "1")
    put(db, "1", b"once")
    put(db, "2", b"two!")
    with db.write() as connection:
        for content in ("1", "2"):
            ledger.record(connection, stage, content_hash=content, state="analysed")
    scan_in(db, a="3", b="2")
    assert [one.content_hash for one in files.waiting(db, stage)] == ["3"]
    with db.write() as connection:
        descriptions.remove(connection, content_hash="3", space="sound", version="1")
        ledger.record(connection, stage, content_hash="3", state="skipped")
    assert [one.content_hash for one in files.waiting(db, stage)] == ["2"]


def test_versions_stand_side_by_side_and_the_newest_is_given(db: Database) -> None:
    track = scan_in(db, a="1")
    put(db, "1", b"ten.", version="10")
    put(db, "1", b"nine", version="9")
    assert vectors.get(db, track, "sound") == b"ten."


@pytest.mark.parametrize("vector", [b"", b"123", b"12345"])
def test_what_is_no_row_of_float32_is_refused(db: Database, vector: bytes) -> None:
    scan_in(db, a="1")
    with pytest.raises(InternalError, match=f"vector of {len(vector)} bytes for the space 'sound'"):
        put(db, "1", vector)


def test_versions_are_compared_by_their_numbers() -> None:
    assert vectors.newest(["9", "10"]) == "10"
    assert vectors.newest(["1.9.3", "1.10.0"]) == "1.10.0"
    assert vectors.newest(["net-2", "net-11"]) == "net-11"
    assert vectors.newest(["1", "1b"]) == "1b"


@given(st.lists(st.text(max_size=6), min_size=1, max_size=6))
def test_the_newest_version_is_one_of_them_in_any_order(versions: list[str]) -> None:
    found = vectors.newest(versions)
    assert found in versions
    assert vectors.newest(versions[::-1]) == found
