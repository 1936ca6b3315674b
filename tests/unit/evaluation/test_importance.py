"""What a model listens to is what it gets worse without."""

from __future__ import annotations

import numpy as np
import pytest

from contest import ROWS, TARGETS
from segue.attributes.model import Predictions
from segue.descriptors.extract import FAMILIES, NAMES
from segue.evaluation.importance import families, importance, merged, stem

RNG = np.random.default_rng(1)
FEATURES = RNG.normal(size=(ROWS, 4)).astype(np.float32)
FEATURES[:, 3] = FEATURES[:, 2]
TRUTH = {
    "bright": FEATURES[:, 0].astype(float),
    "loud": (FEATURES[:, 0] + 2 * FEATURES[:, 1]).astype(float),
    "mode": (FEATURES[:, 0] > 0).astype(float),
}
COLUMNS = {"one": np.array([0]), "two": np.array([1]), "twins": np.array([2, 3])}


def predict(features: np.ndarray) -> Predictions:
    """All of the truth, and a difference of twins that is always 0."""
    x = features.astype(float)
    twins = x[:, 2] - x[:, 3]
    major = (x[:, 0] > 0) * 0.8 + 0.1
    numbers = {"bright": x[:, 0] + twins, "loud": x[:, 0] + 2 * x[:, 1] + twins}
    return Predictions(numbers, {}, {}, {"mode": np.column_stack([1 - major, major])})


def test_only_what_is_listened_to_matters_and_families_are_shuffled_as_one() -> None:
    found = {
        (each.target, each.family): each
        for each in importance(predict, FEATURES, TRUTH, targets=TARGETS, columns=COLUMNS)
    }
    assert len(found) == 9
    assert found["bright", "one"].value > 1
    assert found["bright", "two"].value == 0
    assert found["loud", "two"].value > found["loud", "one"].value > 0
    assert found["mode", "one"].metric == "accuracy"
    assert 0.3 < found["mode", "one"].value < 0.7
    assert [found[target, "twins"].value for target in TRUTH] == [0, 0, 0]
    assert found["loud", "twins"].columns == 2


def test_the_seed_settles_it_and_features_are_left_as_they_are() -> None:
    before = FEATURES.copy()
    first, again, other = (
        importance(predict, FEATURES, TRUTH, targets=TARGETS, columns=COLUMNS, seed=seed)
        for seed in (1, 1, 2)
    )
    assert first == again != other
    assert np.array_equal(FEATURES, before)


def test_with_an_error_more_is_still_more_important() -> None:
    metrics = {"number": "rmse", "class": "log_loss"}
    found = importance(
        predict, FEATURES, TRUTH, targets=TARGETS, columns=COLUMNS, metrics=metrics, repeats=2
    )
    assert {each.metric for each in found} == {"rmse", "log_loss"}
    assert all(each.value > 0 for each in found if each.family == "one")


def test_folds_are_averaged() -> None:
    folds = [
        importance(predict, FEATURES, TRUTH, targets=TARGETS, columns=COLUMNS, seed=seed)
        for seed in (1, 2)
    ]
    whole = merged(folds)
    assert [each.family for each in whole] == [each.family for each in folds[0]]
    assert whole[0].value == pytest.approx((folds[0][0].value + folds[1][0].value) / 2)
    assert merged([]) == ()


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("timbre11_q25", "timbre"),
        ("d_pitch3_std", "d_pitch"),
        ("segment_seconds_mean", "segment_seconds"),
        ("segments_per_second", "segments_per_second"),
        ("mfcc20_var", "mfcc"),
        ("mfcc_delta_3_mean", "mfcc_delta"),
        ("tempo", "tempo"),
        ("mean", "mean"),
        ("12", "12"),
    ],
)
def test_a_column_is_in_the_family_of_its_stem(name: str, family: str) -> None:
    assert stem(name) == family


def test_our_descriptors_are_in_their_own_families() -> None:
    found = families(NAMES)
    assert list(found) == [family.name for family in FAMILIES]
    assert sum(map(len, found.values())) == len(NAMES)
    assert [NAMES[place] for place in found["key"]] == list(FAMILIES[8].names)
    assert list(families(("timbre0_mean", "loud", "timbre1_mean"))) == ["timbre", "loud"]
