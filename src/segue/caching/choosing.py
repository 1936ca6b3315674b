"""Which cache the setting ``cache_url`` means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.caching.kept import Cache
    from segue.settings import Settings


def cache_of(settings: Settings) -> Cache:
    """A cache of its own: in memory, or in the Redis that ``cache_url`` names.

    Redis need not be there: memory takes over until it is.

    Raises
    ------
    BadRequestError
        The setting is neither empty nor an address of a Redis server.
    UnavailableError
        The extra ``segue[redis]`` is not installed.
    """
    url = settings.cache_url.strip()
    if not url:
        from segue.caching.memory import MemoryCache

        return MemoryCache()
    scheme, slashes, rest = url.partition("://")
    if not slashes or scheme not in {"redis", "rediss"} or not rest:
        # Not repeated whole: it may hold a password.
        raise BadRequestError(
            f"the setting SEGUE_CACHE_URL begins with {url.partition(':')[0][:20]!r}, which is no "
            "cache that Segue knows",
            remedy="Leave it empty for memory, or name a Redis server: redis://localhost:6379/0",
        )
    from segue.caching.distant import RedisCache

    return RedisCache(url)
