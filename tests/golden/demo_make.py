"""Make tests/golden/demo.json anew: ``python tests/golden/demo_make.py``.

What the demo composer sounded like when it was last meant to change: the level of every second
and the spectral centroid of five tracks, and a digest of all names and numbers of the world. Run
it after a change that is meant to be heard, raise `encoding.RECIPE`, and read the difference.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from segue.sources.demo import DemoWorld, world
from segue.sources.demo.rendering import render

FILE = Path(__file__).with_name("demo.json")
TRACKS = (2, 12, 14, 18, 24)


def measure() -> dict[str, object]:
    """The golden numbers as they are now."""
    planted = world(42)
    return {
        "names": names(planted),
        "tracks": {planted.tracks[row].id: profile(planted, row) for row in TRACKS},
    }


def names(planted: DemoWorld) -> str:
    """Digest of every title, artist, album and playlist title, in order."""
    said = [(t.title, t.artist, t.album, t.style) for t in planted.truth.values()]
    lists = [playlist.title for playlist in planted.playlists]
    return hashlib.sha256(repr((said, lists)).encode()).hexdigest()


def profile(planted: DemoWorld, row: int) -> dict[str, object]:
    """Level in dB of every second, and the spectral centroid in Hz."""
    samples, rate = render(planted.tracks[row])
    seconds = samples.astype(np.float64).reshape(2, -1, rate)
    levels = 10.0 * np.log10(np.mean(seconds**2, axis=(0, 2)) + 1e-9)
    power = np.abs(np.fft.rfft(samples.mean(axis=0).astype(np.float64))) ** 2
    centroid = np.sum(power * np.fft.rfftfreq(samples.shape[1], 1.0 / rate)) / np.sum(power)
    return {
        "seconds": [round(float(level), 3) for level in levels],
        "centroid": round(float(centroid), 2),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(measure(), indent=1) + "\n", encoding="utf-8")
