"""The highest of many scores, with every near tie.

Scores are computed fast, in float32, and settled exactly afterwards. So that nothing is lost on
the way, a selection of the `k` highest also holds every score within a `margin` of the k-th: with
a margin of at least twice the error of a score, the true `k` highest are among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.types import Floats, Rows, Vector

_BLOCKS = 64
"""Rows of a block; few enough for a tight bound, many enough for few maxima."""


def highest(scores: Vector | Floats, *, k: int, margin: float = 0.0) -> Rows:
    """Rows of the `k` highest scores and of all within `margin` of the k-th.

    Parameters
    ----------
    scores
        Shape (tracks,); -inf where a row is out of the question, never NaN.
    k
        How many, 1 or more.
    margin
        Not negative.

    Returns
    -------
    Rows
        Highest first, equal ones by row; fewer than `k` where fewer are above -inf.
    """
    bound = _bound(scores, k)
    rows = np.flatnonzero(scores >= bound) if bound > -np.inf else np.flatnonzero(scores > bound)
    kept = scores[rows]
    if len(rows) >= k:
        least = np.partition(kept, len(rows) - k)[len(rows) - k] - margin
        rows = np.flatnonzero(scores >= least) if least < bound else rows[kept >= least]
        kept = scores[rows]
    return rows[np.lexsort((rows, -kept))]


def _bound(scores: Vector | Floats, k: int) -> float:
    """A number that at least `k` scores reach, found in one pass; -inf where none is known.

    The k-th highest of the maxima of disjoint blocks is reached once in each of `k` blocks.
    """
    whole = len(scores) - len(scores) % _BLOCKS
    maxima = scores[:whole].reshape(_BLOCKS, -1).max(axis=0)
    if len(maxima) < k:
        return -np.inf
    return float(np.partition(maxima, len(maxima) - k)[len(maxima) - k])
