"""The partials of a tone: how its sound is made up, and how far it is from a harmonic series.

A **partial** is the highest peak of the harmonic part's spectrum within half a fundamental
frequency f₀ of a multiple of it; its frequency and amplitude are those of the parabola through
the logarithms of three bins (Smith and Serra, PARSHL, ICMC 1987). With aₕ the amplitude and fₕ
the frequency of partial h:

- **tristimulus** (Pollard and Jansson, Acustica 51, 1982, of loudness; of amplitude by Peeters):
  a₁, a₂ + a₃ + a₄ and a₅ + a₆ + …, each divided by the sum of all. A flute is mostly the first, a
  trumpet the third.
- **inharmonicity** (Peeters, *A large set of audio features*, CUIDADO, 2004):
  2/f₀ · Σ |fₕ - h f₀| aₕ² / Σ aₕ², from 0 for a harmonic series to 1. Stiff strings stretch
  the series; where several voices sound, their tones lie between its multiples.
- **odd over even** partials (Peeters 2004, there not in dB): 10 log₁₀ Σ a₂ₖ₊₁² / Σ a₂ₖ².
  A clarinet has few even ones.

Taken from voiced frames (`segue.descriptors.harmonic`) alone. A quick vibrato weakens the upper
partials of the harmonic part, since they do not stay in their bins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.frames import BINS
from segue.descriptors.harmonic import pitch
from segue.descriptors.separation import ratio, separate
from segue.descriptors.summary import columns, summarise

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Floats, Frames, Rows, Vector

PARTIALS = 20
"""How many partials are looked at, as far as there are frequencies for them."""

_PLACE = np.uint32((1 << 11) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Partials:
    """The partials of every voiced frame.

    Attributes
    ----------
    f0
        Fundamental frequency in Hz, shape (voiced frames,).
    frequency
        Of every partial in Hz, shape (voiced frames, 20); means nothing where the amplitude is 0.
    amplitude
        In the unit of ``Sound.magnitude``, same shape; 0 where there is no such partial.
    """

    f0: Vector
    frequency: Frames
    amplitude: Frames


def partials(sound: Sound) -> Partials:
    """The partials of every voiced frame of the harmonic part."""
    found = sound.shared(pitch)
    mask = sound.shared(separate).mask[found.voiced]
    power = sound.power[:: found.stride][found.voiced]
    power *= mask
    power *= mask
    bin_width = sound.rate / 2 / (BINS - 1)
    f0 = found.f0[found.voiced]
    spacing = f0.astype(np.float64) / bin_width
    place = _highest(power, spacing)
    rows = np.arange(len(power))[:, None]
    least = np.finfo(np.float32).tiny
    below, here, above = (
        np.log(np.maximum(power[rows, place + step], least)) for step in (-1, 0, 1)
    )
    numbers = np.arange(1, PARTIALS + 1)
    peak = (here > below) & (here >= above) & (numbers * spacing[:, None] < BINS - 2)
    slope = np.where(peak, below - above, np.float32(0.0))
    curvature = np.where(peak, below - 2.0 * here + above, np.float32(-1.0))
    offset = 0.5 * slope / curvature
    amplitude = np.exp(0.5 * (here - 0.25 * slope * offset))
    return Partials(
        f0,
        ((place + offset) * bin_width).astype(np.float32),
        np.where(peak, amplitude, np.float32(0.0)),
    )


def _highest(power: Frames, spacing: Floats) -> Rows:
    """The highest bin around each multiple of `spacing` (in bins), shape (frames, 20).

    One maximum finds value and place: the lowest eleven bits of a value, which is not negative,
    make way for the number of its bin.
    """
    edges = ((np.arange(PARTIALS + 1) + 0.5) * spacing[:, None]).astype(np.int64) + 1
    edges = np.minimum(edges, BINS - 1) + np.arange(len(power))[:, None] * BINS
    marked = power.view(np.uint32) & ~_PLACE
    marked |= np.arange(BINS, dtype=np.uint32)
    # What lies between the last edge of a frame and the first of the next is left out.
    best = np.maximum.reduceat(marked.ravel(), edges.ravel()).reshape(edges.shape)[:, :-1]
    return np.clip((best & _PLACE).astype(np.int64), 1, BINS - 2)


def tristimulus(found: Partials) -> Frames:
    """Shares of partial 1, of 2 to 4, and of 5 and above, shape (frames, 3).

    A third each for a frame in which there are none.
    """
    amplitude = found.amplitude.astype(np.float64)
    parts = np.add.reduceat(amplitude, [0, 1, 4], axis=1)
    total = parts.sum(axis=1, keepdims=True)
    shares = np.full(parts.shape, 1 / 3)
    np.divide(parts, total, out=shares, where=total > 0.0)
    return shares.astype(np.float32)


def inharmonicity(found: Partials) -> Vector:
    """How far the partials are from multiples of the fundamental, in [0, 1], shape (frames,)."""
    numbers = np.arange(1, PARTIALS + 1)
    away = np.abs(found.frequency - numbers * found.f0[:, None])
    energy = np.square(found.amplitude, dtype=np.float64)
    scale = 0.5 * found.f0 * energy.sum(axis=1)
    far = np.zeros(len(scale))
    np.divide((away * energy).sum(axis=1), scale, out=far, where=scale > 0.0)
    return np.minimum(far, 1.0).astype(np.float32)


def odd_over_even(found: Partials) -> Vector:
    """Energy of partials 1, 3, 5 … over that of 2, 4, 6 … in dB, -40 to 40, shape (frames,)."""
    energy = np.square(found.amplitude, dtype=np.float64)
    return ratio(energy[:, ::2].sum(axis=1), energy[:, 1::2].sum(axis=1)).astype(np.float32)


def _compute(sound: Sound) -> Vector:
    if not sound.shared(pitch).voiced.any():
        return summarise(np.array([[1 / 3, 1 / 3, 1 / 3, 0.0, 0.0]], dtype=np.float32)).ravel()
    found = sound.shared(partials)
    series = np.column_stack([tristimulus(found), inharmonicity(found), odd_over_even(found)])
    return summarise(series).ravel()


FAMILY = Family(
    name="partials",
    version=1,
    source=(
        "Pollard and Jansson, Acustica 51, 1982 (tristimulus); Peeters, A large set of audio "
        "features, CUIDADO, 2004 (inharmonicity, odd over even)"
    ),
    groups={
        "overtones": Group(
            columns("tristimulus_1", "tristimulus_2", "tristimulus_3"),
            about=(
                "Shares of the amplitude of a tone's partials that are the first, the second to "
                "fourth, and the fifth and above, in [0, 1]. A third each where nothing is voiced."
            ),
        ),
        "harmonicity": Group(
            columns("inharmonicity", "odd_over_even"),
            about=(
                "How far the partials are from multiples of the fundamental, in [0, 1], and the "
                "energy of the odd ones over that of the even ones, dB, -40 to 40. Both 0 where "
                "nothing is voiced."
            ),
        ),
    },
    compute=_compute,
)
