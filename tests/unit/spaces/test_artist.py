"""The same people: spellings, several artists, sets, and what is said."""

from __future__ import annotations

import numpy as np
import pytest

from segue.records import TrackRecord
from segue.snapshot import Description
from segue.spaces.artist import ArtistSpace
from worlds import make_corpus

ARTISTS = (
    ("Björk",),
    ("bjork",),
    ("Björk", "Arca"),
    ("Arca",),
    ("Various Artists",),
    (),
    ("Others",),
)
SPACE = ArtistSpace.build(make_corpus([TrackRecord(title="x", artists=a) for a in ARTISTS]))
EVERYONE = np.arange(len(ARTISTS))


def test_spellings_meet_and_nobody_in_particular_is_not_placed() -> None:
    assert SPACE.placed.tolist() == [True, True, True, True, False, False, True]
    scores = SPACE.score([SPACE.point(0)])[0]
    assert scores == pytest.approx([1, 1, 2**-0.5, 0, 0, 0, 0])


def test_a_set_scores_the_weighted_share_by_the_artist() -> None:
    points = [SPACE.point(row) for row in (0, 3, 1)]
    both = SPACE.gather(points, weights=np.array([0.5, 0.2, 0.3]))
    assert SPACE.score_exactly(both, rows=EVERYONE)[[0, 3, 6]] == pytest.approx([0.8, 0.2, 0])
    assert SPACE.compare(both, 3)[0].agreement == "by Arca"


def test_dislikes_take_away() -> None:
    points = [SPACE.point(0), SPACE.point(3)]
    both = SPACE.gather(points, weights=np.array([1.0, -0.5]))
    assert SPACE.score_exactly(both, rows=EVERYONE)[3] == -0.5


def test_whom_somebody_dislikes_is_no_reason() -> None:
    both = SPACE.gather([SPACE.point(2), SPACE.point(3)], weights=np.array([1.0, -0.9]))
    (told,) = SPACE.compare(both, 3)
    assert (told.seed, told.agreement, told.likeness) == ("Björk", "", 0.0)
    (told,) = SPACE.compare(both, 2)
    assert told.agreement == "by Björk"
    (told,) = SPACE.compare(both, 0)
    assert told.likeness == 1.0


def test_only_artists_that_the_catalogue_knows_are_placed() -> None:
    known, unknown = (
        SPACE.place(Description(record=TrackRecord(artists=names), vectors={}))
        for names in (("BJÖRK", "Nobody Here"), ("Nobody Here",))
    )
    assert unknown is None
    assert SPACE.score_exactly(known, rows=EVERYONE)[0] == pytest.approx(2**-0.5)


def test_what_is_shared_is_said_as_it_is_written() -> None:
    (found,) = SPACE.compare(SPACE.point(1), 2)
    assert found.agreement == "by Björk"
    assert (found.seed, found.track) == ("bjork", "Björk, Arca")
    assert 0.5 < found.likeness < 1
    (found,) = SPACE.compare(SPACE.point(1), 6)
    assert (found.agreement, found.likeness) == ("", 0.0)
