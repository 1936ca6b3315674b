"""Which points lie inside a shape that somebody drew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.types import Floats, Mask, Vectors


def inside(places: Vectors, shape: Floats) -> Mask:
    """Whether each point is inside a closed shape; by the even-odd rule where it crosses itself.

    Parameters
    ----------
    places
        Shape (points, 2).
    shape
        The corners in their order, shape (corners, 2); the last is joined to the first.
    """
    x, y = places[:, 0].astype(np.float64), places[:, 1].astype(np.float64)
    found: Mask = np.zeros(len(places), dtype=np.bool_)
    # Most points lie outside the frame of a shape and need no more than that.
    near = np.flatnonzero(
        (x >= shape[:, 0].min())
        & (x <= shape[:, 0].max())
        & (y >= shape[:, 1].min())
        & (y <= shape[:, 1].max())
    )
    x, y = x[near], y[near]
    odd = np.zeros(len(near), dtype=np.bool_)
    for (ax, ay), (bx, by) in zip(shape, np.roll(shape, -1, axis=0), strict=True):
        if ay == by:
            continue
        crossing = (ay > y) != (by > y)
        odd ^= crossing & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    found[near] = odd
    return found
