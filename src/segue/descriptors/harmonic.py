"""The pitch of what is sustained: one fundamental frequency a frame, and how sure it is.

The spectrum of a tone with fundamental frequency f₀ repeats every f₀, whichever partials are
there, so its inverse transform, the autocorrelation, peaks at the period 1/f₀ (Wiener-Khinchin).
Here the power spectrum is that of the harmonic part (`segue.descriptors.separation`) up to half
of half the rate, and the autocorrelation is divided by that of the window, which would favour
short periods (Boersma, *Accurate short-term analysis of the fundamental frequency*, IFA
Proceedings 17, 1993). Multiples of a period peak as high as the period itself: the first peak
counts that is at least `NEARLY` as high as the highest (McLeod and Wyvill, *A smarter way to find
pitch*, ICMC 2005). Parabolas give peaks their place and height between samples.

The **strength** of a frame's pitch is the height of that peak times the harmonic part of the
frame's energy: 1 for a steady tone alone, 0 for a frame without pitch. A frame is **voiced** where
it is at least `VOICED`; it is 0 where the frame is not heard. A constant offset of the samples is
left out of everything. In music with several voices the pitch is that of the strongest, often the
bass, or of the bass note that a chord implies.

Pitches are in semitones, as MIDI note numbers: 69 is A4 = 440 Hz, 12 make an octave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.frames import FRAME, QUIET
from segue.descriptors.framewise import framewise
from segue.descriptors.separation import STRIDE, separate
from segue.descriptors.summary import columns, summarise

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Frames, Mask, Vector

LOWEST = 40.0
"""Hz below which no fundamental is looked for: half a semitone below E1, a bass's lowest string."""

HIGHEST = 1760.0
"""Hz above which none is looked for: A6."""

NEARLY = 0.9
"""Part of the highest peak from which an earlier one is taken for the period."""

VOICED = 0.5
"""Strength from which a frame counts as voiced."""

MIDDLE = 60.0
"""The pitch told of a clip in which no frame is voiced: middle C."""

_BINS = FRAME // 4
_OFFSET = 2
_FAINT = np.finfo(np.float32).tiny


@dataclass(frozen=True, slots=True, eq=False)
class Pitch:
    """The pitch of every frame that was separated.

    Attributes
    ----------
    f0
        Fundamental frequency in Hz, shape (frames,); means nothing where not voiced.
    strength
        How much of the frame is a tone of that pitch, in [0, 1], shape (frames,).
    voiced
        Whether the frame has a pitch, shape (frames,).
    stride
        Frames of the sound from one of these frames to the next.
    """

    f0: Vector
    strength: Vector
    voiced: Mask
    stride: int


def pitch(sound: Sound) -> Pitch:
    """The pitch of every second frame. Ask for it with ``sound.shared(pitch)``."""
    track = sound.shared(_track)
    least = sound.energy.max() * np.float32(10.0 ** (-QUIET / 10.0))
    heard = (track.energy > 0.0) & (track.energy >= least)
    share = np.divide(track.tonal, track.energy, out=np.zeros_like(track.energy), where=heard)
    strength = np.clip(track.height, 0.0, 1.0) * np.clip(share, 0.0, 1.0)
    return Pitch(track.f0, strength, strength >= VOICED, STRIDE)


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    """What `pitch` needs of every second frame, all of shape (frames,).

    Attributes
    ----------
    f0, height
        Of the peak that counts: Hz, and how high it is.
    tonal, energy
        Of the harmonic part and of everything, both without a constant offset.
    """

    f0: Vector
    height: Vector
    tonal: Vector
    energy: Vector


@framewise(every=STRIDE, levelled=True)
def _track(sound: Sound) -> _Track:
    parts = sound.shared(separate)
    whole = sound.power[::STRIDE, :_BINS]
    harmonic = whole * parts.mask[:, :_BINS]
    harmonic *= parts.mask[:, :_BINS]
    tonal = parts.harmonic - harmonic[:, :_OFFSET].sum(axis=1)
    energy = sound.energy[::STRIDE] - whole[:, :_OFFSET].sum(axis=1)
    harmonic[:, :_OFFSET] = 0.0
    correlation = _autocorrelation(harmonic, rate=sound.rate)
    period, height = _periods(correlation, rate=sound.rate)
    return _Track(np.float32(sound.rate) / period, height, tonal, energy)


def _autocorrelation(power: Frames, *, rate: int) -> Frames:
    """Autocorrelation of frames of which the spectrum is given, without that of the window.

    Shape (frames, lags), lags of ½, 1½, 2½ … samples: the DCT-III, which is half as long as the
    inverse transform. 1 at the period of a steady tone; 0 everywhere where there is nothing.
    """
    from scipy import fft

    lags = np.arange(min(FRAME // 2, int(rate / LOWEST) + 3)) + 0.5
    window = (2.0 + np.cos(2.0 * np.pi / FRAME * lags)) / 3.0
    total = np.maximum(2.0 * power.sum(axis=1, keepdims=True), _FAINT)
    cosines: Frames = fft.dct(power, type=3, n=FRAME // 2, axis=1)
    correlation: Frames = cosines[:, : len(lags)] / (total * window.astype(np.float32))
    return correlation


def _periods(correlation: Frames, *, rate: int) -> tuple[Vector, Vector]:
    """Period in samples and height of the peak that counts, both of shape (frames,).

    Where there is no peak above 0 the period is that of `HIGHEST` and the height 0.
    """
    frames = len(correlation)
    first = int(rate / HIGHEST - 0.5) - 1
    steps = np.diff(correlation[:, first:], axis=1)
    falling = steps <= 0.0
    peaks = np.flatnonzero(falling[:, 1:] > falling[:, :-1])
    frame, place = np.divmod(peaks, steps.shape[1] - 1)
    rise, fall = steps[frame, place], -steps[frame, place + 1]
    lag = first + 1 + place
    height = correlation[frame, lag] + np.square(rise - fall) / (8.0 * (rise + fall))
    highest = np.zeros(frames, dtype=np.float32)
    np.maximum.at(highest, frame, height)
    high = np.flatnonzero((height > 0.0) & (height >= np.float32(NEARLY) * highest[frame]))
    chosen = high[np.diff(frame[high], prepend=-1) > 0]
    period = np.full(frames, rate / HIGHEST, dtype=np.float32)
    between = 0.5 * (rise - fall)[chosen] / (rise + fall)[chosen]
    period[frame[chosen]] = lag[chosen] + np.float32(0.5) + between
    heights = np.zeros(frames, dtype=np.float32)
    heights[frame[chosen]] = height[chosen]
    return period, heights


def semitones(f0: Vector) -> Vector:
    """Hz, above 0, as MIDI note numbers."""
    numbers: Vector = np.float32(69.0) + np.float32(12.0) * np.log2(f0 / np.float32(440.0))
    return numbers


def _compute(sound: Sound) -> Vector:
    found = sound.shared(pitch)
    notes = semitones(found.f0[found.voiced])
    if len(notes) == 0:
        notes = np.array([MIDDLE], dtype=np.float32)
    heard = sound.heard[:: found.stride]
    strength = found.strength[heard] if heard.any() else np.zeros(1, dtype=np.float32)
    share = np.array([found.voiced[heard].mean() if heard.any() else 0.0], dtype=np.float32)
    return np.concatenate(
        [summarise(notes[:, None])[0], share, summarise(strength[:, None])[0]], dtype=np.float32
    )


FAMILY = Family(
    name="harmonic",
    version=1,
    source=(
        "Boersma, IFA Proceedings 17, 1993 (autocorrelation); McLeod and Wyvill, ICMC 2005 (peaks)"
    ),
    groups={
        "pitch": Group(
            columns("f0"),
            about=(
                "Fundamental frequency (f0) of the voiced frames in semitones, 69 for A4 = 440 "
                "Hz and 12 an octave, 27 to 93. 60 where no frame is voiced."
            ),
        ),
        "pitch_clarity": Group(
            ("voiced_share", *columns("f0_strength")),
            about=(
                "Part of the frames that have a pitch, and how much of a frame is a tone of its "
                "pitch, all in [0, 1]. 0 in silence."
            ),
        ),
    },
    compute=_compute,
)
