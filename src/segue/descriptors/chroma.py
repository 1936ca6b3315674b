"""Which of the twelve pitch classes sound, and what harmony they make.

The **chroma** of a frame are twelve shares that sum to 1, C first: every tone (`tones`) counts
for the pitch class it is nearest to once the clip's own tuning is taken off, by its magnitude and
by ``exp(-½ (d / 0.15)²)`` for a distance of d semitones, so that what lies between two semitones
(noise, drums, glides) counts little. This is Fujishima's pitch class profile (ICMC 1999) from
spectral peaks, as in Gómez, *Tonal Description of Music Audio Signals*, 2006. Loud and soft
frames count alike, and so the numbers do not change with the gain. Overtones are not taken off.

From the chroma of every frame:

- **tonal centroid** (Harte, Sandler and Gasser, *Detecting harmonic change in musical audio*,
  2006): their sums round the circles of fifths, minor thirds (both of radius 1) and major thirds
  (radius ½), six coordinates; how far it moves from frame to frame is the harmonic change;
- **Fourier magnitudes** 1 to 6 (Quinn, *General equal-tempered harmony*, 2006): what the tones
  have in common whatever the key. A cluster of semitones has a high first, an augmented triad a
  high third, a diminished seventh a high fourth, tones in a row of fifths a high fifth, a
  whole-tone scale a high sixth;
- **entropy** as a share of its maximum: 0 for one pitch class, 1 for all alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.tones import tones
from segue.descriptors.tuning import tuning

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Floats, Vector

CLASSES: tuple[str, ...] = ("c", "cs", "d", "ds", "e", "f", "fs", "g", "gs", "a", "as", "b")
"""The pitch classes as columns name them: ``cs`` is C♯ or D♭."""

WIDTH = 0.15
"""Semitones from a pitch class at which a tone counts exp(-½) as much."""

_A = 9


def chroma(sound: Sound) -> Floats:
    """The chroma of every frame that has tones, shape (frames, 12), C first; rows sum to 1.

    Where there is no tone at all it is one frame in which all pitch classes are alike.
    """
    found = sound.shared(tones)
    if found.frames == 0:
        return np.full((1, 12), 1 / 12)
    pitch = found.pitch - np.float32(sound.shared(tuning).cents / 100)
    nearest = np.rint(pitch)
    pitch -= nearest
    np.square(pitch, out=pitch)
    pitch *= np.float32(-0.5 / WIDTH**2)
    weight = np.exp(pitch, out=pitch)
    weight *= found.magnitude
    places = 12 * found.frame + (nearest.astype(np.int64) + _A) % 12
    sums = np.bincount(places, weights=weight, minlength=12 * found.frames).reshape(-1, 12)
    shares: Floats = sums / sums.sum(axis=1, keepdims=True)
    return shares


def profile(sound: Sound) -> Floats:
    """Mean chroma of the clip, shape (12,), C first; sums to 1."""
    mean: Floats = sound.shared(chroma).mean(axis=0)
    return mean


def centroids(chroma: Floats) -> Floats:
    """The tonal centroid of every frame, shape (frames, 6).

    Parameters
    ----------
    chroma
        Shape (frames, 12), rows sum to 1.

    Returns
    -------
    Floats
        Sine and cosine sums round the circles of fifths, minor thirds and major thirds, in
        [-1, 1] (the last two in [-½, ½]).
    """
    steps = np.arange(12) * np.pi
    turns = np.outer((7 / 6, 3 / 2, 2 / 3), steps)
    circles = np.stack([np.sin(turns), np.cos(turns)], axis=1) * [[[1.0]], [[1.0]], [[0.5]]]
    found: Floats = chroma @ circles.reshape(6, 12).T
    return found


def _entropy(chroma: Floats) -> Floats:
    """Of every frame, as a share of that of twelve alike, shape (frames,)."""
    logs = np.log(chroma, out=np.zeros_like(chroma), where=chroma > 0)
    entropy: Floats = -(chroma * logs).sum(axis=1) / np.log(12)
    return entropy


def _moments(frames: Floats) -> tuple[Floats, Floats]:
    return frames.mean(axis=0), frames.std(axis=0)


def _steps(frames: Floats, *, order: int) -> Floats:
    """How far each frame is from the one before; a single 0 where there is but one frame."""
    if len(frames) == 1:
        return np.zeros(1)
    distances: Floats = np.linalg.norm(np.diff(frames, axis=0), ord=order, axis=1)
    return distances


def _compute(sound: Sound) -> Vector:
    frames = sound.shared(chroma)
    centroid = centroids(frames)
    fourier = np.abs(np.fft.rfft(frames, axis=1)[:, 1:])
    parts = (
        *_moments(frames),
        *_moments(centroid),
        *_moments(_steps(centroid, order=2)),
        *_moments(_steps(frames, order=1) / 2),
        *_moments(fourier),
        *_moments(_entropy(frames)),
    )
    return np.concatenate([np.atleast_1d(part) for part in parts]).astype(np.float32)


def _columns(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{part}" for part in ("mean", "std") for name in names)


FAMILY = Family(
    name="chroma",
    version=1,
    source="Fujishima, ICMC 1999; Gómez, 2006; Harte, Sandler and Gasser, 2006; Quinn, 2006",
    groups={
        "pitch_classes": Group(
            _columns(*(f"chroma_{name}" for name in CLASSES)),
            about="Share of each pitch class in a frame, in [0, 1], and its deviation.",
        ),
        "harmony": Group(
            _columns(
                *(
                    f"tonnetz_{circle}_{part}"
                    for circle in ("fifths", "minor_thirds", "major_thirds")
                    for part in ("sin", "cos")
                )
            )
            + _columns("harmonic_change")
            + _columns("chroma_flux"),
            about="The tonal centroid, coordinates in [-1, 1], how far it moves from frame to "
            "frame, and the part of the chroma that is new in a frame, in [0, 1].",
        ),
        "tonality": Group(
            _columns(*(f"chroma_fourier_{number}" for number in range(1, 7)))
            + _columns("chroma_entropy"),
            about="Fourier magnitudes and entropy of the chroma, in [0, 1], the same in every key: "
            "how chromatic, triadic or diatonic the harmony is, and how clear.",
        ),
    },
    compute=_compute,
)
