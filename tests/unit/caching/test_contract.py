"""What every cache promises, tried on all of them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.caching import MISS, Cache

_RUNS = count()

KEYS = st.sampled_from(["a", "b", "", "ä b:c*?", "x" * 300, "\ud800", "\0"])
VALUES = st.binary(max_size=40) | st.just(MISS)
STEPS = st.lists(
    st.tuples(st.just("put"), KEYS, VALUES)
    | st.tuples(st.just("forget"), KEYS, st.none())
    | st.tuples(st.just("brief"), KEYS, VALUES)
    | st.tuples(st.just("count"), KEYS, st.none()),
    max_size=25,
)
SAME_CACHE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@SAME_CACHE
@given(STEPS)
def test_what_was_put_last_is_found_and_nothing_else(cache: Cache, steps) -> None:
    run = f"{next(_RUNS)}:"
    held: dict[str, object] = {}
    counted: dict[str, int] = {}
    for what, key, value in steps:
        if what == "put":
            cache.put(run + key, value, seconds=600)
            held[key] = value
        elif what == "forget":
            cache.forget(run + key)
            held.pop(key, None)
        elif what == "brief":
            cache.put(run + key, value, seconds=0)
            held.pop(key, None)
        else:
            counted[key] = counted.get(key, 0) + 1
            assert cache.count(run + key, 600.0) == counted[key]
        for each in {key, *held}:
            found = cache.get(run + each)
            assert found == held.get(each)
            assert (found is MISS) == (held.get(each) is MISS)


def _until(condition, *, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_value_expires(cache: Cache) -> None:
    cache.put("brief", b"1", seconds=0.15)
    cache.put("brief miss", MISS, seconds=0.15)
    cache.put("long", b"2", seconds=600)
    _until(lambda: cache.get("brief") is None and cache.get("brief miss") is None)
    assert cache.get("long") == b"2"


def test_counting_begins_anew_when_the_window_is_over(cache: Cache) -> None:
    assert [cache.count("window", 0.3), cache.count("other", 600.0)] == [1, 1]
    _until(lambda: cache.count("window", 0.3) == 1)
    assert cache.count("other", 600.0) == 2


def test_a_counter_and_a_value_of_one_name_do_not_meet(cache: Cache) -> None:
    cache.put("name", b"value", seconds=600)
    assert cache.count("name", 600.0) == 1
    cache.forget("name")
    assert cache.count("name", 600.0) == 2
    assert cache.get("name") is None


def test_no_count_is_lost_among_threads(cache: Cache) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: cache.count("crowd", 600.0), range(200)))
    assert sorted(found) == list(range(1, 201))


def test_a_picture_fits(cache: Cache) -> None:
    picture = bytes(range(256)) * 4_000
    cache.put("picture", picture, seconds=600)
    assert cache.get("picture") == picture
