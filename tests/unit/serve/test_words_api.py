"""Words and mixes over HTTP: what is understood is shown, changed and sent back."""

from __future__ import annotations

from dataclasses import fields

import pytest

from segue.records import Between, Filters
from segue.serve import schemas
from segue.serve.schemas import understood as shapes
from segue.words import understood


@pytest.fixture(scope="module")
def some(client) -> list[str]:
    """Ids of four tracks of the table."""
    found = client.get("/api/v1/search", params={"q": "harbour", "n": 4}).json()
    return [track["id"] for track in found["tracks"]]


def named(client, track_id) -> str:
    track = client.get(f"/api/v1/tracks/{track_id}").json()
    return f"{', '.join(track['artists'])} – {track['title']}"


@pytest.mark.parametrize(
    ("shape", "record"),
    [
        (schemas.Understood, understood.Understood),
        (shapes.Named, understood.Named),
        (shapes.Target, understood.Target),
        (shapes.Phrase, understood.Phrase),
        (shapes.Conditions, Filters),
        (shapes.Range, Between),
    ],
)
def test_what_is_understood_has_the_fields_of_its_record(shape, record) -> None:
    assert list(shape.model_fields) == [spec.name for spec in fields(record)]


def test_words_are_understood_shown_changed_and_sent_back(client) -> None:
    words = {"words": "ambient, energetic, 1980s, frobnicated"}
    shown = client.post("/api/v1/understood", json=words)
    assert shown.status_code == 200, shown.text
    meant = shown.json()
    assert meant["filters"]["genres"] == ["ambient"]
    assert [one["number"] for one in meant["targets"]] == ["energy"]
    assert [one["text"] for one in meant["phrases"] if one["kind"] == "unknown"] == ["frobnicated"]
    first = client.post("/api/v1/wish", json=words | {"n": 5}).json()
    assert first["count"] > 0
    for row in first["recommendations"]:
        assert "ambient" in row["track"]["genres"]
        assert 1980 <= row["track"]["year"] <= 1989
    assert any("frobnicated" in note for note in first["notes"])
    again = client.post("/api/v1/wish", json={"understood": meant, "n": 5}).json()
    assert again["recommendations"] == first["recommendations"]
    meant["filters"]["genres"] = ["soul"]
    changed = client.post("/api/v1/wish", json={"understood": meant, "n": 5}).json()
    assert changed["count"] > 0
    assert {genre for row in changed["recommendations"] for genre in row["track"]["genres"]} == {
        "soul"
    }


def test_numbers_beside_words_count_as_on_the_command_line(client) -> None:
    words = client.post("/api/v1/wish", json={"words": "slow"}).json()
    asked = {"words": "slow", "attributes": {"energy": 0.9}}
    both = client.post("/api/v1/wish", json=asked).json()
    assert set(words["weights"]) == {"tempo"}
    assert set(both["weights"]) == {"tempo", "energy"}
    read = client.post("/api/v1/understood", json={"words": "slow"}).json()
    again = client.post(
        "/api/v1/wish", json={"understood": read, "attributes": {"energy": 0.9}}
    ).json()
    assert again["recommendations"] == both["recommendations"]


def test_a_mix_is_near_to_some_and_away_from_others(client, some) -> None:
    asked = {"like": some[:2], "unlike": some[2:3], "n": 8, "lens": "hybrid", "per_artist": 8}
    body = client.post("/api/v1/mix", json=asked).json()
    assert body["count"] == 8
    found = {row["track"]["id"] for row in body["recommendations"]}
    assert not found & set(some[:3])
    near = {row["reasons"]["near"] for row in body["recommendations"]}
    assert near <= {"", *(named(client, one) for one in some[:2])}
    assert near - {""}
    narrowed = client.post("/api/v1/mix", json=asked | {"words": "soul"}).json()
    assert {g for row in narrowed["recommendations"] for g in row["track"]["genres"]} == {"soul"}


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("mix", {}, 400, "Nothing is named"),
        ("mix", {"like": ["/etc/passwd"]}, 404, "/etc/passwd"),
        ("mix", {"like": ["a"] * 10_001}, 422, "10000"),
        ("mix", {"lik": []}, 400, "Perhaps 'like' is meant"),
        ("mix", {"words": "slow", "understood": {}}, 400, "Give one of the two"),
        ("mix", {"understood": {"target": []}}, 422, "understood.target"),
        ("mix", {"understood": {"targets": [{"number": "x", "value": 1}]}}, 400, "no number 'x'"),
        ("wish", {"words": "frobnicated"}, 400, "nothing of 'frobnicated' is understood"),
        ("wish", {"words": "slow", "attributes": {"energy": 2}}, 422, "attributes.energy"),
        ("understood", {}, 422, "words"),
        ("understood", {"words": "   "}, 400, "nothing is said"),
        ("understood", {"words": "slow " * 201}, 400, "at most 200 words"),
        ("understood", {"words": "x" * 10_001}, 422, "10000"),
        ("understood", {"words": "calmer", "beside": ["nowhere"]}, 404, "nowhere"),
    ],
)
def test_what_cannot_be_mixed_or_understood_is_a_problem(client, path, body, status, said) -> None:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert said.lower() in answer.text.lower()
    assert len(answer.text) < 3_000


def test_the_same_track_near_and_away_is_refused(client, some) -> None:
    answer = client.post("/api/v1/mix", json={"like": some[:1], "unlike": some[:1]})
    assert answer.status_code == 400
    assert "both to be near to and to stay away from" in answer.text
