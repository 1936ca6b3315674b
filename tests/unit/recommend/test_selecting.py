"""What moves rows, caps them and tells them apart."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from segue.errors import BadRequestError
from segue.recommend.engine import Engine
from segue.recommend.selection import Caps, Recordings, checked, choose
from segue.recommend.selection.alike import likenesses
from segue.recommend.selection.caps import Tally
from segue.recommend.selection.diversity import Unlike
from segue.recommend.selection.hubs import STRENGTH, stepping_back
from segue.recommend.selection.moving import BACK, CHANCE, HALF, moves
from segue.recommend.selection.selecting import POOL
from segue.records import UNSELECTED, Answer, Dials, Filters, TrackRecord
from segue.snapshot import Snapshot
from segue.spaces.attributes import AttributesSpace
from segue.spaces.registry import build_all
from worlds import make_corpus, mixed_corpus, planted_records

CORPUS = mixed_corpus(120, seed=5)
ENGINE = Engine(Snapshot(CORPUS, build_all(CORPUS)))
ROW = int(np.flatnonzero(ENGINE.snapshot.spaces["text"].placed)[0])
SEED = ENGINE.seed_of(CORPUS.ids[ROW])
BLEND = ENGINE.blend(ENGINE.chosen("text", ENGINE.stand(SEED)), ENGINE.stand(SEED))
MANY = make_corpus(planted_records(400))
WIDE = Engine(Snapshot(MANY, {"attributes": AttributesSpace.build(MANY)}))
LIKED = WIDE.seed_of(MANY.ids[0])


def asked(n: int = 10, **dials: object) -> Answer:
    given = replace(UNSELECTED, **dials)  # type: ignore[arg-type]
    return ENGINE.similar(SEED, n=n, lens="text", dials=given)


def order(answer: Answer) -> list[str]:
    return [row.track.id for row in answer]


@pytest.mark.parametrize(
    ("dials", "said"),
    [
        (Dials(per_artist=0), "per_artist is 0. Give a whole number of 1 or more"),
        (Dials(per_album=-1), "per_album is -1"),
        (Dials(per_artist=True), "per_artist is True"),
        (Dials(hubs=1.5), "hubs is 1.5. Give a number from 0 to 1"),
        (Dials(diversity=math.nan), "diversity is nan"),
        (Dials(variation=-0.1), "variation is -0.1"),
        (Dials(draw=-1), "draw is -1. Give a whole number of 0 or more"),
        (Dials(hubs="much"), "hubs is 'much'"),  # type: ignore[arg-type]
        (Dials(draw=0.5), "draw is 0.5. Give a whole number"),  # type: ignore[arg-type]
    ],
)
def test_a_dial_that_makes_no_sense_is_named(dials: Dials, said: str) -> None:
    with pytest.raises(BadRequestError) as raised:
        checked(dials)
    assert said in str(raised.value)
    with pytest.raises(BadRequestError):
        ENGINE.similar(SEED, dials=dials)


def test_albums_are_capped_and_no_album_is_not() -> None:
    albums = ("a | x", "a | x", "", "", "b | x", "a | x")
    caps = Caps(((),) * 6, albums, per_album=1)
    found = choose(range(6), n=10, caps=caps, recordings=None)
    assert [each.row for each in found] == [0, 2, 3, 4]
    tally = Tally(Caps((("x",),) * 6, (), per_artist=2, per_album=1))
    for row in range(2):
        assert tally.admits(row)
        tally.add(row)
    assert not tally.admits(2)


def test_files_that_sound_the_same_share_a_row_whatever_they_are_called() -> None:
    records = [TrackRecord(title=title, artists=("Ann",)) for title in ("Song", "Track 1", "Other")]
    corpus = replace(make_corpus(records), recordings=np.array([4, 4, -1]))
    found = Recordings(corpus)
    assert [found.versions(found.of(row)) for row in range(3)] == [[0, 1], [0, 1], [2]]
    assert found.of(0).same(found.of(1))
    assert not found.of(2).same(found.of(1))
    choices = choose([1, 0, 2], n=3, caps=Caps(corpus.artist_keys), recordings=found)
    assert [(each.row, each.versions) for each in choices] == [(1, (0,)), (2, ())]


def test_without_dials_nothing_moves() -> None:
    assert all(row.changes == {} for row in asked())
    scores = [row.score for row in asked(n=40)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("name", ["hubs", "variation"])
def test_rows_stand_by_their_score_and_what_moved_them(name: str) -> None:
    answer = asked(n=30, **{name: 1.0})
    values = [round(row.score + sum(row.changes.values()), 9) for row in answer]
    assert values == sorted(values, reverse=True)
    assert {each for row in answer for each in row.changes} == {name}
    assert order(answer) != order(asked(n=30))


def test_chance_is_the_same_for_the_same_draw_and_reaches_no_further_than_it_says() -> None:
    first, again, other = (asked(n=30, variation=0.5, draw=draw) for draw in (1, 1, 2))
    assert order(first) == order(again) != order(other)
    reach = 0.5 * CHANCE * spread()
    moved = [row.changes["variation"] for row in first]
    assert 0 < max(map(abs, moved)) <= reach
    scores = [row.score for row in first]
    assert all(
        later - earlier <= 2 * reach
        for place, earlier in enumerate(scores)
        for later in scores[place:]
    )


def test_what_was_offered_steps_back_and_the_older_the_less() -> None:
    before = order(asked(n=5))
    answer = asked(n=len(CORPUS), recent=tuple(before))
    back = {row.track.id: row.changes.get("recent", 0.0) for row in answer}
    assert [back[each] for each in before] == sorted(back[each] for each in before)
    assert back[before[0]] < 0
    assert sum(1 for each in back.values() if each) == len(before)
    ratio = back[before[1]] / back[before[0]]
    assert ratio == pytest.approx(0.5 ** (1 / HALF))
    assert back[before[0]] == pytest.approx(-BACK * spread())
    assert order(asked(recent=("gone",))) == order(asked())


def test_what_was_never_offered_can_overtake_the_many_that_were() -> None:
    """All that an answer of ten looks at without dials was offered lately."""
    recent = tuple(order(WIDE.similar(LIKED, n=72, lens="attributes", dials=UNSELECTED)))
    dials = replace(UNSELECTED, recent=recent)
    answer = WIDE.similar(LIKED, n=10, lens="attributes", dials=dials)
    whole = WIDE.similar(LIKED, n=399, lens="attributes", dials=dials)
    assert order(answer) == order(whole)[:10]
    assert set(order(answer)) - set(recent)


def test_the_first_rows_do_not_depend_on_how_many_are_asked_for() -> None:
    dials = Dials(hubs=1.0, per_artist=None)
    longest = order(WIDE.similar(LIKED, n=120, lens="attributes", dials=dials))
    for n in (1, 10, 32, 60, 100):
        assert order(WIDE.similar(LIKED, n=n, lens="attributes", dials=dials)) == longest[:n]


def test_diversity_gives_rows_that_are_less_alike() -> None:

    def alike(answer: Answer) -> float:
        rows = np.array([CORPUS.row_of[row.track.id] for row in answer])
        return float(likenesses(BLEND, rows).mean())

    plain, diverse = asked(), asked(diversity=1.0)
    assert alike(diverse) < alike(plain)
    assert order(diverse)[0] == order(plain)[0]
    assert all(set(row.changes) <= {"diversity"} for row in diverse)
    assert min(row.changes.get("diversity", 0.0) for row in diverse) < 0


def test_diversity_is_the_greedy_choice_word_for_word() -> None:
    rows, scores = ENGINE.ranked(SEED, n=40, lens="text")
    likeness = likenesses(BLEND, rows)
    expected = float(np.dot(BLEND.weights, BLEND.expected))
    found = choose(
        rows.tolist(),
        n=8,
        caps=Caps(CORPUS.artist_keys),
        recordings=None,
        values=scores,
        unlike=Unlike(likeness, count=40, expected=expected, dial=0.7),
    )
    taken: list[int] = []
    for each in found:
        best, where = -math.inf, -1
        for place in range(len(rows)):
            if place in taken:
                continue
            near = max((likeness[t, place] - expected for t in taken), default=0.0)
            value = scores[place] - 0.7 * max(near, 0.0)
            if value > best + 1e-12:
                best, where = value, place
        assert each.place == where
        taken.append(each.place)


def test_moves_of_nobody_are_none() -> None:
    found = moves(
        np.empty(0, dtype=np.int64),
        dials=Dials(hubs=1, variation=1, recent=(CORPUS.ids[0],)),
        likeness=np.empty((0, 0)),
        spread=0.0,
        corpus=CORPUS,
        recordings=Recordings(CORPUS),
        seed="x",
    )
    assert found == {}


def test_who_is_near_to_all_steps_back_and_nobody_steps_forward() -> None:
    places = np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0], [0.8, 0.8]])
    units = places / np.linalg.norm(places, axis=1, keepdims=True)
    # Two are the nearest of each: the one between the others is near to all of them.
    back = stepping_back((units @ units.T)[[4, 0, 1, 2, 3]][:, [4, 0, 1, 2, 3]])
    assert back[0] < 0
    assert (back[1:] == 0).all()
    assert stepping_back(np.ones((1, 1))).tolist() == [0.0]
    assert stepping_back(np.ones((7, 7))).tolist() == [0.0] * 7
    assert back[0] >= -STRENGTH * np.log(5)


def test_likenesses_are_the_scores_that_each_gives_as_a_seed() -> None:
    for lens in ("hybrid", "text", "attributes=1,descriptors=2"):
        placed = [
            ENGINE.snapshot.spaces[name].placed for name in ("attributes", "text", "descriptors")
        ]
        rows = np.flatnonzero(np.logical_and.reduce(placed))[:12]
        seeds = [ENGINE.seed_of(CORPUS.ids[row]) for row in rows]
        blend = ENGINE.blend(ENGINE.chosen(lens, ENGINE.stand(seeds[0])), ENGINE.stand(seeds[0]))
        found = likenesses(blend, rows)
        for place, seed in enumerate(seeds):
            ranked, scores = ENGINE.ranked(seed, n=len(CORPUS), lens=lens)
            by_row = dict(zip(ranked.tolist(), scores.tolist(), strict=True))
            others = [other for other in rows.tolist() if other != rows[place]]
            told = [found[place, rows.tolist().index(other)] for other in others]
            assert told == pytest.approx([by_row[other] for other in others], abs=1e-8)


def test_likenesses_of_who_stands_nowhere_are_those_of_random_pairs() -> None:
    text = ENGINE.snapshot.spaces["text"]
    out = int(np.flatnonzero(~text.placed)[0])
    found = likenesses(BLEND, np.array([ROW, out]))
    assert found[1].tolist() == [pytest.approx(BLEND.expected[0])] * 2


def test_what_is_left_out_and_is_not_there_is_said() -> None:
    asked_for = Filters(exclude_genres=("rock", "rokc"), exclude_artists=("Nobody At All",))
    answer = WIDE.similar(LIKED, filters=asked_for, dials=Dials(recent=(LIKED.track.id, "gone")))
    assert answer.notes == (
        "No track is of the genre 'rokc': leaving it out changes nothing",
        "No track is by 'Nobody At All': leaving it out changes nothing",
        "1 track offered lately is not in the catalogue",
    )


def test_one_track_is_no_tracks() -> None:
    two = make_corpus(planted_records(400)[:2])
    engine = Engine(Snapshot(two, {"attributes": AttributesSpace.build(two)}))
    (note,) = engine.similar(engine.seed_of(two.ids[0]), lens="attributes").notes
    assert note.startswith("Only 1 of 10 rows: there is 1 track that stands in a space of the lens")


def test_an_answer_with_fewer_rows_says_why() -> None:
    artist = CORPUS.artists[ROW][0]
    capped = ENGINE.similar(SEED, n=200, lens="text", dials=Dials(per_artist=1))
    assert (
        "of the rows an artist may have 1, versions of one recording share one" in capped.notes[-1]
    )
    none = ENGINE.similar(SEED, filters=Filters(year_from=2999), lens="text")
    assert len(none) == 0
    assert none.notes == (
        f"No track passes the filters; of {len(CORPUS):,} tracks, each alone: "
        "0 “of a year from 2999”. What nobody knows of a track passes no filter on it",
    )
    own = ENGINE.similar(SEED, filters=Filters(artists=(artist,)), lens="text", dials=UNSELECTED)
    assert "that pass the filters and stand in a space of the lens 'text'" in own.notes[-1]
    assert ENGINE.similar(SEED, n=3, lens="text").notes == ()


def spread() -> float:
    """Of the scores of the candidates that tell it."""
    return float(ENGINE.ranked(SEED, n=POOL, lens="text")[1].std())
