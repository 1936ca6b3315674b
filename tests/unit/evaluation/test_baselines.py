"""Baselines are what they say they are, and with folds nothing of the judged tracks is known."""

from __future__ import annotations

import numpy as np
import pytest

from segue.descriptors.extract import NAMES, PIPELINES
from segue.errors import BadRequestError
from segue.evaluation import baselines
from segue.evaluation.retrieval import cosines
from segue.spaces.descriptors import CLIP, standardised

RNG = np.random.default_rng(8)
RAW = (RNG.normal(size=(30, len(NAMES))) * RNG.uniform(1, 50, len(NAMES))).astype(np.float32)
ROWS = np.arange(30)
FOLDS = tuple((ROWS[part != ROWS % 3], ROWS[part == ROWS % 3]) for part in range(3))


def test_cepstra_are_compared_as_they_are() -> None:
    first = len(PIPELINES["mfcc"])
    assert baselines.mfcc(RAW) == pytest.approx(cosines(RAW[:, :first]))


def test_descriptors_are_z_scored_and_clipped() -> None:
    raw = RAW.copy()
    raw[0, 0] = 1e6
    scaled = standardised(raw)
    assert np.abs(scaled).max() == CLIP
    ordinary = (raw - raw.mean(axis=0, dtype=np.float64)) / raw.std(axis=0, dtype=np.float64)
    assert scaled == pytest.approx(np.clip(ordinary, -CLIP, CLIP), abs=1e-4)
    assert baselines.descriptors(raw) == pytest.approx(cosines(scaled))


@pytest.mark.parametrize("baseline", [baselines.descriptors, baselines.mel])
def test_with_folds_the_judged_tracks_have_no_say_in_what_is_fitted(baseline) -> None:
    before = baseline(RAW[:, :12], folds=FOLDS)
    train, test = FOLDS[0]
    alone = baseline(
        np.concatenate([RAW[test, :12], RAW[train, :12]]),
        folds=[(np.arange(len(test), 30), np.arange(len(test)))],
    )
    assert before[np.ix_(test, test)] == pytest.approx(alone[: len(test), : len(test)])
    pair = test[:2]
    moved = RAW[:, :12].copy()
    moved[test[2:]] *= 100
    after = baseline(moved, folds=FOLDS)
    assert after[np.ix_(pair, pair)] == pytest.approx(before[np.ix_(pair, pair)])


def test_mel_statistics_are_means_and_deviations() -> None:
    decibels = RNG.normal(size=(50, 128)).astype(np.float32)
    found = baselines.mel_statistics(decibels)
    assert found.shape == (256,)
    assert found[:128] == pytest.approx(decibels.mean(axis=0), abs=1e-6)
    assert found[128:] == pytest.approx(decibels.std(axis=0), abs=1e-6)


def test_all_axes_keep_every_angle_around_the_mean() -> None:
    raw = RAW[:, : baselines.AXES // 2].astype(np.float64)
    assert baselines.mel(raw) == pytest.approx(cosines(raw - raw.mean(axis=0)), abs=1e-9)


def test_bliss_is_a_distance_and_its_weights_count() -> None:
    numbers = RNG.normal(size=(6, 23)).astype(np.float32)
    plain, weighted = baselines.bliss(numbers), baselines.bliss(numbers, weighted=True)
    apart = numbers[0].astype(np.float64) - numbers[1]
    assert plain[0, 1] == pytest.approx(-np.linalg.norm(apart))
    assert weighted[0, 1] == pytest.approx(-np.sqrt(np.square(apart) @ baselines.BLISS_WEIGHTS))
    assert sum(baselines.BLISS_WEIGHTS) == pytest.approx(0.25 + 9 + 3)
    with pytest.raises(BadRequestError, match="gave 20 numbers"):
        baselines.bliss(numbers[:, :20], weighted=True)


def test_chance_is_the_same_for_the_same_seed() -> None:
    assert (baselines.random(5) == baselines.random(5)).all()
    assert (baselines.random(5, seed=1) != baselines.random(5)).any()
