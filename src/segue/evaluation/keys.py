"""The key and the mode judged together, as a musician would: near misses count in part.

A **whole key** is one number: 12 mode + pitch class of the tonic, so 0 to 11 are the minor keys
from C and 12 to 23 the major ones. The scores are those of the MIREX task *audio key detection*
(music-ir.org/mirex, 2005 on):

    the key itself 1, a perfect fifth above it 0.5, its relative minor or major 0.3,
    its parallel minor or major 0.2, anything else 0.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.weighing import known, mean

if TYPE_CHECKING:
    from segue.types import Floats


def whole(key: Floats, mode: Floats) -> Floats:
    """Whole keys, shape (n,); NaN where either part is.

    Parameters
    ----------
    key
        Pitch classes, 0 to 11.
    mode
        1 for major, 0 for minor.
    """
    return 12 * mode + key


def mirex(true: Floats, predicted: Floats, *, weights: Floats | None = None) -> Floats:
    """Mean MIREX score, in [0, 1]; NaN without rows.

    Parameters
    ----------
    true, predicted
        Whole keys, shape (n,); a true one may be NaN, and its row is left out.
    weights
        Shape (..., n), see `segue.evaluation.weighing`.
    """
    true, predicted, weights = known(true, predicted, weights)
    places = true.astype(np.int64), predicted.astype(np.int64)
    return mean(_scores()[places], weights)


@lru_cache(maxsize=1)
def _scores() -> Floats:
    """What each whole key (row) gives for each other (column), shape (24, 24)."""
    mode, tonic = np.divmod(np.arange(24), 12)
    up = (tonic[None, :] - tonic[:, None]) % 12
    same = mode[None, :] == mode[:, None]
    # The relative minor's tonic lies nine half-tones above the major one's, and the other way
    # round it is three.
    relative = ~same & (up == np.where(mode[:, None] == 1, 9, 3))
    cases = [same & (up == 0), same & (up == 7), relative, ~same & (up == 0)]
    return np.select(cases, [1.0, 0.5, 0.3, 0.2], 0.0)
