"""Does the lens ``mood`` find tracks of the same mood? 936 real tracks with one of four moods each.

Precision at 10: of the ten rows of an answer, how many have the seed's mood; every track is asked
about. Words are not asked, since the table's mood is one of them. Beside the lens stand all
attributes, its features one by one, chance, and the lens read without levelling off
(`segue.spaces.calibration`), with an interval over seeds and the paired difference. How far the ten
are apart from the seed, in the feature that differs more, tells why: a track must be near in both.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import report
from segue import Segue
from segue.recommend.engine import Engine
from segue.records import Dials
from segue.snapshot import Snapshot

SEED = 42
TOP = 10
LENSES = ("mood", "valence", "energy", "attributes")
DRAWS = 2_000


def main() -> None:
    """Measure and write ``results/moods.json``."""
    table = report.shared("tracks/moods_936.csv")
    with tempfile.TemporaryDirectory() as folder, Segue.open(Path(folder) / "segue.db") as segue:
        segue.import_tracks(table)
        snapshot = segue.engine().snapshot
    engine = Engine(Snapshot(snapshot.corpus, snapshot.spaces))
    found = {lens: precision(engine, lens) for lens in LENSES}
    plain = Engine(Snapshot(snapshot.corpus, snapshot.spaces))
    for name in ("valence", "energy"):
        plain.snapshot.facets[name].blur = None  # type: ignore[attr-defined]
    found["mood, not levelled off"] = precision(plain, "mood")
    moods = np.array([mood_of(snapshot.corpus, row) for row in range(len(snapshot.corpus))])
    counts = np.unique(moods, return_counts=True)[1]
    levelled, plainly = found["mood"][0], found["mood, not levelled off"][0]
    report.write(
        "moods",
        {
            "tracks": len(moods),
            "by_chance": round(float((counts / len(moods)) @ (counts / len(moods))), 4),
            "precision_10": {lens: told(values) for lens, (values, _) in found.items()},
            "furthest_feature": {
                lens: round(float(apart.mean()), 4) for lens, (_, apart) in found.items()
            },
            "levelled_off_minus_not": told(levelled - plainly),
        },
        inputs=[table],
        seed=SEED,
    )


def mood_of(corpus: Any, row: int) -> str:  # noqa: ANN401 (a corpus)
    """The mood that the table gives a track."""
    return str(corpus.emotions.get(row, ""))


def precision(engine: Engine, lens: str) -> tuple[np.ndarray, np.ndarray]:
    """Of every track: the share of its ten nearest with its mood, and how far these are apart."""
    corpus = engine.snapshot.corpus
    shares, apart = [], []
    for row, track_id in enumerate(corpus.ids):
        answer = engine.similar(engine.seed_of(track_id), lens=lens, n=TOP, dials=Dials())
        rows = [corpus.row_of[each.track.id] for each in answer]
        shares.append(np.mean([mood_of(corpus, each) == mood_of(corpus, row) for each in rows]))
        different = np.abs(corpus.attributes[rows, :2] - corpus.attributes[row, :2])
        apart.append(different.max(axis=1).mean())
    return np.array(shares), np.array(apart)


def told(values: np.ndarray) -> dict[str, float]:
    """The mean over seeds with its interval of 95 %, by bootstrap."""
    rng = np.random.default_rng(SEED)
    draws = values[rng.integers(len(values), size=(DRAWS, len(values)))].mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return {
        name: round(float(x), 4)
        for name, x in zip(("value", "low", "high"), (values.mean(), low, high), strict=True)
    }


if __name__ == "__main__":
    main()
