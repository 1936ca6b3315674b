"""Analysis at scale: two processes beside one, and a run that is killed ten times and resumed.

**Two beside one.** All real clips, both passes, timed by the clock with starting the workers
counted in. Runs alternate and the best of each pass counts, so that other work on the machine,
which can only slow a run down, counts little. CPU time stands beside it: what the workers spend an
answer, and what the program that feeds them does.

**Killed.** ``segue analyse`` with two processes, killed with SIGKILL together with everything it
started at ten random instants, and resumed. After every kill the ledger must add up, every vector
and recording must have its row and every row its answer, and no row that was there may have
changed. In the end every answer must be that of a run that nobody killed, bit by bit.
Files that cannot be read in time are the one thing that a busy machine may answer otherwise.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import report
from segue.catalogue.database import open_database
from segue.jobs.analyse import analyse
from segue.jobs.scan import scan
from segue.jobs.standing import causes, status
from segue.settings import Settings

SEED = 42
ORDER = (1, 2, 2, 1, 1, 2)
PASSES = ("excerpts", "whole_files")
KILLS = 10
Rows = set[tuple[Any, ...]]

FRESH = {"cache_megabytes": 0, "niceness": 0}
"""Nothing is looked up, and nothing stepped back for."""


def two_beside_one(folders: list[Path], place: Path) -> dict[str, Any]:
    """Seconds, files a second and CPU milliseconds a file, by processes and pass."""
    scanned = place / "scanned.db"
    with open_database(scanned) as db:
        for folder in folders:
            scan(db, folder)
    runs = [(jobs, one_run(scanned, place / "run.db", jobs=jobs)) for jobs in ORDER]
    figures: dict[str, Any] = {}
    for jobs in sorted(set(ORDER)):
        mine = [run for number, run in runs if number == jobs]
        figures[f"processes_{jobs}"] = {name: min(run[name] for run in mine) for name in mine[0]}
    one, two = figures["processes_1"], figures["processes_2"]
    for name in PASSES:
        figures[f"{name}_ratio"] = one[f"{name}_seconds"] / two[f"{name}_seconds"]
    totals = [sum(run[f"{name}_seconds"] for name in PASSES) for run in (one, two)]
    figures["ratio"] = totals[0] / totals[1]
    return figures


def one_run(scanned: Path, database: Path, *, jobs: int) -> dict[str, float]:
    """Both passes over a catalogue that was scanned."""
    shutil.copyfile(scanned, database)
    with open_database(database) as db:
        mine, theirs = time.process_time(), _children_seconds()
        summary = analyse(db, settings=Settings(jobs=jobs, **FRESH))
        mine, theirs = time.process_time() - mine, _children_seconds() - theirs
    described, measured = summary.descriptors, summary.recording
    assert measured is not None
    assert described.analysed == measured.analysed == described.found
    answers = described.done + measured.done
    return {
        "files": described.found,
        "excerpts_seconds": described.seconds,
        "whole_files_seconds": measured.seconds,
        "workers_cpu_ms_an_answer": 1000 * theirs / answers,
        "parent_cpu_ms_an_answer": 1000 * mine / answers,
    }


def _children_seconds() -> float:
    """CPU seconds of all worker processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def killed(folder: Path, place: Path) -> dict[str, Any]:
    """Kill and resume until everything is done; what stood after each kill."""
    whole, torn = place / "whole.db", place / "torn.db"
    began = time.monotonic()
    assert _started(folder, whole).wait() == 0
    took = time.monotonic() - began
    instants = random.Random(SEED)
    steps: list[dict[str, Any]] = []
    before: Rows = set()
    for _ in range(KILLS):
        seconds = instants.uniform(0.2, 2 * took / KILLS)
        run = _started(folder, torn)
        time.sleep(seconds)
        unfinished = run.poll() is None
        if unfinished:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        steps.append({"after_seconds": round(seconds, 3), "unfinished": unfinished})
        if torn.exists():
            steps[-1] |= _checked(torn)
            after = _ledger(torn)
            assert before <= after, "a row was lost or written again"
            before = after
    assert _started(folder, torn).wait() == 0
    assert before <= _ledger(torn), "a row was lost or written again"
    assert _answers(torn) == _answers(whole), "not what a run gives that nobody killed"
    with open_database(torn) as db:
        why = [
            f"{one.stage}: {one.files} {one.state}: {one.reason}"
            for one in causes(db, settings=Settings())
        ]
    return {
        "uninterrupted_seconds": took,
        "after_each_kill": steps,
        "end": _checked(torn),
        "most_attempts": max(attempts for *_, attempts, _ in _ledger(torn)),
        "reasons": why,
    }


def _started(folder: Path, database: Path) -> subprocess.Popen[bytes]:
    """`segue analyse` in a group of its own, with nothing cached."""
    words = ("analyse", folder, "--jobs", "2", "--nice", "0", "--database", database)
    return subprocess.Popen(
        [sys.executable, "-m", "segue", *map(str, words)],
        env={**os.environ, "SEGUE_CACHE_MEGABYTES": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _checked(database: Path) -> dict[str, Any]:
    """The counts of both passes, once they are found to add up and to agree with what is stored."""
    with open_database(database) as db:
        stands = status(db, settings=Settings(), spaces={})
    assert _rows(database, "PRAGMA integrity_check") == {("ok",)}
    for table, stage, lacking in STORED:
        extra = _rows(database, _WITHOUT_A_ROW.format(table=table), stage)
        assert not extra, f"{table} without a row in the ledger: {extra}"
        missing = _rows(database, lacking)
        assert not missing, f"rows in the ledger without {table}: {missing}"
    for counts in (stands.ledger, stands.recordings):
        total = counts.analysed + counts.queued + counts.failed + counts.skipped
        assert counts.found == total, counts
    return {"excerpts": asdict(stands.ledger), "whole_files": asdict(stands.recordings)}


_WITHOUT_A_ROW = """
    SELECT content_hash FROM {table} WHERE content_hash NOT IN
    (SELECT content_hash FROM ledger WHERE stage = ? AND state = 'analysed')
"""
STORED = (
    # Files of one track share the vector of the first, so rows are followed to their track.
    (
        "vectors",
        "descriptors",
        """SELECT path FROM files JOIN ledger USING (content_hash)
           WHERE stage = 'descriptors' AND state = 'analysed'
           AND track_id NOT IN (SELECT track_id FROM vectors)""",
    ),
    (
        "recordings",
        "recording",
        """SELECT content_hash FROM ledger WHERE stage = 'recording' AND state = 'analysed'
           AND content_hash NOT IN (SELECT content_hash FROM recordings)""",
    ),
)
"""What is stored, the stage that stores it, and how to find rows of the stage without it."""


def _ledger(database: Path) -> Rows:
    return _rows(database, "SELECT content_hash, stage, state, attempts, changed FROM ledger")


def _answers(database: Path) -> Rows:
    """Everything that was heard, by path."""
    vectors = "SELECT path, space, data FROM vectors JOIN files USING (track_id)"
    guesses = "SELECT path, tempo, key, mode FROM attributes JOIN files USING (track_id)"
    recordings = "SELECT path, recordings.* FROM recordings JOIN files USING (content_hash)"
    states = "SELECT path, stage, state, reason FROM ledger JOIN files USING (content_hash)"
    return set().union(
        *(_rows(database, query) for query in (vectors, guesses, recordings, states))
    )


def _rows(database: Path, query: str, *values: str) -> Rows:
    with closing(sqlite3.connect(database)) as connection:
        return set(connection.execute(query, values))


def main() -> None:
    audio = report.shared("audio")
    clips = [audio / "cc", audio / "emotify"]
    with tempfile.TemporaryDirectory() as place:
        figures = {"two_beside_one": two_beside_one(clips, Path(place))}
        figures["killed"] = killed(audio, Path(place))
    report.write("scale", figures, inputs=[audio], seed=SEED)


if __name__ == "__main__":
    main()
