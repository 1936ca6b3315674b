"""Filters as masks, condition by condition."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from segue.errors import BadRequestError
from segue.recommend.filters import Sieve
from segue.records import Attributes, Between, Filters, TrackRecord
from segue.types import TrackId
from worlds import make_corpus

RECORDS = [
    TrackRecord(title="0", artists=("Björk",), genres=("Indie-Rock", "pop"), year=1999,
                duration=200.0, explicit=False, popularity=70,
                attributes=Attributes(energy=0.25, loudness=-12, tempo=84, key=9, mode=0)),
    TrackRecord(title="1", artists=("The Beatles", "X"), genres=("rock",), year=1969,
                duration=120.0, explicit=True, popularity=10,
                attributes=Attributes(energy=0.75, loudness=-6, tempo=168, key=0, mode=1)),
    TrackRecord(title="2", artists=("Various Artists",), genres=("pop",),
                attributes=Attributes(energy=0.5, tempo=0, key=9)),
    TrackRecord(title="3", artists=(), genres=(), year=2020, duration=600.0, explicit=False),
]  # fmt: skip
SIEVE = Sieve(
    replace(
        make_corpus(RECORDS, playable=[1, 2]),
        languages={0: "en-gb", 1: "deu", 3: "en"},
        paths={
            1: ("/music/rock/1.mp3", "/copies/1.mp3"),
            2: ("/music/pop/2.mp3",),
            3: ("/music/pop rock/3.mp3",),
        },
    )
)


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
        (Filters(artists=("x", "BJORK")), [0, 1]),
        (Filters(tempo_from=80, tempo_to=90), [0, 1]),
        (Filters(tempo_from=80, tempo_to=90, octaves=False), [0]),
        (Filters(tempo_from=42, tempo_to=42), [0]),
        (Filters(tempo_to=50, octaves=False), []),
        (Filters(tempo_from=100, octaves=False), [1]),
        (Filters(key=9), [0, 2]),
        (Filters(key=9, mode=0), [0]),
        (Filters(key=9, mode=0, compatible_keys=True), [0, 1]),
        (Filters(mode=1), [1]),
        (Filters(languages=("EN",)), [0, 3]),
        (Filters(languages=("en_GB", "deu")), [0, 1]),
        (Filters(folders=("/music",)), [1, 2, 3]),
        (Filters(folders=("/music/pop", "/copies/")), [1, 2]),
        (Filters(folders=("/",)), [1, 2, 3]),
        (Filters(folders=("/music/rock/../pop/.",)), [2]),
        (Filters(between=(Between("energy", 0.25, 0.5),)), [0, 2]),
        (Filters(between=(Between("loudness", None, -10),)), [0]),
        (Filters(between=(Between("popularity", 50), Between("energy", 0.1))), [0]),
        (Filters(exclude_tracks=frozenset({TrackId("t00001"), TrackId("gone")})), [0, 2, 3]),
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
        (
            Filters(genres=("zzzz",)),
            "no track is of the genre 'zzzz'. There are: indie rock, pop, rock",
        ),
        (Filters(year_from=2001, year_to=1999), "no year is from 2001 to 1999"),
        (Filters(seconds_from=60, seconds_to=10), "no length is from 60 to 10"),
        (Filters(seconds_from=-1), "-1 is no length"),
        (Filters(seconds_to=math.nan), "nan is no length"),
        (Filters(year_from=-3), "-3 is no year"),
        (Filters(tempo_from=120, tempo_to=80), "no tempo is from 120 to 80"),
        (Filters(tempo_from=math.inf), "inf is no tempo"),
        (Filters(artists=("beetles",)), "no track is by 'beetles'. Closest: beatles"),
        (Filters(languages=("zz",)), "no track is in the language 'zz'. There are: deu, en, en-gb"),
        (Filters(folders=("/music/jazz/x",)), "no track lies in '/music/jazz/x'. There are files"),
        (Filters(folders=("jazz",)), "Give a whole path; one that is there is /copies/1.mp3"),
        (Filters(folders=("",)), "no track lies in ''"),
        (Filters(between=(Between("enrgy", 0),)), "there is no attribute 'enrgy'. Closest: energy"),
        (Filters(between=(Between("energy", 1, 0),)), "no energy is from 1 to 0"),
        (Filters(between=(Between("energy", math.nan),)), "nan is no energy"),
        (Filters(between=(Between("energy"),)), "no end of the energy is given"),
        (Filters(key=12), "12 is no key"),
        (Filters(key=3, mode=2), "2 is no mode"),
        (Filters(compatible_keys=True), "keys are to be compatible, but no key is named"),
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


def test_a_catalogue_without_files_says_how_it_gets_some() -> None:
    with pytest.raises(BadRequestError, match="Add your music first: `segue scan FOLDER`"):
        Sieve(make_corpus(RECORDS)).mask(Filters(folders=("/music",)))


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(), ""),
        (Filters(genres=("rock",)), ""),
        (
            Filters(genres=("rock",), explicit=False, year_from=1960),
            "No track passes all the filters; of all tracks there would be "
            "2 without “of the genre rock”, 1 without “not explicit”",
        ),
        (
            Filters(year_from=2021),
            "No track passes the filters; of 4 tracks, each alone: 0 “of a year from 2021”",
        ),
        (
            Filters(key=9, mode=1, compatible_keys=True, tempo_to=50, octaves=False),
            "No track passes the filters; of 4 tracks, each alone: "
            "0 “of a tempo to 50 BPM”, 0 “in A major or a key that mixes with it”",
        ),
    ],
)
def test_what_takes_all_away_is_named(filters: Filters, said: str) -> None:
    told = SIEVE.lost(filters)
    assert told.partition(". What nobody knows")[0] == said


def test_a_name_that_nothing_has_is_told_with_what_there_is() -> None:
    records = [
        TrackRecord(title=f"t{n}", artists=(f"Band {n}",) if n % 2 else ("Ann",)) for n in range(60)
    ]
    sieve = Sieve(make_corpus(records))
    with pytest.raises(BadRequestError, match=r"Most tracks have: ann, band"):
        sieve.mask(Filters(artists=("zzzzqqq",)))


def test_tracks_to_leave_out_that_are_not_there_are_told() -> None:
    sieve = Sieve(make_corpus([TrackRecord(title="a", artists=("Ann",))]))
    (told,) = sieve.idle(Filters(exclude_tracks=frozenset({TrackId("nosuch")})))
    assert told == "1 track to leave out is not in the catalogue"


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(year_from="1990"), "'1990' is no year"),  # type: ignore[arg-type]
        (Filters(tempo_to=True), "True is no tempo"),
    ],
)
def test_an_end_of_another_kind_is_said(filters: Filters, said: str) -> None:
    sieve = Sieve(make_corpus([TrackRecord(title="a", artists=("Ann",))]))
    with pytest.raises(BadRequestError, match=said):
        sieve.mask(filters)
