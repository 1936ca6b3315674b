"""What repeats, and how fast: the pulse of a sound and its tempogram.

The **pulse** is what begins in every frame, less what usually does around it. What repeats in it
shows in the **tempogram** twice: the autocorrelation has peaks at the period and its multiples, the
spectrum at the tempo and its multiples. Each errs where the other does not (Peeters, *Template-
based estimation of time-varying tempo*, EURASIP JASP 2007:67215). Both are averaged over windows of
15 s, so that a tempo may drift, and read between lags and bins by linear interpolation.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.frames import HOP
from segue.descriptors.onsets import accents, around, strength

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.descriptors.frames import Sound
    from segue.types import Floats

STEPS = 48
"""Tempi in an octave."""

LOWEST, SPAN = 6.25, 392
"""The lowest of all tempi, in beats a minute, and how many there are (up to 1771)."""

WINDOW, STRIDE = 640, 160
"""Frames in a window, and from one to the next at most."""

LOCAL = 1.0
"""Seconds to both sides whose mean is taken off."""

FAINT = 0.02
"""Mean square of a pulse that is too faint to be one, where that of the clip is 1."""

OCTAVE = 30.0
"""Beats a minute at which the first octave of `shares` begins."""

_FFT = 2048


def pulse(sound: Sound) -> Floats:
    """What a foot taps to, shape (frames, 2): of all bands, and of the bass.

    Onset strength and accent (of the bass, accent alone), less the mean of `LOCAL` seconds around,
    nothing below 0, each with a mean square of 1. Silence has 0.
    """
    curves = np.column_stack([sound.shared(strength), sound.shared(accents)]).astype(np.float64)
    reach = round(LOCAL * sound.rate / HOP)
    out = np.maximum(np.stack([curve - around(curve, reach=reach) for curve in curves.T]), 0.0)
    size = np.sqrt(np.mean(out**2, axis=1, keepdims=True))
    out /= np.where(size > 0, size, 1.0)
    return np.stack([out[0] + out[1], out[2]], axis=1)


@lru_cache(maxsize=1)
def tempi() -> Floats:
    """Beats a minute at which the tempogram is read, shape (SPAN,)."""
    grid: Floats = LOWEST * np.exp2(np.arange(SPAN) / STEPS)
    return grid


def tempogram(sound: Sound) -> Floats:
    """How much repeats at which tempo, shape (2, 2, SPAN): curve of `pulse`, kind, `tempi`.

    The first kind is the autocorrelation of the curve, at most 1; the second its spectrum, at least
    0, with a mean square of 1 at most. Beyond what the frames resolve both are 0. Ask for it with
    ``sound.shared(tempogram)``.
    """
    from scipy import fft

    windows = _windows(sound.shared(pulse).T)
    spectrum = np.abs(fft.rfft(windows, _FFT))
    lags = fft.irfft(np.square(spectrum).mean(axis=1))[:, : windows.shape[2]]
    lags *= _correction(windows.shape[2])
    spectrum = spectrum.mean(axis=1)
    hertz = tempi() / 60.0
    frames = sound.rate / HOP
    at_lag, at_bin = frames / hertz, hertz / frames * _FFT
    places = np.arange(spectrum.shape[1])
    return np.stack(
        [
            [np.interp(at_lag, places[: len(one)], one, right=0.0) for one in lags],
            [np.interp(at_bin, places, one, right=0.0) for one in spectrum],
        ],
        axis=1,
    )


def _windows(curves: Floats) -> NDArray[np.float32]:
    """Stretches of the curves, shape (curves, windows, frames), each of length 1.

    Shorter where the pulse is faint against the rest of the clip (a mean square below `FAINT`) or
    the clip is shorter than a window: both say less.
    """
    frames = curves.shape[1]
    size = min(WINDOW, frames)
    count = 1 + -(-(frames - size) // STRIDE)
    starts = np.linspace(0, frames - size, count).round().astype(int)
    cut = curves[:, starts[:, None] + np.arange(size)]
    cut = (cut - cut.mean(axis=2, keepdims=True)) * _hann(size)
    length = np.sqrt(np.sum(cut**2, axis=2, keepdims=True) + FAINT * size)
    # FFTs of float32 take half the time.
    scaled: NDArray[np.float32] = (cut / length * np.sqrt(size / WINDOW)).astype(np.float32)
    return scaled


@lru_cache(maxsize=4)
def _hann(size: int) -> Floats:
    """A Hann window without its zeros at the ends."""
    window: Floats = np.hanning(size + 2)[1:-1]
    return window


@lru_cache(maxsize=4)
def _correction(size: int) -> Floats:
    """What makes up for the shorter overlap at longer lags, up to five times, shape (size,)."""
    window = _hann(size)
    overlap = np.correlate(window, window, mode="full")[size - 1 :]
    factor: Floats = overlap[0] / np.maximum(overlap, 0.2 * overlap[0])
    return factor


def clarity(levels: Floats) -> float:
    """How much the pulse repeats at its best, at most 1: the highest autocorrelation.

    From `OCTAVE` to three octaves above.
    Lartillot, Eerola, Toiviainen and Fornari, ISMIR 2008, model "MAX".
    """
    first, last = np.searchsorted(tempi(), (OCTAVE, 8.0 * OCTAVE))
    return float(levels[0, 0, first:last].max())


def shares(levels: Floats) -> Floats:
    """Parts of the spectrum's energy in five octaves from 30 beats a minute on, shape (5,).

    They sum to 1; a fifth each where nothing begins.
    """
    first = int(np.searchsorted(tempi(), OCTAVE))
    energy = np.square(levels[0, 1, first : first + 5 * STEPS]).reshape(5, STEPS).sum(axis=1)
    total = energy.sum()
    return energy / total if total > 0 else np.full(5, 0.2)


def metre(levels: Floats, bpm: float) -> Floats:
    """What repeats after four, three, two and one beats, and what divides one in two, three, four.

    Shape (7,): the first four from the autocorrelation, the last three from the spectrum.
    """
    ratios = np.array([1 / 4, 1 / 3, 1 / 2, 1.0, 2.0, 3.0, 4.0])
    places = np.round(np.log2(bpm * ratios / tempi()[0]) * STEPS).astype(int)
    return np.concatenate([levels[0, 0, places[:4]], levels[0, 1, places[4:]]])
