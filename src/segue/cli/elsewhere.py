"""Checks of `segue doctor` on services elsewhere: asked only where they are set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.errors import SegueError

if TYPE_CHECKING:
    from segue.cli.doctor import Check
    from segue.settings import Settings


def kept(settings: Settings) -> Check:
    """Whether the Redis that is set answers."""
    from segue.caching import cache_of
    from segue.caching.distant import RedisCache
    from segue.cli.doctor import Check

    try:
        cache = cache_of(settings)
    except SegueError as error:
        return Check("redis", "fail", error.what, error.remedy)
    if not isinstance(cache, RedisCache):
        return Check("redis", "ok", "none is set: answers of services are kept in memory")
    try:
        cache.check()
    except SegueError as error:
        return Check("redis", "warn", f"{error.where}: {error.what}", error.remedy)
    finally:
        cache.close()
    return Check("redis", "ok", f"{cache.where} answers")


def spotify(settings: Settings) -> Check:
    """Whether Spotify takes the app's credentials, where these are set."""
    from segue.caching.memory import MemoryCache
    from segue.cli.doctor import Check
    from segue.sources.spotify import HASTY, Spotify, configured

    if not configured(settings):
        half = bool(settings.spotify_id) or bool(settings.spotify_secret.get_secret_value())
        if half:
            missing = "SEGUE_SPOTIFY_SECRET" if settings.spotify_id else "SEGUE_SPOTIFY_ID"
            return Check("spotify", "warn", f"off: {missing} is not set", "Set both, or neither")
        return Check("spotify", "ok", "not set up: nothing is asked of it")
    asked = Spotify(settings, cache=MemoryCache(), manners=HASTY)
    try:
        asked.check()
    except SegueError as error:
        return Check("spotify", "warn", f"{error.where}: {error.what}", error.remedy)
    finally:
        asked.close()
    return Check("spotify", "ok", "it takes the app's id and secret")
