"""Where something begins, and how strongly.

Two curves say how much begins in a frame, by how 128 mel bands have risen since the frame before;
what falls counts as nothing:

- **Onset strength** is the mean rise in dB. A soft note counts nearly as much as a loud one, and
  gain changes nothing. (Böck and Widmer, DAFx 2013, hold each band against its neighbours too, so
  that vibrato is no onset. On the demo music, whose notes are known, that finds fewer of them.)
- **Accent** is the mean rise in magnitude, of all bands and of those below `BASS`. What is loud
  counts most: kick, snare, bass and the leading voice.

An **onset** is a frame whose strength is the greatest within `NEAR` seconds and stands out of the
mean of `AROUND` seconds to both sides by `DELTA` times the strongest rises of the clip (their 95th
percentile) and by `LEAST` dB, which the ripple of noise and held tones does not reach. Silence
has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.frames import BINS, HOP
from segue.descriptors.framewise import framewise
from segue.descriptors.mel import mel_bank
from segue.descriptors.summary import columns, summarise

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Floats, Frames, Rows, Vector

BASS = 250.0
"""Hz below which a mel band has its centre when it counts as bass."""

NEAR = 0.05
"""Seconds to both sides in which an onset is the strongest."""

AROUND = 0.14
"""Seconds to both sides whose mean an onset stands out of."""

DELTA = 0.2
"""How far it stands out, in parts of the strongest rises."""

LEAST = 0.7
"""How far it stands out at least, in dB."""


@dataclass(frozen=True, slots=True, eq=False)
class Onsets:
    """What begins in a sound.

    Attributes
    ----------
    frames
        Numbers of the frames, rising, shape (onsets,).
    seconds
        When: half a hop after the frame's middle, shape (onsets,). A frame sees what begins before
        it is there, and in music the strength peaks that much early.
    strength
        Onset strength there in dB, shape (onsets,).
    """

    frames: Rows
    seconds: Floats
    strength: Vector


def strength(sound: Sound) -> Vector:
    """Onset strength of every frame in dB, shape (frames,), at least 0; the first has 0."""
    level = sound.decibels128
    mean: Vector = _rise(level) @ np.full(level.shape[1], 1.0 / level.shape[1], dtype=np.float32)
    return mean


@framewise()
def accents(sound: Sound) -> Frames:
    """Accent of every frame, shape (frames, 2): of all bands and of the bass; the first has 0."""
    return _rise(np.sqrt(sound.mel128)) @ _two(sound.rate, bands=sound.mel128.shape[1])


def _rise(bands: Frames) -> Frames:
    """How much each band has risen since the frame before."""
    rise = np.zeros_like(bands)
    np.subtract(bands[1:], bands[:-1], out=rise[1:])
    return np.maximum(rise, np.float32(0.0), out=rise)


@lru_cache(maxsize=4)
def _two(rate: int, *, bands: int) -> Frames:
    """Weights that average all bands, and those whose centre lies below `BASS`."""
    centres = mel_bank(rate, bands=bands, bins=BINS).argmax(axis=1) * (rate / 2 / (BINS - 1))
    both = np.stack([np.ones(bands), centres < BASS], axis=1)
    weights: Frames = (both / np.maximum(both.sum(axis=0), 1.0)).astype(np.float32)
    return weights


def around(curve: Floats, *, reach: int) -> Floats:
    """The mean of `reach` frames to both sides and the frame itself, as far as there are any."""
    total = np.concatenate([[0.0], np.cumsum(curve)])
    places = np.arange(len(curve))
    first = np.maximum(places - reach, 0)
    last = np.minimum(places + reach + 1, len(curve))
    mean: Floats = (total[last] - total[first]) / (last - first)
    return mean


def onsets(sound: Sound) -> Onsets:
    """All onsets. Ask for them with ``sound.shared(onsets)``."""
    curve = sound.shared(strength).astype(np.float64)
    rate = sound.rate / HOP
    out = curve - around(curve, reach=round(AROUND * rate))
    strong = np.partition(out, int(0.95 * (len(out) - 1)))[int(0.95 * (len(out) - 1))]
    highest = curve.copy()
    for step in range(1, round(NEAR * rate) + 1):
        np.maximum(highest[step:], curve[:-step], out=highest[step:])
        np.maximum(highest[:-step], curve[step:], out=highest[:-step])
    frames = np.flatnonzero((curve >= highest) & (out > max(DELTA * strong, LEAST)))
    seconds = (frames + np.float64(0.5)) / rate
    return Onsets(frames, seconds, curve[frames].astype(np.float32))


def intervals(sound: Sound) -> Vector:
    """Seconds from onset to onset, at least one: the clip's length where there are no two."""
    seconds = sound.shared(onsets).seconds
    if len(seconds) < 2:
        return np.array([len(sound.audio) / sound.rate], dtype=np.float32)
    return np.diff(seconds).astype(np.float32)


def _compute(sound: Sound) -> Vector:
    rate = len(sound.shared(onsets).frames) / (len(sound.audio) / sound.rate)
    curve = sound.shared(strength)
    parts = summarise(curve[:, None])[0], summarise(intervals(sound)[:, None])[0]
    return np.concatenate([[rate], *parts]).astype(np.float32)


FAMILY = Family(
    name="onsets",
    version=1,
    source="Böck and Widmer, Maximum filter vibrato suppression for onset detection, DAFx 2013",
    groups={
        "onset_rate": Group(
            ("onset_rate",),
            about="How many notes and strokes begin in a second, 0 to 20.",
            shown="onset_rate",
            unit="a second",
            low="sparse",
            high="busy",
            less="sparser",
            more="busier",
        ),
        "onsets": Group(
            columns("onset_strength"),
            about="Mean rise of 128 mel bands from frame to frame, dB, at least 0.",
        ),
        "spacing": Group(
            columns("onset_interval"),
            about="Seconds from onset to onset; the clip's length where there are no two.",
        ),
    },
    compute=_compute,
)
