"""Augmentation on the mel grid: what it keeps, and that it is what the waveform would give."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from segue.audio.stretching import shifted, stretched
from segue.descriptors.frames import Sound
from segue.descriptors.mel import band_hertz, decibels
from segue.embedding.windows import BANDS, FRAMES, normalised
from segue.training.ears.warping import MASKED, NONE, SOFTEST, Augmentation, sources, warped

RATE = 22_050


def _crops(seed: int, count: int = 2, length: int = 160) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, length, BANDS, generator=generator) * 2 - 1


def test_nothing_is_done_where_nothing_is_asked() -> None:
    crops = _crops(0, length=FRAMES)
    draws = np.random.default_rng(0)
    assert NONE.length == FRAMES
    assert torch.equal(NONE(crops, draws), crops)


def test_at_its_own_speed_and_pitch_the_middle_is_read() -> None:
    crops = _crops(1)
    read = warped(crops, speed=np.ones(2), semitones=np.zeros(2))
    assert torch.allclose(read, crops[:, 16 : 16 + FRAMES], atol=1e-4)


@given(st.integers(0, 1000), st.floats(0.8, 1.25), st.floats(-4, 4))
def test_windows_stay_within_the_range_of_levels(seed: int, speed: float, higher: float) -> None:
    read = warped(_crops(seed, 1, 170), speed=np.array([speed]), semitones=np.array([higher]))
    assert read.shape == (1, FRAMES, BANDS)
    assert float(read.min()) >= -1.0
    assert float(read.max()) <= 1.0


@given(st.floats(-5, 5))
def test_a_band_shows_what_stood_at_its_frequency_before(semitones: float) -> None:
    places = sources(np.array([semitones]))[0]
    centres = band_hertz(RATE, bands=BANDS)
    inside = (places >= 0) & (places <= BANDS - 1)
    read = np.interp(places[inside], np.arange(BANDS), centres)
    # Between two centres the line is not quite straight where hertz are logarithmic.
    np.testing.assert_allclose(read, centres[inside] * 2 ** (-semitones / 12), rtol=1e-3)


def test_above_and_below_the_spectrum_nothing_sounds() -> None:
    crops = torch.ones(1, 150, BANDS)
    lower = warped(crops, speed=np.ones(1), semitones=np.array([-3.0]))[0]
    higher = warped(crops, speed=np.ones(1), semitones=np.array([3.0]))[0]
    assert float(lower[:, -1].max()) == SOFTEST
    assert float(higher[:, 0].max()) == SOFTEST


def _music() -> np.ndarray:
    rng = np.random.default_rng(2)
    times = np.arange(RATE * 12) / RATE
    audio = np.zeros(len(times))
    for start in range(0, 24):
        note = 220 * 2 ** (rng.integers(0, 25) / 12)
        on = np.clip((times - start / 2) * 50, 0, 1) * np.exp(-3 * np.maximum(0, times - start / 2))
        audio += sum(on * np.sin(2 * np.pi * note * k * times) / k for k in range(1, 12))
    return (0.1 * audio + 0.003 * rng.normal(size=len(times))).astype(np.float32)


@pytest.mark.parametrize(
    ("speed", "semitones"), [(1.15, 0.0), (0.87, 0.0), (1.0, 2.0), (1.0, -2.0)]
)
def test_it_resembles_the_same_on_the_waveform(speed: float, semitones: float) -> None:
    audio = _music()
    drawn = normalised(decibels(Sound(audio, rate=RATE).mel128))
    exact = shifted(stretched(audio, speed=speed), semitones=semitones, rate=RATE)
    wanted = normalised(decibels(Sound(exact, rate=RATE).mel128))
    middle = 250
    begin = round((middle - 0.5) / speed - 63.5)
    window = wanted[begin : begin + FRAMES].ravel()
    crop = torch.from_numpy(drawn[middle - 90 : middle + 90][None])
    read = warped(crop, speed=np.array([speed]), semitones=np.array([semitones]))[0].numpy()
    plain = drawn[middle - 64 : middle + 64]
    alike, unchanged = (np.corrcoef(each.ravel(), window)[0, 1] for each in (read, plain))
    assert alike > 0.85
    assert alike > unchanged + 0.05


def test_masks_hide_one_run_of_frames_and_one_of_bands() -> None:
    crops = torch.ones(64, FRAMES, BANDS)
    seen = Augmentation(stretch=0, semitones=0, masks=True)(crops, np.random.default_rng(4))
    hidden = (seen == SOFTEST).numpy()
    rows, columns = hidden.all(axis=2), hidden.all(axis=1)
    assert (hidden == (rows[:, :, None] | columns[:, None, :])).all()
    for runs in (rows, columns):
        edges = np.abs(np.diff(np.pad(runs, ((0, 0), (1, 1))).astype(int), axis=1)).sum(axis=1)
        assert (edges <= 2).all()
        assert runs.sum(axis=1).max() <= MASKED
    assert rows.any()
    assert columns.any()


def test_gain_moves_a_window_as_a_whole_and_noise_does_not() -> None:
    crops = torch.zeros(50, FRAMES, BANDS)
    moved = Augmentation(stretch=0, semitones=0, gain=8.0)(crops, np.random.default_rng(0))
    assert float((moved.amax(dim=(1, 2)) - moved.amin(dim=(1, 2))).max()) < 1e-6
    assert float(moved.abs().max()) <= 0.2 + 1e-6
    torch.manual_seed(0)
    noisy = Augmentation(stretch=0, semitones=0, noise=4.0)(crops, np.random.default_rng(0))
    assert float(noisy.std()) == pytest.approx(0.1, rel=0.02)


def test_the_same_draws_give_the_same_windows() -> None:
    augmentation = Augmentation(masks=True, gain=3.0)
    crops = _crops(7, 4, augmentation.length)
    one, two = (augmentation(crops, np.random.default_rng(11)) for _ in range(2))
    assert torch.equal(one, two)
