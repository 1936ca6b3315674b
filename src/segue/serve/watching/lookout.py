"""All that watches one application, put in its place around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.caching import cache_of
from segue.serve.watching.caches import CountedCache
from segue.serve.watching.meters import Meters
from segue.serve.watching.pulse import Pulse
from segue.serve.watching.readiness import Watch
from segue.serve.watching.requests import Watched
from segue.serve.watching.slow import tell_slow_queries
from segue.serve.watching.tracing import tracing_of

if TYPE_CHECKING:
    from fastapi import FastAPI

    from segue.library import Segue


class Lookout:
    """What watches an application, and the cache that it counts.

    Parameters
    ----------
    segue
        The open library.

    Attributes
    ----------
    cache
        The cache of the application; counts what it is asked.

    Raises
    ------
    BadRequestError, UnavailableError
        A setting names a cache or a collector that cannot be used.
    """

    def __init__(self, segue: Segue) -> None:
        self._meters = Meters()
        self._tracing = tracing_of(segue.settings)
        within = cache_of(segue.settings)
        self.cache = CountedCache(within, meters=self._meters)
        self._watch = Watch(segue, within)
        self._pulse = Pulse(segue, self._meters)
        tell_slow_queries(segue, self._meters)

    def surround(self, app: FastAPI) -> None:
        """Stand around everything: to be called when all other middleware is in its place."""
        app.state.meters, app.state.watch = self._meters, self._watch
        app.add_middleware(Watched, meters=self._meters, tracing=self._tracing)

    def start(self) -> None:
        """Begin to write down what changes without a request."""
        self._pulse.start()

    def stop(self) -> None:
        """End that, close the cache, and send what is still to be told."""
        self._pulse.stop()
        self.cache.close()
        if self._tracing is not None:
            self._tracing.close()
