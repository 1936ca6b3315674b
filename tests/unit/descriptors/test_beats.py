"""Beats of metronomes, where they fall and what lies between them."""

from __future__ import annotations

import numpy as np
import pytest

from segue.descriptors import beats
from segue.descriptors.beats import PHASES, evenness, pattern, swing, track
from segue.descriptors.frames import Sound
from strokes import RATE, steady, struck


def found(audio: np.ndarray) -> np.ndarray:
    return Sound(audio.astype(np.float32), rate=RATE).shared(beats.beats).seconds


def column(audio: np.ndarray, name: str) -> float:
    numbers = beats.FAMILY.compute(Sound(audio.astype(np.float32), rate=RATE))
    return float(numbers[beats.FAMILY.names.index(name)])


@pytest.mark.parametrize("kind", ["click", "kick"])
@pytest.mark.parametrize("bpm", [60.0, 93.0, 128.0, 171.0, 200.0])
def test_beats_land_on_the_strokes(kind: str, bpm: float) -> None:
    times = steady(bpm, offset=0.33)
    seconds = found(struck(times, kind=kind))
    assert len(seconds) == len(times)
    assert np.abs(seconds - times).max() < 0.025


def test_beats_follow_a_tempo_that_drifts() -> None:
    periods = 0.5 * (1.0 + 0.04 * np.sin(np.arange(60) / 6.0))
    times = 0.2 + np.cumsum(periods)
    times = times[times < 29.5]
    seconds = found(struck(times, seconds=30.0))
    assert len(seconds) == len(times)
    assert np.abs(seconds - times).max() < 0.025


def test_beats_go_on_where_a_stroke_is_missing() -> None:
    times = steady(120.0)
    seconds = found(struck(np.delete(times, [9, 10, 21])))
    assert len(seconds) == len(times)
    assert np.abs(seconds - times).max() < 0.04


def test_there_are_no_beats_before_and_after_the_music() -> None:
    audio = struck(steady(120.0, seconds=12.0, offset=5.0), seconds=20.0)
    seconds = found(audio)
    assert seconds[0] == pytest.approx(5.0, abs=0.03)
    assert seconds[-1] < 12.0


@pytest.mark.parametrize("samples", [1, 2, 600, 40_000])
def test_silence_has_no_beats_and_finite_numbers(samples: int) -> None:
    silence = np.zeros(samples)
    assert len(found(silence)) == 0
    assert column(silence, "beat_strength") == 0.0
    assert column(silence, "beat_deviation") == 0.0
    assert column(silence, "swing_ratio") == 1.0


@pytest.mark.parametrize("samples", [1, 2, 511, 513, 3000, 12_000])
def test_a_little_audio_gives_finite_numbers(samples: int) -> None:
    audio = np.random.default_rng(samples).uniform(-1, 1, samples).astype(np.float32)
    numbers = beats.FAMILY.compute(Sound(audio, rate=RATE))
    assert numbers.shape == (len(beats.FAMILY.names),)
    assert np.isfinite(numbers).all()


def test_the_path_takes_the_peaks_of_a_curve() -> None:
    curve = np.zeros(400)
    curve[11::20] = 1.0
    curve[21::40] = 0.6
    assert track(curve, period=20.0).tolist() == list(range(11, 400, 20))


def test_the_path_bends_with_the_peaks_but_not_to_single_ones() -> None:
    peaks = np.cumsum([10, *(20 + round(np.sin(turn / 3)) for turn in range(18))])
    curve = np.zeros(400)
    curve[peaks] = 1.0
    curve[peaks[6] + 6] = 1.2
    assert track(curve, period=20.0)[: len(peaks)].tolist() == peaks.tolist()


def test_a_metronome_has_a_stronger_beat_than_noise() -> None:
    noise = 0.1 * np.random.default_rng(3).standard_normal(20 * RATE)
    clicks = struck(steady(110.0), hiss=0.02)
    assert column(clicks, "beat_strength") > 5.0 > column(noise, "beat_strength") > 0.0
    assert column(struck(steady(110.0), kind="kick"), "beat_bass") > 3.0


def test_a_loose_hand_is_less_even_than_a_machine() -> None:
    times = steady(110.0)
    loose = times + np.random.default_rng(1).normal(0, 0.012, len(times))
    assert column(struck(times), "beat_deviation") < 0.01
    assert 0.015 < column(struck(loose), "beat_deviation") < 0.06


@pytest.mark.parametrize(("share", "ratio"), [(1 / 2, 1.0), (0.6, 1.5), (2 / 3, 2.0)])
@pytest.mark.parametrize("bpm", [90.0, 125.0, 160.0])
def test_the_swing_ratio_is_that_of_the_halves_of_a_beat(
    bpm: float, share: float, ratio: float
) -> None:
    kicks = struck(steady(bpm), kind="kick")
    between = struck(steady(bpm, offset=0.2 + share * 60.0 / bpm), hiss=0.0)
    audio = kicks + struck(steady(bpm), hiss=0.0) + np.float32(0.5) * between
    assert column(audio, "swing_ratio") == pytest.approx(ratio, rel=0.12)


def test_without_anything_between_the_beats_nothing_swings() -> None:
    assert column(struck(steady(100.0)), "swing_ratio") == 1.0
    assert swing(np.ones(PHASES)) == 1.0


def test_the_pattern_is_strongest_at_the_beat_and_means_one() -> None:
    shape = pattern(Sound(struck(steady(100.0)), rate=RATE))
    assert shape.argmax() == 0
    assert shape.mean() == pytest.approx(1.0)
    assert pattern(Sound(np.zeros(9000, dtype=np.float32), rate=RATE)).tolist() == [1.0] * PHASES


def test_evenness_needs_two_steps() -> None:
    assert evenness(np.array([1.0, 2.0])) == 0.0
    assert evenness(np.array([0.0, 1.0, 3.0])) == pytest.approx(1 / 3)
