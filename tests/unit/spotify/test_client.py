"""What Spotify is asked, what is kept of it, and for how long."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

import spotify_stand_in
from segue.caching import MISS
from segue.caching.memory import MemoryCache
from segue.errors import BadRequestError, NotFoundError, UnavailableError
from segue.settings import Settings
from segue.sources.spotify import configured, spotify_id
from segue.sources.spotify.client import KEPT, MISS_KEPT
from spotify_stand_in import only, saying, track

HOUR = 3_600.0


def test_a_cover_comes_from_the_web_api(there, spotify) -> None:
    there.has_cover("t0")
    assert spotify.cover("t0") == there.pictures["/image/t0"]
    assert [one.path for one in there.asked] == ["/api/token", "/v1/tracks/t0", "/image/t0"]
    assert "Authorization" not in there.asked[-1].headers


def test_where_an_answer_is_known_nobody_is_asked(there, client, clock) -> None:
    cache = MemoryCache(clock=clock)
    there.has_cover("t0")
    address = client(cache=cache).cover_address("t0")
    again = client(cache=cache)
    clock.now += KEPT - 1
    assert again.cover_address("t0") == address
    assert there.count("/v1/tracks/t0") == 1
    clock.now += 2
    assert again.cover_address("t0") == address
    assert there.count("/v1/tracks/t0") == 2


def test_that_there_is_none_is_known_for_hours(there, spotify, clock) -> None:
    assert spotify.cover("t9") is None
    asked = len(there.asked)
    clock.now += MISS_KEPT - 1
    assert spotify.cover("t9") is None
    assert len(there.asked) == asked
    clock.now += 2
    assert spotify.cover("t9") is None
    assert len(there.asked) > asked


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"album": None},
        {"album": []},
        {"album": {}},
        {"album": {"images": None}},
        {"album": {"images": [None, {}, {"url": None}, {"url": ""}, 7]}},
    ],
)
def test_where_the_track_names_no_picture_the_embed_s_is_taken(there, spotify, told) -> None:
    there.tracks["t0"] = told
    there.pictures["/thumbnail"] = spotify_stand_in.picture(300)
    there.embeds["t0"] = {"title": "Song", "thumbnail_url": f"{there.url}/thumbnail"}
    assert spotify.cover("t0") == there.pictures["/thumbnail"]
    asked = next(one for one in there.asked if one.path == "/oembed")
    assert asked.query == {"url": "https://open.spotify.com/track/t0"}
    assert "Authorization" not in asked.headers


def test_an_app_that_is_not_given_tracks_takes_the_embed_s(there, spotify) -> None:
    there.always = only("/v1/tracks", saying(b"{}", status=403))
    there.pictures["/thumbnail"] = spotify_stand_in.picture(300)
    there.embeds["t0"] = {"thumbnail_url": f"{there.url}/thumbnail"}
    assert spotify.cover("t0") == there.pictures["/thumbnail"]


@pytest.mark.parametrize("told", [{}, {"thumbnail_url": None}, {"title": "x"}, {"version": 1.0}])
def test_an_embed_without_a_picture_is_a_miss(there, spotify, told) -> None:
    there.tracks["t0"], there.embeds["t0"] = track("t0"), told
    assert spotify.cover("t0") is None
    assert spotify.embed("t0") is None


def test_no_picture_is_fetched_from_where_an_answer_leads_astray(there, spotify) -> None:
    with spotify_stand_in.Spotify() as elsewhere:
        elsewhere.pictures["/image"] = spotify_stand_in.picture()
        there.tracks["t0"] = {"album": {"images": [{"url": f"{elsewhere.url}/image"}]}}
        there.embeds["t0"] = {"thumbnail_url": f"{elsewhere.url}/image"}
        assert spotify.cover("t0") is None
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    "held",
    [b"", b"no json", b"[]", b'{"cover": 7}', b'{"other": "x"}', b'{"cover": "http://10.0.0.1/x"}'],
)
def test_a_shared_cache_that_somebody_wrote_to_leads_nowhere(there, client, clock, held) -> None:
    cache = MemoryCache(clock=clock)
    there.has_cover("t0")
    cache.put("spotify:cover:t0", held, seconds=60)
    found = client(cache=cache).cover_address("t0")
    assert found in {"", f"{there.url}/image/t0"}


def test_a_picture_that_is_gone_is_none(there, spotify) -> None:
    there.has_cover("t0")
    there.pictures.clear()
    there.faults = []
    there.always = only("/image", saying(b"gone", status=404))
    assert spotify.cover("t0") is None


@pytest.mark.parametrize("value", ["", "../me", "a b", "ä", "a/b", "x" * 65, "a?b"])
def test_what_is_no_id_is_not_asked_for(there, spotify, value) -> None:
    for ask in (spotify.cover, spotify.embed, spotify.playlist):
        with pytest.raises(BadRequestError, match="is no id of a"):
            ask(value)
    assert there.asked == []


def test_a_search_comes_in_pages(there, spotify) -> None:
    listed = [{"id": f"p{n}", "snapshot_id": f"v{n}"} for n in range(23)]
    there.searches["road trip & more"] = [*listed[:7], None, {"name": "no id"}, *listed[7:]]
    found, place, pages = [], 0, 0
    while True:
        page = spotify.search("road trip & more", place=place)
        found += page.playlists
        pages += 1
        if not page.more:
            break
        place = page.place
    assert [(one.id, one.version) for one in found] == [(f"p{n}", f"v{n}") for n in range(23)]
    assert pages == 3


def test_a_search_ends_where_spotify_s_does(there, spotify) -> None:
    there.searches["all"] = [{"id": "p"}] * 5_000
    assert spotify.search("all", place=980).more
    assert not spotify.search("all", place=990).more


def test_nobody_of_that_name(there, spotify) -> None:
    with pytest.raises(NotFoundError, match="has no such thing"):
        spotify.playlists_of("nobody")
    there.users["a/b c"] = [{"id": "p1"}]
    with pytest.raises(NotFoundError):
        spotify.playlists_of("a/b c")  # an odd name is quoted, and means nobody else
    assert there.asked[-1].path == "/v1/users/a%2Fb%20c/playlists"


@pytest.mark.parametrize("today", [True, False])
def test_a_playlist_comes_whole_in_its_order(there, spotify, today) -> None:
    there.today = today
    there.has_playlist("p1", [track(f"t{n}") for n in range(230)])
    record, version, left_out = spotify.playlist("p1")
    assert [one.outside_ids[0].value for one in record.entries] == [f"t{n}" for n in range(230)]
    assert (record.title, record.description, record.followers) == ("List p1", "All of p1", 12)
    assert (version, left_out) == ("v1", 0)
    assert len(there.asked) == 5  # a token, the playlist with a hundred, three pages of fifty


def test_entries_that_are_no_tracks_are_counted(there, spotify) -> None:
    episode = {"type": "episode", "id": "e1", "name": "Talk"}
    own = {**track("x", title="Mine"), "id": None}
    there.has_playlist("p1", [track("a"), None, episode, own, {}, track("b")])
    record, _, left_out = spotify.playlist("p1")
    assert [one.title for one in record.entries] == ["Song a", "Mine", "Song b"]
    assert left_out == 3


def test_a_playlist_of_which_nothing_is_said_is_empty(there, spotify) -> None:
    there.playlists["p1"] = {"entries": []}
    record, version, _ = spotify.playlist("p1")
    assert (record.title, record.entries, version) == ("", (), "")


def test_tracks_that_are_not_told_are_not_taken_for_none(there, spotify) -> None:
    there.has_playlist("p1", [track("a")])
    there.always = only("/v1/playlists", saying(b'{"name": "List", "id": "p1"}'))
    with pytest.raises(UnavailableError, match="does not say which tracks"):
        spotify.playlist("p1")


def test_entries_are_asked_for_by_either_name(there, spotify) -> None:
    there.today = False
    there.has_playlist("p1", [track("a")])
    spotify.check()
    there.faults = [saying(b'{"name": "List", "id": "p1", "snapshot_id": "v7"}')]
    record, version, _ = spotify.playlist("p1")
    assert ([one.title for one in record.entries], version) == (["Song a"], "v7")
    asked = [one.path for one in there.asked[2:]]
    assert asked == ["/v1/playlists/p1/items", "/v1/playlists/p1/tracks"]


def test_pages_that_never_end_come_to_one(there, spotify, monkeypatch) -> None:
    monkeypatch.setattr("segue.sources.spotify.client.MOST_ENTRIES", 20)
    page = b'{"items": [{"item": {"id": "a", "name": "x"}}%s], "next": "more"}'
    there.always = only("/v1", saying(page % b', {"item": {"id": "a", "name": "x"}}' * 1))
    record, _, _ = spotify.playlist("p1")
    assert len(record.entries) == 20


@pytest.mark.parametrize(
    ("name", "word", "both"),
    [("", "", False), ("a", "", False), ("", "b", False), (" ", "b", False), ("a", "b", True)],
)
def test_it_is_set_up_with_both_or_not_at_all(name, word, both) -> None:
    assert configured(Settings(_env_file=None, spotify_id=name, spotify_secret=word)) == both


def test_a_track_s_own_id_is_found_among_others() -> None:
    from segue.records import OutsideId, Track

    ids = (OutsideId("isrc", "x"), OutsideId("spotify", "a/../b"), OutsideId("spotify", "ok1"))
    assert spotify_id(Track("1", "T", (), outside_ids=ids)) == "ok1"
    assert spotify_id(Track("1", "T", (), outside_ids=ids[:2])) is None


def test_misses_are_told_apart_from_nothing_known(there, client, clock) -> None:
    cache = MemoryCache(clock=clock)
    client(cache=cache).cover("t9")
    assert cache.get("spotify:cover:t9") is MISS
    assert cache.get("spotify:cover:t8") is None


def test_an_address_is_one_and_only_of_a_collector_there_may_be_none() -> None:
    assert Settings(_env_file=None, otel_url="").otel_url == ""
    assert (
        Settings(_env_file=None, spotify_url="http://a.example/").spotify_url == "http://a.example"
    )
    for given in ({"spotify_url": ""}, {"spotify_open_url": ""}, {"otel_url": "collector:4318"}):
        with pytest.raises(ValidationError, match=r"like https://name\.example"):
            Settings(_env_file=None, **given)
