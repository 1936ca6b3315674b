"""How often a password may be tried: the more were wrong, the longer the wait for the next.

Two counts stand against guessing: by name, whoever tries, and by address, whatever the name. The
first few tries are free, as people mistype; each further one doubles the wait. An attempt counts
from its beginning, so that many at once are no way around; one that was right clears its counts.
A name never waits longer than a minute: somebody who tries passwords for the name of another can
hinder them, and not shut them out.

What is remembered is bounded: the names and addresses that tried longest ago are forgotten first.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from segue.errors import TooOftenError

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 10_000
"""Names and addresses that are remembered."""

FORGOTTEN_AFTER = 3600.0
"""Seconds without a try after which a count begins anew."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many tries are free, and the longest wait after them, in seconds."""

    free: int
    longest: float


OF_NAME = Patience(free=5, longest=60.0)
OF_ADDRESS = Patience(free=20, longest=900.0)


class Throttle:
    """Counts tries; share it between threads.

    Parameters
    ----------
    clock
        Seconds that only grow.
    most
        Names and addresses that are remembered.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._lock = Lock()
        self._tried: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        """How many names and addresses are remembered."""
        return len(self._tried)

    def attempt(self, name: str, address: str) -> None:
        """Count a try.

        Raises
        ------
        TooOftenError
            It comes too soon, and does not count; with the seconds to wait.
        """
        now = self._clock()
        with self._lock:
            wait = max(self._wait(key, now) for key in _keys(name, address))
            if wait > 0:
                raise TooOftenError(
                    "too many passwords were tried",
                    remedy=f"Wait {wait:.0f} seconds and try again",
                    seconds=wait,
                )
            for key in _keys(name, address):
                tries, last = self._tried.pop(key, (0, now))
                stale = now - last > FORGOTTEN_AFTER
                self._tried[key] = (1 if stale else tries + 1, now)
            while len(self._tried) > self._most:
                self._tried.popitem(last=False)

    def right(self, name: str, address: str) -> None:
        """The last try was right: forget the wrong ones before it, of this name.

        The address keeps its count but for this try: whoever has one account must not be able to
        try the passwords of all others between two signings in.
        """
        of_name, of_address = _keys(name, address)
        with self._lock:
            self._tried.pop(of_name, None)
            tries, last = self._tried.get(of_address, (0, 0.0))
            if tries > 1:
                self._tried[of_address] = (tries - 1, last)
            else:
                self._tried.pop(of_address, None)

    def _wait(self, key: tuple[str, str], now: float) -> float:
        tries, last = self._tried.get(key, (0, now))
        patience = OF_NAME if key[0] == "name" else OF_ADDRESS
        if tries < patience.free or now - last > FORGOTTEN_AFTER:
            return 0.0
        # 2**20 seconds is longer than any longest wait, and no number that cannot be held.
        pause = min(patience.longest, 2.0 ** min(tries - patience.free, 20))
        return max(0.0, last + pause - now)


def _keys(name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("name", " ".join(name.split()).casefold()[:200]), ("address", _network(address))


def _network(address: str) -> str:
    """`address`, or the /64 that an IPv6 address is one of: whoever has one has all of it."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:  # a socket without an address
        return address[:200]
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(known), 64), strict=False))
    return str(getattr(known, "ipv4_mapped", None) or known)
