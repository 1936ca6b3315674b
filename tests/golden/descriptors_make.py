"""Write ``descriptors.json``: what a known piece of audio is described as.

Run ``python tests/golden/descriptors_make.py`` after a change that is meant to change numbers, and
raise the family's version, and ``VERSION`` in ``segue/descriptors/extract.py``. The difference
shows in version control.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.extract import FAMILIES, NAMES, VERSION, describe

if TYPE_CHECKING:
    from segue.types import Audio

TARGET = Path(__file__).with_name("descriptors.json")


def known_piece(seconds: float = 6.0, rate: int = 22_050) -> Audio:
    """A chord with a beat and a hiss, by formula alone: no random numbers, no files."""
    times = np.arange(round(seconds * rate)) / rate
    chord = sum(
        np.sin(2 * np.pi * hertz * times) / number
        for number, hertz in enumerate((110.0, 164.8, 220.0, 277.2, 440.0), start=1)
    )
    beat = np.exp(-8 * (times % 0.5))
    # The fractional part of a quadratic never repeats: it sounds like noise.
    hiss = 2 * ((np.arange(len(times), dtype=np.float64) ** 2 * 0.123456789) % 1.0) - 1
    swell = 0.2 + 0.8 * times / seconds
    return (swell * (0.15 * chord * beat + 0.02 * hiss)).astype(np.float32)


def main() -> None:
    vector = describe(known_piece())
    values = {name: float(f"{value:.6g}") for name, value in zip(NAMES, vector, strict=True)}
    families = {family.name: family.version for family in FAMILIES}
    document = {"version": VERSION, "families": families, "values": values}
    TARGET.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
