"""What every cache promises."""

from __future__ import annotations

from enum import Enum
from typing import Final, Protocol


class Miss(Enum):
    """That somebody was asked and has nothing: a value like any other."""

    MISS = "miss"


MISS: Final = Miss.MISS
"""The one value of `Miss`."""


class Cache(Protocol):
    """Values by key, each for a while. All of it may be called by several threads at once.

    No method fails because of where things are kept: what cannot be kept is lost.
    """

    def get(self, key: str) -> bytes | Miss | None:
        """What is kept under a key; None where nothing is, or no longer."""

    def put(self, key: str, value: bytes | Miss, *, seconds: float) -> None:
        """Keep a value, in place of what was there; with `seconds` of 0 or less, keep nothing."""

    def forget(self, key: str) -> None:
        """Let go of what is kept under a key, if anything."""

    def count(self, key: str, seconds: float) -> int:
        """Count one more under a key, and say how many there are, this one included.

        The first one opens a window of `seconds` (> 0); when it is over, counting begins anew.
        Counters and values do not meet: the same key names one of each. Where a cache loses
        something, a count may begin anew before its time.
        """

    def close(self) -> None:
        """Let go of connections; what is kept elsewhere stays there."""
