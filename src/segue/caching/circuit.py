"""A circuit breaker: who failed several times in a row is left alone for a while.

It is **closed** while calls go through. `failures` in a row **open** it: for `seconds` nobody asks.
Then one caller is let through (it is **half open**); its success closes the circuit, its failure
opens it again. A caller that was let through and never tells how it went (its thread died) holds
nobody up for longer than another `seconds`. Apart from all that it can be **held** open for as
long as the one who is asked wishes.

After M. Nygard, *Release It!*, 2007, "Circuit Breaker".
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Circuit:
    """Whether to ask; told by everybody who did how it went. Safe among threads.

    Parameters
    ----------
    failures
        How many in a row open it, 1 or more.
    seconds
        For how long it then stays open.
    clock
        Seconds that only grow.
    """

    def __init__(
        self, *, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._failures, self._seconds, self._clock = failures, seconds, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._closed = True
        self._again = 0.0
        self._held = 0.0

    @property
    def closed(self) -> bool:
        """Whether those asked last did not fail so often."""
        return self._closed

    @property
    def left(self) -> float:
        """Seconds until somebody may ask; 0 where that is now."""
        with self._lock:
            until = self._held if self._closed else max(self._held, self._again)
            return max(0.0, until - self._clock())

    def lets_through(self) -> bool:
        """Whether the caller may ask now; who may, tells `succeeded` or `failed` afterwards."""
        with self._lock:
            now = self._clock()
            if now < self._held:
                return False
            if self._closed:
                return True
            if now < self._again:
                return False
            self._again = now + self._seconds
            return True

    def succeeded(self) -> None:
        """It went well: the circuit closes."""
        with self._lock:
            self._failed = 0
            self._closed = True

    def failed(self) -> bool:
        """It failed; whether this one opened a circuit that was closed."""
        with self._lock:
            self._failed += 1
            if self._closed and self._failed < self._failures:
                return False
            opened = self._closed
            self._closed = False
            self._again = self._clock() + self._seconds
            return opened

    def hold(self, seconds: float) -> None:
        """Let nobody through for so many seconds."""
        with self._lock:
            self._held = max(self._held, self._clock() + seconds)
