"""How often a key may ask: so many requests in a minute of the clock.

The count is kept where other answers are (`segue.caching`): in this process, or in Redis, where
all processes that serve one catalogue count together.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from segue.errors import TooOftenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.caching import Cache

_MINUTE = 60.0


class Rates:
    """Counts requests by key; share it between threads.

    Parameters
    ----------
    cache
        Holds the counts.
    per_minute
        Most requests of a key in a minute; 0 is any number.
    clock
        Seconds since 1970.
    """

    def __init__(
        self, cache: Cache, *, per_minute: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._cache = cache
        self._per_minute = per_minute
        self._clock = clock

    @property
    def bounded(self) -> bool:
        """Whether there is anything to count for."""
        return self._per_minute > 0

    def take(self, key: str) -> float:
        """Count a request of the key called `key`; 0 where it may be answered.

        Returns
        -------
        float
            Else the seconds until the next minute begins, above 0.
        """
        if not self.bounded:
            return 0.0
        minute, into = divmod(self._clock(), _MINUTE)
        came = self._cache.count(f"rate:{key}:{minute:.0f}", _MINUTE)
        return 0.0 if came <= self._per_minute else _MINUTE - into

    def need(self, key: str) -> None:
        """Count a request of the key called `key`.

        Raises
        ------
        TooOftenError
            It asks more often than it may; with the seconds to wait.
        """
        if wait := self.take(key):
            raise TooOftenError(
                "this key asks more often than it may",
                remedy=f"Wait {wait:.0f} seconds",
                seconds=wait,
            )
