"""In production a server refuses to start unsafe, and names all that is missing at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from attacked import CHEAP, PASSWORD
from segue.catalogue import accounts
from segue.catalogue.database import Database, open_database
from segue.cli.main import run
from segue.errors import BadRequestError
from segue.serve.production import need_safe
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAFE = {"production": True, "login": True, "allowed_hosts": "music.example"}


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A catalogue with an account."""
    with open_database(tmp_path_factory.mktemp("safe") / "x.db") as database:
        accounts.add(database, "Ada", PASSWORD, cost=CHEAP)
        yield database


def settings(**changed: Any) -> Settings:
    return Settings(_env_file=None, **{**SAFE, **changed})


def test_what_is_safe_starts(peopled: Database) -> None:
    need_safe(settings(), peopled)
    need_safe(settings(database="postgresql://segue:secret@db.example/segue"), peopled)
    need_safe(settings(cache_url="redis://localhost:6379/0"), peopled)


def test_outside_production_nothing_is_asked(tmp_path: Path) -> None:
    with open_database(tmp_path / "x.db") as database:
        need_safe(Settings(_env_file=None, allowed_hosts="*"), database)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"login": False}, "SEGUE_LOGIN is off"),
        ({"open_to_all": "everyone may"}, "SEGUE_OPEN_TO_ALL"),
        ({"allowed_hosts": " , "}, "SEGUE_ALLOWED_HOSTS names no host"),
        ({"allowed_hosts": "music.example,*"}, r"SEGUE_ALLOWED_HOSTS is \*"),
        ({"trusted_proxies": "*"}, r"SEGUE_TRUSTED_PROXIES is \*"),
        ({"database": "postgresql://segue@db.example/x"}, "SEGUE_DATABASE names db.example"),
        ({"cache_url": "redis://cache.example:6379"}, "SEGUE_CACHE_URL names cache.example"),
        ({"spotify_id": "x"}, "SEGUE_SPOTIFY_ID is set without SEGUE_SPOTIFY_SECRET"),
        ({"spotify_secret": SecretStr("x")}, "SEGUE_SPOTIFY_SECRET is set without SEGUE_SPOTIFY_"),
    ],
)
def test_each_thing_that_is_missing_is_named(
    peopled: Database, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadRequestError, match=said) as raised:
        need_safe(settings(**changed), peopled)
    assert "; " not in str(raised.value), "one thing is missing, and one is named"


def test_a_secret_that_the_driver_is_told_otherwise_is_not_missed(
    peopled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "secret")
    need_safe(settings(database="postgresql://segue@db.example/x"), peopled)


def test_the_command_refuses_and_names_all_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_database(tmp_path / "x.db").close()
    monkeypatch.setenv("SEGUE_PRODUCTION", "true")
    monkeypatch.setenv("SEGUE_LOGIN", "true")
    monkeypatch.setenv("SEGUE_TRUSTED_PROXIES", "*")
    code = run(["serve", "--port", "0", "--database", str(tmp_path / "x.db")])
    said = capsys.readouterr().err
    assert code == 2
    for name in ("no account", "SEGUE_ALLOWED_HOSTS", "SEGUE_TRUSTED_PROXIES"):
        assert name in said
