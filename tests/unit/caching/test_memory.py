"""The cache in memory keeps within its bounds, and by its own clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from segue.caching import MISS
from segue.caching.memory import MemoryCache

SIZES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), max_size=60)


@given(SIZES, st.integers(0, 100), st.integers(1, 8))
def test_it_never_holds_more_than_it_may(puts, most_bytes, most_entries) -> None:
    cache = MemoryCache(most_bytes=most_bytes, most_entries=most_entries)
    for key, size in puts:
        cache.put(str(key), b"x" * size, seconds=60)
        entries, held = cache.size
        assert entries <= most_entries
        assert held <= most_bytes
        kept = [one for one in map(str, range(10)) if cache.get(one) is not None]
        assert len(kept) == entries
        assert held == sum(1 + len(cache.get(one)) for one in kept)
        assert (cache.get(str(key)) is not None) == (size + 1 <= most_bytes)


def test_what_was_asked_for_last_stays_the_longest() -> None:
    cache = MemoryCache(most_entries=2)
    cache.put("a", b"1", seconds=60)
    cache.put("b", b"2", seconds=60)
    cache.get("a")
    cache.put("c", b"3", seconds=60)
    assert [cache.get(one) for one in "abc"] == [b"1", None, b"3"]


def test_expiry_is_to_the_second(clock) -> None:
    cache = MemoryCache(clock=clock)
    cache.put("a", MISS, seconds=10)
    clock.now += 9.99
    assert cache.get("a") is MISS
    clock.now += 0.01
    assert cache.get("a") is None
    assert cache.size == (0, 0)


def test_putting_again_begins_anew(clock) -> None:
    cache = MemoryCache(clock=clock)
    cache.put("a", b"1", seconds=10)
    clock.now += 9
    cache.put("a", b"2", seconds=10)
    clock.now += 9
    assert cache.get("a") == b"2"


def test_a_window_is_not_prolonged_by_counting(clock) -> None:
    cache = MemoryCache(clock=clock)
    found = []
    for _ in range(5):
        found.append(cache.count("a", 10.0))
        clock.now += 4
    assert found == [1, 2, 3, 1, 2]


def test_counters_keep_within_bounds_too() -> None:
    cache = MemoryCache(most_entries=3)
    for n in range(10):
        cache.count(str(n), 60.0)
    assert cache.count("9", 60.0) == 2
    assert cache.count("0", 60.0) == 1


def test_threads_do_not_upset_its_sums() -> None:
    cache = MemoryCache(most_bytes=2_000, most_entries=40)

    def work(seed: int) -> None:
        for n in range(400):
            key = str((n * seed) % 60)
            cache.put(key, b"x" * (n % 90), seconds=60)
            cache.get(str(n % 60))
            cache.forget(str((n + seed) % 60))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(1, 9)))
    held = [cache.get(str(n)) for n in range(60)]
    entries, size = cache.size
    assert entries == sum(one is not None for one in held)
    assert size == sum(len(str(n)) + len(one) for n, one in enumerate(held) if one is not None)
    assert entries <= 40
    assert size <= 2_000
