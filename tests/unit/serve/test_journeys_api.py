"""Journeys, playlists and copies over HTTP."""

from __future__ import annotations

from dataclasses import fields

import pytest

from segue import records
from segue.serve import schemas
from segue.serve.schemas import copies, journeys


@pytest.fixture(scope="module")
def some(client) -> list[str]:
    """Ids of eight tracks of the table."""
    found = client.get("/api/v1/search", params={"q": "album 7", "n": 8}).json()
    assert found["count"] >= 6
    return [track["id"] for track in found["tracks"]]


@pytest.mark.parametrize(
    ("shape", "record"),
    [
        (journeys.Step, records.Step),
        (journeys.Smoothness, records.Smoothness),
        (schemas.RadioState, records.RadioState),
        (schemas.Duplicates, records.Duplicates),
        (copies.Copies, records.Copies),
        (copies.Copy, records.Copy),
        (copies.Excerpt, records.Excerpt),
        (copies.Namesakes, records.Namesakes),
    ],
)
def test_shapes_have_the_fields_of_their_records(shape, record) -> None:
    assert list(shape.model_fields) == [spec.name for spec in fields(record)]


def test_a_journey_has_the_fields_of_its_record_and_a_count() -> None:
    own = [name for name in schemas.Journey.model_fields if name != "count"]
    assert sorted(own) == sorted(spec.name for spec in fields(records.Journey))


def test_a_path_is_what_the_library_finds(client, stocked, some) -> None:
    asked = {"from": some[0], "to": some[1], "n": 6, "lens": "hybrid", "exclude_genre": "soul"}
    answer = client.get("/api/v1/path", params=asked)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    own = stocked.path(
        some[0],
        some[1],
        n=6,
        lens="hybrid",
        filters=records.Filters(exclude_genres=("soul",)),
    )
    assert [step["track"]["id"] for step in body["steps"]] == [step.track.id for step in own]
    assert body["count"] == len(body["steps"]) == 6
    assert (body["steps"][0]["jump"], body["kind"]) == (None, "path")
    assert body["largest"] == pytest.approx(own.largest)
    assert all("soul" not in step["track"]["genres"] for step in body["steps"][1:-1])
    assert all(step["reasons"]["sentence"] for step in body["steps"][1:])


def test_a_set_is_put_in_order_and_loses_nothing(client, some) -> None:
    body = client.post("/api/v1/order", json={"tracks": some, "arc": "rising"}).json()
    assert sorted(step["track"]["id"] for step in body["steps"]) == sorted(set(some))
    assert body["smoothness"]["tempo"] is not None
    assert body["before"]["tempo"] is not None
    energies = [step["track"]["attributes"]["energy"] for step in body["steps"]]
    assert energies[-1] > energies[0]


def test_a_radio_goes_on_from_what_it_sent(client, some) -> None:
    begun = {"seed": some[0], "n": 4, "lens": "hybrid", "draw": 3, "window": 30}
    first = client.post("/api/v1/radio", json=begun).json()
    played = [step["track"]["id"] for step in first["journey"]["steps"]]
    assert len(set(played)) == 4
    assert first["state"]["count"] == 4
    going = {"state": first["state"], "n": 4, "skipped": played[-1:]}
    second = client.post("/api/v1/radio", json=going).json()
    more = [step["track"]["id"] for step in second["journey"]["steps"]]
    assert not set(more) & {*played, some[0]}
    assert second["state"]["skipped"] == played[-1:]
    assert client.post("/api/v1/radio", json=going).json()["state"] == second["state"]
    whole = client.post("/api/v1/radio", json=begun | {"n": 8}).json()
    unskipped = client.post("/api/v1/radio", json={"state": first["state"], "n": 4}).json()
    assert unskipped["state"] == whole["state"]


@pytest.mark.parametrize(
    ("method", "path", "asked", "status", "said"),
    [
        ("get", "path", {"to": "ONE"}, 422, "“from” is missing"),
        ("get", "path", {"from": "ONE", "to": "ONE"}, 400, "Both ends are"),
        ("get", "path", {"from": "ONE", "to": "nowhere"}, 404, "nowhere"),
        ("get", "path", {"from": "ONE", "to": "TWO", "n": 1}, 400, "2 to 100"),
        ("get", "path", {"from": "ONE", "to": "TWO", "n": 10**6}, 422, "500"),
        ("get", "path", {"from": "ONE", "to": "TWO", "longest": 0}, 422, "greater than 0"),
        ("get", "path", {"from": "ONE", "to": "TWO", "diversity": 1}, 400, "no query parameter"),
        ("get", "path", {"from": "ONE", "to": "TWO", "format": "pls"}, 422, "m3u8"),
        ("post", "order", {}, 400, "track"),
        ("post", "order", {"tracks": ["/etc/passwd"]}, 404, "/etc/passwd"),
        ("post", "order", {"tracks": ["ONE"], "arc": "zigzag"}, 400, "zigzag"),
        ("post", "order", {"tracks": ["ONE"], "weights": {"mood": 1}}, 400, "mood"),
        ("post", "order", {"tracks": ["ONE"] * 501}, 422, "500"),
        ("post", "radio", {}, 400, "begins with a seed"),
        ("post", "radio", {"seed": "nowhere"}, 404, "nowhere"),
        ("post", "radio", {"seed": "ONE", "n": 101}, 422, "100"),
        ("post", "radio", {"seed": "ONE", "drift": 2}, 422, "drift"),
        ("post", "radio", {"state": {"seeds": ["ONE"]}, "draw": 1}, 400, "its own draw"),
        ("post", "radio", {"state": {"seeds": ["gone"]}}, 404, "no longer in the catalogue"),
        ("post", "radio", {"state": {"seeds": ["ONE"], "window": -1}}, 400, "window"),
        ("post", "radio", {"state": {"seeds": ["ONE"], "evil": 1}}, 422, "evil"),
        ("get", "duplicates", {"n": 0}, 422, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_a_journey_is_a_problem(
    client, some, method, path, asked, status, said
) -> None:
    def named(value):
        if isinstance(value, dict):
            return {name: named(one) for name, one in value.items()}
        if isinstance(value, list):
            return [named(one) for one in value]
        return {"ONE": some[0], "TWO": some[1]}.get(value, value)

    more = {"params" if method == "get" else "json": named(asked)}
    answer = client.request(method, f"/api/v1/{path}", **more)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert said.lower() in answer.text.lower()


def test_lists_come_as_playlists_too(client, stocked, played, tabled) -> None:
    address = f"/api/v1/tracks/{played}/similar"
    asked = {"lens": "descriptors", "n": 3}
    rows = client.get(address, params=asked).json()["recommendations"]
    answer = client.get(address, params=asked | {"format": "m3u8", "mapped": "/=M:/"})
    assert answer.headers["content-type"] == "audio/x-mpegurl; charset=utf-8"
    assert 'filename="segue.m3u8"' in answer.headers["content-disposition"]
    lines = answer.text.splitlines()
    assert lines[0] == "#EXTM3U"
    assert len([line for line in lines if not line.startswith("#")]) == 3
    assert all(line.startswith(("#", "M:")) for line in lines)
    mixed = client.post(
        "/api/v1/mix", params={"format": "jspf"}, json=asked | {"like": [played], "n": 3}
    )
    assert mixed.headers["content-type"] == "application/jspf+json"
    assert len(mixed.json()["playlist"]["track"]) == 3
    assert [row["track"]["title"] for row in rows] == [
        track["title"] for track in mixed.json()["playlist"]["track"]
    ]
    wrong = client.get(address, params=asked | {"format": "m3u8", "mapped": "nonsense"})
    assert wrong.status_code == 400
    none = client.get(
        f"/api/v1/tracks/{tabled}/similar", params={"year_from": 9000, "format": "m3u8"}
    )
    assert none.status_code == 400
    assert "no track to write" in none.json()["detail"]


def test_copies_are_reported(client, stocked) -> None:
    body = client.get("/api/v1/duplicates", params={"n": 5}).json()
    own = stocked.duplicates(n=5)
    assert body["files"] == own.files
    assert body["spare"] == own.spare
    assert len(body["copies"]) == len(own.copies)


def test_a_playlist_is_called_by_what_was_asked(client, some) -> None:
    def title(path: str, **params: object) -> str:
        answer = client.get(f"/api/v1/{path}", params={**params, "format": "jspf"})
        assert answer.status_code == 200, answer.text
        return answer.json()["playlist"]["title"]

    def name(track: str) -> str:
        found = client.get(f"/api/v1/tracks/{track}").json()
        return f"{', '.join(found['artists'])} – {found['title']}"

    assert title(f"tracks/{some[0]}/similar") == name(some[0])
    assert title("path", **{"from": some[0], "to": some[1]}) == f"{name(some[0])} → {name(some[1])}"


def test_a_radio_is_a_playlist_too_of_the_tracks_that_it_plays(client, some) -> None:
    asked = {"seed": some[0], "n": 3}
    shown = client.post("/api/v1/radio", json=asked).json()["journey"]["steps"]
    listed = client.post("/api/v1/radio", json=asked, params={"format": "jspf"})
    assert listed.headers["content-type"].startswith("application/jspf+json")
    tracks = [track["title"] for track in listed.json()["playlist"]["track"]]
    assert tracks == [step["track"]["title"] for step in shown]
