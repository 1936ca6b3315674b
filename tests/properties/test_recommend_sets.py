"""What holds of every set: bounds, permutations, and who may not be recommended."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segue.recommend.engine import Engine
from segue.recommend.seeds import Member, Seed
from segue.recommend.sets import SPEAKERS, best_part, speakers
from segue.records import UNSELECTED, Track
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from segue.types import TrackId
from worlds import mixed_corpus

CORPUS = mixed_corpus(160, seed=3)
ENGINE = Engine(Snapshot(CORPUS, build_all(CORPUS)))
EVERYWHERE = np.flatnonzero(
    ENGINE.snapshot.spaces["attributes"].placed & ENGINE.snapshot.spaces["text"].placed
).tolist()


@st.composite
def scored(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    seeds = draw(st.integers(1, 9))
    scores = draw(arrays(np.float64, (seeds, 7), elements=st.floats(-1, 1)))
    weights = draw(arrays(np.float64, seeds, elements=st.floats(0.01, 1)))
    return scores, weights / weights.sum()


@given(scored())
def test_the_best_part_lies_between_the_mean_and_the_best(case: tuple) -> None:
    scores, weights = case
    found = best_part(scores, weights)
    assert (found <= scores.max(axis=0) + 1e-9).all()
    assert (found >= weights @ scores - 1e-9).all()


@given(scored(), st.randoms(use_true_random=False))
def test_the_best_part_knows_no_order_and_never_jumps(case: tuple, random) -> None:
    scores, weights = case
    found = best_part(scores, weights)
    order = list(range(len(weights)))
    random.shuffle(order)
    np.testing.assert_allclose(best_part(scores[order], weights[order]), found, atol=1e-9)
    moved = best_part(scores + 1e-6, weights)
    np.testing.assert_allclose(moved, found + 1e-6, atol=1e-9)
    one = scores.copy()
    one[0] += 1e-6
    assert (np.abs(best_part(one, weights) - found) <= 1e-6 + 1e-9).all()


@given(st.integers(1, 30), st.integers(0, 1000))
def test_speakers_are_different_seeds_and_speak_for_all(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(count, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    chosen, share = speakers((points @ points.T).astype(np.float32), np.full(count, 1 / count))
    assert len(set(chosen)) == len(chosen) == min(count, SPEAKERS)
    assert (share > 0).all()
    assert abs(share.sum() - 1) < 1e-9


@given(
    rows=st.lists(st.sampled_from(EVERYWHERE), min_size=1, max_size=30),
    away=st.lists(st.sampled_from(EVERYWHERE), max_size=4),
    lens=st.sampled_from(["hybrid", "attributes=1,together=1", "balanced"]),
)
@settings(max_examples=40, deadline=None)
def test_no_member_is_recommended_and_scores_fall(
    rows: list[int], away: list[int], lens: str
) -> None:
    weights = [(row, 1.0) for row in rows] + [(row, -0.3) for row in away if row not in rows]
    members = tuple(
        Member(ENGINE.seed_of(CORPUS.ids[row]), weight=weight) for row, weight in weights
    )
    asked = Seed(Track(TrackId(""), "a set", ()), members=members)
    answer = ENGINE.similar(asked, n=30, lens=lens, dials=UNSELECTED)
    found = [CORPUS.row_of[row.track.id] for row in answer]
    assert not set(found) & {row for row, _ in weights}
    scores = [row.score for row in answer]
    assert scores == sorted(scores, reverse=True)
    assert all(np.isfinite(scores))
    shuffled = Seed(asked.track, members=members[::-1])
    first = ENGINE.ranked(asked, lens=lens, n=10)[1]
    np.testing.assert_allclose(ENGINE.ranked(shuffled, lens=lens, n=10)[1], first, atol=1e-8)
