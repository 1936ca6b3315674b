"""The colour of the sound: mel-frequency cepstral coefficients and how they move.

Thirteen coefficients a frame, the orthonormal DCT-II of 128 mel bands in dB (Davis and
Mermelstein, IEEE TASSP 28(4), 1980); their first and second differences in time by polynomials
fitted to nine frames (Savitzky and Golay, Analytical Chemistry 36(8), 1964), of the degree of the
difference. Seven statistics each: 273 numbers. Coefficient 0 follows the loudness; all others do
not change with it.
"""

from __future__ import annotations

from functools import lru_cache
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.summary import columns, summarise

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Frames, Vector

COEFFICIENTS = 13
"""How many coefficients are kept."""

WIDTH = 9
"""Frames a difference looks at."""


def mfcc(sound: Sound) -> Frames:
    """Cepstral coefficients, shape (frames, 13)."""
    coefficients: Frames = sound.decibels128 @ _cosines(sound.mel128.shape[1]).T
    return coefficients


@lru_cache(maxsize=1)
def _cosines(bands: int) -> Frames:
    """The first rows of the orthonormal DCT-II: √(2/N) cos(π k (n + ½) / N), row 0 by √½."""
    angles = np.outer(np.arange(COEFFICIENTS), np.arange(bands) + 0.5) * np.pi / bands
    rows = np.sqrt(2.0 / bands) * np.cos(angles)
    rows[0] *= np.sqrt(0.5)
    cosines: Frames = rows.astype(np.float32)
    return cosines


def differences(frames: Frames, *, order: int) -> Frames:
    """Differences in time, of the same shape.

    A polynomial of degree `order` is fitted to the `WIDTH` frames around each one; its
    `order`-th derivative is the difference. It is the same all along the polynomial, so the
    frames at both ends take that of the first and last nine. With fewer frames in all, the first
    and last frame are taken to go on.

    Parameters
    ----------
    frames
        Shape (frames, columns), at least one frame.
    order
        1 for the slope, 2 for its slope.
    """
    half = WIDTH // 2
    if len(frames) < WIDTH:
        frames = np.pad(frames, ((half, half), (0, 0)), mode="edge")
        return _fitted(frames, order)
    return np.pad(_fitted(frames, order), ((half, half), (0, 0)), mode="edge")


def _fitted(frames: Frames, order: int) -> Frames:
    """The derivative for every `WIDTH` frames in a row, shape (frames - WIDTH + 1, columns)."""
    weights = _derivative(order)
    return np.stack([np.correlate(column, weights, "valid") for column in frames.T], axis=1)


@lru_cache(maxsize=2)
def _derivative(order: int) -> Vector:
    """Weights of `WIDTH` frames in the derivative of the polynomial fitted to them."""
    places = np.arange(WIDTH) - WIDTH // 2
    fit = np.linalg.pinv(np.vander(places, order + 1, increasing=True))
    weights: Vector = (factorial(order) * fit[order]).astype(np.float32)
    return weights


def _compute(sound: Sound) -> Vector:
    coefficients = mfcc(sound)
    everything = np.concatenate(
        [coefficients, *(differences(coefficients, order=order) for order in (1, 2))], axis=1
    )
    return summarise(everything).ravel()


def _named(prefix: str) -> tuple[str, ...]:
    return columns(*(f"{prefix}_{number}" for number in range(COEFFICIENTS)))


FAMILY = Family(
    name="timbre",
    version=1,
    source="Davis and Mermelstein, IEEE TASSP 28(4), 1980",
    groups={
        "timbre": Group(
            _named("mfcc"),
            about="Thirteen mel-frequency cepstral coefficients: the shape of the spectrum.",
        ),
        "movement": Group(
            _named("mfcc_delta") + _named("mfcc_delta2"),
            about="Their first and second differences in time, a frame and a frame squared.",
        ),
    },
    compute=_compute,
)
