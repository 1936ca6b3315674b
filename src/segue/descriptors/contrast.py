"""Peaks against valleys: how far the partials of a band stand out of what lies between them.

Seven bands: up to 200 Hz, five octaves up to 6400 Hz, and the rest. In each, the mean magnitude of
the loudest 2 % of the bins over that of the softest, in dB (Jiang, Lu, Zhang, Tao and Cai, ICME
2002). High where single tones ring, low where noise or many voices fill the band. No bin counts as
less than `Sound.floor`. Bands above half the rate have 0 dB.

The bins of the bands are librosa's. Its numbers are half as large: it takes magnitudes for powers.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.frames import BINS
from segue.descriptors.framewise import framewise
from segue.descriptors.summary import columns, summarise

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Frames, Vector

BANDS = 7
"""How many bands there are."""

LOWEST = 200.0
"""Hz up to which the first band goes; every other starts an octave above the one before."""

SHARE = 0.02
"""Part of a band's bins that makes its peak and its valley, at least one bin each."""


def contrast(sound: Sound) -> Frames:
    """Spectral contrast in dB of every frame and band, shape (frames, 7), at least 0."""
    ends = np.maximum(sound.shared(_ends), np.float32(np.sqrt(sound.floor)))
    ratio = np.ones((len(ends), BANDS), dtype=np.float32)
    first = 0
    for band, (_, count) in enumerate(_bands(sound.rate)):
        ones = np.ones(count, dtype=np.float32)
        middle, last = first + count, first + 2 * count
        ratio[:, band] = (ends[:, middle:last] @ ones) / (ends[:, first:middle] @ ones)
        first = last
    decibels: Frames = np.float32(20.0) * np.log10(ratio)
    return decibels


@framewise()
def _ends(sound: Sound) -> Frames:
    """Magnitudes of the softest and of the loudest bins of each band in turn, a row a frame."""
    ends = []
    for bins, count in _bands(sound.rate):
        # Floats that are not negative have the order of the integers with the same bits, and
        # those sort in two thirds of the time.
        order = np.sort(sound.magnitude[:, bins].view(np.int32), axis=1).view(np.float32)
        ends += [order[:, :count], order[:, -count:]]
    return np.concatenate(ends, axis=1)


@lru_cache(maxsize=4)
def _bands(rate: int) -> list[tuple[slice, int]]:
    """Bins of every band below half the rate, and how many of them make a peak or a valley."""
    edges = [0.0, *(LOWEST * 2.0**octave for octave in range(BANDS))]
    frequencies = np.linspace(0.0, rate / 2, BINS)
    bands = []
    for band, (low, high) in enumerate(pairwise(edges)):
        if low >= rate / 2:
            break
        # A band starts one bin early and ends one bin early; its share is counted before that.
        first = max(int(np.searchsorted(frequencies, low, side="left")) - (band > 0), 0)
        last = int(np.searchsorted(frequencies, high, side="right"))
        if band == BANDS - 1:
            last = BINS
        count = max(1, round(SHARE * (last - first)))
        stop = last if last == BINS else max(last - 1, first + 1)
        bands.append((slice(first, stop), count))
    return bands


def _compute(sound: Sound) -> Vector:
    return summarise(contrast(sound)[sound.heard]).ravel()


FAMILY = Family(
    name="contrast",
    version=1,
    source="Jiang, Lu, Zhang, Tao and Cai, ICME 2002",
    groups={
        "contrast": Group(
            columns(*(f"contrast_{band}" for band in range(BANDS))),
            about=(
                "Spectral contrast of seven bands: the loudest 2 % of the bins against the "
                "softest, in dB, at least 0."
            ),
        ),
    },
    compute=_compute,
)
