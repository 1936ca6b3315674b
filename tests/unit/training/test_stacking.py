"""Stacks: out of fold means never seen, artists stay on one side, level 1 weighs what is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline

from learnable import BRIGHT, MOOD, NUMBERS, world
from segue.attributes.targets import Group
from segue.evaluation.numbers import r2
from segue.training import members
from segue.training.choice import RIDGE, choose
from segue.training.stacking import (
    Problem,
    classes_out_of_fold,
    members_for,
    numbers_out_of_fold,
    stack_classes,
    stack_numbers,
    weigh_classes,
    weigh_numbers,
)

STARTS = {member.name: member.start for member in members.NUMBERS}
CLASS_STARTS = {member.name: member.start for member in members.CLASSES}


def problem(columns: tuple[str, ...] = ("bright", "wild"), **options: object) -> Problem:
    examples = world(**options)
    truth = np.column_stack([examples.values[column] for column in columns])
    return Problem(examples.features, truth, examples.artists, examples.names)


class ByHeart(BaseEstimator):
    """A model that knows what it was shown by heart, and says 9 of anything else."""

    def fit(self, features, scaled):
        self.seen_ = {row.tobytes(): value for row, value in zip(features, scaled, strict=True)}
        return self

    def predict(self, features):
        return np.array([self.seen_.get(row.tobytes(), np.full(2, 9.0)) for row in features])


def test_what_is_out_of_fold_was_never_shown_to_the_member() -> None:
    learned = problem()
    by_heart = replace(
        members.NUMBERS[0], build=lambda params, shape, seed: make_pipeline(ByHeart())
    )
    parts = learned.folds(count=5, seed=1)
    said = numbers_out_of_fold(learned, NUMBERS, [(by_heart, {})], parts, seed=1)
    # 9 lies beyond every scale: "plain memory" would be the truth itself, an unseen row the end.
    assert (said >= np.quantile(learned.truth, 0.98, axis=0)).all()


def test_no_artist_stands_on_both_sides_of_level_0() -> None:
    learned = problem()
    artists = np.array(learned.artists)
    for train, test in learned.folds(count=5, seed=3):
        assert not set(artists[train]) & set(artists[test])


def test_a_stack_learns_what_can_be_learned_and_keeps_up_with_its_best_member() -> None:
    learned, asked = problem(), problem(seed=8)
    fitted = stack_numbers(learned, NUMBERS, STARTS, folds=3, seed=1)
    said = fitted.predict(asked.features)
    score = r2(asked.truth[:, 0], said["value"][:, 0])
    assert score > 0.7
    level0 = fitted.level0(asked.features)
    alone = [r2(asked.truth[:, 0], level0[:, 2 * at]) for at in range(len(members.NUMBERS))]
    assert score > max(alone) - 0.05
    inside = (said["low"] <= asked.truth) & (asked.truth <= said["high"])
    assert inside.mean() > 0.8


def test_a_target_that_follows_from_nothing_is_not_predicted() -> None:
    learned, asked = problem(shuffled=True), problem(seed=8, shuffled=True)
    fitted = stack_numbers(learned, NUMBERS, STARTS, folds=3, seed=1)
    said = fitted.predict(asked.features)["value"]
    assert [r2(asked.truth[:, at], said[:, at]) <= 0.02 for at in range(2)] == [True, True]


def test_the_same_seed_gives_the_same_stack() -> None:
    learned = problem(count=80)
    first, second = (stack_numbers(learned, NUMBERS, STARTS, folds=3, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first.weights, second.weights)
    said = [each.predict(learned.features)["value"] for each in (first, second)]
    np.testing.assert_array_equal(*said)


def test_one_target_alone_is_a_group_too() -> None:
    learned = problem(("bright",), count=80)
    fitted = stack_numbers(learned, Group("one", (BRIGHT,)), STARTS, folds=3, seed=1)
    assert fitted.predict(learned.features[:5])["value"].shape == (5, 1)


def test_a_member_that_speaks_against_the_truth_gets_no_weight() -> None:
    random = np.random.default_rng(1)
    truth = random.normal(size=(60, 2))
    said = np.column_stack([truth + random.normal(scale=0.5, size=(60, 2)), -truth])
    weights, intercept = weigh_numbers(said, truth)
    assert weights.shape == (4, 2)
    assert (weights >= 0).all()
    np.testing.assert_array_equal(weights[2:], 0.0)
    assert weights[0, 1] == weights[1, 0] == 0.0
    assert weights[0, 0] > 0.5
    assert intercept.shape == (2,)


def test_classes_are_weighed_by_log_probabilities() -> None:
    learned, asked = problem(("mood",)), problem(("mood",), seed=8)
    group = Group("mood", (MOOD,))
    fitted = stack_classes(learned, group, MOOD, CLASS_STARTS, folds=3, seed=1)
    chances = fitted.predict(asked.features)["mood"]
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    assert (chances.argmax(axis=1) == asked.truth[:, 0]).mean() > 0.65


def test_a_class_no_fold_has_shown_a_member_is_all_but_impossible() -> None:
    learned = problem(("mood",), count=60)
    train = np.flatnonzero(learned.truth[:, 0] != 2)
    test = np.flatnonzero(learned.truth[:, 0] == 2)
    logistic = members.CLASSES[-1]
    said = classes_out_of_fold(learned, 3, [(logistic, logistic.start)], [(train, test)], seed=1)
    np.testing.assert_allclose(said[test, 2], np.log(1e-6))
    assert (said[test, :2] > np.log(1e-6)).any(axis=1).all()


@pytest.mark.parametrize(("rarest", "takes_part"), [(2, False), (3, True)])
def test_a_machine_of_support_vectors_needs_enough_of_every_class(
    rarest: int, takes_part: bool
) -> None:
    codes = np.array([0.0] * 20 + [1.0] * rarest)
    rows = np.arange(len(codes))
    names = {member.name for member in members_for(codes, [(rows, rows)])}
    assert ("svm" in names) is takes_part
    assert {"forest", "boosted", "logistic"} <= names


def test_members_are_weighed_by_what_they_are_worth() -> None:
    random = np.random.default_rng(1)
    codes = random.integers(3, size=400)
    knows = np.eye(3)[codes] * 2 + random.normal(size=(400, 3))
    guesses = random.normal(size=(400, 3))
    weights, intercept = weigh_classes(np.column_stack([knows, guesses]), codes.astype(float), 3)
    assert weights.shape == (6, 3)
    assert intercept.shape == (3,)
    assert np.diag(weights[:3]).mean() > 1.5
    np.testing.assert_allclose(weights[3:], 0.0, atol=0.25)
    np.testing.assert_allclose(weights[:3], weights[0, 0] * np.eye(3))


def test_with_two_options_the_choice_is_a_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(1)
    apart, codes = random.normal(size=(80, 3)), random.integers(2, size=80)
    options = np.stack([np.zeros((80, 3)), apart], axis=1)
    theirs = LogisticRegression(C=1 / (2 * RIDGE * 80), fit_intercept=False, tol=1e-10)
    np.testing.assert_allclose(choose(options, codes), theirs.fit(apart, codes).coef_[0], atol=1e-3)
