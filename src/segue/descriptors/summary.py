"""From one number a frame to a few numbers a track."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.types import Floats, Frames

STATISTICS: tuple[str, ...] = ("mean", "std", "min", "max", "median", "q25", "q75")
"""What `summarise` gives, in order. Quantiles interpolate linearly between frames."""


def columns(*names: str) -> tuple[str, ...]:
    """The columns `summarise` fills: every name with every statistic, ``centroid_mean`` first."""
    return tuple(f"{name}_{statistic}" for name in names for statistic in STATISTICS)


def summarise(frames: Frames) -> Frames:
    """Seven statistics of every column over all frames.

    Parameters
    ----------
    frames
        Shape (frames, columns), at least one frame.

    Returns
    -------
    Frames
        Shape (columns, 7), in the order of `STATISTICS`. The standard deviation is that of the
        whole (divided by frames, not frames - 1), so one frame has 0.
    """
    ordered = np.sort(np.ascontiguousarray(frames.T), axis=1)
    exact = ordered.astype(np.float64)
    parts = (
        exact.mean(axis=1),
        exact.std(axis=1),
        exact[:, 0],
        exact[:, -1],
        *(_quantile(exact, share) for share in (0.5, 0.25, 0.75)),
    )
    summary: Frames = np.stack(parts, axis=1).astype(np.float32)
    return summary


def _quantile(ordered: Floats, share: float) -> Floats:
    """A quantile of sorted rows, as ``numpy.quantile`` defines it."""
    place = share * (ordered.shape[1] - 1)
    below = int(place)
    above = min(below + 1, ordered.shape[1] - 1)
    value: Floats = ordered[:, below] + (place - below) * (ordered[:, above] - ordered[:, below])
    return value
