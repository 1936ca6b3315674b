"""Write ``ordinary.json``: what the numbers that have words are in music of many kinds.

Run ``python tests/golden/ordinary_make.py`` after a change of the columns that are shown or of
their numbers. Reads the training half of the labelled clips in ``../shared/data/audio``.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import segue.descriptors
from segue.audio.decode import decode
from segue.descriptors.extract import COLUMNS, GROUPS, describe

if TYPE_CHECKING:
    from segue.types import Vectors

TARGET = Path(segue.descriptors.__file__).with_name("ordinary.json")
AUDIO = Path(__file__).resolve().parents[3] / "shared" / "data" / "audio"
SOURCE = "Emotify (Magnatune) and collections under Creative Commons licences, 30 seconds each"


def clips(audio: Path, *, split: str) -> list[Path]:
    """Labelled clips of one split."""
    with (audio / "labels.csv").open(encoding="utf-8", newline="") as lines:
        return [audio / row["path"] for row in csv.DictReader(lines) if row["split"] == split]


def described(paths: list[Path]) -> Vectors:
    """Descriptors of every clip, shape (clips, columns)."""
    return np.stack([describe(decode(path).audio) for path in paths])


def main() -> None:
    vectors = described(clips(AUDIO, split="train"))
    columns = {}
    for group in GROUPS.values():
        if group.shown:
            low, high = np.quantile(vectors[:, COLUMNS[group.shown]], (0.25, 0.75))
            columns[group.shown] = [float(f"{value:.4g}") for value in (low, high)]
    document = {"clips": len(vectors), "source": SOURCE, "columns": columns}
    TARGET.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
