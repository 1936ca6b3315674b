"""Profiles of keys as features: how well a turned track fits each of them, and by how much best.

For every block of twelve numbers (one a pitch class, the candidate tonic first) and every profile
of `segue.descriptors.key` (three sources, major and minor), the correlation of the two; and the
same less the largest correlation that any of the twelve turns reaches. The first says how well the
candidate fits, the second whether another would fit better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from segue.descriptors.key import PROFILES

if TYPE_CHECKING:
    from segue.types import Floats, Vectors

TINY = 1e-9
"""Added to the length of a block, so that an even one correlates with nothing."""


def shapes() -> Floats:
    """All profiles at all turns, shape (12, 12 × profiles): deviations of length 1.

    Column ``turn * profiles + p`` is profile p with its tonic at pitch class `turn`.
    """
    listed = [
        np.roll(np.array(steps) - np.mean(steps), turn)
        for turn in range(12)
        for profile in PROFILES.values()
        for steps in (profile.minor, profile.major)
    ]
    return np.array([each / np.linalg.norm(each) for each in listed]).T


class Profiles(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Adds fits and margins behind the features.

    Parameters
    ----------
    blocks
        Columns of each block, C (at turn 0) first.
    """

    def __init__(self, blocks: tuple[tuple[int, ...], ...]) -> None:
        self.blocks = blocks

    def width(self, features: int) -> int:
        """How many numbers come out where so many go in."""
        fits = len(self.blocks) * (shapes().shape[1] // 12)
        return int(features + 2 * fits)

    def fit(self, features: Vectors, truth: Any = None) -> Self:  # noqa: ANN401, ARG002
        """Nothing is learned from the data; the profiles are made ready."""
        self.shapes_ = shapes()
        self.n_features_in_ = features.shape[1]
        return self

    def transform(self, features: Vectors) -> Vectors:
        """Shape (n, `width`), float32; calculated in float64, so that no order of sums shows."""
        wide = features.astype(np.float64)
        parts: list[Floats] = []
        for block in self.blocks:
            levels = wide[:, list(block)]
            apart = levels - levels.mean(axis=1, keepdims=True)
            length = np.sqrt(np.square(apart).sum(axis=1, keepdims=True)) + TINY
            by_turn = ((apart / length) @ self.shapes_).reshape(len(wide), 12, -1)
            parts += [by_turn[:, 0], by_turn[:, 0] - by_turn.max(axis=1)]
        added = [part.astype(np.float32) for part in parts]
        return np.concatenate([features.astype(np.float32, copy=False), *added], axis=1)
