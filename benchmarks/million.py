"""A catalogue of 1.2 million tracks: how fast it answers, and how much memory that takes.

The catalogue is made by ``million_songs.py`` (the real table of 114,000 rows and invented tracks),
in a folder that a further run uses again. Each part runs in a process of its own:

- **hybrid**: `Engine.similar` whole, and the scan alone (ranking every track and settling ten);
- **sound**: two windows of 128 numbers a track, searched on a graph; the share of the true ten
  nearest that it finds, beside comparing all of them;
- **memory**: what the process holds for itself alone (USS: private pages of
  ``/proc/self/smaps_rollup``), with an engine that has answered in both lenses; what is held of
  mapped files counts in it;
- **scan**: comparing a million vectors, one query and 64 at once, beside how fast the machine reads
  memory in the same minute;
- **five million** vectors in clusters in a file.

Times are those of the processor and of the clock; on a machine that is busy with other things the
first tells about the program. Ratios are taken within one process, turn by turn.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import report
from million_songs import SEED, Mixture, make

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.index.nearest import Index
    from segue.recommend.engine import Engine
    from segue.recommend.seeds import Seed

QUERIES = 200
TOP = 10
SCANNED, BATCH, TURNS = 1_000_000, 64, 9
FIVE = 5_000_000
SPACES = ("attributes", "text", "sound")
TARGETS = {
    "hybrid_ms": 60.0,
    "sound_p50_ms": 10.0,
    "sound_recall": 0.99,
    "uss_megabytes": 3_072.0,
    "five_million_megabytes": 4_096.0,
    "scan_to_bandwidth": 0.6,
    "batch_to_single": 5.0,
}


def main() -> None:
    """Measure and write ``results/million.json``; the folder may be given as an argument."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "million.db").exists():
            make(table, folder / "million.db")
        parts = ("scan", "indexed", "catalogue", "five")
        figures = {part: measured(part, folder) for part in parts}
    figures["targets"] = TARGETS
    report.write("million", figures, inputs=[table], seed=SEED)


def measured(part: str, folder: Path) -> dict[str, Any]:
    """What one part measures, in a process of its own."""
    words = [sys.executable, __file__, "--part", part, str(folder)]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def unique_megabytes() -> dict[str, float]:
    """Private memory of this process, and how much of it are pages of mapped files."""
    kinds = dict.fromkeys(("Private_Clean", "Private_Dirty", "Pss_File", "Anonymous"), 0.0)
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        name, _, rest = line.partition(":")
        if name in kinds:
            kinds[name] = int(rest.split()[0]) / 1024
    return {
        "uss": round(kinds["Private_Clean"] + kinds["Private_Dirty"], 1),
        "anonymous": round(kinds["Anonymous"], 1),
        "of_files": round(kinds["Pss_File"], 1),
    }


def timed(query: Callable[[int], object], rows: list[int]) -> dict[str, float]:
    """Milliseconds a query, after a short warm-up."""
    for row in rows[:5]:
        query(row)
    taken = []
    for row in rows:
        clock, processor = time.perf_counter(), time.thread_time()
        query(row)
        taken.append((time.perf_counter() - clock, time.thread_time() - processor))
    (median, median_processor), (p95, p95_processor) = np.percentile(taken, [50, 95], axis=0)
    return {
        "median": round(median * 1000, 3),
        "p95": round(p95 * 1000, 3),
        "median_processor": round(median_processor * 1000, 3),
        "p95_processor": round(p95_processor * 1000, 3),
    }


def scan(_: Path) -> dict[str, Any]:
    """One query and many at once over a million vectors, beside the machine's memory."""
    from segue.index.exact import ExactIndex

    figures: dict[str, Any] = {"vectors": SCANNED, "batch": BATCH}
    queries = Mixture().block(10_000, BATCH)
    for name, half in (("single_precision", False), ("half_precision", True)):
        index = ExactIndex.filled(Mixture().blocks(SCANNED), count=SCANNED, dims=128, half=half)
        size = index.vectors.nbytes
        read, one, many = [], [], []
        for turn in range(TURNS):
            read.append(_seconds(lambda held=index: _read(held.vectors, np.maximum.reduce)))
            read.append(_seconds(lambda held=index: _read(held.vectors, np.bitwise_or.reduce)))
            one.append(_seconds(lambda at=turn, held=index: held.search(queries[at], k=TOP)))
            many.append(_seconds(lambda held=index: held.search_many(queries, k=TOP)) / BATCH)
        # The best of each: what else the machine does can only slow it down.
        bandwidth, scanned = size / min(read) / 1e9, size / min(one) / 1e9
        figures[name] = {
            "memory_gigabytes_a_second": round(bandwidth, 2),
            "scan_gigabytes_a_second": round(scanned, 2),
            "scan_to_bandwidth": round(scanned / bandwidth, 3),
            "one_ms": round(min(one) * 1000, 3),
            "in_batch_ms": round(min(many) * 1000, 3),
            "batch_to_single": round(min(one) / min(many), 2),
            "batch_to_single_by_median": round(float(np.median(one) / np.median(many)), 2),
        }
        del index
    return figures


def _read(held: np.ndarray, by: Callable[[np.ndarray], object]) -> object:
    """Read every byte once, as fast as one thread can."""
    return by(held.reshape(-1).view(np.int64))


def _seconds(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def indexed(folder: Path) -> dict[str, Any]:
    """Make the graph of the catalogue's sounds, in a process that then ends."""
    from segue import Segue
    from segue.assemble import make_indexes, take_snapshot

    with Segue.open(folder / "million.db") as segue:
        began = time.process_time()
        snapshot = take_snapshot(segue.database)
        loaded = time.process_time() - began
        began = time.process_time()
        made = make_indexes(snapshot, going_on=lambda _: True)
        return {
            "made_now": made,
            "load_and_build_processor_seconds": round(loaded, 1),
            "index_processor_seconds": round(time.process_time() - began, 1),
            "peak": unique_megabytes(),
        }


def catalogue(folder: Path) -> dict[str, Any]:
    """Answers and memory of an engine over the catalogue."""
    from segue import Segue
    from segue.assemble import take_snapshot
    from segue.recommend.engine import Engine

    with Segue.open(folder / "million.db") as segue:
        began = time.process_time()
        engine = Engine(take_snapshot(segue.database))
        seconds = time.process_time() - began
    corpus, sound = engine.snapshot.corpus, engine.snapshot.spaces["sound"]
    rows = np.random.default_rng(SEED).choice(len(corpus), QUERIES, replace=False).tolist()
    seeds = {row: engine.seed_of(corpus.ids[row]) for row in rows}
    placed = {name: int(space.placed.sum()) for name, space in engine.snapshot.spaces.items()}
    figures: dict[str, Any] = {
        "tracks": len(corpus),
        "spaces": {name: count for name, count in placed.items() if count},
        "ready_processor_seconds": round(seconds, 1),
        "memory_when_ready": unique_megabytes(),
        "first_answer_processor_seconds": round(
            _seconds(lambda: engine.similar(seeds[rows[0]], lens="hybrid")), 2
        ),
        "hybrid_answer_ms": timed(lambda row: engine.similar(seeds[row], lens="hybrid"), rows),
        "hybrid_scan_ms": timed(lambda row: engine.ranked(seeds[row], n=TOP, lens="hybrid"), rows),
        "sound_tier": sound.tier,
        "sound_answer_ms": timed(lambda row: engine.similar(seeds[row], lens="sound"), rows),
        "sound_search_ms": timed(lambda row: engine.ranked(seeds[row], n=TOP, lens="sound"), rows),
    }
    figures["sound_recall"] = _recall(engine, seeds, rows)
    figures["memory"] = unique_megabytes()
    return figures


def _recall(engine: Engine, seeds: dict[int, Seed], rows: list[int]) -> float:
    """Share of the true ten nearest, by scores of all tracks in float64, that a search finds."""
    space = engine.snapshot.spaces["sound"]
    found = []
    for row in rows:
        got, _ = engine.ranked(seeds[row], n=TOP, lens="sound")
        point = space.point(row)
        rough = space.score([point])[0]
        near = np.argpartition(-rough, 500)[:500]
        near = near[near != row]
        exact = space.score_exactly(point, rows=near)
        best = near[np.lexsort((near, -exact))[:TOP]]
        found.append(len(np.intersect1d(best, got)) / TOP)
    return round(float(np.mean(found)), 4)


def five(folder: Path) -> dict[str, Any]:
    """Five million vectors in clusters in a file: time, recall and memory of a fresh process."""
    from segue.index.exact import ExactIndex
    from segue.index.shelf import Shelf

    place = folder / "five"
    if not (place / "sound.json").exists():
        held = ExactIndex.filled(Mixture().blocks(FIVE), count=FIVE, dims=128, half=True)
        Shelf(place).make("sound", "lists", held, epoch=1, going_on=lambda _: True)
        del held
    return measured("clusters", folder)


def clusters(folder: Path) -> dict[str, Any]:
    """Searches in the five million by a process that did not make them."""
    from segue.index.shelf import Shelf

    index = Shelf(folder / "five").kept("sound")
    assert index is not None
    queries = Mixture().block(10_000, QUERIES)
    every = list(range(QUERIES))
    figures: dict[str, Any] = {
        "vectors": len(index),
        "search_ms": timed(lambda at: index.search(queries[at], k=TOP), every),
        "filtered_ms": {},
        "memory": unique_megabytes(),
    }
    half = np.random.default_rng(SEED).random(len(index)) < 0.5
    figures["filtered_ms"] = timed(lambda at: index.search(queries[at], k=TOP, allowed=half), every)
    true = _true(index, queries[:50])
    found = [index.search(query, k=TOP).places[:TOP] for query in queries[:50]]
    hits = [len(np.intersect1d(*both)) for both in zip(true, found, strict=True)]
    figures["recall"] = round(float(np.mean(hits)) / TOP, 4)
    return figures


def _true(index: Index, queries: np.ndarray) -> np.ndarray:
    """The best places of every query by comparing all, block by block."""
    scores = np.full((len(queries), TOP), -np.inf)
    places = np.zeros((len(queries), TOP), dtype=np.int64)
    for start in range(0, len(index), 50_000):
        here = np.arange(start, min(start + 50_000, len(index)))
        both = np.concatenate([scores, queries @ index.at(here).T], axis=1)
        known = np.concatenate([places, np.tile(here, (len(queries), 1))], axis=1)
        best = np.argpartition(-both, TOP, axis=1)[:, :TOP]
        scores = np.take_along_axis(both, best, axis=1)
        places = np.take_along_axis(known, best, axis=1)
    return places


PARTS = {
    "scan": scan,
    "indexed": indexed,
    "catalogue": catalogue,
    "five": five,
    "clusters": clusters,
}

if __name__ == "__main__":
    if "--part" in sys.argv:
        print(json.dumps(PARTS[sys.argv[2]](Path(sys.argv[3]))))
    else:
        main()
