"""What holds for the figures of retrieval whatever the space, and what a plain loop makes of it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.evaluation.hubness import kept, skewness
from segue.evaluation.ranking import Ranking
from segue.evaluation.retrieval import METRICS, NEAREST, Gallery, cosines


@st.composite
def tracks(draw: st.DrawFn) -> tuple[list[str], list[str], np.ndarray]:
    """Artists and genres, some unknown, and vectors of as many tracks."""
    n = draw(st.integers(2, 40))
    names = st.lists(st.sampled_from(["", "a", "b", "c", "d"]), min_size=n, max_size=n)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return draw(names), draw(names), rng.normal(size=(n, draw(st.integers(2, 6))))


def looped(scores: np.ndarray, artists: list[str], genres: list[str]) -> dict[str, list[float]]:
    """The definition, query by query and place by place; no two scores may be equal."""
    found: dict[str, list[float]] = {name: [] for name in METRICS}
    for query, artist in enumerate(artists):
        order = [row for row in np.argsort(-scores[query]) if row != query]
        same = [artist != "" and artists[row] == artist for row in order]
        hits, precisions = 0, []
        for place, is_same in enumerate(same, start=1):
            if is_same:
                hits += 1
                precisions.append(hits / place)
        others = [row for row, is_same in zip(order, same, strict=True) if not is_same][:NEAREST]
        told = dict.fromkeys(METRICS, np.nan)
        if hits:
            told["artist_hit_1"] = float(same[0])
            told["artist_precision_10"] = sum(same[:NEAREST]) / min(NEAREST, hits)
            told["artist_map"] = float(np.mean(precisions))
        if artist and genres[query] and others:
            told["genre_precision_10"] = float(
                np.mean([genres[row] == genres[query] for row in others])
            )
        for name, value in told.items():
            found[name].append(value)
    return found


@given(given_=tracks())
def test_the_figures_are_those_of_a_plain_loop(given_: tuple) -> None:
    artists, genres, vectors = given_
    scores = cosines(vectors)
    found = Gallery(artists, genres).judge(scores)
    for name, values in looped(scores, artists, genres).items():
        assert found.values[name] == pytest.approx(values, abs=1e-12, nan_ok=True)
    for query in range(len(artists)):
        order = [row for row in np.argsort(-scores[query]) if row != query][:NEAREST]
        assert found.neighbours[query].tolist() == order + [-1] * (NEAREST - len(order))


@given(given_=tracks(), seed=st.integers(0, 2**32 - 1), scale=st.floats(0.01, 100))
def test_turning_and_stretching_a_space_changes_nothing(
    given_: tuple, seed: int, scale: float
) -> None:
    artists, genres, vectors = given_
    rng = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(rng.normal(size=(vectors.shape[1],) * 2))
    gallery = Gallery(artists, genres)
    before = gallery.judge(cosines(vectors))
    after = gallery.judge(cosines(scale * vectors @ turn))
    for name in METRICS:
        assert after.values[name] == pytest.approx(before.values[name], nan_ok=True)
    assert after.hubness == pytest.approx(before.hubness)


@given(given_=tracks(), seed=st.integers(0, 2**32 - 1), levels=st.integers(1, 40))
def test_the_order_of_the_tracks_does_not_count_even_where_scores_are_equal(
    given_: tuple, seed: int, levels: int
) -> None:
    artists, genres, vectors = given_
    rng = np.random.default_rng(seed)
    scores = np.round(cosines(vectors) * levels) / levels
    moved = rng.permutation(len(artists))
    before = Gallery(artists, genres).judge(scores)
    shuffled = Gallery([artists[row] for row in moved], [genres[row] for row in moved])
    after = shuffled.judge(scores[np.ix_(moved, moved)])
    for name in METRICS:
        assert after.values[name] == pytest.approx(before.values[name][moved], nan_ok=True)
    assert after.occurrences == pytest.approx(before.occurrences[moved])
    assert after.hubness == pytest.approx(before.hubness)


@given(data=st.data(), n=st.integers(1, 5))
def test_equal_scores_count_as_every_way_to_break_them(data: st.DataObject, n: int) -> None:
    scores = np.array([data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))], float)
    asked = np.array([data.draw(st.lists(st.booleans(), min_size=n, max_size=n))])
    ranking = Ranking.of(scores, out=np.zeros((1, n), dtype=bool))
    orders = [
        order
        for order in itertools.permutations(range(n))
        if all(scores[0, a] >= scores[0, b] for a, b in itertools.pairwise(order))
    ]
    hits = np.array([[asked[0, row] for row in order] for order in orders], dtype=float)
    assert ranking.hits(asked)[0] == pytest.approx(hits.mean(axis=0))
    if asked.any():
        precisions = np.cumsum(hits, axis=1) / np.arange(1, n + 1)
        each = (precisions * hits).sum(axis=1) / asked.sum()
        assert ranking.average_precision(asked)[0] == pytest.approx(each.mean())
    inside = np.array([[order.index(row) < 2 for row in range(n)] for order in orders], float)
    assert ranking.within(2)[0] == pytest.approx(inside.mean(axis=0))


@given(given_=tracks())
def test_figures_stay_within_their_bounds_and_a_perfect_space_is_perfect(given_: tuple) -> None:
    artists, genres, vectors = given_
    gallery = Gallery(artists, genres, draws=50)
    found = gallery.judge(cosines(vectors))
    for name in METRICS:
        told = gallery.figure(found, name)
        assert np.isnan(told.value) or 0 <= told.low <= told.high <= 1 + 1e-12
        assert told.queries == int((~np.isnan(found.values[name])).sum())
    same = np.equal.outer(artists, artists).astype(float)
    for name in ("artist_hit_1", "artist_precision_10", "artist_map"):
        value = gallery.figure(gallery.judge(same), name).value
        # One group of equals: all of the artist's other tracks, nothing else.
        assert np.isnan(value) or value == pytest.approx(1.0)
    assert np.nansum(found.occurrences) == pytest.approx(
        len(artists) * min(NEAREST, len(artists) - 1)
    )


@given(given_=tracks(), parts=st.integers(1, 4))
@settings(max_examples=30)
def test_queries_see_their_own_fold_only(given_: tuple, parts: int) -> None:
    artists, genres, vectors = given_
    fold = np.arange(len(artists)) % parts
    folds = [(np.flatnonzero(fold != each), np.flatnonzero(fold == each)) for each in range(parts)]
    scores = np.where(np.equal.outer(fold, fold), cosines(vectors), np.nan)
    found = Gallery(artists, genres, folds=folds).judge(scores)
    for _, test in folds:
        part = Gallery([artists[row] for row in test], [genres[row] for row in test])
        alone = part.judge(scores[np.ix_(test, test)])
        for name in METRICS:
            assert found.values[name][test] == pytest.approx(alone.values[name], nan_ok=True)
        assert found.occurrences[test] == pytest.approx(alone.occurrences)


@given(counts=st.lists(st.integers(0, 30), min_size=1, max_size=30), scale=st.floats(0.1, 9))
def test_skewness_has_a_mirror_and_no_unit(counts: list[int], scale: float) -> None:
    values = np.array(counts, dtype=float)
    assert skewness(-values) == pytest.approx(-skewness(values))
    assert skewness(scale * values + 3) == pytest.approx(skewness(values), abs=1e-6)


@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 8))
def test_what_is_kept_is_a_share_and_does_not_mind_the_order(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = (np.array([rng.permutation(12)[:k] for _ in range(5)]) for _ in range(2))
    share = kept(before, after)
    assert kept(before, before[:, ::-1]) == pytest.approx(np.ones(5))
    assert share == pytest.approx(
        [len(set(a) & set(b)) / k for a, b in zip(before, after, strict=True)]
    )
