"""Sets of seeds: how they are scored, what they leave out, and what a reason says of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segue.errors import BadRequestError, NotFoundError
from segue.recommend.balanced import genre_of
from segue.recommend.engine import Engine
from segue.recommend.gathering import MOST, Gathered, stand_together
from segue.recommend.seeds import Member, Seed
from segue.recommend.sets import SPEAKERS, SetPoint, SetSpace, best_part, set_space, speakers
from segue.records import UNSELECTED, Answer, Dials, Filters, Track, TrackRecord
from segue.snapshot import Description, Gathering, Snapshot
from segue.spaces.calibration import FEW, MANY, SETS, Joint, Scale, drawn_sets, size_of_set
from segue.spaces.factors import FactorsSpace
from segue.spaces.registry import build_all
from segue.types import TrackId
from worlds import description_of, make_corpus, mixed_corpus, planted_records

CORPUS = mixed_corpus(400)
ENGINE = Engine(Snapshot(CORPUS, {**build_all(CORPUS), "factors": FactorsSpace.build(CORPUS)}))
SPACES = ENGINE.snapshot.spaces
ONE_BY_ONE = [name for name, space in SPACES.items() if not isinstance(space, Gathering)]
FULL = np.flatnonzero(
    SPACES["attributes"].placed & SPACES["text"].placed & SPACES["descriptors"].placed
).tolist()


def seed(row: int) -> Seed:
    return ENGINE.seed_of(CORPUS.ids[row])


def set_of(
    rows: list[int], *, weights: list[float] | None = None, title: str = "", offered: bool = False
) -> Seed:
    given = weights or [1.0] * len(rows)
    members = tuple(
        Member(seed(row), weight, offered=offered) for row, weight in zip(rows, given, strict=True)
    )
    described = Description(TrackRecord(), {}, title=title) if title else None
    return Seed(Track(TrackId(""), "a set", ()), description=described, members=members)


def rows_of(answer: Answer) -> list[int]:
    return [CORPUS.row_of[row.track.id] for row in answer]


@pytest.mark.parametrize("lens", ["hybrid", "descriptors", "together", "attributes=1,artist=1"])
def test_a_set_of_one_is_answered_as_that_one(lens: str) -> None:
    row = next(row for row in FULL if SPACES["together"].placed[row])
    alone, one = (ENGINE.similar(each, lens=lens) for each in (seed(row), set_of([row])))
    assert one.recommendations == alone.recommendations
    assert one.seeds == (CORPUS.ids[row],)


@pytest.mark.parametrize("name", ONE_BY_ONE)
def test_a_set_scores_as_its_best_part_says(name: str) -> None:
    space = SetSpace(SPACES[name])
    rows = np.flatnonzero(space.placed)[:5]
    weights = np.array([0.3, 0.3, 0.2, 0.1, 0.1])
    point = space.gather([space.point(int(row)) for row in rows], weights=weights)
    everyone = np.arange(len(CORPUS))
    exact = space.score_exactly(point, rows=everyone)
    alone = np.array(
        [SPACES[name].score_exactly(SPACES[name].point(int(r)), rows=everyone) for r in rows]
    )
    # By hand: the mean over three fifths of the weight, from the best seed on.
    order = np.argsort(-alone, axis=0)
    ordered, share = np.take_along_axis(alone, order, 0), weights[order]
    taken = np.clip(0.6 - (np.cumsum(share, 0) - share), 0, share)
    np.testing.assert_allclose(exact, (taken * ordered).sum(0) / 0.6, atol=1e-12)
    np.testing.assert_allclose(space.score([point])[0], exact, atol=5e-6)


def test_the_best_part_of_few_seeds_is_their_mean_and_a_heavy_one_is_never_passed_over() -> None:
    scores = np.array([[1.0, 0.0], [0.0, 0.0], [0.5, 1.0]])
    np.testing.assert_allclose(best_part(scores, np.full(3, 1 / 3)), [0.5, 1 / 3])
    scores = np.concatenate([np.zeros((1, 1)), np.ones((9, 1))])
    weights = np.array([0.91] + [0.01] * 9)
    assert best_part(scores, weights) == pytest.approx(0.09 / 0.91)


def test_seeds_to_stay_away_from_take_away() -> None:
    space = set_space(SPACES["descriptors"])
    rows = np.flatnonzero(space.placed)[:3]
    points = [space.point(int(row)) for row in rows]
    near = space.gather(points[:2], weights=np.array([0.5, 0.5]))
    both = space.gather(points, weights=np.array([0.5, 0.5, -0.4]))
    away = SPACES["descriptors"].score_exactly(points[2], rows=rows)
    np.testing.assert_allclose(
        space.score_exactly(both, rows=rows),
        space.score_exactly(near, rows=rows) - 0.4 * np.maximum(away, 0),
    )
    assert space.gather(points[2:], weights=np.array([-1.0])) is None


@pytest.mark.parametrize("lens", ["artist", "text", "attributes", "together"])
def test_dislikes_shift_a_set_and_never_cancel_it(lens: str) -> None:
    keys = CORPUS.artist_keys
    row = next(r for r in FULL if SPACES["together"].placed[r] and keys.count(keys[r]) > 5)
    same = [other for other in range(len(CORPUS)) if keys[other] == keys[row] and other != row]
    disliked = same[:4]
    for share in (-0.25, -9.0):
        asked = set_of([row, *disliked], weights=[1.0, *[share] * len(disliked)])
        scores = ENGINE.ranked(asked, lens=lens, n=len(CORPUS))[1]
        assert scores[0] > 0
        by_artist = ENGINE.stand(asked).points["artist"]
        assert SPACES["artist"].score_exactly(by_artist, rows=np.array([row]))[0] > 0.4


class Shy:
    """A space of one direction, where likes and dislikes of the same weight leave nothing."""

    def __init__(self) -> None:
        self.name, self.needs = "shy", "nothing"
        self.placed = np.ones(len(CORPUS), dtype=np.bool_)

    def point(self, row: int) -> float:
        return 1.0 if row == FULL[0] else 2.0

    def gather(self, points: list[float], *, weights: np.ndarray) -> float | None:
        total = float(weights @ np.array(points))
        return total if total else None


def test_where_dislikes_leave_nothing_those_to_be_near_stand_alone() -> None:
    asked = set_of(FULL[:2], weights=[1.0, -0.5])
    parts = stand_together(asked, ENGINE.snapshot).parts
    assert Gathered(asked, parts, Snapshot(CORPUS, {"shy": Shy()}))["shy"] == 1.0


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), -float("inf")])
def test_weights_of_members_are_finite(weight: float) -> None:
    with pytest.raises(BadRequestError, match=f"the weight of .* is {weight}. Give a number"):
        ENGINE.similar(set_of(FULL[:2], weights=[1.0, weight]))


def test_likes_and_dislikes_that_cancel_out_are_said_to() -> None:
    with pytest.raises(BadRequestError, match="dislikes of the same tracks cancel out"):
        ENGINE.similar(set_of([FULL[0], FULL[0]], weights=[1.0, -1.0]))
    with pytest.raises(BadRequestError, match="what to stay away from"):
        ENGINE.similar(set_of(FULL[:1], weights=[-1.0]))


def test_of_many_seeds_those_speak_that_are_near_to_all() -> None:
    groups = np.repeat(np.arange(4), 10)
    likeness = (groups[:, np.newaxis] == groups) * 0.9 + 0.1 * np.eye(40)
    chosen, share = speakers(likeness.astype(np.float32), np.full(40, 1 / 40))
    assert set(groups[chosen[:4]]) == {0, 1, 2, 3}
    assert len(chosen) == SPEAKERS
    np.testing.assert_allclose(np.bincount(groups[chosen], weights=share), 0.25)


@pytest.mark.parametrize("lens", ["hybrid", "attributes=1,together=2", "balanced", "descriptors"])
@pytest.mark.parametrize("count", [3, 14])
def test_the_order_before_selection_holds_the_exact_best(lens: str, count: int) -> None:
    asked = set_of(FULL[:count])
    rows, scores = ENGINE.ranked(asked, lens=lens, n=30)
    everything, all_scores = ENGINE.ranked(asked, lens=lens, n=len(CORPUS))
    assert rows.tolist() == everything[:30].tolist()
    np.testing.assert_array_equal(scores, all_scores[:30])
    assert not set(FULL[:count]) & set(everything.tolist())
    answer = ENGINE.similar(asked, lens=lens, n=30, dials=UNSELECTED)
    assert rows_of(answer) == rows.tolist()


def test_members_and_their_versions_are_left_out_unless_offered() -> None:
    records = planted_records(80)
    twin = replace(records[5], album="Best of")
    corpus = make_corpus([*records, twin])
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    members = [Member(engine.seed_of(corpus.ids[row])) for row in (5, 6, 7)]
    asked = Seed(Track(TrackId(""), "a set", ()), members=tuple(members))
    found = {row.track.id for row in engine.similar(asked, n=100, dials=Dials(per_artist=None))}
    assert not found & {corpus.ids[row] for row in (5, 6, 7, 80)}
    offered = tuple(replace(member, offered=True) for member in members)
    found = {
        row.track.id
        for row in engine.similar(replace(asked, members=offered), n=100, dials=UNSELECTED)
    }
    assert {corpus.ids[row] for row in (5, 6, 7, 80)} <= found


@pytest.mark.parametrize(
    ("genres", "found"),
    [
        ([("Soul", "Funk")], "soul"),
        ([("Soul", "Funk"), ("Funk", "Soul")], "soul"),
        ([("Funk", "Soul"), ("Soul", "Funk")], "funk"),
        ([("Soul",), ("Funk", "Funk"), ("Funk",)], "funk"),
        ([("Soul",), ("Funk",), ("Jazz",)], ""),
        ([(), ()], ""),
    ],
)
def test_a_set_is_of_the_genre_of_most_and_of_equal_ones_of_the_first(
    genres: list[tuple[str, ...]], found: str
) -> None:
    members = tuple(
        Member(replace(seed(row), track=replace(seed(row).track, genres=each)))
        for row, each in zip(FULL, genres, strict=False)
    )
    asked = Seed(Track(TrackId(""), "a set", ()), members=members)
    assert genre_of(ENGINE.stand(asked)) == found
    if len(members) == 1:
        assert genre_of(ENGINE.stand(members[0].seed)) == found


def test_filters_and_caps_hold_for_sets() -> None:
    some = Filters(explicit=True)
    answer = ENGINE.similar(set_of(FULL[:6]), n=10, filters=some, dials=Dials(per_artist=1))
    assert all(row.track.explicit for row in answer)
    artists = [name for row in answer for name in row.track.artists]
    assert len(artists) == len(set(artists))


def test_the_order_of_members_does_not_matter() -> None:
    asked, turned = set_of(FULL[:12]), set_of(FULL[:12][::-1])
    for lens in ("hybrid", "together"):
        (rows, scores), (others, those) = (
            ENGINE.ranked(each, lens=lens, n=20) for each in (asked, turned)
        )
        assert rows.tolist() == others.tolist()
        np.testing.assert_allclose(scores, those, atol=1e-9)


def test_a_title_alone_is_answered_by_the_names_of_playlists() -> None:
    titled = next(title for title in CORPUS.playlists.titles if title.strip())
    described = Description(TrackRecord(), {}, title=titled)
    answer = ENGINE.similar(Seed(Track(TrackId(""), titled, ()), description=described), n=5)
    assert (answer.lens, answer.weights) == ("balanced", {"titles": 1.0})
    assert len(answer) == 5
    assert any(row.reasons.sentence.startswith("In playlists named “") for row in answer)


def test_a_title_speaks_alone_among_the_names_of_playlists_and_nowhere_else() -> None:
    titled = next(title for title in CORPUS.playlists.titles if title.strip())
    rows = [row for row in FULL if SPACES["factors"].placed[row]][:4]
    with_title, without = set_of(rows, title=titled), set_of(rows)
    alone = Seed(with_title.track, description=with_title.description)
    points = [stand_together(each, ENGINE.snapshot).points for each in (with_title, without)]
    titles = SPACES["titles"]
    rows = np.arange(len(CORPUS))
    spoken = titles.score_exactly(points[0]["titles"], rows=rows)
    own = titles.score_exactly(titles.place(alone.description), rows=rows)
    np.testing.assert_array_equal(spoken, own)
    for name in ("text", "factors", "attributes"):
        same = [SPACES_OF_SETS[name].score_exactly(each[name], rows=rows) for each in points]
        np.testing.assert_array_equal(*same)


SPACES_OF_SETS = {name: set_space(space) for name, space in SPACES.items()}


def test_a_reason_names_the_nearest_seed() -> None:
    answer = ENGINE.similar(set_of(FULL[:5]), lens="hybrid")
    names = [ENGINE.track_at(row).name for row in FULL[:5]]
    for row in answer:
        assert any(f"earest to {name}" in row.reasons.sentence for name in names)


def test_sets_from_outside_and_inside_meet() -> None:
    outside = description_of(CORPUS, FULL[1])
    stranger = Member(Seed(Track(TrackId(""), "A file", ()), description=outside))
    asked = set_of(FULL[:1])
    mixed = replace(asked, members=(*asked.members, stranger))
    answer = ENGINE.similar(mixed, lens="attributes=1,descriptors=1", n=20)
    assert FULL[0] not in rows_of(answer)
    assert len(answer) == 20


def test_of_thousands_some_speak_and_none_is_recommended() -> None:
    records = planted_records(900)
    corpus = make_corpus(records)
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    members = tuple(Member(engine.seed_of(each)) for each in corpus.ids[:800])
    asked = Seed(Track(TrackId(""), "much", ()), members=members)
    answer = engine.similar(asked, n=20, lens="hybrid")
    assert len(answer.seeds) == MOST
    assert answer.notes == ("400 of the 800 tracks speak for all of them",)
    assert engine.similar(engine.seed_of(corpus.ids[0])).notes == ()
    assert {row.track.id for row in answer} <= set(corpus.ids[800:])


def test_a_set_that_stands_nowhere_hears_what_would_place_it() -> None:
    nowhere = [row for row in range(len(CORPUS)) if not SPACES["descriptors"].placed[row]][:2]
    with pytest.raises(BadRequestError, match="a set stands in no space of the lens 'descr"):
        ENGINE.similar(set_of(nowhere), lens="descriptors")
    gone = Member(Seed(Track(TrackId("zzz"), "Gone", ("Ann",))))
    asked = set_of(FULL[:1])
    with pytest.raises(NotFoundError, match=r"Ann – Gone \(zzz\) is no longer"):
        ENGINE.similar(replace(asked, members=(*asked.members, gone)))


def test_who_stands_by_content_alone_is_marked() -> None:
    factors = SPACES["factors"]
    row = next(row for row in FULL if factors.placed[row])
    answer = ENGINE.similar(seed(row), lens="factors", n=50, dials=Dials(per_artist=None))
    for each in answer:
        inferred = factors.inferred[CORPUS.row_of[each.track.id]]
        assert each.reasons.contributions[0].inferred == inferred


def test_drawn_sets_come_from_playlists_where_there_are_enough() -> None:
    few = drawn_sets(CORPUS, FEW)
    assert len(few) == SETS
    assert all(len(set(each.tolist())) == FEW for each in few)
    lists = [(f"p{i}", list(range(i, i + 30))) for i in range(140)]
    corpus = make_corpus(planted_records(200), playlists=lists)
    held = {frozenset(rows) for _, rows in lists}
    for each in drawn_sets(corpus, MANY):
        assert any(set(each.tolist()) <= rows for rows in held)
    assert [size_of_set(n) for n in (0, 1, 2, 9, 10, 500)] == [1, 1, FEW, FEW, MANY, MANY]


def test_a_random_set_scores_about_1_on_the_scale_of_sets() -> None:
    space = set_space(SPACES["descriptors"])
    scale = Scale.of_sets(space, sets=drawn_sets(CORPUS, FEW))
    assert scale.mean == pytest.approx(1, abs=0.1)
    joint = Joint.of_sets([space, set_space(SPACES["attributes"])], sets=drawn_sets(CORPUS, FEW))
    assert joint.raw.shape[0] == 2
    assert joint.raw.shape[1] == len(joint.weights) > 1000
    nobody = Scale.of_sets(space, sets=())
    assert (nobody.mean, nobody.mean_raw) == (0, 0)


def test_set_points_keep_who_they_are_made_of() -> None:
    space = SetSpace(SPACES["descriptors"])
    rows = np.flatnonzero(space.placed)[:20].tolist()
    points = [space.point(row) for row in rows]
    point = space.gather(points, weights=np.full(20, 0.05), rows=rows)
    assert isinstance(point, SetPoint)
    assert (len(point.points), point.near) == (SPEAKERS, SPEAKERS)
    assert point.weights.sum() == pytest.approx(1)
    compared = space.compare(point, rows[3])
    assert compared
