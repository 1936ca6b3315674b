"""Chromaprint: numbers by which two files can be known as the same recording (`segue.audio.alike`).

A fingerprint is a row of 32-bit numbers, eight a second (`STEP`), each about the 2.7 s after it.
It survives another codec, another level and a little noise; a live version, a cover or another
tempo is a different recording. The numbers are those of the Chromaprint library's default
algorithm (number 1, "test2"), so that fingerprints made elsewhere can be compared with ours:

1. One channel at 11,025 Hz; frames of 4096 samples under a Hamming window, every 1365.
2. The energy from 28 to 3520 Hz is gathered into the twelve pitch classes from A on, smoothed
   over five frames, and scaled to length 1: a chroma image, shape (frames, 12).
3. Sixteen differences between rectangles of the image, all beginning at the same frame, are each
   cut into four steps and written as two bits of a Gray code, so that neighbouring steps differ
   in one bit.

Ke, Hoiem and Sukthankar, "Computer Vision for Music Identification", CVPR 2005 (the method);
Lukáš Lalinský, "How does Chromaprint work?", 2011, and the library (the numbers).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import soxr
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.types import Audio, Floats, Frames

    Fingerprint = NDArray[np.uint32]

RATE = 11_025
"""Samples a second that are looked at."""

FRAME = 4096
"""Samples in a frame."""

HOP = FRAME - (FRAME - FRAME // 3)
"""Samples from one frame to the next: the overlap is two thirds, rounded up."""

STEP = HOP / RATE
"""Seconds from one number of a fingerprint to the next."""

FINGERPRINTED = 120.0
"""Seconds from the start of a file that its fingerprint is made of."""

_LOWEST, _HIGHEST = 28, 3520
_CLASSES = 12
_SMOOTHING = (0.25, 0.75, 1.0, 0.75, 0.25)
_FAINT = 0.01
_FULL_SCALE = 32_768 / 32_767  # the library counts 16-bit samples in units of 1/32,767
_GRAY = np.array([0, 1, 3, 2], dtype=np.uint32)
_WIDEST = 16
_BLOCK = 64

# The shape of a difference, its first pitch class, pitch classes, frames; three borders of steps.
_CLASSIFIERS: tuple[tuple[str, int, int, int, tuple[float, float, float]], ...] = (
    ("whole", 4, 3, 15, (1.98215, 2.35817, 2.63523)),
    ("middle pitches", 4, 6, 15, (-1.03809, -0.651211, -0.282167)),
    ("upper pitches", 0, 4, 16, (-0.298702, 0.119262, 0.558497)),
    ("diagonal", 8, 2, 12, (-0.105439, 0.0153946, 0.135898)),
    ("diagonal", 4, 4, 8, (-0.142891, 0.0258736, 0.200632)),
    ("middle pitches", 0, 3, 5, (-0.826319, -0.590612, -0.368214)),
    ("upper pitches", 2, 2, 9, (-0.557409, -0.233035, 0.0534525)),
    ("later", 7, 3, 4, (-0.0646826, 0.00620476, 0.0784847)),
    ("later", 6, 2, 16, (-0.192387, -0.029699, 0.215855)),
    ("later", 1, 3, 2, (-0.0397818, -0.00568076, 0.0292026)),
    ("middle frames", 10, 1, 15, (-0.53823, -0.369934, -0.190235)),
    ("diagonal", 6, 2, 10, (-0.124877, 0.0296483, 0.139239)),
    ("later", 1, 1, 14, (-0.101475, 0.0225617, 0.231971)),
    ("diagonal", 5, 6, 4, (-0.0799915, -0.00729616, 0.063262)),
    ("upper pitches", 9, 2, 12, (-0.272556, 0.019424, 0.302559)),
    ("diagonal", 4, 2, 14, (-0.164292, -0.0321188, 0.0846339)),
)


def fingerprint(audio: Audio, *, rate: int) -> Fingerprint:
    """The fingerprint of a recording.

    Parameters
    ----------
    audio
        Mono, shape (samples,). For the same numbers as other programs give: the first 120 s.
    rate
        Samples a second.

    Returns
    -------
    Fingerprint
        uint32, one number each `STEP` seconds; empty where there are less than 2.73 s. Silence
        and a steady tone give the same number throughout: they are like any other silence.
    """
    image = _chroma(audio, rate)
    if len(image) < _WIDEST:
        return np.empty(0, dtype=np.uint32)
    sums = np.zeros((len(image) + 1, _CLASSES + 1))
    np.cumsum(np.cumsum(image, axis=0), axis=1, out=sums[1:, 1:])
    count = len(image) - _WIDEST + 1
    numbers = np.zeros(count, dtype=np.uint32)
    for shape, lowest, pitches, frames, borders in _CLASSIFIERS:
        # Beginning at each frame in turn, the widest rectangle still lies within the image.
        rectangle = sums[: count + frames, lowest : lowest + pitches + 1]
        step = np.searchsorted(borders, _difference(rectangle, frames, shape), side="right")
        numbers = (numbers << np.uint32(2)) | _GRAY[step]
    return numbers


def _chroma(audio: Audio, rate: int) -> Floats:
    """Smoothed chroma of length 1 for every frame, shape (frames, 12)."""
    from scipy import fft

    samples = soxr.resample(audio, rate, RATE, quality="HQ") if rate != RATE else audio
    if len(samples) < FRAME + (len(_SMOOTHING) - 1) * HOP:
        return np.empty((0, _CLASSES))
    windows = sliding_window_view(samples, FRAME)[::HOP]
    window, first, classes = _hamming(), *_pitch_classes()
    energy = np.empty((len(windows), _CLASSES))
    for begin in range(0, len(windows), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        spectrum = fft.rfft(windows[block] * window, axis=1, overwrite_x=True)
        heard = spectrum[:, first : first + len(classes)]
        energy[block] = (np.square(heard.real) + np.square(heard.imag)) @ classes
    count = len(energy) - len(_SMOOTHING) + 1
    smooth = np.zeros((count, _CLASSES))
    for begin, weight in enumerate(_SMOOTHING):
        smooth += weight * energy[begin : begin + count]
    length = np.sqrt(np.square(smooth).sum(axis=1, keepdims=True))
    image: Floats = np.divide(smooth, length, out=np.zeros_like(smooth), where=length >= _FAINT)
    return image


@lru_cache(maxsize=1)
def _hamming() -> Frames:
    """The Hamming window: 0.54 - 0.46 cos(2πn / 4095), for full scale as the library counts it."""
    window = np.hamming(FRAME) * _FULL_SCALE
    narrow: Frames = window.astype(np.float32)
    return narrow


@lru_cache(maxsize=1)
def _pitch_classes() -> tuple[int, Frames]:
    """The first bin that counts, and the class of each from there on, shape (bins, 12)."""
    first, last = (round(hertz * FRAME / RATE) for hertz in (_LOWEST, _HIGHEST))
    octaves = np.log2(np.arange(first, last) * RATE / FRAME / 27.5)
    note = (_CLASSES * (octaves - np.floor(octaves))).astype(np.intp)
    return first, np.eye(_CLASSES, dtype=np.float32)[note]


def _difference(sums: Floats, frames: int, shape: str) -> Floats:
    """Log ratio of two parts of a rectangle, for every frame it can begin at.

    Parameters
    ----------
    sums
        Twice cumulated chroma, shape (beginnings + frames, pitches + 1).
    """
    count, pitches = len(sums) - frames, sums.shape[1] - 1

    def part(low: int, high: int, begin: int, end: int) -> Floats:
        """Sum over pitches from `low` to `high` and frames from `begin` to `end`."""
        rise = sums[:, high] - sums[:, low]
        total: Floats = rise[end : end + count] - rise[begin : begin + count]
        return total

    everything = part(0, pitches, 0, frames)
    if shape == "whole":
        return np.log1p(everything)
    if shape == "upper pitches":
        chosen = part(pitches // 2, pitches, 0, frames)
    elif shape == "middle pitches":
        chosen = part(pitches // 3, 2 * (pitches // 3), 0, frames)
    elif shape == "later":
        chosen = part(0, pitches, frames // 2, frames)
    elif shape == "middle frames":
        chosen = part(0, pitches, frames // 3, 2 * (frames // 3))
    else:
        half, middle = pitches // 2, frames // 2
        chosen = part(half, pitches, 0, middle) + part(0, half, middle, frames)
    ratio: Floats = np.log((1.0 + chosen) / (1.0 + everything - chosen))
    return ratio
