"""Partials of tones of which amplitudes and frequencies are known."""

from __future__ import annotations

import numpy as np
import pytest

from segue.descriptors.frames import Sound
from segue.descriptors.partials import (
    FAMILY,
    Partials,
    inharmonicity,
    odd_over_even,
    partials,
    tristimulus,
)

RATE = 22_050
NUMBERS = np.arange(1, 21)
INNER = slice(2, -2)


def string(hertz: float, amplitudes: np.ndarray, *, stiffness: float = 0.0) -> Sound:
    """A tone whose partial n is at n f₀ √(1 + B n²) (Fletcher, JASA 36(1), 1964)."""
    rng = np.random.default_rng(int(hertz))
    times = np.arange(RATE) / RATE
    frequencies = NUMBERS * hertz * np.sqrt(1 + stiffness * NUMBERS**2)
    tone = sum(
        amplitude * np.sin(2 * np.pi * frequency * times + rng.uniform(0, 2 * np.pi))
        for frequency, amplitude in zip(frequencies, amplitudes, strict=True)
        if frequency < 10_500
    )
    return Sound((0.3 * tone / np.abs(tone).max()).astype(np.float32), rate=RATE)


def numbers(sound: Sound) -> dict[str, float]:
    return dict(zip(FAMILY.names, FAMILY.compute(sound).tolist(), strict=True))


@pytest.mark.parametrize("hertz", [75.0, 110.0, 233.1, 440.0])
@pytest.mark.parametrize("tilt", [0.0, 1.0, 2.0])
def test_amplitudes_and_tristimulus_are_those_put_in(hertz: float, tilt: float) -> None:
    amplitudes = NUMBERS**-tilt
    found = partials(string(hertz, amplitudes))
    shares = tristimulus(found)[INNER]
    expected = np.array([amplitudes[0], amplitudes[1:4].sum(), amplitudes[4:].sum()])
    np.testing.assert_allclose(
        shares, np.tile(expected / amplitudes.sum(), (len(shares), 1)), atol=0.015
    )
    relative = found.amplitude[INNER] / found.amplitude[INNER, :1]
    np.testing.assert_allclose(relative, np.tile(amplitudes, (len(shares), 1)), rtol=0.15)


@pytest.mark.parametrize("hertz", [75.0, 110.0, 233.1, 440.0])
def test_frequencies_are_multiples_of_the_fundamental(hertz: float) -> None:
    found = partials(string(hertz, 1.0 / NUMBERS))
    np.testing.assert_allclose(
        found.frequency[INNER], np.tile(NUMBERS * hertz, (len(found.f0) - 4, 1)), atol=1.0
    )
    assert inharmonicity(found)[INNER].max() < 0.015


def test_there_are_no_partials_beyond_the_spectrum() -> None:
    tone = string(1500.0, 1.0 / NUMBERS).audio
    hiss = 0.01 * np.random.default_rng(8).standard_normal(len(tone))
    found = partials(Sound((tone + hiss).astype(np.float32), rate=RATE))
    assert (found.amplitude[INNER, :7] > 0).all()
    assert (found.amplitude[:, 7:] == 0).all()


@pytest.mark.parametrize("hertz", [60.0, 100.0, 440.0, 1500.0])
def test_a_pure_tone_is_all_first_partial(hertz: float) -> None:
    found = numbers(string(hertz, (NUMBERS == 1) * 1.0))
    assert found["tristimulus_1_median"] > 0.97
    assert found["odd_over_even_median"] == 40.0
    assert found["inharmonicity_median"] < 0.015


def test_a_tone_of_odd_partials_is_odd_and_one_of_ever_higher_even_ones_less_so() -> None:
    odd = numbers(string(220.0, (NUMBERS % 2) / NUMBERS))["odd_over_even_median"]
    saw = numbers(string(220.0, 1.0 / NUMBERS))["odd_over_even_median"]
    energies = 1.0 / NUMBERS**2
    assert odd > 30.0
    assert saw == pytest.approx(10 * np.log10(energies[::2].sum() / energies[1::2].sum()), abs=0.5)


@pytest.mark.parametrize("hertz", [60.0, 110.0, 220.0, 440.0])
def test_inharmonicity_grows_with_the_stiffness_of_a_string(hertz: float) -> None:
    found = [
        numbers(string(hertz, 1.0 / NUMBERS, stiffness=stiffness))["inharmonicity_median"]
        for stiffness in (0.0, 1e-4, 3e-4, 1e-3, 3e-3)
    ]
    assert np.diff(found).min() > 0.005
    assert found[0] < 0.015


def test_the_definitions_by_hand() -> None:
    amplitude = np.zeros((2, 20), dtype=np.float32)
    amplitude[0, :5] = 1.0, 2.0, 0.0, 1.0, 4.0
    frequency = np.tile(100.0 * NUMBERS, (2, 1)).astype(np.float32)
    frequency[0, 1] += 10.0
    frequency[0, 4] -= 20.0
    found = Partials(np.array([100.0, 100.0], dtype=np.float32), frequency, amplitude)
    third = [1 / 3, 1 / 3, 1 / 3]
    np.testing.assert_allclose(tristimulus(found), [[1 / 8, 3 / 8, 4 / 8], third])
    np.testing.assert_allclose(
        inharmonicity(found), [2 / 100 * (10 * 4 + 20 * 16) / (1 + 4 + 1 + 16), 0.0], rtol=1e-6
    )
    np.testing.assert_allclose(odd_over_even(found), [10 * np.log10(17 / 5), 0.0], rtol=1e-6)


@pytest.mark.parametrize("audio", [np.zeros(RATE), np.zeros(1), np.ones(RATE)])
def test_nothing_voiced_has_the_stated_numbers(audio: np.ndarray) -> None:
    sound = Sound(audio.astype(np.float32), rate=RATE)
    found = numbers(sound)
    assert partials(sound).amplitude.shape == (0, 20)
    assert found["tristimulus_1_mean"] == pytest.approx(1 / 3)
    assert found["tristimulus_3_max"] == pytest.approx(1 / 3)
    assert found["inharmonicity_mean"] == found["odd_over_even_mean"] == 0.0
    assert found["tristimulus_2_std"] == 0.0
