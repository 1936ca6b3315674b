"""Windows: the stretches of three seconds that networks hear, the same in training and serving.

A window is `FRAMES` frames of the mel spectrogram (`segue.descriptors.mel`: 128 bands in dB, 512
samples apart at 22,050 Hz), 2.97 seconds. Levels are told from the loudest value of the clip, which
is 1; 80 dB below it is -1: ``x = (dB - max dB) / 40 + 1``. So a window is the same at any gain, and
a soft passage stays softer than a loud one of the same clip.

A track is heard in `COUNT` windows that lie evenly over its excerpt; 30 seconds hold ten of them
side by side. Training keeps whole spectrograms as bytes, a third of a decibel a step, and cuts its
windows wherever it likes; what it cuts and what serving cuts are the same but for these steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.types import Frames, Rows

FRAMES = 128
"""Frames of a window."""

BANDS = 128
"""Mel bands."""

SECONDS = FRAMES * 512 / 22_050
"""How long a window is."""

COUNT = 10
"""Windows a track is heard in."""

HALF_RANGE = 40.0
"""Decibels from the middle of the range, 0, to either end."""

_STEPS = 255


def normalised(decibels: NDArray[np.floating]) -> Frames:
    """Levels relative to the loudest of the clip, in [-1, 1].

    Parameters
    ----------
    decibels
        The whole clip's, any shape. What lies more than 80 dB below the loudest counts as that.

    Returns
    -------
    Frames
        The same shape, float32; -1 everywhere for silence, that is for a clip of one level.
    """
    levels = np.asarray(decibels, dtype=np.float32)
    if levels.size == 0:
        return levels
    highest = levels.max()
    if highest == levels.min():
        return np.full_like(levels, -1.0)
    relative: Frames = (levels - highest) / np.float32(HALF_RANGE)
    relative += np.float32(1.0)
    np.maximum(relative, np.float32(-1.0), out=relative)
    return relative


def starts(frames: int, *, count: int = COUNT, length: int = FRAMES) -> Rows:
    """First frames of windows that lie evenly over a clip, shape (count,).

    From 0 to the last place where a window fits; all 0 where the clip is no longer than one. They
    overlap where the clip is shorter than all of them together.
    """
    last = max(0, frames - length)
    return np.round(np.linspace(0.0, last, count)).astype(np.int64)


def begins(number: int, *, count: int, seconds: float, long: float = SECONDS) -> float:
    """Where window `number` of `count`, from 0, begins in a clip, in seconds.

    Parameters
    ----------
    seconds, long
        Lengths of the clip and of a window; all windows of a shorter clip begin at 0.
    """
    return max(0.0, seconds - long) * number / max(count - 1, 1)


def filled(levels: NDArray[np.generic], *, length: int = FRAMES) -> NDArray[np.generic]:
    """A clip of at least `length` frames: a shorter one is played again until it is as long.

    Parameters
    ----------
    levels
        Shape (frames, …), at least one frame.
    """
    frames = len(levels)
    if frames >= length:
        return levels
    return np.concatenate([levels] * -(-length // frames))[:length]


def windows(decibels: NDArray[np.floating], *, count: int = COUNT) -> Frames:
    """The windows of a clip, normalised.

    Parameters
    ----------
    decibels
        Shape (frames, bands), at least one frame.
    count
        How many.

    Returns
    -------
    Frames
        Shape (count, `FRAMES`, bands), float32, contiguous.
    """
    levels = filled(normalised(decibels))
    at = starts(len(levels), count=count)[:, np.newaxis] + np.arange(FRAMES)
    cut: Frames = levels[at]
    return cut


def quantised(decibels: NDArray[np.floating]) -> NDArray[np.uint8]:
    """`normalised` as bytes: 0 is -1, 255 is 1; what training keeps of a clip, same shape."""
    return np.round((normalised(decibels) + 1.0) * (_STEPS / 2)).astype(np.uint8)


def restored(kept: NDArray[np.uint8]) -> Frames:
    """What `quantised` kept, in [-1, 1]; off by at most 1/255, a sixth of a decibel."""
    levels: Frames = kept.astype(np.float32)
    levels *= np.float32(2.0 / _STEPS)
    levels -= np.float32(1.0)
    return levels
