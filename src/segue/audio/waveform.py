"""What the player draws: how high the wave rises in each twentieth of a second.

One byte a peak: 0 is silence, 255 full scale and all above it. Long recordings get fewer a second,
so that no picture is of more than `MOST` peaks.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.types import Audio, Frames

RATE = 20.0
"""Peaks a second, or half of it, or a quarter, …"""

MOST = 8192
"""Peaks of one recording."""


class Waveform:
    """Drawn piece by piece.

    Parameters
    ----------
    rate
        Samples a second.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._position = 0
        self._peaks: list[Audio] = []
        self._open: Audio = np.empty(0, dtype=np.float32)

    def add(self, absolute: Frames) -> None:
        """Draw the next samples: their absolute values, shape (channels, samples)."""
        begin, end = self._position, self._position + absolute.shape[1]
        if begin == end:
            return
        first, last = (int(place * RATE // self._rate) for place in (begin, end - 1))
        borders = [
            ceil(number * self._rate / RATE) - begin for number in range(first + 1, last + 1)
        ]
        peaks = np.maximum.reduceat(absolute.max(axis=0), [0, *borders])
        if len(self._open):
            peaks[0] = max(peaks[0], self._open[0])
        # The last one goes on, unless its end has been seen.
        closed = last + (end == ceil((last + 1) * self._rate / RATE)) - first
        self._peaks.append(peaks[:closed])
        self._open = peaks[closed:]
        self._position = end

    def drawn(self) -> tuple[bytes, float]:
        """All peaks, one byte each, and how many a second."""
        peaks = np.concatenate([*self._peaks, self._open])
        rate = RATE
        while len(peaks) > MOST:
            peaks = np.append(peaks, peaks[len(peaks) - len(peaks) % 2 :])
            peaks, rate = peaks.reshape(-1, 2).max(axis=1), rate / 2
        return np.rint(255 * np.minimum(peaks, 1.0)).astype(np.uint8).tobytes(), rate
