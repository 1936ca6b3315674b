"""The crowds of a plane, and where one ends.

Points are counted on a grid and blurred, which is how dense the plane is. From every cell the way
goes to the densest cell beside it, and so on up to a peak; all whose way ends at one peak are a
region (the mean shift of Cheng, *Mean shift, mode seeking, and clustering*, IEEE TPAMI 17(8), 1995,
on a grid). It is blurred so far that at most `MOST` regions, and one for every `EACH` points, have
a share of `SHARE` of the points or more. Points of the smaller ones belong to the nearest of these.

Regions are told from the plane, not from the space: they are what somebody sees who looks at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.types import Floats, Rows, Vectors

CELLS = 192
"""Cells of the grid along a side."""

MOST = 24
"""Regions at most."""

EACH = 20
"""Points for which there is one region at most."""

SHARE = 0.004
"""Part of all points that a region has at least."""

FEWEST = 5
"""Points that a region has at least, whatever their share."""

_BLURS = (1.5, 2.0, 2.6, 3.4, 4.4, 5.7, 7.4, 9.6, 12.5, 16.0, 24.0, 36.0)


def regions(places: Vectors) -> Rows:
    """The region of every point, shape (points,): 0 is the largest, then the next.

    Parameters
    ----------
    places
        Shape (points, 2), in the unit square.
    """
    # Few programs draw a map, and to load this takes a part of the time of a start.
    from scipy.ndimage import gaussian_filter

    if not len(places):
        return np.empty(0, dtype=np.int64)
    cells = np.minimum((places * CELLS).astype(np.int64), CELLS - 1)
    at = cells[:, 0] * CELLS + cells[:, 1]
    counts = np.bincount(at, minlength=CELLS**2).reshape(CELLS, CELLS).astype(np.float64)
    least = max(FEWEST, SHARE * len(places))
    most = max(1, min(MOST, len(places) // EACH))
    found = np.zeros(len(places), dtype=np.int64)
    for blur in _BLURS:
        peaks = _peaks(gaussian_filter(counts, blur, mode="constant"))
        found = np.unique(peaks.ravel()[at], return_inverse=True)[1]
        if np.count_nonzero(np.bincount(found) >= least) <= most:
            break
    return _largest_first(_joined(found, places, least))


def middles(places: Vectors, of: Rows) -> Vectors:
    """The middle of every region (the median along each side), shape (regions, 2)."""
    count = int(of.max(initial=-1)) + 1
    found = np.empty((count, 2), dtype=np.float32)
    for region in range(count):
        found[region] = np.median(places[of == region], axis=0)
    return found


def _peaks(dense: Floats) -> NDArray[np.int64]:
    """For every cell the one at whose peak the way up ends."""
    side = len(dense)
    padded = np.pad(dense, 1, constant_values=-1.0)
    best, up = dense.copy(), np.arange(side * side).reshape(side, side)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            beside = padded[1 + down : 1 + down + side, 1 + right : 1 + right + side]
            higher = beside > best
            best = np.where(higher, beside, best)
            step = np.arange(side * side).reshape(side, side) + down * side + right
            up = np.where(higher, step, up)
    flat = up.ravel()
    while not np.array_equal(further := flat[flat], flat):
        flat = further
    return flat.reshape(side, side)


def _joined(of: Rows, places: Vectors, least: float) -> Rows:
    """Regions where the points of those that are too small belong to the nearest other."""
    from scipy.spatial import KDTree

    sizes = np.bincount(of)
    large = sizes >= least
    if not large.any():
        return np.zeros_like(of)
    keeps = large[of]
    if keeps.all():
        return of
    kept = np.flatnonzero(keeps)
    _, near = KDTree(places[kept]).query(places[~keeps])
    joined = of.copy()
    joined[~keeps] = of[kept[near]]
    return joined


def _largest_first(of: Rows) -> Rows:
    _, of = np.unique(of, return_inverse=True)
    order = np.argsort(-np.bincount(of), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    numbered: Rows = rank[of]
    return numbered
