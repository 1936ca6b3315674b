"""Redis that dies, hangs, refuses and comes back: no call fails, and nothing stale is given."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from contextlib import suppress

import pytest

import redis_server
from segue.caching import MISS, cache_of
from segue.caching.memory import MemoryCache
from segue.errors import BadRequestError, UnavailableError
from segue.settings import Settings

pytestmark = pytest.mark.skipif(bool(redis_server.missing()), reason=redis_server.missing())


@pytest.fixture
def make(clock):
    """A cache in a Redis; its circuit goes by the test's clock."""
    from segue.caching.distant import RedisCache

    made = []

    def build(url: str, **more: object) -> RedisCache:
        made.append(RedisCache(url, **{"again": 5.0, "answer": 5.0, "clock": clock, **more}))
        return made[-1]

    yield build
    for one in made:
        one.close()


def test_two_processes_share_what_is_kept(shared_redis, make) -> None:
    one, other = make(shared_redis.url), make(shared_redis.url)
    one.put("shared", b"1", seconds=60)
    one.put("shared miss", MISS, seconds=60)
    assert (other.get("shared"), other.get("shared miss")) == (b"1", MISS)
    assert [one.count("shared", 60.0), other.count("shared", 60.0)] == [1, 2]
    assert b"segue:1:v:shared" in shared_redis.ask("segue:*")


def test_memory_takes_over_and_redis_is_used_again(
    own_redis, make, clock, caplog: pytest.LogCaptureFixture
) -> None:
    cache = make(own_redis.url)
    cache.put("before", b"1", seconds=60)
    own_redis.kill()
    for n in range(20):
        assert cache.get("before") is None
        cache.put(f"meanwhile {n}", b"2", seconds=60)
        assert cache.get(f"meanwhile {n}") == b"2"
        assert cache.count("times", 60.0) == n + 1
    own_redis.start()
    assert cache.get("meanwhile 0") == b"2"  # not tried again yet
    clock.now += 5.0
    assert cache.get("meanwhile 0") is None  # it never came to Redis
    cache.put("after", b"3", seconds=60)
    assert cache.get("after") == b"3"
    assert own_redis.ask("*after*") == [b"segue:1:v:after"]
    said = [one.message for one in caplog.records if one.levelno == logging.WARNING]
    assert len(said) == 2
    assert "is away (ConnectionError" in said[0]
    assert said[1].endswith("answers again")


def test_nothing_that_was_replaced_while_it_was_away_is_given(own_redis, make, clock) -> None:
    """Redis keeps its content here: the way to it is lost, not the server."""
    with _Way(own_redis.port) as way:
        cache = make(f"redis://127.0.0.1:{way.port}/0")
        cache.put("replaced", b"old", seconds=600)
        cache.put("forgotten", b"old", seconds=600)
        cache.put("untouched", b"old", seconds=600)
        way.cut()
        cache.put("replaced", b"new", seconds=600)
        cache.forget("forgotten")
        assert (cache.get("replaced"), cache.get("forgotten")) == (b"new", None)
        way.mend()
        clock.now += 5.0
        assert cache.get("untouched") == b"old"
        assert cache.get("replaced") in {b"new", None}
        assert cache.get("forgotten") is None
        way.cut()
        cache.get("x")
        assert cache.get("replaced") is None  # memory was emptied when Redis was back


def test_redis_that_hangs_is_waited_for_once(make, clock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cache = make(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", answer=0.2)
        cache.put("a", b"1", seconds=60)
        begun = time.process_time()
        for _ in range(2_000):
            assert cache.get("a") == b"1"
        assert time.process_time() - begun < 60
        assert not cache._circuit.closed


def test_no_call_fails_while_redis_is_stopped_under_load(own_redis, make) -> None:
    cache = make(own_redis.url, again=0.05, clock=time.monotonic, answer=1.0)
    over, failed, asked = threading.Event(), [], [0] * 8

    def work(who: int) -> None:
        n = 0
        while not over.is_set():
            n += 1
            try:
                key = f"{who}:{n % 50}"
                cache.put(key, key.encode(), seconds=60)
                assert cache.get(key) in {key.encode(), None}
                assert cache.count(f"{who}", 60.0) >= 1
                cache.forget(key)
                asked[who] = n
            except BaseException as error:
                failed.append(error)
                raise

    threads = [threading.Thread(target=work, args=(who,)) for who in range(8)]
    for one in threads:
        one.start()
    try:
        for _ in range(2):
            _more(asked, 15)
            own_redis.kill()
            _more(asked, 15)
            own_redis.start()
            _until(lambda: cache._circuit.closed)
    finally:
        over.set()
        for one in threads:
            one.join()
    assert failed == []
    cache.put("at the end", b"1", seconds=60)
    assert own_redis.ask("*at the end*") == [b"segue:1:v:at the end"]


def test_a_wrong_password_is_an_outage_and_stands_in_no_log(
    tmp_path, make, caplog: pytest.LogCaptureFixture
) -> None:
    with redis_server.RedisServer(tmp_path, word="right-word") as guarded:
        cache = make(guarded.url.replace("right-word", "wrong-word"))
        cache.put("a", b"1", seconds=60)
        assert cache.get("a") == b"1"
        with pytest.raises(UnavailableError, match="Redis does not answer") as failed:
            cache.check()
        assert make(guarded.url).check() is None
    assert "wrong-word" not in f"{caplog.text}{failed.value}"
    assert failed.value.where == f"127.0.0.1:{guarded.port}"


def test_a_setting_chooses(shared_redis) -> None:
    from segue.caching.distant import RedisCache

    assert isinstance(cache_of(Settings(_env_file=None)), MemoryCache)
    cache = cache_of(Settings(_env_file=None, cache_url=shared_redis.url))
    assert isinstance(cache, RedisCache)
    cache.check()
    cache.close()


@pytest.mark.parametrize("url", ["memcached://h", "redis:/h", "redis://", "/var/x", "http://h:1"])
def test_anything_else_is_refused(url) -> None:
    with pytest.raises(BadRequestError, match="no cache that Segue knows"):
        cache_of(Settings(_env_file=None, cache_url=url))


@pytest.mark.parametrize("url", ["redis://host:port/0", "redis://h/0?socket_timeout=soon"])
def test_an_address_that_makes_no_sense_is_refused_without_its_password(url) -> None:
    given = url.replace("://", "://:a-secret@")
    with pytest.raises(BadRequestError, match="no address of a Redis server") as refused:
        cache_of(Settings(_env_file=None, cache_url=given))
    assert "a-secret" not in str(refused.value)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(UnavailableError, match=r"pip install 'segue\[redis\]'"):
        cache_of(Settings(_env_file=None, cache_url="redis://127.0.0.1:9/0"))


def _until(condition, *, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def _more(asked: list[int], by: int) -> None:
    """Wait until every thread has come further."""
    before = list(asked)
    _until(lambda: all(now >= then + by for now, then in zip(asked, before, strict=True)))


class _Way:
    """A way to a port of this machine that can be cut and mended."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._open = threading.Event()
        self._open.set()
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> _Way:
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.cut()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._accepting.join()
        for one in self._threads:
            one.join()

    def cut(self) -> None:
        self._open.clear()
        for one in self._ends:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._open.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if not self._open.is_set():
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                thread = threading.Thread(target=self._carry, args=(one, other))
                self._threads.append(thread)
                thread.start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
