"""What training hands to the export: fitted stacks, one record a group, and what each predicts.

`predict` of each is the definition; the graph that `segue.training.export` writes computes the same
in ONNX, and `segue.training.export.parity` compares the two. All of it starts from raw float32
features, shape (n, d), and gives float64 by the name of the graph's meaning: ``value``, ``low`` and
``high`` of numbers, shape (n, targets); probabilities of classes by target, shape (n, classes).

Level 0 is what the members say, side by side: member 0's numbers for every target, then member
1's, … For classes it is their log-probabilities, none below `FAINT`, since a member that has never
met a class would otherwise veto it for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from segue.attributes.scales import Scale
    from segue.attributes.targets import Group, Target
    from segue.types import Floats, Rows, Vectors

FAINT = 1e-6
"""The smallest probability whose logarithm level 1 sees."""

TURNS, MODES = 12, 2


@dataclass(frozen=True, slots=True, eq=False)
class FittedMember:
    """One model of level 0.

    Attributes
    ----------
    name
        The word for it in reports.
    estimator
        A fitted scikit-learn pipeline on raw features. Of numbers, `predict` gives them on their
        scales, shape (n, targets); of classes, `predict_proba` gives shape (n, classes).
    """

    name: str
    estimator: Any

    def log_chances(self, features: Vectors) -> Floats:
        """Log-probabilities of the classes, shape (n, classes)."""
        chances = np.asarray(self.estimator.predict_proba(features), dtype=np.float64)
        logs: Floats = np.log(np.clip(chances, FAINT, 1.0))
        return logs


@dataclass(frozen=True, slots=True, eq=False)
class FittedBand:
    """How far off a predicted number may be.

    Attributes
    ----------
    low, high
        Of every target a regressor of that end on level 0 (float32).
    widen
        How far both are moved outwards, shape (targets,); below 0 moves them inwards.
    """

    low: tuple[Any, ...]
    high: tuple[Any, ...]
    widen: Floats

    def ends(self, level0: Floats) -> tuple[Floats, Floats]:
        """Both ends, as yet neither around the value nor within the target's."""
        seen = level0.astype(np.float32)
        low, high = (
            np.column_stack([np.asarray(end.predict(seen), dtype=np.float64) for end in ends])
            for ends in (self.low, self.high)
        )
        return low - self.widen, high + self.widen


@dataclass(frozen=True, slots=True, eq=False)
class FittedNumbers:
    """The stack of one group of numbers.

    Attributes
    ----------
    group
        What it predicts.
    scales
        Of every target: the scale its members predict on.
    members
        Level 0.
    weights, intercept
        Level 1: shape (members × targets, targets) and (targets,).
    band
        The intervals.
    """

    group: Group
    scales: tuple[Scale, ...]
    members: tuple[FittedMember, ...]
    weights: Floats
    intercept: Floats
    band: FittedBand

    def level0(self, features: Vectors) -> Floats:
        """What the members say, off the scales, shape (n, members × targets)."""
        said = []
        for member in self.members:
            scaled = np.asarray(member.estimator.predict(features), dtype=np.float64)
            columns = scaled.reshape(len(features), len(self.scales)).T
            pairs = zip(self.scales, columns, strict=True)
            said += [scale.inverse(column) for scale, column in pairs]
        return np.column_stack(said)

    def predict(self, features: Vectors) -> dict[str, Floats]:
        """``value``, ``low`` and ``high``: low ≤ value ≤ high, within the ends of each target."""
        level0 = self.level0(features)
        ends = self.ends
        value = np.clip(level0 @ self.weights + self.intercept, *ends)
        low, high = self.band.ends(level0)
        low = np.clip(np.minimum(low, value), *ends)
        high = np.clip(np.maximum(high, value), *ends)
        return {"value": value, "low": low, "high": high}

    @property
    def ends(self) -> tuple[Floats, Floats]:
        """The least and the most of each target, shape (targets,)."""
        targets = self.group.targets
        return np.array([each.low for each in targets]), np.array([each.high for each in targets])


@dataclass(frozen=True, slots=True, eq=False)
class FittedClasses:
    """The stack of one target that is a class.

    Attributes
    ----------
    group, target
        What it predicts.
    members
        Level 0; each knows every class.
    weights, intercept
        Level 1: shape (members × classes, classes) and (classes,). The probabilities are the
        softmax of ``level0 @ weights + intercept``.
    """

    group: Group
    target: Target
    members: tuple[FittedMember, ...]
    weights: Floats
    intercept: Floats

    def level0(self, features: Vectors) -> Floats:
        """Log-probabilities, shape (n, members × classes)."""
        return np.concatenate([each.log_chances(features) for each in self.members], axis=1)

    def predict(self, features: Vectors) -> dict[str, Floats]:
        """Probabilities by the target's name."""
        scores = self.level0(features) @ self.weights + self.intercept
        return {self.target.name: _softmax(scores)}


@dataclass(frozen=True, slots=True, eq=False)
class FittedKey:
    """The stack of key and mode together, asked at twelve turns of the pitch classes.

    Attributes
    ----------
    group
        Two targets: the key, twelve classes, and the mode, minor and major.
    members
        Each gives three probabilities of a turned track: the tonic is not here, here in minor,
        here in major.
    turns
        Which feature stands where at each turn, shape (12, taken); not all need be taken.
    weights, intercept
        Level 1, the same at every turn: shape (members × 3, 2) and (2,), minor first. One softmax
        over the 24 scores of a track makes probabilities of them.
    """

    group: Group
    members: tuple[FittedMember, ...]
    turns: Rows
    weights: Floats
    intercept: Floats

    def level0(self, features: Vectors) -> Floats:
        """Log-probabilities, shape (12 n, members × 3): the turns of a track follow each other."""
        turned = features[:, self.turns].reshape(-1, self.turns.shape[1])
        return np.concatenate([each.log_chances(turned) for each in self.members], axis=1)

    def predict(self, features: Vectors) -> dict[str, Floats]:
        """Probabilities of the keys and of the modes, by the names of the two targets."""
        scores = self.level0(features) @ self.weights + self.intercept
        joint = _softmax(scores.reshape(len(features), -1)).reshape(-1, TURNS, MODES)
        key, mode = self.group.targets
        return {key.name: joint.sum(axis=2), mode.name: joint.sum(axis=1)}


Fitted: TypeAlias = FittedNumbers | FittedClasses | FittedKey


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares
