"""Intervals: nine of ten lie within, and they are wider where more is unsure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.training.intervals import COVERAGE, fit_band, moved

PARTS = 5


def _noisy(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What is said of tracks, and truths that lie the further off the larger it is."""
    random = np.random.default_rng(seed)
    said = random.uniform(0, 1, size=(count, 2))
    return said, (said[:, 0] + random.normal(size=count) * (0.02 + 0.3 * said[:, 0]))[:, None]


def test_nine_of_ten_new_tracks_lie_within_and_the_width_follows_the_doubt() -> None:
    said, truth = _noisy(600, 1)
    rows = np.arange(len(said))
    parts = [(rows[rows % PARTS != part], rows[rows % PARTS == part]) for part in range(PARTS)]
    band = fit_band(said, truth, parts, seed=1)
    asked, true = _noisy(2000, 2)
    low, high = band.ends(asked)
    inside = ((low <= true) & (true <= high))[:, 0]
    assert inside.mean() == pytest.approx(COVERAGE, abs=0.03)
    sure = asked[:, 0] < 0.2
    assert (high - low)[sure].mean() < 0.5 * (high - low)[asked[:, 0] > 0.8].mean()
    assert inside[asked[:, 0] > 0.8].mean() > 0.8


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=200))
def test_the_move_lets_enough_held_out_tracks_in(off: list[float]) -> None:
    assert np.mean(np.array(off) <= moved(np.array(off))) >= COVERAGE - 1e-12
    assert moved(np.array(off)) in off
