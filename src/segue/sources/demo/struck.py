"""Instruments that are struck or plucked once and then die away.

Strings are Karplus and Strong's in closed form: their loop loses ``g·cos(πfs/RATE)`` a period at
frequency f, so harmonic h of pitch f0 falls at ``d_h = −f0·ln(g·cos(π·h·f0·s/RATE))``, and a
pluck at the part p of the string leaves out what has a node there, ``|sin(πhp)|``. (K. Karplus,
A. Strong, Computer Music Journal 7(2), 1983; D. Jaffe, J. Smith, ibid.)
Piano strings are stiff, ``f_h = h·f0·√(1 + B·h²)``, and fall in two stages. Bars and bells have
partials of their own. The electric piano is FM (J. Chowning, 1973).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.sources.demo.oscillators import RATE, falling, hertz, noise, partials, shaped

if TYPE_CHECKING:
    from segue.sources.demo.hands import Colour
    from segue.types import Audio


def _string(
    pitch: float,
    seconds: float,
    colour: Colour,
    *,
    pluck: float,
    slope: float,
    loss: float,
    sustain: float,
    harmonics: int = 28,
) -> Audio:
    """A plucked string; `sustain` is the time in seconds the fundamental needs to fall by 60 dB."""
    base = hertz(pitch)
    order = np.arange(1, harmonics + 1, dtype=np.float64)
    amplitudes = np.abs(np.sin(np.pi * order * pluck)) * order ** (
        -slope - 0.8 + 1.5 * colour.bright
    )
    stretch = loss * (1.5 - colour.bright)
    cosine = np.cos(np.minimum(np.pi * order * base * stretch / RATE, 1.5))
    body = 6.9 / (sustain * (0.5 + colour.ring))
    return partials(order * base, amplitudes, decays=body - base * np.log(cosine), seconds=seconds)


def nylon(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Classical guitar: plucked near the middle, warm, short."""
    return _string(pitch, seconds, colour, pluck=0.27, slope=1.1, loss=5.0, sustain=2.2)


def steel(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Steel-string guitar: plucked near the bridge, bright, long."""
    return _string(pitch, seconds, colour, pluck=0.13, slope=0.75, loss=2.2, sustain=3.5)


def harp(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Harp: soft onset, plucked at the middle, so that even harmonics are missing."""
    tone = _string(pitch, seconds, colour, pluck=0.46, slope=1.2, loss=3.0, sustain=4.0)
    return shaped(tone, attack=0.006, release=0.02)


def clean(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Clean electric guitar: two strings a hair apart."""
    apart = 0.04 + 0.08 * colour.spread
    one = _string(pitch, seconds, colour, pluck=0.18, slope=0.9, loss=2.5, sustain=5.0)
    two = _string(pitch + apart, seconds, colour, pluck=0.22, slope=0.9, loss=2.5, sustain=5.0)
    return one + two


def crunch(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Overdriven electric guitar: string and octave pressed into a soft clipper."""
    one = _string(pitch, seconds, colour, pluck=0.16, slope=1.0, loss=1.6, sustain=7.0)
    octave = _string(pitch + 12.02, seconds, colour, pluck=0.2, slope=1.1, loss=1.6, sustain=7.0)
    driven: Audio = np.tanh((one + 0.6 * octave) * np.float32(1.6 + 2.0 * colour.bright))
    return driven


def upright(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Double bass, pizzicato: few harmonics and a finger's thump."""
    tone = _string(
        pitch, seconds, colour, pluck=0.31, slope=1.35, loss=14.0, sustain=1.6, harmonics=16
    )
    return shaped(tone, attack=0.008, release=0.02)


def ebass(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Electric bass, fingered: longer and rounder than the upright."""
    return _string(
        pitch, seconds, colour, pluck=0.2, slope=1.2, loss=8.0, sustain=4.5, harmonics=20
    )


def piano(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Grand piano: stiff double strings with a fast and a slow fall, and the hammer."""
    base = hertz(pitch)
    order = np.arange(1.0, 23.0)
    stiff = order * np.sqrt(1.0 + 0.00025 * 2.0 ** ((pitch - 50.0) / 12.0) * order**2)
    weights = np.abs(np.sin(np.pi * order * 0.121)) * order ** (-1.9 + 1.0 * colour.bright)
    fast = (0.9 + 0.35 * order) * (base / 262.0) ** 0.6 / (0.5 + colour.ring)
    beating = (0.15 + 0.35 * colour.spread) * order**0.5
    tone = partials(
        np.concatenate([stiff * base, stiff * base + beating]),
        np.concatenate([weights, 0.5 * weights]),
        decays=np.concatenate([fast, 0.3 * fast]),
        seconds=seconds,
    )
    hammer = noise(np.random.default_rng(7), 0.05, low=150.0, high=900.0 + 2500.0 * colour.bright)
    size = min(len(hammer), len(tone))
    tone[:size] += np.float32(0.05 * np.max(weights)) * falling(hammer[:size].copy(), rate=90.0)
    return tone


def felt(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Upright piano with felt before the strings: the same hammer, nearly no overtones."""
    base = hertz(pitch)
    order = np.arange(1.0, 9.0)
    weights = order ** (-2.9 + 0.8 * colour.bright)
    fall = (1.1 + 0.5 * order) * (base / 262.0) ** 0.5 / (0.5 + colour.ring)
    tone = partials(order * base * (1 + 0.0002 * order**2), weights, decays=fall, seconds=seconds)
    return shaped(tone, attack=0.012, release=0.02)


def epiano(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Electric piano: FM whose index falls, a tine at the fourteenth partial, a slow tremolo."""
    times = np.arange(max(64, round(seconds * RATE)), dtype=np.float64) / RATE
    turn = (hertz(pitch) * times) % 1.0 * (2 * np.pi)
    ring = 0.5 + colour.ring
    index = (0.4 + 1.8 * colour.bright) * np.exp(-times * (2.5 / ring))
    angle = (turn + index * np.sin(turn)).astype(np.float32)
    tine = 0.12 * colour.bright * np.exp(-times * 14.0) * np.sin(14.0 * turn)
    fall = np.exp(-times * (1.1 / ring)) * (1.0 + 0.12 * np.sin(2 * np.pi * 4.7 * times))
    tone: Audio = ((np.sin(angle) + tine) * fall).astype(np.float32)
    return tone


def _bar(
    pitch: float, seconds: float, *, ratios: list[float], weights: list[float], falls: list[float]
) -> Audio:
    return partials(
        hertz(pitch) * np.asarray(ratios),
        np.asarray(weights),
        decays=np.asarray(falls),
        seconds=seconds,
    )


def bell(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Small bell: hum, prime, tierce, quint, nominal and what lies above, long."""
    ratios = [0.5, 1.0, 1.002, 1.5, 2.0, 2.51, 3.01, 4.17, 5.43]
    high = 0.2 + 0.8 * colour.bright
    weights = [0.2, 1.0, 0.6, 0.08, 0.5, *(high * w for w in (0.1, 0.22, 0.12, 0.1))]
    falls = [f / (0.5 + colour.ring) for f in (0.5, 0.8, 0.9, 1.4, 1.5, 2.6, 3.2, 4.5, 6.0)]
    return _bar(pitch, seconds, ratios=ratios, weights=weights, falls=falls)


def vibes(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Vibraphone: bars tuned to the double octave, with the motor on."""
    falls = [f / (0.5 + colour.ring) for f in (1.1, 3.0, 9.0)]
    weights = [1.0, 0.12 + 0.25 * colour.bright, 0.1 * colour.bright]
    tone = _bar(pitch, seconds, ratios=[1.0, 4.0, 9.9], weights=weights, falls=falls)
    times = np.arange(len(tone), dtype=np.float32) / RATE
    tone *= 1.0 + np.float32(0.3 * colour.spread) * np.sin(np.float32(2 * np.pi * 5.5) * times)
    return tone


def marimba(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Marimba: a short wooden fundamental and a click of the fourth partial."""
    falls = [f / (0.5 + colour.ring) for f in (5.0, 16.0, 40.0)]
    weights = [1.0, 0.2 + 0.4 * colour.bright, 0.25 * colour.bright]
    return _bar(pitch, seconds, ratios=[1.0, 3.93, 9.3], weights=weights, falls=falls)


def kalimba(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Thumb piano: a clear fundamental and metal partials far above it."""
    falls = [f / (0.5 + colour.ring) for f in (3.0, 9.0, 14.0, 30.0)]
    weights = [1.0, 0.1, 0.1 + 0.3 * colour.bright, 0.2 * colour.bright]
    return _bar(pitch, seconds, ratios=[1.0, 2.0, 5.4, 8.9], weights=weights, falls=falls)
