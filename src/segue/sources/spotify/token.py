"""The access token of an app: fetched when it is needed, and again shortly before it expires."""

from __future__ import annotations

import base64
import re
import threading
import time
from typing import TYPE_CHECKING

from segue.errors import UnavailableError
from segue.sources.spotify.calls import REFUSED_SECONDS, Calls, DeniedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

EARLY = 60.0
"""Seconds before it expires that a token is fetched anew; half its life where that is shorter."""

USUAL = 300.0
"""Seconds a token is taken to hold where its answer does not say: less than they ever do."""

_PLAIN = re.compile(r"[\x21-\x7e]{1,4096}")


class Token:
    """One app's token. Threads that need a new one at the same moment wait for one of them.

    Parameters
    ----------
    calls
        Asks the address.
    url
        Of the accounts service, without a path of ours.
    name, secret
        The app's id and secret.
    clock
        Seconds that only grow.
    """

    def __init__(
        self,
        calls: Calls,
        *,
        url: str,
        name: str,
        secret: SecretStr,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls, self._url, self._clock = calls, f"{url}/api/token", clock
        self._name, self._secret = name, secret
        self._lock = threading.Lock()
        self._held = ""
        self._until = 0.0

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
            if not self._held or self._clock() >= self._until:
                self._fetch()
            return self._held

    def refused(self, value: str) -> None:
        """Let go of a token that was refused, unless another has come meanwhile."""
        with self._lock:
            if self._held == value:
                self._held = ""

    def _fetch(self) -> None:
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
        known = isinstance(lasts, int | float) and not isinstance(lasts, bool) and lasts > 0
        seconds = float(lasts) if known else USUAL
        self._held = found
        self._until = self._clock() + seconds - min(EARLY, seconds / 2)
