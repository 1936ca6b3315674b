"""What holds for every audio: bounds, gain, shift, silence, channels.

All families are held to finite numbers. The laws of gain and order are those of the families
named here, whose definitions say so; others state and test their own.
"""

from __future__ import annotations

import tempfile
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.audio.decode import decode
from segue.descriptors import brightness, contrast, level, texture, timbre
from segue.descriptors.extract import FAMILIES, NAMES, describe, numbers
from segue.descriptors.frames import HOP, Sound
from segue.descriptors.summary import STATISTICS

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 22_050

SPECTRAL = ("timbre", "level", "brightness", "texture", "contrast", "bands")
"""The families that look at frames one by one and at no other audio."""

SUMMARISED = (
    *(f"{kind}_{number}" for kind in ("mfcc", "mfcc_delta", "mfcc_delta2") for number in range(13)),
    *("centroid", "rolloff", "bandwidth", "flatness", "zero_crossings", "flux", "rms"),
    *(f"contrast_{band}" for band in range(contrast.BANDS)),
)
"""The series these families give seven statistics of."""

WITH_GAIN = {"level"} | {
    f"{name}_{statistic}"
    for name in ("rms", "mfcc_0")
    for statistic in STATISTICS
    if statistic != "std"
}
"""What moves with the gain: everything else stays."""


def noisy(seed: int, samples: int) -> NDArray[np.float32]:
    """Noise and tones of random colour, well above the floor of every definition."""
    rng = np.random.default_rng(seed)
    times = np.arange(samples) / RATE
    tones = sum(np.sin(2 * np.pi * hertz * times) for hertz in rng.uniform(60, 6000, size=3))
    return (0.05 * rng.standard_normal(samples) + 0.05 * tones).astype(np.float32)


def spectral(audio: NDArray[np.floating]) -> dict[str, float]:
    """Columns of the spectral families."""
    sound = Sound(audio.astype(np.float32), rate=RATE)
    chosen = [family for family in FAMILIES if family.name in SPECTRAL]
    assert len(chosen) == len(SPECTRAL)
    return {
        name: float(value)
        for family in chosen
        for name, value in zip(family.names, numbers(sound, family), strict=True)
    }


seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=40)
@given(
    st.integers(1, 6000),
    st.sampled_from(["silence", "click", "noise", "square", "dc", "tiny", "huge", "half silent"]),
    seeds,
)
def test_any_audio_gives_finite_numbers(samples: int, kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    audio = {
        "silence": np.zeros(samples),
        "click": np.eye(1, samples, samples // 2)[0],
        "noise": rng.uniform(-1, 1, samples),
        "square": np.where(np.arange(samples) % 40 < 20, 1.0, -1.0),
        "dc": np.ones(samples),
        "tiny": rng.uniform(-1e-30, 1e-30, samples),
        "huge": rng.uniform(-(2.0**31), 2.0**31, samples),
        "half silent": np.where(
            np.arange(samples) < samples // 2, 0.0, rng.uniform(-1, 1, samples)
        ),
    }[kind]
    vector = describe(audio.astype(np.float32))
    assert vector.shape == (len(NAMES),)
    assert np.isfinite(vector).all()


@pytest.mark.parametrize("value", [0.0, 1.0, -0.3])
def test_one_sample_gives_finite_numbers(value: float) -> None:
    assert np.isfinite(describe(np.array([value], dtype=np.float32))).all()


@settings(max_examples=15)
@given(seeds, st.integers(8, 40).map(lambda hops: hops * HOP))
def test_statistics_keep_their_order(seed: int, samples: int) -> None:
    values = spectral(noisy(seed, samples))
    for name in SUMMARISED:
        found = {statistic: values[f"{name}_{statistic}"] for statistic in STATISTICS}
        assert found["min"] <= found["q25"] <= found["median"] <= found["q75"] <= found["max"]
        assert found["min"] <= found["mean"] <= found["max"]
        assert 0 <= found["std"] <= found["max"] - found["min"]


@settings(max_examples=15)
@given(seeds, st.floats(0.25, 4.0))
def test_gain_moves_the_level_and_coefficient_zero_and_nothing_else(seed: int, gain: float) -> None:
    audio = noisy(seed, RATE)
    before, after = spectral(audio), spectral(audio * gain)
    assert set(before) > WITH_GAIN
    decibels = 20 * np.log10(gain)
    for name, value in before.items():
        # The orthonormal DCT gives a constant of c dB the coefficient c · √128.
        step = decibels * (np.sqrt(128) if name.startswith("mfcc_0_") else 1.0)
        expected = value + step if name in WITH_GAIN else value
        # A bin may be the last before 85 % with one rounding and not with another.
        near = 11.0 if name.startswith("rolloff") else 2e-3
        assert after[name] == pytest.approx(expected, rel=1e-3, abs=near), name


def frames(audio: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Every series of frames, of shape (frames, columns); of flux one frame less."""
    sound = Sound(audio, rate=RATE)
    series = {
        "power": sound.power / 1e4,
        "mfcc": timbre.mfcc(sound),
        "centroid": brightness.centroid(sound),
        "bandwidth": brightness.bandwidth(sound),
        "rolloff": brightness.rolloff(sound),
        "flatness": texture.flatness(sound),
        "flux": texture.flux(sound),
        "zero crossings": texture.zero_crossings(sound),
        "contrast": contrast.contrast(sound),
        "rms": level.rms(sound),
    }
    return {name: values.reshape(len(values), -1) for name, values in series.items()}


@settings(max_examples=15)
@given(seeds, st.integers(1, 12))
def test_shifting_by_whole_hops_shifts_the_frames(seed: int, hops: int) -> None:
    audio = noisy(seed, RATE)
    earlier, later = frames(audio), frames(audio[hops * HOP :])
    # The first and last frames see the mirrored ends.
    inner = slice(2, -2)
    for name, values in later.items():
        near = 11.0 if name == "rolloff" else 1e-3
        np.testing.assert_allclose(
            values[inner], earlier[name][hops:][inner], rtol=1e-4, atol=near, err_msg=name
        )


@settings(max_examples=10)
@given(seeds)
def test_power_is_that_of_the_samples(seed: int) -> None:
    audio = noisy(seed, RATE)
    power = Sound(audio, rate=RATE).power.astype(np.float64)
    # Parseval: both halves of the spectrum, the middle frames of the windowed samples.
    total = 2 * power.sum(axis=1) - power[:, 0] - power[:, -1]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)
    for frame in (5, 20):
        first = frame * HOP - 1024
        expected = 2048 * np.square(audio[first : first + 2048] * window).sum()
        np.testing.assert_allclose(total[frame], expected, rtol=1e-4)


@settings(max_examples=10)
@given(seeds)
def test_turning_the_sign_changes_nothing(seed: int) -> None:
    audio = noisy(seed, RATE // 2)
    before, after = spectral(audio), spectral(-audio)
    assert after == pytest.approx(before, rel=1e-4, abs=1e-4)


@settings(max_examples=10)
@given(seeds)
def test_numbers_stay_within_their_bounds(seed: int) -> None:
    values = spectral(noisy(seed, RATE // 2))
    for name in ("centroid", "rolloff", "bandwidth"):
        assert 0 <= values[f"{name}_min"] <= values[f"{name}_max"] <= RATE / 2
    assert -100 <= values["flatness_min"] <= values["flatness_max"] <= 0
    for name in ("flux", "zero_crossings"):
        assert 0 <= values[f"{name}_min"] <= values[f"{name}_max"] <= 1
    for band in range(contrast.BANDS):
        assert 0 <= values[f"contrast_{band}_min"] <= values[f"contrast_{band}_max"] <= 100
    assert -100 <= values["rms_min"] <= values["rms_max"] <= 0
    assert values["level_range"] >= 0
    assert values["crest"] >= 0


@settings(max_examples=10)
@given(seeds)
def test_shares_are_parts_of_one(seed: int) -> None:
    values = spectral(noisy(seed, RATE // 2))
    shares = [values[f"{part}_share"] for part in ("bass", "middle", "treble")]
    assert all(0 <= share <= 1 for share in shares)
    np.testing.assert_allclose(sum(shares), 1.0, rtol=1e-5)


@settings(max_examples=10)
@given(seeds, seeds)
def test_stereo_is_described_as_the_mean_of_its_channels(left: int, right: int) -> None:
    channels = np.stack([noisy(seed, 2 * RATE) for seed in (left, right)], axis=1)
    samples = np.round(np.clip(channels, -1, 1) * 32_767).astype("<i2")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stereo.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((2, 2, RATE, len(samples), "NONE", ""))
            file.writeframes(samples.tobytes())
        stereo = decode(path).audio
    mono = (samples.astype(np.float32) / 32_768).mean(axis=1)
    assert spectral(stereo) == pytest.approx(spectral(mono), rel=1e-4, abs=1e-3)
