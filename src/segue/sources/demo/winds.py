"""Instruments that bend: winds, the lead synthesiser, and voices.

Each is a looped wave (`oscillators.period`) read at a phase with vibrato. Voices have the formants
of five vowels over a falling source; nobody sings words, and nobody real is imitated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.sources.demo.oscillators import RATE, hertz, looped, noise, period, shaped, wandering

if TYPE_CHECKING:
    from segue.sources.demo.hands import Colour
    from segue.types import Audio

_VOWELS = (
    ((730.0, 1.0), (1090.0, 0.5), (2440.0, 0.14)),
    ((570.0, 1.0), (840.0, 0.55), (2410.0, 0.1)),
    ((530.0, 1.0), (1840.0, 0.3), (2480.0, 0.16)),
    ((400.0, 1.0), (800.0, 0.4), (2300.0, 0.06)),
    ((360.0, 1.0), (2000.0, 0.2), (2800.0, 0.14)),
)


def sawlead(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Lead synthesiser: a filtered saw with vibrato and its twin beside it."""
    order = np.arange(1.0, 40.0)
    cutoff = 2000.0 + 6000.0 * colour.bright
    frequencies = order * hertz(pitch)
    gain = (
        np.where(frequencies < 14_000.0, 1.0, 0.0)
        / order
        / np.sqrt(1 + (frequencies / cutoff) ** 4)
    )
    table = period(tuple(gain.tolist()))
    phase = wandering(pitch, seconds, vibrato=0.12 + 0.2 * colour.spread)
    tone = looped(table, phase) + 0.7 * looped(table, phase * (1.0 + 0.004 * colour.spread) + 0.3)
    return shaped(tone.astype(np.float32), attack=0.012, release=0.06)


def _wind(
    pitch: float, seconds: float, colour: Colour, *, spectrum: tuple[float, ...], breath: float
) -> Audio:
    phase = wandering(pitch, seconds, vibrato=0.08 + 0.22 * colour.spread)
    tone = looped(period(spectrum), phase).copy()
    if breath > 0.0:
        base = hertz(pitch)
        air = noise(np.random.default_rng(11), seconds, low=base, high=4.0 * base)
        size = min(len(air), len(tone))
        tone[:size] += np.float32(breath) * air[:size]
    return shaped(tone, attack=0.05, release=0.08)


def flute(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Flute: a strong fundamental, an octave, and breath."""
    bright = colour.bright
    spectrum = (1.0, 0.2 + 0.5 * bright, 0.12 + 0.2 * bright, 0.05 * bright, 0.03 * bright)
    return _wind(pitch, seconds, colour, spectrum=spectrum, breath=0.02 + 0.03 * bright)


def clarinet(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Clarinet: odd harmonics nearly alone, little vibrato."""
    high = 0.15 + 0.5 * colour.bright
    spectrum = (1.0, 0.03, 0.75, 0.04, 0.5 * high, 0.04, 0.35 * high, 0.03, 0.2 * high)
    return _wind(pitch, seconds, colour, spectrum=spectrum, breath=0.006)


def muted(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Trumpet with a mute: thin below, a ridge of harmonics in the middle."""
    order = np.arange(1.0, 15.0)
    frequencies = order * hertz(pitch)
    ridge = np.exp(-0.5 * (np.log2(frequencies / (1300.0 + 900.0 * colour.bright)) / 0.8) ** 2)
    spectrum = tuple((0.12 + ridge).tolist())
    return _wind(pitch, seconds, colour, spectrum=spectrum, breath=0.004)


def voice(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Wordless singer; the vowel follows pitch and length, so a motif keeps its vowels."""
    vowel = int(pitch * 3 + seconds * 8) % len(_VOWELS)
    spectrum = _sung(hertz(pitch), colour.bright, vowel=vowel)
    phase = wandering(pitch, seconds, vibrato=0.15 + 0.35 * colour.spread, speed=5.6)
    return shaped(looped(period(spectrum), phase).copy(), attack=0.045, release=0.09)


def spoken(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Spoken syllable: a consonant's hiss, then a vowel that falls in pitch; no words."""
    length = max(0.09, min(seconds, 0.24))
    vowel = int(pitch * 5 + seconds * 16) % len(_VOWELS)
    phase = wandering(pitch, length, vibrato=0.0)
    phase = phase - 0.12 * hertz(pitch) * (np.arange(len(phase)) / RATE) ** 2 / length
    tone = shaped(
        looped(period(_sung(hertz(pitch), colour.bright, vowel=vowel)), phase).copy(),
        attack=0.035,
        release=0.06,
    )
    hiss = noise(np.random.default_rng(31 + vowel), 0.045, low=2500.0, high=7000.0)
    size = min(len(hiss), len(tone))
    tone[:size] += np.float32(0.12) * shaped(hiss[:size].copy(), attack=0.01, release=0.03)
    return tone


def _sung(base: float, bright: float, *, vowel: int) -> tuple[float, ...]:
    """Amplitudes of the harmonics of a voice of `base` Hz on a vowel."""
    frequencies = np.arange(1, int(7000.0 / base) + 2) * base
    source = (base / frequencies) ** (1.5 - 0.7 * bright)
    gain = np.full(frequencies.shape, 0.04)
    for centre, weight in _VOWELS[vowel]:
        gain += weight / (1.0 + ((frequencies - centre) / (60.0 + 0.07 * centre)) ** 2)
    return tuple((source * gain).tolist())


def choir(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Three voices on one vowel, apart by a few cents, without consonants."""
    table = period(_sung(hertz(pitch), colour.bright, vowel=1))
    tone = np.zeros(max(1, round(seconds * RATE)), dtype=np.float32)
    for voice, cents in enumerate((-0.07, 0.01, 0.08)):
        phase = wandering(pitch + cents, seconds, vibrato=0.15, speed=4.6 + 0.5 * voice)
        tone += looped(table, phase)
    return shaped(tone, attack=0.25, release=0.5)
