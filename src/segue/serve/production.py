"""Before strangers are let in: a server that is said to be in production refuses to start unsafe.

The setting ``production`` says so. Then everything is wanted at once that one person on one machine
does without, and all that is missing is named in one message, so that nobody has to start ten
times to find out.
"""

from __future__ import annotations

import os
from ipaddress import IPv4Network, ip_network
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from segue.catalogue import accounts
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv6Network

    from segue.catalogue.database import Database
    from segue.settings import Settings

_HERE = frozenset({"", "localhost", "127.0.0.1", "::1"})
_PASSWORDS = ("PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGSSLCERT")
"""How PostgreSQL's own library is told a secret that does not stand in the address."""

_PROVEN = ("password", "passfile", "service", "sslcert")
"""The same where the address tells it behind its question mark."""

_WIDEST = {4: 8, 6: 16}
"""Bits of the widest network that may hold proxies: 10.0.0.0/8 is the largest that anybody has."""

_MAPPED = ip_network("::ffff:0:0/96")
"""IPv4 as a server sees it that listens on an IPv6 address."""


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
    for name in filter(None, (one.strip() for one in settings.trusted_proxies.split(","))):
        if name == "*" or _anybody(ip_network(name)):
            yield (
                f"SEGUE_TRUSTED_PROXIES is {name}, so anybody may say whose address they have"
                " (name the address of your proxy)"
            )


def _anybody(network: IPv4Network | IPv6Network) -> bool:
    """Whether a network is wider than one that somebody has for himself."""
    if isinstance(network, IPv4Network):
        return network.prefixlen < _WIDEST[4]
    if network.overlaps(_MAPPED):
        return network.prefixlen < _MAPPED.prefixlen + _WIDEST[4]
    return network.prefixlen < _WIDEST[6] and not network.is_private


def _secrets(settings: Settings) -> Iterator[str]:
    """Passwords that other services should be asked with."""
    for name, address in (
        ("SEGUE_DATABASE", settings.database),
        ("SEGUE_CACHE_URL", settings.cache_url),
        ("SEGUE_QUEUE_URL", settings.queue_url.get_secret_value()),
    ):
        if "://" not in address or address.startswith("sqlite"):
            continue
        strangers = [host for host in _hosts(address) if not _here(host)]
        if strangers and not _proven(address):
            yield (
                f"{name} names {strangers[0]} and no password for it"
                " (write it as NAME:PASSWORD@ in front of the host)"
            )
    if bool(settings.spotify_id) != bool(settings.spotify_secret.get_secret_value()):
        given, other = ("ID", "SECRET") if settings.spotify_id else ("SECRET", "ID")
        yield f"SEGUE_SPOTIFY_{given} is set without SEGUE_SPOTIFY_{other}"


def _hosts(address: str) -> Iterator[str]:
    """Every host that a driver may be sent to: by the address, what it asks, or around it."""
    parts = urlsplit(address)
    asked = parse_qs(parts.query)
    named = [parts.hostname or "", *asked.get("host", ()), *asked.get("hostaddr", ())]
    if not any(named) and _of_postgres(address):
        named = [os.environ.get(name, "") for name in ("PGHOST", "PGHOSTADDR")]
    for one in named:
        yield from one.split(",")


def _here(host: str) -> bool:
    """Whether a host is this machine: its loopback, or a socket in a folder."""
    name, colon, port = host.strip().casefold().rpartition(":")
    plain = name if colon and port.isdecimal() and ":" not in name else host.strip().casefold()
    return plain in _HERE or plain.startswith(("/", "@"))


def _proven(address: str) -> bool:
    """Whether whoever is asked there is told a secret."""
    parts = urlsplit(address)
    if parts.password or any(map(parse_qs(parts.query).get, _PROVEN)):
        return True
    return _of_postgres(address) and any(map(os.environ.get, _PASSWORDS))


def _of_postgres(address: str) -> bool:
    return urlsplit(address).scheme.partition("+")[0] in {"postgresql", "postgres"}
