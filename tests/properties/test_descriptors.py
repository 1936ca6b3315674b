"""What holds for every audio: bounds, gain, shift, silence, channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.descriptors.extract import COLUMNS, NAMES, describe
from segue.descriptors.frames import HOP, Sound

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 22_050


def noisy(seed: int, samples: int) -> NDArray[np.float32]:
    """Noise and tones of random colour, well above the floor of every definition."""
    rng = np.random.default_rng(seed)
    times = np.arange(samples) / RATE
    tones = sum(np.sin(2 * np.pi * hertz * times) for hertz in rng.uniform(60, 6000, size=3))
    return (0.05 * rng.standard_normal(samples) + 0.05 * tones).astype(np.float32)


seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=40)
@given(
    st.integers(1, 6000),
    st.sampled_from(["silence", "click", "noise", "square", "dc", "tiny"]),
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
    }[kind]
    vector = describe(audio.astype(np.float32))
    assert vector.shape == (len(NAMES),)
    assert np.isfinite(vector).all()


def test_one_sample_gives_finite_numbers() -> None:
    for value in (0.0, 1.0, -0.3):
        assert np.isfinite(describe(np.array([value], dtype=np.float32))).all()


@settings(max_examples=15)
@given(seeds, st.integers(8, 40).map(lambda hops: hops * HOP))
def test_statistics_keep_their_order(seed: int, samples: int) -> None:
    vector = describe(noisy(seed, samples))
    for name in (f"{kind}_{number}" for kind in ("mfcc", "mfcc_delta") for number in range(13)):
        low, q25, median, q75, high = (
            vector[COLUMNS[f"{name}_{part}"]] for part in ("min", "q25", "median", "q75", "max")
        )
        assert low <= q25 <= median <= q75 <= high
        assert low <= vector[COLUMNS[f"{name}_mean"]] <= high


@settings(max_examples=15)
@given(seeds, st.floats(0.25, 4.0))
def test_gain_moves_the_level_and_coefficient_zero_and_nothing_else(seed: int, gain: float) -> None:
    audio = noisy(seed, RATE)
    before, after = describe(audio), describe((audio * np.float32(gain)).astype(np.float32))
    decibels = 20 * np.log10(gain)
    moved = {"level"} | {
        f"mfcc_0_{part}" for part in ("mean", "min", "max", "median", "q25", "q75")
    }
    rest = [place for name, place in COLUMNS.items() if name not in moved]
    np.testing.assert_allclose(after[rest], before[rest], rtol=1e-3, atol=2e-3)
    assert after[COLUMNS["level"]] - before[COLUMNS["level"]] == pytest.approx(decibels, abs=2e-3)
    # The orthonormal DCT gives a constant of c dB the coefficient c · √128.
    zero = COLUMNS["mfcc_0_mean"]
    assert (after[zero] - before[zero]) / np.sqrt(128) == pytest.approx(decibels, abs=2e-3)


@settings(max_examples=15)
@given(seeds, st.integers(1, 12))
def test_shifting_by_whole_hops_shifts_the_frames(seed: int, hops: int) -> None:
    audio = noisy(seed, RATE)
    frames = Sound(audio, rate=RATE).power
    later = Sound(audio[hops * HOP :], rate=RATE).power
    # The first and last frames see the mirrored ends.
    inner = slice(2, len(later) - 2)
    np.testing.assert_allclose(
        later[inner], frames[hops:][inner], rtol=1e-4, atol=1e-6 * float(frames.max())
    )


@settings(max_examples=10)
@given(seeds)
def test_power_is_that_of_the_samples(seed: int) -> None:
    audio = noisy(seed, RATE)
    power = Sound(audio, rate=RATE).power.astype(np.float64)
    # Parseval: both halves of the spectrum, the middle frames of the windowed samples.
    total = 2 * power.sum(axis=1) - power[:, 0] - power[:, -1]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)
    for frame in (5, 20):
        first = frame * HOP - 1024
        expected = 2048 * np.square(audio[first : first + 2048] * window).sum()
        np.testing.assert_allclose(total[frame], expected, rtol=1e-4)


@settings(max_examples=10)
@given(seeds)
def test_turning_the_sign_changes_nothing(seed: int) -> None:
    audio = noisy(seed, RATE // 2)
    np.testing.assert_allclose(describe(-audio), describe(audio), rtol=1e-4, atol=1e-4)


@settings(max_examples=10)
@given(seeds)
def test_shares_are_parts_of_one(seed: int) -> None:
    vector = describe(noisy(seed, RATE // 2))
    shares = [vector[COLUMNS[f"{part}_share"]] for part in ("bass", "middle", "treble")]
    assert all(0 <= share <= 1 for share in shares)
    np.testing.assert_allclose(sum(shares), 1.0, rtol=1e-5)
