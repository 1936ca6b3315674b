"""Every cache there is: in memory, and in a Redis of the tests' own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import redis_server
from segue.caching.memory import MemoryCache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.caching import Cache


class Clock:
    """Seconds that pass when somebody says so."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis_server.RedisServer]:
    """A server that nobody may stop."""
    if why := redis_server.missing():
        pytest.skip(why)
    with redis_server.RedisServer(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def own_redis(tmp_path) -> Iterator[redis_server.RedisServer]:
    """A server of one test alone."""
    if why := redis_server.missing():
        pytest.skip(why)
    with redis_server.RedisServer(tmp_path) as running:
        yield running


@pytest.fixture(params=["memory", "redis", "redis that is away"])
def cache(request: pytest.FixtureRequest) -> Iterator[Cache]:
    """One cache after the other; the last has never found its Redis."""
    if request.param == "memory":
        yield MemoryCache()
        return
    from segue.caching.distant import RedisCache

    if request.param == "redis":
        url = request.getfixturevalue("shared_redis").url
    else:
        if why := redis_server.missing():
            pytest.skip(why)
        url = "redis://127.0.0.1:9/0"
    made = RedisCache(url, answer=5.0)
    yield made
    made.close()
