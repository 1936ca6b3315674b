"""What programs can do beside asking: look through, keep, say, bring, have done, see drawn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from doors import FILES, KNOWN, SIZE, TRACKS, library, tone
from segue.catalogue import uploads
from segue.serve.app import create_app
from segue.serve.schemas import ID, OTHER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.library import Segue

API = "/api/v1"
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Segue]:
    with library(tmp_path_factory.mktemp("doors")) as segue:
        yield segue


@pytest.fixture(scope="module")
def door(small: Segue) -> TestClient:
    """No work is done beside it: what is asked for as a job is written down."""
    return TestClient(create_app(small), base_url="http://localhost")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return tone(tmp_path_factory.mktemp("sent") / "song.wav", pitch=187.0).read_bytes()


def paged(door: TestClient, address: str, name: str) -> list[dict]:
    """All entries of a list, by following the links of its pages."""
    found = []
    for _ in range(100):
        answer = door.get(address)
        assert answer.status_code == 200, answer.text
        found += answer.json()[name]
        link = answer.headers.get("link")
        if link is None:
            assert answer.json()["next"] is None
            return found
        address = link.partition(">")[0].lstrip("<")
    raise AssertionError("pages without end")


# -- looking through -------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["newest", "title", "artist", "year", "known"])
def test_the_library_comes_in_pages_in_every_order(door: TestClient, sort: str) -> None:
    whole = door.get(f"{API}/library", params={"sort": sort, "limit": 200}).json()
    parts = paged(door, f"{API}/library?sort={sort}&limit=7", "tracks")
    assert [one["id"] for one in parts] == [one["id"] for one in whole["tracks"]]
    assert len(parts) == whole["count"] == TRACKS


def test_what_words_find_comes_first_and_goes_on(door: TestClient) -> None:
    found = paged(door, f"{API}/library?q=tide&limit=5", "tracks")
    assert len({one["id"] for one in found}) == len(found)
    assert all("tide" in f"{one['title']} {one['album']}".casefold() for one in found)
    page = door.get(f"{API}/library", params={"q": "vela"}).json()
    assert [one["name"] for one in page["artists"]] == ["Vela Moor"]


def test_facets_say_what_each_choice_would_leave(door: TestClient) -> None:
    page = door.get(f"{API}/library").json()
    genre = next(each for each in page["facets"] if each["name"] == "genre")
    for option in genre["options"]:
        chosen = door.get(f"{API}/library", params=option["asks"]).json()
        assert chosen["count"] == option["tracks"]


def test_a_page_behind_a_track_that_is_not_there_is_a_problem(door: TestClient) -> None:
    for address in ("library", "artists", "genres/ambient"):
        answer = door.get(f"{API}/{address}", params={"after": "nobody"})
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
        assert answer.json()["remedy"] == "Begin with the first page again."


@pytest.mark.parametrize("kind", ["artists", "albums", "genres"])
@pytest.mark.parametrize("sort", ["tracks", "name"])
def test_groups_come_in_pages_and_lead_to_their_tracks(
    door: TestClient, kind: str, sort: str
) -> None:
    groups = paged(door, f"{API}/{kind}?limit=2&sort={sort}", "groups")
    assert len({each["key"] for each in groups}) == len(groups) > 2
    if sort == "tracks":
        counts = [each["tracks"] for each in groups]
        assert counts == sorted(counts, reverse=True)
    for each in groups:
        tracks = paged(door, f"{API}/{kind}/{each['key']}?limit=3", "tracks")
        assert len(tracks) == each["tracks"]


def test_one_artist_is_told_with_years_and_genres(door: TestClient) -> None:
    one = door.get(f"{API}/artists/VELA MOOR").json()
    assert one["group"]["name"] == "Vela Moor"
    assert one["years"] == [1970, 1973]
    assert {each["name"] for each in one["genres"]} >= {"ambient"}
    assert door.get(f"{API}/albums/nothing").status_code == 404


def test_statistics_add_up(door: TestClient) -> None:
    told = door.get(f"{API}/statistics").json()
    assert told["counts"]["tracks"] == TRACKS
    for each in told["distributions"]:
        assert each["known"] + each["unknown"] == TRACKS
        assert sum(each["counts"]) == each["known"]
        assert len(each["edges"]) == (len(each["counts"]) + 1 if each["counts"] else 0)
    assert len(told["together"]) == len(told["measured"])
    assert sum(each["tracks"] for each in told["keys"]) >= SIZE


# -- names of one's own ----------------------------------------------------------------------


@pytest.fixture
def named(door: TestClient) -> Iterator[str]:
    asked = {"ids": [{"track": ID, "scheme": "shop", "value": "47/11"}]}
    assert door.post(f"{API}/ids", json=asked).json() == {"attached": 1}
    yield "shop:47/11"
    assert door.delete(f"{API}/ids/shop/47%2F11").status_code == 204
    assert door.delete(f"{API}/ids/shop/47%2F11").status_code == 404


def test_a_track_can_be_named_by_any_of_its_ids_wherever_one_is_named(
    door: TestClient, named: str
) -> None:
    isrc, other = f"isrc:{KNOWN[0][1]}", f"ISRC:{KNOWN[1][1]}"
    assert door.get(f"{API}/tracks/{isrc}").json()["id"] == ID
    assert door.get(f"{API}/tracks/{isrc}/similar").json()["seed"]["id"] == ID
    path = door.get(f"{API}/path", params={"from": named, "to": other, "n": 4}).json()
    assert [path["steps"][at]["track"]["id"] for at in (0, -1)] == [ID, OTHER]
    mixed = door.post(f"{API}/mix", json={"like": [named], "exclude_track": [other], "n": 20})
    rows = [row["track"]["id"] for row in mixed.json()["recommendations"]]
    assert mixed.status_code == 200
    assert not {ID, OTHER} & set(rows)
    said = door.put(f"{API}/opinions/{isrc}", json={"kind": "like"}).json()
    assert said["track_id"] == ID
    assert door.delete(f"{API}/opinions/{ID}").json() == {"undone": True}
    radio = door.post(f"{API}/radio", json={"seed": isrc, "n": 2, "skipped": [other]}).json()
    assert radio["state"]["skipped"] == [OTHER]
    kept = door.post(f"{API}/playlists", json={"title": "Mine", "tracks": [isrc, other]}).json()
    listed = door.get(f"{API}/playlists/{kept['number']}").json()["tracks"]
    assert [one["id"] for one in listed] == [ID, OTHER]


def test_an_id_that_names_nobody_is_not_found(door: TestClient) -> None:
    answer = door.get(f"{API}/tracks/isrc:NOBODY/similar")
    assert answer.status_code == 404
    assert "isrc:NOBODY" in answer.json()["detail"]


def test_an_id_of_another_track_cannot_be_taken(door: TestClient) -> None:
    asked = {"ids": [{"track": OTHER, "scheme": "isrc", "value": KNOWN[0][1]}]}
    assert door.post(f"{API}/ids", json=asked).status_code == 409
    assert door.delete(f"{API}/ids/isrc/{KNOWN[0][1]}").status_code == 409


# -- many at once ----------------------------------------------------------------------------


def test_many_seeds_are_answered_each_as_by_itself(door: TestClient) -> None:
    names = [ID, "nobody", OTHER]
    told = door.post(f"{API}/similar", json={"tracks": names, "n": 5}).json()
    assert (told["count"], [one["track"] for one in told["answers"]]) == (3, names)
    for one in (told["answers"][0], told["answers"][2]):
        alone = door.get(f"{API}/tracks/{one['track']}/similar", params={"n": 5}).json()
        assert one["problem"] is None
        assert one["answer"]["recommendations"] == alone["recommendations"]
    assert told["answers"][1]["answer"] is None
    assert told["answers"][1]["problem"]["status"] == 404


def test_a_seed_outside_the_lens_keeps_nobody_from_an_answer(door: TestClient) -> None:
    heard = door.get(f"{API}/library", params={"show": "playable"}).json()["tracks"][0]["id"]
    asked = {"tracks": [ID, heard], "lens": "descriptors"}
    told = door.post(f"{API}/similar", json=asked).json()["answers"]
    assert told[0]["problem"]["status"] == 400
    assert told[1]["answer"]["lens"] == "descriptors"


@pytest.mark.parametrize("names", [[], ["x"] * 101])
def test_too_few_or_too_many_seeds_are_refused(door: TestClient, names: list[str]) -> None:
    assert door.post(f"{API}/similar", json={"tracks": names}).status_code == 422


# -- what has not changed --------------------------------------------------------------------


FRESH = ["tracks", f"tracks/{ID}", f"tracks/{ID}/similar?n=3", "search?q=tide", "library",
         "artists", "genres/ambient", "lenses"]  # fmt: skip


@pytest.mark.parametrize("address", FRESH)
def test_what_has_not_changed_is_not_sent_again(door: TestClient, address: str) -> None:
    first = door.get(f"{API}/{address}")
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    for told in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = door.get(f"{API}/{address}", headers={"If-None-Match": told})
        assert (again.status_code, again.content) == (304, b""), told
        assert again.headers["etag"] == tag
    assert door.get(f"{API}/{address}", headers={"If-None-Match": 'W/"x"'}).status_code == 200


def test_a_tag_holds_for_one_question_and_one_state_of_the_catalogue(
    door: TestClient, named: str
) -> None:
    address = f"{API}/tracks/{ID}/similar"
    tag = door.get(address).headers["etag"]
    assert door.get(f"{address}?n=3", headers={"If-None-Match": tag}).status_code == 200
    assert door.get(f"{API}/tracks/{OTHER}/similar").headers["etag"] != tag
    one = {"track": OTHER, "scheme": "shop", "value": "1"}
    door.post(f"{API}/ids", json={"ids": [one]})
    assert door.get(address, headers={"If-None-Match": tag}).status_code == 200
    door.delete(f"{API}/ids/shop/1")


def test_an_opinion_makes_answers_to_that_listener_new_and_no_others(door: TestClient) -> None:
    address = f"{API}/tracks/{ID}/similar"
    door.put(f"{API}/opinions/{OTHER}?listener=Ada", json={"kind": "like"})
    plain = door.get(address).headers["etag"]
    hers = door.get(f"{address}?listener=Ada").headers["etag"]
    door.put(f"{API}/opinions/{OTHER}?listener=Ada", json={"kind": "dislike"})
    assert door.get(address, headers={"If-None-Match": plain}).status_code == 304
    now = door.get(f"{address}?listener=Ada", headers={"If-None-Match": hers})
    assert now.status_code == 200
    door.delete(f"{API}/opinions/{OTHER}?listener=Ada")
    undone = door.get(f"{address}?listener=Ada", headers={"If-None-Match": now.headers["etag"]})
    assert undone.status_code == 200


def test_a_problem_has_no_tag(door: TestClient) -> None:
    answer = door.get(f"{API}/tracks/nobody", headers={"If-None-Match": "*"})
    assert answer.status_code == 404
    assert "etag" not in answer.headers


# -- playlists, opinions ---------------------------------------------------------------------


def test_a_playlist_is_made_changed_taken_away_and_deleted(door: TestClient) -> None:
    made = door.post(f"{API}/playlists", json={"title": "Evening", "tracks": [ID, OTHER, ID]})
    assert made.status_code == 201
    place, first = made.headers["location"], made.json()
    assert (first["count"], first["made_here"]) == (3, True)
    assert [one["id"] for one in paged(door, f"{place}?limit=2", "tracks")] == [ID, OTHER, ID]
    changed = door.patch(place, json={"edition": first["edition"], "title": "Night"}).json()
    assert (changed["title"], changed["count"]) == ("Night", 3)
    stale = door.patch(place, json={"edition": first["edition"], "tracks": [ID]})
    assert (stale.status_code, stale.json()["type"]) == (409, "/docs#problem-unavailable")
    file = door.get(f"{place}/export")
    assert file.headers["content-type"].startswith("audio/x-mpegurl")
    assert "Night" in file.headers["content-disposition"]
    listed = door.get(f"{API}/playlists", params={"q": "night"}).json()["playlists"]
    assert [one["number"] for one in listed] == [first["number"]]
    gone = door.delete(place, params={"edition": changed["edition"]})
    assert (gone.status_code, gone.content) == (204, b"")
    assert door.get(place).status_code == 404


def test_a_change_of_nothing_is_refused(door: TestClient) -> None:
    made = door.post(f"{API}/playlists", json={"title": "A", "tracks": [ID]}).json()
    place = f"{API}/playlists/{made['number']}"
    assert door.patch(place, json={"edition": made["edition"]}).status_code == 400
    assert door.post(f"{API}/playlists", json={"title": "A", "tracks": ["x"]}).status_code == 404


def test_who_names_nobody_speaks_for_the_owner(door: TestClient) -> None:
    door.put(f"{API}/opinions/{ID}", json={"kind": "like"})
    assert door.get(f"{API}/opinions").json()["opinions"][0]["track_id"] == ID
    assert door.get(f"{API}/opinions?listener=Bo").json()["count"] == 0
    liked = door.get(f"{API}/library", params={"show": "liked"}).json()
    assert [one["id"] for one in liked["tracks"]] == [ID]
    assert "" in door.get(f"{API}/listeners").json()["listeners"]
    assert door.get(f"{API}/plays").json()["times"] == 0


# -- files -----------------------------------------------------------------------------------


def send(door: TestClient, content: bytes, key: str | None = None, name: str = "song.wav"):
    headers = {} if key is None else {"Idempotency-Key": key}
    files = {"file": (name, content)}
    return door.post(f"{API}/uploads", files=files, headers=headers)


def held(small: Segue) -> int:
    return len(uploads.all_tokens(small.database))


def test_a_file_is_brought_asked_with_and_forgotten(
    door: TestClient, small: Segue, sound: bytes
) -> None:
    brought = send(door, sound)
    assert brought.status_code == 201
    one = brought.json()["uploads"][0]
    place = f"{API}/uploads/{one['token']}"
    assert (one["state"], one["name"], one["size"]) == ("waiting", "song.wav", len(sound))
    early = door.get(f"{place}/similar")
    assert (early.status_code, early.headers["retry-after"]) == (503, "2")
    store = door.app.state.beside.store
    store.seed(uploads.get(small.database, one["token"]))
    uploads.heard(small.database, one["token"])
    assert door.get(place).json()["state"] == "heard"
    answer = door.get(f"{place}/similar", params={"n": 2}).json()
    assert all(row["track"]["title"].startswith("Tone") for row in answer["recommendations"])
    listed = door.get(f"{API}/uploads", params={"token": [one["token"], "nobody"]}).json()
    assert listed["count"] == 1
    assert door.get(f"{API}/uploads").json()["count"] == 0
    assert door.delete(place).status_code == 204
    assert door.get(place).status_code == 404


def test_one_key_brings_a_file_once(door: TestClient, small: Segue, sound: bytes) -> None:
    before = held(small)
    first, again = (send(door, sound, "key-1") for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert held(small) == before + 1
    assert send(door, sound, "key-2").json() != first.json()
    assert send(door, sound).json() != send(door, sound).json()


def test_two_at_once_with_one_key_bring_one_file(
    door: TestClient, small: Segue, sound: bytes
) -> None:
    before = held(small)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: send(door, sound, "key-3").json(), range(4)))
    assert all(one == told[0] for one in told)
    assert held(small) == before + 1


def test_a_key_stands_for_one_body(door: TestClient, sound: bytes) -> None:
    send(door, sound, "key-4")
    other = send(door, sound + b"0", "key-4")
    assert (other.status_code, other.json()["type"]) == (422, "/docs#problem-key-reused")
    assert send(door, sound, "key-4", name="other.wav").status_code == 422


def test_a_key_of_what_was_refused_is_free_again(door: TestClient, sound: bytes) -> None:
    assert send(door, b"", "key-5").status_code == 422
    assert send(door, sound, "key-5").status_code == 201


def test_a_file_is_answered_in_the_shape_that_was_asked_for(door: TestClient, sound: bytes) -> None:
    asked = {"files": {"file": ("song.wav", sound)}, "params": {"top_n": 2}}
    told = door.post("/recommend/from-audio", **asked).json()
    assert told["count"] == len(told["recommendations"]) == 2
    for row in told["recommendations"]:
        assert list(row)[:4] == ["name", "album", "artists", "similarity_score"]
        assert row["reasons"]["sentence"] == row["reason"]
    for wrong in (0, 101):
        asked["params"] = {"top_n": wrong}
        assert door.post("/recommend/from-audio", **asked).status_code == 422


# -- work, maps, what is known ---------------------------------------------------------------


def test_work_is_asked_for_left_and_asked_for_again(door: TestClient) -> None:
    started = door.post(f"{API}/jobs", json={"kind": "analyse"})
    job = started.json()
    assert (started.status_code, job["state"], job["kind"]) == (202, "queued", "scan")
    assert door.post(f"{API}/jobs", json={"kind": "analyse"}).json()["id"] == job["id"]
    place = f"{API}/jobs/{job['id']}"
    assert door.post(f"{place}/retry").status_code == 400
    assert door.post(f"{place}/cancel").json()["state"] == "cancelled"
    again = door.post(f"{place}/retry").json()
    assert again["id"] != job["id"]
    listed = paged(door, f"{API}/jobs?limit=1", "jobs")
    assert [one["id"] for one in listed] == sorted((one["id"] for one in listed), reverse=True)
    assert {job["id"], again["id"]} <= {one["id"] for one in listed}
    assert door.get(f"{API}/jobs/999999").status_code == 404


def test_a_known_folder_can_be_looked_through_and_no_other(door: TestClient) -> None:
    folders = door.get(f"{API}/folders").json()["folders"]
    assert [one["files"] for one in folders] == [FILES + 1]
    asked = {"kind": "scan", "folder": folders[0]["root"]}
    assert door.post(f"{API}/jobs", json=asked).status_code == 202
    asked["folder"] = "/etc"
    assert door.post(f"{API}/jobs", json=asked).status_code == 404
    assert door.post(f"{API}/jobs", json={"kind": "teach", "folder": "x"}).status_code == 400


def test_what_could_not_be_read_is_listed_and_tried_again(door: TestClient) -> None:
    failed = door.get(f"{API}/failures").json()
    assert [one["path"].endswith("broken.flac") for one in failed["files"]] == [True]
    unknown = door.post(f"{API}/failures/retry", json={"file": "nothing"})
    assert unknown.status_code == 404
    again = door.post(f"{API}/failures/retry", json={"file": failed["files"][0]["content_hash"]})
    assert (again.status_code, again.json()["files"]) == (202, 1)


def test_a_map_is_asked_for_drawn_and_read(door: TestClient, small: Segue) -> None:
    place = f"{API}/maps/attributes"
    assert door.get(place).status_code == 404
    job = door.post(place).json()
    assert (job["kind"], job["state"]) == ("map", "queued")
    small.draw_map("attributes")
    one = door.get(place).json()
    assert sum(each["count"] for each in one["regions"]) == one["count"] == SIZE + FILES
    points = paged(door, f"{place}/points?limit=9", "points")
    assert len({point["id"] for point in points}) == one["count"]
    assert all(0 <= point["x"] <= 1 and 0 <= point["y"] <= 1 for point in points)
    tag = door.get(place).headers["etag"]
    assert door.get(place, headers={"If-None-Match": tag}).status_code == 304
    listed = {each["space"]: each for each in door.get(f"{API}/maps").json()["spaces"]}
    assert listed["attributes"]["drawn"]
    assert door.post(f"{API}/maps/nowhere").status_code == 404


def test_lenses_say_what_they_weigh(door: TestClient) -> None:
    told = door.get(f"{API}/lenses").json()
    weights = {each["name"]: each["weights"] for each in told["lenses"]}
    assert weights["hybrid"] == {"attributes": 0.6, "text": 0.4}
    placed = {each["name"]: each["tracks"] for each in told["spaces"]}
    assert (placed["attributes"], placed["descriptors"]) == (SIZE + FILES, FILES)
    assert "tempo" in told["facets"]
    for name in weights:
        answer = door.get(f"{API}/tracks/{ID}/similar", params={"lens": name, "n": 1})
        assert answer.status_code in {200, 400}, answer.text
    assert door.get(f"{API}/models").json()["model"] is None
