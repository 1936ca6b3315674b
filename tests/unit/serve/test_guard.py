"""What surrounds every answer: names, origins, headers, and the net below."""

from __future__ import annotations

import logging

import pytest
from starlette.testclient import TestClient

from segue.serve.app import create_app
from segue.serve.guard import BODY_BYTES, UPLOADS, Guard

ADDRESSES = ["/", "/health", "/nowhere", "/api/v1/nowhere", "/static/segue.css", "/tracks/x/art"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers(client, address) -> None:
    headers = client.get(address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "address", ["/api/v1/status", "/api/v1/nowhere", "/api/v1/tracks/nobody", "/rest/ping"]
)
def test_nobody_keeps_what_programs_are_answered_unless_it_says_so(client, address) -> None:
    assert client.get(address).headers["cache-control"] == "private, no-store"
    assert client.get("/api/v1/tracks").headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8765", "127.0.0.1:80", "[::1]:8765", "192.168.1.20", "LOCALHOST"],
)
def test_addresses_and_localhost_are_known(client, host) -> None:
    assert client.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[", "a b"]
)
def test_other_names_are_refused_for_people_and_programs(client, host) -> None:
    page = client.get("/", headers={"host": host})
    assert page.status_code == 400
    assert "SEGUE_ALLOWED_HOSTS" in page.text
    problem = client.get("/api/v1/tracks", headers={"host": host})
    assert problem.status_code == 400
    assert problem.headers["content-type"] == "application/problem+json"


def test_names_can_be_allowed() -> None:
    guard = Guard(None, allowed_hosts="music.example, Other.Example")
    assert guard._known("music.example:8765")
    assert guard._known("other.example")
    assert not guard._known("evil.example")
    assert Guard(None, allowed_hosts="*")._known("anything.example")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:9999", "http://localhost.evil"]
)
@pytest.mark.parametrize("path", ["/upload", "/recommend/from-audio"])
def test_forms_from_other_sites_do_nothing(client, origin, path) -> None:
    answer = client.post(path, headers={"origin": origin}, files={"file": ("a.wav", b"RIFF")})
    assert answer.status_code == 403
    assert "another site" in answer.text


def test_forms_from_our_own_pages_pass(client, tone_file) -> None:
    answer = client.post(
        "/upload",
        headers={"origin": "http://localhost"},
        files={"file": ("a.wav", tone_file.read_bytes())},
    )
    assert answer.status_code == 200


TAKEN = {"/upload": 303, "/recommend/from-audio": 422, "/api/v1/uploads": 201}
"""How a long file that is no sound is answered: on a page of its own, or at once."""


@pytest.mark.parametrize("path", sorted(UPLOADS))
def test_a_file_may_be_longer_than_any_other_body(client, path) -> None:
    sent = {"file": ("a.wav", b"x" * (BODY_BYTES + 1))}
    answer = client.post(path, files=sent, follow_redirects=False)
    assert answer.status_code == TAKEN[path], answer.text


def test_an_unforeseen_error_leaves_no_trace_in_the_answer(stocked, caplog) -> None:
    app = create_app(stocked)

    def burst() -> None:
        raise RuntimeError("secret detail")

    app.add_api_route("/burst", burst)
    app.add_api_route("/api/burst", burst)
    client = TestClient(app, base_url="http://localhost")
    with caplog.at_level(logging.ERROR, logger="segue"):
        page, problem = client.get("/burst"), client.get("/api/burst?q=private")
    for answer in (page, problem):
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
        assert "content-security-policy" in answer.headers
    assert problem.json()["type"] == "/docs#problem-internal"
    assert problem.json()["remedy"].split("reference ")[1][:8] in caplog.text
    assert "secret detail" in caplog.text
    assert "private" not in caplog.text


def test_a_method_that_is_not_taken_says_so(client) -> None:
    answer = client.delete("/api/v1/tracks")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["type"] == "/docs#problem-not-allowed"
    assert client.post("/about").status_code == 405


def test_a_part_that_fails_comes_as_a_part(client) -> None:
    answer = client.get("/tracks/nowhere", headers={"HX-Request": "true", "HX-Target": "similar"})
    assert answer.status_code == 404
    assert "<html" not in answer.text
    assert 'role="alert"' in answer.text
