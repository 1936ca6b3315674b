"""Filters as masks, condition by condition."""

from __future__ import annotations

import math

import numpy as np
import pytest

from segue.errors import BadRequestError
from segue.recommend.filters import Sieve
from segue.records import Filters, TrackRecord
from worlds import make_corpus

RECORDS = [
    TrackRecord(title="0", artists=("Björk",), genres=("Indie-Rock", "pop"), year=1999,
                duration=200.0, explicit=False),
    TrackRecord(title="1", artists=("The Beatles", "X"), genres=("rock",), year=1969,
                duration=120.0, explicit=True),
    TrackRecord(title="2", artists=("Various Artists",), genres=("pop",)),
    TrackRecord(title="3", artists=(), genres=(), year=2020, duration=600.0, explicit=False),
]  # fmt: skip
SIEVE = Sieve(make_corpus(RECORDS, playable=[1, 2]))


@pytest.mark.parametrize(
    ("filters", "passing"),
    [
        (Filters(genres=("rock",)), [1]),
        (Filters(genres=("indie rock",)), [0]),
        (Filters(genres=("POP", "rock")), [0, 1, 2]),
        (Filters(exclude_genres=("Pop",)), [1, 3]),
        (Filters(exclude_genres=("no such",)), [0, 1, 2, 3]),
        (Filters(genres=("pop",), exclude_genres=("indie rock",)), [2]),
        (Filters(exclude_artists=("bjork", "Beatles")), [2, 3]),
        (Filters(exclude_artists=("Various artists",)), [0, 1, 3]),
        (Filters(exclude_artists=("nobody",)), [0, 1, 2, 3]),
        (Filters(year_from=1999), [0, 3]),
        (Filters(year_to=1999), [0, 1]),
        (Filters(year_from=1999, year_to=1999), [0]),
        (Filters(seconds_from=120), [0, 1, 3]),
        (Filters(seconds_to=200), [0, 1]),
        (Filters(explicit=True), [1]),
        (Filters(explicit=False), [0, 3]),
        (Filters(playable=True), [1, 2]),
        (Filters(playable=False), [0, 3]),
        (Filters(genres=("rock",), explicit=False), []),
    ],
)
def test_each_condition(filters: Filters, passing: list[int]) -> None:
    mask = SIEVE.mask(filters)
    assert mask is not None
    assert mask.dtype == np.bool_
    assert np.flatnonzero(mask).tolist() == passing


def test_no_condition_is_no_mask() -> None:
    assert SIEVE.mask(Filters()) is None


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(genres=("rokc",)), "no track is of the genre 'rokc'. Closest: rock"),
        (Filters(genres=("zzzz",)), "no track is of the genre 'zzzz'. Leave the genre out"),
        (Filters(year_from=2001, year_to=1999), "no year is from 2001 to 1999"),
        (Filters(seconds_from=60, seconds_to=10), "no length is from 60 to 10"),
        (Filters(seconds_from=-1), "-1 is no length"),
        (Filters(seconds_to=math.nan), "nan is no length"),
        (Filters(year_from=-3), "-3 is no year"),
    ],
)
def test_what_nothing_could_pass_is_said(filters: Filters, said: str) -> None:
    with pytest.raises(BadRequestError) as raised:
        SIEVE.mask(filters)
    assert said in str(raised.value)


def test_an_empty_catalogue_has_an_empty_mask() -> None:
    mask = Sieve(make_corpus([])).mask(Filters(explicit=True, exclude_genres=("pop",)))
    assert mask is not None
    assert mask.shape == (0,)
