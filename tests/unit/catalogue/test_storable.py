"""Broken characters cost a letter and never an import."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from segue.catalogue import history, playlists, search, tracks
from segue.catalogue.storable import storable, storable_text
from segue.records import OutsideId, Play, PlaylistRecord, TrackRecord

if TYPE_CHECKING:
    from segue.catalogue.database import Database

any_text = st.text(st.characters(), max_size=20)


def test_whole_text_is_left_alone() -> None:
    for text in ("", "Harbour", "夜に駆ける", "🔥", "a\tb\n"):
        assert storable_text(text) is text
    record = TrackRecord("夜", ("🔥",), lyrics="é\n")
    assert storable(record) is record


def test_halves_of_pairs_are_replaced_and_nul_is_dropped() -> None:
    assert storable_text("a\ud83db\0c\udc00") == "a\ufffdbc\ufffd"
    assert storable_text("\ud83d\udd25") == "🔥"


@given(any_text)
def test_what_comes_out_can_be_written(text: str) -> None:
    assert "\0" not in storable_text(text)
    assert storable_text(text).encode().decode() == storable_text(text)
    assert storable_text(storable_text(text)) == storable_text(text)


def test_every_text_of_a_record_is_mended() -> None:
    broken = "x\ud800"
    for one in fields(TrackRecord):
        values: dict[str, object] = {
            "artists": (broken,),
            "genres": (broken,),
            "labels": ((broken, broken),),
            "outside_ids": (OutsideId(broken, broken),),
        }
        value = values.get(one.name, broken)
        record = storable(TrackRecord(**{one.name: value}))  # type: ignore[arg-type]
        if isinstance(value, str) and one.type != "str":
            continue
        repr(record).encode()
        assert "\ufffd" in repr(record), one.name
        assert "\\ud800" not in repr(record), one.name


def test_broken_text_is_taken_in_by_every_door(db: Database) -> None:
    song = TrackRecord("Har\ud800bour", ("A\0da",), genres=("ro\udfffck",), album="\ud800")
    assert tracks.add(db, [song]).imported == 1
    assert tracks.add(db, [song]).duplicate == 1
    (track,) = search.tracks(db, "har")
    assert (track.title, track.artists, track.genres) == (
        "Har\ufffdbour",
        ("Ada",),
        ("ro\ufffdck",),
    )
    mix = PlaylistRecord("Mix\ud800", OutsideId("m3u", "x\ud800"), (song,), listener="me\0")
    assert playlists.add(db, [mix]).imported == 1
    assert playlists.add(db, [mix]).duplicate == 1
    play = Play("me\ud800", TrackRecord(artists=("B\ud800o",)))
    assert history.add(db, [play, Play("me\ud800", song, at=1.0)]).imported == 2
    assert history.add(db, [play]).duplicate == 1
