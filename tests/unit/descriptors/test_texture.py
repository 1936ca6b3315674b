"""Flatness, flux and zero crossings of sounds whose texture is known."""

from __future__ import annotations

import numpy as np
import pytest

from segue.descriptors import texture
from segue.descriptors.extract import numbers
from segue.descriptors.frames import HOP, Sound

RATE = 22_050
NAMES = texture.FAMILY.names


def tone(hertz: float, seconds: float = 1.0) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    return 0.3 * np.sin(2 * np.pi * hertz * times)


def noise(seconds: float = 1.0) -> np.ndarray:
    return 0.1 * np.random.default_rng(8).standard_normal(round(seconds * RATE))


def heard_as(audio: np.ndarray) -> Sound:
    return Sound(audio.astype(np.float32), rate=RATE)


def column(audio: np.ndarray, name: str) -> float:
    return float(numbers(heard_as(audio), texture.FAMILY)[NAMES.index(name)])


def test_noise_is_flatter_than_a_tone_by_magnitudes() -> None:
    # A bin's power is exponentially distributed: its logarithm is Euler's constant below its mean.
    inner = texture.flatness(heard_as(noise()))[4:-4]
    assert inner.mean() == pytest.approx(np.exp(-0.5772), abs=0.01)
    assert column(noise(), "flatness_median") == pytest.approx(-2.507, abs=0.1)
    assert column(tone(1000) + 1e-5 * noise(), "flatness_mean") < -50.0


def test_a_click_and_silence_are_entirely_flat() -> None:
    click = np.zeros(4 * HOP)
    click[2 * HOP] = 0.7
    assert texture.flatness(heard_as(click))[2] == pytest.approx(1.0, abs=1e-5)
    np.testing.assert_array_equal(texture.flatness(heard_as(np.zeros(1000))), [1.0, 1.0])


def test_flatness_does_not_depend_on_loudness_however_soft() -> None:
    audio = tone(500) + 0.01 * noise()
    expected = texture.flatness(heard_as(audio))
    for gain in (1e-9, 1e-3, 1e6):
        np.testing.assert_allclose(texture.flatness(heard_as(gain * audio)), expected, rtol=1e-4)


def test_a_tone_that_goes_on_has_no_flux() -> None:
    assert texture.flux(heard_as(tone(1000)))[4:-4].max() < 2e-3
    assert column(tone(1000), "flux_median") < 2e-3


def test_from_one_tone_to_another_the_spectrum_has_nothing_left_in_common() -> None:
    series = texture.flux(heard_as(np.concatenate([tone(500), tone(3000)])))
    switch = RATE // HOP
    assert series[switch - 3 : switch + 3].sum() > 1.0
    assert series.max() <= 1.0
    assert np.delete(series, range(switch - 4, switch + 4))[4:-4].max() < 2e-3


def test_growing_louder_is_no_flux() -> None:
    swell = np.geomspace(0.001, 1.0, RATE)
    steady, louder = heard_as(noise()), heard_as(noise() * swell)
    np.testing.assert_allclose(texture.flux(louder), texture.flux(steady), atol=0.05)


def test_between_silence_and_sound_flux_is_defined() -> None:
    series = texture.flux(heard_as(np.concatenate([np.zeros(8 * HOP), noise(0.5)])))
    assert series[:5].max() == 0.0
    assert series[series > 0][0] == pytest.approx(np.sqrt(0.5), abs=1e-4)


def test_flux_of_a_single_frame_is_none() -> None:
    assert texture.flux(heard_as(np.ones(3))).shape == (0,)
    assert column(np.ones(3), "flux_mean") == 0.0


@pytest.mark.parametrize("hertz", [100.0, 1000.0, 5000.0])
def test_a_tone_crosses_zero_twice_a_period(hertz: float) -> None:
    rates = texture.zero_crossings(heard_as(tone(hertz)))[4:-4]
    np.testing.assert_allclose(rates, 2 * hertz / RATE, atol=1.5 / 2048)


def test_hum_around_an_offset_never_crosses_zero() -> None:
    assert texture.zero_crossings(heard_as(0.5 + tone(100))).max() == 0.0


def test_crossings_are_counted_as_the_definition_says() -> None:
    rng = np.random.default_rng(4)
    for samples in (1, 2, 511, 512, 2048, 4099):
        audio = rng.choice([-0.1, -1e-12, 0.0, 0.1], size=samples).astype(np.float32)
        padded = np.pad(audio, 1024, mode="edge") < -1e-10
        expected = [
            np.count_nonzero(np.diff(padded[first : first + 2048])) / 2048
            for first in range(0, 1 + HOP * (samples // HOP), HOP)
        ]
        np.testing.assert_allclose(
            texture.zero_crossings(heard_as(audio)), expected, atol=0, rtol=1e-6
        )


def test_silence_between_sounds_is_neither_noisy_nor_busy() -> None:
    audio = np.concatenate([tone(1000, 2.0) + 1e-4 * noise(2.0), np.zeros(RATE)])
    assert column(audio, "flatness_mean") < -40.0
    assert column(audio, "flux_mean") < 0.05
