"""How fast folders and uploads are heard, with all that stands around the hearing itself.

Timed by the clock, with starting the worker processes counted in; CPU time beside it. What one
clip costs, and what others need for it, is in ``hearing.py``; real clips, both passes, and runs
that are killed are in ``scale.py``.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import report
from segue.catalogue.database import open_database
from segue.jobs.analyse import analyse
from segue.jobs.listener import DescribeWorker
from segue.jobs.scan import scan
from segue.settings import Settings
from songs import encode, made_up

SEED = 42
SECONDS = 180
COPIES = 60


def folder_figures(folder: Path, jobs: int) -> dict[str, float]:
    """Files a second over a folder, from an empty catalogue."""
    with tempfile.TemporaryDirectory() as place, open_database(Path(place) / "c.db") as db:
        scan(db, folder)
        began, spent = time.monotonic(), _children_seconds()
        settings = Settings(jobs=jobs, niceness=0, cache_megabytes=0)
        summary = analyse(db, settings=settings, quick=True).descriptors
        took, spent = time.monotonic() - began, _children_seconds() - spent
    assert summary.analysed == summary.found > 0
    return {
        "files": summary.found,
        "seconds": took,
        "files_a_second": summary.found / took,
        "cpu_ms_a_file": 1000 * spent / summary.found,
    }


def _children_seconds() -> float:
    """CPU seconds of all worker processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        song = encode(folder / "song.mp3", made_up(SECONDS, seed=SEED), "libmp3lame")
        with DescribeWorker(Settings(cache_megabytes=0)) as worker:
            worker.warm()
            took = []
            for _ in range(5):
                began = time.monotonic()
                worker.describe(song)
                took.append(time.monotonic() - began)
        figures["upload_seconds"] = statistics.median(took)
        album = folder / "album"
        album.mkdir()
        data = song.read_bytes()
        for number in range(COPIES):
            tag = f"TAG{number:03}".encode().ljust(128, b"\0")
            (album / f"{number:03}.mp3").write_bytes(data + tag)
        figures["three_minute_mp3s"] = {
            f"processes_{jobs}": folder_figures(album, jobs) for jobs in (1, 2)
        }
    report.write("analyse", figures, seed=SEED)


if __name__ == "__main__":
    main()
