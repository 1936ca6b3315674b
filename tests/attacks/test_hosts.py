"""A name that was rebound to this machine, and sites that open WebSockets to it."""

from __future__ import annotations

import pytest
from starlette.websockets import WebSocketDisconnect

from segue.serve.guard import Guard, same_site


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io"])
def test_a_rebound_name_reads_nothing(open_client, host) -> None:
    for path in ("/", "/api/v1/tracks", "/account", "/static/segue.css"):
        answer = open_client.get(path, headers={"host": host})
        assert answer.status_code == 400
        assert "alert(" not in answer.text
        assert "<title>Library" not in answer.text


def test_a_forwarded_name_counts_from_nobody(open_client) -> None:
    headers = {"host": "evil.example", "x-forwarded-host": "localhost"}
    assert open_client.get("/api/v1/tracks", headers=headers).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_a_site_elsewhere_opens_no_websocket(open_client, headers) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        open_client.websocket_connect("/live/sound", headers={"host": "localhost", **headers}),
    ):
        pytest.fail("it was opened")
    assert refused.value.code == 1008


@pytest.mark.parametrize("headers", [{"origin": "http://localhost"}, {}])
def test_the_guard_lets_our_own_pages_and_programs_through(open_client, headers) -> None:
    """To an address where nobody answers, which says so with a number of its own."""
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        open_client.websocket_connect("/nowhere", headers={"host": "localhost", **headers}),
    ):
        pytest.fail("it was opened")
    assert refused.value.code != 1008


def test_where_login_is_on_nobody_opens_a_websocket_without(guarded) -> None:
    headers = {"host": "localhost", "origin": "http://localhost"}
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        guarded.browser().websocket_connect("/live/sound", headers=headers),
    ):
        pytest.fail("it was opened")
    assert refused.value.code == 1008
    browser = guarded.signed_in()
    cookie = f"segue_session={browser.cookies['segue_session']}"
    with (
        pytest.raises(WebSocketDisconnect) as elsewhere,
        browser.websocket_connect("/nowhere", headers={**headers, "cookie": cookie}),
    ):
        pytest.fail("it was opened")
    assert elsewhere.value.code != 1008


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://localhost", "localhost", True),
        ("http://localhost:80", "localhost", True),
        ("https://music.example", "music.example:443", True),
        ("https://music.example:444", "music.example", False),
        ("http://localhost.evil", "localhost", False),
        ("file://localhost", "localhost", False),
        ("null", "localhost", False),
        ("", "localhost", False),
    ],
)
def test_an_origin_is_ours_only_whole(origin, host, same) -> None:
    assert same_site(origin, host) is same


def test_every_name_is_let_in_only_where_that_is_set() -> None:
    assert Guard(None, allowed_hosts="*")._known("anything.example")
    assert not Guard(None)._known("anything.example")
