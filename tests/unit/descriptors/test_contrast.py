"""Spectral contrast: its bands, its peaks and valleys, and sounds with and without partials."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from segue.descriptors.contrast import BANDS, _bands, contrast
from segue.descriptors.frames import BINS, Sound

RATE = 22_050


def heard_as(audio: np.ndarray, rate: int = RATE) -> Sound:
    return Sound(audio.astype(np.float32), rate=rate)


def test_bands_are_octaves_and_share_no_more_than_a_bin() -> None:
    hertz = np.linspace(0.0, RATE / 2, BINS)
    edges = [0.0, 200.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0]
    bands = _bands(RATE)
    assert [count for _, count in bands] == [1, 1, 1, 2, 3, 6, 9]
    for (bins, _), low in zip(bands, edges, strict=True):
        assert hertz[bins.start] == pytest.approx(low, abs=hertz[1])
    for (bins, _), (following, _) in pairwise(bands):
        assert bins.stop - 1 <= following.start <= bins.stop
    assert bands[-1][0].stop == BINS


def test_peaks_over_valleys_as_the_definition_says() -> None:
    sound = heard_as(0.1 * np.random.default_rng(6).standard_normal(RATE))
    found = contrast(sound)
    for frame in (3, 20):
        for band, (bins, count) in enumerate(_bands(RATE)):
            order = np.sort(sound.magnitude[frame, bins].astype(np.float64))
            expected = 20 * np.log10(order[-count:].mean() / order[:count].mean())
            assert found[frame, band] == pytest.approx(expected, abs=1e-3)


def test_chords_stand_out_and_noise_does_not() -> None:
    times = np.arange(RATE) / RATE
    partials = sum(np.sin(2 * np.pi * 110 * number * times) / number for number in range(1, 60))
    noise = np.random.default_rng(7).standard_normal(RATE)
    ringing = contrast(heard_as(0.1 * partials + 1e-4 * noise))[5:-5].mean(axis=0)
    rushing = contrast(heard_as(0.1 * noise))[5:-5].mean(axis=0)
    assert (ringing[2:6] > rushing[2:6] + 15).all()


def test_silence_has_no_contrast_and_no_contrast_is_beyond_the_floor() -> None:
    np.testing.assert_array_equal(contrast(heard_as(np.zeros(1000))), np.zeros((2, BANDS)))
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    found = contrast(heard_as(tone))
    assert found.min() >= 0.0
    assert found.max() <= 100.0 + 1e-3


@pytest.mark.parametrize(("rate", "bands"), [(44_100, 7), (8_000, 6), (2_000, 4), (300, 1)])
def test_bands_above_half_the_rate_are_zero(rate: int, bands: int) -> None:
    found = contrast(heard_as(np.random.default_rng(9).standard_normal(9000), rate=rate))
    assert (found[:, :bands] > 0).all()
    assert (found[:, bands:] == 0).all()


def test_a_band_of_a_single_bin_has_no_contrast() -> None:
    found = contrast(heard_as(np.random.default_rng(9).standard_normal(9000), rate=800_000))
    np.testing.assert_array_equal(found[:, 0], 0.0)
    assert (found[:, 6] > 0).all()
