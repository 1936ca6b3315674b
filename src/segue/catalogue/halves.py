"""Embeddings as halves: float16, which holds a direction to a two-thousandth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.types import Frames

_LOW, _HIGH = -4, 12
"""Powers of two between which the largest number of an embedding is stored as it is."""


def halves(windows: Frames) -> NDArray[np.float16]:
    """An embedding as float16, scaled by a power of two where its numbers are too large or small.

    >>> halves(np.array([[3e6, -1.5e6]], dtype=np.float32)).tolist()
    [[5860.0, -2930.0]]
    """
    largest = float(np.abs(windows).max(initial=0.0))
    if largest == 0.0:
        return windows.astype(np.float16)
    power = int(np.floor(np.log2(largest)))
    kept = min(max(power, _LOW), _HIGH)
    return np.ldexp(windows.astype(np.float64), kept - power).astype(np.float16)
