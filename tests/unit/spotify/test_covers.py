"""Covers on pages: never waited for, fetched once, and then served by us."""

from __future__ import annotations

import io
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from starlette.testclient import TestClient

import spotify_stand_in
from segue.caching import MISS
from segue.caching.memory import MemoryCache
from segue.catalogue import tracks
from segue.catalogue.database import open_database
from segue.library import Segue
from segue.records import OutsideId, Track, TrackRecord
from segue.serve.app import create_app
from segue.serve.guard import CONTENT_SECURITY_POLICY
from segue.serve.media.covers import QUEUED, Covers
from segue.sources.spotify import Manners
from spotify_stand_in import SECRET, busy, only, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from segue.settings import Settings

HASTY = Manners(tries=1, patience=0.5, silence=30.0, whole=60.0, failures=4)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty tracks that Spotify knows and one that it does not; to be copied."""
    path = tmp_path_factory.mktemp("covers") / "segue.db"
    records = [
        TrackRecord(
            title=f"Song {n}", artists=("Vela Moor",), outside_ids=(OutsideId("spotify", f"t{n}"),)
        )
        for n in range(20)
    ]
    with open_database(path) as database:
        tracks.add(database, [*records, TrackRecord(title="Other", artists=("Ada",))])
    return path


@contextmanager
def _served(path: Path, settings: Settings) -> Iterator[TestClient]:
    with (
        Segue.open(path, settings=settings) as segue,
        TestClient(create_app(segue), base_url="http://localhost") as client,
    ):
        yield client


@pytest.fixture(scope="module")
def running(
    catalogue: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[spotify_stand_in.Spotify, TestClient]]:
    """A stand-in and an application beside it; every test takes other songs, and mends faults."""
    path = tmp_path_factory.mktemp("running") / "segue.db"
    shutil.copyfile(catalogue, path)
    with spotify_stand_in.Spotify() as there, _served(path, there.settings()) as client:
        yield there, client


@pytest.fixture
def own(there, catalogue: Path, tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    """Start an application of the test's own."""
    with ExitStack() as opened:

        def make(**more: object) -> TestClient:
            shutil.copyfile(catalogue, tmp_path / "segue.db")
            return opened.enter_context(_served(tmp_path / "segue.db", there.settings(**more)))

        yield make
        there.over.set()


def _art(client: TestClient, title: str, size: int = 480) -> str:
    segue = client.app.state.segue
    found = next(one for one in tracks.page(segue.database, limit=100) if one.title == title)
    return f"/tracks/{found.id}/art?size={size}"


def _until(condition: Callable[[], bool], *, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def _comes(client: TestClient, address: str) -> None:
    _until(lambda: client.get(address).headers["content-type"] == "image/webp")


def test_a_drawn_picture_stands_for_a_cover_until_it_has_come(running) -> None:
    there, client = running
    there.has_cover("t1")
    told = threading.Event()
    there.always = only("/v1/tracks/t1", lambda _: not told.wait(60))
    address = _art(client, "Song 1")
    first = client.get(address)
    assert first.headers["content-type"] == "image/svg+xml"
    assert first.headers["cache-control"] == "private, max-age=5"
    told.set()
    _comes(client, address)
    there.always = None


def test_a_cover_that_came_is_made_anew_and_served_in_every_size(running) -> None:
    there, client = running
    there.has_cover("t3", spotify_stand_in.picture(640, (200, 30, 30)))
    _comes(client, _art(client, "Song 3"))
    for size in (96, 192, 480):
        found = client.get(_art(client, "Song 3", size))
        assert found.headers["cache-control"] == "private, max-age=3600"
        assert "default-src 'none'" in found.headers["content-security-policy"]
        image = Image.open(io.BytesIO(found.content))
        assert (image.format, image.size) == ("WEBP", (size, size))
        red, green, blue = image.convert("RGB").getpixel((size // 2, size // 2))
        assert red > 150
        assert max(green, blue) < 80
        again = client.get(
            _art(client, "Song 3", size), headers={"If-None-Match": found.headers["etag"]}
        )
        assert again.status_code == 304
    assert there.count("/v1/tracks/t3") == there.count("/image/t3") == 1


@pytest.mark.parametrize(
    ("n", "data"),
    list(enumerate([b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff no", b"x" * 99], start=10)),
)
def test_what_is_no_picture_is_a_miss(running, n, data) -> None:
    there, client = running
    there.has_cover(f"t{n}", data)
    address = _art(client, f"Song {n}")
    client.get(address)
    _until(lambda: client.get(address).headers["cache-control"] == "private, max-age=3600")
    assert client.get(address).headers["content-type"] == "image/svg+xml"
    assert there.count(f"/image/t{n}") == 1


def test_who_asks_at_once_asks_spotify_once(running) -> None:
    there, client = running
    there.has_cover("t4")
    address = _art(client, "Song 4")
    with ThreadPoolExecutor(8) as pool:
        assert {one.status_code for one in pool.map(client.get, [address] * 40)} == {200}
    _comes(client, address)
    assert there.count("/v1/tracks/t4") == 1


def test_a_picture_in_the_file_comes_before_spotify_s(running, monkeypatch) -> None:
    there, client = running
    before = len(there.asked)
    there.has_cover("t5")
    segue = client.app.state.segue
    found = next(one for one in tracks.page(segue.database, limit=100) if one.title == "Song 5")
    from segue.serve.media import artwork

    own = artwork.Picture(b"own", "image/webp", "own-1")
    monkeypatch.setattr(artwork, "_embedded", lambda *_: own)
    assert client.get(f"/tracks/{found.id}/art").content == b"own"
    assert len(there.asked) == before


def test_pages_and_pictures_are_answered_while_spotify_is_silent(there, own) -> None:
    """It answers nothing until the end of the test: who waited for it would never be here."""
    client = own()
    there.always = silent
    pictures = [_art(client, f"Song {n}") for n in range(20)]
    page = pictures[0].partition("/art")[0]
    for address in [page, *pictures, "/", page]:
        assert client.get(address).status_code == 200
    _until(lambda: len(there.asked) == 1)  # the rest waits in the queue


def test_a_spotify_that_only_fails_is_soon_left_alone(there, own) -> None:
    client = own()
    there.always = busy(500)
    for n in range(20):
        found = client.get(_art(client, f"Song {n}"))
        assert (found.status_code, found.headers["content-type"]) == (200, "image/svg+xml")
    _until(lambda: client.app.state.covers._spotify.away)
    asked = len(there.asked)
    for n in range(20):
        assert client.get(_art(client, f"Song {n}")).status_code == 200
    assert len(there.asked) == asked <= 8


def test_a_track_that_failed_is_not_asked_for_again_at_once(there) -> None:
    covers = Covers(there.settings(), MemoryCache(), sizes=(96,), manners=HASTY)
    there.always = only("/v1/tracks/t1", busy(500))
    song = Track("1", "T", (), outside_ids=(OutsideId("spotify", "t1"),))
    assert covers.get(song, side=96) is None
    _until(lambda: there.count("/v1/tracks/t1") == 1 and not covers._wanted)
    for _ in range(10):
        assert covers.get(song, side=96) is None
    assert covers._queue.empty()
    assert there.count("/v1/tracks/t1") == 1
    covers.close()


def test_the_queue_is_bounded_and_its_thread_ends(there) -> None:
    there.always = silent
    covers = Covers(there.settings(), MemoryCache(), sizes=(96,), manners=HASTY)
    for n in range(QUEUED * 2):
        song = Track(str(n), "T", (), outside_ids=(OutsideId("spotify", f"t{n}"),))
        assert covers.get(song, side=96) is None
    assert len(covers._wanted) == QUEUED
    thread = covers._thread
    assert thread is not None
    there.over.set()
    covers.close()
    thread.join(30)
    assert not thread.is_alive()
    assert covers.get(song, side=96) is None  # and begins no other
    assert covers._thread is None


def test_a_fault_of_ours_does_not_end_the_thread(there, monkeypatch, caplog) -> None:
    from segue.sources import pictures

    there.has_cover("t1")
    there.has_cover("t2")
    covers = Covers(there.settings(), MemoryCache(), sizes=(96,), manners=HASTY)
    real, met = pictures.square, threading.Event()

    def once(data: bytes, side: int) -> bytes | None:
        if not met.is_set():
            met.set()
            raise RuntimeError("a bug")
        return real(data, side)

    monkeypatch.setattr(pictures, "square", once)
    one, two = (
        Track(value, "T", (), outside_ids=(OutsideId("spotify", value),)) for value in ("t1", "t2")
    )
    covers.get(one, side=96)
    _until(met.is_set)
    _until(lambda: isinstance(covers.get(two, side=96), bytes))
    covers.close()
    assert "could not be made" in caplog.text


def test_without_an_app_nothing_is_asked_and_nothing_begins(there, own) -> None:
    client = own(spotify_id="")
    found = client.get(_art(client, "Song 3"))
    assert found.headers["cache-control"] == "private, max-age=3600"
    assert client.app.state.covers._thread is None
    assert there.asked == []
    page = client.get(_art(client, "Song 3").partition("/art")[0])
    assert "spotify" not in page.text.lower().replace("song 3", "")
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_a_track_spotify_does_not_know_is_not_asked_for(running) -> None:
    there, client = running
    before = len(there.asked)
    assert client.get(_art(client, "Other")).headers["cache-control"] == "private, max-age=3600"
    covers: Covers = client.app.state.covers
    assert covers.get(Track("1", "T", ()), side=96) is MISS
    assert len(there.asked) == before


def test_the_page_of_a_track_leads_to_spotify_and_asks_it_nothing(running) -> None:
    _, client = running
    page = client.get(_art(client, "Song 6").partition("/art")[0])
    assert 'href="https://open.spotify.com/track/t6"' in page.text
    assert 'data-embed="https://open.spotify.com/embed/track/t6"' in page.text
    assert "<iframe" not in page.text
    policy = page.headers["content-security-policy"]
    assert policy == f"{CONTENT_SECURITY_POLICY}; frame-src https://open.spotify.com"
    assert "Nothing is asked of Spotify until you press it" in page.text
    assert SECRET not in page.text
    other = client.get(_art(client, "Other").partition("/art")[0])
    assert "data-embed" not in other.text
    assert other.headers["content-security-policy"] == policy  # swapped pages keep the first's
