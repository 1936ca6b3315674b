"""Shared playlists as likeness: worked examples, the formula done densely, cuts and words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.errors import UnavailableError
from segue.records import TrackRecord
from segue.snapshot import Corpus, Description, Trained
from segue.spaces.memberships import Weighting, cut
from segue.spaces.together import TogetherSpace
from worlds import make_corpus

LISTS = (
    ("Roadtrip", [0, 1, 2, 3]),
    ("", [0, 1]),
    ("road trip", [0, 1, 4]),
    ("Chill", [2, 4, 5, 6, 7, 8, 9, 10, 11]),
)


def world(playlists: object = LISTS, *, tracks: int = 14, state: object = None) -> Corpus:
    trained = {} if state is None else {"together": Trained("1", state, {})}
    records = [TrackRecord(title=f"Song {row}") for row in range(tracks)]
    return make_corpus(records, playlists=playlists, trained=trained)


def dense(corpus: Corpus, members: dict[int, float], weighting: Weighting) -> np.ndarray:
    """The formula as it is written, every playlist kept."""
    held = np.zeros((len(corpus.playlists), len(corpus)))
    for number, row in enumerate(corpus.playlists.rows.tolist()):
        held[np.searchsorted(corpus.playlists.starts, number, side="right") - 1, row] = 1
    lengths = np.maximum(held.sum(axis=1), 1)
    counts = held.sum(axis=0)
    often = np.maximum(counts + weighting.shrinkage, 1)
    shared = held.T @ (held * lengths[:, None] ** -weighting.length)
    exponents = weighting.seed + weighting.track
    likeness = shared / (often[:, None] ** weighting.seed * often**weighting.track)
    likeness *= max(counts.max(initial=1), 1) ** min(exponents - 1, 0)
    return sum(weight * likeness[row] for row, weight in members.items())


class TestWorkedExamples:
    def test_a_likeness_by_hand(self) -> None:
        space = TogetherSpace.build(world())
        # 0 stands in three playlists, 3 in one of four tracks, which both share.
        likeness = 4**-0.5 / (3**0.7 * 1**0.3)
        assert space.score([space.point(0)])[0, 3] == pytest.approx(likeness)
        back = 4**-0.5 / (1**0.7 * 3**0.3)
        assert space.score([space.point(3)])[0, 0] == pytest.approx(back)

    def test_who_stands_in_no_playlist_has_no_place(self) -> None:
        space = TogetherSpace.build(world())
        assert np.flatnonzero(space.placed).tolist() == list(range(12))
        assert space.point(12) is None
        assert space.place(Description(record=TrackRecord(title="Song 1"), vectors={})) is None

    def test_weights_that_training_found_are_used(self) -> None:
        state = {"seed": 1.0, "track": 0.0, "length": 0, "shrinkage": 2, "strongest": 9}
        space = TogetherSpace.build(world(state=state))
        assert space.weighting == Weighting(1.0, 0.0, 0.0, 2.0, 9)
        assert space.score([space.point(0)])[0, 1] == pytest.approx(3 / 5)

    @pytest.mark.parametrize(
        "state", [{"seed": "much"}, {"length": -1}, {"strongest": 0}, {"track": float("nan")}]
    )
    def test_weights_that_are_none_are_refused_by_name(self, state: dict[str, object]) -> None:
        (name, value), *_ = state.items()
        with pytest.raises(UnavailableError, match=f"together says {name} = {value!r}"):
            TogetherSpace.build(world(state=state))

    def test_what_is_disliked_pushes_away(self) -> None:
        space = TogetherSpace.build(world())
        point = space.gather([space.point(3), space.point(5)], weights=np.array([1.0, -1.0]))
        scores = space.score([point])[0]
        assert scores[1] > 0 > scores[7]


class TestComparisons:
    def test_shared_playlists_are_counted_and_named_once(self) -> None:
        space = TogetherSpace.build(world())
        (found,) = space.compare(space.point(0), 1)
        assert found.agreement == "in 3 of the same playlists, “road trip” among them"
        assert (found.seed, found.track) == ("3 playlists", "3 playlists")
        assert found.likeness == 1.0

    def test_one_shared_and_none(self) -> None:
        space = TogetherSpace.build(world())
        assert space.compare(space.point(3), 2)[0].agreement == "in the same playlist, “Roadtrip”"
        (found,) = space.compare(space.point(3), 9)
        assert (found.agreement, found.likeness) == ("", 0.0)

    def test_a_set_says_how_many_hold_several(self) -> None:
        space = TogetherSpace.build(world())
        both = space.gather([space.point(0), space.point(1)], weights=np.array([0.5, 0.5]))
        (found,) = space.compare(both, 4)
        assert found.seed == "3 playlists"
        assert found.agreement == "in a playlist that holds several, “road trip”"


class TestTheCut:
    def test_the_strongest_stay_and_of_equal_ones_the_first(self) -> None:
        kept, weights = cut(np.arange(5), np.array([1.0, -3.0, 1.0, 2.0, 1.0]), strongest=3)
        assert kept.tolist() == [0, 1, 3]
        assert weights.tolist() == [1.0, -3.0, 2.0]

    def test_a_cut_point_scores_as_if_the_others_were_not(self) -> None:
        space = TogetherSpace.build(world(), weighting=Weighting(strongest=1))
        point = space.point(0)
        assert point.weighed[0].tolist() == [1]
        assert np.flatnonzero(space.score([point])[0]).tolist() == [0, 1]

    def test_members_are_gathered_before_the_cut(self) -> None:
        lists = [("", [0, 5]), ("", [1, 6]), ("", [0, 1, 7])]
        space = TogetherSpace.build(world(lists), weighting=Weighting(strongest=1))
        both = space.gather([space.point(0), space.point(1)], weights=np.array([0.5, 0.5]))
        assert both.weighed[0].tolist() == [2]


class TestLongOrNoPlaylists:
    def test_empty_playlists_and_long_ones(self) -> None:
        space = TogetherSpace.build(world([("", []), ("All", range(14)), ("", [2])]))
        assert space.placed.all()
        assert 0 < space.score([space.point(2)]).max() <= 1

    def test_a_catalogue_far_larger_than_its_playlists_is_summed_the_same(self) -> None:
        few = TogetherSpace.build(world(tracks=14)).point(0)
        many = TogetherSpace.build(world(tracks=2000)).point(0)
        np.testing.assert_array_equal(few.tally[0], many.tally[0])
        np.testing.assert_array_equal(few.tally[1], many.tally[1])


PLAYLISTS = st.lists(
    st.lists(st.integers(0, 9), min_size=0, max_size=8).map(lambda rows: ("", rows)), max_size=10
)
WEIGHTINGS = st.builds(
    Weighting,
    seed=st.floats(0, 1.5),
    track=st.floats(0, 1.5),
    length=st.floats(0, 1),
    shrinkage=st.sampled_from([0.0, 0.3, 5.0]),
)


@settings(max_examples=60)
@given(playlists=PLAYLISTS, weighting=WEIGHTINGS, data=st.data())
def test_scores_are_the_dense_formula(
    playlists: list[tuple[str, list[int]]], weighting: Weighting, data: st.DataObject
) -> None:
    corpus = world(playlists, tracks=10)
    space = TogetherSpace.build(corpus, weighting=weighting)
    placed = np.flatnonzero(space.placed).tolist()
    if not placed:
        return
    rows = data.draw(st.lists(st.sampled_from(placed), min_size=1, max_size=4, unique=True))
    parts = data.draw(
        st.lists(st.floats(0.01, 1), min_size=len(rows), max_size=len(rows)).map(np.array)
    )
    weights = parts / parts.sum()
    point = space.gather([space.point(row) for row in rows], weights=weights)
    wanted = dense(corpus, dict(zip(rows, weights.tolist(), strict=True)), weighting)
    np.testing.assert_allclose(space.score_exactly(point, rows=np.arange(10)), wanted, atol=1e-12)
    assert wanted.max() <= 1 + 1e-9


@settings(max_examples=60)
@given(
    playlists=PLAYLISTS,
    k=st.integers(1, 12),
    margin=st.sampled_from([0.0, 0.1]),
    taken=st.sets(st.integers(0, 9)),
    data=st.data(),
)
def test_the_nearest_are_those_of_all_scores(
    playlists: list[tuple[str, list[int]]],
    k: int,
    margin: float,
    taken: set[int],
    data: st.DataObject,
) -> None:
    space = TogetherSpace.build(world(playlists, tracks=10))
    placed = np.flatnonzero(space.placed).tolist()
    if not placed:
        return
    point = space.point(data.draw(st.sampled_from(placed)))
    scores = space.score_exactly(point, rows=np.arange(10))
    allowed = ~np.isin(np.arange(10), list(taken))
    order = [
        row for row in np.argsort(-scores, kind="stable") if allowed[row] and space.placed[row]
    ]
    if len(order) > k:
        least = scores[order[k - 1]]
        near = [row for row in order if scores[row] >= least - margin] if least > 0 else order[:k]
        order = [row for place, row in enumerate(near) if scores[row] > 0 or place < k]
    found = space.nearest(point, k=k, allowed=None if allowed.all() else allowed, margin=margin)
    assert found.tolist() == order
