"""What holds for every chord: transposition, gain, bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from chords import RATE, played
from segue.descriptors import chroma, key, tuning
from segue.descriptors.frames import Sound

if TYPE_CHECKING:
    from numpy.typing import NDArray

chords = st.lists(
    st.lists(st.integers(52, 68), min_size=1, max_size=4, unique=True), min_size=2, max_size=5
)
shares = hnp.arrays(np.float64, 12, elements=st.floats(0.001, 1)).map(lambda row: row / row.sum())


def sounding(notes: list[list[int]], *, up: int = 0) -> Sound:
    return Sound(played([[note + up for note in chord] for chord in notes]), rate=RATE)


def columns(sound: Sound) -> NDArray[np.float32]:
    families = (tuning.FAMILY, chroma.FAMILY, key.FAMILY)
    return np.concatenate([family.compute(sound) for family in families])


@settings(deadline=None, max_examples=20)
@given(chords, st.integers(-6, 6))
def test_transposing_the_music_rolls_its_chroma_and_its_key(
    notes: list[list[int]], up: int
) -> None:
    here, there = sounding(notes), sounding(notes, up=up)
    rolled = np.roll(chroma.profile(here), up)
    # Bins are of equal width in Hz: a chord lies otherwise among them.
    np.testing.assert_allclose(chroma.profile(there), rolled, atol=0.06)
    home, away = key.estimate(here), key.estimate(there)
    assume(home is not None and home.clarity > 0.7)
    assert away is not None
    assert (away.pitch_class, away.mode) == ((home.pitch_class + up) % 12, home.mode)


@settings(deadline=None, max_examples=25)
@given(shares, st.integers(0, 11), st.sampled_from(list(key.PROFILES)))
def test_rolling_a_chroma_rolls_the_fit_of_every_key(
    row: NDArray[np.float64], up: int, profile: str
) -> None:
    fits = key.correlations(row, profile=profile)
    rolled = key.correlations(np.roll(row, up), profile=profile)
    np.testing.assert_allclose(rolled, np.roll(fits, up, axis=1), atol=1e-9)
    assert np.abs(fits).max() <= 1 + 1e-9
    found = key.best(row, profile=profile)
    assert 1 / 24 - 1e-9 <= found.clarity <= 1


@settings(deadline=None, max_examples=15)
@given(chords, st.floats(1e-4, 50.0))
def test_gain_changes_no_column(notes: list[list[int]], gain: float) -> None:
    audio = played(notes)
    before = columns(Sound(audio, rate=RATE))
    after = columns(Sound(audio * np.float32(gain), rate=RATE))
    np.testing.assert_allclose(after, before, rtol=1e-3, atol=2e-3)


@settings(deadline=None, max_examples=25)
@given(
    st.integers(1, 30_000),
    st.sampled_from(["silence", "click", "noise", "square", "dc", "tiny", "tone"]),
    st.integers(0, 2**32 - 1),
)
def test_every_column_stays_in_its_range(samples: int, kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    audio = {
        "silence": np.zeros(samples),
        "click": np.eye(1, samples, samples // 2)[0],
        "noise": rng.uniform(-1, 1, samples),
        "square": np.where(np.arange(samples) % 40 < 20, 1.0, -1.0),
        "dc": np.ones(samples),
        "tiny": rng.uniform(-1e-18, 1e-18, samples),
        "tone": np.sin(np.arange(samples) * rng.uniform(0.01, 0.5)),
    }[kind]
    sound = Sound(audio.astype(np.float32), rate=RATE)
    frames = sound.shared(chroma.chroma)
    np.testing.assert_allclose(frames.sum(axis=1), 1)
    assert (frames >= 0).all()
    values = columns(sound)
    assert np.isfinite(values).all()
    names = [name for family in (tuning, chroma, key) for name in family.FAMILY.names]
    found = dict(zip(names, values.tolist(), strict=True))
    assert -50 <= found["tuning"] <= 50
    assert 0 <= found["tuning_strength"] <= 1
    assert all(-1e-6 <= found[n] <= 1 + 1e-6 for n in names if n.startswith("chroma_"))
    assert all(-1 - 1e-6 <= found[n] <= 1 + 1e-6 for n in names if n.startswith("tonnetz_"))
    assert 1 / 24 - 1e-6 <= found["key_clarity"] <= 1 + 1e-6
    assert abs(found["key_mode"]) <= 2
