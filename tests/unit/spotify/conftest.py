"""A stand-in for Spotify, a clock that only moves when somebody sleeps, and a client of both."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

import spotify_stand_in
from segue.caching.memory import MemoryCache
from segue.catalogue.database import open_database
from segue.sources.spotify import Manners, Spotify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

QUICK = Manners(tries=4, first=0.5, longest=8.0, patience=60.0, silence=30.0, whole=60.0)


class Clock:
    """Seconds that pass by sleeping alone."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a catalogue without anything in it; to be copied."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    open_database(path).close()
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def there() -> Iterator[spotify_stand_in.Spotify]:
    """Spotify, as it were."""
    with spotify_stand_in.Spotify() as running:
        yield running


@pytest.fixture
def client(there: spotify_stand_in.Spotify, clock: Clock) -> Iterator[Callable[..., Spotify]]:
    """Make a client with other manners, another cache or other settings."""
    made: list[Spotify] = []

    def make(**more: object) -> Spotify:
        settings = more.pop("settings", None) or there.settings()
        cache = more.pop("cache", None) or MemoryCache(clock=clock)
        given = {"manners": QUICK, "source": random.Random(1), **more}
        made.append(Spotify(settings, cache=cache, clock=clock, sleep=clock.sleep, **given))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def spotify(client: Callable[..., Spotify]) -> Spotify:
    """A client."""
    return client()
