"""Folds part rows as asked, or say why they cannot."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from segue.errors import BadRequestError, BadTableError
from segue.evaluation.splits import folds, grouped


def test_a_row_is_tested_once_and_trained_on_otherwise() -> None:
    parts = folds(13, count=4)
    assert sorted(np.concatenate([test for _, test in parts]).tolist()) == list(range(13))
    for train, test in parts:
        assert sorted([*train.tolist(), *test.tolist()]) == list(range(13))


def test_unknown_artists_are_each_their_own() -> None:
    assert grouped(["a", "", "b", "a", ""]).tolist() == [0, 1, 2, 0, 3]
    parts = folds(10, artists=[""] * 10)
    assert [len(test) for _, test in parts] == [2] * 5


def test_one_large_artist_fills_a_fold_and_the_others_share_the_rest() -> None:
    artists = ["big"] * 10 + [f"a{row}" for row in range(20)]
    sizes = sorted(len(test) for _, test in folds(30, count=3, artists=artists))
    assert sizes == [10, 10, 10]


def test_artists_and_classes_together_are_spread_as_well_as_scikit_learn_does() -> None:
    rng = np.random.default_rng(0)
    artist = rng.zipf(1.6, size=600) % 90
    codes = (artist % 5 + rng.integers(0, 2, 600)) % 5

    def worst(tests: list[np.ndarray]) -> float:
        shares = np.array([np.bincount(codes[test], minlength=5) / len(test) for test in tests])
        return float(np.abs(shares - np.bincount(codes) / 600).max())

    ours = folds(600, artists=[str(each) for each in artist], classes=codes)
    theirs = StratifiedGroupKFold(5, shuffle=True, random_state=0).split(codes, codes, artist)
    assert worst([test for _, test in ours]) <= worst([test for _, test in theirs]) + 0.02


def test_the_seed_settles_chance() -> None:
    first, again, other = (
        [test.tolist() for _, test in folds(40, seed=seed)] for seed in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"n": 3}, "3 rows cannot be parted into 5 folds"),
        ({"n": 0}, "0 rows cannot"),
        ({"n": 1, "count": 2}, "1 row cannot"),
        ({"n": 9, "artists": ["a", "b", "c"] * 3}, "3 artists cannot be parted into 5 folds"),
        ({"n": 6, "classes": np.array([0, 0, 0, 2, 1, 1.0])}, "class 2 has one member"),
    ],
)
def test_too_few_are_refused_with_the_reason(options: dict, reason: str) -> None:
    with pytest.raises(BadTableError, match=reason):
        folds(options.pop("n"), **options)


def test_one_fold_is_refused() -> None:
    with pytest.raises(BadRequestError, match="1 folds leave nothing to train on"):
        folds(10, count=1)


def test_a_single_unknown_class_is_no_class_with_one_member() -> None:
    classes = np.array([0, 0, 1, 1, np.nan])
    assert len(folds(5, count=2, classes=classes)) == 2
