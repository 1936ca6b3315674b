"""Two fingerprints of one recording: known again when cut, moved and worn; others told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printed import printed, worn
from segue.audio.alike import LIKENESS, STEADY, Match, aligned, laid, matched
from segue.audio.fingerprint import STEP
from segue.audio.meeting import COMMON, Index

LENGTH = 240
SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=40)
@given(SEEDS, st.integers(0, 150), st.floats(0, 0.08))
def test_a_copy_is_known_wherever_it_begins(seed: int, shift: int, share: float) -> None:
    whole = printed(seed)
    match = laid(whole, worn(whole[shift:], share=share, seed=seed), shift=shift)
    assert match.same
    assert match.differing == pytest.approx(share, abs=0.02)
    assert 0 <= match.agreeing <= 1
    assert match.likeness == pytest.approx(1 - match.differing / match.expected)


@settings(max_examples=40)
@given(SEEDS, SEEDS, st.integers(-LENGTH - 5, LENGTH + 5))
def test_seen_from_the_other_side_it_is_the_same_match_turned(a: int, b: int, shift: int) -> None:
    first, second = printed(a), printed(b, length=180)
    one, other = laid(first, second, shift=shift), laid(second, first, shift=-shift)
    assert one == other.turned()
    assert one.later == -other.later
    common = max(0, min(LENGTH, shift + 180) - max(0, shift))
    assert one.length == common
    assert one.seconds == pytest.approx(common * STEP)


@settings(max_examples=8)
@given(st.lists(SEEDS, min_size=2, max_size=2, unique=True))
def test_other_music_is_not_the_same_by_any_shift(seeds: list[int]) -> None:
    match = matched(*(printed(seed, length=100) for seed in seeds))
    assert match is not None
    assert not match.same


def test_steady_music_cannot_be_told_from_other_steady_music() -> None:
    tone = np.full(LENGTH, 0x5A5A5A5A, dtype=np.uint32)
    match = laid(tone, tone, shift=0)
    assert match.differing == 0
    assert match.expected < STEADY
    assert match.likeness == 0
    assert not match.same


def test_chance_counts_less_where_bits_hardly_change() -> None:
    """A sixth of the bits differ in both; where most never change, that is no likeness."""
    rng = np.random.default_rng(4)
    held = (rng.random((LENGTH, 32)) < 0.1).astype(np.uint8)
    slow = np.packbits(held, axis=1).view(">u4").ravel().astype(np.uint32)
    lively = printed(4)
    near = laid(slow, worn(slow, share=1 / 6), shift=0)
    far = laid(lively, worn(lively, share=1 / 6), shift=0)
    assert near.differing == pytest.approx(far.differing, abs=0.03)
    assert near.likeness < LIKENESS < far.likeness


def test_another_part_in_the_middle_is_another_recording() -> None:
    whole = printed(1)
    other = whole.copy()
    other[90:130] = printed(2)[90:130]
    match = laid(whole, other, shift=0)
    assert match.likeness > LIKENESS
    assert match.agreeing < 0.9
    assert not match.same


def test_too_little_in_common_says_nothing() -> None:
    whole = printed(3)
    assert not laid(whole, whole[LENGTH - 30 :], shift=LENGTH - 30).same
    assert laid(whole, whole, shift=LENGTH).length == 0
    assert not laid(whole, whole, shift=LENGTH).same
    assert matched(whole, whole[:30]) is None


def test_the_best_of_three_ways_around_a_shift() -> None:
    whole = printed(5)
    for near in (19, 20, 21):
        match = aligned(whole, whole[20:], near=near)
        assert match == laid(whole, whole[20:], shift=20)
    assert aligned(whole, whole[20:], near=30) is None
    assert aligned(whole, whole, near=LENGTH + 5) is None


@pytest.mark.parametrize(
    ("later", "first", "second", "whole"),
    [
        (0, 200, 200, True),
        (10, 200, 190, True),
        (-10, 190, 200, True),
        (60, 200, 30, False),
        (0, 200, 81, True),
        (0, 200, 79, False),
        (-3000, 200, 3600, False),
    ],
)
def test_a_part_is_no_copy(later: float, first: float, second: float, *, whole: bool) -> None:
    match = Match(round(later / STEP), 400, 0.0, 0.4, 1.0)
    assert match.whole(first, second) is whole
    assert match.turned().whole(second, first) is whole
    assert match.part(first, second)
    assert match.turned().part(second, first)


def test_the_end_of_one_at_the_beginning_of_the_other_is_neither() -> None:
    match = Match(round(190 / STEP), 80, 0.0, 0.4, 1.0)
    assert not match.whole(200, 200)
    assert not match.part(200, 200)
    assert Match(round(190 / STEP), 80, 0.0, 0.4, 1.0).part(200, 12)
    # Of 88 s that lengths allow, 10 were heard: the last of one print, the first of the other.
    assert not Match(round(110 / STEP), 80, 0.0, 0.4, 1.0).whole(200, 200)
    assert not Match(round(110 / STEP), 80, 0.0, 0.4, 1.0).part(200, 100)


def test_the_index_finds_what_comparing_all_with_all_finds() -> None:
    rng = np.random.default_rng(0)
    prints = [printed(seed, length=100) for seed in range(4)]
    for row in (0, 3, 3):
        prints.append(worn(prints[row][int(rng.integers(1, 30)) :], share=0.03, seed=len(prints)))
    prints.append(np.empty(0, dtype=np.uint32))
    every = {
        (a, b): match.shift
        for b in range(len(prints))
        for a in range(b)
        if (match := matched(prints[a], prints[b])) is not None and match.same
    }
    assert set(every) == {(0, 4), (3, 5), (3, 6), (5, 6)}
    index = Index(prints)
    assert {(m.indexed, m.asking): m.match.shift for m in index.among()} == every
    asked = {(m.indexed, m.asking): m.match.shift for m in index.asked(prints)}
    assert {pair: shift for pair, shift in asked.items() if pair[0] < pair[1]} == every
    assert {(b, a) for a, b in asked if a != b} == {pair for pair in asked if pair[0] != pair[1]}


def test_an_empty_index_finds_nothing() -> None:
    assert list(Index([]).among()) == []
    assert list(Index([]).asked([printed(1)])) == []
    assert list(Index([printed(1)]).asked([])) == []
    assert list(Index([printed(1)]).asked([np.empty(0, dtype=np.uint32)])) == []


def test_a_number_that_all_files_have_costs_nothing_and_hides_nothing() -> None:
    """Digital silence at the beginning of everything, and one copy among it."""
    silence = np.full(40, 627964279, dtype=np.uint32)
    prints = [np.concatenate([silence, printed(seed)]) for seed in range(COMMON + 20)]
    prints.append(worn(prints[7][25:], share=0.02))
    found = [(m.indexed, m.asking, m.match.shift) for m in Index(prints).among()]
    assert found == [(7, COMMON + 20, 25)]
