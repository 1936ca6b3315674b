"""Accounts, their passwords, and browsers that are signed in to them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.catalogue import accounts, feedback, keys, passwords, personal, sessions, tracks
from segue.catalogue.passwords import TODAY, Cost
from segue.errors import BadRequestError, InternalError, NotFoundError
from segue.records import OutsideId, Play, PlaylistRecord, TrackRecord

CHEAP = Cost(n=2, r=8, p=1)
WORDS = "a short sentence"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """A name that nobody has is checked in no time either."""
    monkeypatch.setattr(passwords, "TODAY", CHEAP)


def test_a_password_opens_its_own_account_alone(db) -> None:
    made = accounts.add(db, "  Ada   Reed ", WORDS, cost=CHEAP)
    accounts.add(db, "Ben", "another sentence", cost=CHEAP)
    assert made.name == "Ada Reed"
    assert accounts.check(db, "Ada Reed", WORDS) == accounts.get(db, "Ada Reed")
    for name, word in [("Ben", WORDS), ("Ada Reed", "a short sentencE"), ("", WORDS), ("Zed", "")]:
        assert accounts.check(db, name, word) is None
    assert [one.name for one in accounts.everyone(db)] == ["Ada Reed", "Ben"]


def test_an_empty_catalogue_has_no_account(db) -> None:
    assert accounts.everyone(db) == []
    assert not accounts.any_there(db)
    assert accounts.check(db, "Ada", WORDS) is None
    with pytest.raises(NotFoundError, match="no account 'Ada'"):
        accounts.get(db, "Ada")


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_name_that_is_none_is_refused(db, name) -> None:
    with pytest.raises(BadRequestError, match="1 to 100 characters"):
        accounts.add(db, name, WORDS, cost=CHEAP)


@pytest.mark.parametrize("word", ["", "1234567", "x" * 1001])
def test_a_password_that_is_none_is_refused(db, word) -> None:
    with pytest.raises(BadRequestError, match="8 to 1000 characters"):
        accounts.add(db, "Ada", word, cost=CHEAP)
    assert not accounts.any_there(db)


def test_the_name_is_no_password(db) -> None:
    with pytest.raises(BadRequestError, match="is the name"):
        accounts.add(db, "Adalovelace", "adaLovelace", cost=CHEAP)


def test_a_name_has_one_account(db) -> None:
    accounts.add(db, "Ada", WORDS, cost=CHEAP)
    with pytest.raises(BadRequestError, match="there is an account 'Ada' already"):
        accounts.add(db, "Ada", "another sentence", cost=CHEAP)
    assert accounts.check(db, "Ada", WORDS) is not None


def test_a_listener_who_was_there_before_keeps_what_was_said(db) -> None:
    tracks.add(db, [TrackRecord(title="One", artists=("Somebody",))])
    track = next(iter(tracks.page(db, limit=1)))
    feedback.give(db, "Ada", track.id, "like")
    accounts.add(db, "Ada", WORDS, cost=CHEAP)
    accounts.remove(db, "Ada")
    assert len(feedback.of(db, "Ada")) == 1
    with pytest.raises(NotFoundError, match="no account 'Ada'"):
        accounts.remove(db, "Ada")


def test_another_password_ends_every_session(db) -> None:
    accounts.add(db, "Ada", WORDS, cost=CHEAP)
    tokens = [sessions.begin(db, "Ada") for _ in range(3)]
    accounts.change(db, "Ada", "another sentence", cost=CHEAP)
    assert [sessions.listener_of(db, one) for one in tokens] == [None] * 3
    assert accounts.check(db, "Ada", WORDS) is None
    assert accounts.check(db, "Ada", "another sentence") is not None
    with pytest.raises(NotFoundError, match="no account 'Ben'"):
        accounts.change(db, "Ben", "another sentence", cost=CHEAP)


def test_an_account_takes_its_sessions_and_keys_with_it(db) -> None:
    accounts.add(db, "Ada", WORDS, cost=CHEAP)
    token = sessions.begin(db, "Ada")
    _, secret = keys.make(db, label="test", listener="Ada", scopes={"read"})
    _, other = keys.make(db, label="test", listener="Ben", scopes={"read"})
    accounts.remove(db, "Ada")
    assert sessions.listener_of(db, token) is None
    assert keys.known(db, secret) is None
    assert keys.known(db, other) is not None


def test_a_session_ends_by_itself(db, monkeypatch) -> None:
    accounts.add(db, "Ada", WORDS, cost=CHEAP)
    token = sessions.begin(db, "Ada")
    assert sessions.listener_of(db, token) == "Ada"
    later = time.time() + sessions.LASTS + 1
    monkeypatch.setattr(sessions.time, "time", lambda: later)
    assert sessions.listener_of(db, token) is None
    assert sessions.count(db, "Ada") == 0


def test_a_session_is_ended_once(db) -> None:
    accounts.add(db, "Ada", WORDS, cost=CHEAP)
    token = sessions.begin(db, "Ada")
    assert sessions.end(db, token)
    assert not sessions.end(db, token)
    for nonsense in ("", "x", "x" * 10_000, "é"):
        assert sessions.listener_of(db, nonsense) is None
    with pytest.raises(NotFoundError, match="no account 'Zed'"):
        sessions.begin(db, "Zed")


def test_an_account_has_so_many_browsers_and_the_oldest_goes(db, monkeypatch) -> None:
    accounts.add(db, "Ada", WORDS, cost=CHEAP)
    monkeypatch.setattr(sessions, "MOST", 3)
    tokens = [sessions.begin(db, "Ada") for _ in range(5)]
    left = [sessions.listener_of(db, one) for one in tokens]
    assert left == [None, None, "Ada", "Ada", "Ada"]


@settings(max_examples=30)
@given(st.text(min_size=8, max_size=60), st.text(max_size=60))
def test_a_password_is_the_same_as_itself_alone(one: str, other: str) -> None:
    kept = passwords.keep(one, cost=CHEAP)
    assert passwords.same(kept, one)
    normal = {passwords.unicodedata.normalize("NFC", each) for each in (one, other)}
    assert passwords.same(kept, other) is (len(normal) == 1)
    assert one not in kept or len(one) < 20


def test_what_is_kept_says_how_it_was_made() -> None:
    kept, again = (passwords.keep(WORDS, cost=TODAY) for _ in range(2))
    assert kept.startswith("scrypt$n=16384,r=8,p=5$")
    assert kept != again
    # OWASP's equivalents of 2**17, 8, 1: what N gives up, p makes good.
    assert TODAY.n * TODAY.p >= 2**16
    assert 128 * TODAY.n * TODAY.r <= 32 * 2**20


def test_accents_may_be_composed_either_way() -> None:
    kept = passwords.keep("caf\u00e9 au lait", cost=CHEAP)
    assert passwords.same(kept, "cafe\u0301 au lait")


@pytest.mark.parametrize(
    "kept", ["", "plain", "md5$n=2,r=8,p=1$AA==$AA==", "scrypt$n=x,r=8,p=1$AA==$AA==", "a$b$c"]
)
def test_what_nobody_wrote_is_no_password(kept) -> None:
    with pytest.raises(InternalError, match="cannot be read"):
        passwords.same(kept, WORDS)


def test_all_that_is_known_is_told_and_can_be_forgotten(db) -> None:
    from segue.catalogue import history, judgements, playlists

    row = TrackRecord(title="One", artists=("Somebody",), outside_ids=(OutsideId("test", "1"),))
    tracks.add(db, [row])
    track = next(iter(tracks.page(db, limit=1)))
    feedback.give(db, "Ada", track.id, "like")
    feedback.give(db, "Ben", track.id, "dislike")
    history.add(db, [Play(listener=who, track=row, times=2, at=1e9) for who in ("Ada", "Ben")])
    drawn = judgements.Drawn("pair", "one", "two", track.id, track.id, track.id, "Ada")
    judgements.ask(db, drawn)
    hers = PlaylistRecord(
        outside_id=OutsideId("test", "9"), title="Hers", entries=(row,), listener="Ada"
    )
    playlists.add(db, [hers])
    _, secret = keys.make(db, label="telephone", listener="Ada", scopes={"read"}, kind="app")
    told = personal.everything(db, "Ada")
    assert [one["kind"] for one in told["opinions"]] == ["like"]
    assert [(one["title"], one["times"]) for one in told["plays"]] == [("One", 2)]
    assert len(told["judgements"]) == 1
    assert [one["title"] for one in told["playlists"]] == ["Hers"]
    assert [one["title"] for one in told["playlists"][0]["tracks"]] == ["One"]
    assert [one["label"] for one in told["keys"]] == ["telephone"]
    assert secret not in str(told)
    gone = personal.forget(db, "Ada")
    assert (gone.plays, gone.opinions, gone.judgements) == (1, 1, 1)
    left = personal.everything(db, "Ada")
    assert (left["plays"], left["opinions"], left["judgements"]) == ([], [], [])
    assert [one["title"] for one in left["playlists"]] == ["Hers"]
    others = personal.everything(db, "Ben")
    assert len(others["plays"]) == len(others["opinions"]) == 1


def test_nobody_is_known_of_whom_nothing_was_said(db) -> None:
    told = personal.everything(db, "Nobody")
    assert told["listener"] == "Nobody"
    assert not any(told[name] for name in ("plays", "opinions", "judgements", "playlists", "keys"))
    gone = personal.forget(db, "Nobody")
    assert (gone.plays, gone.opinions, gone.judgements) == (0, 0, 0)
