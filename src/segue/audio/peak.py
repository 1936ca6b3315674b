"""True peak: how far the wave goes between its samples (ITU-R BS.1770-4, Annex 2).

Samples are only points of a wave, and the wave a player makes of them may rise above the highest.
It is looked at four times as finely (twice above 96 kHz, as it is above 192 kHz), by a sinc under
a Hann window of 16 samples: within 0.05 dB to 16 kHz at a rate of 44.1 kHz.

A point between samples is a weighted sum of the samples around it, so it cannot exceed their
highest times the sum of all weights. Only stretches that could hold a new peak are looked at, the
loudest first; the answer is that of looking everywhere.
"""

from __future__ import annotations

from functools import lru_cache
from math import log10
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from segue.types import Frames

_ROW = 64
_REACH = 8
_LOUDEST_FIRST = 32


class TruePeak:
    """The highest point of a recording, fed piece by piece.

    Parameters
    ----------
    rate
        Samples a second.
    channels
        How many there are; the peak is that of the highest.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._finer = 4 if rate < 96_000 else 2 if rate < 192_000 else 1
        self._highest = 0.0
        # Before the beginning there is silence.
        self._rest = np.zeros((channels, _REACH), dtype=np.float32)

    def add(self, samples: Frames, *, absolute: Frames) -> None:
        """Look at the next samples, shape (channels, samples), and their absolute values."""
        self._highest = max(self._highest, float(absolute.max(initial=0.0)))
        if self._finer > 1:
            samples = np.concatenate([self._rest, samples], axis=1)
            rows = max(0, samples.shape[1] - 2 * _REACH) // _ROW
            self._rest = samples[:, rows * _ROW :].copy()
            if rows:
                self._look(samples[:, : rows * _ROW + 2 * _REACH])

    def finish(self) -> None:
        """Look at the end: after it there is silence."""
        silence = np.zeros((len(self._rest), _ROW + 2 * _REACH), dtype=np.float32)
        self.add(silence, absolute=silence)

    @property
    def decibels(self) -> float | None:
        """The peak in dBTP: 0 is full scale, above it may clip. None for no sound at all."""
        return 20 * log10(self._highest) if self._highest > 0 else None

    def _look(self, samples: Frames) -> None:
        """Between the samples of whole rows, which have `_REACH` samples around them."""
        weights, most = _between(self._finer)
        windows = sliding_window_view(samples, _ROW + 2 * _REACH, axis=1)[:, ::_ROW]
        highest = _highest_around(samples)
        channel, row = np.nonzero(highest * most > self._highest)
        bounds = highest[channel, row] * most
        order = np.argsort(-bounds, kind="stable")
        for some in (order[:_LOUDEST_FIRST], order[_LOUDEST_FIRST:]):
            promising = some[bounds[some] > self._highest]
            if len(promising) == 0:
                return
            wave = windows[channel[promising], row[promising]] @ weights
            self._highest = max(self._highest, float(wave.max()), -float(wave.min()))


def _highest_around(samples: Frames) -> Frames:
    """For each row the highest absolute sample that a point in it is made of, or one higher."""
    absolute = np.abs(samples)
    body = absolute[:, : samples.shape[1] - 2 * _REACH].reshape(len(samples), -1, _ROW).max(axis=2)
    last = absolute[:, samples.shape[1] - 2 * _REACH :].max(axis=1, keepdims=True)
    highest: Frames = np.maximum(body, np.concatenate([body[:, 1:], last], axis=1))
    return highest


@lru_cache(maxsize=2)
def _between(finer: int) -> tuple[Frames, float]:
    """Weights that make a row and its surroundings into the points between, and their bound."""
    points = np.arange(_ROW)[:, None] + np.arange(1, finer) / finer
    distance = np.arange(-_REACH, _ROW + _REACH)[:, None] - points.reshape(1, -1)
    window = np.where(np.abs(distance) < _REACH, np.cos(np.pi / 2 * distance / _REACH) ** 2, 0.0)
    weights = np.sinc(distance) * window
    return weights.astype(np.float32), float(np.abs(weights).sum(axis=0).max())
