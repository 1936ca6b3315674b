"""What a server counts: requests, how long they took, how often a cache had what was asked for.

Where several processes answer on one socket, each asks of another would see other numbers. They
add up instead: every process writes its own into a file of a folder that they share (the
multiprocess mode of the Prometheus client), and whichever is asked reads all. The folder is named
by ``PROMETHEUS_MULTIPROC_DIR``, which `segue.serve.processes` sets before it starts them. What a
process alone can say (the epoch its engine is of, its memory) is told once for each, by its number.

A route is named by its pattern, never by an address.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.metrics_core import Metric
    from prometheus_client.registry import Collector
    from starlette.types import Scope

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable with the folder in which processes add up their numbers."""

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the classes that times are counted in."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

NOWHERE = "(no route)"
"""What requests are counted under that no route answers, or that were refused before one."""


class Meters:
    """The counters of one application.

    Attributes
    ----------
    requests
        Requests by method, route and status.
    seconds
        Seconds until an answer began, by route; streams go on after that.
    under_way
        Requests that are being answered.
    cache
        Questions to the cache, by ``hit`` and ``miss``.
    slow
        Statements and transactions that took longer than the setting `slow_query_ms`.
    engine_epoch, engine_since
        The epoch that a process answers from, and when it began to, seconds since 1970.
    memory
        Bytes a process holds in memory, those it shares with others included.
    connections
        Connections to the catalogue that are in use.
    """

    def __init__(self) -> None:
        own = self._own = CollectorRegistry()
        self.shared = bool(os.environ.get(FOLDER))
        self.requests = Counter(
            "segue_requests", "Requests answered.", ("method", "route", "status"), registry=own
        )
        self.seconds = Histogram(
            "segue_request_seconds",
            "Seconds until an answer began.",
            ("route",),
            buckets=SECONDS,
            registry=own,
        )
        self.under_way = _gauge(
            "segue_requests_under_way", "Requests being answered.", "livesum", own
        )
        self.cache = Counter(
            "segue_cache_lookups", "Questions to the cache.", ("found",), registry=own
        )
        self.slow = Counter("segue_slow_queries", "Statements that took too long.", registry=own)
        self.engine_epoch = _gauge("segue_engine_epoch", "Epoch of the answers.", "liveall", own)
        self.engine_since = _gauge(
            "segue_engine_since_seconds", "When this engine began to answer.", "liveall", own
        )
        self.memory = _gauge("segue_memory_bytes", "Memory of a process.", "liveall", own)
        self.connections = _gauge(
            "segue_catalogue_connections_used", "Connections in use.", "livesum", own
        )
        if not self.shared:
            ProcessCollector(registry=own)

    def collect(self, *more: Collector) -> Iterator[Metric]:
        """Every number, those of all processes where there are several, and of `more`."""
        own: Collector = _Shared() if self.shared else self._own
        for collector in (own, *more):
            yield from collector.collect()

    def text(self, *more: Collector) -> bytes:
        """All of it in the text format of Prometheus."""
        return generate_latest(_Collected(list(self.collect(*more))))


class _Collected(CollectorRegistry):
    """A registry of what was collected already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        super().__init__()
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """Give it again."""
        yield from self._metrics


def _Shared() -> MultiProcessCollector:  # noqa: N802 (stands for a class)
    return MultiProcessCollector(CollectorRegistry())  # type: ignore[no-untyped-call]


def _gauge(name: str, said: str, mode: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(name, said, registry=registry, multiprocess_mode=mode)  # type: ignore[arg-type]


def route_of(scope: Scope) -> str:
    """The pattern of the route that answered a request, below the base path; files as one."""
    pattern = getattr(scope.get("route"), "path", None)
    if isinstance(pattern, str) and pattern:
        return pattern
    return "/static" if isinstance(scope.get("endpoint"), StaticFiles) else NOWHERE
