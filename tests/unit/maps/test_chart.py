"""A drawn map in a file, fitted to a catalogue that has changed; names of regions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.maps import layout
from segue.maps.called import called
from segue.maps.chart import Chart, stale
from segue.maps.regions import middles
from segue.maps.signs import agree, signs

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
    for name in ("signs", "places", "region"):
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


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be laid out: pages wait for what follows."""

    def refused(*_args: object, **_options: object) -> None:
        pytest.fail("a map was laid out")

    monkeypatch.setattr("segue.maps.chart.layout", refused)


@pytest.mark.usefixtures("undrawn")
def test_where_the_space_has_changed_all_keep_their_places_until_it_is_drawn(drawn: Chart) -> None:
    """A network that was taught anew; eight tracks came at the same time, one went."""
    fitted, changed = drawn.fitted(ids(127, start=1), units(127, seed=77, dims=30))
    assert changed == 128
    assert np.array_equal(fitted.places[:119], drawn.places[1:])
    assert stale(changed, 127)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("gone", [0, 40, 119])
def test_a_space_scaled_by_its_catalogue_turns_a_hair_and_nobody_moves(gone: int) -> None:
    raw = np.random.default_rng(3).normal(size=(120, 30)) ** 3 + 5.0

    def scaled(rows: np.ndarray) -> np.ndarray:
        apart = np.clip((rows - rows.mean(axis=0)) / rows.std(axis=0), -3, 3)
        return (apart / np.linalg.norm(apart, axis=1, keepdims=True)).astype(np.float32)

    before = Chart(
        ids(120), signs(scaled(raw)), units(120)[:, :2], np.zeros(120, dtype=np.int64), 120
    )
    left = np.delete(np.arange(120), gone)
    assert not (scaled(raw)[left] == scaled(raw[left])).all(axis=1).any()
    fitted, changed = before.fitted([ids(120)[n] for n in left], scaled(raw[left]))
    assert changed == 1
    assert np.array_equal(fitted.places, before.places[left])


@given(st.floats(0.0, 90.0), st.integers(2, 64), st.integers(0, 2**32 - 1))
def test_signs_agree_as_far_as_vectors_point_to_one_side(
    angle: float, dims: int, seed: int
) -> None:
    """The rest between 10 and 35 degrees is left to chance."""
    one, other = np.linalg.qr(np.random.default_rng(seed).normal(size=(dims, 2)))[0].T
    turned = np.cos(np.radians(angle)) * one + np.sin(np.radians(angle)) * other
    both = signs(np.array([one, turned], dtype=np.float32))
    if not 10 < angle < 35:
        assert agree(both[:1], both[1:]).tolist() == [angle <= 10]


def test_a_region_that_everybody_has_left_is_none(drawn: Chart) -> None:
    region = np.arange(120) % 3
    before = Chart(drawn.ids, drawn.signs, drawn.places, region, 120)
    there = np.flatnonzero(region != 1)
    found = before.fitted([ids(120)[n] for n in there], units(120)[there])
    assert found is not None
    assert found[0].region.tolist() == [0 if one == 0 else 1 for one in region[there]]
    assert np.isfinite(middles(found[0].places, found[0].region)).all()


def test_many_newcomers_are_put_among_some(drawn: Chart, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two crowds: whoever of a crowd is looked at, a newcomer of it comes to stand there."""
    monkeypatch.setattr(layout, "PAIRS", 400)
    monkeypatch.setattr(layout, "FEWEST", 40)
    crowd = np.repeat(np.eye(2, 12, dtype=np.float32), 60, axis=0)
    places = np.repeat(np.array([[0.2, 0.2], [0.8, 0.7]], dtype=np.float32), 60, axis=0)
    put = layout.beside(places, crowd, crowd[::2], seed=1)
    assert np.abs(put - places[::2]).max() < 0.01


def test_what_a_killed_program_left_is_swept(drawn: Chart, tmp_path: Path) -> None:
    path = tmp_path / "sound.map.npz"
    old, young, other = (
        tmp_path / name for name in (f"{path.name}.a", f"{path.name}.b", "x.map.npz")
    )
    for one in (old, young, other):
        one.write_bytes(b"PK")
    for one in (old, other):
        os.utime(one, (1.0, 1.0))
    drawn.save(path)
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(
        [path.name, young.name, other.name]
    )


def test_a_map_of_nothing_is_a_map(tmp_path: Path) -> None:
    chart = Chart.drawn([], np.empty((0, 4), dtype=np.float32))
    chart.save(tmp_path / "none.npz")
    read = Chart.load(tmp_path / "none.npz")
    assert read is not None
    assert (len(read), read.fitted(ids(2), units(2))) == (0, None)


def test_a_map_of_others_shows_nobody(drawn: Chart) -> None:
    assert drawn.fitted(ids(5, start=500), units(5)) is None
    assert drawn.fitted([], np.empty((0, 12), dtype=np.float32)) is None


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
