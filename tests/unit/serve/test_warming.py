"""While the engine is being built, and when the catalogue grows: answers at once, and the truth."""

from __future__ import annotations

import time

import pytest
from starlette.testclient import TestClient

from segue.catalogue import tracks
from segue.library import Segue
from segue.records import Attributes, OutsideId, TrackRecord
from segue.serve.app import create_app
from segue.settings import Settings


def record(n: int) -> TrackRecord:
    return TrackRecord(
        title=f"Song {n}",
        artists=(f"Artist {n}",),
        genres=("soul",),
        outside_ids=(OutsideId("test", str(n)),),
        attributes=Attributes(energy=n / 10, valence=0.5, tempo=90.0 + n, key=n % 12, mode=1),
    )


@pytest.fixture
def growing(tmp_path):
    with Segue.open(tmp_path / "growing.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, [record(n) for n in range(5)])
        yield segue


def first_id(client) -> str:
    return client.get("/api/v1/tracks").json()["tracks"][0]["id"]


def test_before_the_engine_stands_pages_answer_and_look_again(growing) -> None:
    client = TestClient(create_app(growing), base_url="http://localhost")
    page = client.get(f"/tracks/{first_id(client)}?n=6")
    assert page.status_code == 200
    assert "getting to know the catalogue" in page.text
    assert f'hx-get="/tracks/{first_id(client)}?n=6" hx-trigger="every 2s"' in page.text
    assert "Attributes" in page.text
    assert client.get("/").text.count('class="row-title"') == 5


def test_before_the_engine_stands_programs_are_told_to_wait(growing) -> None:
    client = TestClient(create_app(growing), base_url="http://localhost")
    answer = client.get(f"/api/v1/tracks/{first_id(client)}/similar")
    assert answer.status_code == 503
    assert answer.json()["type"] == "/docs#problem-warming-up"
    assert answer.headers["retry-after"] == "2"
    assert client.get("/api/v1/tracks/nowhere/similar").status_code == 404


def test_a_new_track_is_shown_at_once_and_compared_soon(growing) -> None:
    with TestClient(create_app(growing), base_url="http://localhost") as client:
        end = time.monotonic() + 20
        while client.get("/ready").status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.02)
        tracks.add(growing.database, [record(7)])
        found = client.get("/api/v1/search", params={"q": "Song 7"}).json()["tracks"][0]["id"]
        assert "Song 7" in client.get(f"/tracks/{found}").text
        seen = set()
        while (answer := client.get(f"/api/v1/tracks/{found}/similar")).status_code != 200:
            seen.add(answer.json()["detail"])
            assert time.monotonic() < end
            time.sleep(0.02)
        assert seen <= {"Artist 7 – Song 7 is new here and not yet compared with the others."}
        assert answer.json()["count"] == 5


@pytest.mark.parametrize("size", [1, 2])
def test_a_library_of_one_or_two_tracks_is_served(tmp_path, size) -> None:
    with Segue.open(tmp_path / "few.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, [record(n) for n in range(size)])
        segue.engine()
        client = TestClient(create_app(segue), base_url="http://localhost")
        found = first_id(client)
        page = client.get(f"/tracks/{found}")
        assert page.status_code == 200
        assert page.text.count('<li class="match">') == size - 1
        answer = client.get(f"/api/v1/tracks/{found}/similar")
        assert answer.json()["count"] == size - 1


def test_a_catalogue_that_broke_is_said_in_words(growing, tmp_path) -> None:
    growing.engine()
    client = TestClient(create_app(growing), base_url="http://localhost")
    assert client.get("/ready").status_code == 200
    growing.database.close()
    for file in tmp_path.glob("growing.db*"):
        file.write_bytes(b"no database" * 5000)
    ready = client.get("/ready")
    assert ready.status_code == 503
    assert ready.json()["missing"][0].startswith("the catalogue: ")
    for path in ("/", "/jobs", "/api/v1/tracks", "/tracks/x"):
        answer = client.get(path)
        assert 400 <= answer.status_code < 500, path
        assert "Traceback" not in answer.text
        assert str(tmp_path) not in answer.text
