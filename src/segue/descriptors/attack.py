"""How a note comes in, and where in the clip the weight lies.

The **amplitude** is the root mean square of 12 ms, every 6 ms. An **event** begins at an onset: its
peak is the highest amplitude up to `LONGEST` seconds later or to the next onset, its valley the
lowest on the way there. **Attack time** runs from 10 % to 90 % of the way from valley to peak
(Peeters, *A large set of audio features*, CUIDADO report, 2004; Peeters and others, *The Timbre
Toolbox*, JASA 130(5), 2011); in a mix the sound before a note is not silent, so the way does not
begin at zero. Of a whole clip it is the median over the stronger half of its onsets; a clip without
onsets counts as having one at its beginning. In silence all times are 0.

The **temporal centroid** is the mean time, every moment weighted by its energy: of the clip as a
share of its length, of an event in seconds from its onset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.onsets import onsets

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Floats, Rows, Vector

BEFORE, LONGEST = 0.06, 0.3
"""Seconds before an onset and after it in which the valley and the peak of its event lie."""

LOW, HIGH = 0.1, 0.9
"""Parts of the way from valley to peak between which the attack runs."""

STEP = 128
"""Samples from one amplitude to the next; each looks at twice as many."""

DEEPEST = 60.0
"""The greatest rise, in dB."""


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Onsets by what follows, each of shape (events,).

    Attributes
    ----------
    attack
        Attack time in seconds.
    rise
        Peak over valley in dB, 0 to `DEEPEST`.
    centroid
        Mean time after the onset weighted by energy, in seconds, up to `LONGEST` or to the next.
    """

    attack: Floats
    rise: Floats
    centroid: Floats


def energy(sound: Sound) -> Floats:
    """Mean square of 256 samples every 128, shape (1 + samples // 128,)."""
    whole = len(sound.audio) // STEP
    steps = sound.audio[: whole * STEP].reshape(whole, STEP)
    rest = sound.audio[whole * STEP :]
    single = np.concatenate([[0.0], np.vecdot(steps, steps), [np.vecdot(rest, rest)]])
    mean: Floats = (single[:-1] + single[1:]) / (2 * STEP)
    return mean


def events(sound: Sound) -> Events:
    """The stronger half of the onsets, or the whole clip where there are none."""
    found = sound.shared(onsets)
    curve = sound.shared(energy)
    rate = sound.rate / STEP
    some = len(found.frames) > 0
    starts = np.round(found.seconds * rate).astype(int) if some else np.array([0])
    ends = np.append(starts[1:], len(curve))
    strong = found.strength >= np.median(found.strength) if some else np.array([True])
    before, after = round(BEFORE * rate), round(LONGEST * rate)
    places = starts[strong, None] + np.arange(-before, after + 1)
    cut = np.append(curve, 0.0)[np.where((places >= 0) & (places < len(curve)), places, len(curve))]
    length = before + np.minimum(ends - starts, after + 1)[strong]
    return _measured(cut, before, length, rate)


def _measured(cut: Floats, begin: int, length: Rows, rate: float) -> Events:
    """Measure events that begin at column `begin` and have `length` columns that count."""
    amplitude = np.sqrt(cut)
    rows, columns = np.arange(len(cut)), np.arange(cut.shape[1])
    during = (columns >= begin) & (columns < length[:, None])
    peak = np.argmax(np.where(during, amplitude, -1.0), axis=1)
    until = columns <= peak[:, None]
    top = amplitude[rows, peak]
    valley = np.min(np.where(until, amplitude, np.inf), axis=1)
    low, high = (valley + part * (top - valley) for part in (LOW, HIGH))
    last = cut.shape[1] - 1
    start = last - np.argmax((until & (amplitude <= low[:, None]))[:, ::-1], axis=1)
    end = np.argmax((columns >= start[:, None]) & (amplitude >= high[:, None]), axis=1)
    began = start + _share(
        low, amplitude[rows, start], amplitude[rows, np.minimum(start + 1, last)]
    )
    ended = end - 1 + _share(high, amplitude[rows, np.maximum(end - 1, 0)], amplitude[rows, end])
    weight = np.where(during, cut, 0.0)
    total = weight.sum(axis=1)
    moment = weight @ (columns - begin).astype(np.float64)
    deepest = 10.0 ** (-DEEPEST / 20.0)
    over = np.divide(valley, top, out=np.ones_like(top), where=top > 0)
    return Events(
        attack=np.where(top > valley, np.maximum(ended - began, 0.0), 0.0) / rate,
        rise=-20.0 * np.log10(np.maximum(over, deepest)),
        centroid=np.divide(moment, total, out=np.zeros_like(total), where=total > 0) / rate,
    )


def _share(value: Floats, below: Floats, above: Floats) -> Floats:
    """How far along the way from `below` to `above` a value between them lies, in [0, 1]."""
    way = above - below
    along = np.divide(value - below, way, out=np.zeros_like(way), where=way > 0)
    return np.clip(along, 0.0, 1.0)


def centroid(sound: Sound) -> float:
    """The temporal centroid as a share of the clip, in [0, 1]; one half in silence."""
    curve = sound.shared(energy)
    total = curve.sum()
    if total <= 0.0 or len(curve) == 1:
        return 0.5
    return float(curve @ np.arange(len(curve)) / total / (len(curve) - 1))


def _compute(sound: Sound) -> Vector:
    found = events(sound)
    early, middle, late = np.quantile(found.attack, (0.25, 0.5, 0.75))
    medians = np.median(found.rise), np.median(found.centroid)
    quick = np.log10(max(middle, STEP / sound.rate))
    return np.array([middle, early, late, quick, *medians, centroid(sound)], dtype=np.float32)


FAMILY = Family(
    name="attack",
    version=1,
    source="Peeters and others, The Timbre Toolbox, JASA 130(5), 2011",
    groups={
        "attack": Group(
            ("attack_time", "attack_time_q25", "attack_time_q75", "attack_log", "attack_rise"),
            about=(
                "Seconds from 10 % to 90 % of the rise of the stronger half of the onsets: median "
                "and quartiles, 0 to 0.36; the logarithm (base 10) of the median; and how far they "
                "rise, dB, 0 to 60."
            ),
        ),
        "course": Group(
            ("event_centroid", "temporal_centroid"),
            about=(
                "Where the energy lies in time: seconds after an onset, 0 to 0.3, and the clip's "
                "share, 0 to 1."
            ),
        ),
    },
    compute=_compute,
)
