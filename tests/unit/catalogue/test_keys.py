"""Keys of programs and app passwords of players."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.catalogue import keys
from segue.catalogue.database import open_database
from segue.catalogue.keys import SCOPES
from segue.errors import BadRequestError, NotFoundError


def made(db, **told):
    return keys.make(db, **{"label": "test", "listener": "Ada", "scopes": {"read"}, **told})


def test_a_key_is_known_by_its_secret_alone(db) -> None:
    key, secret = made(db, label="  a   telephone ")
    assert key.label == "a telephone"
    assert keys.known(db, secret) == key
    for wrong in ("", secret[:-1], secret + "x", secret.swapcase(), key.id, "x" * 10_000, "é"):
        assert keys.known(db, wrong) is None


@pytest.mark.parametrize(("asked", "given"), [({"read"}, 1), ({"listen"}, 2), ({"write"}, 3)])
def test_a_scope_brings_those_before_it(db, asked, given) -> None:
    key, secret = made(db, scopes=asked)
    assert key.scopes == frozenset(SCOPES[:given])
    assert keys.known(db, secret).scopes == key.scopes


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"scopes": set()}, "opens nothing"),
        ({"scopes": {"all"}}, "no scope 'all'"),
        ({"kind": "web"}, "no key of kind 'web'"),
        ({"label": "  "}, "1 to 100 characters"),
        ({"label": "x" * 101}, "1 to 100 characters"),
        ({"expires": 1.0}, "expired already"),
    ],
)
def test_what_makes_no_sense_makes_no_key(db, told, said) -> None:
    with pytest.raises(BadRequestError, match=said):
        made(db, **told)
    assert keys.of(db) == []


def test_a_key_opens_nothing_after_its_time(db, monkeypatch) -> None:
    key, secret = made(db, expires=time.time() + 10)
    made(db, kind="app", expires=time.time() + 10)
    assert keys.known(db, secret) is not None
    assert len(keys.app_secrets(db, "Ada")) == 1
    later = time.time() + 11
    monkeypatch.setattr(keys.time, "time", lambda: later)
    assert keys.known(db, secret) is None
    assert keys.app_secrets(db, "Ada") == []
    assert key.id in {one.id for one in keys.of(db)}


def test_a_revoked_key_is_gone(db) -> None:
    key, secret = made(db, kind="app")
    assert keys.revoke(db, key.id) == key
    assert keys.known(db, secret) is None
    assert keys.app_secrets(db, "Ada") == []
    assert keys.of(db) == []
    with pytest.raises(NotFoundError, match=f"no key '{key.id}'"):
        keys.revoke(db, key.id)


def test_app_passwords_can_be_read_back_and_keys_cannot(db) -> None:
    made(db)
    first = made(db, kind="app")
    made(db, kind="app", listener="Ben")
    assert keys.app_secrets(db, "Ada") == [first]
    assert keys.app_secrets(db, "Nobody") == []


def test_keys_are_listed_by_whose_they_are_the_newest_first(db, monkeypatch) -> None:
    clock = iter(range(2_000_000_000, 2_000_000_100))
    monkeypatch.setattr(keys.time, "time", lambda: float(next(clock)))
    one, other, owners = made(db), made(db, listener="Ben"), made(db, listener="")
    assert keys.of(db) == [owners[0], other[0], one[0]]
    assert keys.of(db, listener="Ben") == [other[0]]
    assert keys.of(db, listener="") == [owners[0]]
    assert keys.of(db, listener="Nobody") == []


def test_that_a_key_was_used_is_noted_and_not_each_time(db, monkeypatch) -> None:
    _, secret = made(db)
    now = time.time()
    for after, noted in [(10.0, 10.0), (20.0, 10.0), (4_000.0, 4_000.0)]:
        monkeypatch.setattr(keys.time, "time", lambda at=now + after: at)
        keys.known(db, secret)
        assert keys.of(db)[0].used == pytest.approx(now + noted)


def test_a_key_is_known_while_somebody_else_writes(db) -> None:
    _, secret = made(db)
    with (
        open_database(db.path, busy_seconds=0.01) as other,
        db.write() as connection,
    ):
        connection.exec_driver_sql("UPDATE meta SET value = value")
        assert keys.known(other, secret) is not None
    assert keys.of(db)[0].used is None
    assert keys.known(db, secret) is not None
    assert keys.of(db)[0].used is not None


@given(st.text(max_size=300))
def test_no_text_is_a_key_by_accident(text: str) -> None:
    assert len(keys._digest(text)) == 64
