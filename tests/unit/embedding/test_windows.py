"""Windows: free of gain, evenly laid, the same where they are cut for training and for serving."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segue.descriptors.frames import Sound
from segue.descriptors.mel import decibels
from segue.embedding.windows import (
    BANDS,
    COUNT,
    FRAMES,
    normalised,
    quantised,
    restored,
    starts,
    windows,
)

LEVELS = arrays(np.float32, (7, 5), elements=st.floats(-100, 40, width=32))


@given(LEVELS, st.floats(-30, 30))
def test_gain_changes_nothing(levels: np.ndarray, gain: float) -> None:
    louder = levels + np.float32(gain)
    np.testing.assert_allclose(normalised(louder), normalised(levels), atol=1e-5)


@given(LEVELS)
def test_the_loudest_is_one_and_eighty_decibels_below_is_the_least(levels: np.ndarray) -> None:
    seen = normalised(levels)
    assert seen.min() >= -1.0
    if levels.max() > levels.min():
        assert seen.max() == 1.0
        # Half the range is 40 dB, and what lies lower than twice that counts as that.
        np.testing.assert_allclose(
            seen, np.maximum(-1.0, 1.0 + (levels - levels.max()) / 40.0), atol=1e-5
        )
    else:
        assert (seen == -1.0).all()


@given(st.integers(1, 4000), st.integers(1, 30))
def test_windows_lie_evenly_within_the_clip(frames: int, count: int) -> None:
    at = starts(frames, count=count)
    assert len(at) == count
    assert at[0] == 0
    assert (np.diff(at) >= 0).all()
    assert at[-1] == (max(0, frames - FRAMES) if count > 1 else 0)
    assert np.diff(at).max(initial=0) - np.diff(at).min(initial=10**9) <= 1


def test_thirty_seconds_are_ten_windows_that_do_not_overlap() -> None:
    assert (np.diff(starts(1292)) >= FRAMES).all()


@given(st.integers(1, 300))
def test_what_training_keeps_is_what_serving_hears(frames: int) -> None:
    rng = np.random.default_rng(frames)
    levels = rng.uniform(-90, 10, (frames, BANDS)).astype(np.float32)
    served = windows(levels)
    assert served.shape == (COUNT, FRAMES, BANDS)
    assert served.flags.c_contiguous
    kept = restored(quantised(levels))
    if frames >= FRAMES:
        for window, begin in zip(served, starts(frames), strict=True):
            np.testing.assert_allclose(kept[begin : begin + FRAMES], window, atol=1 / 255 + 1e-6)
    else:  # a short clip is played again until it is as long as a window
        for place in range(FRAMES):
            np.testing.assert_allclose(kept[place % frames], served[0, place], atol=1 / 255 + 1e-6)


def test_a_whole_sound_is_heard_alike_at_any_gain() -> None:
    rng = np.random.default_rng(1)
    audio = (0.1 * np.cumsum(rng.normal(size=66_150)) / 50).astype(np.float32)
    seen = [windows(decibels(Sound(audio * gain, rate=22_050).mel128)) for gain in (0.5, 1.0)]
    np.testing.assert_allclose(seen[0], seen[1], atol=2e-4)


def test_golden_windows_of_a_rising_tone() -> None:
    """Numbers that must not move: every embedder was taught with them."""
    times = np.arange(22_050 * 4) / 22_050
    audio = (0.3 * np.sin(2 * np.pi * (200 + 300 * times) * times)).astype(np.float32)
    seen = windows(decibels(Sound(audio, rate=22_050).mel128))
    probes = [seen[0, 0, 10], seen[0, 64, 20], seen[4, 100, 30], seen[9, 127, 60], seen[9, 3, 2]]
    assert probes == pytest.approx(GOLDEN, abs=1e-4)
    assert float(seen.mean()) == pytest.approx(GOLDEN_MEAN, abs=1e-4)


GOLDEN = [0.50551, -1.0, -1.0, 0.00924, -1.0]
GOLDEN_MEAN = -0.92810
