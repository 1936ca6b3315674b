"""Listening histories: events, counts, artists only, and importing a longer one later."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from segue.catalogue import history, tracks
from segue.catalogue import schema as tables
from segue.catalogue.database import epoch
from segue.errors import BadTableError
from segue.records import OutsideId, Play, Rejection, TrackRecord

if TYPE_CHECKING:
    from segue.catalogue.database import Database

SONG = TrackRecord("Harbour", ("Ada Quill",), place="plays.tsv, line 9")
ARTIST = TrackRecord(artists=("The Ada Quill",))


def told(db: Database) -> list[tuple[object, ...]]:
    """Listener, title or artist, times, at of every play, in order."""
    query = (
        select(
            tables.listeners.c.name,
            tables.tracks.c.title,
            tables.artists.c.name,
            tables.plays.c.times,
            tables.plays.c.at,
        )
        .join_from(tables.plays, tables.listeners)
        .join(tables.tracks, tables.tracks.c.id == tables.plays.c.track_id, isouter=True)
        .join(tables.artists, tables.artists.c.id == tables.plays.c.artist_id, isouter=True)
        .order_by(tables.plays.c.id)
    )
    with db.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_plays_are_of_tracks_or_of_artists(db: Database) -> None:
    plays = [Play("me", SONG, at=10.0), Play("you", ARTIST, times=7), Play("me", SONG, times=2)]
    assert history.add(db, plays).imported == 3
    assert told(db) == [
        ("me", "Harbour", None, 1, 10.0),
        ("you", None, "Ada Quill", 7, None),
        ("me", "Harbour", None, 2, None),
    ]


def test_the_same_again_is_a_duplicate(db: Database) -> None:
    plays = [
        Play("me", SONG, at=10.0),
        Play("me", SONG, at=11.0),
        Play("me", ARTIST, times=7),
        Play("me", SONG),
        Play("me", SONG),
    ]
    assert history.add(db, plays).imported == 5
    was, before = epoch(db), told(db)
    again = history.add(db, plays)
    assert (again.read, again.duplicate) == (5, 5)
    assert (epoch(db), told(db)) == (was, before)


def test_one_event_twice_in_one_import_is_one(db: Database) -> None:
    summary = history.add(db, [Play("me", SONG, at=10.0), Play("me", SONG, at=10.0)])
    assert (summary.imported, summary.duplicate) == (1, 1)


def test_a_newer_count_replaces_the_old_and_a_longer_list_adds(db: Database) -> None:
    history.add(db, [Play("me", ARTIST, times=7), Play("me", SONG)])
    summary = history.add(
        db, [Play("me", ARTIST, times=9), Play("me", SONG), Play("me", SONG), Play("me", SONG)]
    )
    assert (summary.merged, summary.duplicate, summary.imported) == (1, 1, 2)
    assert sum(int(str(row[3])) for row in told(db)) == 9 + 3


def test_a_count_that_changes_within_one_import(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = Play("me", SONG, at=10.0)
    plays = [event, replace(event, times=4), replace(event, times=4)]
    summary = history.add(db, plays)
    assert (summary.imported, summary.merged, summary.duplicate) == (1, 1, 1)
    monkeypatch.setattr(history, "BATCH", 1)
    assert history.add(db, [replace(event, times=5), replace(event, times=6)]).merged == 2
    assert told(db) == [("me", "Harbour", None, 6, 10.0)]


def test_counts_go_on_over_batches(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "BATCH", 2)
    plays = [Play("me", SONG) for _ in range(5)]
    assert history.add(db, plays).imported == 5
    assert history.add(db, plays).duplicate == 5


def test_listeners_are_kept_apart(db: Database) -> None:
    history.add(db, [Play("me", SONG, at=10.0), Play("you", SONG, at=10.0), Play("", SONG, at=1.0)])
    assert [row[0] for row in told(db)] == ["me", "you", ""]


def test_plays_meet_tracks_as_records_do(db: Database) -> None:
    known = replace(SONG, outside_ids=(OutsideId("spotify", "s1"),))
    tracks.add(db, [known])
    summary = history.add(
        db, [Play("me", replace(SONG, title="HARBOUR"), at=1.0), Play("me", known)]
    )
    assert summary.linked == 1
    assert tracks.count(db) == 1


@pytest.mark.parametrize(
    ("play", "reason"),
    [
        (Play("me", TrackRecord()), "it names neither a track nor an artist"),
        (Play("me", TrackRecord(artists=("Unknown",))), "it names neither a track nor an artist"),
        (Play("me", SONG, times=0), "it was played 0 times"),
        (Play("me", ARTIST, times=-3), "it was played -3 times"),
    ],
)
def test_what_is_no_play_is_a_rejection(db: Database, play: Play, reason: str) -> None:
    bad = Rejection("plays.tsv", 2, "it has two columns instead of three")
    summary = history.add(db, [play, bad, Play("me", SONG)])
    assert (summary.read, summary.rejected, summary.imported) == (3, 2, 1)
    assert summary.rejections == (Rejection(play.track.place, None, reason), bad)
    with pytest.raises(BadTableError, match=reason):
        history.add(db, [Play("you", SONG), play], strict=True)
    assert len(told(db)) == 1


def test_the_first_real_artist_is_meant(db: Database) -> None:
    history.add(db, [Play("me", TrackRecord(artists=("Various Artists", "Bo", "Cy")))])
    assert told(db) == [("me", None, "Bo", 1, None)]
