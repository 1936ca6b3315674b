"""What blind comparisons say of two lenses."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.evaluation.listening import Tally, Z, tallies
from segue.records import Judgement
from segue.types import TrackId


def judged(one: str, other: str, winner: str) -> Judgement:
    ids = (TrackId("s"), TrackId("a"), TrackId("b"))
    return Judgement("pair", one, other, *ids, choice="", winner=winner, listener="", at=0.0)


def test_pairs_are_counted_whichever_lens_was_named_first() -> None:
    found = tallies(
        [
            judged("text", "sound", "sound"),
            judged("sound", "text", "text"),
            judged("sound", "text", "sound"),
            judged("sound", "text", ""),
            judged("mood", "text", "mood"),
        ]
    )
    assert found == [Tally("sound", "text", 2, 1, 1), Tally("mood", "text", 1, 0, 0)]
    assert (found[0].decided, found[0].share) == (3, pytest.approx(2 / 3))


@pytest.mark.parametrize(("won", "lost"), [(7, 3), (30, 10), (10, 30), (0, 5), (5, 0), (1, 1)])
def test_a_share_at_an_end_would_be_just_as_far_off_as_chance_allows(won: int, lost: int) -> None:
    """What Wilson's interval is: the shares x with |p - x| <= z √(x (1 - x) / n)."""
    tally = Tally("a", "b", won, lost, 4)
    low, high = tally.interval
    for end in (low, high):
        allowed = Z * math.sqrt(end * (1 - end) / tally.decided)
        assert abs(won / tally.decided - end) == pytest.approx(allowed, abs=1e-9)
    assert tally.better == ("a" if low > 0.5 else "b" if high < 0.5 else "")


def test_nothing_decided_says_nothing() -> None:
    tally = Tally("a", "b", 0, 0, 3)
    assert (tally.share, tally.interval, tally.better) == (None, (0.0, 1.0), "")


@given(won=st.integers(0, 500), lost=st.integers(0, 500))
def test_the_interval_holds_the_share_and_turns_with_the_sides(won: int, lost: int) -> None:
    tally, turned = Tally("a", "b", won, lost, 0), Tally("a", "b", lost, won, 0)
    low, high = tally.interval
    assert 0.0 <= low <= high <= 1.0
    assert turned.interval == pytest.approx((1 - high, 1 - low), abs=1e-12)
    if tally.share is not None:
        assert low - 1e-12 <= tally.share <= high + 1e-12
