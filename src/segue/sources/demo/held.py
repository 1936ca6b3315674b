"""Instruments that sound as long as they are held: organs, strings, synthesisers.

Synthesisers are sums of detuned saws or pulses through a filter that closes: partial h of
frequency f has the filter's gain ``1/√(1 + (f/c)⁴)`` and a decay that grows with h.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.sources.demo.oscillators import RATE, hertz, partials, shaped

if TYPE_CHECKING:
    from segue.sources.demo.hands import Colour
    from segue.types import Audio, Floats


def _saws(
    pitch: float,
    seconds: float,
    *,
    cents: tuple[float, ...],
    cutoff: float,
    harmonics: int,
    closing: float = 0.0,
    duty: float | None = None,
) -> Audio:
    """Detuned saws (or pulses of width `duty`) under a filter at `cutoff` Hz that closes."""
    order = np.arange(1.0, harmonics + 1.0)
    source = 1.0 / order if duty is None else np.abs(np.sin(np.pi * order * duty)) / order
    bank: list[Floats] = [order * hertz(pitch + cent / 100.0) for cent in cents]
    frequencies = np.concatenate(bank)
    gain = np.tile(source, len(cents)) / np.sqrt(1.0 + (frequencies / cutoff) ** 4)
    fall = closing * np.tile(np.sqrt(order) - 1.0, len(cents))
    return partials(frequencies, gain, decays=fall, seconds=seconds)


def pad(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Warm synthesiser pad: three saws, slow to come and to go."""
    cents = 4.0 + 10.0 * colour.spread
    cutoff = 600.0 + 4000.0 * colour.bright**2
    tone = _saws(pitch, seconds, cents=(-cents, 0.3, cents), cutoff=cutoff, harmonics=24)
    return shaped(tone, attack=0.25 + 0.5 * colour.ring, release=0.6)


def strings(pitch: float, seconds: float, colour: Colour) -> Audio:
    """String section: four slightly different players, a bow's attack."""
    wide = 3.0 + 7.0 * colour.spread
    cents = (-wide, -0.3 * wide, 0.45 * wide, 1.1 * wide)
    tone = _saws(pitch, seconds, cents=cents, cutoff=1300.0 + 3500.0 * colour.bright, harmonics=22)
    return shaped(tone, attack=0.14, release=0.35)


def glass(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Glass harmonica: nearly sines, an octave and a twelfth above faintly, beating slowly."""
    base = hertz(pitch)
    beat = 0.2 + 0.6 * colour.spread
    frequencies = np.array([base, base + beat, 2 * base, 2 * base + 1.3 * beat, 3 * base])
    weights = np.array([1.0, 0.7, 0.25, 0.2, 0.25 * colour.bright])
    tone = partials(frequencies, weights, seconds=seconds)
    return shaped(tone, attack=0.3 + 0.4 * colour.ring, release=0.7)


def organ(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Drawbar organ: nine sine pipes, and the speaker turning slowly."""
    ratios = np.array([0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0])
    high = colour.bright
    weights = np.array([0.7, 1.0, 0.4, 0.7, 0.5, 0.4 * high, 0.2 * high, 0.25 * high, 0.3 * high])
    tone = partials(hertz(pitch) * ratios, weights, seconds=seconds)
    times = np.arange(len(tone), dtype=np.float32) / RATE
    tone *= 1.0 + np.float32(0.14 * colour.spread) * np.sin(np.float32(2 * np.pi * 6.1) * times)
    return shaped(tone, attack=0.012, release=0.05)


def accordion(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Accordion: two reeds beating, the bellows behind them."""
    cents = 3.0 + 9.0 * colour.spread
    cutoff = 1500.0 + 2500.0 * colour.bright
    tone = _saws(pitch, seconds, cents=(-cents, cents), cutoff=cutoff, harmonics=24, duty=0.31)
    return shaped(tone, attack=0.05, release=0.08)


def pulse(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Game console pulse wave: a quarter or half duty, no filter."""
    duty = 0.25 if colour.spread < 0.5 else 0.5
    cutoff = 5000.0 + 6000.0 * colour.bright
    tone = _saws(pitch, seconds, cents=(0.0,), cutoff=cutoff, harmonics=40, duty=duty)
    return shaped(tone, attack=0.002, release=0.01)


def triangle(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Game console triangle wave: odd harmonics falling by their square, with its coarse steps."""
    order = np.arange(1.0, 40.0, 2.0)
    weights = np.sign(np.sin(np.pi * order / 2)) * order ** (-2.1 + 0.4 * colour.bright)
    return shaped(
        partials(order * hertz(pitch), weights, seconds=seconds), attack=0.002, release=0.01
    )


def synthbass(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Subtractive bass: a saw under a filter that snaps shut."""
    cutoff = 400.0 + 2600.0 * colour.bright
    closing = 9.0 / (0.3 + colour.ring)
    tone = _saws(
        pitch,
        seconds,
        cents=(0.0, 5.0 * colour.spread),
        cutoff=cutoff,
        harmonics=30,
        closing=closing,
    )
    return shaped(tone, attack=0.004, release=0.03)


def reese(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Reese bass: saws far enough apart to growl, dark, with a sine below."""
    cents = 10.0 + 18.0 * colour.spread
    cutoff = 300.0 + 1300.0 * colour.bright
    tone = _saws(pitch, seconds, cents=(-cents, 0.0, cents), cutoff=cutoff, harmonics=24)
    return shaped(tone, attack=0.012, release=0.05)


def sub(pitch: float, seconds: float, colour: Colour) -> Audio:
    """Sub bass: a sine with a trace of its second and third harmonic."""
    weights = np.array([1.0, 0.1 + 0.25 * colour.bright, 0.15 * colour.bright])
    tone = partials(hertz(pitch) * np.array([1.0, 2.0, 3.0]), weights, seconds=seconds)
    return shaped(tone, attack=0.008, release=0.05)


def stab(pitch: float, seconds: float, colour: Colour) -> Audio:
    """House chord: three saws, a filter falling fast."""
    cents = 5.0 + 9.0 * colour.spread
    cutoff = 1300.0 + 5000.0 * colour.bright
    closing = 5.0 / (0.3 + colour.ring)
    tone = _saws(
        pitch, seconds, cents=(-cents, 0.0, cents), cutoff=cutoff, harmonics=26, closing=closing
    )
    return shaped(tone, attack=0.004, release=0.08)
