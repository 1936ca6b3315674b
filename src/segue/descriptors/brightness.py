"""Where in the spectrum the sound lies: dark or bright, narrow or wide, and how much bass.

Every bin of a frame weighs as much as its magnitude. The **centroid** is the mean frequency (Grey
and Gordon, JASA 63(5), 1978), the **bandwidth** the standard deviation around it, and below the
**rolloff** lie 85 % of the sum (Scheirer and Slaney, ICASSP 1997, who took 95 %; 85 % is Tzanetakis
and Cook's, IEEE TSAP 10(5), 2002). All three are 0 Hz for a frame without energy. Their statistics
are over the frames that are heard. **Shares** are parts of the clip's whole energy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.frames import BINS
from segue.descriptors.framewise import framewise
from segue.descriptors.summary import columns, summarise

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Floats, Frames, Vector

ROLLOFF = 0.85
"""Part of the magnitude that lies below the rolloff."""

BASS = 250.0
"""Hz up to which energy is bass."""

TREBLE = 2000.0
"""Hz from which on energy is treble."""

_WIDTH = 32


_PLACES = np.arange(_WIDTH) - (_WIDTH - 1) / 2
_MIDDLES = np.arange(0, BINS - 1, _WIDTH) + (_WIDTH - 1) / 2
_UP_TO = np.triu(np.ones((_WIDTH, _WIDTH)))


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Sums over the magnitudes of every frame; places are counted in bins.

    Attributes
    ----------
    sums
        Of every stretch of 32 bins, without the last bin; shape (frames, 32).
    total, mean, variance
        Of all bins, shape (frames,); 0 for frames without energy.
    """

    sums: Floats
    total: Floats
    mean: Floats
    variance: Floats


@framewise()
def _moments(sound: Sound) -> _Moments:
    """Moments of every stretch around its own middle, put together.

    Around one middle for all, the variance of a tone would drown in the square of its frequency:
    float32 has seven digits.
    """
    powers = (_PLACES[:, None] ** np.arange(3)).astype(np.float32)
    parts = (_stretches(sound) @ powers).transpose(2, 0, 1)
    sums, first, second = parts.astype(np.float64, order="C")
    last = sound.magnitude[:, -1].astype(np.float64)
    total = sums.sum(axis=1) + last
    divisor = np.where(total > 0, total, 1.0)
    mean = (sums @ _MIDDLES + first.sum(axis=1) + last * (BINS - 1)) / divisor
    away = _MIDDLES - mean[:, None]
    around = second + away * (2.0 * first + away * sums)
    variance = (around.sum(axis=1) + last * np.square(BINS - 1 - mean)) / divisor
    # Of a single bin, rounding can leave less than nothing.
    return _Moments(sums, total, mean, np.maximum(variance, 0.0))


def _stretches(sound: Sound) -> Frames:
    """The magnitudes without the last bin, shape (frames, 32, 32)."""
    return sound.magnitude[:, :-1].reshape(-1, (BINS - 1) // _WIDTH, _WIDTH)


def centroid(sound: Sound) -> Vector:
    """Spectral centroid of every frame in Hz, shape (frames,); 0 where there is no energy."""
    return _hertz(sound, sound.shared(_moments).mean)


def bandwidth(sound: Sound) -> Vector:
    """Spectral bandwidth of every frame in Hz, shape (frames,); 0 where there is no energy."""
    return _hertz(sound, np.sqrt(sound.shared(_moments).variance))


@framewise()
def rolloff(sound: Sound) -> Vector:
    """The lowest bin up to which 85 % of the magnitude lie, in Hz, shape (frames,)."""
    moments = sound.shared(_moments)
    goal = ROLLOFF * moments.total
    reached = moments.sums @ _UP_TO
    stretch = np.minimum((reached < goal[:, None]).sum(axis=1), reached.shape[1] - 1)
    frames = np.arange(len(goal))
    inside = _stretches(sound)[frames, stretch].astype(np.float64)
    missing = goal - (reached - moments.sums)[frames, stretch]
    return _hertz(sound, stretch * _WIDTH + (inside @ _UP_TO < missing[:, None]).sum(axis=1))


def _hertz(sound: Sound, bins: Floats) -> Vector:
    return (bins * (sound.rate / 2 / (BINS - 1))).astype(np.float32)


def shares(sound: Sound) -> Vector:
    """Parts of the energy that are bass, middle and treble, shape (3,); they sum to 1.

    A third each when there is no energy at all.
    """
    spectrum = (np.ones(len(sound.power), dtype=np.float32) @ sound.power).astype(np.float64)
    edges = np.searchsorted(sound.frequencies, (BASS, TREBLE))
    parts = np.array([part.sum() for part in np.split(spectrum, edges)])
    total = parts.sum()
    return (parts / total if total > 0 else np.full(3, 1 / 3)).astype(np.float32)


def _compute(sound: Sound) -> Vector:
    series = np.stack([centroid(sound), sound.shared(rolloff), bandwidth(sound)], axis=1)
    return np.concatenate([summarise(series[sound.heard]).ravel(), shares(sound)])


FAMILY = Family(
    name="brightness",
    version=2,
    source="Grey and Gordon, JASA 63(5), 1978; Tzanetakis and Cook, IEEE TSAP 10(5), 2002",
    groups={
        "brightness": Group(
            columns("centroid", "rolloff"),
            about=(
                "Spectral centroid, the mean frequency weighted by magnitude, and rolloff, below "
                "which 85 % of the magnitude lie; Hz, 0 to half the rate."
            ),
            shown="centroid_mean",
            unit="Hz",
            low="dark",
            high="bright",
            less="darker",
            more="brighter",
        ),
        "width": Group(
            columns("bandwidth"),
            about="Spectral bandwidth, the standard deviation of frequency by magnitude, Hz.",
            shown="bandwidth_mean",
            unit="Hz",
            low="narrow in the spectrum",
            high="wide in the spectrum",
            less="narrower in the spectrum",
            more="wider in the spectrum",
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
