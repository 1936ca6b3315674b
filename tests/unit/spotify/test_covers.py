"""Covers on pages: never waited for, fetched once, and then served by us."""

from __future__ import annotations

import io
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
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

HASTY = Manners(tries=1, patience=0.5, silence=5.0, failures=4)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty tracks that Spotify knows and one that it does not; to be copied."""
    path = tmp_path_factory.mktemp("covers") / "segue.db"
    records = [
        TrackRecord(
            title=f"Song {n}", artists=("Vela Moor",), outside_ids=(OutsideId("spotify", f"t{n}"),)
        )
        for n in range(40)
    ]
    with open_database(path) as database:
        tracks.add(database, [*records, TrackRecord(title="Other", artists=("Ada",))])
    return path


@pytest.fixture
def serve(there, catalogue: Path, tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    """Start the application over a copy of it."""
    opened: list[object] = []

    def make(**more: object) -> TestClient:
        path = tmp_path / f"{len(opened)}.db"
        shutil.copyfile(catalogue, path)
        segue = Segue.open(path, settings=there.settings(**more))
        client = TestClient(create_app(segue), base_url="http://localhost")
        client.__enter__()
        opened.append((client, segue))
        return client

    yield make
    there.over.set()
    for client, segue in opened:
        client.__exit__(None, None, None)
        segue.close()


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


def test_a_drawn_picture_stands_for_a_cover_until_it_has_come(there, serve) -> None:
    client = serve()
    there.has_cover("t3", spotify_stand_in.picture(640, (200, 30, 30)))
    there.always = only("/v1", silent)
    address = _art(client, "Song 3")
    first = client.get(address)
    assert first.headers["content-type"] == "image/svg+xml"
    assert first.headers["cache-control"] == "private, max-age=5"
    client.app.state.covers.close()  # that one would never be answered


def test_a_cover_that_came_is_made_anew_and_served_in_every_size(there, serve) -> None:
    client = serve()
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
    "data", [b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff damaged", b"x" * 99]
)
def test_what_is_no_picture_is_a_miss(there, serve, data) -> None:
    client = serve()
    there.has_cover("t3", data)
    address = _art(client, "Song 3")
    client.get(address)
    _until(lambda: client.get(address).headers["cache-control"] == "private, max-age=3600")
    assert client.get(address).headers["content-type"] == "image/svg+xml"
    assert there.count("/image/t3") == 1


def test_who_asks_at_once_asks_spotify_once(there, serve) -> None:
    client = serve()
    there.has_cover("t3")
    address = _art(client, "Song 3")
    with ThreadPoolExecutor(8) as pool:
        assert {one.status_code for one in pool.map(client.get, [address] * 40)} == {200}
    _comes(client, address)
    assert there.count("/v1/tracks/t3") == 1


def test_a_picture_in_the_file_comes_before_spotify_s(there, serve, monkeypatch) -> None:
    client = serve()
    there.has_cover("t3")
    segue = client.app.state.segue
    found = next(one for one in tracks.page(segue.database, limit=100) if one.title == "Song 3")
    from segue.serve.media import artwork

    own = artwork.Picture(b"own", "image/webp", "own-1")
    monkeypatch.setattr(artwork, "_embedded", lambda *_: own)
    assert client.get(f"/tracks/{found.id}/art").content == b"own"
    assert there.asked == []


def test_pages_and_pictures_are_answered_while_spotify_is_silent(there, serve) -> None:
    """It answers nothing until the end of the test: who waited for it would never be here."""
    client = serve()
    there.always = silent
    pictures = [_art(client, f"Song {n}") for n in range(40)]
    page = pictures[0].partition("/art")[0]
    for address in [page, *pictures, "/", page]:
        assert client.get(address).status_code == 200
    _until(lambda: len(there.asked) == 1)  # the rest waits in the queue
    client.app.state.covers.close()


def test_a_spotify_that_only_fails_is_soon_left_alone(there, serve) -> None:
    client = serve()
    there.always = busy(500)
    for n in range(40):
        found = client.get(_art(client, f"Song {n}"))
        assert (found.status_code, found.headers["content-type"]) == (200, "image/svg+xml")
    _until(lambda: client.app.state.covers._spotify.away)
    asked = len(there.asked)
    for n in range(40):
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
    covers.close()
    there.over.set()
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


def test_without_an_app_nothing_is_asked_and_nothing_begins(there, serve) -> None:
    client = serve(spotify_id="")
    found = client.get(_art(client, "Song 3"))
    assert found.headers["cache-control"] == "private, max-age=3600"
    assert client.app.state.covers._thread is None
    assert there.asked == []
    page = client.get(_art(client, "Song 3").partition("/art")[0])
    assert "spotify" not in page.text.lower().replace("song 3", "")
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_a_track_spotify_does_not_know_is_not_asked_for(there, serve) -> None:
    client = serve()
    assert client.get(_art(client, "Other")).headers["cache-control"] == "private, max-age=3600"
    covers: Covers = client.app.state.covers
    assert covers.get(Track("1", "T", ()), side=96) is MISS
    assert there.asked == []


def test_the_page_of_a_track_leads_to_spotify_and_asks_it_nothing(there, serve) -> None:
    client = serve()
    page = client.get(_art(client, "Song 3").partition("/art")[0])
    assert 'href="https://open.spotify.com/track/t3"' in page.text
    assert 'data-embed="https://open.spotify.com/embed/track/t3"' in page.text
    assert "<iframe" not in page.text
    policy = page.headers["content-security-policy"]
    assert policy == f"{CONTENT_SECURITY_POLICY}; frame-src https://open.spotify.com"
    assert "Nothing is asked of Spotify until you press it" in page.text
    assert SECRET not in page.text
    other = client.get(_art(client, "Other").partition("/art")[0])
    assert "data-embed" not in other.text
    assert other.headers["content-security-policy"] == policy  # swapped pages keep the first's
