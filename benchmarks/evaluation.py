"""The one table, measured on real music and on the demo world: what docs/evaluation.md is made of.

The catalogue holds the table of 114,000 rows, what a public table knows of the tracks of the
playlists, slices 0-3999 of the Million Playlist Dataset, and 458 real clips whose tags are those of
their label file. ``--stages build`` makes it in a folder of its own (``--work``) and trains on it;
`lists`, `attributes`, `playlists`, `audio` and `listeners` are the questions of `segue evaluate`,
each kept beside what was found before; `demo` is all of them on the demo world. Parameters are
those that playlists for validation chose (`benchmarks/playlists.py`).
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
import gzip
import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import report
from segue.cli.evaluate.asking import FULL, Samples
from segue.cli.evaluate.whole import QUESTIONS, evaluate
from segue.evaluation.overview import ablations
from segue.library import Segue
from segue.settings import Settings
from segue.training.playlists import factors, item2vec, together, tuning

NAME, DEMO = "evaluation", "evaluation_demo"
SEED = 42
SPACES = {"factors": factors, "playlists": item2vec, "together": together}
ABLATIONS = report.REPOSITORY / "benchmarks" / "ablations"


def said(done: int, total: int | None, what: str) -> None:
    """Progress, on stderr."""
    if total is None or done == total or done % 100 == 0:
        print(f"{time.strftime('%H:%M:%S')} {done}/{total} {what}", file=sys.stderr, flush=True)


def inputs() -> list[Path]:
    """The real data."""
    return [
        report.shared("tracks/spotify_tracks_114k.csv.gz"),
        report.shared("tracks/spotify_features_272k.parquet"),
        report.shared("playlists/mpd"),
        report.shared("audio/labels.csv"),
    ]


def build(work: Path) -> None:
    """Make the catalogue, hear its clips, and train on its playlists."""
    table, features, slices, labels = inputs()
    work.mkdir(parents=True, exist_ok=True)
    known = told_of(slices, features, work / "features.parquet")
    music = tagged(labels, work / "music")
    for words in (
        ["import", "tracks", table],
        ["import", "tracks", known],
        ["import", "playlists", slices],
        ["analyse", "--quick", music],
    ):
        command = [sys.executable, "-m", "segue", *map(str, words), "-d", str(work / "real.db")]
        subprocess.run(command, check=True)
    chosen = json.loads((report.RESULTS / "playlists.json").read_text(encoding="utf-8"))
    with Segue.open(work / "real.db") as segue:
        for space, fitting in SPACES.items():
            corpus = segue.engine().snapshot.corpus
            given = chosen["figures"]["chosen"][space]["parameters"]
            parameters: Any = replace(tuning.ORDINARY[space], **given)
            fitting.fit(corpus, parameters, seed=SEED).store(segue.database, corpus)


def told_of(slices: Path, features: Path, target: Path) -> Path:
    """The rows of a public table that are about tracks of the playlists."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import parquet

    ids = {
        entry["track_uri"].rpartition(":")[2]
        for file in sorted(slices.glob("*.gz"))
        for playlist in json.loads(gzip.decompress(file.read_bytes()))["playlists"]
        for entry in playlist["tracks"]
    }
    rows = parquet.read_table(features)
    about = pc.is_in(rows["track_id"], pa.array(sorted(ids), pa.large_string()))
    parquet.write_table(rows.filter(about).replace_schema_metadata(None), target)
    return target


def tagged(labels: Path, music: Path) -> Path:
    """Copies of the clips with tags that say what their label file says."""
    from mutagen.id3 import ID3, TALB, TCON, TIT2, TPE1

    frames = {"artist": TPE1, "title": TIT2, "album": TALB, "genre": TCON}
    with labels.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            copy = music / row["path"]
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(labels.parent / row["path"], copy)
            tags = ID3()
            for name, frame in frames.items():
                if row[name]:
                    tags.add(frame(encoding=3, text=[row[name]]))
            tags.save(copy)
    return music


def ask(
    segue: Segue, questions: list[str], samples: Samples, *, turned: bool = True
) -> dict[str, Any]:
    """What `segue evaluate` finds of some questions."""
    # Turned dials are seen in lists; continued playlists show what each space is worth.
    names = ["balanced", "selection"] if "lists" in questions else ["balanced"]
    files = [ABLATIONS / f"{name}.toml" for name in names] if turned else []
    found = evaluate(
        segue,
        samples=samples,
        questions=questions,
        ablations=ablations.read(files),
        seed=SEED,
        on_progress=said,
    )
    return found.to_json()


def last(name: str) -> dict[str, Any]:
    """What was found before, by question."""
    path = report.RESULTS / f"{name}.json"
    if not path.exists():
        return {}
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["figures"]
    return figures


def named(found: dict[str, Any], source: str) -> dict[str, Any]:
    """The same, judged on what a reader knows by name."""
    return {**found, "source": source}


def main() -> None:
    """Measure, and write it down."""
    stages = ("build", *QUESTIONS, "demo")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=report.REPOSITORY / "var" / NAME)
    parser.add_argument("--stages", default=",".join(stages))
    parser.add_argument("--seeds", type=int, default=FULL.seeds)
    parser.add_argument("--playlists", type=int, default=FULL.playlists)
    parser.add_argument("--ablations", type=int, default=1, help="0: none of them")
    given = parser.parse_args()
    samples = replace(FULL, seeds=given.seeds, playlists=given.playlists)
    asked = given.stages.split(",")
    if unknown := set(asked) - set(stages):
        parser.error(f"no stage {unknown.pop()}; there are {', '.join(stages)}")
    if "build" in asked:
        build(given.work)
    for question in (each for each in QUESTIONS if each in asked):
        settings = Settings(database=str(given.work / "real.db"))
        with Segue.open(settings.database, settings=settings, create=False) as segue:
            found = named(
                ask(segue, [question], samples, turned=bool(given.ablations)),
                "real tracks, playlists and clips",
            )
        report.write(NAME, {**last(NAME), question: found}, inputs=inputs(), seed=SEED)
    if "demo" in asked:
        from segue.cli.demo import made
        from segue.cli.session import Session

        with made(Session()) as segue:
            found = named(ask(segue, list(QUESTIONS), samples), "the demo world, invented")
        report.write(DEMO, {"all": found}, seed=SEED)


if __name__ == "__main__":
    main()
