"""The grain of the sound: tonal or noisy, steady or restless.

- **Flatness** is the geometric mean of a frame's power over the arithmetic: 1 for a click, near 0
  for a tone (Gray and Markel, IEEE TASSP 22(3), 1974). No bin counts as less than `Sound.floor`, so
  silence has 1. It spans magnitudes: its statistics are in dB, 0 down to about -100.
- **Flux** is how far apart the spectra of two frames in a row are, each scaled to unit length:
  ``√(½ Σ (N[t] - N[t-1])²)``, 0 for the same colour and 1 for nothing in common. Tzanetakis and
  Cook (IEEE TSAP 10(5), 2002) define its square, without the half. Loudness cancels out.
- **Zero crossings** are the part of a frame's samples at which the sign changes; samples within
  `ZERO` of zero count as positive.

Statistics are over the frames that are heard, of flux over those whose neighbour is heard too;
where there are no two in a row, the flux is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.frames import BINS, BLOCK, FRAME, HOP, blocks, over_frames
from segue.descriptors.framewise import framewise
from segue.descriptors.summary import columns, summarise

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Floats, Vector

ZERO = 1e-10
"""Samples this far below zero still count as positive."""


def flatness(sound: Sound) -> Vector:
    """Spectral flatness of every frame, shape (frames,), in (0, 1]."""
    return np.exp(sound.shared(_log_flatness)).astype(np.float32)


@framewise(levelled=True)
def _log_flatness(sound: Sound) -> Floats:
    floor = np.full((BLOCK, BINS), sound.floor, dtype=np.float32)
    power = np.empty_like(floor)
    ones = np.ones(BINS, dtype=np.float32)
    log, total = np.empty((2, len(sound.power)))
    for block in blocks(len(log)):
        rows = slice(len(log[block]))
        # The maximum of two arrays takes half the time of that of an array and a number.
        part = np.maximum(sound.power[block], floor[rows], out=power[rows])
        total[block] = part @ ones
        log[block] = np.log(part, out=part) @ ones
    return np.minimum(log / BINS - np.log(total / BINS), 0.0)


@framewise()
def flux(sound: Sound) -> Vector:
    """Spectral flux from every frame to the next, shape (frames - 1,), in [0, 1].

    Silence has no direction: from there to sound it is √½, and 0 to silence.
    """
    length = np.sqrt(sound.energy)[:, None]
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    squared = np.empty(len(length) - 1, dtype=np.float32)
    for block in blocks(len(squared)):
        reach = slice(block.start, block.stop + 1)
        unit = sound.magnitude[reach] * scale[reach]
        change = np.subtract(unit[1:], unit[:-1])
        squared[block] = np.vecdot(change, change)
    return np.sqrt(np.minimum(squared / 2, 1.0))


@framewise()
def zero_crossings(sound: Sound) -> Vector:
    """Part of a frame's samples at which the sign changes, shape (frames,), in [0, 1)."""
    negative = sound.audio < -ZERO
    hops = len(sound.audio) // HOP + FRAME // HOP
    changes = np.zeros(hops * HOP, dtype=np.bool_)
    inside = changes[FRAME // 2 : FRAME // 2 + len(negative) - 1]
    np.not_equal(negative[1:], negative[:-1], out=inside)
    # Eight booleans make one word, and words have a fast count of ones.
    ones = np.bitwise_count(changes.view(np.uint64)).reshape(hops, -1).sum(axis=1, dtype=np.float64)
    counts = over_frames(ones) - changes[FRAME - 1 :: HOP]
    return (counts / FRAME).astype(np.float32)


def _compute(sound: Sound) -> Vector:
    heard = sound.heard
    decibels = 10.0 / np.log(10.0) * sound.shared(_log_flatness)
    still = np.stack([decibels, sound.shared(zero_crossings)], axis=1)[heard].astype(np.float32)
    moving = sound.shared(flux)[heard[1:] & heard[:-1]]
    if len(moving) == 0:
        moving = np.zeros(1, dtype=np.float32)
    return np.concatenate([summarise(still).ravel(), summarise(moving[:, None]).ravel()])


FAMILY = Family(
    name="texture",
    version=1,
    source="Gray and Markel, IEEE TASSP 22(3), 1974; Tzanetakis and Cook, IEEE TSAP 10(5), 2002",
    groups={
        "noise": Group(
            columns("flatness", "zero_crossings"),
            about=(
                "Spectral flatness in dB, 0 for white noise and less for tones, and the part of "
                "samples at which the sign changes, in [0, 1)."
            ),
            shown="flatness_mean",
            unit="dB",
            low="tonal",
            high="noisy",
            less="more tonal",
            more="noisier",
        ),
        "change": Group(
            columns("flux"),
            about=(
                "Spectral flux, the distance of successive spectra of unit length: 0 for the same "
                "colour, 1 for nothing in common."
            ),
            shown="flux_mean",
            unit="%",
            low="steady",
            high="restless",
            less="steadier",
            more="more restless",
        ),
    },
    compute=_compute,
)
