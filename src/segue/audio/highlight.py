"""The half minute that shows a track: where it is loud and stays so, from its waveform alone.

**Loudness of a moment.** The peaks of one second are averaged in power, and the power is taken to
0.3, as loudness grows with intensity (Stevens' power law; the exponent of the sone scale, ISO
532-1). So one bang does not outweigh half a minute of music.

**Choice.** Every window of half a minute, second by second, has the mean loudness of its seconds.
Of those within `NEARLY` of the loudest, one is taken that begins where the music rises most: the
entrance of a refrain makes a better beginning than its second bar. Where all rise alike, as in
drones and noise, it is the one nearest to the middle. A fade-out is quieter than what it fades
from, so it is not chosen.
"""

from __future__ import annotations

import numpy as np

SECONDS = 30.0
"""Length of a highlight; shorter tracks are played whole."""

NEARLY = 0.05
"""Windows whose loudness is less than this share below the loudest are as good as it."""

_POWER = 0.3
_RISE = 4
_STEPS = 200


def highlight(waveform: bytes, *, rate: float, duration: float) -> tuple[float, float]:
    """Where the highlight begins and ends, in seconds.

    Parameters
    ----------
    waveform
        Peaks, one byte each (`segue.records.Recording`); empty where nothing was measured.
    rate
        Peaks a second, > 0.
    duration
        Seconds of the track, ≥ 0.

    Returns
    -------
    tuple
        Within the track and at most `SECONDS` apart; its middle where there is no waveform, or
        nothing but silence.
    """
    if duration <= SECONDS:
        return 0.0, max(0.0, duration)
    latest = duration - SECONDS
    loud = _loudness(waveform, rate)
    width = round(SECONDS)
    if len(loud) <= width or not loud.any():
        return latest / 2, latest / 2 + SECONDS
    sums = np.concatenate([[0.0], np.cumsum(loud)])
    means = (sums[width:] - sums[:-width]) / width
    near = np.flatnonzero(means >= means.max() * (1 - NEARLY))
    # Rises are compared in steps, so that what the ear cannot tell apart counts as even.
    rises = np.rint(_STEPS * np.array([_rise(loud, int(place)) for place in near]) / loud.max())
    best = near[rises == rises.max()]
    start = min(float(best[np.argmin(np.abs(best - latest / 2))]), latest)
    return start, start + SECONDS


def _loudness(waveform: bytes, rate: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Loudness of each whole second, in a unit of no importance."""
    power = (np.frombuffer(waveform, dtype=np.uint8) / 255.0) ** 2
    seconds = int(len(power) / rate)
    if seconds == 0:
        return np.zeros(0)
    borders = np.minimum(np.ceil(np.arange(seconds) * rate), len(power) - 1).astype(np.intp)
    sums = np.add.reduceat(power[: int(np.ceil(seconds * rate))], borders)
    counts = np.diff([*borders, int(np.ceil(seconds * rate))])
    return (sums / np.maximum(counts, 1)) ** _POWER


def _rise(loud: np.ndarray[tuple[int], np.dtype[np.float64]], place: int) -> float:
    """How much louder it is after a place than before; nothing before the beginning."""
    before, after = loud[max(0, place - _RISE) : place], loud[place : place + _RISE]
    return float(after.mean() - before.mean()) if len(before) else 0.0
