"""What holds for the rhythm of every audio: gain, shift, sign, bounds and order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.descriptors import attack, beats, onsets, tempo
from segue.descriptors.frames import HOP, Sound
from segue.descriptors.tempo import estimate
from strokes import RATE, struck

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAMILIES = (onsets.FAMILY, tempo.FAMILY, beats.FAMILY, attack.FAMILY)

seeds = st.integers(0, 2**32 - 1)


def played(seed: int, *, seconds: float = 12.0) -> NDArray[np.float32]:
    """A rhythm of clicks and kicks on a random grid, some left out, at random strengths."""
    rng = np.random.default_rng(seed)
    grid = np.arange(0.3, seconds - 0.3, 30.0 / rng.uniform(70, 180))
    kicks = struck(grid[:: rng.integers(2, 5)], seconds=seconds, kind="kick", seed=seed)
    chosen = grid[rng.random(len(grid)) < 0.7]
    clicks = struck(chosen, seconds=seconds, seed=seed + 1)
    return kicks + np.float32(rng.uniform(0.2, 1.0)) * clicks


def numbers(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    sound = Sound(audio, rate=RATE)
    return np.concatenate([family.compute(sound) for family in FAMILIES])


@settings(max_examples=15)
@given(seeds, st.floats(0.1, 2.0))
def test_gain_changes_nothing(seed: int, gain: float) -> None:
    audio = played(seed)
    np.testing.assert_allclose(
        numbers((audio * np.float32(gain)).astype(np.float32)), numbers(audio), rtol=1e-2, atol=1e-2
    )


@settings(max_examples=10)
@given(seeds)
def test_turning_the_sign_changes_nothing(seed: int) -> None:
    audio = played(seed)
    np.testing.assert_allclose(numbers(-audio), numbers(audio), rtol=1e-3, atol=1e-3)


@settings(max_examples=10)
@given(seeds, st.integers(1, 20))
def test_cutting_off_whole_hops_moves_onsets_and_keeps_the_tempo(seed: int, hops: int) -> None:
    audio = played(seed)
    whole, later = (Sound(audio[first:], rate=RATE) for first in (0, hops * HOP))
    before, after = (sound.shared(onsets.onsets).seconds for sound in (whole, later))
    moved = hops * HOP / RATE
    # What is cut off and what is near the new beginning may differ.
    kept = before[before > moved + 0.4] - moved
    assert len(kept) > 3
    assert all(np.abs(after - when).min() < 1e-6 for when in kept)
    one, other = estimate(whole), estimate(later)
    if min(one.confidence, other.confidence) > 0.6:
        np.testing.assert_allclose(other.bpm, one.bpm, rtol=0.02)


@settings(max_examples=15)
@given(seeds)
def test_numbers_keep_their_bounds_and_order(seed: int) -> None:
    sound = Sound(played(seed, seconds=6.0), rate=RATE)
    found = estimate(sound)
    assert 49 <= found.bpm <= 223
    assert found.bpm / 3.01 <= found.slower <= found.bpm / 1.49
    assert found.bpm * 1.49 <= found.faster <= found.bpm * 3.01
    assert 0 <= found.confidence <= 1
    for seconds in (sound.shared(onsets.onsets).seconds, sound.shared(beats.beats).seconds):
        assert (np.diff(seconds) > 0.02).all()
        assert (seconds > -0.02).all()
        assert (seconds < 6.05).all()
    told = dict(
        zip(
            (name for family in FAMILIES for name in family.names),
            np.concatenate([family.compute(sound) for family in FAMILIES]).tolist(),
            strict=True,
        )
    )
    assert told["onset_strength_min"] >= 0
    assert 0 <= told["temporal_centroid"] <= 1
    assert 0 <= told["attack_time_q25"] <= told["attack_time"] <= told["attack_time_q75"] <= 0.4
    assert 0 <= told["attack_rise"] <= 60
    assert 1 <= told["swing_ratio"] <= 2.7
    assert told["pulse_clarity"] <= 1.0 + 1e-6


@settings(max_examples=25)
@given(
    st.integers(1, 30_000),
    st.sampled_from(["silence", "click", "noise", "square", "dc", "tiny", "loud"]),
    seeds,
)
def test_any_audio_gives_finite_numbers(samples: int, kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    audio = {
        "silence": np.zeros(samples),
        "click": np.eye(1, samples, samples // 2)[0],
        "noise": rng.uniform(-1, 1, samples),
        "square": np.where(np.arange(samples) % 40 < 20, 1.0, -1.0),
        "dc": np.ones(samples),
        "tiny": rng.uniform(-1e-30, 1e-30, samples),
        "loud": rng.uniform(-1e9, 1e9, samples),
    }[kind]
    assert np.isfinite(numbers(audio.astype(np.float32))).all()
