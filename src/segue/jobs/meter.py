"""How fast something goes, by what was done over the last seconds."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

_WINDOW_SECONDS = 20.0
_LEAST_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Pace:
    """Done a second, 0 while nothing can be said, and seconds until all is, None likewise."""

    rate: float = 0.0
    eta: float | None = None


class Meter:
    """Takes note of how far work has come, and says how fast that goes.

    Time counts from when the first part was done: until then workers were starting. Another total,
    or a count that falls back, means that another piece of work has begun.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._total: int | None = None

    def pace(self, done: int, total: int | None) -> Pace:
        """Note how far it is; the pace since the oldest note kept."""
        if total != self._total or (self._seen and done < self._seen[-1][1]):
            self._seen.clear()
            self._total = total
        if done == 0:
            return Pace()
        now = time.monotonic()
        self._seen.append((now, done))
        while now - self._seen[0][0] > _WINDOW_SECONDS and len(self._seen) > 2:
            self._seen.popleft()
        then, before = self._seen[0]
        if now - then <= _LEAST_SECONDS or done <= before:
            return Pace()
        rate = (done - before) / (now - then)
        return Pace(rate, None if total is None else max(0, total - done) / rate)
