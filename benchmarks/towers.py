"""Are tracks that nobody has listed found better by two towers than by a linear map?

A tenth of the tracks is hidden entirely (`segue.training.playlists.cold`), and playlists held out
are asked for them from their other tracks. Towers learn from what is left, and so do the spaces
`factors` and `playlists` with the linear map of their contents. Beside them stand chance, what is
popular, artists by how often they are listed, and the hidden tracks by the seeds' own artists.

``mpd``   4,000 playlists of the Million Playlist Dataset in the committed split, with attributes of
          the table of 272,000 tracks where it knows them (a fifth). The 800 for testing are asked.
``demo``  the demo world: words and attributes of 5,120 tracks, the mel embedding and descriptors of
          the 120 with audio. A fifth of the playlists is asked.

Parameters were chosen on the validation playlists of ``mpd``. ``--only demo`` keeps the other world
as it was measured before.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import report
from segue import Segue
from segue.catalogue import corpus as catalogue_corpus
from segue.evaluation.continuation import Found, compare, interval_of
from segue.spaces.factors import FactorsSpace
from segue.spaces.playlists import PlaylistsSpace
from segue.training.playlists import cold, material, preparing
from segue.training.playlists.methods import best
from segue.training.towers.learn import TowersParameters, fit, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from segue.snapshot import Corpus, Placed
    from segue.training.towers.towers import Towers
    from segue.types import Floats, Rows

SEED = 42
LINEAR = ("factors", "playlists")
TOWERS = "towers"
METRICS = ("recall_50", "recall_500")
HEARD = ("descriptors", "sound")


def main() -> None:
    """Judge every way in both worlds and write ``results/towers.json``."""
    parser = argparse.ArgumentParser(description="Two towers beside the linear map.")
    parser.add_argument("--only", choices=("mpd", "demo"), help="Measure one world.")
    parser.add_argument("--demo", type=Path, help="The demo's catalogue, where it is made already.")
    asked = parser.parse_args()
    only = asked.only
    slices = report.shared("playlists/mpd")
    table = report.shared("tracks/spotify_features_272k.parquet")
    path = report.RESULTS / "towers.json"
    figures = json.loads(path.read_text(encoding="utf-8"))["figures"] if path.exists() else {}
    figures["parameters"] = asdict(TowersParameters())
    if only != "demo":
        figures["mpd"] = judged(of_files(slices, table), placed={})
    if only != "mpd":
        figures["demo"] = judged(*of_demo(asked.demo))
    report.write("towers", figures, inputs=[slices, table], seed=SEED)


def of_files(slices: Path, table: Path) -> material.Material:
    """What is learned from and asked of the files of playlists."""
    read = material.read([slices])
    gathered = material.gather(read.playlists, tables=[table], notes=read.notes)
    parts = material.split([one.key for one in gathered.lists])
    return gathered.apart(parts.train, parts.test)


def of_demo(database: Path | None) -> tuple[material.Material, Mapping[str, Placed]]:
    """The demo's catalogue, whose playlists are parted alike, and what was heard in its files."""
    with tempfile.TemporaryDirectory() as folder:
        if database is None:
            database = Path(folder) / "segue.db"
            command = [sys.executable, "-m", "segue", "demo", "--no-serve", "--folder", folder]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with Segue.open(database) as segue:
            corpus = catalogue_corpus.load(segue.database)
    playlists = corpus.playlists
    lists = [
        material.Listed(f"demo:{number}", playlists.titles[number], rows_of(playlists, number))
        for number in range(len(playlists))
    ]
    parts = material.split([one.key for one in lists])
    learned = material.memberships([lists[number] for number in parts.train])
    held = tuple(lists[number] for number in parts.test)
    heard = {name: corpus.placed[name] for name in HEARD if name in corpus.placed}
    return material.Material(replace(corpus, playlists=learned), held), heard


def judged(known: material.Material, placed: Mapping[str, Placed]) -> dict[str, Any]:
    """Every way on the hidden tracks of one world."""
    hidden = cold.hide(known, seed=SEED)
    corpus = replace(hidden.corpus, placed=dict(placed))
    began, busy = time.monotonic(), time.process_time()
    towers = fit(corpus, seed=SEED, on_progress=_say)
    spent = {
        "seconds": round(time.monotonic() - began, 1),
        "core_seconds": round(time.process_time() - busy, 1),
    }
    learned = preparing.learn(corpus, seed=SEED, on_progress=_say)
    spaces = {"factors": FactorsSpace.build(learned), "playlists": PlaylistsSpace.build(learned)}
    found = cold.find(hidden, learned, spaces, LINEAR)
    for name, scores in _ways(corpus, towers).items():
        for among, each in _asked(hidden, scores).items():
            found[among][name] = each
    chance = cold.chance(hidden)
    return {
        "tracks": len(corpus),
        "hidden": int(hidden.hidden.sum()),
        "playlists": len(corpus.playlists),
        "asked": len(hidden.questions),
        "training": {**spent, "history": towers.history, "temperature": towers.temperature},
        "found": {
            among: {"chance": {"recall_500": chance[among]}, **_figures(by_name)}
            for among, by_name in found.items()
        },
    }


def _ways(corpus: Corpus, towers: Towers) -> dict[str, Callable[[Rows], Floats]]:
    """Scores of all tracks from seeds, by name."""
    names: dict[object, int] = {}
    keys = [keys[0] if keys else row for row, keys in enumerate(corpus.artist_keys)]
    artist = np.array([names.setdefault(key, len(names)) for key in keys])
    listed = np.bincount(artist[corpus.playlists.rows], minlength=len(names))
    # Tracks of one artist stand in any order.
    popular = listed[artist] + 0.5 * np.random.default_rng(SEED).random(len(corpus))
    return {
        TOWERS: lambda seeds: towers.scores([seeds])[0].astype(np.float64),
        "artist_popularity": lambda _: popular,
        # Whose tracks the seeds are most of; the more often an artist is listed, the sooner.
        "same_artist": lambda seeds: (
            np.bincount(artist[seeds], minlength=len(names))[artist] + popular / (popular.max() + 1)
        ),
    }


def _asked(hidden: cold.Cold, scores: Callable[[Rows], Floats]) -> dict[str, Found]:
    """As `segue.training.playlists.cold.find`, for any scores."""
    found = {cold.ALL: Found(), cold.HIDDEN: Found()}
    for question in hidden.questions:
        given = scores(question.seeds)
        for among, each in found.items():
            there = given if among == cold.ALL else np.where(hidden.hidden, given, -np.inf)
            ranking = best(np.array(there, dtype=np.float32), without=question.seeds)
            each.add(ranking, question.hidden, artists=hidden.corpus.artist_keys)
    return found


def _figures(found: Mapping[str, Found]) -> dict[str, Any]:
    """Recall with its interval, and how far the towers are above each other way."""
    told: dict[str, Any] = {}
    for name, each in found.items():
        key = name.replace(" ", "_")
        told[key] = {metric: _ends(interval_of(each, metric)) for metric in METRICS}
        if name != TOWERS:
            told[key]["towers_above"] = {
                metric: _ends(compare(found[TOWERS], each, metric)) for metric in METRICS
            }
    return told


def _ends(interval: Any) -> list[float]:  # noqa: ANN401 (an Interval)
    return [round(float(each), 4) for each in (interval.value, interval.low, interval.high)]


def _say(done: int, total: int | None, what: str) -> None:
    print(f"{done} of {total}: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
