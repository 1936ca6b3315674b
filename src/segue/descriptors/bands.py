"""The long-term spectrum: mean level in ten bands as wide as the ear's, and how much it moves.

Forty mel bands in dB, averaged over time and four by four. Each band is relative to the mean of
all, so that the shape counts and not the loudness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.mel import decibels

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Vector

BANDS = 10
"""How many bands there are."""


def _compute(sound: Sound) -> Vector:
    gather = np.repeat(np.eye(BANDS, dtype=np.float32), 40 // BANDS, axis=0) * (BANDS / 40)
    level = (decibels(sound.mel40) @ gather).astype(np.float64)
    mean = level.mean(axis=0)
    return np.concatenate([mean - mean.mean(), level.std(axis=0)]).astype(np.float32)


FAMILY = Family(
    name="bands",
    version=1,
    source="Slaney, Auditory Toolbox, 1998 (the mel scale)",
    groups={
        "spectrum": Group(
            tuple(f"band_{number}_{part}" for part in ("mean", "std") for number in range(BANDS)),
            about="Mean level of ten bands, dB relative to the mean of all, and its deviation.",
        ),
    },
    compute=_compute,
)
