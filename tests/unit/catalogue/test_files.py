"""Files: what is new, moved, changed, copied, gone and back, told by content and never by path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from segue.catalogue import files, ledger, links, search, tracks, vectors
from segue.catalogue import schema as tables
from segue.catalogue.database import Database, epoch, open_database
from segue.catalogue.ledger import Stage
from segue.records import FileRecord, OutsideId, Track, TrackRecord
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.summaries import ScanSummary

MUSIC = Path("/music")
STAGE = Stage("descriptors", "1")
VECTOR = bytes(8)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "files.db") as database:
        yield database


def song(
    path: str, *, data: str = "bytes", title: str = "Harbour", root: Path = MUSIC, **said: object
) -> FileRecord:
    """A file as a reader gives it; `data` stands for its content."""
    record = {"artists": ("Ada Quill",), "album": "Tides", "duration": 200.0, **said}
    return FileRecord(
        path=root / path,
        root=root,
        content_hash=f"hash of {data}",
        size=len(data),
        modified=1_700_000_000.25,
        format="flac",
        duration=200.0,
        track=TrackRecord(title=title, **record),  # type: ignore[arg-type]
    )


def store(
    db: Database,
    *records: FileRecord,
    root: Path | None = MUSIC,
    unchanged: tuple[str, ...] = (),
    gone: tuple[str, ...] = (),
) -> ScanSummary:
    return files.apply_scan(db, root, read=records, unchanged=unchanged, gone=gone)


def held(db: Database, path: str, *, root: Path = MUSIC) -> Track:
    """The track of the file at `path`."""
    found = files.track_of(db, root / path)
    assert found is not None
    return tracks.get(db, found)


def analyse(db: Database, record: FileRecord) -> None:
    with db.write() as connection:
        vectors.put(
            connection,
            content_hash=record.content_hash,
            space="descriptors",
            version="1",
            vector=VECTOR,
        )
        ledger.record(connection, STAGE, content_hash=record.content_hash, state="analysed")


def waiting(db: Database) -> list[str]:
    return [one.content_hash for one in files.waiting(db, STAGE)]


def test_a_new_file_founds_a_playable_track(db: Database) -> None:
    summary = store(db, song("a.flac", genres=("Folk",)))

    assert (summary.found, summary.new) == (1, 1)
    track = held(db, "a.flac")
    assert (track.title, track.artists, track.album, track.genres) == (
        "Harbour",
        ("Ada Quill",),
        "Tides",
        ("folk",),
    )
    assert track.playable
    assert track.duration == 200.0
    assert files.path_of(db, track.id) == MUSIC / "a.flac"
    known = files.known(db, MUSIC)
    assert known == {"/music/a.flac": files.KnownFile(5, 1_700_000_000.25, "hash of bytes")}


def test_a_file_without_a_duration_in_its_tags_takes_it_from_its_audio(db: Database) -> None:
    store(db, song("a.flac", duration=None))
    assert held(db, "a.flac").duration == 200.0


def test_a_moved_file_keeps_its_row_its_track_and_its_analysis(db: Database) -> None:
    store(db, song("a.flac"))
    before = held(db, "a.flac")
    analyse(db, song("a.flac"))

    summary = store(db, song("new/b.flac"), gone=("/music/a.flac",))

    assert (summary.found, summary.moved, summary.new, summary.gone) == (1, 1, 0, 0)
    assert held(db, "new/b.flac") == before
    assert list(files.known(db, MUSIC)) == ["/music/new/b.flac"]
    assert waiting(db) == []


def test_a_file_that_turns_up_elsewhere_after_it_was_missed_has_moved(db: Database) -> None:
    store(db, song("a.flac"))
    store(db, gone=("/music/a.flac",))

    summary = store(db, song("b.flac"))

    assert (summary.moved, summary.new) == (1, 0)
    assert held(db, "b.flac").playable
    assert len(files.known(db, MUSIC)) == 1


def test_a_renamed_file_without_tags_takes_its_new_name(db: Database) -> None:
    store(db, song("tune.flac", title="tune", artists=()))
    before = held(db, "tune.flac")

    renamed = song("Ada - Rain.flac", title="Rain", artists=("Ada",))
    summary = store(db, renamed, gone=("/music/tune.flac",))

    after = held(db, "Ada - Rain.flac")
    assert summary.moved == 1
    assert (after.id, after.title, after.artists) == (before.id, "Rain", ("Ada",))


def test_the_same_bytes_twice_are_two_files_of_one_track(db: Database) -> None:
    first = store(db, song("a.flac"), song("copy.flac"))
    second = store(db, song("later.flac"), unchanged=("/music/a.flac", "/music/copy.flac"))

    assert (first.new, second.new, second.unchanged) == (2, 1, 2)
    assert tracks.count(db) == 1
    assert held(db, "a.flac") == held(db, "copy.flac") == held(db, "later.flac")
    assert waiting(db) == ["hash of bytes"]


def test_one_of_two_copies_that_goes_leaves_the_track_playable(db: Database) -> None:
    store(db, song("a.flac"), song("copy.flac"))

    store(db, unchanged=("/music/copy.flac",), gone=("/music/a.flac",))

    track = held(db, "a.flac")
    assert track.playable
    assert files.path_of(db, track.id) == MUSIC / "copy.flac"


def test_other_bytes_under_a_path_wait_for_analysis_and_keep_their_track(db: Database) -> None:
    store(db, song("a.flac"))
    before = held(db, "a.flac")
    analyse(db, song("a.flac"))
    assert waiting(db) == []

    summary = store(db, song("a.flac", data="other"))

    assert (summary.found, summary.changed, summary.new) == (1, 1, 0)
    assert held(db, "a.flac") == before
    assert waiting(db) == ["hash of other"]
    assert vectors.get(db, before.id, "descriptors") == VECTOR


def test_a_touched_file_with_the_same_bytes_is_unchanged(db: Database) -> None:
    store(db, song("a.flac"))
    before = epoch(db)

    summary = store(db, replace(song("a.flac"), modified=1_800_000_000.5))

    assert (summary.found, summary.unchanged, summary.changed) == (1, 1, 0)
    assert files.known(db, MUSIC)["/music/a.flac"].modified == 1_800_000_000.5
    assert epoch(db) == before


def test_new_tags_rename_the_track_their_file_founded(db: Database) -> None:
    store(db, song("a.flac", title="Harbor", artists=("Ada Quil",), genres=("pop",), year=1990))
    before = held(db, "a.flac")

    store(
        db,
        song(
            "a.flac",
            data="tagged anew",
            title="Harbour",
            artists=("Ada Quill", "Bo Lind"),
            album="Tides II",
            genres=("Folk",),
        ),
    )

    after = held(db, "a.flac")
    assert after.id == before.id
    assert (after.title, after.artists, after.album) == (
        "Harbour",
        ("Ada Quill", "Bo Lind"),
        "Tides II",
    )
    assert after.genres == ("folk",)
    assert after.year == 1990
    assert [one.id for one in search.tracks(db, "harbour lind tides")] == [before.id]
    assert search.tracks(db, "harbor") == []


def test_tags_that_are_taken_away_leave_the_names_as_they_were(db: Database) -> None:
    store(db, song("a.flac", genres=("folk",)))

    store(db, song("a.flac", data="bare", title="Harbour", artists=(), album="", genres=()))

    track = held(db, "a.flac")
    assert (track.artists, track.album, track.genres) == (("Ada Quill",), "Tides", ("folk",))


def test_new_tags_never_rename_a_track_that_a_table_named(db: Database) -> None:
    row = TrackRecord(
        title="Harbour (Album Version)",
        artists=("Ada Quill",),
        album="Tides",
        duration=200.0,
        outside_ids=(OutsideId("spotify", "s1"),),
    )
    tracks.add(db, [row])
    first = store(db, song("a.flac"))
    assert first.linked == 1
    before = held(db, "a.flac")

    store(db, song("a.flac", data="tagged", title="HARBOUR", artists=("ada quill",)))

    after = held(db, "a.flac")
    assert (after.id, after.title) == (before.id, "Harbour (Album Version)")
    assert tracks.count(db) == 1
    assert waiting(db) == ["hash of tagged"]


def test_a_file_parted_from_a_track_it_had_joined_names_its_own(db: Database) -> None:
    row = TrackRecord(title="Harbour", artists=("Ada Quill",), album="Tides", duration=200.0)
    tracks.add(db, [replace(row, outside_ids=(OutsideId("spotify", "s1"),))])
    store(db, song("a.flac"))
    analyse(db, song("a.flac"))
    table = held(db, "a.flac")
    (link,) = links.listing(db, state="linked")

    own = links.undo(db, link.id)

    assert held(db, "a.flac").id == own != table.id
    assert vectors.get(db, own, "descriptors") == VECTOR
    assert vectors.get(db, table.id, "descriptors") is None
    store(db, song("a.flac", data="tagged", title="Harbour (Demo)"))
    assert held(db, "a.flac").id == own
    assert held(db, "a.flac").title == "Harbour (Demo)"
    assert tracks.get(db, table.id).title == "Harbour"


def test_another_song_written_over_a_linked_file_leaves_the_table_s_track(db: Database) -> None:
    row = TrackRecord(title="Harbour", artists=("Ada Quill",), album="Tides", duration=200.0)
    tracks.add(db, [replace(row, outside_ids=(OutsideId("spotify", "s1"),))])
    store(db, song("a.flac"))
    table = held(db, "a.flac")

    store(db, song("a.flac", data="other song", title="Lighthouse"))

    other = held(db, "a.flac")
    assert other.title == "Lighthouse"
    assert other.id != table.id
    assert not tracks.get(db, table.id).playable


def test_files_that_swap_names_stay_with_their_songs(db: Database) -> None:
    one, two = song("1.flac", data="one", title="One"), song("2.flac", data="two", title="Two")
    store(db, one, two)

    summary = store(db, replace(one, path=two.path), replace(two, path=one.path))

    assert summary.changed == 2
    assert held(db, "1.flac").title == "Two"
    assert held(db, "2.flac").title == "One"
    assert tracks.count(db) == 2
    assert len(waiting(db)) == 2


def test_two_files_overwritten_with_the_same_new_bytes_become_one_track(db: Database) -> None:
    store(db, song("1.flac", data="one", title="One"), song("2.flac", data="two", title="Two"))

    both = {"data": "three", "title": "Three"}
    store(db, song("1.flac", **both), song("2.flac", **both))

    assert held(db, "1.flac") == held(db, "2.flac")
    assert held(db, "1.flac").title == "Three"


def test_two_files_nobody_named_are_two_tracks(db: Database) -> None:
    said = {"title": "Track 01", "artists": (), "album": ""}
    store(db, song("cd1/01.flac", data="one", **said), song("cd2/01.flac", data="two", **said))
    assert held(db, "cd1/01.flac").id != held(db, "cd2/01.flac").id


def test_two_encodings_of_one_recording_are_one_track(db: Database) -> None:
    summary = store(db, song("a.flac"), song("a.mp3", data="lossy", duration=201.0))
    assert (summary.new, summary.linked) == (2, 1)
    assert tracks.count(db) == 1
    assert waiting(db) == ["hash of bytes", "hash of lossy"]


def test_a_file_that_is_gone_is_kept_and_comes_back(db: Database) -> None:
    store(db, song("a.flac"), song("b.flac", data="b", title="Other"))
    known = epoch(db)

    summary = store(db, unchanged=("/music/b.flac",), gone=("/music/a.flac",))

    assert (summary.found, summary.gone) == (1, 1)
    assert epoch(db) > known
    track = held(db, "a.flac")
    assert not track.playable
    assert files.path_of(db, track.id) is None
    assert files.known(db, MUSIC)["/music/a.flac"].missing
    assert waiting(db) == ["hash of b"]

    known = epoch(db)
    back = store(db, unchanged=("/music/a.flac", "/music/b.flac"))
    assert (back.unchanged, back.gone) == (2, 0)
    assert epoch(db) > known
    assert held(db, "a.flac").playable
    assert store(db, unchanged=("/music/a.flac", "/music/b.flac")).found == 2
    assert epoch(db) == known + 1


def test_what_was_missed_already_is_not_gone_again(db: Database) -> None:
    store(db, song("a.flac"))
    store(db, gone=("/music/a.flac",))
    with db.read() as connection:
        since = connection.execute(select(tables.files.c.missing_since)).scalar_one()
    store(db, gone=("/music/a.flac",))
    with db.read() as connection:
        assert connection.execute(select(tables.files.c.missing_since)).scalar_one() == since


def test_two_libraries_know_their_own_files(db: Database) -> None:
    other = Path("/music2")
    store(db, song("a.flac"))
    store(db, song("b.flac", data="b", title="Other", root=other), root=other)

    assert list(files.known(db, MUSIC)) == ["/music/a.flac"]
    assert list(files.known(db, other)) == ["/music2/b.flac"]
    with db.read() as connection:
        roots = connection.execute(select(tables.libraries.c.root)).scalars().all()
    assert sorted(roots) == ["/music", "/music2"]


def test_a_library_inside_another_is_part_of_both(db: Database) -> None:
    inner = MUSIC / "jazz"
    store(db, song("a.flac", root=inner), root=inner)
    assert list(files.known(db, MUSIC)) == ["/music/jazz/a.flac"]


def test_files_added_one_by_one_make_no_library(db: Database) -> None:
    store(db, song("a.flac"), root=None)
    assert files.known(db, MUSIC / "a.flac").keys() == {"/music/a.flac"}
    with db.read() as connection:
        assert connection.execute(select(tables.libraries)).all() == []


def test_what_was_read_before_an_interruption_is_kept(db: Database) -> None:
    def until_interrupted() -> Iterator[FileRecord]:
        for number in range(100):
            yield song(f"{number}.flac", data=f"{number}", title=f"Song {number}")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.apply_scan(
            db, MUSIC, read=until_interrupted(), unchanged=(), gone=("/music/old.flac",)
        )
    kept = tracks.count(db)
    assert 0 < kept <= 100
    assert len(files.known(db, MUSIC)) == kept


def test_reading_is_lazy_so_that_memory_stays_flat(db: Database) -> None:
    ahead: list[int] = []

    def read() -> Iterator[FileRecord]:
        for number in range(300):
            ahead.append(number - tracks.count(db))
            yield song(f"{number}.flac", data=f"{number}", title=f"Song {number}")

    summary = files.apply_scan(db, MUSIC, read=read(), unchanged=(), gone=())
    assert summary.new == 300
    assert max(ahead) < 100


def test_one_file_waits_once_for_each_content_in_the_order_of_the_hashes(db: Database) -> None:
    store(db, song("b.flac", data="b", title="B"), song("a.flac", data="a", title="A"))
    store(db, song("b copy.flac", data="b", title="B"))

    found = files.waiting(db, STAGE)

    assert [(one.content_hash, one.path.name) for one in found] == [
        ("hash of a", "a.flac"),
        ("hash of b", "b.flac"),
    ]
    assert found[1].track_id == held(db, "b.flac").id
    assert found[1].duration == song("b.flac").duration


def test_a_failed_file_does_not_wait_until_its_content_changes(db: Database) -> None:
    store(db, song("a.flac"))
    with db.write() as connection:
        ledger.record(
            connection, STAGE, content_hash="hash of bytes", state="failed", reason="silent"
        )
    assert waiting(db) == []
    newer = files.waiting(db, Stage("descriptors", "2"))
    assert [one.content_hash for one in newer] == ["hash of bytes"]

    store(db, song("a.flac", data="mended"))
    assert waiting(db) == ["hash of mended"]


def test_tracks_found_in_invented_music_are_labelled(db: Database) -> None:
    files.apply_scan(db, MUSIC, read=[song("a.flac")], unchanged=(), gone=(), synthetic=True)
    assert held(db, "a.flac").synthetic


def test_an_unknown_path_or_track_has_no_file(db: Database) -> None:
    assert files.track_of(db, MUSIC / "nothing.flac") is None
    assert files.path_of(db, TrackId("tnothing")) is None
    assert files.known(db, MUSIC) == {}
