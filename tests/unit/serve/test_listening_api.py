"""Sets continued, wishes and opinions over HTTP."""

from __future__ import annotations

import json

import pytest


@pytest.fixture(scope="module")
def some(client) -> list[str]:
    """Ids of four tracks of the table."""
    found = client.get("/api/v1/search", params={"q": "harbour", "n": 4}).json()
    return [track["id"] for track in found["tracks"]]


def test_tracks_are_continued(client, some) -> None:
    asked = {"tracks": some, "n": 5, "exclude_genre": ["soul"], "lens": "hybrid"}
    answer = client.post("/api/v1/continue", json=asked)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["count"] == 5
    assert body["seeds"] == some
    assert not {row["track"]["id"] for row in body["recommendations"]} & set(some)
    assert all("soul" not in row["track"]["genres"] for row in body["recommendations"])


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 400, "Nothing is named that an answer could go by"),
        ({"tracks": ["nowhere"]}, 404, "nowhere"),
        ({"tracks": ["/etc/passwd"]}, 404, "/etc/passwd"),
        ({"tracks": "x"}, 422, "tracks"),
        ({"tracks": [], "titel": "x"}, 400, "Perhaps 'title' is meant"),
        ({"title": "x" * 301}, 422, "title"),
        ({"tracks": ["a"] * 10_001}, 422, "10000"),
        ({"playlist": "None"}, 404, "no playlist has the id or the title 'None'"),
        ({"listener": "nobody"}, 404, "'nobody'"),
        ({"title": "Road"}, 400, "name a track as well"),
    ],
)
def test_what_cannot_be_continued_is_a_problem(client, body, status, said) -> None:
    answer = client.post("/api/v1/continue", json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert said.lower() in answer.text.lower()


def test_a_document_that_is_too_long_is_refused_unread(client) -> None:
    answer = client.post("/api/v1/continue", json={"title": "x" * 2_000_001})
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", ""])
def test_a_body_of_any_kind_that_does_not_end_is_read_to_the_limit(client, kind) -> None:
    endless = (b" " * 100_000 for _ in range(30))
    headers = {"content-type": kind}
    answer = client.post("/api/v1/continue", content=endless, headers=headers)
    assert answer.status_code == 413, answer.text
    assert answer.json()["type"] == "/docs#problem-too-large"
    assert "2,000,000 bytes" in answer.json()["remedy"]
    assert client.post("/about", content=b"x" * 2_000_001).status_code == 413


def test_a_body_that_does_not_say_its_length_is_taken(client, some) -> None:
    body = json.dumps({"tracks": some, "n": 2}).encode()
    answer = client.post(
        "/api/v1/continue", content=iter([body]), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 200, answer.text


def test_a_wish_is_answered(client) -> None:
    wish = {"attributes": {"energy": 0.9}, "genres": ["ambient"], "n": 4}
    body = client.post("/api/v1/wish", json=wish).json()
    assert body["count"] == 4
    assert body["seed"]["title"] == "A wish: energy 0.9, ambient"
    assert client.post("/api/v1/wish", json={}).status_code == 400
    too_much = client.post("/api/v1/wish", json={"attributes": {"energy": 9}})
    assert too_much.status_code == 422
    assert too_much.json()["errors"][0]["parameter"] == "attributes.energy"


def test_opinions_shift_one_listeners_answers_and_are_taken_back(client, some) -> None:
    address = f"/api/v1/tracks/{some[0]}/similar"
    bad = client.get(address).json()["recommendations"][0]["track"]["id"]
    place = f"/api/v1/listeners/Zo%C3%AB/feedback/{bad}"
    given = client.put(place, json={"kind": "dislike"})
    assert given.status_code == 200, given.text
    listed = client.get("/api/v1/listeners/Zoë/feedback").json()
    assert [(each["kind"], each["track_id"]) for each in listed["opinions"]] == [("dislike", bad)]

    def found(**more) -> set[str]:
        query = {"n": 71, "per_artist": 71} | more
        rows = client.get(address, params=query).json()["recommendations"]
        return {row["track"]["id"] for row in rows}

    assert bad in found()
    assert bad not in found(listener="Zoë")
    assert client.delete(place).json() == {"undone": True}
    assert client.delete(place).json() == {"undone": False}
    assert bad in found(listener="Zoë")


def test_what_is_no_opinion_is_a_problem(client, some) -> None:
    place = f"/api/v1/listeners/Zoë/feedback/{some[0]}"
    assert client.put(place, json={"kind": "love"}).status_code == 422
    assert client.put(place, json={}).status_code == 422
    assert client.put("/api/v1/listeners/Zoë/feedback/no", json={"kind": "like"}).status_code == 404
    evil = client.put(place, json={"kind": "like"}, headers={"origin": "http://evil.example"})
    assert evil.status_code == 403


@pytest.mark.parametrize("name", ["%20", "%20%09", "%E3%80%80"])
def test_a_listener_without_a_name_has_no_opinions(client, some, name) -> None:
    place = f"/api/v1/listeners/{name}/feedback"
    one = f"{place}/{some[0]}"
    given = client.put(one, json={"kind": "like"})
    for answer in (given, client.get(place), client.delete(one)):
        assert answer.status_code == 400, answer.text
        assert answer.json()["detail"] == "No listener is named."
        assert answer.json()["remedy"].startswith("Name one")


def test_the_page_of_the_api_shows_what_to_send(client) -> None:
    page = client.get("/docs").text
    assert "/api/v1/continue" in page
    assert "content-type: application/json" in page
    assert "exclude_artist" in page
