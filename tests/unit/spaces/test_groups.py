"""Groups of descriptors in words: what two tracks share, and what sets them apart."""

from __future__ import annotations

import re

import numpy as np
import pytest

from segue.descriptors.extract import COLUMNS, GROUPS, NAMES
from segue.recommend.reasons import sentence
from segue.records import Comparison
from segue.spaces.groups import DISTINCT, LIKE, Groups, written

RNG = np.random.default_rng(8)
SCALED = np.clip(RNG.normal(size=(200, len(NAMES))), -3, 3)
GROUPED = Groups(SCALED)

A_MINOR = (0.9, 0.0, -0.3, 0.9, 0.8)
C_MAJOR = (0.9, 0.0, 0.3, 0.9, 0.8)
UNCLEAR = (0.1, 0.0, -0.3, 0.1, 0.3)


def described(**groups: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """One track, raw and scaled: the same for all but the columns of these groups."""
    raw, scaled = np.zeros(len(NAMES)), SCALED[0].copy()
    for name, values in groups.items():
        places = [COLUMNS[column] for column in GROUPS[name].columns]
        raw[places] = scaled[places] = values
    return raw, scaled


def shown(name: str, deviations: float) -> tuple[np.ndarray, np.ndarray]:
    """One track whose shown number of a group is so many deviations from the mean."""
    raw, scaled = described()
    column = COLUMNS[GROUPS[name].shown]
    raw[column], scaled[column] = 10 * deviations, deviations
    if GROUPS[name].trusted:
        sure, least = GROUPS[name].trusted
        raw[COLUMNS[sure]] = least
    return raw, scaled


def compared(seed: tuple[np.ndarray, np.ndarray], track: tuple, name: str) -> Comparison:
    title = name.replace("_", " ")
    (found,) = [each for each in GROUPED.compare(seed, track) if each.feature == title]
    return found


def test_two_tracks_in_one_key_are_both_in_it() -> None:
    found = compared(described(key=A_MINOR), described(key=A_MINOR), "key")
    assert found == Comparison("key", "A minor", "A minor", 1.0, "in A minor")
    assert sentence([[found]], None, nearest="descriptors") == "Both in A minor."


@pytest.mark.parametrize(
    ("seed", "track", "said"),
    [
        (A_MINOR, C_MAJOR, ("A minor", "C major")),
        (A_MINOR, UNCLEAR, ("A minor", "unclear")),
        (UNCLEAR, C_MAJOR, ("unclear", "C major")),
        (UNCLEAR, UNCLEAR, ("", "")),
    ],
)
def test_keys_that_differ_or_are_unclear_are_shared_by_nobody(
    seed: tuple[float, ...], track: tuple[float, ...], said: tuple[str, str]
) -> None:
    found = compared(described(key=seed), described(key=track), "key")
    assert (found.seed, found.track) == said
    assert (found.agreement, found.contrast) == ("", "")


@pytest.mark.parametrize("name", [name for name, group in GROUPS.items() if group.shown])
def test_a_shown_number_has_words_for_both_ends_and_for_the_difference(name: str) -> None:
    group, title = GROUPS[name], name.replace("_", " ")
    high, middle, low = (shown(name, each) for each in (1.5, 0.0, -1.5))
    assert compared(high, high, name).agreement == group.high
    assert compared(low, low, name).agreement == group.low
    assert compared(middle, middle, name).agreement == f"of like {title}"
    ours, theirs = (written(each, group.unit) for each in (15.0, -15.0))
    assert compared(high, low, name).contrast == f"{group.more} ({title} {ours} against {theirs})"
    assert compared(low, high, name).contrast == f"{group.less} ({title} {theirs} against {ours})"


def test_a_number_that_is_not_to_be_trusted_is_neither_shared_nor_set_apart() -> None:
    fast, slow = shown("tempo", 1.5), shown("tempo", -1.5)
    assert compared(fast, fast, "tempo").agreement == "fast"
    slow[0][COLUMNS["tempo_confidence"]] -= 0.01
    for other in (fast, slow):
        found = compared(other, slow, "tempo")
        assert found.track == "unclear"
        assert (found.agreement, found.contrast) == ("", "")


def test_a_difference_nobody_notices_is_not_told() -> None:
    near, far = shown("loudness", DISTINCT * 0.9), shown("loudness", DISTINCT)
    assert compared(shown("loudness", 0.0), near, "loudness").contrast == ""
    assert compared(shown("loudness", 0.0), far, "loudness").contrast.startswith("quieter ")


def test_words_of_their_own_come_before_mere_likeness_and_the_telling_before_the_common() -> None:
    found = GROUPED.compare((SCALED[0], SCALED[0]), (SCALED[1], SCALED[1]))
    assert {each.feature for each in found} == {name.replace("_", " ") for name in GROUPS}
    vague = [each.agreement.startswith(LIKE) for each in found]
    assert vague == sorted(vague)
    assert {True, False} == set(vague)
    for kind in (True, False):
        likeness = [each.likeness for each in found if each.agreement.startswith(LIKE) is kind]
        assert likeness == sorted(likeness, reverse=True)


@pytest.mark.parametrize("name", GROUPS)
def test_every_agreement_ends_a_sentence_that_begins_with_both(name: str) -> None:
    group = GROUPS[name]
    same = shown(name, 0.0) if group.shown else described()
    found = compared(same, same, name)
    for words in (found.agreement, group.low, group.high, group.less, group.more, group.both):
        assert re.fullmatch(r"|[a-z][^A-Z.]*", words), words
        assert not words.startswith("both")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-14.23, "dB", "−14.2 dB"),
        (2113.4, "Hz", "2,113 Hz"),
        (121.7, "BPM", "122 BPM"),
        (2.345, "a second", "2.3 a second"),
        (0.456, "%", "46 %"),
        (0.0042, "%", "0.4 %"),
        (0.0, "%", "0 %"),
        (1.25, "", "1.2"),
    ],
)
def test_numbers_are_written_with_their_unit(value: float, unit: str, text: str) -> None:
    assert written(value, unit) == text


def test_no_two_groups_say_the_same_word_of_different_things() -> None:
    words = [
        word
        for group in GROUPS.values()
        for word in (group.low, group.high, group.less, group.more)
        if word
    ]
    assert len(set(words)) == len(words)
