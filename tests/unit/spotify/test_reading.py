"""From answers to records: whatever is missing, null or of another kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.records import OutsideId
from segue.sources.spotify import reading
from segue.sources.spotify.covers import may_fetch
from spotify_stand_in import track

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
WORDS = """id name type items item track tracks playlists album artists images url width next total
snapshot_id followers release_date duration_ms popularity explicit description"""
NAMES = st.sampled_from(WORDS.split())
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=8)


@given(OBJECTS, st.integers(0, 500))
def test_any_answer_is_read_and_only_ids_come_out(answer, place) -> None:
    page = reading.listing(answer, place=place)
    assert all(reading.is_id(one.id) for one in page.playlists)
    assert page.place >= place
    assert page.place > place or not page.more
    part = reading.entries(answer, place=place, where="here")
    assert part.place > place or not part.more
    assert len(part.tracks) + part.left_out == part.place - place
    for one in part.tracks:
        assert one.title or one.outside_ids
        assert one.duration is None or one.duration > 0
        assert one.popularity is None or 0 <= one.popularity <= 100
    head = reading.heading(answer)
    assert head.followers is None or head.followers >= 0
    assert isinstance(reading.cover(answer), str)


def test_a_track_is_read_whole() -> None:
    found = reading.record(track("5QO79kh1waicV47BqGRL3g", title="Save Your Tears"), place="x")
    assert (found.title, found.artists, found.album) == (
        "Save Your Tears",
        ("Vela Moor",),
        "Album 5QO",
    )
    assert found.outside_ids == (OutsideId("spotify", "5QO79kh1waicV47BqGRL3g"),)
    assert (found.duration, found.year, found.explicit, found.popularity) == (
        201.5,
        1997,
        False,
        40.0,
    )


@pytest.mark.parametrize("missing", ["album", "artists", "duration_ms", "name", "type", "explicit"])
def test_a_track_without_a_field_is_a_track(missing) -> None:
    known = track("abc")
    del known[missing]
    assert reading.record(known).outside_ids == (OutsideId("spotify", "abc"),)


@pytest.mark.parametrize(
    "none",
    [
        None,
        [],
        "x",
        {},
        {"type": "episode", "id": "abc", "name": "Talk"},
        {"id": "../x", "name": ""},
    ],
)
def test_what_is_no_track_is_none(none) -> None:
    assert reading.record(none) is None


def test_a_listener_s_own_file_is_known_by_its_name() -> None:
    found = reading.record({**track("abc", title="Mine"), "id": None, "is_local": True})
    assert (found.title, found.outside_ids) == ("Mine", ())


def test_both_forms_of_a_playlist_are_the_same() -> None:
    songs = [track("a"), None, track("b")]
    today = {"items": [{"item": one} for one in songs], "next": None}
    before = {"items": [{"track": one} for one in songs], "next": None}
    assert reading.entries(today, place=0, where="w") == reading.entries(before, place=0, where="w")
    assert reading.inside({"items": today}) == ("items", today)
    assert reading.inside({"tracks": before}) == ("tracks", before)
    assert reading.inside({"tracks": {"href": "x", "total": 3}}) == ("tracks", None)
    assert reading.inside({}) == ("items", None)


def test_the_smallest_picture_that_is_large_enough_is_taken() -> None:
    def at(*widths: int | None) -> str:
        images = [{"url": f"u{width}", "width": width} for width in widths]
        return reading.cover({"album": {"images": images}})

    assert at(64, 640, 1200) == "u640"
    assert at(64, 300) == "u300"
    assert at(None) == "uNone"
    assert at() == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://i.scdn.co/image/ab67616d",
        "https://scdn.co/image",
        "https://image-cdn-ak.spotifycdn.com/image/x",
        "https://i.scdn.co:443/image",
        "http://127.0.0.1:8080/image/x",
    ],
)
def test_pictures_of_spotify_s_own_hosts_are_fetched(address) -> None:
    assert may_fetch(address, api="http://127.0.0.1:8080")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://i.scdn.co/image/x",
        "https://i.scdn.co.evil.example/x",
        "https://evilscdn.co/x",
        "https://user@i.scdn.co/x",
        "https://user:word@i.scdn.co/x",
        "https://i.scdn.co:8443/x",
        "https://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8081/image/x",
        "http://localhost:8080/image/x",
        "https://127.0.0.1:8080/image/x",
        "file:///etc/passwd",
        "ftp://i.scdn.co/x",
        "//i.scdn.co/x",
        "https://[::1/x",
        "https://i.scdn.co:99999/x",
    ],
)
def test_no_other_picture_is_fetched(address) -> None:
    assert not may_fetch(address, api="http://127.0.0.1:8080")
