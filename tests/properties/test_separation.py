"""What holds for every separation, pitch and partial: bounds, gain, the median's definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segue.descriptors import harmonic, partials, separation
from segue.descriptors.frames import Sound
from segue.descriptors.median import sliding_median

RATE = 22_050
FAMILIES = (separation.FAMILY, harmonic.FAMILY, partials.FAMILY)
NAMES = tuple(name for family in FAMILIES for name in family.names)

seeds = st.integers(0, 2**32 - 1)


def all_numbers(audio: np.ndarray) -> dict[str, float]:
    sound = Sound(audio.astype(np.float32), rate=RATE)
    values = np.concatenate([family.compute(sound) for family in FAMILIES])
    return dict(zip(NAMES, values.tolist(), strict=True))


def some_music(seed: int) -> np.ndarray:
    """A few notes with partials, strokes between them and a little hiss."""
    rng = np.random.default_rng(seed)
    times = np.arange(RATE // 4) / RATE
    notes = [
        sum(np.sin(2 * np.pi * hertz * part * times) / part for part in range(1, 7))
        for hertz in rng.uniform(80, 900, size=5)
    ]
    audio = np.concatenate(notes) + 0.02 * rng.standard_normal(5 * len(times))
    audio[:: len(times)] += 3.0
    return 0.1 * audio


@settings(deadline=None, max_examples=25)
@given(
    arrays(np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 4))),
    st.integers(1, 15).map(lambda half: 2 * half + 1),
)
def test_every_value_is_the_middle_of_its_mirrored_window(values: np.ndarray, width: int) -> None:
    rows, half = len(values), width // 2
    there_and_back = np.concatenate([values, values[::-1]])
    expected = [
        np.sort(there_and_back[np.arange(row - half, row + half + 1) % (2 * rows)], axis=0)[half]
        for row in range(rows)
    ]
    np.testing.assert_array_equal(sliding_median(values, width=width), expected)


@settings(deadline=None, max_examples=25)
@given(
    st.integers(1, 6000),
    st.sampled_from(["silence", "click", "noise", "square", "dc", "tiny", "tone"]),
    seeds,
)
def test_any_audio_gives_numbers_within_their_bounds(samples: int, kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    audio = {
        "silence": np.zeros(samples),
        "click": np.eye(1, samples, samples // 2)[0],
        "noise": rng.uniform(-1, 1, samples),
        "square": np.where(np.arange(samples) % 40 < 20, 1.0, -1.0),
        "dc": np.ones(samples),
        "tiny": rng.uniform(-1e-17, 1e-17, samples),
        "tone": np.sin(np.arange(samples) * rng.uniform(0, np.pi)),
    }[kind]
    bounds = {
        "harmonic": (-40.0, 40.0),
        "f0_strength": (0.0, 1.0),
        "f0": (27.0, 94.0),
        "voiced_share": (0.0, 1.0),
        "tristimulus": (0.0, 1.0),
        "inharmonicity": (0.0, 1.0),
        "odd_over_even": (-40.0, 40.0),
    }
    for name, value in all_numbers(audio).items():
        low, high = next(pair for start, pair in bounds.items() if name.startswith(start))
        if name.endswith("_std"):
            low, high = 0.0, (high - low) / 2
        assert low - 1e-4 <= value <= high + 1e-4, name


@settings(deadline=None, max_examples=15)
@given(seeds, st.floats(0.01, 100.0))
def test_gain_changes_nothing(seed: int, gain: float) -> None:
    audio = some_music(seed)
    before, after = all_numbers(audio), all_numbers(gain * audio)
    for name, value in before.items():
        np.testing.assert_allclose(after[name], value, rtol=1e-3, atol=5e-3, err_msg=name)


@settings(deadline=None, max_examples=15)
@given(seeds)
def test_the_two_parts_are_what_the_mask_says(seed: int) -> None:
    sound = Sound(some_music(seed).astype(np.float32), rate=RATE)
    parts = separation.separate(sound)
    energy = sound.power[::2].sum(axis=1, dtype=np.float64)
    both = parts.harmonic.astype(np.float64) + parts.percussive
    assert parts.mask.min() >= 0.0
    assert parts.mask.max() <= 1.0
    # m² + (1 - m)² lies between ½ and 1.
    assert (both <= energy * (1 + 1e-4)).all()
    assert (both >= energy * (0.5 - 1e-4)).all()


@settings(deadline=None, max_examples=10)
@given(seeds)
def test_tristimulus_is_shares_of_one(seed: int) -> None:
    sound = Sound(some_music(seed).astype(np.float32), rate=RATE)
    found = partials.partials(sound)
    np.testing.assert_allclose(partials.tristimulus(found).sum(axis=1), 1.0, atol=1e-5)
