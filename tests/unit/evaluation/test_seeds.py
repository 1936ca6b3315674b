"""Several trainings of one method: each, together, and how far they lie apart."""

from __future__ import annotations

import json

import numpy as np
import pytest

from segue.evaluation import seeds
from segue.evaluation.retrieval import METRICS, Gallery, cosines

RNG = np.random.default_rng(6)
CENTRES = RNG.normal(size=(20, 6))[np.arange(80) // 4]
GALLERY = Gallery([f"artist {row // 4}" for row in range(80)], [""] * 80, draws=100)
RUNS = [GALLERY.judge(cosines(CENTRES + RNG.normal(size=(80, 6)))) for _ in range(3)]
CHANCE = [GALLERY.judge(RNG.uniform(size=(80, 80)))]


def test_the_mean_and_spread_are_those_of_the_seeds() -> None:
    told = seeds.method(GALLERY, RUNS)
    for metric in ("artist_hit_1", "artist_precision_10", "artist_map"):
        each = [GALLERY.figure(run, metric).value for run in RUNS]
        assert told[metric]["seeds"] == pytest.approx(each, abs=1e-6)
        assert told[metric]["mean"] == pytest.approx(np.mean(each), abs=1e-6)
        assert told[metric]["spread"] == pytest.approx(np.std(each, ddof=1), abs=1e-6)
        assert told[metric]["low"] < told[metric]["mean"] < told[metric]["high"]
    assert told["genre_precision_10"]["mean"] is None
    assert told["hubness"]["mean"] == pytest.approx(
        np.mean([run.hubness for run in RUNS]), abs=1e-6
    )
    json.dumps(told, allow_nan=False)


def test_a_method_without_seeds_has_no_spread() -> None:
    told = seeds.method(GALLERY, CHANCE)["artist_map"]
    assert told["spread"] == 0.0
    assert told["seeds"] == [told["mean"]]


def test_pairs_tell_difference_and_ratio() -> None:
    told = seeds.pair(GALLERY, RUNS, CHANCE)
    assert list(told) == list(METRICS)
    ours, theirs = (
        np.mean([GALLERY.figure(run, "artist_map").value for run in runs])
        for runs in (RUNS, CHANCE)
    )
    assert told["artist_map"]["difference"]["value"] == pytest.approx(ours - theirs, abs=1e-6)
    assert told["artist_map"]["ratio"]["value"] == pytest.approx(ours / theirs, abs=1e-5)
    assert told["artist_map"]["ratio"]["low"] > 1


def test_what_alterations_keep_is_told_by_name() -> None:
    scores = cosines(CENTRES + RNG.normal(size=(80, 6)))
    rows = np.array([0, 7, 30])
    told = seeds.robustness(
        scores, {"louder": scores[rows], "cropped": RNG.uniform(size=(3, 80))}, queries=rows
    )
    assert told["louder"] == 1.0
    assert told["cropped"] < 0.5
