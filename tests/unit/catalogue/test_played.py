"""Plays of known tracks: kept once, summed by track; and what players are told of files."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from segue.catalogue import files, kept, playable, played, recordings, tracks
from segue.catalogue import schema as tables
from segue.catalogue.database import epoch
from segue.catalogue.listening import heard
from segue.catalogue.played import Total
from segue.errors import NotFoundError
from segue.records import FileRecord, OutsideId, Recording, TrackRecord


@pytest.fixture
def stocked(db):
    """Three tracks, the first held by two files and the second by one."""
    named = [TrackRecord(title=t, artists=("Ada",), outside_ids=(OutsideId("test", t),))
             for t in ("one", "two", "three")]  # fmt: skip
    tracks.add(db, named)
    root = Path("/music")
    held = [("a.flac", 0), ("b.mp3", 0), ("c.ogg", 1)]
    records = [
        FileRecord(
            path=root / name, root=root, content_hash=f"{place:064}", size=1_000 * (place + 1),
            modified=1.0, format=name.rpartition(".")[2], duration=10.0 + place, track=named[of],
        )
        for place, (name, of) in enumerate(held)
    ]  # fmt: skip
    files.apply_scan(db, root, read=records, unchanged=(), gone=())
    return db


def ids(db) -> dict[str, str]:
    return {track.title: track.id for track in tracks.page(db)}


def test_a_play_is_kept_once_for_who_played_it(db) -> None:
    tracks.add(db, [TrackRecord(title="one", artists=("Ada",))])
    (one,) = ids(db).values()
    before = epoch(db)
    assert played.note(db, "ada", one, at=1_000.5)
    assert not played.note(db, "ada", one, at=1_000.5)
    assert played.note(db, "ada", one, at=2_000.0)
    assert played.note(db, "", one, at=1_000.5)
    assert [(each.track_id, each.at) for each in heard(db, "ada")] == [
        (one, 2_000.0),
        (one, 1_000.5),
    ]
    assert len(heard(db, "")) == 1
    assert epoch(db) == before


def test_totals_are_of_the_listener_and_of_what_is_asked(stocked) -> None:
    known = ids(stocked)
    for at in (5.0, 9.0, 7.0):
        played.note(stocked, "ada", known["one"], at=at)
    played.note(stocked, "ada", known["two"], at=3.0)
    assert played.totals(stocked, "ada") == {
        known["one"]: Total(3, 9.0),
        known["two"]: Total(1, 3.0),
    }
    assert played.totals(stocked, "ada", [known["two"], "tnone"]) == {known["two"]: Total(1, 3.0)}
    assert played.totals(stocked, "ben") == played.totals(stocked, "ada", []) == {}


def test_a_track_that_is_not_there_is_not_played(db) -> None:
    with pytest.raises(NotFoundError, match="no track 'tnone'"):
        played.note(db, "ada", "tnone", at=1.0)
    assert heard(db, "") == []


def test_many_plays_are_kept_together_or_not_at_all(stocked) -> None:
    known = ids(stocked)
    several = [(known["one"], 1.0), (known["two"], 2.0), (known["one"], 1.0)]
    with pytest.raises(NotFoundError, match="no track 'tnone'"):
        played.note_all(stocked, "eve", [*several, ("tnone", 3.0)])
    assert played.totals(stocked, "eve") == {}
    assert played.note_all(stocked, "eve", several) == 2
    assert played.note_all(stocked, "eve", [*several, (known["one"], 4.0)]) == 1
    assert played.totals(stocked, "eve") == {
        known["one"]: Total(2, 4.0),
        known["two"]: Total(1, 2.0),
    }
    assert played.note_all(stocked, "eve", []) == 0


def test_the_first_file_that_is_there_speaks_for_a_track(stocked) -> None:
    known = ids(stocked)
    found = playable.files_of(stocked, [known["one"], known["two"], known["three"], "tnone"])
    assert set(found) == {known["one"], known["two"]}
    first = found[known["one"]]
    assert (first.path.name, first.format, first.size, first.duration) == (
        "a.flac",
        "flac",
        1000,
        10,
    )
    assert (first.loudness, first.true_peak, first.track_number) == (None, None, None)
    with stocked.write() as connection:
        gone = update(tables.files).where(tables.files.c.path == "/music/a.flac")
        connection.execute(gone.values(missing_since=1.0))
        heard_whole = Recording(11.5, -14.0, 3.0, -0.5, b"", 1.0, b"")
        recordings.put(connection, content_hash=f"{1:064}", version="1", recording=heard_whole)
    second = playable.files_of(stocked, [known["one"]])[known["one"]]
    assert (second.path.name, second.duration, second.loudness) == ("b.mp3", 11.5, -14.0)


def test_a_playlist_is_as_long_as_what_of_it_can_be_played(stocked) -> None:
    known = ids(stocked)
    made = kept.make(stocked, "Some", [known["three"], known["two"], known["two"]])
    silent = kept.make(stocked, "Silent", [known["three"]])
    ((number, (count, seconds)),) = playable.lengths(stocked, [made.number, silent.number]).items()
    assert (number, count, seconds) == (made.number, 2, 24.0)
    assert playable.lengths(stocked, []) == {}
