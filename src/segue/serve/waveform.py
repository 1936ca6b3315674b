"""A waveform as the outline of an SVG path, for pages that show a file nobody plays yet."""

from __future__ import annotations

import numpy as np

POINTS = 240
"""How many peaks an outline has at most."""


def outline(waveform: bytes) -> str:
    """The path of a waveform's peaks, mirrored, in a box of `POINTS` by 100.

    Parameters
    ----------
    waveform
        Peaks from 0 to 255, one byte each; empty gives a flat line.

    >>> outline(bytes([255]))
    'M0 50L0 0L240 0L240 100L0 100Z'
    """
    peaks = np.frombuffer(waveform, dtype=np.uint8)
    if not len(peaks):
        return f"M0 50L{POINTS} 50"
    parts = np.array_split(peaks, min(POINTS, len(peaks)))
    heights = [float(part.max()) / 255 * 50 for part in parts]
    step = POINTS / len(parts)
    ends = [(n * step, (n + 1) * step, height) for n, height in enumerate(heights)]
    above = "".join(f"L{a:g} {50 - h:.4g}L{b:g} {50 - h:.4g}" for a, b, h in ends)
    below = "".join(f"L{b:g} {50 + h:.4g}L{a:g} {50 + h:.4g}" for a, b, h in reversed(ends))
    return f"M0 50{above}{below}Z"
