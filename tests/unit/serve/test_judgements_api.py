"""Blind listening tests over HTTP: drawn, answered once, and only then told."""

from __future__ import annotations

import pytest

PLACE = "/api/v1/judgements"
ASKED = {"lens_a": "attributes", "lens_b": "text", "playable": False, "listener": "Ada"}


def test_a_question_says_nothing_of_its_lenses_until_it_is_answered(client, tabled) -> None:
    drawn = client.post(PLACE, json=ASKED | {"track": tabled})
    assert drawn.status_code == 200, drawn.text
    question = drawn.json()
    assert set(question) == {"id", "kind", "seed", "shown"}
    assert question["seed"]["id"] == tabled
    assert len(question["shown"]) == 2
    before = client.get(PLACE).json()["count"]
    choice = question["shown"][1]["id"]
    told = client.put(f"{PLACE}/{question['id']}", json={"choice": choice}).json()
    assert {told["lens_a"], told["lens_b"]} == {"attributes", "text"}
    assert told["winner"] == (told["lens_a"] if told["track_a"] == choice else told["lens_b"])
    found = client.get(PLACE, params={}).json()
    assert found["count"] == before + 1
    assert found["judgements"][-1] == told
    again = client.put(f"{PLACE}/{question['id']}", json={"choice": choice})
    assert again.status_code == 400
    assert "answered before" in again.json()["detail"]


def test_odd_ones_out_hide_the_seed_among_them(client) -> None:
    question = client.post(PLACE, json=ASKED | {"kind": "odd"}).json()
    assert question["seed"] is None
    assert len(question["shown"]) == 3
    told = client.put(f"{PLACE}/{question['id']}", json={"choice": ""}).json()
    assert told["winner"] == ""
    assert told["seed_id"] in {track["id"] for track in question["shown"]}


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 422, "lens_a"),
        (ASKED | {"lens_b": "attributes"}, 400, "both lenses are"),
        (ASKED | {"lens_b": "nonsense"}, 400, "nonsense"),
        (ASKED | {"kind": "triangle"}, 422, "kind"),
        (ASKED | {"track": "nowhere"}, 404, "nowhere"),
        (ASKED | {"track": "/etc/passwd"}, 404, "/etc/passwd"),
        (ASKED | {"lens": "text"}, 400, "no field 'lens'"),
    ],
)
def test_what_cannot_be_compared_is_a_problem(client, body, status, said) -> None:
    answer = client.post(PLACE, json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert said.lower() in answer.text.lower()


def test_what_was_not_asked_cannot_be_answered(client, tabled) -> None:
    assert client.put(f"{PLACE}/nothing", json={"choice": ""}).status_code == 404
    question = client.post(PLACE, json=ASKED).json()
    other = client.put(f"{PLACE}/{question['id']}", json={"choice": "trk_other"})
    assert other.status_code == 400
    assert "was not shown" in other.json()["detail"]
