"""The half minute that shows a track, on curves whose best place is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.audio.highlight import NEARLY, SECONDS, highlight

RATE = 20.0


def curve(*parts: tuple[float, float]) -> bytes:
    """Peaks of stretches, each so many seconds at one height (0 to 1)."""
    heights = [np.full(round(seconds * RATE), height) for seconds, height in parts]
    return np.rint(255 * np.concatenate(heights)).astype(np.uint8).tobytes()


def begins(waveform: bytes, rate: float = RATE) -> float:
    start, end = highlight(waveform, rate=rate, duration=len(waveform) / rate)
    assert end - start == pytest.approx(SECONDS)
    return start


def test_it_begins_where_the_refrain_does() -> None:
    quiet, loud = 0.3, 0.8
    song = curve((60, quiet), (35, loud), (60, quiet), (35, loud), (20, quiet))
    assert begins(song) in {60.0, 155.0}


def test_one_bang_does_not_outweigh_half_a_minute() -> None:
    assert begins(curve((40, 0.2), (1, 1.0), (60, 0.2), (30, 0.5), (40, 0.2))) == 101.0


def test_a_fade_out_is_not_chosen() -> None:
    fading = [(1.0, 0.8 * (1 - second / 60)) for second in range(60)]
    start = begins(curve((20, 0.5), (60, 0.8), *fading))
    assert 20 <= start <= 50


@pytest.mark.parametrize("height", [0.0, 0.01, 0.7])
def test_where_all_is_alike_it_is_the_middle(height) -> None:
    assert begins(curve((200, height))) == pytest.approx(85.0, abs=0.5)


def test_without_a_waveform_it_is_the_middle() -> None:
    assert highlight(b"", rate=1.0, duration=100.0) == (35.0, 65.0)


@pytest.mark.parametrize("seconds", [0.0, 0.5, 29.9, 30.0])
def test_short_tracks_are_played_whole(seconds) -> None:
    assert highlight(b"\x80" * 40, rate=RATE, duration=seconds) == (0.0, seconds)


heights = st.lists(st.integers(0, 255), max_size=4000).map(bytes)


@given(heights, st.sampled_from([20.0, 10.0, 5.0, 0.625]), st.floats(0, 4000))
def test_it_lies_within_the_track(waveform, rate, duration) -> None:
    start, end = highlight(waveform, rate=rate, duration=duration)
    assert 0 <= start <= end <= duration + 1e-9
    assert end - start == pytest.approx(min(SECONDS, duration))


@given(st.lists(st.floats(0.05, 0.9), min_size=40, max_size=120))
def test_no_other_half_minute_is_much_louder(levels) -> None:
    """By the measure of the page, computed here another way: second by second, in floats."""
    waveform = curve(*[(1.0, level) for level in levels])
    loud = (np.frombuffer(waveform, np.uint8).reshape(-1, 20) / 255.0) ** 2
    sones = loud.mean(axis=1) ** 0.3
    width = round(SECONDS)
    means = [sones[at : at + width].mean() for at in range(len(sones) - width + 1)]
    chosen = means[round(begins(waveform))]
    assert chosen >= max(means) * (1 - NEARLY) - 1e-9


@given(st.lists(st.integers(2, 120), min_size=60, max_size=120))
def test_how_loud_it_was_mastered_does_not_matter(levels) -> None:
    once = np.repeat(np.array(levels, np.uint8), 20)
    assert begins(once.tobytes()) == begins((2 * once).tobytes())
