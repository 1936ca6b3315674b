"""One row a recording, not too many by one artist."""

from __future__ import annotations

import math

import numpy as np
import pytest

from segue.recommend.seeds import seed_from
from segue.recommend.selection import Caps, Choice, Recording, Recordings, choose
from segue.records import TrackRecord
from segue.snapshot import Description
from worlds import make_corpus


def song(title: str, *artists: str, duration: float | None = None) -> TrackRecord:
    return TrackRecord(title=title, artists=artists, duration=duration)


RECORDS = [
    song("Song", "Ann", duration=200.0),
    song("Song (feat. Bob)", "Ann", "Bob", duration=202.9),
    song("Song - Live", "Ann", duration=200.0),
    song("Song", "Cid", duration=200.0),
    song("SONG", "ann"),
    song("Song", "Ann", duration=210.0),
    song("Other", "Ann"),
    song("", "Ann"),
    song("Other", "Various Artists"),
    song("Other", "Various Artists"),
    song("", "Ann"),
]
CORPUS = make_corpus(RECORDS)
RECORDINGS = Recordings(CORPUS)


@pytest.mark.parametrize(
    ("row", "versions"),
    [
        (0, [0, 1, 4]),
        (1, [0, 1, 4]),
        (2, [2]),
        (3, [3]),
        (4, [0, 1, 4, 5]),
        (5, [4, 5]),
        (7, []),
        (8, []),
    ],
)
def test_versions(row: int, versions: list[int]) -> None:
    assert RECORDINGS.versions(RECORDINGS.of(row)) == versions


def test_a_remaster_is_a_version_and_another_performance_is_not() -> None:
    titles = (
        "Song",
        "Song - Remastered 2011",
        "Song (Live) [Remastered]",
        "Song - Live",
        "Remaster",
    )
    found = Recordings(make_corpus([song(title, "Ann", duration=200.0) for title in titles]))
    groups = [found.versions(found.of(row)) for row in range(len(titles))]
    assert groups == [[0, 1], [0, 1], [2, 3], [2, 3], [4]]
    plain = Recordings(make_corpus([song(titles[0], "Ann"), song(titles[4], "Ann")]))
    seed = seed_from(Description(song(titles[1], "Ann"), {}))
    assert plain.versions(plain.of_seed(seed)) == [0]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (200.0, 203.0, True),
        (200.0, 204.1, False),
        (600.0, 611.0, True),
        (600.0, 613.0, False),
        (math.nan, 100.0, True),
        (100.0, math.nan, True),
    ],
)
def test_durations_may_differ_by_three_seconds_or_two_percent(
    first: float, second: float, same: bool
) -> None:
    ann = frozenset({"ann"})
    one, other = Recording("song", ann, first), Recording("song", ann, second)
    assert one.same(other) is same
    assert other.same(one) is same


def test_a_seed_from_outside_is_a_recording_too() -> None:
    seed = seed_from(Description(song("song [Bonus Track]", "ANN", duration=201.0), {}))
    assert RECORDINGS.versions(RECORDINGS.of_seed(seed)) == [0, 1, 4]


def chosen(rows: list[int], **options: object) -> list[Choice]:
    caps = Caps(CORPUS.artist_keys, per_artist=options.pop("per_artist", None))  # type: ignore[arg-type]
    given = {"n": 10, "recordings": RECORDINGS, **options}
    return choose(rows, caps=caps, **given)  # type: ignore[arg-type]


def test_the_best_version_is_the_row_and_the_others_stand_behind_it() -> None:
    found = chosen([3, 1, 0, 2, 4, 6])
    assert [(each.place, each.row) for each in found] == [(0, 3), (1, 1), (3, 2), (5, 6)]
    assert found[1].versions == (0, 4)
    assert found[0].versions == ()


def test_versions_that_may_not_be_recommended_do_not_stand_behind_a_row() -> None:
    allowed = np.array([row != 4 for row in range(len(RECORDS))])
    assert chosen([1, 0, 4], allowed=allowed)[0].versions == (0,)


def test_taken_rows_are_neither_chosen_nor_versions() -> None:
    found = chosen([0, 1, 2], taken=[0])
    assert [(each.row, each.versions) for each in found] == [(1, (4,)), (2, ())]


def test_without_grouping_every_row_stands_alone() -> None:
    found = chosen([0, 1, 4], recordings=None)
    assert [(each.row, each.versions) for each in found] == [(0, ()), (1, ()), (4, ())]


def test_an_artist_has_a_part_in_so_many_rows_and_no_more() -> None:
    rows = [1, 2, 5, 6, 3, 8]
    assert [each.row for each in chosen(rows, recordings=None, per_artist=1)] == [1, 3, 8]
    assert [each.row for each in chosen(rows, recordings=None, per_artist=2)] == [1, 2, 3, 8]


def test_nobody_in_particular_is_not_capped() -> None:
    assert [each.row for each in chosen([8, 9], per_artist=1)] == [8, 9]


def test_n_is_the_most() -> None:
    assert [each.row for each in chosen([0, 2, 3, 6], n=2)] == [0, 2]
    assert chosen([]) == []
