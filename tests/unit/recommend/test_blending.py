"""Scores of several spaces as one, and what happens where a score is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segue.recommend.blending import Blend, Blends
from segue.recommend.engine import Engine
from segue.recommend.lenses import LENSES, parse_lens
from segue.recommend.sets import SetSpace, set_space
from segue.records import Dials
from segue.snapshot import Corpus, Snapshot
from segue.spaces import embedded, units
from segue.spaces.embedded import SoundSpace
from segue.spaces.registry import build_all
from worlds import make_corpus, mixed_corpus, planted_records

CORPUS = mixed_corpus(400)
SPACES = build_all(CORPUS)
BLENDS = Blends(Snapshot(CORPUS, SPACES))
EVERYONE = np.arange(len(CORPUS))
ASKED = ["hybrid", "descriptors", "attributes=2,text=1", "attributes=1,text=1,descriptors=3"]


def blend_of(asked: str) -> Blend:
    lens = parse_lens(asked, spaces=tuple(SPACES))
    return BLENDS.of(lens, tuple(lens.weights))


def seeds_in_all(blend: Blend) -> list[int]:
    placed = np.logical_and.reduce([space.placed for space in blend.spaces])
    return np.flatnonzero(placed)[:12].tolist()


def point_of(blend: Blend, row: int) -> tuple[object, ...]:
    return tuple(space.point(row) for space in blend.spaces)


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("k", [1, 10, 100])
def test_the_fast_ranking_holds_the_exact_best(asked: str, k: int) -> None:
    blend = blend_of(asked)
    possible = np.logical_or.reduce([space.placed for space in blend.spaces])
    for row in seeds_in_all(blend):
        point = point_of(blend, row)
        everything = np.flatnonzero(possible & (row != EVERYONE))
        expected = blend.settle(point, everything, k=k)
        (ranking,) = blend.rank([point], allowed=None, without=[row])
        found = blend.settle(point, ranking.best(k), k=k)
        assert found.rows.tolist() == expected.rows.tolist()
        np.testing.assert_array_equal(found.totals, expected.totals)


@pytest.mark.parametrize("asked", ASKED)
def test_many_seeds_rank_as_each_alone(asked: str) -> None:
    blend = blend_of(asked)
    rows = seeds_in_all(blend)
    points = [point_of(blend, row) for row in rows]
    allowed = EVERYONE % 3 != 1
    together = blend.rank(points, allowed=allowed, without=rows)
    for row, point, ranking in zip(rows, points, together, strict=True):
        (alone,) = blend.rank([point], allowed=allowed, without=[row])
        best = set(ranking.best(20).tolist())
        assert best == set(alone.best(20).tolist())
        assert all(allowed[each] for each in best)
        assert row not in best


def test_hybrid_is_the_sum_of_raw_cosines_where_both_are_known() -> None:
    blend = blend_of("hybrid")
    both = np.flatnonzero(SPACES["attributes"].placed & SPACES["text"].placed)
    row = int(both[5])
    settled = blend.settle(point_of(blend, row), both, k=len(both))
    raw = {
        name: SPACES[name].score_exactly(SPACES[name].point(row), rows=settled.rows)
        for name in ("attributes", "text")
    }
    np.testing.assert_allclose(
        settled.totals, 0.6 * raw["attributes"] + 0.4 * raw["text"], atol=1e-9
    )
    assert not settled.estimated.any()


def test_equal_scores_stand_by_row() -> None:
    records = planted_records(50)
    corpus = make_corpus([records[0]] * 30 + records)
    blends = Blends(Snapshot(corpus, build_all(corpus)))
    blend = blends.of(LENSES["hybrid"], ("attributes", "text"))
    point = point_of(blend, 40)
    rows = np.random.default_rng(0).permutation(30)
    assert blend.settle(point, rows, k=30).rows.tolist() == list(range(30))


def test_a_seed_outside_a_space_leaves_its_weight_to_the_others() -> None:
    blend = BLENDS.of(LENSES["hybrid"], ("text",))
    assert blend.weights == (1.0,)
    row = int(np.flatnonzero(SPACES["text"].placed)[2])
    settled = blend.settle(point_of(blend, row), np.array([row]), k=1)
    assert settled.totals[0] == pytest.approx(1)


def test_a_missing_score_is_what_it_is_on_average_with_the_present_one() -> None:
    corpus = masked_corpus(2000, "text")
    blends = Blends(Snapshot(corpus, build_all(corpus)))
    blend = blends.of(LENSES["hybrid"], ("attributes", "text"))
    text = blend.spaces[1]
    near: list[float] = []
    for row in np.flatnonzero(text.placed)[:60].tolist():
        (ranking,) = blend.rank([point_of(blend, row)], allowed=~text.placed, without=[row])
        settled = blend.settle(point_of(blend, row), ranking.best(5), k=5)
        assert settled.estimated.tolist() == [[False, True]] * 5
        near += settled.parts[:, 1].tolist()
    # Tracks whose attributes are alike share more words than random pairs do, but not all.
    assert blend.expected[1] * 1.5 < np.mean(near) < 0.6


def test_a_missing_score_without_any_common_track_is_the_mean() -> None:
    with_attributes = planted_records(60, masked=1.0)
    with_text = [replace(record, attributes=None) for record in planted_records(60, seed=1)]
    both = planted_records(1, seed=9)
    corpus = make_corpus([*with_attributes, *with_text, *both])
    blends = Blends(Snapshot(corpus, build_all(corpus)))
    blend = blends.of(LENSES["hybrid"], ("attributes", "text"))
    settled = blend.settle(point_of(blend, 120), np.arange(120), k=120)
    guessed = settled.parts[settled.estimated]
    assert len(guessed) == 120
    assert set(guessed.tolist()) == set(blend.expected)


def masked_corpus(count: int, sense: str, *, share: float = 0.3) -> Corpus:
    """A planted world in which a share of the tracks is not placed in one space."""
    gone = np.random.default_rng(3).random(count) < share
    records = planted_records(count)
    blank = {"title": "", "artists": (), "album": "", "genres": ()}
    mask = {"attributes": None} if sense == "attributes" else blank
    return make_corpus([replace(r, **mask) if g else r for r, g in zip(records, gone, strict=True)])


@pytest.mark.parametrize("lens", ["hybrid", "attributes=0.6,text=0.4"])
@pytest.mark.parametrize("sense", ["text", "attributes"])
def test_tracks_with_a_gap_get_a_fair_share_of_the_slots(lens: str, sense: str) -> None:
    corpus = masked_corpus(1500, sense)
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    placed = engine.snapshot.spaces[sense].placed
    seeds = [engine.seed_of(corpus.ids[row]) for row in np.flatnonzero(placed)[:150]]
    answers = engine.similar_many(seeds, lens=lens, dials=Dials(per_artist=None))
    slots = [not placed[corpus.row_of[row.track.id]] for answer in answers for row in answer]
    assert len(slots) == 1500
    # 30 % of the tracks: dropping the missing score gives them nearly all, its mean nearly none.
    assert 0.1 < np.mean(slots) < 0.5


def test_a_lens_is_prepared_once() -> None:
    lens = parse_lens({"attributes": 0.3, "text": 0.7}, spaces=tuple(SPACES))
    names = ("attributes", "text")
    assert BLENDS.of(lens, names) is BLENDS.of(lens, names)
    assert BLENDS.of(lens, names) is not BLENDS.of(lens, ("text",))


@pytest.mark.parametrize("size", [1, 2, 5])
def test_seeds_and_sets_in_half_precision_are_settled_among_all(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (units, embedded):
        monkeypatch.setattr(module, "tier_for", lambda *_: "half")
    generator = np.random.default_rng(2)
    count = 800
    # A crowd around one place, so that rounding changes who comes first.
    windows = generator.normal(size=16) + 0.003 * generator.normal(size=(count, 2, 16))
    corpus = make_corpus(
        planted_records(count), vectors={"sound": dict(enumerate(windows.astype(np.float16)))}
    )
    space = SoundSpace.build(corpus)
    assert space.tier == "half"
    blends = Blends(Snapshot(corpus, {"sound": space}))
    lens = parse_lens("sound=1", spaces=("sound",))
    blend = blends.of(lens, ("sound",), size=size)
    everyone = np.arange(count)
    for _ in range(20):
        rows = generator.choice(count, size + 1, replace=False)
        weights = np.append(np.full(size, 1 / size), -0.5)
        gathering = set_space(space)
        assert isinstance(gathering, SetSpace)
        point = (gathering.gather([space.point(int(row)) for row in rows], weights=weights),)
        others = everyone[~np.isin(everyone, rows)]
        (ranking,) = blend.rank([point], allowed=None, without=[rows])
        found = blend.settle(point, ranking.best(10), k=10)
        assert found.rows.tolist() == blend.settle(point, others, k=10).rows.tolist()
