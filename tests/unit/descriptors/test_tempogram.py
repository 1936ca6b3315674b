"""The pulse and the tempogram of rhythms whose periods are known."""

from __future__ import annotations

import numpy as np
import pytest

from segue.descriptors.frames import Sound
from segue.descriptors.tempogram import clarity, metre, pulse, shares, tempi, tempogram
from strokes import RATE, steady, struck


def test_the_tempogram_of_a_metronome_has_peaks_where_theory_has_them() -> None:
    levels = tempogram(Sound(struck(steady(120.0)), rate=RATE))
    assert levels.shape == (2, 2, len(tempi()))

    def at(kind: int, bpm: float) -> float:
        return float(np.interp(bpm, tempi(), levels[0, kind]))

    for bpm in (120.0, 60.0, 40.0):
        assert at(0, bpm) > 0.6
    for bpm in (180.0, 90.0, 75.0):
        assert at(0, bpm) < 0.1
    for bpm in (120.0, 240.0, 360.0):
        assert at(1, bpm) > 5 * at(1, bpm * 1.25)


def test_the_pulse_is_of_unit_size_and_nothing_in_silence() -> None:
    curves = pulse(Sound(struck(steady(120.0), kind="kick"), rate=RATE))
    assert (curves >= 0).all()
    assert np.mean(curves[:, 1] ** 2) == pytest.approx(1.0)
    assert not pulse(Sound(np.zeros(9000, dtype=np.float32), rate=RATE)).any()


def test_shares_of_the_octaves_sum_to_one_and_lie_where_the_strokes_are() -> None:
    slow, fast = (
        shares(tempogram(Sound(struck(steady(bpm), kind="kick"), rate=RATE))) for bpm in (70, 190)
    )
    assert slow.sum() == pytest.approx(1.0)
    assert slow[1] > fast[1]
    silent = tempogram(Sound(np.zeros(9000, dtype=np.float32), rate=RATE))
    assert shares(silent).tolist() == [0.2] * 5


def test_the_metre_tells_threes_from_fours() -> None:
    def bars(beats: int) -> np.ndarray:
        first = struck(steady(120.0 / beats), kind="kick", hiss=0.0)
        return first + np.float32(0.2) * struck(steady(120.0), hiss=1e-4)

    four, three = (metre(tempogram(Sound(bars(beats), rate=RATE)), 120.0) for beats in (4, 3))
    assert four[0] > four[1]
    assert three[1] > three[0]


def test_a_metronome_is_clearer_than_noise() -> None:
    noise = (0.1 * np.random.default_rng(5).standard_normal(20 * RATE)).astype(np.float32)
    clear, vague = (
        clarity(tempogram(Sound(audio, rate=RATE))) for audio in (struck(steady(100.0)), noise)
    )
    assert clear > 0.7 > 0.3 > vague
