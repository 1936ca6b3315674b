"""The tempo of metronomes, rhythms and noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import soxr

from segue.descriptors import tempo
from segue.descriptors.frames import Sound
from segue.descriptors.tempo import Tempo, estimate
from segue.sources.demo.rendering import render
from segue.sources.demo.world import world
from strokes import RATE, steady, struck

if TYPE_CHECKING:
    from pathlib import Path


def of(audio: np.ndarray) -> Tempo:
    return estimate(Sound(audio.astype(np.float32), rate=RATE))


@pytest.mark.parametrize("bpm", [60, 67, 75, 84, 95, 106, 119, 120, 133, 150, 168, 184, 200])
@pytest.mark.parametrize("kind", ["click", "kick"])
def test_a_metronome_has_its_tempo_within_one_percent(bpm: float, kind: str) -> None:
    found = of(struck(steady(bpm), kind=kind))
    assert found.bpm == pytest.approx(bpm, rel=0.01)
    assert found.confidence > 0.5


@pytest.mark.parametrize("offset", [0.0, 0.13, 0.31, 1.7])
def test_it_does_not_matter_when_the_first_beat_falls(offset: float) -> None:
    assert of(struck(steady(104.0, offset=offset))).bpm == pytest.approx(104.0, rel=0.01)


@pytest.mark.parametrize("bpm", [72.0, 100.0, 144.0])
def test_with_drums_the_beat_is_that_of_the_kick_and_not_of_the_hat(bpm: float) -> None:
    beat = 60.0 / bpm
    hats = struck(steady(2 * bpm), hiss=0.0) * np.float32(0.15)
    kicks = struck(steady(bpm / 2), kind="kick", hiss=0.0)
    snares = struck(steady(bpm / 2, offset=0.2 + beat), hiss=0.0) * np.float32(0.6)
    found = of(hats + kicks + snares)
    assert found.bpm == pytest.approx(bpm, rel=0.01)


@pytest.mark.parametrize("bpm", [92.0, 126.0, 160.0])
def test_swung_eighths_leave_the_beat_where_it_is(bpm: float) -> None:
    beat = 60.0 / bpm
    kicks = struck(steady(bpm), kind="kick", hiss=0.0)
    rides = struck(steady(bpm), hiss=0.0) + struck(steady(bpm, offset=0.2 + 2 * beat / 3), hiss=0)
    assert of(kicks + np.float32(0.3) * rides).bpm == pytest.approx(bpm, rel=0.01)


def test_the_slower_and_the_faster_tempo_are_simple_ratios_of_it() -> None:
    for bpm in (60.0, 90.0, 120.0, 200.0):
        found = of(struck(steady(bpm)))
        assert min(abs(found.slower / found.bpm - ratio) for ratio in (1 / 2, 2 / 3, 1 / 3)) < 1e-6
        assert min(abs(found.faster / found.bpm - ratio) for ratio in (2, 3 / 2, 3)) < 1e-6


def test_where_the_beat_is_an_octave_off_the_other_candidate_is_right() -> None:
    # Clicks beyond the range cannot be chosen.
    found = of(struck(steady(240.0)))
    assert found.bpm == pytest.approx(120.0, rel=0.01)
    assert found.faster == pytest.approx(240.0, rel=0.01)


def test_three_in_a_bar_keep_the_beat() -> None:
    beat = 60.0 / 150.0
    first = struck(steady(50.0), kind="kick", hiss=0.0)
    rest = [struck(steady(50.0, offset=0.2 + turn * beat), hiss=0.0) for turn in (1, 2)]
    found = of(first + np.float32(0.4) * sum(rest))
    assert min(abs(found.bpm / 150.0 - 1), abs(found.bpm / 75.0 - 1)) < 0.01


@pytest.mark.parametrize("seed", range(4))
def test_noise_has_no_sure_tempo(seed: int) -> None:
    noise = 0.1 * np.random.default_rng(seed).standard_normal(20 * RATE)
    assert of(noise).confidence < 0.3


def test_held_tones_and_single_strokes_have_no_sure_tempo() -> None:
    times = np.arange(20 * RATE) / RATE
    assert of(0.3 * np.sin(2 * np.pi * 210 * times)).confidence < 0.3
    assert of(struck([7.0])).confidence < 0.3


def test_two_strokes_in_a_second_prove_less_than_forty_in_twenty() -> None:
    short = of(struck(steady(120.0, seconds=1.0), seconds=1.0))
    assert short.confidence < 0.3 < of(struck(steady(120.0))).confidence


@pytest.mark.parametrize("samples", [1, 2, 600, 40_000])
def test_in_silence_the_tempo_is_the_usual_one_and_nothing_is_sure(samples: int) -> None:
    assert of(np.zeros(samples)) == Tempo(tempo.USUAL, tempo.USUAL / 2, tempo.USUAL * 2, 0.0)


def test_a_change_of_tempo_gives_one_of_the_two_and_less_confidence() -> None:
    times = np.concatenate([steady(96.0, seconds=10.0), 10.0 + steady(138.0, seconds=10.0)])
    found = of(struck(times))
    assert min(abs(found.bpm / bpm - 1) for bpm in (96.0, 138.0)) < 0.02
    assert found.confidence < of(struck(steady(96.0))).confidence


def test_a_tempo_that_drifts_is_its_mean() -> None:
    periods = 0.5 * (1.0 + 0.04 * np.sin(np.arange(60) / 6.0))
    times = 0.2 + np.cumsum(periods)
    found = of(struck(times[times < 29.5], seconds=30.0))
    assert found.bpm == pytest.approx(120.0, rel=0.03)


@pytest.mark.parametrize("style", ["folk", "jazz", "lofi", "house", "drum-and-bass"])
def test_invented_music_goes_at_the_tempo_it_was_written_in(style: str) -> None:
    # Of a world that had no part in the weights; drums, none, and swing among them.
    truth = next(track for track in world(11).tracks if track.style == style)
    samples, rate = render(truth)
    mono = soxr.resample(samples.mean(axis=0), rate, RATE, quality="HQ")
    assert of(mono).bpm == pytest.approx(truth.tempo, rel=0.02)


@pytest.mark.realdata
def test_a_file_of_clicks_goes_at_its_tempo(shared_data: Path) -> None:
    from segue.audio.decode import decode

    decoded = decode(shared_data / "audio" / "edge" / "synth__clicks_120bpm.wav")
    assert estimate(Sound(decoded.audio, rate=decoded.rate)).bpm == pytest.approx(120.0, rel=0.01)
