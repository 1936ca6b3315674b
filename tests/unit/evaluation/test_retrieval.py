"""Retrieval: cases whose answer is known, intervals over artists, and pairs of methods."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest

from segue.errors import BadRequestError
from segue.evaluation.hubness import kept, nearest, skewness
from segue.evaluation.retrieval import METRICS, Gallery, cosines, together, units

ARTISTS = [f"artist {row // 6}" for row in range(240)]
GENRES = [f"genre {row // 6 % 4}" for row in range(240)]
RNG = np.random.default_rng(5)
CENTRES = RNG.normal(size=(40, 8))[np.arange(240) // 6]
NEAR = cosines(CENTRES + 0.7 * RNG.normal(size=(240, 8)))
FAR = cosines(CENTRES + 1.4 * RNG.normal(size=(240, 8)))
CHANCE = RNG.uniform(size=(240, 240))


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    return Gallery(ARTISTS, GENRES)


def test_chance_finds_what_chance_finds(gallery: Gallery) -> None:
    found = gallery.figures(gallery.judge(CHANCE))
    assert found["artist_hit_1"].value == pytest.approx(5 / 239, abs=0.03)
    assert found["artist_precision_10"].value == pytest.approx(10 / 239, abs=0.03)
    assert found["genre_precision_10"].value == pytest.approx(54 / 234, abs=0.03)
    assert {told.queries for told in found.values()} == {240}


def test_one_score_for_all_is_exactly_chance(gallery: Gallery) -> None:
    found = gallery.judge(np.zeros((240, 240)))
    assert found.values["artist_hit_1"] == pytest.approx(np.full(240, 5 / 239))
    assert found.values["genre_precision_10"] == pytest.approx(np.full(240, 54 / 234))
    assert found.hubness == 0.0


def test_the_artists_own_tracks_are_no_way_to_know_the_genre() -> None:
    same = np.equal.outer(ARTISTS, ARTISTS).astype(float)
    noise = np.random.default_rng(1).uniform(0, 0.1, size=(240, 240))
    found = Gallery(ARTISTS, GENRES).judge(same + noise)
    assert np.mean(found.values["artist_precision_10"]) == 1.0
    assert np.mean(found.values["genre_precision_10"]) == pytest.approx(54 / 234, abs=0.03)


def test_who_is_unknown_is_found_but_does_not_ask() -> None:
    artists, genres = ["", "", "a", "a", "b"], ["x", "x", "x", "", "x"]
    found = Gallery(artists, genres).judge(np.eye(5))
    asks = {name: np.flatnonzero(~np.isnan(found.values[name])).tolist() for name in METRICS}
    assert asks["artist_hit_1"] == asks["artist_map"] == [2, 3]
    assert asks["genre_precision_10"] == [2, 4]
    # The query's artist taken out, two unknown ones and b are left: all of genre x.
    assert found.values["genre_precision_10"][2] == 1.0
    # b sees "", "", a and a, one of which has no genre.
    assert found.values["genre_precision_10"][4] == 0.75


def test_some_queries_find_in_all_tracks_what_they_would_among_all(gallery: Gallery) -> None:
    rows = np.array([3, 40, 41, 200])
    asked = Gallery(ARTISTS, GENRES, queries=rows)
    every, some = gallery.judge(NEAR), asked.judge(NEAR[rows])
    lazily = asked.judge(lambda queries: NEAR[queries])
    for name in METRICS:
        assert some.values[name] == pytest.approx(every.values[name][rows])
        assert lazily.values[name] == pytest.approx(some.values[name])
    assert (some.neighbours == every.neighbours[rows]).all()


def test_a_better_space_is_surely_ahead_and_pairs_are_sharper_than_intervals(
    gallery: Gallery,
) -> None:
    near, far = gallery.judge(NEAR), gallery.judge(FAR)
    ahead = gallery.difference(near, far, "artist_map")
    own = gallery.figure(near, "artist_map"), gallery.figure(far, "artist_map")
    assert ahead.low > 0
    assert ahead.value == pytest.approx(own[0].value - own[1].value)
    times = gallery.ratio(near, far, "artist_map")
    assert times.value == pytest.approx(own[0].value / own[1].value)
    assert 1 < times.low < times.value < times.high
    itself = gallery.ratio(near, near, "artist_map")
    assert (itself.low, itself.high) == pytest.approx((1.0, 1.0))
    nothing = gallery.difference(near, near, "artist_map")
    assert (nothing.value, nothing.low, nothing.high) == (0.0, 0.0, 0.0)


def test_intervals_are_wider_by_artist_than_by_track() -> None:
    by_artist = Gallery(ARTISTS, GENRES)
    found = by_artist.judge(CENTRES @ CENTRES.T + 0.1 * CHANCE)
    told = by_artist.figure(found, "genre_precision_10")
    values = found.values["genre_precision_10"]
    alone = 1.96 * values.std() / np.sqrt(len(values))
    assert told.high - told.low > 1.5 * 2 * alone


def test_seeds_together_are_the_mean_of_each_query(gallery: Gallery) -> None:
    near, far = gallery.judge(NEAR), gallery.judge(FAR)
    both = together([near, far])
    for name in METRICS:
        figures = [gallery.figure(each, name).value for each in (near, far, both)]
        assert figures[2] == pytest.approx((figures[0] + figures[1]) / 2)
    assert both.hubness == pytest.approx((near.hubness + far.hubness) / 2)


def test_a_small_gallery_keeps_even_a_perfect_space_from_finding_ten(gallery: Gallery) -> None:
    assert gallery.most() == pytest.approx(dict.fromkeys(METRICS, 1.0))
    # By others there are two tracks of the genre among the ten nearest that there are.
    small = Gallery([*"aabbbbcccccccc"], [*"xxxxyyyyyyyyyy"])
    most = small.most()
    assert most["artist_map"] == 1.0
    of_a, of_b_x, of_b_y, of_c = 0.2, 0.2, 0.8, 2 / 6
    assert most["genre_precision_10"] == pytest.approx(
        (2 * of_a + 2 * of_b_x + 2 * of_b_y + 8 * of_c) / 14
    )
    assert np.isnan(Gallery(["", ""], ["x", "x"]).most()["genre_precision_10"])


def test_nothing_that_asks_is_no_figure() -> None:
    gallery = Gallery(["", "a"], ["", ""])
    told = gallery.figure(gallery.judge(np.eye(2)), "artist_hit_1")
    assert np.isnan([told.value, told.low, told.high]).all()
    assert told.queries == 0
    assert Gallery([], []).judge(np.empty((0, 0))).hubness == 0.0


@pytest.mark.parametrize(
    ("scores", "match"),
    [
        (np.zeros((3, 240)), "3 rows of scores are not one for each of 240"),
        (np.zeros((240, 5)), "of shape .* are not those of"),
        (np.full((240, 240), np.nan), "not a finite number"),
        (np.full((240, 240), -np.inf), "not a finite number"),
    ],
)
def test_scores_that_cannot_be_judged_are_refused(
    gallery: Gallery, scores: np.ndarray, match: str
) -> None:
    with pytest.raises(BadRequestError, match=match):
        gallery.judge(scores)


def test_rows_of_zeros_stay_zero() -> None:
    found = units(np.array([[3.0, 4.0], [0.0, 0.0]]))
    assert found.tolist() == [[0.6, 0.8], [0.0, 0.0]]


def test_hubs_are_told_from_fair_neighbours() -> None:
    ring = np.arange(60)
    apart = np.abs(np.subtract.outer(ring, ring))
    fair = -np.minimum(apart, 60 - apart).astype(float)
    gallery = Gallery([""] * 60, [""] * 60)
    assert gallery.judge(fair).hubness == 0.0
    crowded = fair.copy()
    crowded[:, :5] += 100
    assert gallery.judge(crowded).hubness > 2
    assert skewness(np.array([1.0, 1.0, 4.0])) == pytest.approx(1 / np.sqrt(2))


def test_neighbours_kept_are_counted_by_query() -> None:
    scores = np.array([[9.0, 3, 2, 1], [1, 9, 3, 2]])
    queries = np.array([0, 1])
    before = nearest(scores, queries=queries, most=2)
    assert before.tolist() == [[1, 2], [2, 3]]
    altered = nearest(scores[:, [0, 1, 3, 2]], queries=queries, most=2)
    assert kept(before, altered).tolist() == [0.5, 1.0]
    assert nearest(scores[:, :2], queries=queries, most=2).tolist() == [[1, -1], [0, -1]]
    with pytest.raises(BadRequestError, match="cannot be set against"):
        kept(before, before[:1])


def test_judging_is_quick(gallery: Gallery) -> None:
    gallery.figures(gallery.judge(NEAR))
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        gallery.figures(gallery.judge(FAR))
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.5


def test_only_numpy_and_scipy_are_needed() -> None:
    code = (
        "import sys; import numpy as np;"
        "from segue.evaluation.retrieval import Gallery, cosines;"
        "g = Gallery(['a', 'a', 'b'], ['x', 'x', 'y']); g.figures(g.judge(cosines(np.eye(3))));"
        "print(' '.join(sorted({each.partition('.')[0] for each in sys.modules})));"
        "print(' '.join(each for each in sys.modules if each.startswith('segue.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded, ours = (line.split() for line in done.stdout.splitlines())
    assert not {"av", "sklearn", "torch", "sqlalchemy", "onnxruntime", "pydantic"} & set(loaded)
    assert not {"segue.audio", "segue.descriptors", "segue.catalogue"} & set(ours)
