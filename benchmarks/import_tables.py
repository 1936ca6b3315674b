"""How long real tables take to import, and how much memory: each import in a process of its own.

The time is that of the whole process, from its start to its end: loading Python, reading the
file, storing every record. The peak is the process's resident memory. Fresh imports are repeated
and the median is kept; the others run once.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import report

REPEATS = 3
TARGETS = {"table_seconds": 15.0, "playlist_seconds": 30.0, "peak_megabytes": 1500.0}


def main() -> None:
    """Import the 114k table and four slices of MPD; write ``results/import_tables.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    slices = report.shared("playlists/mpd")
    with tempfile.TemporaryDirectory() as folder:
        fresh_tables = [measured("tracks", table, f"{folder}/t{n}.db") for n in range(REPEATS)]
        fresh_slices = [measured("playlists", slices, f"{folder}/p{n}.db") for n in range(REPEATS)]
        figures = {
            "table": middle(fresh_tables),
            "table_again": measured("tracks", table, f"{folder}/t0.db"),
            "playlists": middle(fresh_slices),
            "playlists_again": measured("playlists", slices, f"{folder}/p0.db"),
            "playlists_beside_table": measured("playlists", slices, f"{folder}/t0.db"),
        }
    runs = fresh_tables + fresh_slices
    figures["within_targets"] = (
        figures["table"]["seconds"] <= TARGETS["table_seconds"]
        and figures["playlists"]["seconds"] <= TARGETS["playlist_seconds"]
        and max(run["peak_megabytes"] for run in runs) <= TARGETS["peak_megabytes"]
    )
    figures["targets"] = TARGETS
    report.write("import_tables", figures, inputs=[table, slices])


def middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The run whose time is the median, with the times of all."""
    times = [run["seconds"] for run in runs]
    chosen = runs[times.index(statistics.median_low(times))]
    return {**chosen, "seconds_of_all_runs": times}


def measured(kind: str, source: Path, database: str) -> dict[str, Any]:
    """One import in a process of its own."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, kind, str(source), database],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    seconds = round(time.perf_counter() - began, 2)
    return {"seconds": seconds, **json.loads(done.stdout)}


def imported(kind: str, source: Path, database: str) -> dict[str, Any]:
    """Import in this process; what came of it and what it took."""
    from segue.catalogue import playlists, tracks
    from segue.catalogue.database import open_database
    from segue.sources.playlists import read_playlists
    from segue.sources.tables import read_tracks

    with open_database(database) as db:
        if kind == "tracks":
            summary = tracks.add(db, read_tracks(source))
        else:
            summary = playlists.add(db, read_playlists(source))
        held = tracks.count(db)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "processor_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_megabytes": round(used.ru_maxrss / 1024, 1),
        "database_megabytes": round(Path(database).stat().st_size / 1e6, 1),
        "read": summary.read,
        "imported": summary.imported,
        "merged": summary.merged,
        "duplicate": summary.duplicate,
        "rejected": summary.rejected,
        "linked": summary.linked,
        "ambiguous": summary.ambiguous,
        "tracks_held": held,
    }


if __name__ == "__main__":
    if len(sys.argv) == 4:
        print(json.dumps(imported(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
    else:
        main()
