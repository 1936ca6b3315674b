"""Quantile matching: the order stays, the distribution becomes the other one."""

from __future__ import annotations

import numpy as np
import pytest

from segue.attributes.matching import KNOTS, Match, fit
from segue.errors import InternalError


def test_matched_scores_have_the_distribution_of_the_values() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(size=2000)
    values = rng.beta(0.4, 1.3, size=700)
    matched = fit(scores, values)(scores)
    shares = np.linspace(0, 1, 41)
    np.testing.assert_allclose(np.quantile(matched, shares), np.quantile(values, shares), atol=0.02)


def test_the_order_of_tracks_stays_and_the_ends_are_those_of_the_values() -> None:
    scores = np.random.default_rng(4).normal(size=300)
    match = fit(scores, np.linspace(0.2, 0.8, 150))
    matched = match(np.sort(scores))
    assert (np.diff(matched) >= 0).all()
    assert match(np.array([-1e9, 1e9])).tolist() == pytest.approx([0.2, 0.8])


def test_a_score_that_many_share_gets_the_mean_of_their_values() -> None:
    scores = np.array([0.0] * 50 + [1.0] * 50)
    match = fit(scores, np.linspace(0, 1, 100))
    low, high = match(np.array([0.0, 1.0]))
    assert (low, high) == (pytest.approx(0.25, abs=0.02), pytest.approx(0.75, abs=0.02))


def test_equal_scores_all_get_the_middle() -> None:
    match = fit(np.zeros(200), np.linspace(0, 1, 101))
    assert match(np.array([-5.0, 0.0, 5.0])).tolist() == pytest.approx([0.5] * 3)


def test_most_values_alike_leave_most_tracks_alike() -> None:
    """Nearly all music has an instrumentalness of 0: matched, nearly all has too."""
    values = np.concatenate([np.zeros(900), np.linspace(0, 0.9, 100)])
    scores = np.random.default_rng(5).normal(size=1000)
    assert (fit(scores, values)(scores) == 0).mean() == pytest.approx(0.9, abs=0.02)


def test_what_is_written_down_is_what_is_used() -> None:
    rng = np.random.default_rng(6)
    match = fit(rng.normal(size=500), rng.random(500), tracks=500)
    again = Match(np.array(match.scores.tolist()), np.array(match.values.tolist()), 500)
    probe = rng.normal(size=50)
    np.testing.assert_array_equal(match(probe), again(probe))
    assert len(match.scores) <= KNOTS
    assert all(float(f"{number:.6g}") == number for number in match.scores.tolist())


@pytest.mark.parametrize(
    ("scores", "values"), [([], [1.0]), ([1.0], []), ([np.nan], [1.0]), ([1.0], [np.inf])]
)
def test_gaps_are_refused(scores: list[float], values: list[float]) -> None:
    with pytest.raises(InternalError, match="with gaps cannot be matched"):
        fit(np.array(scores), np.array(values))
