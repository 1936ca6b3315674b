"""A crawl: everything once, whatever stops it, and told what could not be had."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from segue.caching.memory import MemoryCache
from segue.catalogue import crawls
from segue.catalogue.database import Database, open_database
from segue.catalogue.schema import outside_ids, playlist_entries, playlists
from segue.errors import NotFoundError, UnavailableError
from segue.jobs.crawling import Wanted, crawl
from segue.sources.spotify import Manners, Spotify
from spotify_stand_in import busy, only, saying, track

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WANTED = Wanted("words", ("road", "trip"))
HOLDS = {f"p{n}": [f"t{n * 3 + m}" for m in range(5)] for n in range(12)}
"""Playlists that overlap: a track stands in up to two of them."""


@pytest.fixture
def db(tmp_path: Path, empty_catalogue: Path) -> Iterator[Database]:
    shutil.copyfile(empty_catalogue, tmp_path / "segue.db")
    with open_database(tmp_path / "segue.db") as database:
        yield database


@pytest.fixture(autouse=True)
def playlists_there(there) -> None:
    for value, held in HOLDS.items():
        there.has_playlist(value, [track(one) for one in held])
    there.searches["road trip"] = [{"id": one, "snapshot_id": "v1"} for one in HOLDS]
    there.users["maria"] = [{"id": one, "snapshot_id": "v1"} for one in list(HOLDS)[:3]]


def taken(db: Database) -> Counter:
    """What the catalogue holds: playlists by id with the ids of their tracks in order."""
    query = (
        select(playlists.c.value, outside_ids.c.value)
        .join_from(playlist_entries, playlists, playlist_entries.c.playlist_id == playlists.c.id)
        .join(outside_ids, outside_ids.c.track_id == playlist_entries.c.track_id)
        .where(playlists.c.scheme == "spotify", outside_ids.c.scheme == "spotify")
        .order_by(playlist_entries.c.playlist_id, playlist_entries.c.position)
    )
    found: dict[str, list[str]] = {}
    with db.read() as connection:
        for playlist, song in connection.execute(query):
            found.setdefault(playlist, []).append(song)
    return Counter({(name, tuple(songs)): 1 for name, songs in found.items()})


WHOLE = Counter({(name, tuple(songs)): 1 for name, songs in HOLDS.items()})


def test_everything_a_search_finds_is_taken_in(there, client, db) -> None:
    told: list[tuple[int, int | None, str]] = []
    found = crawl(db, client(), WANTED, most=100, on_progress=lambda *given: told.append(given))
    assert taken(db) == WHOLE
    assert (found.found, found.taken, found.known, found.failed, found.waiting) == (12, 12, 0, 0, 0)
    assert (found.tracks, found.unknown, found.left_out) == (60, 38, 0)
    assert (found.finished, found.resumed, found.rejections) == (True, False, ())
    assert told[-1] == (11, 12, "fetching playlist p11")


def test_again_it_fetches_what_has_changed(there, client, db) -> None:
    crawl(db, client(), WANTED, most=100)
    there.has_playlist("p4", [track("new"), track("t12")], version="v2")
    there.has_playlist("p12", [track("t1")])
    there.searches["road trip"][4]["snapshot_id"] = "v2"
    there.searches["road trip"].insert(0, {"id": "p12", "snapshot_id": "v1"})
    asked = len(there.asked)
    found = crawl(db, client(), WANTED, most=100)
    paths = [one.path for one in there.asked[asked:] if one.path.startswith("/v1/playlists")]
    assert paths == ["/v1/playlists/p12", "/v1/playlists/p4"]
    assert (found.found, found.taken, found.known) == (13, 2, 11)
    assert taken(db)["p4", ("new", "t12")] == 1
    assert not found.resumed


def test_most_is_the_first_of_the_listing_and_more_goes_on(there, client, db) -> None:
    first = crawl(db, client(), WANTED, most=5)
    assert (first.found, first.taken) == (5, 5)
    assert set(taken(db)) == {(one, tuple(HOLDS[one])) for one in list(HOLDS)[:5]}
    rest = crawl(db, client(), WANTED, most=100)
    assert (rest.found, rest.taken, rest.known) == (12, 7, 5)
    assert taken(db) == WHOLE


def test_a_user_s_and_named_playlists(there, client, db) -> None:
    assert crawl(db, client(), Wanted("user", ("maria",)), most=100).taken == 3
    named = Wanted("playlists", ("p7", "p9"))
    assert crawl(db, client(), named, most=100).taken == 2
    assert {name for name, _ in taken(db)} == {"p0", "p1", "p2", "p7", "p9"}
    with pytest.raises(NotFoundError):
        crawl(db, client(), Wanted("user", ("nobody",)), most=100)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (busy(500), "it answers 500"),
        (saying(b"<html>"), "no JSON"),
        (saying(b"{}", status=404), "has no such thing"),
        (saying(b"{}", status=403), "does not give this to your app"),
        (saying(b'{"name": "x"}'), "does not say which tracks"),
    ],
)
def test_one_bad_playlist_does_not_end_it_and_is_told(there, client, db, fault, reason) -> None:
    there.always = only("/v1/playlists/p3", fault)
    found = crawl(db, client(), WANTED, most=100)
    assert (found.taken, found.failed, found.finished) == (11, 1, True)
    assert found.rejections[0].place == "spotify:playlist:p3"
    assert reason in found.rejections[0].reason
    there.always = None
    again = crawl(db, client(), WANTED, most=100)
    assert (again.taken, again.known, again.failed) == (1, 11, 0)
    assert taken(db) == WHOLE


def test_it_waits_as_long_as_it_is_asked_to(there, client, db, clock) -> None:
    patient = Manners(tries=3, patience=900.0, silence=30.0, whole=60.0)
    there.faults = [busy(429, wait="30")] * 2
    found = crawl(db, client(manners=patient), WANTED, most=100)
    assert found.finished
    assert clock.slept == [pytest.approx(30.1)] * 2
    assert taken(db) == WHOLE


@pytest.mark.parametrize("requests", [1, 2, 3, 4, 8, 13, 14])
def test_broken_off_anywhere_it_goes_on_and_comes_to_the_same(there, client, db, requests) -> None:
    """After so many requests Spotify asks for an hour; then somebody tries again."""
    begun = len(there.asked)

    def enough(request) -> bool:
        return len(there.asked) - begun > requests and busy(429, wait="3600")(request)

    there.always = enough
    if requests <= 2:  # it was listing still
        with pytest.raises(UnavailableError, match="left alone for 3,600 s"):
            crawl(db, client(), WANTED, most=100)
    else:
        stopped = crawl(db, client(), WANTED, most=100)
        assert not stopped.finished
        assert "left alone for 3,600 s" in stopped.reason
        assert stopped.found == stopped.taken + stopped.waiting == 12
    there.always = None
    found = crawl(db, client(), WANTED, most=100)
    assert (found.finished, found.resumed) == (True, True)
    assert found.found == found.taken + found.known == 12
    assert taken(db) == WHOLE
    fetched = Counter(one.path for one in there.asked if one.path.startswith("/v1/playlists/"))
    assert all(times <= 2 for times in fetched.values())
    assert sum(fetched.values()) <= 13


def test_a_stop_between_taking_in_and_noting_doubles_nothing(
    there, client, db, monkeypatch
) -> None:
    def stopped(*given: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(crawls, "note_taken", stopped)
        with pytest.raises(KeyboardInterrupt):
            crawl(db, client(), WANTED, most=100)
    assert len(taken(db)) == 1
    found = crawl(db, client(), WANTED, most=100)
    assert (found.resumed, found.taken) == (True, 12)
    assert taken(db) == WHOLE


def test_two_crawls_for_other_things_do_not_meet(there, client, db) -> None:
    there.searches["sea"] = [{"id": "p1", "snapshot_id": "v1"}]
    crawl(db, client(), WANTED, most=3)
    found = crawl(db, client(), Wanted("words", ("sea",)), most=100)
    assert (found.found, found.taken, found.unknown) == (1, 1, 0)


def test_a_service_that_is_ill_is_left_alone(there, db, clock) -> None:
    spotify = Spotify(
        there.settings(),
        cache=MemoryCache(),
        manners=Manners(tries=2, failures=4, silence=30.0, whole=60.0),
        clock=clock,
        sleep=clock.sleep,
        source=random.Random(1),
    )
    there.always = only("/v1/playlists", busy(503))
    found = crawl(db, spotify, WANTED, most=100)
    spotify.close()
    assert not found.finished
    assert found.failed <= 2
    assert sum(one.path.startswith("/v1/playlists") for one in there.asked) == 4
