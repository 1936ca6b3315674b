"""Secure headers on every answer, whatever it says."""

from __future__ import annotations

import pytest

from segue.serve.guard import HEADERS
from segue.settings import Settings

SITE = "https://music.example"


def checked(answer) -> None:
    for name in HEADERS:
        assert name in answer.headers, (answer.status_code, name)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers
    assert "x-powered-by" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/health", 200),
        ("GET", "/static/segue.css", 200),
        ("GET", "/manifest.webmanifest", 200),
        ("GET", "/login", 200),
        ("GET", "/account", 200),
        ("GET", "/account/export", 200),
        ("GET", "/api/v1/tracks", 200),
        ("GET", "/openapi.json", 200),
        ("POST", "/login", 303),
        ("GET", "/static/none.css", 404),
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/nowhere", 404),
        ("DELETE", "/api/v1/tracks", 405),
        ("TRACE", "/", 405),
        ("POST", "/api/v1/mix", 422),
        ("GET", "/?q=%00", 400),
    ],
)
def test_an_open_server(open_client, method, path, status) -> None:
    answer = open_client.request(method, path)
    assert answer.status_code == status, answer.text
    checked(answer)


def test_answers_that_refuse(guard) -> None:
    guarded = guard(requests_per_minute=1, cors_origins=SITE)
    browser, program = guarded.browser(), guarded.program(guarded.key("read"))
    found = [
        (303, browser.get("/")),
        (401, browser.get("/api/v1/tracks")),
        (401, browser.post("/login", data={"name": "Ada", "password": "wrong wrong"})),
        (403, browser.post("/login", headers={"origin": "https://evil.example"})),
        (403, program.post("/upload")),
        (400, browser.get("/", headers={"host": "evil.example"})),
        (413, browser.post("/login", content=b"x" * 2_100_000)),
        (303, guarded.signed_in().post("/logout")),
    ]
    asked = {"origin": SITE, "access-control-request-method": "GET"}
    found.append((204, browser.options("/api/v1/tracks", headers=asked)))
    codes = [program.get("/api/v1/tracks") for _ in range(4)]
    found += [(429, next(one for one in codes if one.status_code == 429))]
    for status, answer in found:
        assert answer.status_code == status, answer.text
        checked(answer)


def test_pages_are_shown_in_frames_of_sites_that_are_named_alone(guard) -> None:
    guarded = guard(framed_by=f"{SITE}, https://huggingface.co")
    browser = guarded.signed_in()
    for path in ("/", "/live", "/static/segue.css", "/nowhere", "/api/v1/tracks"):
        answer = browser.get(path)
        parts = answer.headers["content-security-policy"].split("; ")
        assert [part for part in parts if part.startswith("frame-ancestors")] == [
            f"frame-ancestors {SITE} https://huggingface.co"
        ]
        # An older word for the same would forbid what this allows.
        assert "x-frame-options" not in answer.headers


@pytest.mark.parametrize(
    "sites", ["*", "huggingface.co", "https://*.example", "https://a.example/b"]
)
def test_who_may_show_pages_in_a_frame_is_named_exactly(sites) -> None:
    with pytest.raises(ValueError, match="it should list origins"):
        Settings(_env_file=None, framed_by=sites)


def test_an_error_of_ours(open_segue) -> None:
    from starlette.testclient import TestClient

    from attacked import HERE
    from segue.serve.app import create_app

    app = create_app(open_segue)

    def burst() -> None:
        raise RuntimeError("a secret detail")

    app.add_api_route("/burst", burst)
    answer = TestClient(app, base_url=HERE, raise_server_exceptions=False).get("/burst")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    checked(answer)
