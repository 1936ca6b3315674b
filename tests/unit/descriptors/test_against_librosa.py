"""Our frames and librosa's agree to 1e-4 of their range (they do to 1e-6)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from segue.descriptors import brightness, timbre
from segue.descriptors.frames import Sound
from segue.descriptors.mel import mel_bank
from segue.descriptors.summary import STATISTICS, summarise

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 22_050
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def librosa() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import librosa
        import librosa.feature
    return librosa


def clip(kind: str) -> NDArray[np.float32]:
    rng = np.random.default_rng(5)
    times = np.arange(4 * RATE) / RATE
    sounds = {
        "noise": 0.1 * rng.standard_normal(len(times)),
        "sweep": 0.5 * np.sin(2 * np.pi * (80 + 600 * times**2) * times),
        "beats": (times % 0.5 < 0.05) * rng.standard_normal(len(times)) * 0.3
        + 0.1 * np.sin(2 * np.pi * 220 * times),
        "quiet": 1e-4 * rng.standard_normal(len(times)) * np.sin(times),
    }
    return sounds[kind].astype(np.float32)


def apart(ours: NDArray[Any], theirs: NDArray[Any]) -> float:
    """Largest difference as a share of the range of theirs."""
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max() / np.ptp(theirs))


@pytest.mark.parametrize("kind", ["noise", "sweep", "beats", "quiet"])
def test_frames_agree(kind: str, librosa: Any) -> None:
    audio = clip(kind)
    sound = Sound(audio, rate=RATE)
    same = {"y": audio, "sr": RATE, "pad_mode": "reflect"}
    feature = librosa.feature
    theirs = feature.mfcc(n_mfcc=13, **same)
    ours = timbre.mfcc(sound)
    pairs = {
        "mel40": (sound.mel40, feature.melspectrogram(n_mels=40, **same)),
        "mel128": (sound.mel128, feature.melspectrogram(n_mels=128, **same)),
        "mfcc": (ours, theirs),
        "delta": (timbre.differences(ours, order=1), feature.delta(theirs)),
        "delta2": (timbre.differences(ours, order=2), feature.delta(theirs, order=2)),
        "centroid": (brightness.centroid(sound)[:, None], feature.spectral_centroid(**same)),
        "rms": (sound.rms[:, None], feature.rms(y=audio)),
    }
    differences = {name: apart(mine, other.T) for name, (mine, other) in pairs.items()}
    assert {name: value for name, value in differences.items() if value > TOLERANCE} == {}


@pytest.mark.parametrize(("rate", "bands"), [(22_050, 40), (22_050, 128), (44_100, 64)])
def test_mel_banks_agree(rate: int, bands: int, librosa: Any) -> None:
    theirs = librosa.filters.mel(sr=rate, n_fft=2048, n_mels=bands)
    np.testing.assert_allclose(mel_bank(rate, bands=bands, bins=1025), theirs, atol=1e-8)


def test_the_bank_covers_every_frequency_between_its_first_and_last_centre() -> None:
    covered = mel_bank(RATE, bands=40, bins=1025).sum(axis=0)
    assert (covered[5:1020] > 0).all()


@pytest.mark.realdata
def test_frames_of_real_music_agree(librosa: Any, shared_data: Path) -> None:
    from segue.audio.decode import decode

    path = sorted((shared_data / "audio" / "cc").rglob("*.mp3"))[7]
    audio = decode(path).audio
    ours = timbre.mfcc(Sound(audio, rate=RATE))
    theirs = librosa.feature.mfcc(y=audio, sr=RATE, n_mfcc=13, pad_mode="reflect")
    assert apart(ours, theirs.T) < TOLERANCE
    assert apart(timbre.differences(ours, order=2), librosa.feature.delta(theirs, order=2).T) < (
        TOLERANCE
    )


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5, 100])
def test_statistics_are_numpys(frames: int) -> None:
    values = np.random.default_rng(frames).normal(size=(frames, 3)).astype(np.float32)
    expected = {
        "mean": values.mean(axis=0),
        "std": values.std(axis=0),
        "min": values.min(axis=0),
        "max": values.max(axis=0),
        "median": np.median(values, axis=0),
        "q25": np.quantile(values, 0.25, axis=0),
        "q75": np.quantile(values, 0.75, axis=0),
    }
    assert tuple(expected) == STATISTICS
    np.testing.assert_allclose(
        summarise(values), np.stack(list(expected.values()), axis=1), rtol=1e-5, atol=1e-6
    )
