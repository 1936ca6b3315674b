"""Clips altered and heard again, for benchmarks: descriptors and what a network would hear.

Other benchmarks import it; run alone it says how much of the descriptors' neighbours clips keep::

    python benchmarks/altered.py [how many clips]
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import csv
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import report
from segue.audio.altering import ALTERATIONS, write_altered
from segue.audio.decode import decode
from segue.descriptors.extract import FAMILIES, numbers
from segue.descriptors.frames import Sound
from segue.embedding.windows import quantised
from segue.evaluation.retrieval import cosines
from segue.evaluation.seeds import robustness
from segue.spaces.descriptors import standardised

if TYPE_CHECKING:
    from segue.embedding.material import Spectrogram
    from segue.types import Vector

SEED = 42


def heard(path: Path) -> tuple[Vector, Spectrogram]:
    """A clip's descriptors, and its spectrogram as training keeps it."""
    decoded = decode(path)
    sound = Sound(decoded.audio, rate=decoded.rate)
    vector = np.concatenate([numbers(sound, family) for family in FAMILIES])
    return vector, quantised(sound.decibels128)


def heard_altered(path: Path, alteration: str) -> tuple[Vector, Spectrogram]:
    """The same of an altered version of it."""
    with tempfile.TemporaryDirectory(prefix="segue-altered-") as folder:
        return heard(write_altered(path, alteration, Path(folder) / "clip"))


def main() -> None:
    pack = report.shared("audio")
    with (pack / "labels.csv").open(encoding="utf-8") as file:
        paths = [pack / row["path"] for row in csv.DictReader(file)]
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    rows = np.sort(np.random.default_rng(SEED).permutation(len(paths))[:count])
    vectors = np.array([heard(path)[0] for path in paths])
    altered = {
        name: standardised(
            np.array([heard_altered(paths[row], name)[0] for row in rows.tolist()]), among=vectors
        )
        for name in ALTERATIONS
    }
    scaled = standardised(vectors)
    scores = {
        name: cosines(np.concatenate([scaled, each]))[len(scaled) :, : len(scaled)]
        for name, each in altered.items()
    }
    print(robustness(cosines(scaled), scores, queries=rows))


if __name__ == "__main__":
    main()
