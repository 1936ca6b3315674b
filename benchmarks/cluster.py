"""Analysis by two workers of a Dask cluster beside two processes, on one machine.

The same 240 real clips, both passes. Runs alternate and the best of each counts, so that other
work on the machine, which can only slow a run down, counts little. The clock runs from the first
outcome of a pass to its last, so that nobody's start counts. What is told is the ratio within the
run: the price of the way through the scheduler, where the machines themselves are no faster. That
both find the same, bit by bit, is checked too.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import report
from ports import free_port
from segue.catalogue.database import open_database
from segue.clusters import connected
from segue.jobs.analyse import analyse
from segue.jobs.scan import scan
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ORDER = ("here", "cluster", "cluster", "here")
FILES = 240
FRESH = {"cache_megabytes": 0, "niceness": 0}
FOUND = (
    "SELECT content_hash, space, version, data FROM vectors",
    "SELECT * FROM recordings",
    "SELECT content_hash, stage, version, parameters, state, reason FROM ledger",
)


@contextmanager
def dask_cluster(place: Path) -> Iterator[str]:
    """The address of a scheduler with two workers of one thread each."""
    port = free_port()
    environment = {**os.environ, "SEGUE_CACHE_MEGABYTES": "0", "SEGUE_NICENESS": "0"}
    words = [
        ["scheduler", "--host", "127.0.0.1", "--port", str(port)],
        *[["worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1"]] * 2,
    ]
    with (place / "dask.log").open("wb") as log:
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "dask", *each, "--no-dashboard"],
                env=environment,
                stdout=log,
                stderr=log,
                cwd=place,
            )
            for each in words
        ]
        try:
            with connected(f"dask://127.0.0.1:{port}") as client:
                client.wait_for_workers(2, timeout=120)
            yield f"dask://127.0.0.1:{port}"
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                process.wait()


def one_run(scanned: Path, database: Path, settings: Settings) -> tuple[dict[str, float], Any]:
    """Seconds of both passes, from the first outcome on, and all that was written."""
    shutil.copyfile(scanned, database)
    begun: dict[str, float] = {}
    ended: dict[str, float] = {}

    def on_progress(done: int, total: int | None, what: str) -> None:  # noqa: ARG001
        name = what.partition(" ")[0]
        if name in {"listening", "measuring"}:
            begun.setdefault(name, time.monotonic())
            ended[name] = time.monotonic()

    with open_database(database) as db:
        summary = analyse(db, settings=settings, on_progress=on_progress)
    files = summary.descriptors.done
    with closing(sqlite3.connect(database)) as connection:
        written = [sorted(connection.execute(words), key=repr) for words in FOUND]
    seconds = {name: ended[name] - begun[name] for name in ended}
    return {**seconds, "files": float(files)}, written


def main() -> None:
    """Measure, compare, write down."""
    folder = report.shared("audio") / "cc"
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        scanned, music = place / "scanned.db", place / "music"
        music.mkdir()
        with open_database(scanned) as db:
            clips = sorted(folder.rglob("*.mp3"))[:FILES]
            for clip in clips:
                shutil.copy2(clip, music / clip.name)
            scan(db, music)
        runs: dict[str, list[dict[str, float]]] = {"here": [], "cluster": []}
        found = []
        with dask_cluster(place) as address:
            for who in ORDER:
                over = address if who == "cluster" else ""
                settings = Settings(jobs=2, over=over, **FRESH)
                seconds, written = one_run(scanned, place / "run.db", settings)
                runs[who].append(seconds)
                found.append(written)
    figures: dict[str, Any] = {"files": int(runs["here"][0]["files"])}
    for who, those in runs.items():
        best = {name: min(run[name] for run in those) for name in ("listening", "measuring")}
        rates = {name: (figures["files"] - 1) / seconds for name, seconds in best.items()}
        figures[who] = {
            "excerpts_a_second": rates["listening"],
            "whole_files_a_second": rates["measuring"],
        }
    figures["ratio"] = {
        name: figures["cluster"][name] / figures["here"][name] for name in figures["here"]
    }
    figures["the_same_bit_by_bit"] = all(written == found[0] for written in found)
    report.write("cluster", figures, inputs=[folder])


if __name__ == "__main__":
    main()
