"""A server that would stand open to the network by an oversight."""

from __future__ import annotations

import socket

import pytest

from attacked import CHEAP
from segue.catalogue import accounts, keys, sessions
from segue.catalogue.database import open_database
from segue.cli.main import run
from segue.errors import BadRequestError
from segue.serve.access.opening import look_through, need_leave
from segue.serve.run import listening
from segue.settings import EVERYONE_MAY, Settings


class Bound:
    """A socket that says where it is bound to."""

    def __init__(self, host: str) -> None:
        self.host = host

    def getsockname(self):
        return (self.host, 8765)


def settings(**told) -> Settings:
    return Settings(_env_file=None, **told)


@pytest.fixture
def database(tmp_path):
    with open_database(tmp_path / "segue.db") as opened:
        yield opened


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "192.168.1.20", "10.0.0.1", "fe80::1%eth0", "203.0.113.5", "::2"],  # noqa: S104 (read, not bound)
)
def test_others_are_let_in_with_login_or_told_in_words(database, host) -> None:
    bound = Bound(host)
    with pytest.raises(BadRequestError, match="nobody would be asked") as refused:
        need_leave(settings(), database, bound=bound)
    for remedy in ("--host 127.0.0.1", "SEGUE_LOGIN=true", "segue account add", "everyone may"):
        assert remedy in str(refused.value)
    with pytest.raises(BadRequestError, match="no account to sign in with"):
        need_leave(settings(login=True), database, bound=bound)
    need_leave(settings(open_to_all=EVERYONE_MAY), database, bound=bound)
    accounts.add(database, "Ada", "a short sentence", cost=CHEAP)
    need_leave(settings(login=True), database, bound=bound)
    with pytest.raises(BadRequestError, match="nobody would be asked"):
        need_leave(settings(), database, bound=bound)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1"])
def test_this_machine_needs_neither(database, host) -> None:
    need_leave(settings(), database, bound=Bound(host))


@pytest.mark.parametrize("word", ["yes", "true", "1", "everyone", "nobody may", "EVERYONE MAY!"])
def test_no_other_word_opens_it(word) -> None:
    with pytest.raises(ValueError, match="everyone may"):
        settings(open_to_all=word)


def test_the_command_refuses_before_anything_is_served(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SEGUE_LOGIN", "SEGUE_OPEN_TO_ALL"):
        monkeypatch.delenv(name, raising=False)
    open_database(tmp_path / "segue.db").close()
    assert run(["serve", "--host", "0.0.0.0", "--port", "0"]) == 2  # noqa: S104 (tried)
    told = capsys.readouterr().err
    assert "nobody would be asked who they are" in told
    assert "SEGUE_OPEN_TO_ALL='everyone may'" in told


def test_a_real_socket_of_the_network_is_one(database) -> None:
    with listening("0.0.0.0", 0) as bound:  # noqa: S104 (tried)
        assert isinstance(bound, socket.socket)
        with pytest.raises(BadRequestError, match="others reach this server too"):
            need_leave(settings(), database, bound=bound)


def test_keys_made_while_nobody_was_asked_are_said_and_old_sessions_go(
    database, caplog, monkeypatch
) -> None:
    accounts.add(database, "Ada", "a short sentence", cost=CHEAP)
    keys.make(database, label="hers", listener="Ada", scopes={"read"})
    look_through(settings(login=True), database)
    assert caplog.records == []
    keys.make(database, label="anybody's", listener="Eve", scopes={"write"})
    sessions.begin(database, "Ada")
    monkeypatch.setattr(sessions, "LASTS", -1.0)
    sessions.begin(database, "Ada")
    look_through(settings(), database)
    assert caplog.records == []
    look_through(settings(login=True), database)
    assert "1 of the keys" in caplog.text
    assert "segue key revoke" in caplog.text
    # The one that had expired is gone, and no other.
    assert sessions.tidy(database) == 0
    assert sessions.count(database, "Ada") == 1
