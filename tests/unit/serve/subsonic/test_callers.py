"""Who gets in, by which way, and what they may do there."""

from __future__ import annotations

import hashlib
import logging
import time

import pytest
from starlette.testclient import TestClient

from segue.catalogue import keys
from segue.library import Segue
from segue.serve.access.rates import Rates
from segue.serve.app import create_app
from segue.serve.subsonic import answering
from segue.settings import Settings

from .conftest import xml

_CLIENTS: dict[int, TestClient] = {}


def client_of(segue: Segue) -> TestClient:
    """A client of an application over a library, the same for the same."""
    if id(segue) not in _CLIENTS:
        _CLIENTS[id(segue)] = TestClient(create_app(segue), base_url="http://localhost")
    return _CLIENTS[id(segue)]


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    """An empty catalogue that asks who comes in; tests add keys of their own to it."""
    settings = Settings(_env_file=None, login=True)
    with Segue.open(tmp_path_factory.mktemp("locked") / "segue.db", settings=settings) as segue:
        yield segue


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """An empty catalogue that asks nobody."""
    folder = tmp_path_factory.mktemp("opened")
    with Segue.open(folder / "segue.db", settings=Settings(_env_file=None)) as segue:
        yield segue


def made(segue: Segue, listener: str = "ada", **more: object) -> tuple[keys.Key, str]:
    asked = {"label": "phone", "listener": listener, "scopes": ("listen",), "kind": "app", **more}
    return keys.make(segue.database, **asked)


def told(client: TestClient, name: str = "ping", /, **sent: object) -> dict:
    answer = client.get(f"/rest/{name}", params={"f": "json", **sent})
    assert answer.status_code == 200, answer.text
    return answer.json()["subsonic-response"]


def code(answer: dict) -> int | None:
    return None if answer["status"] == "ok" else answer["error"]["code"]


def token(secret: str, salt: str = "c19b2d") -> dict[str, str]:
    return {
        "t": hashlib.md5((secret + salt).encode(), usedforsecurity=False).hexdigest(),
        "s": salt,
    }


def test_every_way_in(locked) -> None:
    client = client_of(locked)
    _, secret = made(locked)
    _, key = made(locked, kind="api")
    ways = [
        {"apiKey": key},
        {"apiKey": secret},
        {"u": "ada", "p": secret},
        {"u": "ada", "p": "enc:" + secret.encode().hex()},
        {"u": " ada ", **token(secret)},
        {"u": "ada", "t": token(secret)["t"].upper(), "s": "c19b2d"},
    ]
    assert [code(told(client, **way)) for way in ways] == [None] * len(ways)


def test_a_key_that_proves_itself_by_a_digest_is_noted_as_used(locked) -> None:
    key, secret = made(locked, "eve")
    assert code(told(client_of(locked), u="eve", **token(secret))) is None
    (known,) = keys.of(locked.database, listener="eve")
    assert known.id == key.id
    assert known.used is not None


def test_the_owner_has_a_name_for_players(locked) -> None:
    client = client_of(locked)
    _, secret = made(locked, "")
    assert code(told(client, u="owner", **token(secret))) is None
    assert code(told(client, u="owner", p=secret)) is None
    assert code(told(client, u="ada", p=secret)) == 40
    assert told(client, "tokenInfo", apiKey=secret)["tokenInfo"] == {"username": "owner"}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, 10),
        ({"p": "x"}, 10),
        ({"u": "ada"}, 10),
        ({"u": "ada", "t": "00"}, 10),
        ({"u": "ada", "s": "00"}, 10),
        ({"u": "ada", "p": "wrong"}, 40),
        ({"u": "nobody", "p": "wrong"}, 40),
        ({"u": "ada", "p": "enc:zz"}, 40),
        ({"u": "ada", "p": "enc:ff"}, 40),
        ({"u": "ada", "t": "0" * 32, "s": "salt"}, 40),
        ({"u": "ada", "t": "é", "s": ""}, 40),
        ({"u": "ada", "p": "x", "t": "0", "s": "1"}, 43),
        ({"u": "ada", "apiKey": "x"}, 43),
        ({"apiKey": "x", "t": "0", "s": "1"}, 43),
        ({"apiKey": "nothing"}, 44),
        ({"apiKey": ""}, 44),
        ({"apiKey": "x" * 5_000}, 44),
    ],
)
def test_wrong_ways_in(locked, sent, expected) -> None:
    made(locked)
    assert code(told(client_of(locked), **sent)) == expected


def test_the_name_and_the_password_must_belong_together(locked) -> None:
    _, adas = made(locked)
    _, bens = made(locked, "ben")
    client = client_of(locked)
    assert code(told(client, u="ada", p=bens)) == 40
    assert code(told(client, u="ben", **token(adas))) == 40
    assert code(told(client, u="ben", **token(bens))) is None


def test_a_key_of_the_api_is_no_password(locked) -> None:
    _, key = made(locked, kind="api")
    client = client_of(locked)
    assert code(told(client, u="ada", p=key)) == 42
    assert code(told(client, u="ada", **token(key))) == 40


def test_what_is_revoked_or_expired_opens_nothing(locked) -> None:
    client = client_of(locked)
    kept, secret = made(locked)
    assert code(told(client, u="ada", **token(secret))) is None
    keys.revoke(locked.database, kept.id)
    assert code(told(client, u="ada", **token(secret))) == 40
    assert code(told(client, u="ada", p=secret)) == 40
    assert code(told(client, apiKey=secret)) == 44
    _, short = made(locked, expires=time.time() + 0.2)
    end = time.monotonic() + 30
    while code(told(client, u="ada", **token(short))) is None:
        assert time.monotonic() < end
    assert code(told(client, apiKey=short)) == 44


def test_scopes(locked) -> None:
    client = client_of(locked)
    _, reads = made(locked, kind="api", scopes=("read",))
    _, listens = made(locked, kind="api", scopes=("listen",))
    _, writes = made(locked, kind="api", scopes=("write",))
    for name, least in (("stream", 1), ("star", 1), ("scrobble", 1), ("createPlaylist", 2)):
        codes = [code(told(client, name, apiKey=key)) for key in (reads, listens, writes)]
        assert [each == 50 for each in codes] == [place < least for place in range(3)], name
    assert code(told(client, "startScan", apiKey=listens)) == 50


def test_an_open_server_lets_anybody_look_and_nobody_change(opened) -> None:
    client = client_of(opened)
    assert code(told(client)) is None
    assert code(told(client, "stream", id="tnone")) == 70
    for name in ("star", "unstar", "scrobble", "createPlaylist", "deletePlaylist", "startScan"):
        assert code(told(client, name, id="t", name="x")) == 50
    assert not told(client, "getUser", username="owner")["user"]["scrobblingEnabled"]
    # What is sent must be right, also where it is not needed.
    assert code(told(client, u="owner", p="wrong")) == 40
    _, secret = made(opened, "", scopes=("write",))
    assert code(told(client, "createPlaylist", u="owner", p=secret, name="Made")) is None


def test_a_session_of_the_pages_opens_nothing_here(opened) -> None:
    answer = client_of(opened).get(
        "/rest/createPlaylist",
        params={"name": "from elsewhere", "f": "json"},
        headers={"cookie": "listener=ada"},
    )
    assert code(answer.json()["subsonic-response"]) == 50


def test_what_can_be_asked_is_said_without_asking_who(locked) -> None:
    answer = told(client_of(locked), "getOpenSubsonicExtensions")
    assert {each["name"] for each in answer["openSubsonicExtensions"]} >= {"sonicSimilarity"}


def test_nothing_of_it_is_written_down(locked, caplog, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("nobody foresaw this")

    _, secret = made(locked)
    salted = token(secret, "saltsalt")
    client = client_of(locked)
    caplog.set_level(logging.DEBUG)
    told(client, u="ada", p=secret)
    told(client, u="ada", p="mistyped-password")
    told(client, u="ada", **salted)
    told(client, apiKey="mistyped-key")
    monkeypatch.setattr(answering, "need_leave", broken)
    answer = told(client, u="ada", **salted)
    assert code(answer) == 0
    assert "reference" in answer["error"]["message"]
    # What the client says of itself is not ours.
    ours = [each for each in caplog.records if not each.name.startswith(("httpx", "httpcore"))]
    said = "\n".join(caplog.handler.format(each) for each in ours)
    assert "nobody foresaw" in said
    for part in (secret, "mistyped", salted["t"], "saltsalt", "/rest/ping?"):
        assert part not in said


def test_a_refusal_is_xml_unless_json_is_asked_for(locked) -> None:
    client = client_of(locked)
    answer = client.get("/rest/ping.view")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml"
    assert answer.headers["cache-control"] == "private, no-store"
    assert xml(answer.content)[0].attrib["code"] == "10"
    refused = client.get("/rest/ping", params={"f": "jsonp", "callback": "alert"})
    assert "alert" not in refused.text
    assert xml(refused.content)[0].attrib["code"] == "0"


def test_a_player_asks_no_more_often_than_a_key_may(tmp_path) -> None:
    settings = Settings(_env_file=None, login=True, requests_per_minute=2)
    with Segue.open(tmp_path / "segue.db", settings=settings) as segue:
        app = create_app(segue)
        # Within one minute of the clock, whenever the test runs.
        app.state.rates = Rates(app.state.cache, per_minute=2, clock=lambda: 1_000.0)
        client = TestClient(app, base_url="http://localhost")
        _, secret = made(segue)
        answers = [told(client, "getMusicFolders", apiKey=secret) for _ in range(3)]
    assert [each["status"] for each in answers] == ["ok", "ok", "failed"]
    assert "more often than it may" in answers[2]["error"]["message"]
