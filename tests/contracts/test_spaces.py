"""What every space promises, for every space that is installed, and for facets as well."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.records import Attributes, TrackRecord
from segue.snapshot import Corpus, Gathering, Paired, Searchable, Space
from segue.spaces.facets import ALONE
from segue.spaces.pairs import between
from segue.spaces.registry import discover
from segue.spaces.weighable import KINDS, Weighable
from worlds import description_of, make_corpus, mixed_corpus


def known_corpus() -> Corpus:
    """The mixed corpus, of some tracks with years and popularity."""
    corpus = mixed_corpus()
    rows = np.arange(len(corpus))
    popularity = np.where(rows % 4, rows * 37 % 101, np.nan).astype(np.float32)
    return replace(corpus, year=np.where(rows % 7, corpus.year, 0), popularity=popularity)


FACETS = {
    name: KINDS[name]
    for name in ("timbre", "brightness", "rhythm", "bass", *(facet.name for facet in ALONE))
}
SPACES = {**discover(), **FACETS}
CORPUS = known_corpus()
BUILT = {name: kind.build(CORPUS) for name, kind in SPACES.items()}
EVERYONE = np.arange(len(CORPUS))
VOTING = {"genre_votes", "together", "titles"}
"""Spaces whose score is a share of votes: that you vote for me does not make me vote for you.

Of a share of playlists likewise: most of a rare track's hold a favourite, few of a favourite's hold
the rare track.
"""
NEVER_WHOLE = {"together", "titles"}
"""Spaces in which a track need not be the nearest to itself: in `together` one that stands only
beside the seed in a short playlist is nearer than the seed, which stands in long ones too; in
`titles` favourites are."""
OF_THE_CATALOGUE = {"together", "titles"}
"""Spaces made of playlists of the catalogue: no track from outside stands in any."""

POPULAR = {"playlists", "factors"}
"""Spaces that count how popular a track is: a favourite may be nearer to everybody than they are to
themselves, and is nearer to a rare track than this is to the favourite."""
PREDICTING = {"factors"}
"""Spaces whose score is a preference that was learned: 1 is what it aims at, not its end."""


@pytest.fixture(params=sorted(SPACES))
def space(request: pytest.FixtureRequest) -> Space:
    return BUILT[request.param]


def placed_points(space: Space) -> dict[int, object]:
    return {int(row): space.point(int(row)) for row in np.flatnonzero(space.placed)}


def test_the_spaces_of_the_core_are_found() -> None:
    core = {"attributes", "text", "descriptors", "sound", "genre", "genre_votes"}
    assert core <= SPACES.keys()


def test_it_says_who_it_is_and_what_it_needs(space: Space) -> None:
    assert isinstance(space, Space)
    assert SPACES[space.name] is type(space)
    assert len(space.needs.split()) > 3
    assert not space.needs.endswith(".")


def test_the_mask_says_who_has_a_point(space: Space) -> None:
    assert space.placed.shape == (len(CORPUS),)
    assert space.placed.dtype == np.bool_
    assert 0 < space.placed.sum() < len(CORPUS)
    assert [space.point(row) is not None for row in range(len(CORPUS))] == space.placed.tolist()


def test_fast_scores_are_the_exact_ones(space: Space) -> None:
    for point in list(placed_points(space).values())[::7]:
        fast = space.score([point])
        assert fast.dtype == np.float32
        exact = space.score_exactly(point, rows=EVERYONE)
        assert exact.dtype == np.float64
        np.testing.assert_allclose(fast[0], exact, atol=1e-5)
        assert np.isfinite(exact).all()


def test_rows_that_are_not_placed_score_nothing(space: Space) -> None:
    point = next(iter(placed_points(space).values()))
    assert not space.score([point])[0, ~space.placed].any()
    assert not space.score_exactly(point, rows=EVERYONE)[~space.placed].any()


def test_many_points_at_once_are_the_same_as_one_by_one(space: Space) -> None:
    points = list(placed_points(space).values())[:9]
    together = space.score(points)
    assert together.shape == (9, len(CORPUS))
    for point, scores in zip(points, together, strict=True):
        np.testing.assert_allclose(space.score([point])[0], scores, atol=1e-6)
    assert space.score([]).shape == (0, len(CORPUS))


def test_some_rows_are_the_same_as_all_of_them(space: Space) -> None:
    points = list(placed_points(space).values())[:3]
    rows = np.array([90, 2, 2, 31, 44])
    np.testing.assert_allclose(
        space.score(points, rows=rows), space.score(points)[:, rows], atol=1e-6
    )
    exact = space.score_exactly(points[0], rows=EVERYONE)[rows]
    np.testing.assert_array_equal(space.score_exactly(points[0], rows=rows), exact)
    nobody = np.empty(0, dtype=np.int64)
    assert space.score(points, rows=nobody).shape == (3, 0)
    assert space.score_exactly(points[0], rows=nobody).shape == (0,)


@settings(max_examples=15)
@given(st.lists(st.integers(0, len(CORPUS) - 1), min_size=0, max_size=20, unique=True))
def test_a_few_compared_at_once_are_the_same_as_row_by_row(several: list[int]) -> None:
    rows = np.array(several, dtype=np.int64)
    for space in BUILT.values():
        found = between(space, rows)
        assert found.shape == (len(rows), len(rows))
        for place, row in enumerate(several):
            point = space.point(row)
            exact = np.zeros(len(rows)) if point is None else space.score_exactly(point, rows=rows)
            np.testing.assert_allclose(found[place], exact, atol=1e-12)


def test_all_spaces_but_those_of_votes_compare_a_few_at_once() -> None:
    assert {name for name, space in BUILT.items() if not isinstance(space, Paired)} <= {
        "genre_votes"
    }


def test_nothing_is_nearer_to_a_track_than_itself(space: Space) -> None:
    if space.name in NEVER_WHOLE | POPULAR:
        return
    for row, point in placed_points(space).items():
        scores = space.score_exactly(point, rows=EVERYONE)
        assert scores[row] >= scores.max() - 1e-12


def test_likeness_is_mutual_unless_it_is_a_vote(space: Space) -> None:
    if space.name in VOTING | POPULAR:
        return
    points = placed_points(space)
    (first, one), *_, (second, other) = points.items()
    there = space.score_exactly(one, rows=np.array([second]))
    back = space.score_exactly(other, rows=np.array([first]))
    np.testing.assert_allclose(there, back, atol=1e-12)


def test_building_again_gives_the_same(space: Space) -> None:
    again = type(space).build(known_corpus())
    row = int(np.flatnonzero(space.placed)[3])
    np.testing.assert_array_equal(space.score([space.point(row)]), again.score([again.point(row)]))


def test_what_says_the_same_from_outside_stands_in_the_same_place(space: Space) -> None:
    for row, point in placed_points(space).items():
        outside = space.place(description_of(CORPUS, row))
        if space.name in OF_THE_CATALOGUE:
            assert outside is None
            continue
        assert outside is not None
        np.testing.assert_allclose(
            space.score_exactly(outside, rows=EVERYONE),
            space.score_exactly(point, rows=EVERYONE),
            atol=1e-12,
        )


def test_what_says_nothing_stands_nowhere(space: Space) -> None:
    from segue.snapshot import Description

    assert space.place(Description(record=TrackRecord(), vectors={})) is None


def test_comparisons_are_likenesses_with_words(space: Space) -> None:
    points = placed_points(space)
    rows = list(points)
    seen = 0
    for row, other in zip(rows, rows[1:] + rows[:1], strict=True):
        for each in space.compare(points[row], other):
            seen += 1
            assert 0.0 <= each.likeness <= 1.0
            assert each.feature
            assert not each.agreement.endswith(".")
            assert not each.contrast.endswith(".")
    assert seen > len(rows) / 2


def test_a_track_compared_with_itself_is_the_same_in_everything(space: Space) -> None:
    for row, point in placed_points(space).items():
        compared = space.compare(point, row)
        assert compared
        assert {each.likeness for each in compared} == {1.0}
        assert all(each.seed == each.track and each.contrast == "" for each in compared)


def test_a_space_that_can_search_finds_the_highest_scores(space: Space) -> None:
    if not isinstance(space, Searchable):
        assert not hasattr(space, "nearest")
        return
    allowed = EVERYONE % 2 == 0
    for point in list(placed_points(space).values())[:10]:
        scores = space.score_exactly(point, rows=EVERYONE)
        order = np.argsort(-scores, kind="stable")
        best = [int(row) for row in order if space.placed[row] and allowed[row]][:8]
        found = space.nearest(point, k=8, allowed=allowed, margin=1e-5)
        assert found.tolist()[:8] == best


def gathering() -> list[str]:
    return sorted(name for name, space in BUILT.items() if isinstance(space, Gathering))


def test_the_spaces_that_score_sets_their_own_way_are_found() -> None:
    core = {"together", "titles", "artist", "text", "playlists", "factors"}
    assert core <= set(gathering())


@pytest.mark.parametrize("name", gathering())
class TestSets:
    def test_a_set_of_one_is_the_one(self, name: str) -> None:
        space = BUILT[name]
        for point in list(placed_points(space).values())[::9]:
            alone = space.gather([point], weights=np.array([1.0]))
            assert alone is not None
            np.testing.assert_allclose(
                space.score_exactly(alone, rows=EVERYONE),
                space.score_exactly(point, rows=EVERYONE),
                atol=1e-9,
            )

    def test_one_that_comes_twice_is_one_of_twice_the_weight(self, name: str) -> None:
        space = BUILT[name]
        first, second, *_ = placed_points(space).values()
        thrice = space.gather([first, second, first], weights=np.array([0.25, 0.5, 0.25]))
        twice = space.gather([second, first], weights=np.array([0.5, 0.5]))
        assert thrice is not None
        assert twice is not None
        np.testing.assert_allclose(
            space.score_exactly(thrice, rows=EVERYONE),
            space.score_exactly(twice, rows=EVERYONE),
            atol=1e-9,
        )

    def test_what_is_disliked_scores_less(self, name: str) -> None:
        space = BUILT[name]
        (_, first), *_, (row, other) = placed_points(space).items()
        liked = space.gather([first], weights=np.array([1.0]))
        both = space.gather([first, other], weights=np.array([1.0, -0.5]))
        assert liked is not None
        assert both is not None
        here = np.array([row])
        assert space.score_exactly(both, rows=here) < space.score_exactly(liked, rows=here)

    def test_sets_are_scored_and_compared_like_tracks(self, name: str) -> None:
        space = BUILT[name]
        points = list(placed_points(space).values())[::5]
        both = space.gather(points, weights=np.full(len(points), 1 / len(points)))
        fast = space.score([both])[0]
        np.testing.assert_allclose(fast, space.score_exactly(both, rows=EVERYONE), atol=1e-5)
        assert fast.max() <= 1 + 1e-6 or name in PREDICTING
        for row in np.flatnonzero(space.placed)[:20].tolist():
            for each in space.compare(both, row):
                assert 0.0 <= each.likeness <= 1.0

    def test_nothing_is_left_of_what_is_taken_back(self, name: str) -> None:
        space = BUILT[name]
        point = next(iter(placed_points(space).values()))
        assert space.gather([point, point], weights=np.array([1.0, -1.0])) is None


@pytest.mark.parametrize("name", sorted(SPACES))
class TestSmallCatalogues:
    def test_an_empty_one(self, name: str) -> None:
        space = SPACES[name].build(make_corpus([]))
        assert space.placed.shape == (0,)
        assert space.score([]).shape == (0, 0)

    @pytest.mark.parametrize("count", [1, 2])
    def test_one_of_a_track_or_two(self, name: str, count: int) -> None:
        record = TrackRecord(
            title="Song",
            artists=("Somebody",),
            attributes=Attributes(energy=0.4, valence=0.3, loudness=-9, liveness=0.1, key=4),
        )
        heard = {row: np.eye(10, 4) + row for row in range(count)}
        corpus = make_corpus(
            [record] * count,
            vectors={"descriptors": {0: [1.0, 2.0, 3.0]}, "sound": heard, "genre": heard},
            playlists=[("Mine", range(count)), ("Mine alone", [0])],
        )
        space = SPACES[name].build(corpus)
        for row in np.flatnonzero(space.placed).tolist():
            point = space.point(row)
            own = space.score_exactly(point, rows=np.array([row]))[0]
            assert own == pytest.approx(1.0) or (name in NEVER_WHOLE and 0 < own < 1)
            space.compare(point, row)

    def test_one_that_knows_nothing(self, name: str) -> None:
        corpus: Corpus = make_corpus([TrackRecord(explicit=True)] * 3)
        space = SPACES[name].build(corpus)
        assert not space.placed.any()
        assert space.point(1) is None


class TestFacets:
    def test_they_are_built_when_they_are_weighed_and_hear_what_the_space_hears(self) -> None:
        spaces = {name: BUILT[name] for name in ("text", "descriptors")}
        weighable = Weighable(CORPUS, spaces | {"tempo": BUILT["text"]})
        assert "valence" in weighable
        assert "tempo" not in weighable
        assert len(weighable) == len(list(weighable))
        assert weighable["valence"] is weighable["valence"]
        with pytest.raises(KeyError):
            weighable["tempo"]
        with pytest.raises(KeyError):
            weighable["nonsense"]

    def test_a_wish_for_one_feature_stands_in_that_alone(self) -> None:
        from segue.snapshot import Description

        wish = Description(
            record=TrackRecord(attributes=Attributes(mode=0)), vectors={}, wished=True
        )
        standing = {name for name in FACETS if BUILT[name].place(wish) is not None}
        assert standing == {"mode"}
        point = BUILT["mode"].place(wish)
        minor = np.flatnonzero(CORPUS.attributes[:, 10] == 0)
        assert (BUILT["mode"].score_exactly(point, rows=minor) == 1).all()

    @pytest.mark.parametrize(
        ("name", "near", "far"),
        [
            ("tempo", 168.0, 120.0),
            ("energy", 0.45, 0.8),
            ("popularity", 50.0, 90.0),
        ],
    )
    def test_what_differs_less_is_more_alike(self, name: str, near: float, far: float) -> None:
        from segue.snapshot import Description

        at = {"tempo": 84.0, "energy": 0.4, "popularity": 45.0}[name]

        def record(value: float) -> TrackRecord:
            if name == "popularity":
                return TrackRecord(popularity=value)
            return TrackRecord(attributes=Attributes(**{name: value}))

        space = KINDS[name].build(make_corpus([record(near), record(far), record(at)]))
        point = space.place(Description(record=record(at), vectors={}))
        there, away, same = space.score_exactly(point, rows=np.arange(3)).tolist()
        assert 1 >= there > away
        assert same == pytest.approx(1)

    def test_a_key_is_as_near_as_its_steps_on_the_circle_of_fifths(self) -> None:
        from segue.spaces import fifths

        space = BUILT["key"]
        rows = np.flatnonzero(space.placed)[:40]
        values = CORPUS.attributes[rows, 9:11].tolist()
        known = [(int(key), int(mode) if mode == mode else None) for key, mode in values]
        for row, one in zip(rows[:6].tolist(), known, strict=False):
            scores = space.score_exactly(space.point(row), rows=rows)
            expected = [1 - fifths.steps(*one, *other) / 7 for other in known]
            np.testing.assert_allclose(scores, expected, atol=1e-12)
