"""What of the pitch classes stays the same when a song is transposed.

Nobody dances better in D than in C. Twelve numbers a pitch class tell a model the key first, and
whatever else they hold is scattered over twelve keys. So each block of twelve (`blocks`) gives way
to what does not change when it is turned: its mean, standard deviation and largest value, and the
magnitudes 1 to 6 of its discrete Fourier transform,

    |F_k| = |Σ_j x_j exp(−2πi jk / 12)|,

which say how far the tones keep to semitone clusters (1), tritones (2), augmented triads (3),
diminished sevenths (4), a diatonic scale (5) or a whole-tone scale (6), whatever the key (Quinn,
*General equal-tempered harmony*, 2006).

Every member of a stack looks through this, save those that are asked for the key itself
(`segue.training.rotations`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from segue.descriptors.chroma import CLASSES as PITCHES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.types import Floats, Rows, Vectors

TURNS = 12
MAGNITUDES = 6
GIVEN = 3 + MAGNITUDES
"""How many numbers stand for a block."""

_NUMBERED = re.compile(r"(.*?)(\d+)(_\w+)?")


def blocks(names: Sequence[str]) -> dict[str, Rows]:
    """Columns that belong to the twelve pitch classes, C first, by what they share of their names.

    ``pitch0_mean`` … ``pitch11_mean`` are a block, and so are ``chroma_c_mean`` …
    ``chroma_b_mean``.

    >>> list(blocks([f"pitch{number}_mean" for number in range(12)]))
    ['pitch_mean']
    """
    found: dict[str, dict[int, int]] = {}
    for column, name in enumerate(names):
        stem, pitch = _pitch(name)
        if pitch is not None:
            found.setdefault(stem, {})[pitch] = column
    return {
        stem: np.array([places[pitch] for pitch in range(TURNS)])
        for stem, places in found.items()
        if sorted(places) == list(range(TURNS))
    }


def _pitch(name: str) -> tuple[str, int | None]:
    """The name without its pitch class, and which that is."""
    words = name.split("_")
    if "chroma" in words and len(words) > words.index("chroma") + 1:
        place = words.index("chroma") + 1
        if words[place] in PITCHES:
            stem = "_".join([*words[:place], *words[place + 1 :]])
            return stem, PITCHES.index(words[place])
    numbered = _NUMBERED.fullmatch(name)
    if numbered and ("pitch" in name or "chroma" in name) and int(numbered[2]) < TURNS:
        return f"{numbered[1]}{numbered[3] or ''}", int(numbered[2])
    return name, None


def waves() -> tuple[Floats, Floats]:
    """Cosines and sines of the transform, each of shape (12, 6)."""
    angles = 2 * np.pi * np.outer(np.arange(TURNS), np.arange(1, MAGNITUDES + 1)) / TURNS
    return np.cos(angles), np.sin(angles)


class Invariants(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Puts invariants in the place of pitch classes: other columns first, then nine a block.

    Parameters
    ----------
    blocks
        Columns of each block, in the order of the pitch classes.
    """

    def __init__(self, blocks: tuple[tuple[int, ...], ...]) -> None:
        self.blocks = blocks

    @classmethod
    def of(cls, names: Sequence[str]) -> Self:
        """For features of these names; without pitch classes it changes nothing."""
        return cls(tuple(tuple(block.tolist()) for block in blocks(names).values()))

    def fit(self, features: Vectors, truth: Any = None) -> Self:  # noqa: ANN401, ARG002
        """Nothing is learned; the columns that stay are noted."""
        turned = {column for block in self.blocks for column in block}
        width = features.shape[1]
        self.others_ = np.array([at for at in range(width) if at not in turned], dtype=np.int64)
        self.n_features_in_ = width
        return self

    def transform(self, features: Vectors) -> Vectors:
        """Shape (n, others + 9 blocks), float32.

        Calculated in float64, so that no order of sums shows in what trees compare.
        """
        wide = features.astype(np.float64)
        cosines, sines = waves()
        parts = [features[:, self.others_].astype(np.float32)]
        for block in self.blocks:
            levels = wide[:, list(block)]
            mean = levels.mean(axis=1, keepdims=True)
            apart = levels - mean
            spread = np.sqrt(np.square(apart).mean(axis=1, keepdims=True))
            # Of the deviations, since the mean has no part in these waves and its rounding would.
            heights = np.sqrt(np.square(apart @ cosines) + np.square(apart @ sines))
            columns = (mean, spread, levels.max(axis=1, keepdims=True), heights)
            parts += [column.astype(np.float32) for column in columns]
        return np.concatenate(parts, axis=1)
