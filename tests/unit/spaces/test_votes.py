"""Votes: every window of the seed asks ten neighbours, and tracks are elected."""

from __future__ import annotations

import numpy as np
import pytest

from segue.spaces import votes
from segue.spaces.votes import ASKED, GenreVotesSpace
from worlds import make_corpus, planted_records, planted_windows

COUNT = 30
WINDOWS = planted_windows(COUNT, seed=11, width=5, windows=4).astype(np.float16)
EVERYONE = np.arange(COUNT)


def space_of(windows: np.ndarray) -> GenreVotesSpace:
    vectors = {"genre": dict(enumerate(windows))}
    return GenreVotesSpace.build(make_corpus(planted_records(len(windows)), vectors=vectors))


def counted_plainly(windows: np.ndarray, row: int) -> np.ndarray:
    """The definition, window by window."""
    flat = windows.astype(np.float64)
    flat = flat / np.linalg.norm(flat, axis=2, keepdims=True)
    scores = np.zeros(len(windows))
    for window in flat[row]:
        asked = [
            (-float(window @ other), track, place)
            for track in range(len(windows))
            if track != row
            for place, other in enumerate(flat[track])
        ]
        for _, track, _ in sorted(asked)[:ASKED]:
            scores[track] += 1
    scores /= windows.shape[1] * min(ASKED, windows.shape[1])
    scores[row] = 1.0
    return scores


@pytest.mark.parametrize("row", [0, 7, 29])
def test_the_score_is_the_share_of_possible_votes(row: int) -> None:
    space = space_of(WINDOWS)
    found = space.score_exactly(space.point(row), rows=EVERYONE)
    np.testing.assert_allclose(found, counted_plainly(WINDOWS, row), atol=1e-12)


def test_all_votes_are_cast() -> None:
    space = space_of(WINDOWS)
    for row in range(COUNT):
        found = space.score_exactly(space.point(row), rows=EVERYONE)
        assert found[row != EVERYONE].sum() * 4 * 4 == pytest.approx(4 * ASKED)


def test_a_track_alike_in_every_passage_beats_one_alike_on_the_average() -> None:
    """Both have the mean of the seed; one has its passages too."""
    random = np.random.default_rng(4)
    # Twelve passages to be like, more than the ten that are asked.
    seed = np.array([[5, 3, 0], [5, -3, 0], [5, 0, 3], [5, 0, -3]], dtype=float)
    passages = [seed + 0.01 * random.normal(size=seed.shape) for _ in range(12)]
    average = [np.tile([5.0, 0.0, 0.0], (4, 1)) + 0.01 * random.normal(size=seed.shape)] * 6
    space = space_of(np.array([seed, *passages, *average]))
    found = space.score_exactly(space.point(0), rows=np.arange(19))
    assert found[1:13].min() > 0
    assert not found[13:].any()


def test_copies_of_a_recording_are_the_seed_itself() -> None:
    windows = WINDOWS.copy()
    windows[20] = windows[3]
    space = space_of(windows)
    found = space.score_exactly(space.point(3), rows=EVERYONE)
    assert found[[3, 20]].tolist() == [1.0, 1.0]
    without = space_of(np.delete(windows, 20, axis=0))
    alone = without.score_exactly(without.point(3), rows=EVERYONE[:-1])
    np.testing.assert_allclose(np.delete(found, 20), alone, atol=1e-12)


def test_only_the_tracks_nearest_on_the_average_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(votes, "AMONG", 5)
    space = space_of(WINDOWS)
    point = space.point(2)
    found = space.score_exactly(point, rows=EVERYONE)
    assert np.count_nonzero(found) <= 6
    assert found[EVERYONE != 2].sum() == pytest.approx(4 * ASKED / 16)


def test_a_lonely_track_votes_for_nobody() -> None:
    space = space_of(WINDOWS[:1])
    assert space.score_exactly(space.point(0), rows=np.array([0])).tolist() == [1.0]
