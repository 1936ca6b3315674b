"""Places on a plane: the repulsion on a grid, the layout, newcomers, regions, shapes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.maps import repulsion
from segue.maps.inside import inside
from segue.maps.layout import beside, layout
from segue.maps.neighbours import nearest, others
from segue.maps.regions import MOST, middles, regions


def units(vectors):
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / lengths).astype(np.float32)


def crowds(count, *, groups, seed=0, dims=16):
    """Vectors in groups, and the group of each."""
    rng = np.random.default_rng(seed)
    group = np.arange(count) % groups
    centres = rng.normal(size=(groups, dims))
    return units(centres[group] + 0.3 * rng.normal(size=(count, dims))), group


@given(
    seed=st.integers(0, 2**16),
    count=st.integers(3, 400),
    spread=st.floats(1e-3, 60.0),
)
@settings(max_examples=15, deadline=None)
def test_the_grid_pushes_as_all_pairs_do(seed: int, count: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    places = (rng.normal(size=(count, 2)) * spread).astype(np.float32)
    push, total = repulsion._by_pairs(places)
    near, close = repulsion._by_grid(places)
    assert abs(close - total) <= 0.02 * total + 3e-3 * count
    assert np.linalg.norm(near - push) <= 0.08 * np.linalg.norm(push) + 3e-3 * count


def test_the_grid_takes_over_where_there_are_many_points() -> None:
    places = np.random.default_rng(1).normal(size=(repulsion.PAIRS + 1, 2)).astype(np.float32)
    exact, total = repulsion._by_pairs(places)
    push, close = repulsion.pushed(places)
    assert not np.array_equal(push, exact)
    assert close == pytest.approx(total, rel=1e-3)
    assert np.abs(push - exact).max() <= 2e-3 * np.abs(exact).max()


def test_neighbours_are_those_of_comparing_all() -> None:
    vectors, _ = crowds(300, groups=5)
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -np.inf)
    best = np.sort(scores, axis=1)[:, -7:]
    found = others(vectors, k=7, seed=1)
    held = np.sort(np.take_along_axis(scores, found, axis=1), axis=1)
    assert held == pytest.approx(best, abs=1e-6)
    assert not (found == np.arange(300)[:, np.newaxis]).any()


def test_clusters_find_nearly_all_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _ = crowds(4_000, groups=40)
    exact = nearest(vectors, vectors[:200], k=10, seed=1)
    monkeypatch.setattr("segue.maps.neighbours.COMPARED", 1_000)
    close = nearest(vectors, vectors[:200], k=10, seed=1)
    met = [len(set(a) & set(b)) for a, b in zip(exact.tolist(), close.tolist(), strict=True)]
    assert np.mean(met) >= 9.5


def test_equal_vectors_have_neighbours_that_are_not_themselves() -> None:
    same = np.tile(units(np.ones((1, 8))), (50, 1))
    found = others(same, k=5, seed=1)
    assert found.shape == (50, 5)
    assert not (found == np.arange(50)[:, np.newaxis]).any()


def test_groups_of_the_space_are_groups_on_the_plane() -> None:
    vectors, group = crowds(480, groups=6)
    places = layout(vectors, seed=1)
    apart = np.square(places[:, np.newaxis] - places).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    near = np.argsort(apart, axis=1)[:, :10]
    assert (group[near] == group[:, np.newaxis]).mean() > 0.97
    of = regions(places)
    together = np.zeros((of.max() + 1, 6))
    np.add.at(together, (of, group), 1)
    assert 6 <= len(together) <= 9
    assert (together.max(axis=1) / together.sum(axis=1) > 0.95).all()


def test_a_map_is_the_same_when_it_is_drawn_again() -> None:
    vectors, _ = crowds(200, groups=4)
    assert np.array_equal(layout(vectors, seed=1), layout(vectors.copy(), seed=1))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 17])
@pytest.mark.parametrize("kind", ["different", "equal"])
def test_few_tracks_have_places_too(count: int, kind: str) -> None:
    vectors = units(np.random.default_rng(3).normal(size=(count, 5))) if count else np.empty((0, 5))
    if kind == "equal" and count:
        vectors = np.tile(vectors[:1], (count, 1))
    places = layout(vectors.astype(np.float32), seed=1)
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()
    assert ((places >= 0) & (places <= 1)).all()
    assert len(np.unique(places, axis=0)) == count
    assert regions(places).shape == (count,)


def test_progress_comes_to_its_end_and_can_stop_the_work() -> None:
    vectors, _ = crowds(100, groups=3)
    told: list[tuple[int, int | None]] = []
    layout(vectors, seed=1, on_progress=lambda done, total, _: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]

    def stop(_done: int, _total: int | None, _what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        layout(vectors, seed=1, on_progress=stop)


def test_newcomers_stand_among_their_neighbours() -> None:
    vectors, group = crowds(400, groups=4)
    places = layout(vectors[:360], seed=1)
    put = beside(places, vectors[:360], vectors[360:], seed=1)
    centres = np.array([np.median(places[group[:360] == one], axis=0) for one in range(4)])
    apart = np.square(put[:, np.newaxis] - centres).sum(axis=2)
    assert (apart.argmin(axis=1) == group[360:]).all()


@given(seed=st.integers(0, 2**16), count=st.integers(1, 300), crowded=st.booleans())
@settings(max_examples=15, deadline=None)
def test_regions_cover_everything_and_the_largest_is_first(
    seed: int, count: int, crowded: bool
) -> None:
    rng = np.random.default_rng(seed)
    places = rng.random((count, 2)).astype(np.float32)
    if crowded:
        places = (0.1 * places + rng.integers(0, 10, size=(count, 1)) / 11).astype(np.float32)
    of = regions(places)
    sizes = np.bincount(of)
    assert sizes.sum() == count
    assert (sizes > 0).all()
    assert (np.diff(sizes) <= 0).all()
    assert len(sizes) <= MOST
    assert middles(places, of).shape == (len(sizes), 2)


@given(seed=st.integers(0, 2**16), corners=st.integers(3, 12))
@settings(max_examples=15, deadline=None)
def test_inside_a_star_is_told_by_its_winding(seed: int, corners: int) -> None:
    """Corners in the order of their angle around a middle make a shape without crossings."""
    rng = np.random.default_rng(seed)
    angles = 2 * np.pi * (np.arange(corners) + rng.uniform(0.1, 0.9, corners)) / corners
    radii = rng.uniform(0.2, 1.0, corners)
    shape = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)
    points = rng.uniform(-1.1, 1.1, size=(200, 2))
    rays = shape[np.newaxis] - points[:, np.newaxis]
    after = np.roll(rays, -1, axis=1)
    cross = rays[..., 0] * after[..., 1] - rays[..., 1] * after[..., 0]
    turned = np.arctan2(cross, (rays * after).sum(axis=2)).sum(axis=1)
    expected = np.abs(turned) > np.pi
    assert np.array_equal(inside(points.astype(np.float64), shape), expected)
