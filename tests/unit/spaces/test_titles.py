"""Names of playlists: spellings and scripts that meet, and tracks found by a name alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.records import TrackRecord
from segue.snapshot import Description
from segue.spaces.titles import Names, TitlesSpace, terms_of
from worlds import make_corpus

if TYPE_CHECKING:
    from segue.spaces.memberships import PlaylistPoint

LISTS = (
    ("Road Trip!", [0, 1, 2]),
    ("Été à la plage", [3, 4]),
    ("夜のドライブ", [5, 6]),
    ("Тренировка", [7, 8]),
    ("🔥🔥🔥", [9]),
    ("", [10, 11]),
    ("roadtrip", [0, 12]),
    ("موسيقى هادئة", [13]),
)


def built(playlists: object = LISTS) -> TitlesSpace:
    records = [TrackRecord(title=f"Song {row}") for row in range(15)]
    return TitlesSpace.build(make_corpus(records, playlists=playlists))


def asked(space: TitlesSpace, title: str) -> PlaylistPoint | None:
    return space.place(Description(record=TrackRecord(), vectors={}, title=title))


@pytest.mark.parametrize(
    ("title", "rows"),
    [
        ("ROADTRIPS", {0, 1, 2, 12}),
        ("road-trip 2019", {0, 1, 2, 12}),
        ("ete a la plage", {3, 4}),
        ("夜", {5, 6}),
        ("ドライブ", {5, 6}),
        ("ТРЕНИРОВКИ", {7, 8}),
        ("hot 🔥", {9}),
        ("موسيقى", {13}),
    ],
)
def test_a_name_finds_the_playlists_of_like_names(title: str, rows: set[int]) -> None:
    space = built()
    scores = space.score([asked(space, title)])[0]
    best = np.argsort(-scores, kind="stable")[: len(rows)]
    assert set(best.tolist()) == rows
    assert scores.max() <= 1


@pytest.mark.parametrize("title", ["", "   ", "zzqqx", "12345"])
def test_a_name_that_is_like_no_other_stands_nowhere(title: str) -> None:
    assert asked(built(), title) is None


def test_of_playlists_of_one_name_the_score_is_their_share() -> None:
    lists = [("Chill", [0, 1]), ("chill!", [0, 2]), ("Metal", [3, 4])]
    space = built(lists)
    scores = space.score([asked(space, "CHILL")])[0]
    # Two playlists of two tracks are alike by 1; both hold the first track.
    assert scores[:5] == pytest.approx([2**-0.25, 2**-0.25 / 2, 2**-0.25 / 2, 0, 0])


def test_tracks_stand_where_the_names_of_their_playlists_do() -> None:
    space = built()
    assert np.flatnonzero(~space.placed).tolist() == [10, 11, 14]
    assert space.point(10) is None
    scores = space.score([space.point(12)])[0]
    assert scores[1] > 0
    assert scores[3] == 0


def test_a_catalogue_of_playlists_without_names_places_nobody() -> None:
    space = built([("", [0, 1]), (" ", [2])])
    assert not space.placed.any()
    assert asked(space, "anything") is None


def test_names_are_said_as_they_are_written() -> None:
    space = built()
    (found,) = space.compare(asked(space, "roadtrip"), 1)
    assert found.seed == "“roadtrip”"
    assert found.agreement == "in playlists named “Road Trip!”"
    (found,) = space.compare(asked(space, "roadtrip"), 5)
    assert (found.track, found.agreement, found.likeness) == ("“夜のドライブ”", "", 0.0)


def test_a_title_and_seeds_are_one_question() -> None:
    space = built()
    both = space.gather([asked(space, "夜"), space.point(3)], weights=np.array([0.5, 0.5]))
    scores = space.score([both])[0]
    assert np.flatnonzero(scores > 0.1).tolist() == [3, 4, 5, 6]


def test_a_set_is_weighed_once_and_scores_the_sum_of_its_members() -> None:
    space = built()
    points = [asked(space, "road to the plage"), *map(space.point, (0, 3, 12))]
    weights = np.array([0.5, 0.3, 0.2, -0.4])
    both = space.gather(points, weights=weights)
    everyone = np.arange(15)
    found = space.score_exactly(both, rows=everyone)
    assert not any("weighed" in vars(point) for point in points)
    each = [space.score_exactly(point, rows=everyone) for point in points]
    np.testing.assert_allclose(found, weights @ each, atol=1e-12)


def test_a_repeated_name_is_kept_once() -> None:
    names = Names(["Chill", "CHILL!!", "", "chill out"])
    assert names.of.tolist() == [0, 0, -1, 1]


@given(title=st.text(max_size=30))
def test_any_text_is_read_and_case_and_spaces_do_not_count(title: str) -> None:
    terms = terms_of(title)
    assert terms == terms_of(f"  {title} ")
    assert all(":" in term for term in terms)
    names = Names([title, "anything else"])
    known, values = names.read(title)
    if terms:
        assert names.alike([(known, values)])[0, 0] == pytest.approx(1.0)
