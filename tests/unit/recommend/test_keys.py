"""Keys by name, on the Camelot wheel, and beside one another."""

from __future__ import annotations

import numpy as np
import pytest

from segue.errors import BadRequestError
from segue.recommend.keys import Key, apart, codes, in_key, key_named, mixing, steps
from segue.records import KEYS

EVERY = [Key(pitch, mode) for pitch in range(12) for mode in (0, 1)]

WHEEL = {  # as printed on the wheel: A is minor, B is major
    "1A": "A♭ minor", "2A": "E♭ minor", "3A": "B♭ minor", "4A": "F minor", "5A": "C minor",
    "6A": "G minor", "7A": "D minor", "8A": "A minor", "9A": "E minor", "10A": "B minor",
    "11A": "F♯ minor", "12A": "C♯ minor", "1B": "B major", "2B": "F♯ major", "3B": "C♯ major",
    "4B": "A♭ major", "5B": "E♭ major", "6B": "B♭ major", "7B": "F major", "8B": "C major",
    "9B": "G major", "10B": "D major", "11B": "A major", "12B": "E major",
}  # fmt: skip


def test_the_wheel_is_the_printed_one() -> None:
    assert {key.camelot: key.name for key in EVERY} == WHEEL


@pytest.mark.parametrize("key", [*EVERY, *(Key(pitch) for pitch in range(12))])
def test_every_name_is_read_as_it_is_written(key: Key) -> None:
    assert key_named(key.name) == key
    if key.camelot:
        assert key_named(key.camelot) == key_named(key.camelot.lower()) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("f#", Key(6)),
        ("Bb", Key(10)),
        (" a ", Key(9)),
        ("Am", Key(9, 0)),
        ("C# Maj", Key(1, 1)),
        ("08a", Key(9, 0)),
        ("B flat minor", Key(10, 0)),
    ],
)
def test_spellings(text: str, key: Key) -> None:
    assert key_named(text) == key


@pytest.mark.parametrize("text", ["", "X", "13A", "0B", "8C", "7", "-1", "A dorian"])
def test_what_is_no_key_is_said(text: str) -> None:
    with pytest.raises(BadRequestError, match=f"there is no key {text!r}"):
        key_named(text)


def test_a_key_mixes_with_its_fifths_and_its_relative() -> None:
    assert [each.camelot for each in mixing(key_named("8A"))] == ["8A", "7A", "9A", "8B"]
    assert [each.camelot for each in mixing(key_named("1B"))] == ["1B", "12B", "2B", "1A"]
    open_mode = {each.name for each in mixing(Key(9))}
    assert open_mode == {
        "A", "A minor", "A major", "D minor", "E minor", "C major", "D major", "E major",
        "F♯ minor",
    }  # fmt: skip


def test_steps_are_a_distance() -> None:
    for one in EVERY:
        for other in EVERY:
            assert apart(one, other) == apart(other, one)
            assert (apart(one, other) == 0) == (one == other)
            assert all(
                apart(one, other) <= apart(one, third) + apart(third, other) for third in EVERY
            )
    assert max(apart(one, other) for one in EVERY for other in EVERY) == 7


def test_codes_look_up_the_same_steps() -> None:
    keys = [*EVERY, *(Key(pitch) for pitch in range(12))]
    pitches = np.array([key.pitch for key in keys], dtype=np.float32)
    modes = np.array([np.nan if key.mode is None else key.mode for key in keys], dtype=np.float32)
    found = codes(pitches, modes)
    table = steps()[np.ix_(found, found)]
    assert table.tolist() == [[apart(one, other) for other in keys] for one in keys]
    unknown = codes(np.array([np.nan, -1.0]), np.array([1.0, 0.0]))
    assert np.isnan(steps()[unknown]).all()


def test_who_is_in_a_key() -> None:
    pitches = np.array([9, 9, 9, 0, 4, np.nan, 2], dtype=np.float32)
    modes = np.array([0, 1, np.nan, 1, 0, 0, np.nan], dtype=np.float32)

    def rows(name: str, *, compatible: bool) -> list[int]:
        mask = in_key(pitches, modes, key_named(name), compatible=compatible)
        return np.flatnonzero(mask).tolist()

    assert rows("A minor", compatible=False) == [0]
    assert rows("A", compatible=False) == [0, 1, 2]
    assert rows("8A", compatible=True) == [0, 3, 4]
    assert rows("A", compatible=True) == [0, 1, 2, 3, 4]
    assert rows(KEYS[7], compatible=False) == []
