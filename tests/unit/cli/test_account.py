"""``segue account`` and ``segue key``."""

from __future__ import annotations

import io

import pytest

from attacked import CHEAP
from segue.catalogue import accounts, keys, passwords, sessions
from segue.catalogue.database import open_database
from segue.cli import account
from segue.cli.main import run

WORDS = "words of a song"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Passwords of tests are kept and checked in no time."""
    monkeypatch.setattr(passwords, "TODAY", CHEAP)


@pytest.fixture
def database(tmp_path):
    return tmp_path / "segue.db"


@pytest.fixture
def typed(monkeypatch):
    """Hand lines over on stdin: `typed("a password")`."""

    def hand(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return hand


@pytest.fixture
def at_terminal(monkeypatch):
    """Type at a terminal, where nothing is shown: `at_terminal("one", "two")`."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def type_(*lines: str) -> None:
        left = iter(lines)
        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr(account.getpass, "getpass", lambda _: next(left))

    return type_


def test_an_account_from_its_first_day_to_its_last(database, ask, typed) -> None:
    typed(WORDS)
    made = ask("account", "add", "Ada", "--stdin", "--database", database)
    assert made["name"] == "Ada"
    with open_database(database) as db:
        assert accounts.check(db, "Ada", WORDS) is not None
        token = sessions.begin(db, "Ada")
    listed = ask("account", "list", "--database", database)
    assert [(one["name"], one["sessions"]) for one in listed["accounts"]] == [("Ada", 1)]
    typed("another sentence")
    ask("account", "password", "Ada", "--stdin", "--database", database)
    with open_database(database) as db:
        assert accounts.check(db, "Ada", "another sentence") is not None
        assert sessions.listener_of(db, token) is None
    ask("account", "remove", "Ada", "--database", database)
    assert ask("account", "list", "--database", database) == {"accounts": [], "count": 0}


def test_a_password_is_asked_for_twice_and_shown_nowhere(database, at_terminal, capsys) -> None:
    at_terminal(WORDS, WORDS)
    assert run(["account", "add", "Ada", "--database", str(database)]) == 0
    told = capsys.readouterr()
    assert WORDS not in told.out + told.err
    assert "Ada can sign in" in told.out
    assert "SEGUE_LOGIN=true" in told.out


@pytest.mark.parametrize("lines", [(WORDS, "words of a sonf"), ("short", "short")])
def test_a_password_that_is_wrong_makes_no_account(database, at_terminal, capsys, lines) -> None:
    at_terminal(*lines)
    assert run(["account", "add", "Ada", "--database", str(database)]) == 2
    assert WORDS not in capsys.readouterr().err
    with open_database(database) as db:
        assert accounts.everyone(db) == []


def test_without_a_terminal_stdin_must_be_named(database, typed, capsys) -> None:
    typed(WORDS)
    assert run(["account", "add", "Ada", "--database", str(database)]) == 2
    assert "--stdin" in capsys.readouterr().err


def test_nobody_is_changed_who_is_not_there(database, typed, capsys) -> None:
    open_database(database).close()
    for words in (["password", "Zed", "--stdin"], ["remove", "Zed"]):
        typed(WORDS)
        assert run(["account", *words, "--database", str(database)]) == 2
        assert "there is no account 'Zed'" in capsys.readouterr().err


def test_a_key_from_its_first_day_to_its_last(database, ask) -> None:
    made = ask("key", "make", "telephone", "--listener", "Ada", "--days", "30", "-d", database)
    assert made["scopes"] == ["listen", "read"]
    assert made["expires"] - made["made"] == pytest.approx(30 * 86_400, abs=60)
    with open_database(database) as db:
        assert keys.known(db, made["secret"]).id == made["id"]
    listed = ask("key", "list", "-d", database)
    assert [one["id"] for one in listed["keys"]] == [made["id"]]
    assert made["secret"] not in str(listed)
    assert ask("key", "list", "--listener", "Ben", "-d", database)["count"] == 0
    ask("key", "revoke", made["id"], "-d", database)
    with open_database(database) as db:
        assert keys.known(db, made["secret"]) is None


def test_an_app_password_is_made_for_a_player(database, ask) -> None:
    made = ask("key", "make", "player", "--kind", "app", "--scopes", "read,listen", "-d", database)
    assert made["kind"] == "app"
    assert made["listener"] == ""
    with open_database(database) as db:
        assert [secret for _, secret in keys.app_secrets(db, "")] == [made["secret"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["make", "x", "--scopes", "everything"], "no scope 'everything'"),
        (["make", "x", "--scopes", ""], "opens nothing"),
        (["make", "x", "--kind", "web"], "no key of kind 'web'"),
        (["make", "x", "--days", "0"], "cannot be valid for 0 days"),
        (["make", "x", "--days", "nan"], "cannot be valid for nan days"),
        (["make", " "], "1 to 100 characters"),
        (["revoke", "nothing"], "there is no key 'nothing'"),
    ],
)
def test_what_makes_no_sense_is_said(database, capsys, words, said) -> None:
    open_database(database).close()
    assert run(["key", *words, "--database", str(database)]) == 2
    assert said in capsys.readouterr().err


def test_what_is_listed_can_be_read(database, capsys, ask, typed) -> None:
    typed(WORDS)
    ask("account", "add", "Ada", "--stdin", "-d", database)
    ask("key", "make", "telephone", "-d", database)
    for words, said in [(["account", "list"], "Ada: since"), (["key", "list"], "telephone (api")]:
        assert run([*words, "--database", str(database)]) == 0
        assert said in capsys.readouterr().out
