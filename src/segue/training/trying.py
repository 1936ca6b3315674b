"""Trying one member with one set of parameters, fold by fold: what a search asks.

Fronts are the dear part of cheap members and the same for many trials, so each fold remembers what
it looked like behind each front.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.evaluation.classes import f1_weighted
from segue.evaluation.numbers import r2
from segue.training.profiles import Profiles
from segue.training.rotations import ALONE, keys_of, kinds, levels, said_of_turns, turned, turns_of
from segue.training.stacking import fit_scales, said_of_classes, said_of_numbers, shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from segue.attributes.targets import Group
    from segue.training.members import Member
    from segue.training.stacking import Problem
    from segue.types import Rows, Vectors


class Fold:
    """The rows of one fold as members see them, remembered by front.

    Parameters
    ----------
    train, test
        Features of the rows to be fitted to, and of those to be asked about.
    """

    def __init__(self, train: Vectors, test: Vectors) -> None:
        self._train, self._test = train, test
        self._seen: dict[str, tuple[Vectors, Vectors]] = {}

    @property
    def shape(self) -> tuple[int, int]:
        """Rows to be fitted to, and features."""
        rows, features = self._train.shape
        return rows, features

    def behind(self, pipeline: Any) -> tuple[Vectors, Vectors, Any]:  # noqa: ANN401
        """Both parts behind the front of a pipeline, and the model that stands there."""
        *front, model = [step for _, step in pipeline.steps]
        key = repr(front)
        if key not in self._seen:
            train, test = self._train, self._test
            for step in front:
                train = step.fit_transform(train)
                test = step.transform(test)
            self._seen[key] = (train, test)
        return (*self._seen[key], model)


def tried_on_numbers(
    problem: Problem, group: Group, parts: Sequence[tuple[Rows, Rows]], *, seed: int
) -> Callable[[Member, Mapping[str, Any]], Iterator[float]]:
    """A function that gives the mean R² of a group's targets, one a fold."""
    folds = _folds(problem, parts)
    fitted = [fit_scales(group, problem.truth[train]) for train, _ in parts]

    def score(member: Member, params: Mapping[str, Any]) -> Iterator[float]:
        for fold, scales, (train, test) in zip(folds, fitted, parts, strict=True):
            seen, asked, model = fold.behind(member.build(params, fold.shape, seed))
            truth = problem.truth[train]
            scaled = np.column_stack([s.forward(truth[:, at]) for at, s in enumerate(scales)])
            said = said_of_numbers(model.fit(seen, shaped(member, scaled)), asked, scales)
            pairs = zip(problem.truth[test].T, said.T, strict=True)
            scores = [float(r2(*pair)) for pair in pairs]
            # A target that is the same all over a test part has no R² there, whoever predicts it.
            defined = [score for score in scores if not math.isnan(score)]
            if defined:
                yield sum(defined) / len(defined)

    return score


def _folds(problem: Problem, parts: Sequence[tuple[Rows, Rows]]) -> list[Fold]:
    """The folds as members see them."""
    seen = problem.features
    for step in problem.view:
        seen = step.fit_transform(seen)
    return [Fold(seen[train], seen[test]) for train, test in parts]


def tried_on_classes(
    problem: Problem, count: int, parts: Sequence[tuple[Rows, Rows]], *, seed: int
) -> Callable[[Member, Mapping[str, Any]], Iterator[float]]:
    """A function that gives the weighted F1 of a class, one a fold."""
    folds = _folds(problem, parts)
    codes = problem.truth[:, 0]

    def score(member: Member, params: Mapping[str, Any]) -> Iterator[float]:
        for fold, (train, test) in zip(folds, parts, strict=True):
            seen, asked, model = fold.behind(member.build(params, fold.shape, seed))
            present, dense = np.unique(codes[train].astype(np.int64), return_inverse=True)
            said = said_of_classes(model.fit(seen, dense), asked, present, count)
            yield float(f1_weighted(codes[test], np.exp(said)))

    return score


def tried_on_keys(
    problem: Problem, names: Sequence[str], parts: Sequence[tuple[Rows, Rows]], *, seed: int
) -> Callable[[Member, Mapping[str, Any]], Iterator[float]]:
    """A function that gives the mean weighted F1 of key and mode, one a fold.

    A member by itself is weighed by `segue.training.rotations.ALONE`.
    """
    turns = turns_of(names)
    front = Profiles(levels(names))
    keys, modes = problem.truth.T
    folds = [
        Fold(
            front.fit_transform(turned(problem.features[train], turns)),
            front.fit_transform(turned(problem.features[test], turns)),
        )
        for train, test in parts
    ]

    def score(member: Member, params: Mapping[str, Any]) -> Iterator[float]:
        for fold, (train, test) in zip(folds, parts, strict=True):
            seen, asked, model = fold.behind(member.build(params, fold.shape, seed))
            said = said_of_turns(model.fit(seen, kinds(keys[train], modes[train])), asked)
            key, mode = keys_of(said, ALONE, np.zeros(2))
            yield float((f1_weighted(keys[test], key) + f1_weighted(modes[test], mode)) / 2)

    return score
