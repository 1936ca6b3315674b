"""The colour of the sound: mel-frequency cepstral coefficients and how they move.

Thirteen coefficients a frame, the orthonormal DCT-II of 128 mel bands in dB (Davis and
Mermelstein, IEEE TASSP 28(4), 1980); their first and second differences in time by local
polynomials over nine frames (Savitzky and Golay, Analytical Chemistry 36(8), 1964), of the degree
of the difference, the ends extrapolated by the same polynomial. Seven statistics each: 273
numbers. Coefficient 0 follows the loudness; all others do not change with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.fft import dct
from scipy.signal import savgol_filter

from segue.descriptors.family import Family, Group
from segue.descriptors.mel import decibels
from segue.descriptors.summary import STATISTICS, summarise

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Frames, Vector

COEFFICIENTS = 13
"""How many coefficients are kept."""

WIDTH = 9
"""Frames a difference looks at."""


def mfcc(sound: Sound) -> Frames:
    """Cepstral coefficients, shape (frames, 13)."""
    coefficients: Frames = dct(decibels(sound.mel128), axis=1, type=2, norm="ortho")
    return np.ascontiguousarray(coefficients[:, :COEFFICIENTS])


def differences(frames: Frames, *, order: int) -> Frames:
    """Differences in time, of the same shape.

    Parameters
    ----------
    frames
        Shape (frames, columns). With fewer than `WIDTH` frames there is no polynomial to fit at
        the ends, and the first and last frame are taken to go on.
    order
        1 for the slope, 2 for its slope.
    """
    mode = "interp" if len(frames) >= WIDTH else "nearest"
    moved: Frames = savgol_filter(frames, WIDTH, polyorder=order, deriv=order, axis=0, mode=mode)
    return moved


def _compute(sound: Sound) -> Vector:
    coefficients = mfcc(sound)
    everything = np.concatenate(
        [coefficients, *(differences(coefficients, order=order) for order in (1, 2))], axis=1
    )
    return summarise(everything).ravel()


def _columns(prefix: str) -> tuple[str, ...]:
    return tuple(
        f"{prefix}_{number}_{statistic}"
        for number in range(COEFFICIENTS)
        for statistic in STATISTICS
    )


FAMILY = Family(
    groups={
        "timbre": Group(columns=_columns("mfcc")),
        "timbre_change": Group(columns=_columns("mfcc_delta")),
        "timbre_acceleration": Group(columns=_columns("mfcc_delta2")),
    },
    compute=_compute,
)
