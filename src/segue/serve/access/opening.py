"""Whether the server may stand open: beyond this machine only with login, or told in words."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from segue.catalogue import accounts
from segue.errors import BadRequestError

if TYPE_CHECKING:
    import socket

    from segue.catalogue.database import Database
    from segue.settings import Settings

_REMEDIES = (
    "Any of three: listen on this machine alone (--host 127.0.0.1); turn login on"
    " (SEGUE_LOGIN=true, and segue account add NAME); or say in words that whoever reaches it may"
    " do everything (SEGUE_OPEN_TO_ALL='everyone may')"
)


def need_leave(settings: Settings, database: Database, *, bound: socket.socket) -> None:
    """Refuse to serve those beyond this machine where nobody would be asked who they are.

    Parameters
    ----------
    bound
        The socket the server would listen on.

    Raises
    ------
    BadRequestError
        The socket can be reached from elsewhere, and there is no login, or no account to sign in
        with, and nobody said that everyone may.
    """
    host = str(bound.getsockname()[0])
    if _is_of_this_machine(host) or settings.open_to_all:
        return
    if not settings.login:
        raise BadRequestError(
            f"at {host} others reach this server too, and nobody would be asked who they are",
            remedy=_REMEDIES,
        )
    if not accounts.any_there(database):
        raise BadRequestError(
            f"at {host} others reach this server too, and there is no account to sign in with",
            remedy=_REMEDIES,
        )


def _is_of_this_machine(host: str) -> bool:
    """Whether only programs of this machine reach an address."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
