"""Pitch classes and harmony of chords that are known."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from chords import RATE, cadence, played, triad
from segue.descriptors import chroma
from segue.descriptors.frames import Sound
from segue.descriptors.tuning import tuning

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = chroma.FAMILY.names


def heard(chords: Sequence[Sequence[float]], **how: Any) -> dict[str, float]:
    values = chroma.FAMILY.compute(Sound(played(chords, **how), rate=RATE))
    return dict(zip(NAMES, values.tolist(), strict=True))


def test_every_column_is_named_once() -> None:
    assert len(set(NAMES)) == len(NAMES) == 54
    assert len(heard([triad(60, 1)])) == 54


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", [0, 1])
def test_a_triad_of_pure_tones_is_its_three_pitch_classes(tonic: int, mode: int) -> None:
    sound = Sound(played([triad(60 + tonic, mode)] * 4, harmonics=1), rate=RATE)
    shares = chroma.profile(sound)
    third = 4 if mode else 3
    assert shares.sum() == pytest.approx(1)
    assert shares[[tonic, (tonic + third) % 12, (tonic + 7) % 12]].sum() > 0.97
    assert shares[[tonic, (tonic + third) % 12, (tonic + 7) % 12]].min() > 0.2


@pytest.mark.parametrize("cents", [-40, 40])
def test_detuning_changes_no_pitch_class(cents: int) -> None:
    straight, detuned = (
        chroma.profile(Sound(played(cadence(9, 0), cents=off), rate=RATE)) for off in (0, cents)
    )
    np.testing.assert_allclose(detuned, straight, atol=0.01)


def test_silence_favours_no_pitch_class() -> None:
    values = chroma.FAMILY.compute(Sound(np.zeros(RATE, dtype=np.float32), rate=RATE))
    found = dict(zip(NAMES, values.tolist(), strict=True))
    assert found["chroma_c_mean"] == found["chroma_fs_mean"] == pytest.approx(1 / 12)
    assert found["chroma_entropy_mean"] == pytest.approx(1)
    assert all(value == 0 for name, value in found.items() if name.endswith("_std"))
    assert found["chroma_fourier_5_mean"] == pytest.approx(0, abs=1e-6)


def test_a_chord_that_stays_has_no_change_and_a_progression_has() -> None:
    stays, moves = heard([triad(60, 1)] * 8), heard(cadence(0, 1) * 2)
    assert stays["harmonic_change_mean"] < 0.05 < 0.2 < moves["harmonic_change_mean"]
    assert stays["chroma_flux_mean"] < 0.05 < 0.1 < moves["chroma_flux_mean"] <= 1


@pytest.mark.parametrize(
    ("steps", "telling"),
    [((0, 1, 2), 1), ((0, 4, 8), 3), ((0, 3, 6, 9), 4), ((0, 7, 2, 9, 4), 5), ((0, 2, 4, 6), 6)],
    ids=["cluster", "augmented", "diminished", "fifths", "whole tones"],
)
def test_fourier_magnitudes_tell_the_kind_of_harmony(steps: tuple[int, ...], telling: int) -> None:
    turns = np.exp(-2j * np.pi * np.outer(np.arange(1, 7), steps) / 12)
    expected = np.abs(turns.mean(axis=1))
    assert expected[telling - 1] > 0.7
    for root in (61, 66):
        found = heard([[root + step for step in steps]] * 4, harmonics=1)
        magnitudes = [found[f"chroma_fourier_{number}_mean"] for number in range(1, 7)]
        np.testing.assert_allclose(magnitudes, expected, atol=0.1)


def test_tonal_centroids_are_hartes() -> None:
    one = np.eye(12)[[0, 7, 4]]
    centroids = chroma.centroids(one)
    np.testing.assert_allclose(centroids[0], [0, 1, 0, 1, 0, 0.5], atol=1e-12)
    # A fifth up is one twelfth of the circle of fifths, a third up a third of that of thirds.
    lengths = np.hypot(centroids[:, 0::2], centroids[:, 1::2])
    np.testing.assert_allclose(lengths, [[1, 1, 0.5]] * 3)
    cosines = [
        np.dot(centroids[0, :2], centroids[1, :2]),
        np.dot(centroids[0, 4:], centroids[2, 4:]),
    ]
    np.testing.assert_allclose(cosines, [np.cos(np.pi / 6), np.cos(2 * np.pi / 3) / 4])


def test_librosa_hears_the_same_pitch_classes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import librosa
    for tonic, mode, cents in ((0, 1, 0), (3, 0, -30), (6, 1, 30), (10, 0, 0)):
        audio = played(cadence(tonic, mode), cents=cents)
        sound = Sound(audio, rate=RATE)
        theirs = librosa.feature.chroma_stft(
            y=audio, sr=RATE, n_fft=8192, hop_length=4096, tuning=tuning(sound).cents / 100
        )
        # Theirs add up the power of all bins up to 11 kHz, ours the magnitude of peaks.
        assert np.corrcoef(chroma.profile(sound), theirs.mean(axis=1))[0, 1] > 0.96
