"""The API: every route, its shape, its limits."""

from __future__ import annotations

import math

import pytest

from segue.catalogue import files, tracks


def test_tracks_come_in_pages_without_gaps_or_repeats(client) -> None:
    seen: list[str] = []
    after = None
    while True:
        query = {"limit": 25} | ({"after": after} if after else {})
        answer = client.get("/api/v1/tracks", params=query)
        body = answer.json()
        assert body["count"] == 72
        seen += [track["id"] for track in body["tracks"]]
        after = body["next"]
        if after is None:
            assert "link" not in answer.headers
            break
        assert len(body["tracks"]) == 25
        following = answer.headers["link"].partition(">")[0].lstrip("<")
        assert client.get(following).json()["tracks"][0]["id"] not in seen
    assert len(seen) == len(set(seen)) == 72


def test_cursor_of_a_track_that_is_gone_still_leads_on(client) -> None:
    body = client.get("/api/v1/tracks", params={"after": "a", "limit": 5}).json()
    assert all(track["id"] > "a" for track in body["tracks"])


@pytest.mark.parametrize("limit", ["0", "201", "many", "-1", "1.5"])
def test_limit_out_of_range_is_a_problem(client, limit) -> None:
    answer = client.get("/api/v1/tracks", params={"limit": limit})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["parameter"] == "limit"


def test_one_track_with_its_attributes(client, tabled) -> None:
    track = client.get(f"/api/v1/tracks/{tabled}").json()
    assert track["id"] == tabled
    assert track["title"] == "Slow Harbour 4"
    assert track["artists"] == ["Vela Moor"]
    assert track["duration"] == 124.0
    assert track["attributes"]["key"] == 4
    assert track["provenance"] == "given"
    assert track["outside_ids"] == [{"scheme": "test", "value": "row-4"}]
    assert track["playable"] is False


def test_unknown_track_is_a_problem_with_a_remedy(client) -> None:
    for path in ("/api/v1/tracks/nowhere", "/api/v1/tracks/nowhere/similar"):
        answer = client.get(path)
        assert answer.status_code == 404
        problem = answer.json()
        assert problem["type"] == "/docs#problem-not-found"
        assert problem["status"] == 404
        assert "nowhere" in problem["detail"]
        assert problem["remedy"]


def test_a_seed_is_an_id_and_never_a_file_of_the_server(client, tone_file) -> None:
    quoted = str(tone_file).replace("/", "%2F")
    assert client.get(f"/api/v1/tracks/{quoted}/similar").status_code == 404
    assert client.get(f"/api/v1/tracks/{tone_file}/similar").status_code == 404


def test_similar_is_what_the_library_answers(client, stocked, tabled) -> None:
    body = client.get(f"/api/v1/tracks/{tabled}/similar", params={"n": 7, "lens": "hybrid"}).json()
    own = stocked.similar(tabled, n=7, lens="hybrid")
    assert body["count"] == len(own) == 7
    assert body["lens"] == own.lens
    assert body["weights"] == pytest.approx(dict(own.weights))
    assert [row["track"]["id"] for row in body["recommendations"]] == [r.track.id for r in own]
    for row, mine in zip(body["recommendations"], own, strict=True):
        assert row["score"] == pytest.approx(mine.score)
        assert row["reasons"]["sentence"] == mine.reasons.sentence
        for part, record in zip(
            row["reasons"]["contributions"], mine.reasons.contributions, strict=True
        ):
            assert part["value"] == pytest.approx(record.value)
            assert part["value"] == pytest.approx(math.log(part["without"] / part["rank"]))


def test_similar_takes_weights_of_ones_own(client, tabled) -> None:
    asked = {"weights": "attributes:1,text:3", "n": 3}
    body = client.get(f"/api/v1/tracks/{tabled}/similar", params=asked).json()
    share = body["weights"]["text"] / body["weights"]["attributes"]
    assert share == pytest.approx(3)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"lens": "nonsense"}, "nonsense"),
        ({"weights": "attributes"}, "attributes"),
        ({"weights": "attributes:x"}, "attributes:x"),
        ({"weights": ":1"}, "no space"),
        ({"weights": "nowhere:1"}, "nowhere"),
        ({"weights": "attributes:nan"}, "attributes"),
        ({"weights": "attributes:1", "lens": "hybrid"}, "Both"),
    ],
)
def test_lens_that_makes_no_sense_is_a_bad_request(client, tabled, query, word) -> None:
    answer = client.get(f"/api/v1/tracks/{tabled}/similar", params=query)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert word in answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        {"n": 0},
        {"n": 501},
        {"n": "ten"},
        {"year_from": "soon"},
        {"seconds_from": -1},
        {"seconds_to": "inf"},
        {"seconds_to": "nan"},
        {"explicit": "perhaps"},
        {"per_artist": 0},
    ],
)
def test_values_out_of_range_name_their_parameter(client, tabled, query) -> None:
    answer = client.get(f"/api/v1/tracks/{tabled}/similar", params=query)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["errors"][0]["parameter"] == next(iter(query))
    assert f"“{next(iter(query))}”" in problem["detail"]


def test_filters_hold_on_every_row(client, tabled) -> None:
    asked = {
        "genre": ["soul", "ambient"],
        "exclude_genre": "ambient",
        "exclude_artist": "Kestrel & Rye",
        "year_from": 1985,
        "year_to": 2005,
        "seconds_from": 121,
        "seconds_to": 175,
        "explicit": "false",
        "playable": "false",
        "per_artist": 500,
        "n": 100,
    }
    rows = client.get(f"/api/v1/tracks/{tabled}/similar", params=asked).json()["recommendations"]
    assert rows
    for row in rows:
        track = row["track"]
        assert track["genres"] == ["soul"]
        assert track["artists"] != ["Kestrel & Rye"]
        assert 1985 <= track["year"] <= 2005
        assert 121 <= track["duration"] <= 175
        assert track["explicit"] is False
        assert track["playable"] is False


def test_names_may_be_separated_by_semicolons(client, tabled) -> None:
    address = f"/api/v1/tracks/{tabled}/similar"
    one = client.get(address, params={"genre": "soul; ambient", "n": 50}).json()
    two = client.get(address, params={"genre": ["soul", "ambient"], "n": 50}).json()
    assert one["recommendations"] == two["recommendations"]
    assert {g for row in one["recommendations"] for g in row["track"]["genres"]} == {
        "soul",
        "ambient",
    }


def test_search_ranks_and_limits(client) -> None:
    body = client.get("/api/v1/search", params={"q": "tone", "n": 4}).json()
    assert body["count"] == len(body["tracks"]) == 4
    assert all("Tone" in track["title"] for track in body["tracks"])


@pytest.mark.parametrize("q", ["", "   ", '"', "*", "NEAR(", "a OR", "-", "%", "🎹", "'"])
def test_search_takes_anything_that_can_be_typed(client, q) -> None:
    answer = client.get("/api/v1/search", params={"q": q})
    assert answer.status_code == 200
    assert answer.json()["count"] == len(answer.json()["tracks"])


def test_null_characters_reach_nothing(client) -> None:
    for address in ("/api/v1/search?q=a%00b", "/api/v1/tracks/a%00b", "/?q=%00", "/tracks/%00/art"):
        answer = client.get(address)
        assert answer.status_code == 400
        assert "null character" in answer.text


def test_search_without_words_or_with_too_many_is_a_problem(client) -> None:
    assert client.get("/api/v1/search").json()["detail"] == "“q” is missing."
    long = client.get("/api/v1/search", params={"q": "a" * 301})
    assert long.status_code == 422
    assert len(long.text) < 600


def test_status_counts(client) -> None:
    body = client.get("/api/v1/status").json()
    assert body["ready"] is True
    assert body["counts"]["tracks"] == 72
    assert body["counts"]["playable"] == 12
    assert body["spaces"]["descriptors"] == 12
    assert body["spaces"]["attributes"] == 72
    assert body["attributes"] == {"given": 60, "estimated": 12}
    assert (body["measured"], body["model"]) == ({}, None)
    ledger = body["ledger"]
    assert ledger["found"] == sum(ledger[s] for s in ("analysed", "queued", "failed", "skipped"))


def test_health_and_ready(client) -> None:
    assert client.get("/health").json()["status"] == "alive"
    ready = client.get("/ready")
    assert ready.status_code == 200
    assert ready.json()["ready"] is True
    assert ready.json()["tracks"] == 72
    assert ready.json()["spaces"]["descriptors"] == 12


def test_before_the_engine_stands_answers_are_503_with_what_is_missing(empty_client) -> None:
    assert empty_client.get("/health").status_code == 200
    answer = empty_client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["missing"] == ["the engine: it is being built"]
    assert answer.headers["retry-after"]


def test_a_file_gets_recommendations_in_the_shape_asked_for(client, tone_file) -> None:
    answer = client.post(
        "/recommend/from-audio",
        params={"top_n": 5, "hubs": 0},
        files={"file": ("my tone.wav", tone_file.read_bytes(), "audio/wav")},
    )
    assert answer.status_code == 200
    body = answer.json()
    assert body["count"] == len(body["recommendations"]) == 5
    scores = [row["similarity_score"] for row in body["recommendations"]]
    assert scores == sorted(scores, reverse=True)
    for row in body["recommendations"]:
        assert {"name", "album", "artists", "similarity_score", "id", "reason"} <= set(row)
        assert row["name"].startswith("Tone")
        assert row["album"] == "Twelve Tones"
        assert row["reason"]
        assert client.get(f"/api/v1/tracks/{row['id']}").json()["title"] == row["name"]


def test_a_file_of_the_library_finds_its_neighbours_and_not_itself(client, stocked) -> None:
    found = client.get("/api/v1/search", params={"q": "Tone 5"}).json()["tracks"][0]
    path = files.path_of(stocked.database, found["id"])
    answer = client.post("/recommend/from-audio", files={"file": ("x.wav", path.read_bytes())})
    names = [row["name"] for row in answer.json()["recommendations"]]
    # Pitch classes come round again, so what is next to it need not fill both places.
    assert names[0] in {"Tone 4", "Tone 6"}
    assert set(names[:2]) <= {"Tone 3", "Tone 4", "Tone 6", "Tone 7"}
    assert "Tone 5" not in names


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"yearfrom": "1990"}, "Perhaps 'year_from' is meant"),
        ({"n": "3", "zzzzzz": "1"}, "there is no query parameter 'zzzzzz'"),
    ],
)
def test_a_misspelt_filter_is_refused_not_ignored(client, query, told) -> None:
    first = client.get("/api/v1/tracks", params={"limit": 1}).json()["tracks"][0]["id"]
    answer = client.get(f"/api/v1/tracks/{first}/similar", params=query)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.text
    assert client.get("/health", params={"x": "1"}).status_code == 400


def test_recommendations_carry_what_the_catalogue_knows(client, stocked) -> None:
    known = {track.id: track for track in tracks.page(stocked.database, limit=200)}
    first = next(track for track in known.values() if track.attributes)
    answer = client.get(f"/api/v1/tracks/{first.id}/similar").json()
    rows = answer["recommendations"]
    assert rows
    for row in rows:
        whole = known[row["track"]["id"]]
        assert [one["value"] for one in row["track"]["outside_ids"]] == [
            one.value for one in whole.outside_ids
        ]
    assert any(row["track"]["outside_ids"] for row in rows)


def test_remedies_name_what_can_be_done_over_http(client) -> None:
    """Not a command line, which who asks here need not have."""
    one = client.get("/api/v1/tracks").json()["tracks"][0]["id"]
    same = client.get("/api/v1/path", params={"from": one, "to": one})
    assert same.status_code == 400
    assert "GET /api/v1/tracks/ID/similar" in same.json()["remedy"]
    page = client.get("/path", params={"from": one, "to": one})
    assert "with the page of the track" in page.text
    nobody = {"like": [{"kind": "artist", "name": "Zzqqxv"}]}
    none = client.post("/api/v1/mix", json={"understood": nobody})
    assert none.status_code == 404
    assert "GET /api/v1/search?q=WORDS" in none.json()["remedy"]
    for answer in (same, page, none):
        assert "`segue s" not in answer.text
