"""Keys that are wrong, old or taken away, and keys that reach for more than they may."""

from __future__ import annotations

import time

import pytest

from segue.catalogue import keys


def made(guarded, **told):
    told = {"label": "test", "listener": "Ada", "scopes": {"write"}, **told}
    return keys.make(guarded.segue.database, **told)


@pytest.mark.parametrize(
    "secret", ["", "x", "segue_", "segue_" + "A" * 43, "x" * 10_000, "é", "Ada:a short sentence"]
)
def test_a_wrong_key_opens_nothing(guarded, secret) -> None:
    for name in ("authorization", "x-api-key"):
        value = f"Bearer {secret}" if name == "authorization" else secret
        headers = {name: value.encode("latin-1")}
        answer = guarded.program().get("/api/v1/tracks", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["type"].endswith("unknown-caller")
        assert len(secret) < 3 or secret not in answer.text


def test_a_revoked_key_opens_nothing_from_then_on(guarded) -> None:
    key, secret = made(guarded)
    program = guarded.program(secret)
    assert program.get("/api/v1/tracks").status_code == 200
    keys.revoke(guarded.segue.database, key.id)
    assert program.get("/api/v1/tracks").status_code == 401


def test_an_expired_key_opens_nothing(guarded, monkeypatch) -> None:
    _, secret = made(guarded, expires=time.time() + 60)
    program = guarded.program(secret)
    assert program.get("/api/v1/tracks").status_code == 200
    later = time.time() + 61
    monkeypatch.setattr(keys.time, "time", lambda: later)
    assert program.get("/api/v1/tracks").status_code == 401


def test_a_wrong_key_is_refused_where_nobody_needs_one(open_client) -> None:
    headers = {"authorization": "Bearer nothing"}
    assert open_client.get("/api/v1/tracks", headers=headers).status_code == 401
    assert open_client.get("/api/v1/tracks").status_code == 200


def test_a_key_in_an_address_does_not_count(guarded) -> None:
    _, secret = made(guarded)
    for name in ("api_key", "key", "apiKey", "token", "access_token"):
        answer = guarded.program().get("/api/v1/tracks", params={name: secret})
        assert answer.status_code == 401


def test_the_password_of_a_player_opens_no_api(guarded) -> None:
    _, secret = made(guarded, kind="app")
    answer = guarded.program(secret).get("/api/v1/tracks")
    assert answer.status_code == 401
    assert "player" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "/api/v1/tracks", "read"),
        ("POST", "/api/v1/mix", "read"),
        ("GET", "/tracks/x/audio", "listen"),
        ("PUT", "/api/v1/listeners/Ada/feedback/x", "listen"),
        ("POST", "/tracks/x/opinion", "listen"),
        ("POST", "/upload", "write"),
        ("POST", "/jobs/scan", "write"),
        ("POST", "/playlists", "write"),
        ("POST", "/api/v1/something-new", "write"),
    ],
)
def test_a_key_does_what_its_scope_covers_and_no_more(guarded, method, path, needed) -> None:
    for scope in keys.SCOPES:
        _, secret = made(guarded, scopes={scope})
        answer = guarded.program(secret).request(method, path)
        enough = keys.SCOPES.index(scope) >= keys.SCOPES.index(needed)
        assert (answer.status_code == 403) is not enough, answer.text
        assert answer.status_code != 401


def test_no_key_makes_another_or_reads_everything(guarded) -> None:
    _, secret = made(guarded)
    program = guarded.program(secret)
    asked = [("GET", "/account"), ("GET", "/account/export"), ("POST", "/account/keys")]
    asked += [("POST", "/account/forget"), ("POST", "/account/password"), ("POST", "/logout")]
    for method, path in asked:
        assert program.request(method, path).status_code == 403, path
    assert len(keys.of(guarded.segue.database)) == 1


def test_a_key_asks_in_one_name_alone(guarded) -> None:
    _, secret = made(guarded)
    program = guarded.program(secret)
    assert program.get("/api/v1/listeners/Ben/feedback").status_code == 403
    assert program.get("/api/v1/listeners/Ada/feedback").status_code == 200
    cookie = {"cookie": "listener=Ben"}
    assert "of <bdi>Ada</bdi>" in program.get("/favourites", headers=cookie).text


def test_a_key_that_asks_too_often_must_wait(guard) -> None:
    guarded = guard(requests_per_minute=3)
    _, secret = made(guarded)
    _, other = made(guarded)
    program = guarded.program(secret)
    # The minute may end in between, so as many again are enough in any case.
    codes = [program.get("/api/v1/tracks").status_code for _ in range(7)]
    assert codes[:3] == [200, 200, 200]
    assert 429 in codes[3:]
    answer = next(a for a in (program.get("/api/v1/tracks") for _ in range(7)) if a.is_error)
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.headers["content-type"] == "application/problem+json"
    assert guarded.program(other).get("/api/v1/tracks").status_code == 200


def test_no_two_keys_are_alike_and_none_can_be_guessed(guarded) -> None:
    made_here = [made(guarded)[1] for _ in range(50)]
    assert len(set(made_here)) == 50
    # 32 random bytes are 43 letters of base64.
    assert all(len(one.removeprefix("segue_")) == 43 for one in made_here)
    apps = [made(guarded, kind="app")[1] for _ in range(50)]
    assert len(set(apps)) == 50
    assert all(len(one) == 27 for one in apps)
