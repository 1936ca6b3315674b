"""How fast `together` answers over 178,000 playlists, how much it holds, and what its cut costs.

Playlists are synthetic: lengths are log-normal, tracks are drawn from a million by Zipf's law with
exponent 1, each once a playlist. Their head is heavier than real music's, where no track stands in
more than a twentieth of the playlists: a query of a favourite meets nearly every playlist here.
Seeds are drawn as they stand in playlists, so favourites are asked for most.

A query is all of it: making the point, and then either the dense score of every track or the 500
nearest. Times are given by the clock and by the processor: on a machine that is busy with other
things only the second tells about the program. Memory is the most that a process has held that
loads the playlists, builds the space and answers; its interpreter and libraries counted in.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import report
from segue.snapshot import Corpus, Playlists
from segue.spaces.memberships import Weighting
from segue.spaces.together import TogetherSpace

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 42
PLAYLISTS = 178_000
TRACKS = 1_000_000
DRAWN = 76.5
"""Mean number of draws a playlist; about a third are repeats."""

QUERIES = 400
FEWER = 60
NEAREST = 500
MARGIN = 1e-5
TARGETS = {"median_ms": 15.0, "p95_ms": 40.0, "memory_mb": 600.0}


def main() -> None:
    """Make the playlists, measure in a process of its own, and write ``results/together.json``."""
    words = argparse.ArgumentParser()
    words.add_argument("--measure", type=Path)
    asked = words.parse_args().measure
    if asked is not None:
        print(json.dumps(measure(asked)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "playlists.npz"
        made = make(path)
        command = [sys.executable, __file__, "--measure", str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures = {**made, **json.loads(done.stdout), "targets": TARGETS}
    report.write("together", figures, seed=SEED)


def make(path: Path) -> dict[str, Any]:
    """Synthetic playlists, stored; what they are like."""
    rng = np.random.default_rng(SEED)
    lengths = np.clip(
        rng.lognormal(np.log(DRAWN) - 0.5, 1.0, PLAYLISTS).astype(np.int64), 2, 10_000
    )
    share = np.cumsum(1 / np.arange(1, TRACKS + 1))
    drawn = np.searchsorted(share, rng.random(int(lengths.sum())) * share[-1])
    rows = rng.permutation(TRACKS)[np.minimum(drawn, TRACKS - 1)]
    keys = np.unique(np.repeat(np.arange(PLAYLISTS), lengths) * TRACKS + rows)
    held = np.bincount(keys // TRACKS, minlength=PLAYLISTS)
    rows = (keys % TRACKS).astype(np.int32)
    np.savez(path, starts=np.concatenate(([0], np.cumsum(held))), rows=rows)
    often = np.bincount(rows, minlength=TRACKS)
    return {
        "playlists": PLAYLISTS,
        "tracks": TRACKS,
        "tracks_listed": int(np.count_nonzero(often)),
        "memberships": len(rows),
        "longest_playlist": int(held.max()),
        "playlists_of_the_most_listed_track": int(often.max()),
    }


def measure(path: Path) -> dict[str, Any]:
    """Times and memory of one process that answers."""
    before = memory()
    with np.load(path) as stored:
        playlists = Playlists(("",) * PLAYLISTS, stored["starts"], stored["rows"])
    loaded = memory()
    corpus = of_playlists(playlists)
    began = time.perf_counter()
    space = TogetherSpace.build(corpus)
    seconds = time.perf_counter() - began
    rng = np.random.default_rng(SEED)
    seeds = rng.choice(playlists.rows, QUERIES).tolist()
    sets = rng.choice(PLAYLISTS, QUERIES).tolist()
    fives = [held(playlists, one)[:5].tolist() for one in sets]
    halves = [held(playlists, one)[::2].tolist() for one in sets]
    figures = {
        "build_seconds": round(seconds, 2),
        "one_seed": both(space, [[seed] for seed in seeds]),
        "five_seeds": both(space, fives),
        "half_a_playlist": both(space, halves[:FEWER]),
    }
    # The peak, before anything is compared that a program would not do.
    figures["memory_mb"] = memory()
    figures["memory_mb_of_python_and_libraries"] = before
    figures["memory_mb_with_playlists_loaded"] = loaded
    whole = TogetherSpace.build(corpus, weighting=replace(Weighting(), strongest=PLAYLISTS))
    figures["without_the_cut"] = {
        "one_seed": timed(
            lambda one: whole.score([asked(whole, one)]), [[s] for s in seeds[:FEWER]]
        ),
        "share_of_the_100_nearest_kept_one_seed": kept(space, whole, [[s] for s in seeds[:FEWER]]),
        "share_of_the_100_nearest_kept_half": kept(space, whole, halves[:FEWER]),
    }
    return figures


def of_playlists(playlists: Playlists) -> Corpus:
    """A corpus that says nothing else."""
    empty: dict[str, Any] = {spec.name: () for spec in fields(Corpus)}
    empty |= {"epoch": 1, "ids": range(TRACKS), "playlists": playlists, "trained": {}}
    return Corpus(**empty)


def held(playlists: Playlists, number: int) -> np.ndarray:
    """The rows of a playlist in an order by chance."""
    rows = playlists.rows[playlists.starts[number] : playlists.starts[number + 1]]
    return np.random.default_rng(number).permutation(rows)


def asked(space: TogetherSpace, rows: list[int]) -> Any:  # noqa: ANN401 -- opaque, as points are
    """The point of one seed or several."""
    points = [space.point(row) for row in rows]
    if len(points) == 1:
        return points[0]
    return space.gather(points, weights=np.full(len(points), 1 / len(points)))


def both(space: TogetherSpace, queries: list[list[int]]) -> dict[str, Any]:
    """Times of both forms of an answer."""
    return {
        "dense": timed(lambda one: space.score([asked(space, one)]), queries),
        "nearest": timed(
            lambda one: space.nearest(asked(space, one), k=NEAREST, allowed=None, margin=MARGIN),
            queries,
        ),
    }


def timed(answer: Callable[[list[int]], object], queries: list[list[int]]) -> dict[str, float]:
    """Milliseconds of the answers to all queries, by the clock and by the processor."""
    answer(queries[0])
    times = []
    for query in queries:
        began = time.perf_counter(), time.thread_time()
        answer(query)
        times.append((time.perf_counter() - began[0], time.thread_time() - began[1]))
    walls, processor = (sorted(each) for each in zip(*times, strict=True))
    return {
        "queries": len(queries),
        "median_ms": round(1e3 * statistics.median(walls), 2),
        "p95_ms": round(1e3 * walls[int(0.95 * len(walls))], 2),
        "median_processor_ms": round(1e3 * statistics.median(processor), 2),
        "p95_processor_ms": round(1e3 * processor[int(0.95 * len(processor))], 2),
    }


def kept(space: TogetherSpace, whole: TogetherSpace, queries: list[list[int]]) -> float:
    """Of the 100 nearest over all playlists, the share that the strongest find, on average."""
    shares = []
    for query in queries:
        ours, all_of_them = (
            set(each.nearest(asked(each, query), k=100, allowed=None, margin=0.0)[:100].tolist())
            for each in (space, whole)
        )
        shares.append(len(ours & all_of_them) / len(all_of_them))
    return round(statistics.mean(shares), 3)


def memory() -> float:
    """The most this process has held, in megabytes."""
    said = Path("/proc/self/status").read_text(encoding="utf-8")
    return round(int(said.partition("VmHWM:")[2].split()[0]) / 1024)


if __name__ == "__main__":
    main()
