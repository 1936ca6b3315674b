"""Tones from nothing: sums of partials, looped waves, shaped noise, envelopes.

Two ways of making a tone, both far cheaper than a sine a partial a sample:

*Partials* that decay exponentially. A partial is the real part of ``a·exp((iω − d)·n)``; writing
``n = q·B + r`` parts it into ``exp((iω − d)qB) · exp((iω − d)r)``, so all partials of a note are
one matrix product of shape (blocks, 2H) × (2H, B). Any tuning, any decay a partial, no aliasing.

*Waves*: one period of a harmonic spectrum, read at a phase that may wander (vibrato, glides).

All times are seconds, frequencies Hz, results float32 of shape (samples,), peak about 1.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import fft

if TYPE_CHECKING:
    from segue.types import Audio, Floats

RATE = 44_100
"""Samples a second of everything the demo composer makes."""

TOP = 15_000.0
"""Partials above this are left out: few ears, and no encoder, would keep them."""

_PERIOD = 8192

# OpenBLAS multiplies in one thread up to this many products of two numbers.
_UNSHARED = 4 * 65_536


def hertz(pitch: float) -> float:
    """Frequency of a MIDI pitch, 69 being 440 Hz, in equal temperament."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def partials(
    frequencies: Floats, amplitudes: Floats, *, decays: Floats | float = 0.0, seconds: float
) -> Audio:
    """Sum of decaying sines.

    Parameters
    ----------
    frequencies, amplitudes
        Shape (partials,). Partials above `TOP` are dropped; with none left the tone is silent.
    decays
        Rate of decay a partial, 1/seconds (0 rings on).
    """
    samples = max(1, round(seconds * RATE))
    kept = frequencies < TOP
    turns = frequencies[kept] * (1.0 / RATE)
    rates = np.broadcast_to(np.float64(1.0 / RATE) * decays, frequencies.shape)[kept]
    block = 128 if samples < 20_000 else 256 if samples < 100_000 else 512
    outer = np.arange(0, samples, block, dtype=np.float64)
    inner = np.arange(block, dtype=np.float64)
    # All phases zero would add up to one spike a period; these spread it (M. Schroeder, 1970).
    order = np.arange(len(turns), dtype=np.float64)
    phases = 0.5 * order**2 / max(1, len(turns))
    left_sin, left_cos = _spun(outer, turns, rates, phases)
    right_sin, right_cos = _spun(inner, turns, rates, np.zeros(1))
    scale = amplitudes[kept].astype(np.float32)
    left = np.hstack([left_sin * scale, left_cos * scale])
    right = np.hstack([right_cos, right_sin]).T
    tone = np.empty((len(outer), block), dtype=np.float32)
    # In slices small enough that the linear algebra starts no threads: a note is too short to
    # share, and pieces are already made in parallel.
    rows = max(1, _UNSHARED // max(1, right.size))
    for first in range(0, len(outer), rows):
        np.matmul(left[first : first + rows], right, out=tone[first : first + rows])
    return tone.reshape(-1)[:samples]


def _spun(times: Floats, turns: Floats, rates: Floats, phases: Floats) -> tuple[Audio, Audio]:
    """Sine and cosine of every partial at `times` (samples), decayed; shape (times, partials)."""
    angle = np.outer(times, turns) + phases
    angle = ((angle - np.floor(angle)) * (2 * np.pi)).astype(np.float32)
    fall = np.exp(-np.outer(times, rates)).astype(np.float32)
    return np.sin(angle) * fall, np.cos(angle) * fall


@lru_cache(maxsize=512)
def period(spectrum: tuple[float, ...]) -> Audio:
    """One period of the wave whose harmonics 1, 2, … have these amplitudes, peak 1."""
    bins = np.zeros(_PERIOD // 2 + 1, dtype=np.complex128)
    bins[1 : len(spectrum) + 1] = -1j * np.asarray(spectrum[: _PERIOD // 2])
    wave = fft.irfft(bins)
    peak = float(np.max(np.abs(wave)))
    table: Audio = (wave / (peak or 1.0)).astype(np.float32)
    table.flags.writeable = False
    return table


def looped(table: Audio, phase: Floats) -> Audio:
    """Read a period at `phase` (in turns), nearest of its 8192 points (noise below -70 dB)."""
    index = (phase * _PERIOD).astype(np.int64) & (_PERIOD - 1)
    wave: Audio = table[index]
    return wave


def wandering(pitch: float, seconds: float, *, vibrato: float, speed: float = 5.3) -> Floats:
    """Phase in turns of a tone whose vibrato of `vibrato` semitones fades in over 0.4 s."""
    times = np.arange(max(1, round(seconds * RATE))) / RATE
    depth = vibrato * np.minimum(times / 0.4, 1.0) * np.log(2.0) / 12.0
    swing = -np.cos(2 * np.pi * speed * times) / (2 * np.pi * speed)
    turns: Floats = hertz(pitch) * (times + depth * swing) + 4.0
    return turns


def noise(rng: np.random.Generator, seconds: float, *, low: float, high: float) -> Audio:
    """Noise between two frequencies with soft flanks (an octave each), RMS 1."""
    samples = max(64, round(seconds * RATE))
    size = fft.next_fast_len(samples, real=True)
    bins = fft.rfft(rng.standard_normal(size, dtype=np.float32))
    frequencies = np.maximum(fft.rfftfreq(size, 1.0 / RATE), 1.0)
    gain = 1.0 / np.sqrt((1.0 + (low / frequencies) ** 6) * (1.0 + (frequencies / high) ** 6))
    hiss = fft.irfft(bins * gain.astype(np.float32), size)[:samples]
    shaped: Audio = (hiss / np.sqrt(np.mean(hiss**2) + 1e-12)).astype(np.float32)
    return shaped


def fade(samples: int) -> Audio:
    """Half a raised cosine from 0 to 1, shape (samples,)."""
    ramp: Audio = (0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, samples))).astype(np.float32)
    return ramp


def shaped(tone: Audio, *, attack: float, release: float) -> Audio:
    """The tone with raised-cosine ends of `attack` and `release` seconds, changed in place."""
    head = min(len(tone) // 2, max(8, round(attack * RATE)))
    tail = min(len(tone) - head, max(8, round(release * RATE)))
    tone[:head] *= fade(head)
    tone[len(tone) - tail :] *= fade(tail)[::-1]
    return tone


def falling(tone: Audio, *, rate: float) -> Audio:
    """The tone under an exponential fall of `rate` (1/seconds), changed in place."""
    tone *= np.exp(np.arange(len(tone), dtype=np.float32) * np.float32(-rate / RATE))
    return tone
