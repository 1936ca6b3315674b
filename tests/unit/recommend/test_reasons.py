"""Reasons are made of the score's own numbers, and say them in a sentence."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from segue.recommend.engine import Engine
from segue.recommend.reasons import AGREES, sentence
from segue.records import Attributes, Comparison, Contribution, Reasons, TrackRecord
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from worlds import make_corpus, mixed_corpus, planted_records

CORPUS = mixed_corpus(300)
ENGINE = Engine(Snapshot(CORPUS, build_all(CORPUS)))
PLACED = [
    i for i, row in zip(CORPUS.ids, ENGINE.snapshot.spaces["attributes"].placed, strict=True) if row
]


@pytest.mark.parametrize(
    "lens", ["hybrid", "attributes", "attributes=0.5,text=0.3,descriptors=0.2"]
)
def test_contributions_hold_the_score_and_stand_by_what_they_are_worth(lens: str) -> None:
    for track_id in PLACED[:12]:
        for row in ENGINE.similar(ENGINE.seed_of(track_id), lens=lens, n=25):
            parts = row.reasons.contributions
            total = sum(part.weight * part.score for part in parts)
            assert total == pytest.approx(row.score, abs=1e-9)
            assert sum(part.weight for part in parts) == pytest.approx(1)
            values = [part.value for part in parts]
            assert values == sorted(values, reverse=True)


def test_what_agrees_and_what_differs_most_are_told_apart() -> None:
    differing = 0
    for track_id in PLACED[:12]:
        for row in ENGINE.similar(ENGINE.seed_of(track_id), n=25):
            reasons = row.reasons
            assert all(each.likeness >= AGREES for each in reasons.agree)
            if reasons.differs is not None:
                differing += 1
                assert reasons.differs.likeness < AGREES
                assert reasons.differs not in reasons.agree
            assert reasons.sentence.endswith(".")
            assert reasons.sentence[0].isupper()
            assert "nan" not in reasons.sentence
    assert differing > 100


def test_a_space_that_was_guessed_is_marked_and_says_nothing() -> None:
    guessed = 0
    for track_id in PLACED[:40]:
        for row in ENGINE.similar(ENGINE.seed_of(track_id), n=60):
            for part in row.reasons.contributions:
                held = ENGINE.snapshot.spaces[part.space].placed[CORPUS.row_of[row.track.id]]
                assert part.estimated is not bool(held)
                guessed += part.estimated
    assert guessed > 10


def record(title: str, **attributes: float) -> TrackRecord:
    known = {
        "energy": 0.21, "valence": 0.5, "danceability": 0.5, "loudness": -12.0,
        "acousticness": 0.91, "instrumentalness": 0.3, "liveness": 0.2, "speechiness": 0.1,
        "tempo": 84.0, "key": 9, "mode": 0,
    }  # fmt: skip
    return TrackRecord(title=title, attributes=Attributes(**{**known, **attributes}))


def sentence_for(second: TrackRecord) -> str:
    filler = planted_records(400)
    corpus = make_corpus([record("one"), second, *filler])
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    answer = engine.similar(engine.seed_of(corpus.ids[0]), lens="attributes")
    row = next(row for row in answer if row.track.id == corpus.ids[1])
    return row.reasons.sentence


def test_the_sentence_says_what_both_are_and_how_yours_differs() -> None:
    found = sentence_for(
        record("two", energy=0.212, acousticness=0.42, valence=0.56, danceability=0.55,
               loudness=-11.0, instrumentalness=0.36, liveness=0.25, speechiness=0.14)
    )  # fmt: skip
    assert found.startswith("Both ")
    assert "in A minor" in found
    assert "near 84 BPM" in found
    assert "calm" in found
    assert found.endswith("; yours is more acoustic (0.91 against 0.42).")


def test_the_same_track_has_nothing_to_add() -> None:
    assert "yours" not in sentence_for(record("two"))


def said(word: str, likeness: float = 0.95, contrast: str = "") -> Comparison:
    return Comparison(word, word, word, likeness, word, contrast)


NOTHING = "Alike in sound, though no single feature stands out"


@pytest.mark.parametrize(
    ("agree", "differs", "expected"),
    [
        ([[], []], None, f"{NOTHING}."),
        ([[said("calm")], []], None, "Both calm."),
        ([[said("a"), said("b"), said("c"), said("d")], []], None, "Both a, b and c."),
        ([[said("a"), said("b"), said("c")], [said("X"), said("y")]], None, "Both a, b and X."),
        ([[said("a"), said("", 1.0)], [said("by X")]], None, "Both a and by X."),
        ([[], [said("a"), said("b")]], None, "Both a and b."),
        ([[said("a")]], said("b", 0.4, "c"), "Both a; yours is c."),
        ([[said("a")]], said("b", 0.6, "c"), "Both a."),
        ([[], []], said("b", 0.3, "e"), f"{NOTHING}; yours is e."),
    ],
)  # fmt: skip
def test_sentences(
    agree: list[list[Comparison]], differs: Comparison | None, expected: str
) -> None:
    assert sentence(agree, differs, nearest="descriptors") == expected


def guess(word: str, likeness: float = 0.95, contrast: str = "") -> Comparison:
    return replace(said(word, likeness, contrast), estimated=True)


@pytest.mark.parametrize(
    ("agree", "differs", "expected"),
    [
        ([[guess("calm")]], None, "Both calm (estimated)."),
        ([[guess("a"), guess("b")]], None, "Both a and b (estimated)."),
        ([[guess("a"), said("b")]], None, "Both a (estimated) and b."),
        ([[said("b")], [guess("a")]], None, "Both b and a (estimated)."),
        ([[guess("in C (not A)"), said("b")]], None, "Both in C (not A, estimated) and b."),
        ([[guess("in C (not A)")]], None, "Both in C (not A), estimated."),
        ([[said("a")]], guess("b", 0.4, "c (1 against 2)"),
         "Both a; yours is c (1 against 2, estimated)."),
        ([[guess("a")]], guess("b", 0.4, "c"), "Both a (estimated); yours is c (estimated)."),
        ([[], []], guess("b", 0.3, "e"), f"{NOTHING}; yours is e (estimated)."),
    ],
)  # fmt: skip
def test_sentences_mark_what_rests_on_estimates(
    agree: list[list[Comparison]], differs: Comparison | None, expected: str
) -> None:
    assert sentence(agree, differs, nearest="descriptors") == expected


def test_shares_are_parts_of_what_spoke_for_a_row() -> None:
    one = Contribution("a", 0.5, 0.9, 0.3, rank=2, without=2000)
    other = Contribution("b", 0.25, 0.5, 0.1, rank=2, without=20)
    against = Contribution("c", 0.25, 0.0, 0.4, rank=2, without=1)
    reasons = Reasons((one, other, against), (), None, "")
    assert one.value == pytest.approx(3 * other.value) == pytest.approx(math.log(1000))
    assert against.value < 0
    assert reasons.share("a") == pytest.approx(0.75)
    assert reasons.share("b") == pytest.approx(0.25)
    assert reasons.share("c") == 0
    assert Reasons((against,), (), None, "").share("c") == 0


def test_likenesses_without_a_word_are_gathered_behind_those_with_one() -> None:
    said = [
        Comparison(word, "", "", 1.0, agreement)
        for word, agreement in (
            ("timbre", "of like timbre"),
            ("brightness", "dark"),
            ("harmony", "of like harmony"),
        )
    ]
    assert (
        sentence([said], None, nearest="descriptors") == "Both dark and of like timbre and harmony."
    )
    assert sentence([said[::2]], None, nearest="descriptors") == "Both of like timbre and harmony."


def test_what_two_spaces_say_alike_is_said_once_and_a_sentence_ends_somewhere() -> None:
    def agreeing(*phrases: str) -> list[Comparison]:
        return [Comparison("f", "a", "a", 1.0, agreement=phrase) for phrase in phrases]

    twice = [
        agreeing("by Ann", "on the album “Blue”"),
        agreeing("by Ann", "calm"),
        agreeing("calm"),
    ]
    assert sentence(twice, None, nearest="artist") == "Both by Ann, on the album “Blue” and calm."
    many = [agreeing(f"of kind {number}") for number in range(9)]
    assert sentence(many, None, nearest="artist").count("of kind") == 5
