"""Sums of weighted columns over all tracks, as fast as memory gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue.types import Vector

_BLOCK = 32_768
"""Tracks at a time: what is added up stays in the processor's cache."""


def add_columns(scores: Vector, weighted: Iterable[tuple[float | np.float32, Vector]]) -> None:
    """Add weight × column to `scores` for every pair, in their order; all of shape (tracks,).

    Unlike a product with a matrix it skips columns that count for nothing, and never waits for
    other threads.
    """
    pairs = list(weighted)
    room = np.empty(min(_BLOCK, len(scores)), dtype=np.float32)
    for start in range(0, len(scores), _BLOCK):
        block = slice(start, start + _BLOCK)
        part = scores[block]
        product = room[: len(part)]
        for weight, column in pairs:
            np.multiply(column[block], weight, out=product)
            part += product
