"""In production a server refuses to start unsafe, and names all that is missing at once."""

from __future__ import annotations

from ipaddress import ip_network
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

MAPPED = ip_network("::ffff:0:0/96")
"""Every IPv4 address as IPv6 has it; versions of Python write it in two ways."""
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
    need_safe(settings(queue_url=SecretStr("redis://:secret@cache.example")), peopled)
    need_safe(settings(queue_url=SecretStr("sqlite:////var/lib/segue/queue.db")), peopled)
    need_safe(settings(database="postgresql://segue@/segue?host=/cloudsql/p:r:i"), peopled)
    need_safe(settings(database="postgresql://segue@/x?host=localhost:5432"), peopled)
    need_safe(settings(database="postgresql://segue@/x?host=db&password=secret"), peopled)
    need_safe(settings(trusted_proxies="10.0.0.0/8, 169.254.0.0/16, fd00::/8, ::1"), peopled)


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
        ({"trusted_proxies": "10.1.2.3, 0.0.0.0/0"}, "SEGUE_TRUSTED_PROXIES is 0.0.0.0/0"),
        ({"trusted_proxies": "::/0"}, "SEGUE_TRUSTED_PROXIES is ::/0"),
        ({"trusted_proxies": "128.0.0.0/1"}, "SEGUE_TRUSTED_PROXIES is 128.0.0.0/1"),
        ({"trusted_proxies": "::ffff:0:0/96"}, f"SEGUE_TRUSTED_PROXIES is {MAPPED}"),
        ({"trusted_proxies": "2000::/3"}, "SEGUE_TRUSTED_PROXIES is 2000::/3"),
        ({"database": "postgresql://segue@db.example/x"}, "SEGUE_DATABASE names db.example"),
        ({"database": "postgresql://me@/x?host=db.example"}, "SEGUE_DATABASE names db.example"),
        ({"database": "postgresql://me@[::1]/x?host=db.example"}, "names db.example"),
        ({"database": "postgresql://me@/x?host=localhost,db.example:5"}, "names db.example:5"),
        ({"database": "postgresql://me@/x?hostaddr=192.0.2.7"}, "names 192.0.2.7"),
        ({"cache_url": "redis://cache.example:6379"}, "SEGUE_CACHE_URL names cache.example"),
        ({"queue_url": SecretStr("redis://q.example:6379")}, "SEGUE_QUEUE_URL names q.example"),
        ({"queue_url": SecretStr("postgresql://me@q.example/x")}, "QUEUE_URL names q.example"),
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


def test_a_host_that_the_driver_is_told_otherwise_is_seen(
    peopled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", "db.example")
    with pytest.raises(BadRequestError, match=r"SEGUE_DATABASE names db\.example"):
        need_safe(settings(database="postgresql://segue@/x"), peopled)


def test_a_password_of_the_database_is_none_for_redis(
    peopled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "secret")
    with pytest.raises(BadRequestError, match="SEGUE_QUEUE_URL names q"):
        need_safe(settings(queue_url=SecretStr("redis://q.example")), peopled)


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
