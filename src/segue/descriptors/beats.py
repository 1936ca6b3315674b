"""When the beat falls, how strong and how even it is, and what happens between two beats.

Beats are the path through the pulse (`tempogram.pulse`, both curves added) that gathers the most on
its way while its steps stay near the beat's period: a step of *s* periods costs ``TIGHTNESS ·
log2(s)²`` standard deviations of the curve (Ellis, *Beat tracking by dynamic programming*, JNMR
36(1), 2007), but rounding to whole frames costs nothing. What lies before the first strong beat and
after the last is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from segue.descriptors.family import Family, Group
from segue.descriptors.frames import HOP
from segue.descriptors.onsets import strength
from segue.descriptors.tempo import estimate
from segue.descriptors.tempogram import pulse

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Floats, Rows, Vector

TIGHTNESS = 300.0
"""How dear it is to leave the tempo: what a step of twice or half the period would cost."""

SHORTEST, LONGEST = 0.8, 1.25
"""Steps from beat to beat that are looked at, in periods."""

PHASES = 24
"""Places between two beats at which `pattern` looks."""


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """When the beat falls.

    Attributes
    ----------
    frames
        The frame of every beat, rising, shape (beats,).
    seconds
        When, read between frames, shape (beats,).
    """

    frames: Rows
    seconds: Floats


def beats(sound: Sound) -> Beats:
    """All beats, none in silence. Ask for them with ``sound.shared(beats)``."""
    curve = sound.shared(pulse).sum(axis=1)
    if not curve.any():
        return Beats(np.empty(0, dtype=np.int64), np.empty(0))
    rate = sound.rate / HOP
    frames = track(curve, period=60.0 * rate / sound.shared(estimate).bpm)
    strong = np.flatnonzero(curve[frames] >= 0.5 * np.sqrt(np.mean(curve[frames] ** 2)))
    frames = frames[strong[0] : strong[-1] + 1] if len(strong) else frames[:0]
    return Beats(frames, (frames + _summits(curve, frames)) / rate)


def track(curve: Floats, *, period: float) -> Rows:
    """The best path of beats, frame numbers of shape (beats,).

    Parameters
    ----------
    curve
        How much speaks for a beat in every frame, shape (frames,), at least 0.
    period
        Frames from beat to beat.
    """
    shortest, longest = max(1, round(SHORTEST * period)), round(LONGEST * period) + 1
    steps = np.arange(longest, shortest - 1, -1)
    off = steps - period
    rounded = period + np.sign(off) * np.maximum(np.abs(off) - 0.5, 0.0)
    cost = TIGHTNESS * np.log2(rounded / period) ** 2
    # Ahead of the first frame lie as many empty ones as the longest step.
    total = np.concatenate([np.zeros(longest), curve / (curve.std() or 1.0)])
    behind = sliding_window_view(total, len(steps))
    came = np.full(len(total), -1)
    for first in range(longest, len(total), shortest):
        # No step is shorter than this block, so all of its frames can be done at once.
        here = slice(first, first + shortest)
        gathered = behind[first - longest : first - longest + len(total[here])] - cost
        worth = gathered.max(axis=1)
        total[here] += np.maximum(worth, 0.0)
        came[here] = np.where(worth > 0, gathered.argmax(axis=1), -1)
    place = len(total) - 1 - int(np.argmax(total[: -round(period) - 2 : -1]))
    path = []
    while place >= longest:
        path.append(place - longest)
        place = place - int(steps[came[place]]) if came[place] >= 0 else -1
    return np.array(path[::-1], dtype=np.int64)


def _summits(curve: Floats, frames: Rows) -> Floats:
    """How far from each frame the top of the parabola through it and its neighbours lies."""
    padded = np.pad(curve, 1)
    before, here, after = padded[frames], padded[frames + 1], padded[frames + 2]
    bend = before - 2.0 * here + after
    top = np.divide(0.5 * (before - after), bend, out=np.zeros_like(bend), where=bend < 0)
    # Where the frame is no maximum, the beat stays where the path has it.
    top[(here < before) | (here < after)] = 0.0
    return top


def pattern(sound: Sound) -> Floats:
    """Mean pulse at `PHASES` places from one beat to the next, shape (PHASES,).

    In parts of the mean over all places, so 1 everywhere where there are no two beats or nothing
    between them. The first place is the beat.
    """
    when = sound.shared(beats).seconds * sound.rate / HOP
    if len(when) < 2:
        return np.ones(PHASES)
    places = when[:-1, None] + np.diff(when)[:, None] * (np.arange(PHASES) / PHASES)
    curve = sound.shared(pulse)[:, 0]
    read = np.interp(places, np.arange(len(curve)), curve).mean(axis=0)
    mean = read.mean()
    return read / mean if mean > 0 else np.ones(PHASES)


def swing(pattern: Floats) -> float:
    """How much longer the first half of a beat is than the second: 1 if even, 2 for triplets.

    The place of the strongest pulse between 0.42 and 0.72 of the beat; 1 where none stands out.
    """
    first, last = round(0.42 * PHASES), round(0.72 * PHASES)
    place = first + int(np.argmax(pattern[first : last + 1]))
    before, here, after = pattern[place - 1 : place + 2]
    if here <= 1.0 or here < max(before, after):
        return 1.0
    bend = before - 2.0 * here + after
    phase = (place + (0.5 * (before - after) / bend if bend < 0 else 0.0)) / PHASES
    return float(max(phase / (1.0 - phase), 1.0))


def prominence(curve: Floats, frames: Rows) -> float:
    """The mean of a curve at the beats less its mean over all frames; 0 without beats.

    At a beat counts the highest of its frame and both neighbours.
    """
    if len(frames) == 0:
        return 0.0
    padded = np.pad(curve, 1)
    highest = np.max([padded[frames], padded[frames + 1], padded[frames + 2]], axis=0)
    return float(highest.mean() - curve.mean())


def evenness(seconds: Floats) -> float:
    """Deviation of the time from beat to beat as a part of its mean; 0 for fewer than 3."""
    if len(seconds) < 3:
        return 0.0
    apart = np.diff(seconds)
    return float(apart.std() / apart.mean())


def _compute(sound: Sound) -> Vector:
    frames = sound.shared(beats).frames
    found = pattern(sound)
    numbers = [
        prominence(sound.shared(strength).astype(np.float64), frames),
        prominence(sound.shared(pulse)[:, 1], frames),
        evenness(sound.shared(beats).seconds),
        swing(found),
        *(found[round(phase * PHASES)] for phase in (0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)),
    ]
    return np.array(numbers, dtype=np.float32)


FAMILY = Family(
    name="beats",
    version=1,
    source="Ellis, Beat tracking by dynamic programming, JNMR 36(1), 2007",
    groups={
        "beat": Group(
            ("beat_strength", "beat_bass", "beat_deviation"),
            about=(
                "Mean onset strength at the beats less the mean of all frames, dB; the same of the "
                "pulse of the bass; and the deviation of the time from beat to beat, in parts of "
                "its mean."
            ),
            shown="beat_strength",
            unit="dB",
            low="weak in the beat",
            high="strong in the beat",
            less="weaker in the beat",
            more="stronger in the beat",
        ),
        "groove": Group(
            (
                "swing_ratio",
                *(f"pulse_at_{place}" for place in ("beat", "1_4", "1_3", "1_2", "2_3", "3_4")),
            ),
            about=(
                "First half of a beat over the second, 1 to 2.6 (2 for triplets); and the pulse "
                "from beat to beat in parts of its mean, at least 0."
            ),
        ),
    },
    compute=_compute,
)
