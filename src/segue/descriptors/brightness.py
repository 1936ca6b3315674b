"""Where in the spectrum the sound lies: dark or bright, and how much bass, middle and treble.

The **centroid** of a frame is the mean frequency, every bin weighted by its magnitude (Grey and
Gordon, JASA 63(5), 1978). Frames more than `QUIET` dB below the loudest say nothing about
brightness and are left out. **Shares** are parts of the clip's whole energy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Mask, Vector

QUIET = 60.0
"""Decibels below the loudest frame at which a frame no longer counts."""

BASS = 250.0
"""Hz up to which energy is bass."""

TREBLE = 2000.0
"""Hz from which on energy is treble."""


def centroid(sound: Sound) -> Vector:
    """Spectral centroid of every frame in Hz, shape (frames,); 0 where there is no energy."""
    weight = sound.magnitude.sum(axis=1)
    moment = sound.magnitude @ sound.frequencies
    hertz: Vector = np.divide(moment, weight, out=np.zeros_like(moment), where=weight > 0)
    return hertz


def heard(sound: Sound) -> Mask:
    """Frames that count, shape (frames,); all of them when all are silent."""
    energy = sound.power.sum(axis=1)
    counts: Mask = energy >= energy.max() * 10.0 ** (-QUIET / 10.0)
    return counts


def shares(sound: Sound) -> Vector:
    """Parts of the energy that are bass, middle and treble, shape (3,); they sum to 1.

    A third each when there is no energy at all.
    """
    spectrum = sound.power.sum(axis=0, dtype=np.float64)
    edges = np.searchsorted(sound.frequencies, (BASS, TREBLE))
    parts = np.array([part.sum() for part in np.split(spectrum, edges)])
    total = parts.sum()
    return (parts / total if total > 0 else np.full(3, 1 / 3)).astype(np.float32)


def _compute(sound: Sound) -> Vector:
    hertz = centroid(sound)[heard(sound)].astype(np.float64)
    return np.array([hertz.mean(), hertz.std(), *shares(sound)], dtype=np.float32)


FAMILY = Family(
    name="brightness",
    version=1,
    source="Grey and Gordon, JASA 63(5), 1978",
    groups={
        "brightness": Group(
            ("centroid_mean", "centroid_std"),
            about="Mean frequency of the spectrum weighted by magnitude, Hz.",
            shown="centroid_mean",
            unit="Hz",
            low="dark",
            high="bright",
            less="darker",
            more="brighter",
        ),
        "bass": Group(
            ("bass_share",),
            about="Part of the energy that is bass, in [0, 1].",
            shown="bass_share",
            unit="%",
            low="light in the bass",
            high="strong in the bass",
            less="lighter in the bass",
            more="stronger in the bass",
        ),
        "middle": Group(
            ("middle_share",),
            about="Part of the energy that is middle, in [0, 1].",
            shown="middle_share",
            unit="%",
            low="hollow in the middle",
            high="strong in the middle",
            less="more hollow in the middle",
            more="stronger in the middle",
        ),
        "treble": Group(
            ("treble_share",),
            about="Part of the energy that is treble, in [0, 1].",
            shown="treble_share",
            unit="%",
            low="soft in the treble",
            high="airy",
            less="softer in the treble",
            more="airier",
        ),
    },
    compute=_compute,
)
