"""The shared spectrum: what counts as heard, where it ends, and power that comes from elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from segue.descriptors.frames import BINS, BLOCK, FRAME, HOP, Sound, blocks, over_frames

RATE = 22_050


def hum(seconds: float, amplitude: float = 0.5) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


@pytest.mark.parametrize("samples", [1, 511, 512, 513, 5000, BLOCK * HOP - 1, BLOCK * HOP])
def test_there_is_a_frame_for_every_hop_begun(samples: int) -> None:
    sound = Sound(np.full(samples, 0.1, dtype=np.float32), rate=RATE)
    frames = 1 + samples // HOP
    assert sound.power.shape == sound.magnitude.shape == (frames, BINS)
    assert sound.energy.shape == sound.heard.shape == sound.rms.shape == (frames,)
    assert sound.mel40.shape == (frames, 40)
    assert sound.mel128.shape == (frames, 128)


@pytest.mark.parametrize("frames", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_blocks_hold_every_frame_once(frames: int) -> None:
    everything = np.arange(frames)
    parts = [everything[block] for block in blocks(frames)]
    assert all(0 < len(part) <= BLOCK for part in parts)
    np.testing.assert_array_equal(np.concatenate(parts), everything)


def test_blocks_do_not_show_in_the_spectrum() -> None:
    audio = np.random.default_rng(1).normal(size=(BLOCK + 9) * HOP).astype(np.float32)
    sound = Sound(audio, rate=RATE)
    for frame in (BLOCK - 1, BLOCK):
        cut = audio[frame * HOP - FRAME // 2 :][:FRAME]
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
        expected = np.abs(np.fft.rfft(cut * window))
        np.testing.assert_allclose(sound.magnitude[frame], expected, rtol=1e-4, atol=1e-3)


def test_power_is_the_square_of_the_magnitude() -> None:
    sound = Sound(hum(0.5), rate=RATE)
    np.testing.assert_array_equal(sound.power, np.square(sound.magnitude))


def test_the_magnitude_of_power_that_was_given_is_its_root() -> None:
    sound, other = Sound(hum(0.5), rate=RATE), Sound(hum(0.5), rate=RATE)
    sound.power = 4 * other.power
    np.testing.assert_allclose(sound.magnitude, 2 * other.magnitude, rtol=1e-6)
    np.testing.assert_allclose(sound.mel40, 4 * other.mel40, rtol=1e-6)


def test_frames_sixty_decibels_below_the_loudest_are_not_heard() -> None:
    audio = np.concatenate([hum(1.0, 0.5), hum(1.0, 0.5 * 10 ** (-59 / 20)), hum(1.0, 4e-4)])
    heard = Sound(audio, rate=RATE).heard
    second = RATE // HOP
    assert heard[: 2 * second - 4].all()
    assert not heard[2 * second + 4 :].any()


def test_all_of_silence_counts_as_heard() -> None:
    assert Sound(np.zeros(RATE, dtype=np.float32), rate=RATE).heard.all()


def test_the_floor_lies_a_hundred_decibels_below_the_loudest_bin() -> None:
    for gain in (1e-6, 1.0, 1e6):
        sound = Sound(np.float32(gain) * hum(1.0), rate=RATE)
        assert 10 * np.log10(sound.power.max() / sound.floor) == pytest.approx(100.0)
    assert 0 < Sound(np.zeros(99, dtype=np.float32), rate=RATE).floor < 1e-20


def test_hops_hold_the_energy_of_all_samples() -> None:
    for samples in (1, 511, 512, 2049, 30_000):
        audio = np.random.default_rng(samples).normal(size=samples).astype(np.float32)
        sound = Sound(audio, rate=RATE)
        expected = np.square(audio, dtype=np.float64).sum()
        assert sound.hop_energy.sum() == pytest.approx(expected, rel=1e-6)
        assert len(sound.hop_energy) == len(sound.rms) + 3


def test_a_frame_is_four_hops() -> None:
    np.testing.assert_array_equal(over_frames(np.array([1.0, 2.0, 4.0, 8.0, 16.0])), [15.0, 30.0])
