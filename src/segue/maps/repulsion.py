"""How all points of a plane push each other away.

In t-SNE two points a distance d apart have the affinity w = 1 / (1 + d²) on the plane. All points
push a point i by Σ w² (yᵢ - yⱼ) over Z, where Z = Σ w over all pairs. These are convolutions of
point charges with the kernels w and w². Up to `PAIRS` points every pair is counted. Beyond, charges
are spread onto a grid, convolved there with a fast Fourier transform, and read back, each with the
polynomial through three nodes of a cell (Linderman et al., *Fast interpolation-based t-SNE for
improved visualization of single-cell RNA-seq data*, Nature Methods 16, 2019). The time grows with
the points and the area, not with the pairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.types import Vectors

PAIRS = 1_500
"""Up to so many points every pair is counted."""

FEWEST_CELLS, MOST_CELLS = 48, 192
"""Cells of the grid along a side; as many as make a cell one unit wide, within these."""

NODES = 3
"""Nodes of a cell along a side."""


def pushed(places: Vectors) -> tuple[Vectors, float]:
    """The push on every point, and Z.

    Parameters
    ----------
    places
        Shape (points, 2), float32.

    Returns
    -------
    push, total
        Σ w² (yᵢ - yⱼ), shape (points, 2), and Z; both without a point's effect on itself.
    """
    return _by_pairs(places) if len(places) <= PAIRS else _by_grid(places)


def _by_pairs(places: Vectors) -> tuple[Vectors, float]:
    from scipy.spatial.distance import pdist, squareform

    apart = squareform(pdist(places, "sqeuclidean")).astype(np.float32)
    near = 1.0 / (1.0 + apart)
    total = float(near.sum(dtype=np.float64)) - len(places)
    near *= near
    push: Vectors = places * near.sum(axis=1)[:, np.newaxis] - near @ places
    return push, total


def _by_grid(places: Vectors) -> tuple[Vectors, float]:
    from scipy import fft

    least = places.min(axis=0)
    span = float((places.max(axis=0) - least).max())
    cells = int(np.clip(np.ceil(span), FEWEST_CELLS, MOST_CELLS))
    width = max(span / cells * (1 + 1e-5), 1e-9)
    nodes = cells * NODES
    at, shares = _nodes((places - least) / width, cells)
    charges = (np.ones(len(places), np.float32), places[:, 0], places[:, 1])
    once, squared = _kernels(nodes, width / NODES)
    shape = (2 * nodes, 2 * nodes)
    spread = [fft.rfft2(_spread(charge, at, shares, nodes), s=shape) for charge in charges]
    near = _read(fft.irfft2(spread[0] * once, s=shape), at, shares, nodes)
    sums = [_read(fft.irfft2(one * squared, s=shape), at, shares, nodes) for one in spread]
    # A point's effect on itself, as the grid has it; there is none in the push.
    total = float(near.sum(dtype=np.float64)) - _own(shares, width / NODES)
    push: Vectors = places * sums[0][:, np.newaxis] - np.stack(sums[1:], axis=1)
    return push, total


def _nodes(scaled: Vectors, cells: int) -> tuple[NDArray[np.int32], Vectors]:
    """The nodes around every point, shape (9, points), and its share at each of them."""
    cell = np.minimum(scaled.astype(np.int32), cells - 1)
    inside = scaled - cell
    # Lagrange's polynomials through the nodes at 1/6, 3/6 and 5/6 of a cell.
    before, middle, after = inside - 1 / 6, inside - 0.5, inside - 5 / 6
    along = np.stack([middle * after * 4.5, before * after * -9.0, before * middle * 4.5])
    first = cell * NODES
    row = (first[:, 0] + np.arange(NODES, dtype=np.int32)[:, np.newaxis]) * (cells * NODES)
    column = first[:, 1] + np.arange(NODES, dtype=np.int32)[:, np.newaxis]
    at = (row[:, np.newaxis] + column[np.newaxis]).reshape(NODES**2, -1)
    shares = (along[:, np.newaxis, :, 0] * along[np.newaxis, :, :, 1]).reshape(NODES**2, -1)
    return at, shares.astype(np.float32)


def _spread(charge: Vectors, at: NDArray[np.int32], shares: Vectors, nodes: int) -> Vectors:
    """Charges on the nodes, shape (nodes, nodes)."""
    grid = np.zeros(nodes * nodes)
    for places, share in zip(at, shares, strict=True):
        grid += np.bincount(places, weights=share * charge, minlength=nodes * nodes)
    whole: Vectors = grid.astype(np.float32).reshape(nodes, nodes)
    return whole


def _read(potential: Vectors, at: NDArray[np.int32], shares: Vectors, nodes: int) -> Vectors:
    """A potential on the nodes as it is at the points, shape (points,)."""
    flat = np.ascontiguousarray(potential[:nodes, :nodes]).ravel()
    found = np.zeros(at.shape[1], dtype=np.float32)
    for places, share in zip(at, shares, strict=True):
        found += share * flat[places]
    return found


def _own(shares: Vectors, step: float) -> float:
    """The sum of all points' own affinities: 1 each, and off by what three nodes of a cell miss."""
    row, column = np.divmod(np.arange(NODES**2), NODES)
    apart = np.square(row - row[:, np.newaxis]) + np.square(column - column[:, np.newaxis])
    near = (1.0 / (1.0 + apart * step**2)).astype(np.float32)
    return float(np.einsum("in,in->", shares, near @ shares, dtype=np.float64))


def _kernels(nodes: int, step: float) -> tuple[Vectors, Vectors]:
    """The transforms of w and w² between nodes."""
    from scipy import fft

    apart = np.minimum(np.arange(2 * nodes), 2 * nodes - np.arange(2 * nodes)) * step
    squares = (apart.astype(np.float32)) ** 2
    near = 1.0 / (1.0 + squares[:, np.newaxis] + squares)
    return fft.rfft2(near), fft.rfft2(near**2)
