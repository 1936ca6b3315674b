"""Before strangers are let in: a server that is said to be in production refuses to start unsafe.

The setting ``production`` says so. Then everything is wanted at once that one person on one machine
does without, and all that is missing is named in one message, so that nobody has to start ten
times to find out.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from segue.catalogue import accounts
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.catalogue.database import Database
    from segue.settings import Settings

_HERE = frozenset({"", "localhost", "127.0.0.1", "::1"})
_PASSWORDS = ("PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGSSLCERT")
"""How PostgreSQL's own library is told a secret that does not stand in the address."""


def need_safe(settings: Settings, database: Database) -> None:
    """Refuse to serve in production mode where a secret or a limit is missing.

    Parameters
    ----------
    database
        The open catalogue, asked whether it has an account.

    Raises
    ------
    BadRequestError
        With all that is missing. Never where ``production`` is off.
    """
    if not settings.production:
        return
    lacking = [*_callers(settings, database), *_names(settings), *_secrets(settings)]
    if lacking:
        raise BadRequestError(
            f"SEGUE_PRODUCTION is on, and this is not fit for it: {'; '.join(lacking)}",
            remedy="Set what is named (docs/settings.md), or leave SEGUE_PRODUCTION off on a"
            " machine of your own",
        )


def _callers(settings: Settings, database: Database) -> Iterator[str]:
    """What keeps strangers out."""
    if not settings.login:
        yield "SEGUE_LOGIN is off, so nobody is asked who they are"
    elif not accounts.any_there(database):
        yield "there is no account to sign in with (segue account add NAME)"
    if settings.open_to_all:
        yield "SEGUE_OPEN_TO_ALL lets everybody do everything"


def _names(settings: Settings) -> Iterator[str]:
    """Whose word is taken."""
    names = {name.strip() for name in settings.allowed_hosts.split(",")} - {""}
    if not names:
        yield "SEGUE_ALLOWED_HOSTS names no host that people reach it by"
    elif "*" in names:
        yield "SEGUE_ALLOWED_HOSTS is *, so any site may go by the name of this one"
    if "*" in settings.trusted_proxies:
        yield "SEGUE_TRUSTED_PROXIES is *, so anybody may say whose address they have"


def _secrets(settings: Settings) -> Iterator[str]:
    """Passwords that other services should be asked with."""
    for name, address in (
        ("SEGUE_DATABASE", settings.database),
        ("SEGUE_CACHE_URL", settings.cache_url),
    ):
        if "://" not in address or address.startswith("sqlite"):
            continue
        parts = urlsplit(address)
        told = name == "SEGUE_DATABASE" and any(map(os.environ.get, _PASSWORDS))
        if (parts.hostname or "") not in _HERE and not parts.password and not told:
            yield f"{name} names {parts.hostname} and no password for it"
    if bool(settings.spotify_id) != bool(settings.spotify_secret.get_secret_value()):
        given, other = ("ID", "SECRET") if settings.spotify_id else ("SECRET", "ID")
        yield f"SEGUE_SPOTIFY_{given} is set without SEGUE_SPOTIFY_{other}"
