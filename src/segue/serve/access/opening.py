"""Whether the server may stand open: beyond this machine only with login, or told in words.

What was left from before is looked through at the start as well: sessions that have expired are
thrown away, and keys in names without an account are said, because they may have been made by
anybody while login was off.
"""

from __future__ import annotations

import ipaddress
import logging
from typing import TYPE_CHECKING

from segue.catalogue import accounts, keys, sessions
from segue.errors import BadRequestError, BusyError, UnavailableError

if TYPE_CHECKING:
    import socket

    from segue.catalogue.database import Database
    from segue.settings import Settings

_log = logging.getLogger(__name__)

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


def look_through(settings: Settings, database: Database) -> None:
    """Throw expired sessions away, and say which keys open a server with login all the same."""
    if not settings.login:
        return
    if not database.read_only:
        try:
            sessions.tidy(database)
        except (BusyError, UnavailableError) as error:
            _log.info("expired sessions are thrown away a little later: %s", error.what)
    if strays := keys.without_account(database):
        _log.warning(
            "%d of the keys that open this server are in the names of listeners without an account:"
            " whoever reached it while login was off could make them. See segue key list, and"
            " segue key revoke",
            len(strays),
        )


def _is_of_this_machine(host: str) -> bool:
    """Whether only programs of this machine reach an address."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
