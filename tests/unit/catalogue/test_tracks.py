"""Tracks: what an import makes of records, and what comes out again."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, insert, select, update

from segue.catalogue import corpus, search, tracks
from segue.catalogue import schema as tables
from segue.catalogue.database import epoch, open_database
from segue.errors import BadRequestError, BadTableError, BusyError, NotFoundError
from segue.recommend.seeds import track_at
from segue.records import Attributes, OutsideId, Rejection, TrackRecord
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.catalogue.database import Database

FULL = TrackRecord(
    title="Harbour",
    artists=("Ada Quill", "Bo"),
    album="Tides",
    album_artist="Ada Quill",
    genres=("Indie  Pop", "rock"),
    outside_ids=(OutsideId("spotify", "s1"), OutsideId("isrc", "us-abc-12-34567")),
    duration=200.5,
    year=1999,
    explicit=False,
    popularity=41.0,
    track_number=3,
    language="en",
    lyrics="The tide comes in",
    labels=(("tag", "sea"), ("emotion", "joy")),
    attributes=Attributes(energy=0.25, loudness=-7.5, tempo=121.0, key=9, mode=0),
    place="songs.csv, line 2",
)


def spotify(value: str, **said: object) -> TrackRecord:
    record = TrackRecord("Harbour", ("Ada Quill",), outside_ids=(OutsideId("spotify", value),))
    return replace(record, **said)  # type: ignore[arg-type]


def by_id(track: tracks.Track) -> TrackId:
    return track.id


def only(db: Database) -> tracks.Track:
    (track,) = tracks.page(db)
    return track


def test_all_a_record_says_comes_out_again(db: Database) -> None:
    summary = tracks.add(db, [FULL])
    assert (summary.read, summary.imported, summary.notes) == (1, 1, ())
    track = only(db)
    assert (track.title, track.artists, track.album) == ("Harbour", ("Ada Quill", "Bo"), "Tides")
    assert track.genres == ("indie pop", "rock")
    assert (track.year, track.duration, track.explicit) == (1999, 200.5, False)
    assert (track.popularity, track.provenance) == (41.0, "given")
    assert track.attributes == FULL.attributes
    assert track.labels == (("emotion", "joy"), ("tag", "sea"))
    assert track.outside_ids == (OutsideId("isrc", "USABC1234567"), OutsideId("spotify", "s1"))
    assert not track.playable
    assert not track.synthetic
    assert tracks.get(db, track.id) == track
    with db.read() as connection:
        assert connection.execute(select(tables.lyrics.c.text)).scalar() == FULL.lyrics
        row = connection.execute(select(tables.tracks)).one()
    assert (row.language, row.track_number, row.title_key) == ("en", 3, "harbour")


def test_the_same_again_changes_nothing(db: Database) -> None:
    records = [FULL, TrackRecord("Window", ("Bo",)), spotify("s9", title="")]
    tracks.add(db, records)
    before, told = epoch(db), tracks.page(db)
    again = tracks.add(db, records)
    assert (again.read, again.duplicate, again.imported, again.merged) == (3, 3, 0, 0)
    assert epoch(db) == before
    assert tracks.page(db) == told


def test_rows_of_one_id_become_one_track_with_their_genres(db: Database) -> None:
    rows = [spotify("s1", genres=(genre,)) for genre in ("rock", "Pop", "rock", " POP ")]
    summary = tracks.add(db, rows)
    assert (summary.imported, summary.merged, summary.duplicate) == (1, 1, 2)
    assert only(db).genres == ("pop", "rock")


def test_what_was_said_first_stays_and_blanks_are_filled(db: Database) -> None:
    tracks.add(db, [spotify("s1", year=1999, attributes=Attributes(energy=0.5))])
    second = spotify(
        "s1",
        title="Other",
        year=2005,
        album="Tides",
        duration=100.0,
        explicit=True,
        lyrics="words",
        attributes=Attributes(energy=0.9, tempo=80.0),
    )
    assert tracks.add(db, [second]).merged == 1
    track = only(db)
    assert (track.title, track.year, track.album) == ("Harbour", 1999, "Tides")
    assert (track.duration, track.explicit) == (100.0, True)
    assert track.attributes == Attributes(energy=0.5)
    assert search.tracks(db, "tides") == [track]


def test_a_record_adds_the_ids_it_brings(db: Database) -> None:
    tracks.add(db, [spotify("s1")])
    more = (OutsideId("spotify", "s1"), OutsideId("isrc", "USABC1234567"))
    assert tracks.add(db, [spotify("s1", outside_ids=more)]).merged == 1
    assert tracks.add(db, [spotify("s1", outside_ids=more[1:])]).duplicate == 1
    assert only(db).outside_ids == more[::-1]


def test_an_id_another_track_has_stays_there(db: Database) -> None:
    tracks.add(db, [spotify("s1"), spotify("s2", title="Window")])
    both = (OutsideId("spotify", "s1"), OutsideId("spotify", "s2"), OutsideId("own", "1"))
    tracks.add(db, [spotify("", outside_ids=both)])
    first, second = sorted(tracks.page(db), key=lambda track: track.title)
    assert first.outside_ids == (OutsideId("own", "1"), OutsideId("spotify", "s1"))
    assert second.outside_ids == (OutsideId("spotify", "s2"),)


def test_an_id_without_a_title_is_kept_until_somebody_knows_the_title(db: Database) -> None:
    summary = tracks.add(db, [spotify("s1", title="", artists=())])
    assert summary.imported == 1
    assert summary.notes == ("1 have an id but no title; they are kept by their id",)
    assert only(db).name == "Untitled"
    tracks.add(db, [spotify("s1")])
    track = only(db)
    assert (track.title, track.artists) == ("Harbour", ("Ada Quill",))
    assert search.tracks(db, "ada harb") == [track]
    with db.read() as connection:
        assert connection.execute(select(tables.artists.c.key)).scalars().all() == ["ada quill"]
        row = connection.execute(select(tables.tracks)).one()
    assert (row.title_key, row.artist_key) == ("harbour", "ada quill")


def test_nothing_to_know_a_track_by_is_a_rejection(db: Database) -> None:
    rows = [TrackRecord(artists=("Ada",), place="songs.csv, line 4"), FULL]
    summary = tracks.add(db, rows)
    assert (summary.read, summary.imported, summary.rejected) == (2, 1, 1)
    assert summary.rejections == (
        Rejection("songs.csv, line 4", None, "it has neither a title nor an id"),
    )


def test_nobody_in_particular_is_shown_and_is_no_artist(db: Database) -> None:
    rows = [
        spotify("s1", artists=("Various Artists",), album="Sea Songs"),
        spotify("s2", artists=("various artists", "Bo")),
        spotify("s3", artists=("",), title="Window"),
        spotify("s4", artists=("Various",), album="Sea Songs"),
    ]
    tracks.add(db, rows)
    shown = {track.outside_ids[0].value: track.artists for track in tracks.page(db)}
    assert shown == {
        "s1": ("Various Artists",),
        "s2": ("various artists", "Bo"),
        "s3": (),
        "s4": ("Various",),
    }
    with db.read() as connection:
        names = connection.execute(select(tables.artists.c.name)).scalars().all()
        keys = connection.execute(select(tables.tracks.c.artist_key)).scalars().all()
        albums = connection.execute(select(tables.albums.c.key)).scalars().all()
    assert names == ["Bo"]
    assert sorted(keys) == ["", "", "", "bo"]
    assert albums == ["sea songs | "]


def test_albums_are_one_by_title_and_owner(db: Database) -> None:
    rows = [
        spotify("s1", album="Tides"),
        spotify("s2", album="TIDES!", artists=("The Ada Quill", "Guest")),
        spotify("s3", album="Tides", artists=("Bo",)),
        spotify("s4", album="Tides", artists=("Bo",), album_artist="Ada Quill"),
        spotify("s5", album="Tides", artists=("Bo",), album_artist="Various Artists"),
    ]
    tracks.add(db, rows)
    query = select(tables.outside_ids.c.value, tables.albums.c.key).select_from(
        tables.outside_ids.join(tables.tracks).join(tables.albums)
    )
    with db.read() as connection:
        albums = dict(connection.execute(query).all())
    assert albums == {
        "s1": "tides | ada quill",
        "s2": "tides | ada quill",
        "s3": "tides | bo",
        "s4": "tides | ada quill",
        "s5": "tides | ",
    }


def test_artists_are_one_by_their_key_and_credited_once(db: Database) -> None:
    tracks.add(db, [spotify("s1", artists=("Beyoncé", "BEYONCE", "Bo")), spotify("s2", title="W",
                    artists=("beyonce",))])  # fmt: skip
    with db.read() as connection:
        names = connection.execute(select(tables.artists.c.name).order_by("id")).scalars().all()
        credits = select(tables.track_artists).order_by("track_id", "position")
        places = connection.execute(credits).all()
    assert names == ["Beyoncé", "Bo"]
    assert [tuple(row) for row in places] == [(1, 0, 1), (1, 1, 2), (2, 0, 1)]


def test_made_up_tracks_are_marked(db: Database) -> None:
    tracks.add(db, [FULL], synthetic=True)
    assert only(db).synthetic


def test_ids_are_the_same_in_every_catalogue(db: Database, tmp_path: Path) -> None:
    rows = [FULL, TrackRecord("Window", ("Bo",)), spotify("s9"), TrackRecord("Gravel")]
    tracks.add(db, rows)
    with open_database(tmp_path / "other.db") as other:
        tracks.add(other, [spotify("before", title="Before"), *rows[::-1]])
        assert {one.id for one in tracks.page(db)} < {one.id for one in tracks.page(other)}


def test_a_public_id_that_is_taken_is_not_given_twice(db: Database) -> None:
    tracks.add(db, [spotify("s1")])
    taken = only(db).id
    with db.write() as connection:
        connection.execute(update(tables.outside_ids).values(value="moved"))
    tracks.add(db, [spotify("s1", title="Window"), spotify("s2", title="Gravel")])
    assert tracks.count(db) == 3
    assert len({track.id for track in tracks.page(db)}) == 3
    assert tracks.get(db, taken).title == "Harbour"


# What one import does to another's order and size.


def contents(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the catalogue but when it was made."""
    with db.read() as connection:
        return {
            name: [
                tuple(value for key, value in row._mapping.items() if key != "created")
                for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for name, table in tables.metadata.tables.items()
            if name != "meta"
        }


MIXED = [
    FULL,
    TrackRecord("Harbour", ("Ada Quill",), duration=200.0),
    TrackRecord("Window", ("Bo",), duration=90.0),
    spotify("s2", title="Window", artists=("Bo",), duration=91.0, genres=("folk",)),
    spotify("s2", title="Window", artists=("Bo",), genres=("sea",), lyrics="la"),
    spotify("s3", title="Window", artists=("Bo",), duration=91.0),
    TrackRecord("Window", ("Bo",), "Panes", duration=91.0),
    spotify("s5", title="", artists=()),
    spotify("s5", title="Gravel", artists=("Cy",), duration=60.0),
    TrackRecord("Gravel", ("Cy", "Bo"), duration=60.5),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_where_batches_begin_and_end_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    found = []
    for most in (1000, size):
        monkeypatch.setattr(tracks, "BATCH", most)
        with open_database(tmp_path / f"{most}.db") as db:
            summary = tracks.add(db, MIXED)
            found.append((contents(db), replace(summary, seconds=0.0)))
    assert found[0] == found[1]
    assert found[0][1].linked == 4


def test_progress_is_told_after_every_batch(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracks, "BATCH", 2)
    told: list[tuple[int, int | None, str]] = []
    rows = [spotify(f"s{number}", title=f"Song {number}") for number in range(5)]
    tracks.add(db, rows, on_progress=lambda *args: told.append(args))
    assert told == [(2, None, "tracks"), (4, None, "tracks"), (5, None, "tracks")]


# Strict imports, and imports that do not reach their end.


def test_strict_stops_at_the_first_rejection_and_stores_nothing(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks, "BATCH", 2)
    rows = [spotify(f"s{number}", title=f"Song {number}") for number in range(5)]
    bad = Rejection("songs.csv", 7, "the duration 'x' is not a number")
    with pytest.raises(BadTableError, match=r"songs\.csv:7: the duration 'x' is not a number"):
        tracks.add(db, [*rows, bad, *rows], strict=True)
    assert tracks.count(db) == 0
    assert epoch(db) == 0
    with pytest.raises(BadTableError, match="neither a title nor an id"):
        tracks.add(db, [*rows, TrackRecord()], strict=True)
    assert tracks.count(db) == 0
    assert tracks.add(db, rows, strict=True).imported == 5
    assert tracks.add(db, [*rows, bad]).rejected == 1


def test_a_summary_counts_all_rejections_and_lists_some(db: Database) -> None:
    bad = [Rejection("songs.csv", line, "it is empty") for line in range(1500)]
    summary = tracks.add(db, [*bad, FULL])
    assert (summary.read, summary.rejected, summary.imported) == (1501, 1500, 1)
    assert summary.rejections == tuple(bad[:1000])


def test_a_source_that_breaks_leaves_whole_batches(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking() -> Iterator[TrackRecord]:
        for number in range(5):
            yield spotify(f"s{number}", title=f"Song {number}")
        raise BadTableError("the file ends in the middle of a line")

    monkeypatch.setattr(tracks, "BATCH", 2)
    with pytest.raises(BadTableError, match="ends in the middle"):
        tracks.add(db, breaking())
    assert tracks.count(db) == 4


KILLED = """
import sys, time
from segue.catalogue import tracks
from segue.catalogue.database import open_database
from segue.records import OutsideId, TrackRecord

def records():
    for number in range(10**9):
        if number == 250:
            print("stored", flush=True)
            time.sleep(60)
        yield TrackRecord(f"Song {number}", ("Ada",), genres=("sea",),
                          outside_ids=(OutsideId("own", str(number)),))

tracks.BATCH = 100
with open_database(sys.argv[1]) as db:
    tracks.add(db, records(), strict=sys.argv[2] == "strict")
"""


@pytest.mark.parametrize(("how", "kept"), [("strict", 0), ("lenient", 200)])
def test_a_killed_import_leaves_nothing_half_written(tmp_path: Path, how: str, kept: int) -> None:
    path = tmp_path / "killed.db"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path), how], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "stored\n"
        program.send_signal(signal.SIGKILL)
    with open_database(path) as db:
        assert tracks.count(db) == kept
        assert len(search.tracks(db, "song", limit=1000)) == kept
        rows = [
            TrackRecord(f"Song {number}", ("Ada",), outside_ids=(OutsideId("own", str(number)),))
            for number in range(300)
        ]
        summary = tracks.add(db, rows)
        assert (summary.imported, summary.duplicate) == (300 - kept, kept)
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()


def test_a_lock_in_the_middle_of_an_import_is_said_plainly(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks, "BATCH", 2)
    assert db.path is not None
    other = sqlite3.connect(db.path, isolation_level=None)

    def locking() -> Iterator[TrackRecord]:
        for number in range(5):
            if number == 3:
                other.execute("BEGIN IMMEDIATE")
            yield spotify(f"s{number}", title=f"Song {number}")

    with (
        open_database(db.path, busy_seconds=0.05) as hasty,
        pytest.raises(BusyError, match="locked by another program"),
    ):
        tracks.add(hasty, locking())
    other.close()
    assert tracks.count(db) == 2


# Giving tracks out.


def test_an_unknown_track_is_named(db: Database) -> None:
    with pytest.raises(NotFoundError, match="there is no track 'tnobody'"):
        tracks.get(db, TrackId("tnobody"))
    with pytest.raises(NotFoundError, match="there is no track 'tnobody'"):
        tracks.delete(db, TrackId("tnobody"))
    assert epoch(db) == 0


def test_what_a_snapshot_knows_is_completed_as_the_catalogue_stands_now(db: Database) -> None:
    tracks.add(db, [FULL, spotify("s2", title="Other"), spotify("s3", title="Gone")])
    whole = tracks.page(db)
    known = [replace(one, outside_ids=(), labels=(), playable=True) for one in whole]
    snapshot = corpus.load(db)
    built = [track_at(snapshot, row) for row in range(len(snapshot))]
    assert sorted(tracks.completed(db, built), key=by_id) == sorted(whole, key=by_id)
    gone = next(one.id for one in whole if one.title == "Gone")
    tracks.delete(db, gone)
    assert tracks.completed(db, known) == [one for one in whole if one.id != gone]
    assert tracks.completed(db, []) == []


def test_many_come_in_the_order_asked_and_unknown_ones_not_at_all(db: Database) -> None:
    tracks.add(db, [spotify(f"s{number}", title=f"Song {number}") for number in range(4)])
    ids = [track.id for track in tracks.page(db)]
    asked = [ids[2], TrackId("tnobody"), ids[0], ids[2]]
    assert [track.id for track in tracks.many(db, asked)] == [ids[2], ids[0], ids[2]]
    assert tracks.many(db, []) == []


def test_pages_go_through_all_tracks_once(db: Database) -> None:
    tracks.add(db, [spotify(f"s{number}", title=f"Song {number}") for number in range(7)])
    seen: list[TrackId] = []
    after: TrackId | None = None
    while batch := tracks.page(db, after=after, limit=3):
        seen += [track.id for track in batch]
        after = batch[-1].id
        if len(seen) == 3:
            tracks.delete(db, after)
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen)
    assert tracks.count(db) == 6
    with pytest.raises(BadRequestError, match="a page of 0 tracks"):
        tracks.page(db, limit=0)


def test_deleting_forgets_all_that_hangs_on_a_track(db: Database) -> None:
    tracks.add(db, [FULL, spotify("s2", title="Window", artists=("Bo",))])
    there = {track.title: track.id for track in tracks.page(db)}
    before = epoch(db)
    tracks.delete(db, there["Harbour"])
    assert epoch(db) == before + 1
    assert [track.title for track in tracks.page(db)] == ["Window"]
    assert search.tracks(db, "harbour") == []
    with db.read() as connection:
        for name in ("outside_ids", "track_genres", "track_labels", "lyrics", "attributes"):
            left = connection.execute(
                select(func.count())
                .select_from(tables.metadata.tables[name])
                .where(tables.metadata.tables[name].c.track_id == 1)
            )
            assert left.scalar() == 0, name
    assert tracks.add(db, [FULL]).imported == 1
    assert there["Harbour"] in {track.id for track in tracks.page(db)}


def test_a_file_that_is_there_makes_a_track_playable(db: Database) -> None:
    tracks.add(db, [FULL])
    file = {
        "path": "/m/a.mp3",
        "content_hash": "h",
        "size": 1,
        "modified": 0.0,
        "format": "mp3",
        "track_id": 1,
    }
    with db.write() as connection:
        connection.execute(insert(tables.files).values(file))
    assert only(db).playable
    with db.write() as connection:
        connection.execute(update(tables.files).values(missing_since=1.0))
    assert not only(db).playable


def test_given_attributes_are_shown_before_predicted_and_estimated_ones(db: Database) -> None:
    tracks.add(db, [replace(FULL, attributes=None)])
    shown = []
    for provenance in ("estimated", "predicted:forest-2", "given"):
        row = {"track_id": 1, "provenance": provenance, "energy": 0.5}
        with db.write() as connection:
            connection.execute(insert(tables.attributes).values(row))
        shown.append(only(db).provenance)
    assert shown == ["estimated", "predicted:forest-2", "given"]
