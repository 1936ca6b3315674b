"""Stacking: members of level 0, and a model of level 1 that weighs what they say.

Level 1 must learn from what members say of tracks they have *not* seen, else it trusts whoever
learned the training tracks by heart. So the training rows are parted into folds (whole artists
where artists are known, classes spread evenly), every member is fitted to all folds but one and
asked about that one, and the answers side by side are the **out-of-fold** matrix that level 1 is
fitted to (Wolpert, *Stacked generalization*, 1992). Then every member is fitted once more, to all
rows.

Numbers are learned on their scales (`segue.attributes.scales`) and brought back before level 1: it
is a ridge regression of the true numbers on the members' numbers with no weight below 0,
``w = argmin |y − (P w + b)|² + α |w|², w ≥ 0`` with α = 1. A member that speaks against the truth
out of fold, as all may where an artist's own level is what there is to learn, would else be turned
round and lead far astray (Breiman too asks for w ≥ 0: *Stacked regressions*, 1996). Classes are
weighed by a logistic regression on the members' log-probabilities with tied weights
(`segue.training.choice`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.attributes import scales
from segue.evaluation.splits import folds as parted
from segue.training.choice import choose
from segue.training.fitted import FAINT, FittedClasses, FittedMember, FittedNumbers
from segue.training.intervals import fit_band
from segue.training.invariants import Invariants
from segue.training.members import CLASSES, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.attributes.scales import Scale
    from segue.attributes.targets import Group, Target
    from segue.training.members import Member
    from segue.types import Floats, Rows, Vectors

ALPHA = 1.0
"""Of the ridge regression of level 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """One group of targets to be learned from some rows.

    Attributes
    ----------
    features
        Shape (n, d), float32.
    truth
        Shape (n, targets): numbers, or codes of one class; nothing is missing.
    artists
        Of every row, "" where unknown; None where the source names none.
    names
        Of the features.
    """

    features: Vectors
    truth: Floats
    artists: tuple[str, ...] | None
    names: tuple[str, ...]

    @property
    def view(self) -> tuple[Any, ...]:
        """The steps through which every member looks at the features."""
        front = Invariants.of(self.names)
        return (front,) if front.blocks else ()

    def __len__(self) -> int:
        """How many rows."""
        return len(self.features)

    def folds(self, *, count: int, seed: int, classes: Floats | None = None) -> Any:  # noqa: ANN401
        """Its rows parted: no artist on both sides, classes spread evenly."""
        return parted(len(self), count=count, seed=seed, artists=self.artists, classes=classes)


def said_of_numbers(estimator: Any, features: Vectors, fitted: Sequence[Scale]) -> Floats:  # noqa: ANN401
    """What a fitted member says of numbers, off their scales: shape (n, targets)."""
    scaled = np.asarray(estimator.predict(features), dtype=np.float64).reshape(len(features), -1)
    columns = [scale.inverse(scaled[:, place]) for place, scale in enumerate(fitted)]
    return np.column_stack(columns)


def said_of_classes(estimator: Any, features: Vectors, present: Rows, count: int) -> Floats:  # noqa: ANN401
    """Log-probabilities of `count` classes, shape (n, count); of those not `present`, the least."""
    chances = np.full((len(features), count), 0.0)
    chances[:, present] = estimator.predict_proba(features)
    logs: Floats = np.log(np.clip(chances, FAINT, 1.0))
    return logs


def built(
    member: Member,
    params: Mapping[str, Any],
    view: Sequence[Any],
    features: Vectors,
    *,
    seed: int,
) -> Any:  # noqa: ANN401
    """The unfitted pipeline of a member behind a view (steps that learn nothing)."""
    from sklearn.pipeline import make_pipeline

    seen = features[:1]
    for step in view:
        seen = step.fit_transform(seen)
    pipeline = member.build(params, (len(features), seen.shape[1]), seed)
    return make_pipeline(*view, *(step for _, step in pipeline.steps))


def fit_to_numbers(
    member: Member,
    params: Mapping[str, Any],
    problem: Problem,
    rows: Rows,
    *,
    fitted: Sequence[Scale],
    seed: int,
) -> Any:  # noqa: ANN401
    """One member fitted to numbers on their scales, from these rows."""
    features, truth = problem.features[rows], problem.truth[rows]
    scaled = np.column_stack([scale.forward(truth[:, at]) for at, scale in enumerate(fitted)])
    pipeline = built(member, params, problem.view, features, seed=seed)
    return pipeline.fit(features, shaped(member, scaled))


def shaped(member: Member, scaled: Floats) -> Floats:
    """One column as scikit-learn's forests want it."""
    return scaled.ravel() if member.name == "forest" and scaled.shape[1] == 1 else scaled


def fit_to_classes(
    member: Member,
    params: Mapping[str, Any],
    problem: Problem,
    rows: Rows,
    *,
    seed: int,
) -> tuple[Any, Rows]:
    """One member fitted to classes from these rows, and the codes of those it has met."""
    features, codes = problem.features[rows], problem.truth[rows, 0]
    present, dense = np.unique(codes.astype(np.int64), return_inverse=True)
    return built(member, params, problem.view, features, seed=seed).fit(features, dense), present


def fit_scales(group: Group, truth: Floats) -> tuple[Scale, ...]:
    """The scale of every target of a group of numbers, fitted to these rows."""
    return tuple(
        scales.fit(target.scale, truth[:, place], low=target.low, high=target.high)
        for place, target in enumerate(group.targets)
    )


def numbers_out_of_fold(
    problem: Problem,
    group: Group,
    members: Sequence[tuple[Member, Mapping[str, Any]]],
    parts: Sequence[tuple[Rows, Rows]],
    *,
    seed: int,
) -> Floats:
    """What members say of rows they have not seen: shape (n, members × targets).

    Scales are fitted within each fold too: not even the distribution of the left-out rows is known.
    """
    width = len(group.targets)
    said = np.empty((len(problem), len(members) * width))
    for train, test in parts:
        fitted = fit_scales(group, problem.truth[train])
        for place, (member, params) in enumerate(members):
            estimator = fit_to_numbers(member, params, problem, train, fitted=fitted, seed=seed)
            columns = slice(place * width, (place + 1) * width)
            said[test, columns] = said_of_numbers(estimator, problem.features[test], fitted)
    return said


def stack_numbers(
    problem: Problem,
    group: Group,
    params: Mapping[str, Mapping[str, Any]],
    *,
    folds: int,
    seed: int,
) -> FittedNumbers:
    """A whole stack for one group of numbers.

    Parameters
    ----------
    problem
        The training rows.
    params
        By member of `segue.training.members.NUMBERS`.
    folds
        In how many parts level 0 is asked out of fold.
    seed
        Settles folds, forests and rounds.
    """
    chosen = [(member, params[member.name]) for member in NUMBERS]
    parts = problem.folds(count=folds, seed=seed)
    said = numbers_out_of_fold(problem, group, chosen, parts, seed=seed)
    weights, intercept = weigh_numbers(said, problem.truth)
    fitted = fit_scales(group, problem.truth)
    everyone = np.arange(len(problem))
    final = tuple(
        FittedMember(
            member.name,
            fit_to_numbers(member, given, problem, everyone, fitted=fitted, seed=seed),
        )
        for member, given in chosen
    )
    band = fit_band(said, problem.truth, parts, seed=seed)
    return FittedNumbers(group, fitted, final, weights, intercept, band)


def weigh_numbers(said: Floats, truth: Floats) -> tuple[Floats, Floats]:
    """Level 1 of numbers: weights, shape (said, targets), and intercepts, shape (targets,).

    The numbers are ``said @ weights + intercepts``; of a target, only what is said of it counts.
    """
    from sklearn.linear_model import Ridge

    width = truth.shape[1]
    weights, intercepts = np.zeros((said.shape[1], width)), np.zeros(width)
    for place in range(width):
        level = Ridge(alpha=ALPHA, positive=True).fit(said[:, place::width], truth[:, place])
        weights[place::width, place] = level.coef_
        intercepts[place] = level.intercept_
    return weights, intercepts


def classes_out_of_fold(
    problem: Problem,
    count: int,
    members: Sequence[tuple[Member, Mapping[str, Any]]],
    parts: Sequence[tuple[Rows, Rows]],
    *,
    seed: int,
) -> Floats:
    """Log-probabilities members give rows they have not seen: shape (n, members × count)."""
    said = np.empty((len(problem), len(members) * count))
    for train, test in parts:
        for place, (member, params) in enumerate(members):
            estimator, present = fit_to_classes(member, params, problem, train, seed=seed)
            columns = slice(place * count, (place + 1) * count)
            said[test, columns] = said_of_classes(estimator, problem.features[test], present, count)
    return said


def stack_classes(
    problem: Problem,
    group: Group,
    target: Target,
    params: Mapping[str, Mapping[str, Any]],
    *,
    folds: int,
    seed: int,
) -> FittedClasses:
    """A whole stack for one class; parameters as `stack_numbers`.

    Every class of the target stands in the problem, each at least twice. A machine of support
    vectors takes no part where a class is too rare for its probabilities to be learned.
    """
    codes = problem.truth[:, 0]
    count = len(target.labels)
    parts = problem.folds(count=folds, seed=seed, classes=codes)
    chosen = [(member, params[member.name]) for member in members_for(codes, parts)]
    said = classes_out_of_fold(problem, count, chosen, parts, seed=seed)
    weights, intercept = weigh_classes(said, codes, count)
    everyone = np.arange(len(problem))
    final = tuple(
        FittedMember(
            member.name,
            fit_to_classes(member, given, problem, everyone, seed=seed)[0],
        )
        for member, given in chosen
    )
    return FittedClasses(group, target, final, weights, intercept)


def members_for(codes: Floats, parts: Sequence[tuple[Rows, Rows]]) -> tuple[Member, ...]:
    """Members that can learn these classes in every fold."""
    from segue.training.members import CALIBRATION

    rarest = min(int(np.unique(codes[train], return_counts=True)[1].min()) for train, _ in parts)
    return tuple(member for member in CLASSES if member.name != "svm" or rarest >= CALIBRATION)


def weigh_classes(said: Floats, codes: Floats, count: int) -> tuple[Floats, Floats]:
    """Level 1 of classes: weights, shape (said, count), and intercepts, shape (count,).

    Probabilities are the softmax of ``said @ weights + intercepts``. Each member has one weight
    for all classes, each class an intercept.
    """
    members = said.shape[1] // count
    spread = said.reshape(len(said), members, count).transpose(0, 2, 1)
    intercepts = np.broadcast_to(np.eye(count), (len(said), count, count))
    best = choose(np.concatenate([spread, intercepts], axis=2), codes.astype(np.int64))
    weights = np.concatenate([weight * np.eye(count) for weight in best[:members]])
    return weights, best[members:]
