"""However a signal is cut into pieces, a stream says the same of it as the batch."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.descriptors.extract import describe
from segue.descriptors.streaming import Stream

RATE = 22_050


@settings(deadline=None, max_examples=15)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 30_000), min_size=1, max_size=12),
    st.sampled_from([1.0, 2.0, None]),
    st.data(),
)
def test_pieces_of_any_size_give_the_numbers_of_the_whole(
    seed: int, sizes: list[int], seconds: float | None, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    times = np.arange(sum(sizes) + 1) / RATE
    swell = 1.0 + np.sin(times * rng.uniform(1, 9))
    tone = np.sin(2 * np.pi * rng.uniform(80, 2000) * times) * swell
    audio = (0.1 * tone + 0.03 * rng.standard_normal(len(times))).astype(np.float32)
    stream = Stream(seconds=seconds)
    stream.feed(audio[:1])
    for piece in np.split(audio[1:], np.cumsum(sizes[:-1])):
        stream.feed(piece)
        if data.draw(st.booleans()):
            stream.describe()
    window = stream.sound.audio
    np.testing.assert_array_equal(window, audio[len(audio) - len(window) :])
    ours, batch = stream.describe(), describe(window)
    assert float((np.abs(ours - batch) / np.maximum(np.abs(batch), 1.0)).max()) < 1e-5
