"""How loud it is, and how much that changes.

In dB relative to full scale (a square wave that fills it has 0 dB, a sine 3 dB less). Nothing is
below -100 dB. Files are taken as they are: a louder master is louder.
"""

from __future__ import annotations

from math import inf, log10
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.mel import FLOOR, decibels
from segue.descriptors.summary import columns, summarise

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Vector


def rms(sound: Sound) -> Vector:
    """Root mean square of every frame in dB, shape (frames,)."""
    return decibels(np.square(sound.rms), span=inf)


def level(sound: Sound) -> float:
    """Root mean square of the whole clip in dB."""
    return _decibels(float(sound.hop_energy.sum()) / len(sound.audio))


def crest(sound: Sound) -> float:
    """The highest sample over the root mean square of the clip, in dB: 0 for a square wave."""
    highest = max(float(sound.audio.max()), -float(sound.audio.min()))
    return max(_decibels(highest**2) - level(sound), 0.0)


def _decibels(power: float) -> float:
    return 10.0 * log10(max(power, FLOOR))


def _compute(sound: Sound) -> Vector:
    frames = rms(sound)
    soft, loud = np.quantile(frames, (0.10, 0.95))
    statistics = summarise(frames[:, None]).ravel()
    return np.array([level(sound), *statistics, loud - soft, crest(sound)], dtype=np.float32)


FAMILY = Family(
    name="level",
    version=2,
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
        "loudness_over_time": Group(
            columns("rms"),
            about="Root mean square of the frames, dB relative to full scale, -100 to 0.",
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
        "punch": Group(
            ("crest",),
            about="Crest factor: the highest sample over the root mean square, dB, at least 0.",
            shown="crest",
            unit="dB",
            low="dense",
            high="punchy",
            less="denser",
            more="punchier",
        ),
    },
    compute=_compute,
)
