"""Chords, scales and cadences as sound, for tests of pitch classes, tuning and key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

RATE = 22_050

SCALES = {1: (0, 2, 4, 5, 7, 9, 11, 12), 0: (0, 2, 3, 5, 7, 8, 11, 12)}
"""Semitones above the tonic by mode: major, and harmonic minor."""

_TRIADS = {1: (0, 4, 7), 0: (0, 3, 7)}


def played(
    chords: Sequence[Sequence[float]],
    *,
    seconds: float = 0.5,
    cents: float = 0.0,
    harmonics: int = 5,
) -> NDArray[np.float32]:
    """Chords one after the other; a chord is MIDI numbers, each tone has fading harmonics."""
    times = np.arange(round(seconds * RATE)) / RATE
    envelope = np.minimum(1.0, times / 0.01) * np.exp(-times / seconds)
    sound = []
    for chord in chords:
        hertz = 440.0 * 2.0 ** ((np.array(chord, dtype=float) - 69.0 + cents / 100.0) / 12.0)
        waves = sum(
            0.5**number * np.sin(2 * np.pi * np.outer(hertz * (number + 1), times)).sum(axis=0)
            for number in range(harmonics)
        )
        sound.append(envelope * waves)
    return (0.1 * np.concatenate(sound)).astype(np.float32)


def triad(root: float, mode: int) -> list[float]:
    """A close triad on a MIDI number."""
    return [root + step for step in _TRIADS[mode]]


def cadence(tonic: int, mode: int) -> list[list[float]]:
    """I IV V I (i iv V i in minor) over a bass, the tonic a pitch class."""
    home, four, five = 60 + tonic, 65 + tonic, 67 + tonic
    chords = [(home, mode), (four, mode), (five, 1), (home, mode)]
    return [[root - 24, *triad(root, kind)] for root, kind in chords]


def scale(tonic: int, mode: int) -> list[list[float]]:
    """The scale up from the tonic and down again."""
    up = [[60.0 + tonic + step] for step in SCALES[mode]]
    return up + up[-2::-1]
