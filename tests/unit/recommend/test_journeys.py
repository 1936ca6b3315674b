"""Orders, paths and radios over a small world with gaps."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.errors import BadRequestError, NotFoundError
from segue.recommend.engine import Engine
from segue.recommend.journey import radio
from segue.recommend.journey.ground import common_ground
from segue.recommend.journey.moves import Music, faster
from segue.recommend.journey.ordering import USUAL, ordered
from segue.recommend.journey.path import path
from segue.recommend.seeds import Member, Seed, seed_from
from segue.recommend.selection import Recordings
from segue.records import Attributes, Filters, Journey, RadioState, Track, TrackRecord
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from segue.types import TrackId
from worlds import description_of, make_corpus, mixed_corpus, planted_records

CORPUS = mixed_corpus(160, seed=5)
ENGINE = Engine(Snapshot(CORPUS, build_all(CORPUS)))
PLACED = {
    name: np.flatnonzero(space.placed).tolist() for name, space in ENGINE.snapshot.spaces.items()
}
RECORDINGS = Recordings(CORPUS)
KNOWN = PLACED["attributes"]


def seed(row: int) -> Seed:
    return ENGINE.seed_of(CORPUS.ids[row])


def seeds_of(rows: list[int]) -> list[Seed]:
    return [seed(row) for row in rows]


def rows_of(journey: Journey) -> list[int]:
    return [CORPUS.row_of[step.track.id] for step in journey]


def shared_artists(one: int, other: int) -> bool:
    return bool(set(CORPUS.artist_keys[one]) & set(CORPUS.artist_keys[other]))


# -- moves and ground -------------------------------------------------------------------------


def test_half_and_double_tempo_are_the_same_and_keys_go_round_the_wheel() -> None:
    tracks = [
        Track(TrackId(str(at)), "", (), attributes=Attributes(tempo=tempo, key=key, mode=mode))
        for at, (tempo, key, mode) in enumerate([(80, 0, 1), (160, 9, 0), (84, 7, 1), (None, 6, 1)])
    ]
    music = Music.of([*tracks, Track(TrackId("x"), "", ())])
    tempo, key = music.tempo_changes(), music.key_changes()
    assert tempo[0, 1] == pytest.approx(0)
    assert faster(tempo[0, 2]) == pytest.approx(0.05)
    assert np.isnan(tempo[0, 3])
    assert (key[0, 1], key[0, 2], key[0, 3]) == (1, 1, 6)
    assert np.isnan(key[0, 4])


def test_jumps_are_shares_of_random_pairs() -> None:
    standings = [ENGINE.stand(seed(row)) for row in KNOWN[:60]]
    lens = ENGINE.chosen("attributes", standings[0])
    ground = common_ground(ENGINE, lens, standings)
    stops = [ground.stop(standing) for standing in standings]
    scores = ground.between(stops, stops)
    jumps = ground.jumps(scores)
    apart = jumps[~np.eye(len(jumps), dtype=bool)]
    assert scores == pytest.approx(scores.T, abs=1e-6)
    assert jumps.min() >= 0
    assert jumps.max() <= 1
    assert np.mean(apart <= 0.25) == pytest.approx(0.25, abs=0.08)
    assert np.diagonal(jumps).max() <= np.quantile(apart, 0.01)
    assert ground.exactly(stops[0], stops[1]) == pytest.approx(scores[0, 1], abs=1e-5)


# -- paths ------------------------------------------------------------------------------------


@settings(max_examples=12)
@given(
    one=st.sampled_from(KNOWN),
    other=st.sampled_from(KNOWN),
    n=st.integers(2, 14),
    apart=st.integers(0, 4),
    lens=st.sampled_from(["attributes", "hybrid", None]),
)
def test_what_holds_of_every_path(
    one: int, other: int, n: int, apart: int, lens: str | None
) -> None:
    if one == other:
        return
    found = path(ENGINE, seed(one), seed(other), n=n, lens=lens, apart=apart)
    rows = rows_of(found)
    assert (rows[0], rows[-1]) == (one, other)
    assert len(rows) == len(set(rows)) <= n
    if len(rows) < n:
        assert not found.kept
        assert "were asked" in found.notes[0]
    assert [step.place for step in found] == list(range(1, len(rows) + 1))
    assert found.largest == max(step.jump for step in found[1:])
    assert all(step.reasons is not None for step in found[1:])
    if found.kept:
        for at, row in enumerate(rows):
            for after in range(at + 1, min(at + apart + 1, len(rows))):
                ends = at == 0 and after == len(rows) - 1
                assert ends or not shared_artists(row, rows[after])
    inner = [RECORDINGS.of(row) for row in rows[1:-1]]
    assert not any(a.same(b) for at, a in enumerate(inner) for b in inner[:at])


def test_no_other_track_would_make_both_jumps_around_it_smaller() -> None:
    """Of all that lie forward: the path is at rest over the whole catalogue."""
    found = path(ENGINE, seed(KNOWN[3]), seed(KNOWN[90]), n=6, lens="attributes", apart=0)
    rows = rows_of(found)
    standings = [ENGINE.stand(seed(row)) for row in rows]
    ground = common_ground(ENGINE, ENGINE.chosen("attributes", standings[0]), standings)
    to_start, to_end = (ground.scores(ground.stop_at(row)) for row in (rows[0], rows[-1]))
    with np.errstate(invalid="ignore"):  # tracks that stand nowhere
        along = to_end - to_start
    assert all(a < b for a, b in zip(along[rows[:-1]], along[rows[1:]], strict=True))
    scores = [ground.scores(ground.stop_at(row)) for row in rows]
    worst = int(np.argmax([step.jump for step in found[1:]])) + 1
    for at in {worst - 1, worst} - {0, len(rows) - 1}:
        own = min(scores[at - 1][rows[at]], scores[at + 1][rows[at]])
        between = (along > along[rows[at - 1]]) & (along < along[rows[at + 1]])
        between[rows] = False
        others = np.minimum(scores[at - 1], scores[at + 1])[between]
        assert others.max(initial=-np.inf) <= own + 1e-5


def test_a_bound_that_cannot_be_kept_is_told_with_the_best_there_is() -> None:
    free = path(ENGINE, seed(KNOWN[3]), seed(KNOWN[90]), n=4, lens="attributes")
    assert free.largest is not None
    tight = path(
        ENGINE, seed(KNOWN[3]), seed(KNOWN[90]), n=4, lens="attributes", longest=free.largest / 3
    )
    assert not tight.kept
    assert tight.largest == pytest.approx(free.largest)
    assert "without a jump above" in tight.notes[-1]
    wide = path(ENGINE, seed(KNOWN[3]), seed(KNOWN[90]), n=4, lens="attributes", longest=1.0)
    assert wide.kept
    assert wide.bound == 1.0


def test_more_tracks_than_lead_there_is_a_shorter_path_that_says_so() -> None:
    records = [
        TrackRecord(title=f"Song {at}", artists=(f"Artist {at}",), attributes=Attributes(
            energy=at / 5, valence=at / 5, danceability=0.5, loudness=-8.0, acousticness=0.5,
            instrumentalness=0.1, liveness=0.1, speechiness=0.1, tempo=100.0, key=0, mode=1))
        for at in range(6)
    ]  # fmt: skip
    corpus = make_corpus(records)
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    ends = engine.seed_of(corpus.ids[0]), engine.seed_of(corpus.ids[5])
    found = path(engine, *ends, n=50, lens="attributes")
    assert [step.track.title for step in found] == [f"Song {at}" for at in range(6)]
    assert found.notes == ("Only 4 tracks lead from one to the other; 48 were asked",)


def test_filters_hold_between_the_ends() -> None:
    found = path(
        ENGINE,
        seed(KNOWN[3]),
        seed(KNOWN[90]),
        n=6,
        lens="attributes",
        filters=Filters(year_from=1990),
    )
    assert all((step.track.year or 0) >= 1990 for step in found[1:-1])


def test_a_file_from_outside_may_be_an_end() -> None:
    outside = seed_from(description_of(CORPUS, KNOWN[40]))
    found = path(ENGINE, outside, seed(KNOWN[90]), n=5, lens="attributes")
    assert found[0].track.id == ""
    assert found[1].jump is not None
    back = path(ENGINE, seed(KNOWN[90]), outside, n=5, lens="attributes")
    assert back[-1].jump is not None
    assert back[-1].reasons is None


@pytest.mark.parametrize("n", [1, 0, -3, 101, True, 2.5])
def test_a_path_has_two_to_a_hundred_tracks(n: object) -> None:
    with pytest.raises(BadRequestError, match="tracks are asked for"):
        path(ENGINE, seed(KNOWN[0]), seed(KNOWN[1]), n=n)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"longest": 0.0}, "the longest jump is 0.0"),
        ({"longest": float("nan")}, "the longest jump is nan"),
        ({"longest": 1.5}, "the longest jump is 1.5"),
        ({"apart": -1}, "apart is -1"),
        ({"apart": 21}, "apart is 21"),
    ],
)
def test_numbers_that_make_no_sense(said: dict, message: str) -> None:
    with pytest.raises(BadRequestError, match=message):
        path(ENGINE, seed(KNOWN[0]), seed(KNOWN[1]), **said)


def test_both_ends_must_be_two_tracks_that_stand_in_one_space() -> None:
    with pytest.raises(BadRequestError, match="both ends are"):
        path(ENGINE, seed(KNOWN[0]), seed(KNOWN[0]))
    bare = next(row for row in range(len(CORPUS)) if row not in KNOWN)
    with pytest.raises(BadRequestError, match="no space of the lens 'attributes' holds both ends"):
        path(ENGINE, seed(KNOWN[0]), seed(bare), lens="attributes")
    with pytest.raises(BadRequestError, match="stands in no space of the lens"):
        path(ENGINE, seed(bare), seed(KNOWN[0]), lens="attributes")
    gone = Seed(Track(TrackId("gone"), "Gone", ()), row=3)
    with pytest.raises(NotFoundError, match="no longer in the catalogue"):
        path(ENGINE, seed(KNOWN[0]), gone)


@pytest.mark.parametrize("heard", [False, True])
def test_both_ends_must_be_two_recordings(heard: bool) -> None:
    records = planted_records(30, seed=3)
    if heard:
        corpus = make_corpus(records)
        numbers = np.full(len(corpus), -1)
        numbers[[0, 9]] = 4
        corpus, other = replace(corpus, recordings=numbers), 9
    else:
        again = replace(records[0], title=f"{records[0].title} (Remastered 2011)")
        corpus, other = make_corpus([*records, again]), 30
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    ends = engine.seed_of(corpus.ids[0]), engine.seed_of(corpus.ids[other])
    with pytest.raises(BadRequestError, match="both ends are one recording"):
        path(engine, *ends, n=5, lens="attributes")


def test_files_that_sound_the_same_are_one_track_of_a_path() -> None:
    ends = seed(KNOWN[3]), seed(KNOWN[90])
    rows = rows_of(path(ENGINE, *ends, n=6, lens="attributes", apart=0))
    numbers = np.full(len(CORPUS), -1)
    numbers[rows[1:3]], numbers[rows[3:5]] = 7, 8
    heard = replace(CORPUS, recordings=numbers)
    engine = Engine(Snapshot(heard, ENGINE.snapshot.spaces))
    found = set(rows_of(path(engine, *ends, n=6, lens="attributes", apart=0)))
    assert len(found) == 6
    assert not set(rows[1:3]) <= found
    assert not set(rows[3:5]) <= found
    numbers = np.full(len(CORPUS), -1)
    numbers[[rows[0], rows[2]]] = 7
    engine = Engine(Snapshot(replace(CORPUS, recordings=numbers), ENGINE.snapshot.spaces))
    assert rows[2] not in rows_of(path(engine, *ends, n=6, lens="attributes", apart=0))


def test_filters_that_leave_nothing_are_named() -> None:
    filters = Filters(year_from=1990, tempo_from=1.0, tempo_to=2.0, octaves=False)
    found = path(ENGINE, seed(KNOWN[3]), seed(KNOWN[90]), n=6, lens="attributes", filters=filters)
    assert len(found) == 2
    assert not found.kept
    assert found.notes[0] == ENGINE.lost(filters)
    assert "without" in found.notes[0]


# -- orders -----------------------------------------------------------------------------------


@settings(max_examples=8)
@given(
    rows=st.lists(st.integers(0, len(CORPUS) - 1), min_size=1, max_size=14, unique=True),
    arc=st.sampled_from(["", "rising", "wave", "given", "0.1,0.9"]),
)
def test_an_order_holds_every_track_once_and_tells_how_it_runs(rows: list[int], arc: str) -> None:
    found = ordered(ENGINE, [seed(row) for row in rows], arc=arc)
    assert sorted(rows_of(found)) == sorted(rows)
    assert rows_of(ordered(ENGINE, [seed(row) for row in rows], arc=arc)) == rows_of(found)
    assert found.smoothness is not None
    assert found.before is not None
    tempo, key = ([getattr(s, name) for s in found[1:]] for name in ("tempo_change", "key_change"))
    known = [abs(np.log2(1 + each)) for each in tempo if each is not None]
    assert found.smoothness.tempo == (pytest.approx(np.mean(known)) if known else None)
    steps = [each for each in key if each is not None]
    assert found.smoothness.key == (pytest.approx(np.mean(steps)) if steps else None)


def test_what_alone_counts_is_what_goes_well() -> None:
    seeds = [seed(row) for row in KNOWN[:40]]
    nothing = dict.fromkeys(("tempo", "key", "likeness", "energy"), 0.0)
    for name, figure in (("tempo", "tempo"), ("key", "key"), ("likeness", "jump")):
        found = ordered(ENGINE, seeds, weights={**nothing, name: 1.0}, lens="attributes")
        now, before = getattr(found.smoothness, figure), getattr(found.before, figure)
        assert now < 0.6 * before
    rising = ordered(ENGINE, seeds, arc="rising", weights={**nothing, "energy": 1.0})
    assert rising.smoothness.arc < 0.1 * rising.before.arc


def test_artists_do_not_stand_side_by_side_where_that_can_be() -> None:
    by_two = [row for row in KNOWN if CORPUS.artist_keys[row]][:30]
    found = rows_of(ordered(ENGINE, [seed(row) for row in by_two]))
    assert not any(shared_artists(a, b) for a, b in pairwise(found))


def test_one_track_is_in_order_and_one_that_comes_twice_stands_once() -> None:
    assert len(ordered(ENGINE, [seed(KNOWN[0])], arc="rising")) == 1
    found = ordered(ENGINE, [seed(KNOWN[0]), seed(KNOWN[1]), seed(KNOWN[0])])
    assert sorted(rows_of(found)) == sorted(KNOWN[:2])
    assert found.notes[0] == "1 track came twice and stands once"


def test_one_that_comes_again_stands_where_it_first_came() -> None:
    rows = [KNOWN[0], KNOWN[1], KNOWN[2], KNOWN[0]]
    again, once = (ordered(ENGINE, [seed(row) for row in some]) for some in (rows, rows[:3]))
    assert again.before == once.before


@pytest.mark.parametrize("arc", ["", " ", [], (), np.array([])])
def test_no_arc_is_no_arc_that_was_left_out(arc: object) -> None:
    bare = [row for row in range(len(CORPUS)) if row not in KNOWN][:3]
    assert not any("arc" in note for note in ordered(ENGINE, seeds_of(bare), arc=arc).notes)


def test_an_arc_that_cannot_be_followed_is_told() -> None:
    bare = [row for row in range(len(CORPUS)) if row not in KNOWN][:3]
    for arc in ("rising", np.array([0.1, 0.9])):
        assert any(
            "An arc needs" in note for note in ordered(ENGINE, seeds_of(bare), arc=arc).notes
        )


def test_tracks_without_tempo_and_key_are_put_in_order_by_the_rest() -> None:
    bare = [row for row in range(len(CORPUS)) if row not in KNOWN][:6]
    found = ordered(ENGINE, [seed(row) for row in [*bare, *KNOWN[:4]]], arc="falling")
    assert len(found) == len(bare) + 4
    assert any("The key of" in note for note in found.notes)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"weights": {"tempo": -1.0}}, "the weight of tempo is -1.0"),
        ({"weights": {"tempo": "a"}}, "the weight of tempo is 'a'"),
        ({"weights": dict.fromkeys(USUAL, 0.0)}, "cannot all be 0"),
        ({"weights": {"tempo": float("nan")}}, "the weight of tempo is nan"),
        ({"weights": {"loudness": 1.0}}, "nothing is called 'loudness'"),
        ({"arc": "sideways"}, "there is no arc"),
        ({"lens": "hybird"}, "hybird"),
    ],
)
def test_orders_that_make_no_sense(said: dict, message: str) -> None:
    with pytest.raises(BadRequestError, match=message):
        ordered(ENGINE, [seed(row) for row in KNOWN[:3]], **said)


def test_nobody_orders_nothing() -> None:
    with pytest.raises(BadRequestError, match="no tracks are named"):
        ordered(ENGINE, [])


# -- radio ------------------------------------------------------------------------------------


@settings(max_examples=4)
@given(
    row=st.sampled_from(KNOWN),
    drift=st.sampled_from([0.0, 0.4, 1.0]),
    apart=st.integers(0, 6),
    window=st.integers(1, 40),
    draw=st.integers(0, 5),
)
def test_what_holds_of_every_radio(
    row: int, drift: float, apart: int, window: int, draw: int
) -> None:
    state = radio.begun(
        ENGINE, seed(row), lens="hybrid", drift=drift, apart=apart, window=window, draw=draw
    )
    found, after = radio.advanced(ENGINE, state, n=12)
    rows = rows_of(found)
    again, _ = radio.advanced(ENGINE, state, n=12)
    assert rows_of(again) == rows
    first, between = radio.advanced(ENGINE, state, n=5)
    rest, last = radio.advanced(ENGINE, radio.state_from(vars_of(between)), n=7)
    assert rows_of(first) + rows_of(rest) == rows
    assert last == after
    assert after.count == 12
    assert after.played == tuple([CORPUS.ids[row], *(s.track.id for s in found)][-window:])
    whole = [row, *rows]
    if found.kept:
        for at, one in enumerate(whole):
            for back in range(1, min(at, window) + 1):
                assert not RECORDINGS.of(one).same(RECORDINGS.of(whole[at - back]))
                assert one != whole[at - back]
            for back in range(1, min(at, apart, window) + 1):
                assert not shared_artists(one, whole[at - back])
    assert all(step.reasons is not None for step in found)


def vars_of(state: RadioState) -> dict[str, object]:
    """As JSON has it."""
    import json

    from segue.cli.document import plain

    return json.loads(json.dumps(plain(state)))


def small_engine(count: int) -> Engine:
    corpus = make_corpus(planted_records(count, seed=3))
    return Engine(Snapshot(corpus, build_all(corpus)))


def test_a_small_catalogue_plays_for_ever_and_says_what_it_cannot_keep() -> None:
    engine = small_engine(6)
    state = radio.begun(engine, engine.seed_of(engine.snapshot.corpus.ids[0]), window=50, apart=9)
    found, _ = radio.advanced(engine, state, n=20)
    assert len(found) == 20
    assert not found.kept
    assert any("repeat nothing within 50 tracks" in note for note in found.notes)
    ids = [step.track.id for step in found]
    assert all(a != b for a, b in pairwise(ids))


def test_a_catalogue_of_one_track_has_nothing_to_play_on() -> None:
    engine = small_engine(1)
    only = engine.seed_of(engine.snapshot.corpus.ids[0])
    state = radio.begun(engine, only, lens="attributes")
    found, after = radio.advanced(engine, state, n=2)
    assert {step.track.id for step in found} == {only.track.id}
    with pytest.raises(NotFoundError, match="nothing is left to play"):
        radio.advanced(engine, radio.skipped(after, only.track.id))


def test_what_is_skipped_never_comes_again_and_what_is_liked_draws_near() -> None:
    state = radio.begun(ENGINE, seed(KNOWN[7]), lens="attributes", window=10, variation=0.0)
    found, _ = radio.advanced(ENGINE, state, n=6)
    first = found[0].track.id
    skipped = radio.skipped(state, first)
    after, _ = radio.advanced(ENGINE, skipped, n=30)
    assert first not in {step.track.id for step in after}
    far = CORPUS.ids[KNOWN[100]]
    liked, _ = radio.advanced(ENGINE, radio.liked(state, far), n=6)
    assert rows_of(liked) != rows_of(found)
    assert radio.liked(skipped, first).skipped == ()
    assert radio.skipped(radio.liked(state, far), far).liked == ()


def test_drift_leaves_the_seed_behind_and_none_stays_near() -> None:
    def distance(drift: float) -> float:
        state = radio.begun(ENGINE, seed(KNOWN[7]), lens="attributes", drift=drift, window=200)
        found, _ = radio.advanced(ENGINE, state, n=20)
        standing = ENGINE.stand(seed(KNOWN[7]))
        ground = common_ground(ENGINE, ENGINE.chosen("attributes", standing), [standing])
        start = ground.stop(standing)
        return float(np.mean([ground.jump(start, ground.stop_at(row)) for row in rows_of(found)]))

    assert distance(0.0) < distance(1.0)


def test_a_radio_begins_with_a_set_or_something_from_outside() -> None:
    members = tuple(Member(seed(row)) for row in KNOWN[:3])
    together = Seed(Track(TrackId(""), "Three", ()), members=members)
    assert radio.begun(ENGINE, together).seeds == tuple(CORPUS.ids[row] for row in KNOWN[:3])
    outside = seed_from(description_of(CORPUS, KNOWN[40]))
    assert len(radio.begun(ENGINE, outside, lens="attributes").seeds) == 3


def test_filters_hold_of_all_that_is_played() -> None:
    state = radio.begun(ENGINE, seed(KNOWN[7]))
    found, _ = radio.advanced(ENGINE, state, n=8, filters=Filters(year_from=1995))
    assert all((step.track.year or 0) >= 1995 for step in found)


def test_seeds_that_are_gone_are_told_and_other_memories_forgotten() -> None:
    state = RadioState(seeds=(CORPUS.ids[KNOWN[7]],), played=(TrackId("gone"),))
    assert len(radio.advanced(ENGINE, state, n=2)[0]) == 2
    with pytest.raises(NotFoundError, match="began with are no longer"):
        radio.advanced(ENGINE, replace(state, seeds=(TrackId("gone"),)))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "no JSON object"),
        ({}, "names no seeds"),
        ({"seeds": []}, "names no seeds"),
        ({"seeds": "abc"}, "seeds is no list"),
        ({"seeds": ["a"], "played": [1]}, "played is no list"),
        ({"seeds": ["a"], "extra": 1}, "holds 'extra'"),
        ({"seeds": ["a"], "lens": 3}, "the lens is 3"),
        ({"seeds": ["a"], "drift": 2}, "drift is 2"),
        ({"seeds": ["a"], "drift": float("nan")}, "drift is nan"),
        ({"seeds": ["a"], "variation": "much"}, "variation is 'much'"),
        ({"seeds": ["a"], "window": 0}, "window is 0"),
        ({"seeds": ["a"], "apart": True}, "apart is True"),
        ({"seeds": ["a"], "played": ["x"] * 2001}, "played holds 2,001 tracks"),
    ],
)
def test_what_was_sent_away_is_checked_when_it_comes_back(document: object, message: str) -> None:
    with pytest.raises(BadRequestError, match=message):
        radio.state_from(document)


@pytest.mark.parametrize("n", [0, 101, True, 1.5])
def test_a_radio_plays_one_to_a_hundred_tracks_at_once(n: object) -> None:
    state = RadioState(seeds=(CORPUS.ids[KNOWN[7]],))
    with pytest.raises(BadRequestError, match="tracks are asked for"):
        radio.advanced(ENGINE, state, n=n)
