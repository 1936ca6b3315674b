"""A cache in Redis, which several processes share, and one in memory for when Redis is away.

No call fails because of Redis. One that does not answer within `ANSWER` seconds, or answers that
something is wrong, opens a circuit: memory takes over at once, the log says so once, and after
`AGAIN` seconds one call tries Redis again. When it is back, that is said too, and what was kept in
memory meanwhile is dropped.

What was put or forgotten while Redis was away is taken out of Redis before it is read again, so
that it never gives what was replaced (for the latest `MOST_STALE` keys; the rest may be old until
they expire).
"""

from __future__ import annotations

import logging
import math
import threading
import time
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from segue.caching.circuit import Circuit
from segue.caching.kept import MISS, Miss
from segue.caching.memory import MemoryCache
from segue.errors import BadRequestError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

_log = logging.getLogger(__name__)

ANSWER = 0.25
"""Seconds within which Redis has to answer, and to be reached."""

AGAIN = 5.0
"""Seconds after which Redis is tried again."""

LONGEST = 10 * 366 * 86_400.0
"""Seconds that anything is kept at most; Redis refuses numbers that are too large."""

MOST_STALE = 50_000
"""Keys that are remembered to be taken out of Redis when it is back."""

_PREFIX = b"segue:1:"
_VALUE, _MISS = b"+", b"-"
_CHUNK = 1_000

T = TypeVar("T")


class RedisCache:
    """What Redis holds under keys of ours; other programs may keep theirs in it.

    Parameters
    ----------
    url
        As ``redis://[user:password@]host[:port][/number]``, or ``rediss://`` for TLS.
    beside
        Takes over while Redis is away; one of its own when None.
    answer
        Seconds within which Redis has to answer.
    again
        Seconds after which it is tried again.
    clock
        Seconds that only grow.

    Raises
    ------
    UnavailableError
        The extra ``segue[redis]`` is not installed.
    BadRequestError
        The address makes no sense.
    """

    def __init__(
        self,
        url: str,
        *,
        beside: MemoryCache | None = None,
        answer: float = ANSWER,
        again: float = AGAIN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = _connected(url, answer)
        self.where = _where(url)
        self._beside = MemoryCache(clock=clock) if beside is None else beside
        self._circuit = Circuit(failures=1, seconds=again, clock=clock)
        self._lock = threading.Lock()
        self._stale: dict[bytes, None] = {}

    def get(self, key: str) -> bytes | Miss | None:
        """As `segue.caching.Cache.get`."""
        name = _named(b"v:", key)

        def ask() -> bytes | Miss | None:
            held: bytes | None = self._redis.get(name)  # type: ignore[assignment]
            if held is None:
                return None
            return MISS if held[:1] == _MISS else held[1:]

        return self._either(ask, lambda: self._beside.get(key))

    def put(self, key: str, value: bytes | Miss, *, seconds: float) -> None:
        """As `segue.caching.Cache.put`."""
        if seconds <= 0:
            self.forget(key)
            return
        name = _named(b"v:", key)
        sent = _MISS if isinstance(value, Miss) else _VALUE + value

        def keep() -> None:
            self._stale[name] = None
            self._beside.put(key, value, seconds=seconds)

        self._either(lambda: self._redis.set(name, sent, px=_milliseconds(seconds)), keep)

    def forget(self, key: str) -> None:
        """As `segue.caching.Cache.forget`."""
        name = _named(b"v:", key)

        def drop() -> None:
            self._stale[name] = None
            self._beside.forget(key)

        self._either(lambda: self._redis.delete(name), drop)

    def count(self, key: str, seconds: float) -> int:
        """As `segue.caching.Cache.count`; while Redis is away, each process counts by itself."""
        name = _named(b"c:", key)

        def ask() -> int:
            # Both or none, and the window is opened by the first one alone.
            with self._redis.pipeline(transaction=True) as both:
                both.set(name, 0, px=_milliseconds(seconds), nx=True)
                both.incr(name)
                return int(both.execute()[1])

        return self._either(ask, lambda: self._beside.count(key, seconds))

    def check(self) -> None:
        """Ask Redis whether it is there, whatever was found before.

        Raises
        ------
        UnavailableError
            It does not answer, or answers that something is wrong.
        """
        try:
            self._redis.ping()
        except self._failures() as error:
            raise UnavailableError(
                f"Redis does not answer ({_said(error)})",
                where=self.where,
                remedy="Start it, or correct SEGUE_CACHE_URL; memory is used until it answers",
            ) from error

    def close(self) -> None:
        """Let go of the connections."""
        self._redis.close()

    def _either(self, ask: Callable[[], T], instead: Callable[[], T]) -> T:
        """What Redis says, or memory where Redis is away."""
        if self._circuit.lets_through():
            try:
                if not self._circuit.closed:
                    self._come_back()
                return ask()
            except self._failures() as error:
                self._gone(error)
        with self._lock:
            # Under the lock that coming back takes: nothing is written to memory after it was
            # emptied, and every key is either remembered as stale or put where it belongs.
            found = instead()
            while len(self._stale) > MOST_STALE:
                del self._stale[next(iter(self._stale))]
            return found

    def _come_back(self) -> None:
        """Take out of Redis what is stale there, then use it again."""
        while True:
            with self._lock:
                stale, self._stale = list(self._stale), {}
            try:
                for begin in range(0, len(stale), _CHUNK):
                    self._redis.delete(*stale[begin : begin + _CHUNK])
                if not stale:
                    self._redis.ping()
            except self._failures():
                with self._lock:
                    self._stale = dict.fromkeys([*stale, *self._stale])
                raise
            with self._lock:
                if not self._stale:
                    self._beside.clear()
                    self._circuit.succeeded()
                    break
        _log.warning("Redis at %s answers again", self.where)

    def _gone(self, error: Exception) -> None:
        if self._circuit.failed():
            _log.warning(
                "Redis at %s is away (%s): memory is used until it answers",
                self.where,
                _said(error),
            )
        # What was connected to a server that has gone would fail again when it is back.
        self._redis.connection_pool.disconnect(inuse_connections=False)

    @staticmethod
    def _failures() -> tuple[type[Exception], ...]:
        from redis import RedisError

        return (RedisError, OSError)


def _connected(url: str, seconds: float) -> Redis:
    try:
        from redis import ConnectionError as Broken
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise UnavailableError(
            "a cache in Redis needs a library that is not installed",
            where="SEGUE_CACHE_URL",
            remedy="Run: pip install 'segue[redis]'",
        ) from error
    # A connection that lay idle may have been closed meanwhile; that is no outage.
    once_more = Retry(NoBackoff(), 1, supported_errors=(Broken,))
    try:
        return Redis.from_url(
            url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=once_more
        )
    except (ValueError, TypeError) as error:
        raise BadRequestError(
            "the setting SEGUE_CACHE_URL is no address of a Redis server",
            remedy="It looks like redis://localhost:6379/0",
        ) from error


def _where(url: str) -> str:
    """Host and port, without a password."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'localhost'}:{parts.port or 6379}"


def _named(kind: bytes, key: str) -> bytes:
    return _PREFIX + kind + key.encode("utf-8", "surrogatepass")


def _milliseconds(seconds: float) -> int:
    return max(1, math.ceil(min(seconds, LONGEST) * 1_000))


def _said(error: Exception) -> str:
    """The kind of a failure and its first words; Redis repeats no password in them."""
    return f"{type(error).__name__}: {str(error)[:120]}" if str(error) else type(error).__name__
