"""The same recording faster or slower, higher or lower, on the waveform itself.

A phase vocoder: the spectrum is read at other times than it was taken, and every bin's phase goes
on as fast as it did there (Flanagan and Golden, *Phase Vocoder*, Bell System Technical Journal,
1966; Laroche and Dolson, IEEE TSAP 7(3), 1999). Shifting pitch is stretching, then playing the
result at another rate.

This is the exact form of what training does on the mel grid (`segue.training.ears.warping`), and a
hundred times as dear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.types import Audio, Floats

FRAME, HOP = 2048, 512


def stretched(audio: Audio, *, speed: float) -> Audio:
    """Played `speed` times as fast, at the same pitch.

    Parameters
    ----------
    audio
        Mono, shape (samples,).
    speed
        Above 0; 1 gives the same back.

    Returns
    -------
    Audio
        Shape (round(samples / speed),), float32.

    Raises
    ------
    BadRequestError
        The speed is none.
    """
    if not (np.isfinite(speed) and speed > 0):
        raise BadRequestError(f"{speed:g} is no speed to play at", remedy="Give one above 0")
    samples = round(len(audio) / speed)
    if samples == 0:
        return np.zeros(0, dtype=np.float32)
    if speed == 1.0:
        return np.asarray(audio, dtype=np.float32)
    from scipy.signal import istft, stft

    with_ends = {"window": "hann", "nperseg": FRAME, "noverlap": FRAME - HOP}
    _, _, spectrum = stft(_at_least(audio, FRAME), **with_ends)
    times = np.arange(0.0, spectrum.shape[1], speed)
    _, played = istft(_reread(spectrum, times), **with_ends)
    played = played[:samples].astype(np.float32)
    return np.pad(played, (0, samples - len(played)))


def shifted(audio: Audio, *, semitones: float, rate: int) -> Audio:
    """Sung so many semitones higher, as fast as before, shape (samples,), float32.

    Parameters
    ----------
    audio
        Mono, shape (samples,).
    semitones
        Below 0 for lower.
    rate
        Samples a second.
    """
    import soxr

    if semitones == 0 or len(audio) == 0:
        return np.asarray(audio, dtype=np.float32)
    higher = 2.0 ** (semitones / 12.0)
    slower = stretched(audio, speed=1.0 / higher)
    played = soxr.resample(slower, rate * higher, rate).astype(np.float32)[: len(audio)]
    return np.pad(played, (0, len(audio) - len(played)))


def _reread(spectrum: Floats, times: Floats) -> Floats:
    """A spectrum, shape (bins, frames), at other times, counted in frames; phases go on."""
    bins = len(spectrum)
    padded = np.concatenate([spectrum, np.zeros((bins, 2), dtype=spectrum.dtype)], axis=1)
    before = times.astype(np.int64)
    part = times - before
    levels = np.abs(padded)
    phases = np.angle(padded)
    # What a bin's centre turns by in a hop; only the difference from it has to be told apart.
    turning = 2.0 * np.pi * HOP * np.arange(bins)[:, None] / FRAME
    apart = phases[:, before + 1] - phases[:, before] - turning
    apart -= 2.0 * np.pi * np.round(apart / (2.0 * np.pi))
    steps = np.concatenate([phases[:, :1], (turning + apart)[:, :-1]], axis=1)
    level = (1.0 - part) * levels[:, before] + part * levels[:, before + 1]
    said: Floats = level * np.exp(1j * np.cumsum(steps, axis=1))
    return said


def _at_least(audio: Audio, samples: int) -> Audio:
    return audio if len(audio) >= samples else np.pad(audio, (0, samples - len(audio)))
