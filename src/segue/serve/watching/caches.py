"""A cache that counts how often it had what it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue.caching import Cache
    from segue.caching.kept import Miss
    from segue.serve.watching.meters import Meters


class CountedCache:
    """Everything another cache does, and a count of it.

    Parameters
    ----------
    within
        Keeps what is kept.
    meters
        Counts a ``hit`` where something was kept, also that nothing is to be had, and a ``miss``
        where nothing was.
    """

    def __init__(self, within: Cache, *, meters: Meters) -> None:
        self.within = within
        self._meters = meters

    def get(self, key: str) -> bytes | Miss | None:
        """As `segue.caching.Cache.get`."""
        found = self.within.get(key)
        self._meters.cache.labels("miss" if found is None else "hit").inc()
        return found

    def put(self, key: str, value: bytes | Miss, *, seconds: float) -> None:
        """As `segue.caching.Cache.put`."""
        self.within.put(key, value, seconds=seconds)

    def forget(self, key: str) -> None:
        """As `segue.caching.Cache.forget`."""
        self.within.forget(key)

    def count(self, key: str, seconds: float) -> int:
        """As `segue.caching.Cache.count`."""
        return self.within.count(key, seconds)

    def close(self) -> None:
        """As `segue.caching.Cache.close`."""
        self.within.close()
