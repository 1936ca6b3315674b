"""The way through a row of places in exactly so many stops, beside every way there is."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segue.recommend.journey.routes import fewest_stops, route

GRIDS = st.integers(2, 7).flatmap(
    lambda size: st.lists(
        st.lists(st.sampled_from([0.1, 0.2, 0.5, 0.9, np.inf]), min_size=size, max_size=size),
        min_size=size,
        max_size=size,
    )
)


def every_way(jumps: np.ndarray, n: int) -> list[tuple[float, float, tuple[int, ...]]]:
    """(largest, sum, places) of each way of n stops that can be gone."""
    last = len(jumps) - 1
    found = []
    for inner in combinations(range(1, last), n - 2):
        places = (0, *inner, last)
        taken = [float(jumps[one, other]) for one, other in pairwise(places)]
        if max(taken) < np.inf:
            found.append((max(taken), sum(taken), places))
    return found


@given(grid=GRIDS, n=st.integers(2, 7))
def test_the_largest_jump_is_as_small_as_can_be_then_the_sum(grid: list, n: int) -> None:
    jumps = np.array(grid)
    found = route(jumps, n=n)
    ways = every_way(jumps, n)
    if not ways:
        assert found is None
        return
    largest, total, _ = min(ways)
    assert found is not None
    assert (found.largest, round(found.total, 9)) == (largest, round(total, 9))
    assert len(found.places) == n
    assert sorted(set(found.places)) == list(found.places)


@given(grid=GRIDS, n=st.integers(2, 7), bound=st.sampled_from([0.15, 0.3, 0.6]))
def test_within_a_bound_only_the_sum_counts(grid: list, n: int, bound: float) -> None:
    jumps = np.array(grid)
    kept = [way for way in every_way(jumps, n) if way[0] <= bound]
    found = route(jumps, n=n, bound=bound)
    if kept:
        assert found is not None
        assert found.largest <= bound
        assert round(found.total, 9) == round(min(total for _, total, _ in kept), 9)


@given(grid=GRIDS, bound=st.sampled_from([0.15, 0.3, 0.6]))
def test_fewest_stops_is_the_shortest_way_within_a_bound(grid: list, bound: float) -> None:
    jumps = np.array(grid)
    kept = [n for n in range(2, 8) if any(way[0] <= bound for way in every_way(jumps, n))]
    assert fewest_stops(jumps, bound=bound, most=7) == min(kept, default=None)
