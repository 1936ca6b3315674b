"""Requests are named, counted and timed, by the patterns of their routes and nothing else."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from attacked import CHEAP, PASSWORD
from segue.caching.memory import MemoryCache
from segue.catalogue import accounts, keys
from segue.catalogue.database import epoch
from segue.library import Segue
from segue.serve.app import create_app
from segue.serve.watching.caches import CountedCache
from segue.serve.watching.figures import figures, within
from segue.serve.watching.meters import NOWHERE, Meters
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def numbers(client: TestClient) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every number: by its name and the values of its labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_an_id_is_taken_from_who_asks_and_given_back(client: TestClient) -> None:
    answer = client.get("/health", headers={"X-Request-Id": "check-17.a:b_c"})
    assert answer.headers["x-request-id"] == "check-17.a:b_c"
    first, second = (client.get("/health").headers["x-request-id"] for _ in range(2))
    assert re.fullmatch("[0-9a-f]{16}", first)
    assert first != second


@pytest.mark.parametrize("sent", ["two words", "x" * 65, "-begins", "a;b", "é".encode(), ""])
def test_an_id_that_would_disturb_a_log_is_made_anew(client: TestClient, sent: str | bytes) -> None:
    given = client.get("/health", headers={"X-Request-Id": sent}).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{16}", given)


def test_every_answer_has_an_id_also_of_what_goes_wrong(client: TestClient) -> None:
    for path, headers in (
        ("/nowhere", {}),
        ("/health", {"Host": "evil.example"}),
        ("/api/v1/tracks/nowhere", {}),
        ("/static/segue.css", {}),
        ("/rest/ping", {}),
    ):
        assert len(client.get(path, headers=headers).headers["x-request-id"]) == 16, path


def test_requests_are_counted_by_route_method_and_status(client: TestClient, tabled: str) -> None:
    before = numbers(client)
    for _ in range(3):
        assert client.get(f"/api/v1/tracks/{tabled}").status_code == 200
    client.get("/api/v1/tracks/nowhere")
    client.get("/nowhere/at/all")
    client.get("/static/segue.css")
    after = numbers(client)

    def more(*labels: str, name: str = "segue_requests_total") -> float:
        return after[name, labels] - before.get((name, labels), 0.0)

    route = "/api/v1/tracks/{track_id}"
    assert more("GET", route, "200") == 3
    assert more("GET", route, "404") == 1
    assert more("GET", NOWHERE, "404") == 1
    assert more("GET", "/static", "200") == 1
    assert more("GET", "/metrics", "200") == 1
    assert more(route, name="segue_request_seconds_count") == 4
    assert more("+Inf", route, name="segue_request_seconds_bucket") == 4
    assert after["segue_requests_under_way", ()] == 1  # the one that asks


def test_no_number_holds_an_id_a_name_or_a_word_that_was_searched_for(
    client: TestClient, tabled: str
) -> None:
    client.get(f"/tracks/{tabled}")
    client.get("/", params={"q": "Slow Harbour secret"})
    client.get(f"/rest/search3?query=secret&u=someone&{tabled}")
    client.request("BREW", "/coffee")
    text = client.get("/metrics").text
    for word in (tabled, "secret", "Harbour", "someone", "BREW", "coffee"):
        assert word not in text
    assert 'route="/tracks/{track_id}"' in text


def test_what_the_catalogue_is_stands_beside_them(client: TestClient, stocked: Segue) -> None:
    found = numbers(client)
    assert found["segue_catalogue_up", ()] == 1
    assert found["segue_tracks", ()] == 72
    assert found["segue_catalogue_epoch", ()] == epoch(stocked.database)
    assert found["segue_catalogue_free_bytes", ()] > 0
    assert found["process_resident_memory_bytes", ()] > 1e7


def test_what_changes_without_requests_is_written_down(client: TestClient, stocked: Segue) -> None:
    found = numbers(client)
    assert found["segue_engine_epoch", ()] == stocked.engine().epoch
    assert found["segue_engine_since_seconds", ()] > 1.7e9
    assert found["segue_memory_bytes", ()] > 1e7


def test_a_fault_of_ours_is_counted_and_told_with_the_id_of_its_request(
    stocked: Segue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(stocked, "status", broken)
    client = TestClient(create_app(stocked), base_url="http://localhost")
    with caplog.at_level(logging.INFO, logger="segue.serve.watching.requests"):
        answer = client.get("/api/v1/status", headers={"X-Request-Id": "one"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "one")
    told = next(each for each in caplog.records if each.name.endswith("watching.requests"))
    assert told.told["status"] == 500
    assert told.told["route"] == "/api/v1/status"
    assert numbers(client)["segue_requests_total", ("GET", "/api/v1/status", "500")] == 1


def test_that_a_server_is_not_ready_yet_is_no_fault(tmp_path: Path) -> None:
    with Segue.open(tmp_path / "x.db", settings=Settings(_env_file=None)) as segue:
        client = TestClient(create_app(segue), base_url="http://localhost")
        assert client.get("/ready").status_code == 503
        assert numbers(client)["segue_requests_total", ("GET", "/ready", "503")] == 1
        seen = figures(client.app.state.meters.collect())
    assert (seen.asked, seen.broken) == (2, 0)


def test_a_broken_catalogue_is_a_number_too(tmp_path: Path) -> None:
    with Segue.open(tmp_path / "x.db", settings=Settings(_env_file=None)) as segue:
        client = TestClient(create_app(segue), base_url="http://localhost")
        segue.database.close()
        for file in tmp_path.glob("x.db*"):
            file.write_bytes(b"no database" * 5000)
        assert numbers(client)["segue_catalogue_up", ()] == 0
        page = client.get("/status")
        assert page.status_code == 200
        assert "are not answered" in page.text
        assert str(tmp_path) not in page.text


def test_a_cache_is_counted_and_does_what_it_did() -> None:
    meters = Meters()
    cache = CountedCache(MemoryCache(), meters=meters)
    assert cache.get("a") is None
    cache.put("a", b"1", seconds=60)
    assert [cache.get("a"), cache.get("a")] == [b"1", b"1"]
    cache.forget("a")
    assert cache.get("a") is None
    assert (cache.count("a", 60), cache.count("a", 60)) == (1, 2)
    found = {
        each.labels["found"]: each.value
        for family in meters.collect()
        for each in family.samples
        if each.name == "segue_cache_lookups_total"
    }
    assert found == {"hit": 2, "miss": 2}


def test_numbers_need_a_key_that_reads_where_login_is_on(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, login=True)
    with Segue.open(tmp_path / "x.db", settings=settings) as segue:
        accounts.add(segue.database, "Ada", PASSWORD, cost=CHEAP)
        _, secret = keys.make(segue.database, label="watcher", listener="Ada", scopes=["read"])
        client = TestClient(create_app(segue), base_url="http://localhost")
        refused = client.get("/metrics")
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"
        known = client.get("/metrics", headers={"Authorization": f"Bearer {secret}"})
        assert known.status_code == 200
        assert "Ada" not in known.text
        assert client.get("/ready").status_code == 503


def test_the_page_says_the_same_and_comes_in_parts(client: TestClient, parse: Any) -> None:
    client.get("/api/v1/search", params={"q": "tone"})
    page = client.get("/status")
    assert page.status_code == 200
    assert parse(page.text).faults == []
    assert "are answered" in page.text
    assert "<code>/api/v1/search</code>" in page.text
    part = client.get("/status", headers={"HX-Request": "true", "HX-Target": "standing"}).text
    assert part.lstrip().startswith('<div id="standing"')
    assert "<html" not in part


def test_slow_questions_to_the_catalogue_are_told_without_what_they_were_about(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(_env_file=None, slow_query_ms=1)
    with Segue.open(tmp_path / "x.db", settings=settings) as segue:
        client = TestClient(create_app(segue), base_url="http://localhost")
        with segue.database.read() as connection:
            endless = (
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
                " SELECT max(i) FROM n WHERE ? = ?"
            )
            connection.exec_driver_sql(endless, ("a secret", "a secret")).one()
        told = [each for each in caplog.records if each.name.endswith("watching.slow")]
        assert any(each.told["statement"] == endless for each in told)
        assert any("a transaction of 1, the first: WITH" in each.getMessage() for each in told)
        assert "a secret" not in caplog.text
        assert numbers(client)["segue_slow_queries_total", ()] >= 2


@pytest.mark.parametrize(
    ("classes", "share", "end"),
    [
        ([(0.1, 5), (1.0, 10), (float("inf"), 10)], 0.5, 0.1),
        ([(0.1, 5), (1.0, 10), (float("inf"), 10)], 0.51, 1.0),
        ([(1.0, 9), (0.1, 5), (float("inf"), 10)], 0.99, None),
        ([(0.1, 0), (float("inf"), 0)], 0.5, None),
        ([], 0.5, None),
    ],
)
def test_a_quantile_is_the_upper_end_of_its_class(
    classes: list[tuple[float, float]], share: float, end: float | None
) -> None:
    assert within(classes, share) == end
