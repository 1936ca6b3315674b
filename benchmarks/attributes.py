"""Attributes learned and judged: the machinery on published statistics, and models on audio.

Two kinds of models, always apart. *segments* learns from 339 statistics of Spotify's published
audio analysis (1,764 tracks): a benchmark of the machinery and nothing else. *audio* models learn
from Segue's own descriptors: the nine emotions that listeners felt (302 clips of Emotify, artists
apart) by each pipeline of descriptors, and the demo world's given attributes.

    python benchmarks/attributes.py segments --budget 40
    python benchmarks/attributes.py emotify
    python benchmarks/attributes.py demo

Each writes ``benchmarks/results/attributes_<name>.json`` with the whole report, and pictures under
``docs/pictures``. The model itself stays in an ignored folder, ``var/models``.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
import json
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np

import report

if TYPE_CHECKING:
    from pathlib import Path

MODELS = report.REPOSITORY / "var" / "models"
PICTURES = report.REPOSITORY / "docs" / "pictures"
SEED = 42
GOALS = {
    "danceability": 0.83,
    "energy": 0.965,
    "loudness": 0.994,
    "acousticness": 0.935,
    "valence": 0.82,
    "instrumentalness": 0.70,
    "speechiness": 0.38,
    "liveness": 0.25,
    "key": 0.60,
    "mode": 0.76,
    "tempo_bin": 0.45,
}
EMOTIONS = (
    *("amazement", "solemnity", "tenderness", "nostalgia", "calmness"),
    *("power", "joyful_activation", "tension", "sadness"),
)
TABLE = "attributes/spotify_segments_2k.parquet"


def trained(name: str, words: list[str], *, budget: float | None, trials: int) -> dict[str, Any]:
    """Run ``segue train attributes`` as a person would, and take down what came of it.

    A model that is there already is not trained again, and keeps what was said of its training:
    delete its folder to train anew.
    """
    out = MODELS / name
    if not (out / "manifest.json").exists():
        command = [sys.executable, "-m", "segue", "train", "attributes", "--out", str(out), *words]
        command += ["--seed", str(SEED), "--trials", str(trials), "--json"]
        if budget is not None:
            command += ["--budget", str(budget)]
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        run = {
            "seconds": round(time.perf_counter() - began),
            "budget_minutes": budget,
            "trials": trials,
        }
        (out / "run.json").write_text(json.dumps(run), encoding="utf-8")
    document = json.loads((out / "report.json").read_text(encoding="utf-8"))
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    return {
        **json.loads((out / "run.json").read_text(encoding="utf-8")),
        "parameters": manifest["parameters"],
        "report": document,
        "parity": manifest["parity"],
        "megabytes": round(sum(each.stat().st_size for each in out.glob("*.onnx")) / 1e6, 1),
        "milliseconds": latency(out),
    }


def latency(folder: Path, *, rows: int = 200) -> float:
    """Median milliseconds for one track, all targets, one thread."""
    from segue.attributes.model import Model

    model = Model.load(folder)
    tracks = np.random.default_rng(SEED).normal(size=(rows, 1, len(model.manifest.names)))
    times = []
    for track in tracks.astype(np.float32):
        began = time.perf_counter()
        model.predict(track)
        times.append(time.perf_counter() - began)
    return round(1000 * float(np.median(times)), 2)


def shown(name: str, document: dict[str, Any]) -> None:
    """Copy the pictures of a model to the documents, named after it."""
    renamed = []
    for picture in document["pictures"]:
        there = f"{name}-{picture.removeprefix('attributes-')}"
        shutil.copyfile(MODELS / name / picture, PICTURES / there)
        renamed.append(there)
    document["pictures"] = renamed


def segments(budget: float | None, trials: int) -> None:
    table = report.shared(TABLE)
    found = trained("segments", ["--table", str(table)], budget=budget, trials=trials)
    found["report"]["goals"] = GOALS
    shown("segments", found["report"])
    report.write("attributes_segments", found, inputs=[table], seed=SEED)


def emotify(budget: float | None, trials: int) -> None:
    """The emotions, from each pipeline of descriptors."""
    pack = report.shared("audio")
    table = MODELS / "emotify.csv"
    MODELS.mkdir(parents=True, exist_ok=True)
    _write_emotify(pack, table)
    words = ["--table", str(table), "--audio-column", "audio", "--folds", "3"]
    for emotion in EMOTIONS:
        words += ["--target", emotion]
    figures: dict[str, Any] = {}
    for pipeline in ("both", "statistical", "mfcc"):
        name = "emotify" if pipeline == "both" else f"emotify-{pipeline}"
        found = trained(name, [*words, "--pipeline", pipeline], budget=budget, trials=trials)
        if pipeline == "both":
            shown(name, found["report"])
        figures[pipeline] = found
    inputs = [pack / "labels.csv", pack / "emotify_emotions.csv", pack / "emotify"]
    report.write("attributes_emotify", figures, inputs=inputs, seed=SEED)


def _write_emotify(pack: Path, table: Path) -> None:
    """Ratings with the artists of the clips, and where the clips lie."""
    with (pack / "labels.csv").open(encoding="utf-8") as file:
        labels = {row["path"]: row for row in csv.DictReader(file)}
    with (pack / "emotify_emotions.csv").open(encoding="utf-8") as file:
        rated = list(csv.DictReader(file))
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "title", "artist", "audio", *EMOTIONS])
        for row in rated:
            label = labels[row["path"]]
            named = (label["id"], label["title"], label["artist"])
            writer.writerow([*named, pack / row["path"], *(row[each] for each in EMOTIONS)])


def demo(budget: float | None, trials: int) -> None:
    """The demo world: given attributes and files, as a catalogue holds them."""
    folder = MODELS / "demo-music"
    subprocess.run(
        [sys.executable, "-m", "segue", "demo", "--no-serve", "--folder", str(folder)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    words = ["--database", str(folder / "segue.db"), "--folds", "3"]
    found = trained("demo", words, budget=budget, trials=trials)
    shown("demo", found["report"])
    report.write("attributes_demo", found, seed=SEED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=("segments", "emotify", "demo", []))
    parser.add_argument("--budget", type=float, default=None, help="minutes of search")
    parser.add_argument("--trials", type=int, default=0, help="most trials a search; 0: none")
    given = parser.parse_args()
    for what in given.what or ("segments", "emotify", "demo"):
        {"segments": segments, "emotify": emotify, "demo": demo}[what](given.budget, given.trials)


if __name__ == "__main__":
    main()
