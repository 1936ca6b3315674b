"""Mel spectra: power gathered into bands as wide as the ear's.

Slaney's scale: linear below 1 kHz (200/3 Hz a mel), logarithmic above (27 mels for a factor of
6.4); triangles of equal area between neighbouring centres. Malcolm Slaney, *Auditory Toolbox*,
Technical Report 1998-010, Interval Research Corporation, 1998. Same numbers as librosa's default.
Everything here hears through that one; networks of others may ask for another (`Bank`).

Decibels are ``10 log10(max(power, 1e-10))``, and nothing lies more than 80 dB below the loudest
value of the clip.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.types import Floats, Frames

FLOOR = 1e-10
"""Power below which decibels go no further down."""

RANGE = 80.0
"""Decibels between the loudest and the softest value of a clip."""

SCALES = ("slaney", "htk")
"""Ways to divide the frequencies; HTK's is ``2595 log10(1 + Hz / 700)``."""

SLOPES = ("hertz", "mel")
"""Over what the sides of a triangle are straight."""

_ROWS = 256
_LINEAR = 200.0 / 3
_BREAK = 1000.0
_STEP = np.log(6.4) / 27


@dataclass(frozen=True, slots=True)
class Bank:
    """How frequencies are divided into bands.

    Attributes
    ----------
    low, high
        Hz between which the bands lie; None for half the rate.
    scale
        One of `SCALES`.
    equal
        Whether all triangles have the same area, else the same height, 1.
    slopes
        One of `SLOPES`: librosa's are straight over Hz, TensorFlow's over mels.
    """

    low: float = 0.0
    high: float | None = None
    scale: str = "slaney"
    equal: bool = True
    slopes: str = SLOPES[0]


OURS = Bank()
"""The bank of every descriptor."""


def mel_spectrum(power: Frames, rate: int, *, bands: int, bank: Bank = OURS) -> Frames:
    """Power in mel bands, shape (frames, bands).

    The same number of frames is always taken at a time. Products of matrices are rounded by their
    height, and so a frame has the same numbers to the last bit whatever stands around it.

    Parameters
    ----------
    power
        Spectra, shape (frames, bins), from 0 Hz to half the rate.
    rate
        Samples a second.
    bands
        How many.
    bank
        Which.
    """
    mel = np.empty((len(power), bands), dtype=np.float32)
    runs = _narrow(rate, bands=bands, bins=power.shape[1], bank=bank)
    whole = len(power) // _ROWS * _ROWS
    for first in range(0, whole, _ROWS):
        block = slice(first, first + _ROWS)
        for run, bins, weights in runs:
            np.matmul(power[block, bins], weights, out=mel[block, run])
    if whole < len(power):
        rest = np.zeros((_ROWS, power.shape[1]), dtype=np.float32)
        rest[: len(power) - whole] = power[whole:]
        mel[whole:] = mel_spectrum(rest, rate, bands=bands, bank=bank)[: len(power) - whole]
    return mel


@lru_cache(maxsize=8)
def _narrow(rate: int, *, bands: int, bins: int, bank: Bank) -> list[tuple[slice, slice, Frames]]:
    """Runs of neighbouring bands, the bins they touch, and their weights, shape (bins, bands).

    The whole bank is nearly all zeros: by runs the product takes a fifth of the time.
    """
    weights = mel_bank(rate, bands=bands, bins=bins, bank=bank)
    narrow = []
    size = max(4, bands // 16)
    for first in range(0, bands, size):
        run = slice(first, first + size)
        touched = np.flatnonzero(weights[run].any(axis=0))
        inside = slice(touched[0], touched[-1] + 1) if len(touched) else slice(0, 1)
        narrow.append((run, inside, np.ascontiguousarray(weights[run, inside].T)))
    return narrow


@lru_cache(maxsize=8)
def mel_bank(rate: int, *, bands: int, bins: int, bank: Bank = OURS) -> Frames:
    """Weights of every band, shape (bands, bins).

    Parameters
    ----------
    rate
        Samples a second.
    bands
        How many.
    bins
        Frequencies of the spectrum, from 0 Hz to half the rate.
    bank
        Which; by default the bands span 0 Hz to half the rate.
    """
    high = rate / 2 if bank.high is None else bank.high
    low, top = (float(_mels(end, bank.scale)) for end in (bank.low, high))
    places = np.linspace(low, top, bands + 2)
    edges = _hertz(places, bank.scale)
    frequencies = np.linspace(0.0, rate / 2, bins)
    if bank.slopes == "mel":
        triangles = _triangles(_mels(frequencies, bank.scale), places)
    else:
        triangles = _triangles(frequencies, edges)
    if bank.equal:
        triangles *= (2.0 / (edges[2:] - edges[:-2]))[:, None]
    weights: Frames = triangles.astype(np.float32)
    return weights


def _triangles(at: Floats, edges: Floats) -> Floats:
    """Triangles from one edge over the next to the one after, of height 1: (edges - 2, at)."""
    rising = (at - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - at) / np.diff(edges)[1:, None]
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)))


def band_hertz(rate: int, *, bands: int) -> Floats:
    """Frequencies in the middle of the bands, shape (bands,), rising."""
    return _hertz(np.linspace(0.0, _mels(rate / 2), bands + 2)[1:-1])


def band_at(hertz: Floats, rate: int, *, bands: int) -> Floats:
    """The band in whose middle a frequency lies, as a number between bands; the same shape.

    Below the middle of the lowest band it is under 0, above that of the highest over bands - 1.
    """
    return _mels(hertz) / _mels(rate / 2) * (bands + 1) - 1.0


def _mels(hertz: Floats | float, scale: str = SCALES[0]) -> Floats:
    if scale == "htk":
        return np.asarray(2595.0 * np.log10(1.0 + np.asarray(hertz) / 700.0))
    above = np.log(np.maximum(hertz, _BREAK) / _BREAK) / _STEP
    return np.where(hertz < _BREAK, np.asarray(hertz) / _LINEAR, _BREAK / _LINEAR + above)


def _hertz(mels: Floats, scale: str = SCALES[0]) -> Floats:
    if scale == "htk":
        return np.asarray(700.0 * (10.0 ** (mels / 2595.0) - 1.0))
    linear = mels * _LINEAR
    log = _BREAK * np.exp(_STEP * (mels - _BREAK / _LINEAR))
    return np.where(linear < _BREAK, linear, log)


def decibels(power: Frames, *, span: float = RANGE, floor: float = FLOOR) -> Frames:
    """Power as dB with 1 as reference, at most `span` below the loudest value; same shape.

    Power below `floor` counts as that.
    """
    lowest = max(floor, float(power.max()) * 10.0 ** (-span / 10.0))
    level = np.maximum(power, np.float32(lowest))
    np.log10(level, out=level)
    level *= np.float32(10.0)
    return level
