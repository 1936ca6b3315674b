"""A drawn map in a file, fitted to a catalogue that has changed; names of regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.maps.called import called
from segue.maps.chart import Chart, stale

if TYPE_CHECKING:
    from pathlib import Path


def units(count, *, seed=0, dims=12):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, dims))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def ids(count, *, start=0):
    return [f"track-{n:04}" for n in range(start, start + count)]


@pytest.fixture(scope="module")
def drawn():
    return Chart.drawn(ids(120), units(120))


def test_it_comes_back_from_its_file(drawn: Chart, tmp_path: Path) -> None:
    path = tmp_path / "new" / "sound.map.npz"
    drawn.save(path)
    read = Chart.load(path)
    assert read is not None
    assert list(read.ids) == list(drawn.ids)
    for name in ("marks", "places", "region"):
        assert np.array_equal(getattr(read, name), getattr(drawn, name))
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("cut", [0, 10, 200])
def test_a_file_that_is_cut_short_is_no_map(drawn: Chart, tmp_path: Path, cut: int) -> None:
    path = tmp_path / "sound.map.npz"
    assert Chart.load(path) is None
    drawn.save(path)
    path.write_bytes(path.read_bytes()[:cut])
    assert Chart.load(path) is None


def test_ids_may_hold_anything(tmp_path: Path) -> None:
    odd = sorted(["a\nb", "\u202e\u05d0", "🎵", '<script>"', "plain"])
    chart = Chart.drawn(odd, units(5))
    chart.save(tmp_path / "odd.npz")
    read = Chart.load(tmp_path / "odd.npz")
    assert read is not None
    assert list(read.ids) == odd


def test_nobody_moves_for_newcomers(drawn: Chart) -> None:
    more = np.concatenate([units(120), units(8, seed=5)])
    fitted, changed = drawn.fitted(ids(128), more)
    assert changed == 8
    assert np.array_equal(fitted.places[:120], drawn.places)
    assert np.array_equal(fitted.region[:120], drawn.region)
    assert ((fitted.places >= 0) & (fitted.places <= 1)).all()


def test_who_has_gone_leaves_a_hole_and_who_has_changed_is_put_anew(drawn: Chart) -> None:
    vectors = units(120)
    kept = np.array([n for n in range(120) if n not in {3, 50}])
    now = vectors[kept].copy()
    now[10] = units(1, seed=9)[0]
    fitted, changed = drawn.fitted([ids(120)[n] for n in kept], now)
    assert changed == 3
    others = np.delete(np.arange(118), 10)
    assert np.array_equal(fitted.places[others], drawn.places[kept[others]])
    assert not np.array_equal(fitted.places[10], drawn.places[kept[10]])


def test_another_network_makes_another_map(drawn: Chart) -> None:
    fitted, changed = drawn.fitted(ids(120), units(120, seed=77, dims=30))
    assert changed == 120
    assert np.array_equal(fitted.places, Chart.drawn(ids(120), units(120, seed=77, dims=30)).places)


def test_a_map_of_nothing_is_a_map(tmp_path: Path) -> None:
    chart = Chart.drawn([], np.empty((0, 4), dtype=np.float32))
    chart.save(tmp_path / "none.npz")
    read = Chart.load(tmp_path / "none.npz")
    assert read is not None
    fitted, changed = read.fitted(ids(2), units(2))
    assert (len(fitted), changed) == (2, 2)


def test_a_tenth_may_change() -> None:
    assert not stale(0, 0)
    assert not stale(10, 100)
    assert stale(11, 100)


def test_a_region_is_called_by_what_is_commoner_there() -> None:
    of = np.array([0] * 6 + [1] * 4)
    genres = [("rock", "pop")] * 5 + [("metal",)] + [("pop", "dance")] * 4
    assert called(of, genres, [()] * 10) == ["rock · metal", "dance · pop"]


def test_without_genres_artists_name_a_region_and_else_its_number() -> None:
    of = np.array([0, 0, 0, 1, 1, 2])
    artists = [("Ann",), ("Ann",), ("Ben",), (), (), ("Ann",)]
    assert called(of, [()] * 6, artists) == ["Ben · Ann", "Region 2", "Ann"]


def test_no_two_regions_have_one_name() -> None:
    of = np.array([0, 0, 1, 1, 2, 2])
    genres = [("a",), ("a",), ("a",), ("a",), ("b",), ("b",)]
    assert called(of, genres, [()] * 6) == ["a", "a (2)", "b"]


def test_one_region_is_called_by_what_is_common() -> None:
    assert called(np.zeros(3, dtype=np.int64), [("a",), ("a",), ("b",)], [()] * 3) == ["a · b"]
