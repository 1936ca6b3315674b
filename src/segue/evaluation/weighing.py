"""Rows that count several times: what lets one call judge a thousand resamplings.

A bootstrap draws rows with replacement. Instead of copying rows, each draw says how often every
row counts: **weights** of shape (draws, n). A metric that takes weights of shape (..., n) and
gives numbers of shape (...) judges all draws at once, and one without weights is the plain metric.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.types import Floats


def known(true: Floats, predicted: Floats, weights: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Only the rows whose true value is known, with weights in any case.

    Parameters
    ----------
    true
        Shape (n,), NaN where unknown.
    predicted
        Shape (n,) or (n, columns).
    weights
        Shape (..., n); None for every row once.

    Returns
    -------
    true, predicted, weights
        float64, without the unknown rows.
    """
    there = ~np.isnan(true)
    if weights is None:
        weights = np.ones(len(true))
    if not there.all():
        true, predicted, weights = true[there], predicted[there], weights[..., there]
    return (
        true.astype(np.float64, copy=False),
        predicted.astype(np.float64, copy=False),
        weights.astype(np.float64, copy=False),
    )


def mean(values: Floats, weights: Floats) -> Floats:
    """Weighted mean of `values`, shape (n,), by draw; NaN where a draw holds no row."""
    return ratio(weights @ values, weights.sum(axis=-1))


def ratio(above: Floats, below: Floats, *, empty: float = np.nan) -> Floats:
    """`above` / `below`; `empty` where `below` is 0."""
    above, below = np.broadcast_arrays(above, below)
    filled: Floats = np.full(above.shape, empty)
    np.divide(above, below, out=filled, where=below != 0)
    return filled


def summed(codes: NDArray[np.number], weights: Floats, *, count: int) -> Floats:
    """How much weight each code holds.

    Parameters
    ----------
    codes
        Shape (n,), whole numbers from 0 to `count` - 1.
    weights
        Shape (..., n).

    Returns
    -------
    Floats
        Shape (..., count).
    """
    held = np.zeros((*weights.shape[:-1], count))
    if len(codes):
        order = np.argsort(codes, kind="stable")
        there, begins = np.unique(codes[order], return_index=True)
        held[..., there.astype(np.int64)] = np.add.reduceat(weights[..., order], begins, axis=-1)
    return held


def lower(values: Floats, weights: Floats, *, than: Floats) -> Floats:
    """How much weight lies below each of some numbers, equals counting half.

    Parameters
    ----------
    values
        Shape (n,).
    weights
        Shape (..., n).
    than
        Shape (m,).

    Returns
    -------
    Floats
        Shape (..., m). For `than` the values themselves and every row once these are midranks
        (equal values share the mean of their ranks) less one half.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    up_to = np.zeros((*weights.shape[:-1], len(values) + 1))
    np.cumsum(weights[..., order], axis=-1, out=up_to[..., 1:])
    begins, ends = (np.searchsorted(ordered, than, side=side) for side in ("left", "right"))
    halved: Floats = (up_to[..., begins] + up_to[..., ends]) / 2
    return halved
