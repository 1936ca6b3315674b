"""The access token of an app: fetched when it is needed, and again shortly before it expires.

It is kept in the cache, so that processes that share one share a token too.
"""

from __future__ import annotations

import base64
import re
import threading
from hashlib import sha256
from typing import TYPE_CHECKING

from segue.errors import UnavailableError
from segue.sources.spotify.calls import REFUSED_SECONDS, Calls, DeniedError

if TYPE_CHECKING:
    from pydantic import SecretStr

    from segue.caching import Cache

EARLY = 60.0
"""Seconds before it expires that a token is fetched anew; half its life where that is shorter."""

USUAL = 300.0
"""Seconds a token is taken to hold where its answer does not say: less than they ever do."""

LONGEST = 86_400.0
"""Seconds a token is taken to hold at most; Spotify's hold an hour."""

_PLAIN = re.compile(r"[\x21-\x7e]{1,4096}")


class Token:
    """One app's token. Threads that need a new one at the same moment wait for one of them.

    Parameters
    ----------
    calls
        Asks the address.
    cache
        Keeps the token.
    url
        Of the accounts service, without a path of ours.
    name, secret
        The app's id and secret.
    """

    def __init__(
        self, calls: Calls, *, cache: Cache, url: str, name: str, secret: SecretStr
    ) -> None:
        self._calls, self._cache, self._url = calls, cache, f"{url}/api/token"
        self._name, self._secret = name, secret
        self._lock = threading.Lock()
        whose = "\0".join((url, name, secret.get_secret_value()))
        self._key = f"spotify:token:{sha256(whose.encode()).hexdigest()}"

    def value(self) -> str:
        """A token that holds for a while yet.

        Raises
        ------
        DeniedError
            The id or the secret is refused; nothing is asked for a while then.
        UnavailableError
            None can be had now.
        """
        with self._lock:
            return self._held() or self._fetch()

    def refused(self, value: str) -> None:
        """Let go of a token that was refused, unless another has come meanwhile."""
        with self._lock:
            if self._held() == value:
                self._cache.forget(self._key)

    def _held(self) -> str:
        held = self._cache.get(self._key)
        found = held.decode("ascii", "replace") if isinstance(held, bytes) else ""
        return found if _PLAIN.fullmatch(found) else ""

    def _fetch(self) -> str:
        pair = f"{self._name}:{self._secret.get_secret_value()}".encode()
        basic = base64.b64encode(pair).decode("ascii")
        try:
            given = self._calls.json(
                self._url,
                headers={"Authorization": f"Basic {basic}"},
                form={"grant_type": "client_credentials"},
            )
        except DeniedError:
            self._calls.circuit.hold(REFUSED_SECONDS)
            raise
        found, lasts = given.get("access_token"), given.get("expires_in")
        if not isinstance(found, str) or not _PLAIN.fullmatch(found):
            raise UnavailableError("Spotify gives no access token", remedy="Try again later")
        seconds = USUAL
        if isinstance(lasts, int | float) and not isinstance(lasts, bool) and lasts > 0:
            seconds = min(float(lasts), LONGEST)
        kept = seconds - min(EARLY, seconds / 2)
        self._cache.put(self._key, found.encode("ascii"), seconds=kept)
        return found
