"""What a listener played is given out as it came: events by time, then counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue.catalogue import feedback, history, listening, playlists, tracks
from segue.catalogue.listening import Heard, Tally
from segue.errors import BadRequestError, NotFoundError
from segue.names import artist_key
from segue.records import OutsideId, Play, PlaylistRecord, TrackRecord

if TYPE_CHECKING:
    from segue.catalogue.database import Database

A, B = (TrackRecord(title, ("Ada Quill",)) for title in "AB")
ARTIST = TrackRecord(artists=("The Bo-Lind",))


def fill(db: Database) -> None:
    plays = [
        Play("me", ARTIST, times=40), Play("me", A, at=10.0), Play("you", B, at=99.0),
        Play("me", B, times=3), Play("me", A, at=30.0), Play("me", B, at=20.0),
    ]  # fmt: skip
    history.add(db, plays)


def test_events_come_first_by_time_then_counts_by_size(db: Database) -> None:
    fill(db)
    a, b = (next(t.id for t in tracks.page(db) if t.title == title) for title in "AB")
    bo = artist_key("The Bo-Lind")
    heard = listening.heard(db, "me")
    assert heard == [
        Heard(a, None, 1, 30.0), Heard(b, None, 1, 20.0), Heard(a, None, 1, 10.0),
        Heard(None, bo, 40, None), Heard(b, None, 3, None),
    ]  # fmt: skip
    assert listening.heard(db, "me", most=2) == heard[:2]
    tracks.delete(db, b)
    assert [one.track_id for one in listening.heard(db, "me")] == [a, a, None]


def test_plays_are_summed_by_track_and_fade_by_their_age(db: Database) -> None:
    fill(db)
    a, b = (next(t.id for t in tracks.page(db) if t.title == title) for title in "AB")
    summed = {
        each.track_id or each.artist: each for each in listening.tallied(db, "me", half_life=10.0)
    }
    assert summed == {
        a: Tally(a, None, 2.0, 1.25),
        b: Tally(b, None, 4.0, 3.5),
        artist_key("The Bo-Lind"): Tally(None, artist_key("The Bo-Lind"), 40.0, 40.0),
    }
    assert listening.tallied(db, "", half_life=10.0) == []
    with pytest.raises(NotFoundError, match="there is no listener 'mee'"):
        listening.tallied(db, "mee", half_life=10.0)


def test_listeners_are_all_who_left_anything_here(db: Database) -> None:
    assert listening.listeners(db) == []
    fill(db)
    playlists.add(db, [PlaylistRecord("Mix", OutsideId("own", "1"), (), listener="she")])
    feedback.give(db, "", tracks.page(db)[0].id, "like")
    assert listening.listeners(db) == ["", "me", "she", "you"]
    assert listening.heard(db, "she") == []


def test_somebody_nobody_knows_is_an_error_but_for_the_owner(db: Database) -> None:
    with pytest.raises(NotFoundError, match="there is no listener 'mee'"):
        listening.heard(db, "mee")
    assert listening.heard(db, "") == []
    with pytest.raises(BadRequestError, match="a history of 0 plays"):
        listening.heard(db, "", most=0)
