"""A stretch of a file at another rate, cut where both rates have a sample.

Two rates share a grid of gcd(a, b) points a second. A stretch that begins on it, resampled with
a margin around it, equals sample for sample the same stretch of the whole file resampled at once.
Resampling is soxr's HQ recipe (linear phase, 20 bit).
"""

from __future__ import annotations

from math import floor, gcd
from typing import TYPE_CHECKING

import soxr

if TYPE_CHECKING:
    from segue.types import Audio

# How far the resampler reaches, in seconds, with something to spare.
_REACH = 0.05


def margin(before: int, after: int) -> float:
    """Seconds needed around a stretch: two steps of the grid, and the reach of the resampler."""
    return _REACH + 2 / gcd(before, after)


def resample(
    audio: Audio, *, rate: int, first: int, start: float, seconds: float | None, to: int
) -> tuple[Audio, float]:
    """`audio` from `start` on at the rate `to`, and where it really begins, in seconds.

    Parameters
    ----------
    audio, rate, first
        Samples of one channel, how many a second, and the position of the first in the file.
    start
        Where in the file the answer begins: here or up to one step of the grid earlier.
    seconds
        How long it is, or as much as there is; None for all.
    """
    steps = gcd(rate, to)
    aligned = -first % (rate // steps)
    if aligned >= len(audio):
        aligned = 0
    lead = (first + aligned) / rate
    begin = max(floor(start * steps) / steps, lead)
    cut = round((begin - lead) * to)
    length = max(round((len(audio) - aligned) * to / rate) - cut, 1)
    if seconds is not None:
        length = min(length, round(seconds * to))
    changed = audio[aligned:]
    if rate != to:
        changed = soxr.resample(changed, rate, to, quality="HQ")
    return changed[cut : cut + length], begin
