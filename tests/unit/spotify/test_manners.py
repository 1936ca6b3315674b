"""Delays: bounded, growing, and never the same for all."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from segue.sources.fetching import seconds_asked
from segue.sources.spotify.manners import Manners, delay

MANNERS = st.builds(
    Manners,
    first=st.floats(0.01, 10.0),
    longest=st.floats(0.01, 1_000.0),
)


@given(MANNERS, st.integers(1, 10_000), st.integers())
def test_a_delay_is_at_most_the_longest_and_never_nothing(manners, failed, seed) -> None:
    waits = delay(failed, manners, source=random.Random(seed))
    assert 0 < waits <= manners.longest


@given(MANNERS, st.lists(st.integers(), min_size=12, max_size=12))
def test_the_ceiling_of_the_next_delay_doubles_until_it_is_the_longest(manners, seeds) -> None:
    waits = [delay(n, manners, source=random.Random(seed)) for n, seed in enumerate(seeds, start=1)]
    for n, (one, after) in enumerate(pairwise(waits), start=1):
        if manners.first * 2.0**n <= manners.longest:
            assert one <= after + 1e-9
        assert after >= min(manners.longest, manners.first * 2.0**n) / 2


@given(st.integers(1, 8), st.integers(), st.integers())
def test_two_who_were_sent_away_together_come_back_apart(failed, one, other) -> None:
    manners = Manners()
    delays = {delay(failed, manners, source=random.Random(seed)) for seed in (one, other)}
    assert len(delays) == len({random.Random(seed).random() for seed in (one, other)})


@given(st.text(max_size=40))
def test_whatever_stands_in_retry_after_is_a_time_or_none(text) -> None:
    found = seconds_asked(text)
    assert found is None or 0 <= found <= 366 * 86_400
