"""The tones of a sound: spectral peaks of long frames, fine enough to tell low semitones apart.

Frames of 2048 samples tell 93 ms from the next but not a low C from C♯: that takes four times as
long. Pitch classes need no frequencies above `HIGHEST`, so the audio is first brought to a
quarter of its rate (5512.5 Hz); 2048 samples are then 372 ms, with bins of 2.7 Hz.

A **tone** is a local maximum of the spectrum of a frame. Its frequency and magnitude are those of
the parabola through the logarithms of the three bins around it (Smith and Serra, PARSHL, ICMC
1987), which puts a steady sine of 65 Hz or more within a cent or two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from segue.descriptors.framewise import framewise

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Audio, Frames, Rows, Vector

LOWEST = 440.0 * 2.0 ** (-33.5 / 12)
"""Hz from which tones are looked for: half a semitone below C2."""

HIGHEST = 32.0 * LOWEST
"""Hz up to which they are: half a semitone above B6, five octaves in all."""

FRAME = 2048
"""Samples in a frame, at the lower rate."""

HOP = FRAME // 2
"""Samples from one frame to the next, at the lower rate."""

QUIET = 60.0
"""Decibels below the loudest frame at which a frame no longer counts."""

FAINT = 60.0
"""Decibels below the strongest bin of its frame at which a maximum is no tone."""

SHARP = 0.1
"""Second difference of the natural logarithm of magnitude from which a maximum is a tone.

That of a steady sine is 1.4; what bends less than this is a ripple of a flat spectrum: a click.
"""

_RATE = 5512.5
_BLOCK = 54
_ROW = 32
_REACH = 12


@dataclass(frozen=True, slots=True, eq=False)
class Tones:
    """All tones of a sound.

    Attributes
    ----------
    frame
        Which frame each belongs to, ascending, shape (tones,), from 0 to `frames` - 1.
    pitch
        Semitones above A4 = 440 Hz, not rounded, shape (tones,).
    magnitude
        Amplitude of the tone as a share of that of all tones of its frame, shape (tones,), in
        (0, 1].
    frames
        How many frames have any tone; silent ones, and those more than `QUIET` dB below the
        loudest, are left out.
    """

    frame: Rows
    pitch: Vector
    magnitude: Vector
    frames: int


def tones(sound: Sound) -> Tones:
    """Find the tones between `LOWEST` and `HIGHEST`; none in silence."""
    bins, hertz = _bins(sound)
    power = sound.shared(spectra)
    loudest = power.max(axis=1)
    heard = (loudest > 0) & (loudest >= loudest.max() * 10.0 ** (-QUIET / 10))
    power, loudest = power[heard], loudest[heard]
    middle = power[:, 1:-1]
    peaks = middle > power[:, :-2]
    peaks &= middle >= power[:, 2:]
    peaks &= middle > (loudest * np.float32(10.0 ** (-FAINT / 10)))[:, None]
    frame, place = np.divmod(np.flatnonzero(peaks), middle.shape[1])
    place, magnitude, sharpness = _interpolated(power, frame, place + 1)
    pitch = np.float32(12) * np.log2((place + np.float32(bins.start)) * np.float32(hertz / 440))
    sharp = sharpness > SHARP
    return _shares(frame[sharp], pitch[sharp], magnitude[sharp])


# A hop is 4096 samples at 22,050 Hz: eight of those of `Sound.power`.
@framewise(every=8)
def spectra(sound: Sound) -> Frames:
    """Power of the long frames in the bins around `LOWEST` to `HIGHEST`, shape (frames, bins).

    The audio is taken to be silent before and after.
    """
    from scipy import fft

    bins, _ = _bins(sound)
    padded = np.pad(slowed(sound.audio, factor=_factor(sound)), FRAME // 2)
    windows = sliding_window_view(padded, FRAME)[::HOP]
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)
    power = np.empty((len(windows), bins.stop - bins.start), dtype=np.float32)
    for start in range(0, len(windows), _BLOCK):
        block = slice(start, start + _BLOCK)
        spectrum = fft.rfft(windows[block] * window, axis=1, overwrite_x=True)[:, bins]
        np.square(spectrum.real, out=power[block])
        power[block] += np.square(spectrum.imag)
    return power


def _factor(sound: Sound) -> int:
    return max(1, round(sound.rate / _RATE))


def _bins(sound: Sound) -> tuple[slice, float]:
    """Which bins of a long frame are looked at, one more at either end, and their width in Hz."""
    width = sound.rate / _factor(sound) / FRAME
    last = min(int(HIGHEST / width) + 1, FRAME // 2 - 1)
    return slice(int(LOWEST / width) - 1, last + 2), width


def _interpolated(power: Frames, frame: Rows, place: Rows) -> tuple[Vector, Vector, Vector]:
    """Bins, magnitudes and sharpness of the parabolas through log magnitudes around `place`."""
    flat, where = power.ravel(), frame * power.shape[1] + place
    tiny = np.float32(np.finfo(np.float32).tiny)
    below, top, above = (
        np.float32(0.5) * np.log(np.maximum(flat[where + step], tiny)) for step in (-1, 0, 1)
    )
    slope = above - below
    sharpness = 2 * top - below - above
    # A flat top has no slope either.
    offset = np.float32(0.5) * slope / np.maximum(sharpness, tiny)
    magnitude = np.exp(top + np.float32(0.25) * slope * offset)
    return place.astype(np.float32) + offset, magnitude, sharpness


def _shares(frame: Rows, pitch: Vector, magnitude: Vector) -> Tones:
    """Number the frames that have tones, and take each tone as a share of its frame."""
    starts = np.flatnonzero(np.diff(frame, prepend=-1))
    counts = np.diff(starts, append=len(frame))
    if len(starts) == 0:
        return Tones(frame, pitch, magnitude, 0)
    share = magnitude / np.repeat(np.add.reduceat(magnitude, starts), counts)
    return Tones(np.repeat(np.arange(len(starts)), counts), pitch, share, len(starts))


def slowed(audio: Audio, *, factor: int) -> Audio:
    """Audio at a whole part of its rate, free of aliases below three quarters of its new half.

    A sinc of 12 · factor + 1 samples under a Hann window passes what is kept and holds the rest
    down by 44 dB. As rows of samples times one matrix it costs a millisecond for 30 seconds.

    Parameters
    ----------
    audio
        Shape (samples,).
    factor
        By how much the rate goes down.

    Returns
    -------
    Audio
        Shape (samples // factor,), less up to 32 at the end; at least `FRAME` samples: zeros
        follow what is shorter.
    """
    row = _ROW * factor
    short = (FRAME + _ROW + _REACH) * factor - len(audio)
    if short > 0:
        audio = np.pad(audio, (0, short))
    if factor == 1:
        return audio
    rows = audio[: len(audio) // row * row].reshape(-1, row)
    matrix = _lowpass(factor)
    result = rows[:-1] @ matrix[:row]
    result += rows[1:, : len(matrix) - row] @ matrix[row:]
    return result.ravel()


@lru_cache(maxsize=4)
def _lowpass(factor: int) -> Frames:
    """The filter as a matrix from a row of samples and what follows it to a row of fewer."""
    taps = _REACH * factor + 1
    window = np.hanning(taps + 2)[1:-1]
    weights = window * np.sinc((np.arange(taps) - taps // 2) / factor)
    weights /= weights.sum()
    matrix = np.zeros((_ROW * factor + taps - 1, _ROW), dtype=np.float32)
    for column in range(_ROW):
        matrix[column * factor : column * factor + taps, column] = weights[: len(matrix)]
    return matrix
