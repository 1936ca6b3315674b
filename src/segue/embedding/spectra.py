"""Spectrograms as networks of others ask for them: any rate, frame, bank of bands and level.

The numbers are librosa's: a periodic Hann window in the middle of its frame; frame *i* around
sample *i* · hop with mirrored ends, or beginning there. Levels of a value *x* of a band:

- ``power``: gain · x
- ``db``: 10 log10(max(gain · x, offset)), at most `span` below the loudest of the clip where that
  is declared; `relative` to that loudest where that is
- ``log``: ln(gain · x + offset)
- ``log1p``: ln(1 + gain · x)
"""

from __future__ import annotations

from functools import lru_cache, partial
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from segue.audio.resampling import resample
from segue.descriptors.frames import FRAME, HOP, hann, spectra
from segue.descriptors.mel import decibels

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.descriptors.frames import Sound
    from segue.types import Audio, Frames, Vector

LEVELS = ("db", "log", "log1p", "power")
"""What may become of a band's value."""


def at_rate(sound: Sound, rate: int) -> Audio:
    """A sound's samples at another rate, made once however many ask for them."""
    return sound.audio if rate == sound.rate else sound.shared(_at(rate))


@lru_cache(maxsize=16)
def _at(rate: int) -> Callable[[Sound], Audio]:
    """The function by which a sound knows its samples at `rate`: the same one every time."""
    return partial(_changed, rate=rate)


def _changed(sound: Sound, *, rate: int) -> Audio:
    changed, _ = resample(sound.audio, rate=sound.rate, first=0, start=0.0, seconds=None, to=rate)
    return changed


def spectrum(
    sound: Sound, rate: int, *, fft: int, hop: int, size: int, centred: bool, magnitude: bool
) -> Frames:
    """Power or magnitude of a sound's frames, shape (frames, fft // 2 + 1), at least one frame.

    Parameters
    ----------
    rate
        Samples a second at which the frames are cut.
    fft, hop, size
        Samples in a frame, from one to the next, and under the window.
    centred
        Whether frame i is around sample i · hop, else it begins there.
    magnitude
        Whether it is that, else power.
    """
    if (rate, fft, hop, size, centred) == (sound.rate, FRAME, HOP, FRAME, True):
        return sound.magnitude if magnitude else sound.power
    audio = at_rate(sound, rate)
    padded = np.pad(audio, fft // 2, mode="reflect") if centred else audio
    lacking = max(0, fft - len(padded))
    return spectra(np.pad(padded, (0, lacking)), _middle(fft, size), hop=hop)[int(magnitude)]


@lru_cache(maxsize=8)
def _middle(fft: int, size: int) -> Vector:
    """A Hann window of `size` samples in the middle of a frame of `fft`."""
    before = (fft - size) // 2
    return np.pad(hann(size), (before, fft - size - before))


def levelled(
    mel: Frames, level: str, *, gain: float, offset: float, span: float | None, relative: bool
) -> Frames:
    """Values of bands as a network wants them, same shape (see the head of this module)."""
    raised: Frames = mel * np.float32(gain)
    if level == "log":
        raised += np.float32(offset)
        np.log(raised, out=raised)
    if level == "log1p":
        np.log1p(raised, out=raised)
    if level == "db":
        loud = decibels(raised, span=inf if span is None else span, floor=offset)
        return loud - loud.max() if relative else loud
    return raised
