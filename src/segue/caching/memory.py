"""A cache within one process: bounded, and gone with it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from segue.caching.kept import Miss

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES = 64_000_000
"""Bytes of keys and values that are kept by default: about two thousand covers."""

MOST_ENTRIES = 100_000
"""Values that are kept by default, and counters."""


class MemoryCache:
    """Keeps what was asked for last.

    Parameters
    ----------
    most_bytes
        Keys (as UTF-8) and values together. A value that is larger by itself is not kept.
    most_entries
        Values; and as many counters, which take no part of `most_bytes`.
    clock
        Seconds that only grow.
    """

    def __init__(
        self,
        *,
        most_bytes: int = MOST_BYTES,
        most_entries: int = MOST_ENTRIES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_bytes, self._most_entries, self._clock = most_bytes, most_entries, clock
        self._lock = threading.Lock()
        self._values: OrderedDict[str, tuple[bytes | Miss, float]] = OrderedDict()
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._bytes = 0

    @property
    def size(self) -> tuple[int, int]:
        """How many values are held, and their bytes with those of their keys."""
        with self._lock:
            return len(self._values), self._bytes

    def get(self, key: str) -> bytes | Miss | None:
        """As `segue.caching.Cache.get`."""
        with self._lock:
            held = self._values.get(key)
            if held is None:
                return None
            value, until = held
            if until <= self._clock():
                self._drop(key)
                return None
            self._values.move_to_end(key)
            return value

    def put(self, key: str, value: bytes | Miss, *, seconds: float) -> None:
        """As `segue.caching.Cache.put`; makes room by what was not asked for the longest."""
        weight = _weight(key, value)
        with self._lock:
            self._drop(key)
            if seconds <= 0 or weight > self._most_bytes:
                return
            self._values[key] = (value, self._clock() + seconds)
            self._bytes += weight
            while self._bytes > self._most_bytes or len(self._values) > self._most_entries:
                self._drop(next(iter(self._values)))

    def forget(self, key: str) -> None:
        """As `segue.caching.Cache.forget`."""
        with self._lock:
            self._drop(key)

    def count(self, key: str, seconds: float) -> int:
        """As `segue.caching.Cache.count`."""
        with self._lock:
            now = self._clock()
            counted, until = self._counts.get(key, (0, 0.0))
            if not counted or until <= now:
                counted, until = 0, now + seconds
            self._counts[key] = (counted + 1, until)
            self._counts.move_to_end(key)
            if len(self._counts) > self._most_entries:
                self._counts.popitem(last=False)
            return counted + 1

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._values.clear()
            self._counts.clear()
            self._bytes = 0

    def close(self) -> None:
        """Let go of everything."""
        self.clear()

    def _drop(self, key: str) -> None:
        held = self._values.pop(key, None)
        if held is not None:
            self._bytes -= _weight(key, held[0])


def _weight(key: str, value: bytes | Miss) -> int:
    return len(key.encode("utf-8", "surrogatepass")) + (
        0 if isinstance(value, Miss) else len(value)
    )
