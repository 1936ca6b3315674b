"""Attack times of ramps, and centroids of shapes with a known middle."""

from __future__ import annotations

import numpy as np
import pytest

from segue.descriptors import attack
from segue.descriptors.attack import centroid, energy, events
from segue.descriptors.frames import Sound
from strokes import RATE, ramped, steady, struck

TIMES = np.arange(0.5, 9.0, 0.7)


def column(audio: np.ndarray, name: str) -> float:
    numbers = attack.FAMILY.compute(Sound(audio.astype(np.float32), rate=RATE))
    return float(numbers[attack.FAMILY.names.index(name)])


@pytest.mark.parametrize("rise", [0.03, 0.06, 0.1, 0.15, 0.2])
def test_a_ramp_takes_eight_tenths_of_its_length(rise: float) -> None:
    assert column(ramped(TIMES, rise=rise), "attack_time") == pytest.approx(0.8 * rise, abs=0.012)


def test_a_click_comes_in_at_once() -> None:
    audio = struck(steady(100.0))
    assert column(audio, "attack_time") < 0.012
    assert column(audio, "attack_log") == pytest.approx(np.log10(128 / RATE), abs=0.3)


def test_the_median_of_fast_and_slow_notes_is_that_of_most() -> None:
    slow, fast = TIMES[::4], np.setdiff1d(TIMES, TIMES[::4])
    mixed = ramped(slow, rise=0.15) + ramped(fast, rise=0.03)
    assert column(mixed, "attack_time") < 0.05
    assert column(mixed, "attack_time_q25") <= column(mixed, "attack_time")
    assert column(mixed, "attack_time") <= column(mixed, "attack_time_q75")


def test_a_held_tone_below_the_notes_does_not_lengthen_their_attack() -> None:
    times = np.arange(10 * RATE) / RATE
    held = 0.05 * np.sin(2 * np.pi * 300 * times)
    audio = ramped(TIMES, rise=0.1) + held.astype(np.float32)
    assert column(audio, "attack_time") == pytest.approx(0.08, abs=0.015)


def test_the_rise_is_the_peak_over_what_was_before() -> None:
    times = np.arange(10 * RATE) / RATE
    level = np.where(times % 1.0 < 0.5, 0.02, 0.2)
    audio = level * np.sin(2 * np.pi * 1000 * times)
    assert column(audio, "attack_rise") == pytest.approx(20.0, abs=1.0)


def test_a_struck_note_has_its_weight_earlier_than_a_held_one() -> None:
    held = column(ramped(TIMES, rise=0.01), "event_centroid")
    assert column(struck(TIMES, seconds=10.0), "event_centroid") < 0.03 < 0.1 < held < 0.2


@pytest.mark.parametrize(
    ("shape", "middle"), [("even", 0.5), ("rising", 0.75), ("falling", 0.25), ("late", 0.75)]
)
def test_the_temporal_centroid_is_the_middle_of_the_energy(shape: str, middle: float) -> None:
    along = np.linspace(0, 1, 8 * RATE)
    gain = {"even": 1.0, "rising": along, "falling": 1 - along, "late": along > 0.5}[shape]
    noise = 0.2 * np.random.default_rng(0).standard_normal(len(along))
    # The energy of a linear ramp is a parabola, whose middle is at three quarters.
    assert column(noise * gain, "temporal_centroid") == pytest.approx(middle, abs=0.01)


@pytest.mark.parametrize("samples", [1, 127, 128, 600, 40_000])
def test_silence_has_no_attack_and_its_middle_in_the_middle(samples: int) -> None:
    numbers = attack.FAMILY.compute(Sound(np.zeros(samples, dtype=np.float32), rate=RATE))
    assert np.isfinite(numbers).all()
    assert column(np.zeros(samples), "attack_time") == 0.0
    assert column(np.zeros(samples), "attack_rise") == 0.0
    assert centroid(Sound(np.zeros(samples, dtype=np.float32), rate=RATE)) == 0.5


@pytest.mark.parametrize("samples", [1, 2, 127, 129, 513, 3000])
def test_a_little_audio_gives_finite_numbers(samples: int) -> None:
    audio = np.random.default_rng(samples).uniform(-1, 1, samples).astype(np.float32)
    numbers = attack.FAMILY.compute(Sound(audio, rate=RATE))
    assert numbers.shape == (len(attack.FAMILY.names),)
    assert np.isfinite(numbers).all()


def test_energy_is_the_mean_square_of_two_steps() -> None:
    audio = np.random.default_rng(2).standard_normal(1000).astype(np.float32)
    curve = energy(Sound(audio, rate=RATE))
    assert len(curve) == 1 + 1000 // 128
    assert curve[0] == pytest.approx(np.square(audio[:128]).sum() / 256)
    assert curve[3] == pytest.approx(np.square(audio[256:512]).mean(), rel=1e-5)


def test_the_stronger_half_of_the_onsets_is_measured() -> None:
    loud, soft = steady(60.0), steady(60.0, offset=0.7)
    sound = Sound(struck(loud, hiss=0.01) + np.float32(0.2) * struck(soft, hiss=0.0), rate=RATE)
    assert len(events(sound).attack) == pytest.approx(len(loud), abs=2)
