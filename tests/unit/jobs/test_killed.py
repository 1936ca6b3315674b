"""`segue analyse` killed with all it started, and started again: nothing is lost or done twice."""

from __future__ import annotations

import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from embedders import write_embedder
from segue.catalogue.database import open_database
from segue.jobs.embedders import at_work
from segue.jobs.standing import status
from segue.library import Segue
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = 40
KILLS = 3

Rows = dict[tuple[str, str], tuple[str, int, float]]


def analysing(folder: Path, database: Path, *more: str) -> subprocess.Popen[str]:
    words = ("analyse", folder, "--jobs", "2", "--nice", "0", "--database", database, *more)
    return subprocess.Popen(
        [sys.executable, "-m", "segue", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def query(database: Path, words: str) -> list[tuple]:
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return connection.execute(words).fetchall()
    except sqlite3.OperationalError:  # it is being made
        return []


def rows(database: Path) -> Rows:
    """The ledger: state, attempts and time of every answer."""
    found = query(database, "SELECT content_hash, stage, state, attempts, changed FROM ledger")
    return {(content, stage): tuple(rest) for content, stage, *rest in found}


def kill_after(run: subprocess.Popen[str], database: Path, *, count: int, seconds: float) -> None:
    """Kill the whole group once the ledger has `count` rows and `seconds` have gone by."""
    while run.poll() is None and len(rows(database)) < count:
        time.sleep(0.005)
    time.sleep(seconds)
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()


def stored(database: Path, table: str) -> set[str]:
    return {content for (content,) in query(database, f"SELECT content_hash FROM {table}")}  # noqa: S608


def answered(found: Rows, stage: str) -> set[str]:
    return {content for (content, asked), (state, *_) in found.items() if asked == stage}


@pytest.mark.slow
def test_analysis_killed_at_random_instants_loses_nothing_and_repeats_nothing(
    tmp_path: Path, tune: Callable[..., Path]
) -> None:
    for number in range(FILES):
        tune(tmp_path / "music" / f"{number:02}.wav", seed=number)
    folder, database = tmp_path / "music", tmp_path / "segue.db"
    seed = random.SystemRandom().randrange(10**6)
    logging.getLogger("tests").warning("the instants come from seed %d", seed)
    instants = random.Random(seed)
    counts = sorted(instants.randrange(2 * FILES) for _ in range(KILLS))
    before: Rows = {}
    for count in counts:
        run = analysing(folder, database)
        kill_after(run, database, count=count, seconds=instants.uniform(0, 0.05))
        found = rows(database)
        assert before.items() <= found.items()
        assert {state for state, _, _ in found.values()} <= {"analysed"}
        assert {attempts for _, attempts, _ in found.values()} <= {1}
        assert stored(database, "vectors") == answered(found, "descriptors")
        assert stored(database, "recordings") == answered(found, "recording")
        before = found
    run = analysing(folder, database)
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 0, said
    found = rows(database)
    assert before.items() <= found.items()
    assert {(state, attempts) for state, attempts, _ in found.values()} == {("analysed", 1)}
    with open_database(database) as db:
        stands = status(db, settings=Settings(), spaces={})
    assert (stands.ledger.found, stands.ledger.analysed) == (FILES, FILES)
    assert (stands.recordings.found, stands.recordings.analysed) == (FILES, FILES)
    assert stored(database, "vectors") == stored(database, "recordings")
    assert len(stored(database, "vectors")) == FILES


EMBEDDED = 12


@pytest.mark.slow
def test_embedding_anew_killed_at_random_instants_leaves_one_version_whole(
    tmp_path: Path, tune: Callable[..., Path]
) -> None:
    for number in range(EMBEDDED):
        tune(tmp_path / "music" / f"{number:02}.wav", seed=number)
    folder, database = tmp_path / "music", tmp_path / "segue.db"
    versions = []
    with Segue.open(database, settings=Settings()) as segue:
        segue.scan(folder)
        for seed in (0, 1):
            write_embedder(tmp_path / "segue.models", seed=seed, width=4 + seed)
            versions.append(at_work(segue.database, segue.settings)["sound"].version)
            if seed == 0:
                segue.analyse(jobs=1, quick=True)
    old, new = versions

    def counted() -> tuple[str, int, int]:
        """The version that stands, and how many vectors there are of the old and the new."""
        words = """SELECT (SELECT version FROM standing),
            sum(version = '{0}'), sum(version = '{1}') FROM vectors WHERE space = 'sound'"""
        ((standing, *counts),) = query(database, words.format(old, new))
        return (standing, *counts)

    assert counted() == (old, EMBEDDED, 0)
    seed = random.SystemRandom().randrange(10**6)
    logging.getLogger("tests").warning("the instants come from seed %d", seed)
    instants = random.Random(seed)
    for count in sorted(instants.randrange(EMBEDDED + 1) for _ in range(KILLS)):
        run = analysing(folder, database, "--quick")
        while run.poll() is None and counted()[0] == old and counted()[2] < count:
            time.sleep(0.005)
        time.sleep(instants.uniform(0, 0.05))
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        assert counted()[:2] == (old, EMBEDDED) or counted() == (new, 0, EMBEDDED)
    run = analysing(folder, database, "--quick")
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 0, said
    assert counted() == (new, 0, EMBEDDED)
    answers = {stage: state for (_, stage), (state, *_) in rows(database).items()}
    assert answers == {"descriptors": "analysed", "sound": "analysed"}
