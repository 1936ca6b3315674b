"""How far the pitches lie from the equal-tempered scale on A4 = 440 Hz.

Every tone lies some part of a semitone above or below a pitch of that scale. As angles these
parts are averaged on the circle, each tone weighted by its share of its frame: the angle of the
mean is the tuning, its length says how well all tones keep to one scale (Dressler and Streich,
*Tuning frequency estimation using circular statistics*, ISMIR 2007). A piano has a long mean;
voices that glide and noise have a short one.

Only the place between two semitones can be heard this way: an ensemble at A4 = 415 Hz sounds as
one in tune a semitone lower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.tones import tones

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Vector


@dataclass(frozen=True, slots=True)
class Tuning:
    """A scale's place.

    Attributes
    ----------
    cents
        Hundredths of a semitone above the scale on A4 = 440 Hz, in [-50, 50].
    strength
        How well all tones keep to it, in [0, 1]: 1 when each lies exactly on the scale.
    """

    cents: float
    strength: float


def tuning(sound: Sound) -> Tuning:
    """Estimate the tuning; 0 cents of strength 0 where there are no tones."""
    found = sound.shared(tones)
    if found.frames == 0:
        return Tuning(0.0, 0.0)
    turns = found.pitch - np.rint(found.pitch)
    turns *= np.float32(2 * np.pi)
    across = float(found.magnitude @ np.cos(turns)) / found.frames
    up = float(found.magnitude @ np.sin(turns)) / found.frames
    cents = 100 * np.arctan2(up, across) / (2 * np.pi)
    return Tuning(float(cents), min(1.0, float(np.hypot(across, up))))


def _compute(sound: Sound) -> Vector:
    found = sound.shared(tuning)
    return np.array([found.cents, found.strength], dtype=np.float32)


FAMILY = Family(
    name="tuning",
    version=1,
    source="Dressler and Streich, ISMIR 2007",
    groups={
        "tuning": Group(
            ("tuning", "tuning_strength"),
            about="Cents from the equal-tempered scale on A4 = 440 Hz, -50 to 50, and how well all "
            "tones keep to one such scale, in [0, 1].",
        ),
    },
    compute=_compute,
)
