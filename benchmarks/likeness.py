"""Whether near in the descriptors means alike: same artist, same genre, nothing trained.

Every clip of the audio pack asks for its nearest by cosine of z-scored descriptors, clipped as the
space does. Counted is what `segue.evaluation.retrieval` counts: how often those are by the same
artist and, with the same artist's clips taken out, of the same genre. Chance stands beside it, and
so does each pipeline alone. Clips by unknown artists are found but do not ask. Intervals are over
artists, since clips of one artist are not independent.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import csv
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

import report
from segue.audio.decode import decode
from segue.descriptors.extract import COLUMNS, NAMES, PIPELINES, describe
from segue.evaluation import baselines
from segue.evaluation.retrieval import Gallery

if TYPE_CHECKING:
    from segue.types import Floats

SEED = 42


def judged(gallery: Gallery, scores: Floats) -> dict[str, Any]:
    """Every metric with its interval, and how uneven neighbours are spread."""
    found = gallery.judge(scores)
    figures: dict[str, Any] = {
        name: {key: round(value, 4) for key, value in asdict(figure).items()}
        for name, figure in gallery.figures(found).items()
    }
    return {**figures, "hubness": round(found.hubness, 4)}


def main() -> None:
    pack = report.shared("audio")
    with (pack / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    vectors = np.array([describe(decode(pack / row["path"]).audio) for row in rows])
    gallery = Gallery([row["artist"] for row in rows], [row["genre"] for row in rows], seed=SEED)
    figures: dict[str, Any] = {"clips": len(rows), "descriptors": len(NAMES)}
    figures["random"] = judged(gallery, baselines.random(len(rows), seed=SEED))
    for name, columns in {**PIPELINES, "all": NAMES}.items():
        chosen = vectors[:, [COLUMNS[column] for column in columns]]
        told = judged(gallery, baselines.descriptors(chosen))
        figures[name] = {"columns": len(columns), **told}
    report.write(
        "likeness", figures, inputs=[pack / "labels.csv", pack / "emotify", pack / "cc"], seed=SEED
    )


if __name__ == "__main__":
    main()
