"""Likes, dislikes and skips: one opinion a track stands, and it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from segue.catalogue import feedback, tracks
from segue.catalogue import schema as tables
from segue.catalogue.database import epoch
from segue.errors import BadRequestError, NotFoundError
from segue.records import TrackRecord
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.catalogue.database import Database


def songs(db: Database) -> tuple[TrackId, ...]:
    tracks.add(db, [TrackRecord(title, ("Ada",)) for title in ("A", "B", "C")])
    return tuple(track.id for track in tracks.page(db))


def told(db: Database, listener: str) -> dict[TrackId, str]:
    return {one.track_id: one.kind for one in feedback.of(db, listener)}


def test_the_newest_opinion_of_a_track_stands(db: Database) -> None:
    a, b, _ = songs(db)
    for track, kind in ((a, "like"), (b, "skip"), (a, "dislike"), (a, "dislike")):
        given = feedback.give(db, "me", track, kind)
    feedback.give(db, "you", a, "like")
    assert told(db, "me") == {a: "dislike", b: "skip"}
    assert feedback.of(db, "me")[0] == given
    assert told(db, "you") == {a: "like"}
    assert told(db, "nobody") == {}


def test_an_opinion_taken_back_leaves_none(db: Database) -> None:
    a, b, _ = songs(db)
    for track, kind in ((a, "like"), (a, "dislike"), (b, "like")):
        feedback.give(db, "me", track, kind)
    assert feedback.undo(db, "me", a)
    assert told(db, "me") == {b: "like"}
    assert not feedback.undo(db, "me", a)
    assert not feedback.undo(db, "nobody", b)
    feedback.give(db, "me", a, "skip")
    assert told(db, "me") == {a: "skip", b: "like"}
    with db.read() as connection:
        kept = connection.execute(select(tables.feedback.c.kind, tables.feedback.c.undone)).all()
    assert [(kind, undone is None) for kind, undone in kept] == [
        ("like", False), ("dislike", False), ("like", True), ("skip", True)
    ]  # fmt: skip


def test_no_snapshot_grows_old_by_an_opinion(db: Database) -> None:
    a, *_ = songs(db)
    was = epoch(db)
    feedback.give(db, "", a, "like")
    feedback.undo(db, "", a)
    assert epoch(db) == was


def test_opinions_go_with_their_track(db: Database) -> None:
    a, b, _ = songs(db)
    feedback.give(db, "me", a, "like")
    feedback.give(db, "me", b, "like")
    tracks.delete(db, a)
    assert told(db, "me") == {b: "like"}


def test_opinions_of_many_are_taken_down_together_or_not_at_all(db: Database) -> None:
    a, b, c = songs(db)
    feedback.give(db, "me", b, "skip")
    with pytest.raises(NotFoundError, match="there is no track 'tnone'"):
        feedback.give_all(db, "me", [a, b, TrackId("tnone")], "like")
    assert told(db, "me") == {b: "skip"}
    given = feedback.give_all(db, "me", [a, b, a], "like")
    assert [one.track_id for one in given] == [a, b]
    assert told(db, "me") == {a: "like", b: "like"}
    assert feedback.undo_all(db, "me", [b, c]) == 1
    assert told(db, "me") == {a: "like"}
    assert feedback.undo_all(db, "nobody", [a]) == 0
    assert feedback.give_all(db, "me", [], "like") == []


def test_what_is_no_opinion_is_said(db: Database) -> None:
    a, *_ = songs(db)
    with pytest.raises(BadRequestError, match=r"no feedback 'love'\. Use like, dislike, skip"):
        feedback.give(db, "me", a, "love")
    with pytest.raises(NotFoundError, match="there is no track 'tnone'"):
        feedback.give(db, "me", TrackId("tnone"), "like")
    with pytest.raises(NotFoundError, match="there is no track 'tnone'"):
        feedback.undo(db, "me", TrackId("tnone"))
    with db.read() as connection:
        assert connection.execute(select(tables.listeners)).all() == []
