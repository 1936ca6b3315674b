"""Who is judged: predictions with a name, and those that anybody could make without listening.

A model that is worth anything beats the mean of the training tracks (numbers) and the most
frequent class with the frequencies as probabilities (classes): `constant`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.attributes.model import Predictions
from segue.evaluation.findings import Standing
from segue.evaluation.splits import of_group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.attributes.targets import Target, TargetSet
    from segue.evaluation.findings import Role
    from segue.evaluation.splits import Folds
    from segue.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Contender:
    """One set of predictions in a comparison.

    Attributes
    ----------
    model
        Its name: "stack", "svm", "mean".
    pipeline
        The descriptors it saw: "mfcc", "statistical", "both", or "columns" of a table.
    role
        "model", "member" or "baseline".
    predicted
        What it said of every row. A target may be missing, and so may intervals; rows that no
        fold tests may hold NaN.
    """

    model: str
    pipeline: str
    role: Role
    predicted: Predictions

    @property
    def standing(self) -> Standing:
        """Who it is, without what it said."""
        return Standing(self.model, self.pipeline, self.role)


def constant(
    targets: TargetSet,
    truth: Mapping[str, Floats],
    folds: Folds | Mapping[str, Folds] = (),
) -> Predictions:
    """The same answer for every track: the mean, or how frequent each class is.

    Parameters
    ----------
    targets
        What is asked.
    truth
        True values by target, NaN where unknown; a target may be missing.
    folds
        Each test part is told what its training part holds. Without folds all rows are told what
        they themselves hold, the best constant there is.

    Returns
    -------
    Predictions
        Without intervals. NaN in rows no fold tests; even chances where nothing is known.
    """
    numbers: dict[str, Floats] = {}
    classes: dict[str, Floats] = {}
    for group in targets.groups:
        for target in group.targets:
            if target.name not in truth:
                continue
            values = truth[target.name]
            parts = of_group(folds, group.name)
            everyone = np.arange(len(values))
            width = 1 if target.kind == "number" else len(target.labels)
            said = np.full((len(values), width), np.nan)
            for train, test in parts or ((everyone, everyone),):
                said[test] = _told(target, values[train])
            if target.kind == "number":
                numbers[target.name] = said[:, 0]
            else:
                classes[target.name] = said
    return Predictions(numbers, {}, {}, classes)


def _told(target: Target, values: Floats) -> Floats:
    """The mean, shape (1,), or the shares of the classes, shape (k,)."""
    there = values[~np.isnan(values)]
    if target.kind == "number":
        return np.array([there.mean() if len(there) else np.nan])
    count = len(target.labels)
    held = np.bincount(there.astype(np.int64), minlength=count).astype(np.float64)
    shares: Floats = held / held.sum() if len(there) else np.full(count, 1 / count)
    return shares
