"""Whether near in the descriptors means alike: same artist, same genre, nothing trained.

Every clip of the audio pack asks for its nearest by cosine of z-scored descriptors, clipped as the
space does. Counted is how often those are by the same artist and, with the same artist's clips
taken out, of the same genre. Chance stands beside it, and so does each pipeline alone. Clips by
unknown artists are found but do not ask. Errors are over artists, since clips of one artist are
not independent.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import csv
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

import report
from segue.audio.decode import decode
from segue.descriptors.extract import COLUMNS, NAMES, PIPELINES, describe
from segue.spaces.descriptors import CLIP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

NEAREST = 10
SEED = 42


def units(raw: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Rows z-scored by column, clipped, and brought to length 1."""
    values = raw.astype(np.float64)
    deviation = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    scaled = np.clip(scaled, -CLIP, CLIP)
    unit: NDArray[np.float64] = scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
    return unit


def judged(scores: NDArray[np.float64], rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Artist hit at 1, precision at ten and average precision; genre precision at ten."""
    artists = np.array([row["artist"] for row in rows])
    genres = np.array([row["genre"] for row in rows])
    by_artist: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for query, (artist, genre) in enumerate(zip(artists, genres, strict=True)):
        if not artist:
            continue
        order = np.argsort(-scores[query], kind="stable")
        order = order[order != query]
        same = artists[order] == artist
        found = by_artist[artist]
        if same.any():
            found["artist_hit_1"].append(float(same[0]))
            most = min(NEAREST, int(same.sum()))
            found["artist_precision_10"].append(float(same[:NEAREST].sum() / most))
            places = np.flatnonzero(same) + 1
            found["artist_average_precision"].append(
                float((np.arange(1, len(places) + 1) / places).mean())
            )
        others = order[~same][:NEAREST]
        found["genre_precision_10"].append(float((genres[others] == genre).mean()))
    names = ("artist_hit_1", "artist_precision_10", "artist_average_precision")
    return {name: _mean(by_artist, name) for name in (*names, "genre_precision_10")}


def _mean(by_artist: Mapping[str, Mapping[str, list[float]]], name: str) -> dict[str, float]:
    """Mean over queries, with its error from resampling whole artists."""
    groups = [np.array(found[name]) for found in by_artist.values() if found.get(name)]
    generator = np.random.default_rng(SEED)
    means = []
    for _ in range(200):
        drawn = generator.integers(len(groups), size=len(groups))
        means.append(np.concatenate([groups[place] for place in drawn]).mean())
    every = np.concatenate(groups)
    return {
        "mean": round(float(every.mean()), 4),
        "error": round(float(np.std(means)), 4),
        "queries": len(every),
    }


def main() -> None:
    pack = report.shared("audio")
    with (pack / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    vectors = np.array([describe(decode(pack / row["path"]).audio) for row in rows])
    figures: dict[str, Any] = {"clips": len(rows), "descriptors": len(NAMES)}
    figures["random"] = judged(
        np.random.default_rng(SEED).uniform(size=(len(rows), len(rows))), rows
    )
    for name, columns in {**PIPELINES, "all": NAMES}.items():
        unit = units(vectors[:, [COLUMNS[column] for column in columns]])
        figures[name] = {"columns": len(columns), **judged(unit @ unit.T, rows)}
    report.write(
        "likeness", figures, inputs=[pack / "labels.csv", pack / "emotify", pack / "cc"], seed=SEED
    )


if __name__ == "__main__":
    main()
