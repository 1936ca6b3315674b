"""Which addresses of pictures are fetched: Spotify's own, and no other.

An answer names the addresses of its pictures. A service that was taken over, or a proxy that
pretends to be it, could name any, one of the network at home included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from urllib.parse import SplitResult

HOSTS = ("scdn.co", "spotifycdn.com")
"""Where Spotify keeps pictures: these hosts and all below them."""


def may_fetch(address: str, *, api: str) -> bool:
    """Whether a picture at an address is fetched.

    Parameters
    ----------
    address
        As an answer names it.
    api
        Address of the Web API; what stands in for it may give pictures itself.

    Returns
    -------
    bool
        Whether it is ``https`` at one of `HOSTS`, or at the very origin of `api`; without a user
        or a password, and at the usual port.
    """
    try:
        there, ours = urlsplit(address), urlsplit(api)
        host = (there.hostname or "").rstrip(".")
        if not host or there.username is not None or there.password is not None:
            return False
        if _origin(there) == _origin(ours):
            return True
        usual = there.port in {None, 443}
    except ValueError:
        return False
    below = any(host == one or host.endswith(f".{one}") for one in HOSTS)
    return there.scheme == "https" and usual and below


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or usual
