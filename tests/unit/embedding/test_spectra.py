"""Declared spectrograms are librosa's, frame by frame."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from segue.descriptors.frames import Sound
from segue.descriptors.mel import Bank, mel_bank
from segue.embedding.fronts import front_of
from segue.embedding.spectra import LEVELS, at_rate, levelled, spectrum

RATE = 22_050


@pytest.fixture(scope="module")
def librosa() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import librosa
        import librosa.feature
    return librosa


@pytest.fixture(scope="module")
def sound() -> Sound:
    rng = np.random.default_rng(3)
    times = np.arange(RATE * 3) / RATE
    sweep = 0.3 * np.sin(2 * np.pi * (200 * times + 800 * times**2)) * np.exp(-times)
    noise = 0.01 * rng.standard_normal(len(times))
    return Sound((sweep + noise).astype(np.float32), rate=RATE)


@pytest.mark.parametrize("scale", ["slaney", "htk"])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("rate", "fft", "hop", "window", "centred", "magnitude"),
    [
        (RATE, 2048, 512, 2048, True, False),
        (RATE, 1024, 320, 1024, True, False),
        (16_000, 512, 160, 400, False, True),
        (32_000, 1024, 320, 1000, True, True),
    ],
)
def test_windows_are_librosas_mel_spectrogram(
    scale: str,
    level: str,
    rate: int,
    fft: int,
    hop: int,
    window: int,
    centred: bool,
    magnitude: bool,
    librosa: Any,
    sound: Sound,
) -> None:
    front = front_of(
        {
            **{"kind": "mel", "rate": rate, "fft": fft, "hop": hop, "window": window},
            **{"bands": 48, "low": 60, "high": 7_600, "scale": scale, "centred": centred},
            **{"frames": 32, "magnitude": magnitude, "equal": scale == "slaney", "level": level},
            **{"gain": 100.0, "offset": 1e-3, "span": 60 if level == "db" else None},
        }
    )
    theirs = librosa.feature.melspectrogram(
        y=at_rate(sound, rate),
        sr=rate,
        n_fft=fft,
        hop_length=hop,
        win_length=window,
        center=centred,
        pad_mode="reflect",
        power=1.0 if magnitude else 2.0,
        n_mels=48,
        fmin=60,
        fmax=7_600,
        htk=scale == "htk",
        norm="slaney" if scale == "slaney" else None,
    ).T
    wanted = {
        "power": lambda mel: 100 * mel,
        "db": lambda mel: librosa.power_to_db(100 * mel, amin=1e-3, top_db=60),
        "log": lambda mel: np.log(100 * mel + 1e-3),
        "log1p": lambda mel: np.log1p(100 * mel),
    }[level](theirs)
    ours = front.windows(sound, 4)
    starts = np.round(np.linspace(0, len(wanted) - 32, 4)).astype(int)
    for window_of_ours, start in zip(ours, starts, strict=True):
        expected = wanted[start : start + 32]
        reach = float(np.ptp(wanted))
        np.testing.assert_allclose(window_of_ours, expected, atol=1e-4 * reach)


def test_a_bank_may_be_tensorflows(librosa: Any) -> None:
    # Its triangles are straight over mels: weight falls from 1 at a centre to 0 at the next.
    bank = mel_bank(
        16_000,
        bands=64,
        bins=257,
        bank=Bank(low=125, high=7_500, scale="htk", equal=False, slopes="mel"),
    )
    mels = librosa.hz_to_mel(np.linspace(0, 8_000, 257), htk=True)
    edges = np.linspace(*librosa.hz_to_mel(np.array([125, 7_500]), htk=True), 66)
    step = edges[1] - edges[0]
    expected = np.maximum(0, 1 - np.abs(mels - edges[1:-1, None]) / step)
    np.testing.assert_allclose(bank, expected, atol=1e-6)


def test_frames_that_are_everyones_are_not_made_again(sound: Sound) -> None:
    options = {"fft": 2048, "hop": 512, "size": 2048, "centred": True}
    assert spectrum(sound, RATE, **options, magnitude=False) is sound.power
    assert spectrum(sound, RATE, **options, magnitude=True) is sound.magnitude
    assert at_rate(sound, RATE) is sound.audio
    assert at_rate(sound, 16_000) is at_rate(sound, 16_000)


@pytest.mark.parametrize("samples", [1, 2, 100, 511, 512])
@pytest.mark.parametrize("centred", [True, False])
def test_a_clip_of_a_few_samples_has_a_frame(samples: int, centred: bool) -> None:
    short = Sound(np.full(samples, 0.1, dtype=np.float32), rate=RATE)
    shown = spectrum(short, RATE, fft=512, hop=160, size=400, centred=centred, magnitude=False)
    assert len(shown) >= 1
    assert shown.shape[1] == 257
    assert np.isfinite(shown).all()


def test_silence_has_levels(sound: Sound) -> None:
    mel = np.zeros((3, 4), dtype=np.float32)
    options = {"gain": 1.0, "offset": 1e-10, "span": None}
    for level in LEVELS:
        for relative in (False, True):
            made = levelled(mel, level, **options, relative=relative)
            assert np.isfinite(made).all(), level
    assert not mel.any()  # what was given stays as it was
