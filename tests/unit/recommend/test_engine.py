"""From a seed to an answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segue.errors import BadRequestError, NotFoundError
from segue.recommend.engine import Engine
from segue.recommend.seeds import Member, Seed, _number, seed_from
from segue.records import (
    UNSELECTED,
    Answer,
    Attributes,
    Dials,
    Filters,
    OutsideId,
    Track,
    TrackRecord,
)
from segue.snapshot import Corpus, Description, Snapshot
from segue.spaces.registry import build_all
from segue.types import TrackId
from worlds import description_of, make_corpus, mixed_corpus, planted_records


def engine_of(corpus: Corpus) -> Engine:
    return Engine(Snapshot(corpus, build_all(corpus)))


CORPUS = mixed_corpus(400)
ENGINE = engine_of(CORPUS)
PLACED = {
    name: np.flatnonzero(space.placed).tolist() for name, space in ENGINE.snapshot.spaces.items()
}
FULL = sorted(set(PLACED["attributes"]) & set(PLACED["text"]) & set(PLACED["descriptors"]))


def seed(row: int) -> Seed:
    return ENGINE.seed_of(CORPUS.ids[row])


def rows_of(answer: Answer) -> list[int]:
    return [CORPUS.row_of[row.track.id] for row in answer]


def naive(row: int, weights: dict[str, float]) -> list[tuple[float, int]]:
    """Every other track that stands in all the spaces, by the sum of cosines."""
    spaces = ENGINE.snapshot.spaces
    possible = np.logical_and.reduce([spaces[name].placed for name in weights])
    everyone = np.arange(len(CORPUS))
    total = np.zeros(len(CORPUS))
    for name, weight in weights.items():
        total += weight * spaces[name].score_exactly(spaces[name].point(row), rows=everyone)
    pairs = [(-round(float(total[r]), 9), int(r)) for r in np.flatnonzero(possible) if r != row]
    return [(-score, r) for score, r in sorted(pairs)]


@pytest.mark.parametrize(
    ("lens", "weights"),
    [
        ("attributes", {"attributes": 1.0}),
        ("text", {"text": 1.0}),
        ("descriptors", {"descriptors": 1.0}),
    ],
)
@pytest.mark.parametrize("n", [1, 10, 120])
def test_without_caps_an_answer_is_the_naive_one(
    lens: str, weights: dict[str, float], n: int
) -> None:
    for row in FULL[:15]:
        answer = ENGINE.similar(seed(row), lens=lens, n=n, dials=UNSELECTED)
        expected = naive(row, weights)[:n]
        assert rows_of(answer) == [r for _, r in expected]
        assert [each.score for each in answer] == pytest.approx([s for s, _ in expected], abs=1e-9)


@pytest.mark.parametrize("name", ["attributes", "text", "descriptors", "artist", "tempo", "key"])
def test_one_space_with_a_weight_answers_as_the_lens_of_its_name(name: str) -> None:
    both = (
        seed(FULL[0]),
        Seed(
            Track(TrackId(""), "both", ()), members=(Member(seed(FULL[1])), Member(seed(FULL[2])))
        ),
    )
    for one in both:
        named = ENGINE.similar(one, lens=name)
        for weighed in (f"{name}=1", {name: 3.0, "album": 0.0}):
            found = ENGINE.similar(one, lens=weighed)
            assert [(row.track.id, row.score, dict(row.changes)) for row in found] == [
                (row.track.id, row.score, dict(row.changes)) for row in named
            ]


def test_an_answer_says_how_it_came_about() -> None:
    answer = ENGINE.similar(seed(FULL[0]), n=7, lens="hybrid")
    assert answer.seed.id == CORPUS.ids[FULL[0]]
    assert answer.lens == "hybrid"
    assert answer.weights == {"attributes": 0.6, "text": 0.4}
    assert answer.epoch == ENGINE.epoch == 1
    assert answer.candidates == {name: len(PLACED[name]) for name in ("attributes", "text")}
    assert set(answer.absent) == {name for name in PLACED if FULL[0] not in PLACED[name]}
    assert answer.seconds > 0
    assert [row.rank for row in answer] == [1, 2, 3, 4, 5, 6, 7]
    moved = [row.score + sum(row.changes.values()) for row in answer]
    assert moved == sorted(moved, reverse=True)


def test_tracks_come_as_the_catalogue_knows_them() -> None:
    row = FULL[3]
    track = ENGINE.track_at(row)
    assert track.id == CORPUS.ids[row]
    assert (track.title, track.artists) == (CORPUS.titles[row], CORPUS.artists[row])
    assert track.explicit is bool(CORPUS.explicit[row])
    assert track.attributes is not None
    assert isinstance(track.attributes.key, int)
    assert track.attributes.energy == pytest.approx(float(CORPUS.attributes[row, 0]), abs=1e-7)
    assert track.playable is bool(CORPUS.playable[row])


def test_numbers_are_written_as_they_were_given_and_the_unknown_is_none() -> None:
    record = TrackRecord(title="A", attributes=Attributes(energy=0.461, tempo=87.917, key=1))
    track = engine_of(make_corpus([record, TrackRecord(title="B")])).track_at(0)
    assert track.attributes == Attributes(energy=0.461, tempo=87.917, key=1)
    assert (track.year, track.duration, track.explicit, track.popularity) == (None,) * 4
    assert engine_of(make_corpus([TrackRecord(title="B")])).track_at(0).attributes is None


@given(st.integers(-999_999, 999_999), st.integers(0, 9))
def test_six_digits_come_out_of_the_columns_as_they_went_in(digits: int, places: int) -> None:
    written = float(f"{digits}e-{places}")
    assert _number(float(np.float32(written))) == written


@given(st.floats(-(2.0**100), 2.0**100, width=32).filter(lambda one: not 0 < abs(one) < 2.0**-100))
@example(2.0**45)
@example(2.0**-47)
def test_whatever_is_written_is_read_as_the_same(value: float) -> None:
    assert np.float32(_number(value)) == np.float32(value)


def test_the_default_lens_goes_by_where_the_seed_stands() -> None:
    sound_only = sorted(set(PLACED["descriptors"]) - set(PLACED["attributes"]))[0]
    assert ENGINE.similar(seed(FULL[0])).lens == "hybrid"
    answer = ENGINE.similar(seed(sound_only))
    assert answer.lens == "descriptors"
    assert "import a table" in answer.absent["attributes"]
    assert set(rows_of(answer)) <= set(PLACED["descriptors"])


def test_a_seed_known_by_estimates_alone_keeps_the_lens_of_its_sound() -> None:
    rows = [row for row in FULL if row in PLACED["descriptors"]][:2]
    corpus = replace(
        CORPUS,
        origins=np.where(CORPUS.origins >= 0, 2, -1).astype(np.int8),
        provenances=("estimated", "predicted:m", "given"),
    )
    for row, origin in zip(rows, (0, 1), strict=True):
        corpus.origins[row, corpus.origins[row] >= 0] = origin
    engine = engine_of(corpus)
    guessed, predicted = (engine.similar(engine.seed_of(corpus.ids[row])) for row in rows)
    assert (guessed.lens, predicted.lens) == ("descriptors", "hybrid")
    assert guessed.seed.provenance == "estimated"
    assert set(predicted.seed.origins.values()) == {"predicted:m"}
    asked = engine.similar(engine.seed_of(corpus.ids[rows[0]]), lens="attributes", n=20)
    compared = [row.reasons for row in asked if any(each.agreement for each in row.reasons.agree)]
    assert compared
    assert all("estimated" in each.sentence for each in compared)
    assert all(each.estimated for reasons in compared for each in reasons.agree)
    # From outside the same.
    outside = description_of(corpus, rows[0])
    assert engine.similar(seed_from(outside)).lens == "descriptors"
    assert engine.similar(seed_from(outside), lens="hybrid").lens == "hybrid"


def test_a_few_given_attributes_among_estimates_do_not_make_the_default_hybrid() -> None:
    row = next(row for row in FULL if row in PLACED["descriptors"])
    corpus = replace(CORPUS, origins=CORPUS.origins.copy())
    for known, lens in ((3, "descriptors"), (4, "hybrid")):
        corpus.origins[row] = np.where(CORPUS.origins[row] >= 0, 0, -1)
        corpus.origins[row, :known] = 1
        engine = engine_of(corpus)
        assert engine.similar(engine.seed_of(corpus.ids[row])).lens == lens


def test_a_seed_that_stands_nowhere_hears_what_would_place_it() -> None:
    silent = sorted(set(PLACED["text"]) - set(PLACED["descriptors"]))[0]
    with pytest.raises(BadRequestError, match="no space of the lens 'descriptors'") as raised:
        ENGINE.similar(seed(silent), lens="descriptors")
    assert "segue analyse" in raised.value.remedy
    nothing = seed_from(Description(TrackRecord(title=""), {}))
    with pytest.raises(BadRequestError, match="'hybrid'") as raised:
        ENGINE.similar(nothing)
    assert "import a table" in raised.value.remedy
    assert ", or words: tag" in raised.value.remedy


def test_a_seed_from_outside_finds_what_the_same_track_inside_finds() -> None:
    for row in FULL[:10]:
        outside = seed_from(description_of(CORPUS, row))
        inside = ENGINE.similar(seed(row), n=12, dials=UNSELECTED)
        found = ENGINE.similar(outside, n=13, dials=UNSELECTED)
        assert row in rows_of(found)[: 1 + 40]
        assert [r for r in rows_of(found) if r != row][:12] == rows_of(inside)
        assert found.seed.title == CORPUS.titles[row]


def test_an_outside_seed_is_not_offered_its_own_recording() -> None:
    row = next(r for r in FULL if CORPUS.artist_keys[r])
    description = description_of(CORPUS, row)
    own = replace(description.record, duration=float(CORPUS.duration[row]))
    found = ENGINE.similar(seed_from(replace(description, record=own)), n=30)
    assert row not in rows_of(found)


def test_a_seed_of_an_older_epoch_is_found_by_its_id() -> None:
    row = FULL[6]
    stale = replace(seed(row), row=row + 1)
    assert rows_of(ENGINE.similar(stale)) == rows_of(ENGINE.similar(seed(row)))
    gone = Seed(Track(TrackId("zzz"), "Gone", ("Ann",)), row=3)
    with pytest.raises(NotFoundError, match=r"Ann – Gone \(zzz\) is no longer in the catalogue"):
        ENGINE.similar(gone)


def test_seeds_by_name() -> None:
    assert ENGINE.seed_named("nobody") is None
    assert ENGINE.seed_named(CORPUS.ids[4]) == Seed(ENGINE.track_at(4), 4)
    with pytest.raises(NotFoundError, match="no track has the id 'nobody'"):
        ENGINE.seed_of(TrackId("nobody"))


def test_many_seeds_are_answered_in_order_as_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segue.recommend.engine._SCORES_AT_ONCE", 3 * len(CORPUS))
    rows = [*FULL[:8], *sorted(set(PLACED["descriptors"]) - set(FULL))[:8], FULL[0]]
    answers = ENGINE.similar_many([seed(row) for row in rows], n=6)
    assert len({answer.lens for answer in answers}) == 2
    for row, answer in zip(rows, answers, strict=True):
        alone = ENGINE.similar(seed(row), n=6)
        assert replace(alone, seconds=0) == replace(answer, seconds=0)
    assert ENGINE.similar_many([]) == []


@pytest.mark.parametrize("n", [0, -1, 501, 2.5, True, None, "10"])
def test_n_is_from_1_to_500(n: object) -> None:
    with pytest.raises(BadRequestError, match=r"Give a whole number from 1 to 500"):
        ENGINE.similar(seed(FULL[0]), n=n)  # type: ignore[arg-type]


@pytest.mark.parametrize("per_artist", [0, -3, 1.5])
def test_per_artist_is_1_or_more(per_artist: object) -> None:
    with pytest.raises(BadRequestError, match=r"Give a whole number of 1 or more"):
        ENGINE.similar(seed(FULL[0]), dials=Dials(per_artist=per_artist))  # type: ignore[arg-type]


def test_an_unknown_lens_names_the_others() -> None:
    with pytest.raises(BadRequestError, match=r"no lens 'hybrd'\. Perhaps 'hybrid' is meant"):
        ENGINE.similar(seed(FULL[0]), lens="hybrd")


def test_filters_come_before_the_choice() -> None:
    everything = ENGINE.similar(seed(FULL[0]), n=400, dials=UNSELECTED)
    some = Filters(explicit=True, year_from=1980)
    found = ENGINE.similar(seed(FULL[0]), n=8, filters=some, dials=UNSELECTED)
    expected = [
        row for row in rows_of(everything) if CORPUS.explicit[row] == 1 and CORPUS.year[row] >= 1980
    ]
    assert rows_of(found) == expected[:8]
    assert found.candidates["attributes"] < everything.candidates["attributes"]


def test_an_answer_that_nothing_passes_is_empty() -> None:
    answer = ENGINE.similar(seed(FULL[0]), filters=Filters(year_from=2500))
    assert list(answer) == []
    assert answer.candidates == {"attributes": 0, "text": 0}


def test_it_looks_further_down_until_enough_artists_are_found() -> None:
    records = planted_records(120)
    one_artist = [
        replace(records[0], title=f"Song {i}", outside_ids=(OutsideId("x", str(i)),))
        for i in range(900)
    ]
    engine = engine_of(make_corpus([*one_artist, *records]))
    answer = engine.similar(engine.seed_named("t00000"), n=10, dials=Dials(per_artist=1))  # type: ignore[arg-type]
    assert len(answer) == 10
    assert len({row.track.artists for row in answer}) == 10


def test_the_whole_catalogue_can_be_asked_for() -> None:
    answer = ENGINE.similar(seed(FULL[0]), n=500, dials=UNSELECTED, lens="text")
    assert sorted(rows_of(answer)) == [row for row in PLACED["text"] if row != FULL[0]]


def test_versions_stand_behind_their_row_and_the_seeds_own_are_left_out() -> None:
    records = planted_records(80)
    twins = [replace(records[5], album="Best of"), replace(records[0], album="Best of")]
    engine = engine_of(make_corpus([*records, *twins]))
    answer = engine.similar(engine.seed_named("t00000"), n=79, dials=Dials(per_artist=None))  # type: ignore[arg-type]
    by_id = {row.track.id: row for row in answer}
    assert "t00081" not in by_id
    assert ("t00005" in by_id) != ("t00080" in by_id)
    kept = by_id.get(TrackId("t00005")) or by_id[TrackId("t00080")]
    assert len(kept.versions) == 1
    apart = engine.similar(engine.seed_named("t00000"), n=81, dials=UNSELECTED)  # type: ignore[arg-type]
    assert len(apart) == 81
    assert apart[0].track.id == "t00081"


def test_a_catalogue_of_one_track_has_nothing_to_recommend() -> None:
    engine = engine_of(make_corpus(planted_records(2)[:1]))
    assert list(engine.similar(engine.seed_named("t00000"))) == []  # type: ignore[arg-type]


def test_questions_at_once_are_answered_as_one_after_the_other() -> None:
    from concurrent.futures import ThreadPoolExecutor

    engine = engine_of(CORPUS)
    rows = FULL[:24]
    lenses = ["hybrid", "attributes=0.5,text=0.5", "descriptors"] * 8
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda row, lens: engine.similar(seed(row), lens=lens), rows, lenses))
    for row, lens, answer in zip(rows, lenses, found, strict=True):
        assert rows_of(ENGINE.similar(seed(row), lens=lens)) == rows_of(answer)


def test_a_seed_without_a_feature_hears_what_would_place_it() -> None:
    without = next(row for row in range(len(CORPUS)) if np.isnan(CORPUS.attributes[row, 8]))
    with pytest.raises(BadRequestError, match="no space of the lens 'tempo'") as raised:
        ENGINE.similar(seed(without), lens="tempo")
    assert "its tempo: import a table that has it, or scan and analyse its file" in (
        raised.value.remedy
    )
    answer = ENGINE.similar(seed(PLACED["text"][0]), lens="text=0.5,popularity=0.5")
    assert answer.absent["popularity"].startswith("its popularity: import a table")
    assert set(answer.candidates) == {"text"}


def test_facets_are_nowhere_unless_they_are_asked_for() -> None:
    answer = ENGINE.similar(seed(FULL[0]))
    assert not set(ENGINE.snapshot.facets) & {*answer.absent, *answer.candidates}
    standing = ENGINE.stand(seed(FULL[0]))
    assert set(standing.points) <= set(ENGINE.snapshot.spaces)
    assert "energy" in standing.points
    assert standing.lacking(["energy", "popularity"]).keys() == {"popularity"}


def test_every_answer_says_which_spaces_took_part_and_how_many_candidates_each_gave() -> None:
    for lens in ("hybrid", "mood", "text=1,timbre=1"):
        answer = ENGINE.similar(seed(FULL[1]), lens=lens)
        assert {p.space for p in answer[0].reasons.contributions} == set(answer.candidates)
        for name, count in answer.candidates.items():
            assert count == np.count_nonzero(ENGINE.snapshot.weighable(name).placed)


def test_of_seeds_that_are_duplicates_of_each_other_neither_comes_back() -> None:
    record = TrackRecord("Same", ("Ann",), genres=("pop",), duration=200.0)
    others = planted_records(60)
    corpus = make_corpus([record, record, *others])
    engine = engine_of(corpus)
    one, other = (engine.seed_of(track_id) for track_id in corpus.ids[:2])
    both = Seed(Track(TrackId(""), "both", ()), members=(Member(one), Member(other)))
    found = [row.track.id for row in engine.similar(both, lens="text", n=5)]
    assert len(found) == 5
    assert not {corpus.ids[0], corpus.ids[1]} & set(found)


def test_files_that_sound_like_the_seed_are_not_offered_whatever_they_are_called() -> None:
    twin = next(row for row in rows_of(ENGINE.similar(seed(FULL[0]), n=5)) if row != FULL[0])
    numbers = np.full(len(CORPUS), -1)
    numbers[[FULL[0], twin]] = 3
    engine = engine_of(replace(CORPUS, recordings=numbers))
    alone = engine.seed_of(CORPUS.ids[FULL[0]])
    both = (Member(alone), Member(engine.seed_of(CORPUS.ids[FULL[1]])))
    together = Seed(Track(TrackId(""), "both", ()), members=both)
    for asked in (alone, together):
        answer = engine.similar(asked, n=100, lens="hybrid")
        held = {row.track.id for row in answer} | {v for row in answer for v in row.versions}
        assert CORPUS.ids[twin] not in held
