"""Write ``attributes/ordinary.json``: how readings, scores and attributes are spread in music.

Run ``python tests/golden/ordinary_attributes_make.py`` after a change of a formula or of a
descriptor it reads. Reads the Emotify clips and the table of 114,000 tracks in ``../shared/data``;
what is written are moments and quantiles, no track. The ratings of the clips take no part.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import segue.attributes
from segue.attributes.estimates import scores
from segue.attributes.formulas import FORMULAS
from segue.attributes.matching import KNOTS
from segue.audio.decode import decode
from segue.descriptors.extract import describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.types import Floats, Vectors

TARGET = Path(segue.attributes.__file__).with_name("ordinary.json")
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
TABLE = "tracks/spotify_tracks_114k.csv.gz"
SOURCE = (
    "Scores of 30-second clips of the Emotify set (Magnatune); values of the Spotify Tracks table, "
    "the same genres, each counted as often as there are clips of it"
)
ALIKE = {
    "classical": ("classical",),
    "electronic": ("electronic", "ambient", "idm", "techno", "trip-hop"),
    "pop": ("pop", "indie-pop", "folk", "singer-songwriter"),
    "rock": ("rock", "alt-rock", "hard-rock", "metal"),
}
"""Genres of the clips, and the table's genres that are the same music."""


def clips(audio: Path) -> list[tuple[Path, str]]:
    """The Emotify clips with their genres."""
    with (audio / "labels.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["path"].startswith("emotify/")]
    return [(audio / row["path"], row["genre"]) for row in rows]


def values(table: Path, *, counts: dict[str, int]) -> tuple[dict[str, Floats], int]:
    """Quantiles of every attribute with a formula, and of how many rows.

    A genre's rows together weigh as much as its clips; a row that stands there twice counts once.
    """
    with gzip.open(table, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found: list[list[float]] = []
    weights: list[float] = []
    for genre, theirs in ALIKE.items():
        once = {row["track_id"]: row for row in rows if row["track_genre"] in theirs}
        found += [[float(row[one.attribute]) for one in FORMULAS] for row in once.values()]
        weights += [counts[genre] / len(once)] * len(once)
    columns = np.array(found).T
    return {
        one.attribute: weighted(column, np.array(weights))
        for one, column in zip(FORMULAS, columns, strict=True)
    }, len(found)


def weighted(numbers: Floats, weights: Floats) -> Floats:
    """Quantiles of numbers of which each counts as much as its weight."""
    order = np.argsort(numbers, kind="stable")
    reached = np.cumsum(weights[order]) - weights[order] / 2
    return np.interp(np.linspace(0, 1, KNOTS), reached / weights.sum(), numbers[order])


def moments(vectors: Vectors) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation of every reading."""
    readings = {term.name: term.reading(vectors) for one in FORMULAS for term in one.terms}
    return {
        name: (rounded(float(read.mean())), rounded(float(read.std())))
        for name, read in sorted(readings.items())
    }


def rounded(number: float) -> float:
    """Five digits that count."""
    return float(f"{number:.5g}")


def main() -> None:
    listed = clips(DATA / "audio")
    vectors = np.stack([describe(decode(path).audio) for path, _ in listed])
    spread, rows = values(DATA / TABLE, counts=Counter(genre for _, genre in listed))
    usual = moments(vectors)
    shares = np.linspace(0, 1, KNOTS)
    scored = {
        name: np.quantile(each, shares) for name, each in scores(vectors, moments=usual).items()
    }
    document = {
        "clips": len(listed),
        "rows": rows,
        "source": SOURCE,
        "moments": usual,
        "scores": {name: [rounded(each) for each in column] for name, column in scored.items()},
        "values": {name: [rounded(each) for each in column] for name, column in spread.items()},
    }
    TARGET.write_text(written(document), encoding="utf-8")


def written(document: Mapping[str, Any]) -> str:
    """JSON with one list a line."""
    parts = []
    for name, part in document.items():
        text = json.dumps(part)
        if isinstance(part, dict):
            lines = (f"  {json.dumps(key)}: {json.dumps(each)}" for key, each in part.items())
            text = "{\n" + ",\n".join(lines) + "\n }"
        parts.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
