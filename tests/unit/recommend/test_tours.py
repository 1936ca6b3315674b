"""The best order by costs of neighbours and of places, beside every order there is."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.recommend.journey.tours import _Costs, _exactly, best_order, nearest_neighbours


def some_costs(n: int, seed: int, *, placed: bool) -> tuple[np.ndarray, np.ndarray | None]:
    generator = np.random.default_rng(seed)
    pairs = generator.random((n, n))
    return pairs + pairs.T, generator.random((n, n)) if placed else None


def cost(order: np.ndarray, pairs: np.ndarray, places: np.ndarray | None) -> float:
    beside = pairs[order[:-1], order[1:]].sum()
    return float(beside + (0 if places is None else places[order, np.arange(len(order))].sum()))


@pytest.mark.parametrize("placed", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_no_order_of_seven_tracks_costs_less(seed: int, placed: bool) -> None:
    pairs, places = some_costs(7, seed, placed=placed)
    least = min(cost(np.array(each), pairs, places) for each in permutations(range(7)))
    assert cost(best_order(pairs, places), pairs, places) == pytest.approx(least)


@given(n=st.integers(0, 16), seed=st.integers(0, 1_000), placed=st.booleans())
def test_an_order_has_every_track_once_and_costs_no_more_than_the_given_one(
    n: int, seed: int, placed: bool
) -> None:
    pairs, places = some_costs(n, seed, placed=placed)
    order = best_order(pairs, places)
    assert sorted(order.tolist()) == list(range(n))
    assert cost(order, pairs, places) <= cost(np.arange(n), pairs, places) + 1e-9
    assert order.tolist() == best_order(pairs, places).tolist()


@pytest.mark.parametrize("placed", [False, True])
def test_ten_tracks_cost_hardly_more_than_the_least(placed: bool) -> None:
    over = []
    for seed in range(8):
        pairs, places = some_costs(10, seed, placed=placed)
        exact = _exactly(_Costs(pairs, np.zeros((10, 10)) if places is None else places))
        least = cost(exact, pairs, places)
        over.append(cost(best_order(pairs, places), pairs, places) / least - 1)
    assert min(over) >= -1e-9
    assert np.mean(over) < 0.03


def test_tracks_on_a_line_are_walked_along_it() -> None:
    places = np.random.default_rng(1).permutation(40)
    order = best_order(np.abs(places[:, None] - places[None]).astype(float))
    walked = places[order].tolist()
    assert walked in (sorted(walked), sorted(walked, reverse=True))


def test_places_alone_put_each_track_where_it_belongs() -> None:
    wanted = np.random.default_rng(2).permutation(30)
    places = np.abs(wanted[:, None] - np.arange(30)[None]).astype(float)
    assert wanted[best_order(np.zeros((30, 30)), places)].tolist() == list(range(30))


def test_a_large_order_is_shorter_than_that_of_nearest_neighbours() -> None:
    points = np.random.default_rng(3).random((90, 2))
    pairs = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    walks = [cost(nearest_neighbours(pairs, start), pairs, None) for start in range(0, 90, 10)]
    assert cost(best_order(pairs), pairs, None) < 0.95 * min(walks)
