"""How loud it is, and how much that changes.

In dB relative to full scale (a square wave that fills it has 0 dB, a sine 3 dB less). Nothing is
below `FLOOR`. Files are taken as they are: a louder master is louder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Vector

FLOOR = -100.0
"""The lowest level, in dB."""


def level(sound: Sound) -> float:
    """Root mean square of the whole clip in dB."""
    return float(_decibels(np.sqrt(np.mean(np.square(sound.audio, dtype=np.float64)))))


def level_range(sound: Sound) -> float:
    """Decibels between soft and loud: from the tenth to the ninety-fifth percentile of frames."""
    soft, loud = np.quantile(_decibels(sound.rms), (0.10, 0.95))
    return float(loud - soft)


def _decibels(amplitude: Vector) -> Vector:
    lowest = 10.0 ** (FLOOR / 20.0)
    decibels: Vector = 20.0 * np.log10(np.maximum(amplitude, lowest))
    return decibels


def _compute(sound: Sound) -> Vector:
    return np.array([level(sound), level_range(sound)], dtype=np.float32)


FAMILY = Family(
    name="level",
    version=1,
    source="Root mean square",
    groups={
        "loudness": Group(
            ("level",),
            about="Root mean square of the clip, dB relative to full scale, -100 to 0.",
            shown="level",
            unit="dB",
            low="quiet",
            high="loud",
            less="quieter",
            more="louder",
        ),
        "dynamics": Group(
            ("level_range",),
            about="Decibels from the tenth to the ninety-fifth percentile of the frames.",
            shown="level_range",
            unit="dB",
            low="even in loudness",
            high="dynamic",
            less="more even in loudness",
            more="more dynamic",
        ),
    },
    compute=_compute,
)
