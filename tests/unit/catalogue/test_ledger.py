"""The ledger adds up whatever happens, and a killed program leaves nothing half done."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.catalogue import files, ledger, vectors
from segue.catalogue.database import Database, open_database
from segue.catalogue.ledger import LedgerCounts
from segue.records import FileRecord, TrackRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

MUSIC = Path("/music")
STAGE = {"stage": "descriptors", "version": "1"}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "ledger.db") as database:
        yield database


def add_files(db: Database, *contents: str) -> None:
    """One file for each of `contents`, which may repeat."""
    records = [
        FileRecord(
            path=MUSIC / f"{number}.mp3",
            root=MUSIC,
            content_hash=content,
            size=1,
            modified=0.0,
            format="mp3",
            duration=10.0,
            track=TrackRecord(title=f"Song {content}", artists=("Ada",)),
        )
        for number, content in enumerate(contents)
    ]
    files.apply_scan(db, MUSIC, read=records, unchanged=(), gone=())


def note(db: Database, content: str, state: ledger.State, *, reason: str = "") -> None:
    with db.write() as connection:
        ledger.record(connection, content_hash=content, **STAGE, state=state, reason=reason)


def test_a_file_nobody_has_looked_at_is_queued(db: Database) -> None:
    add_files(db, "a", "b", "b")
    assert ledger.counts(db, **STAGE) == LedgerCounts(found=2, queued=2)


def test_an_empty_catalogue_counts_nothing(db: Database) -> None:
    assert ledger.counts(db, **STAGE) == LedgerCounts()


def test_each_state_is_counted_and_they_add_up(db: Database) -> None:
    add_files(db, "a", "b", "c", "d", "e")
    note(db, "a", "analysed")
    note(db, "b", "failed", reason="it is silent")
    note(db, "c", "skipped", reason="it is shorter than a second")
    note(db, "d", "queued")
    note(db, "not a file of ours", "failed")

    expected = LedgerCounts(found=5, analysed=1, queued=2, failed=1, skipped=1)
    assert ledger.counts(db, **STAGE) == expected
    assert ledger.counts(db, stage="descriptors", version="2") == LedgerCounts(found=5, queued=5)


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.sampled_from("abcdef"), max_size=8),
    st.lists(
        st.tuples(
            st.sampled_from("abcdefgh"),
            st.sampled_from(["queued", "analysed", "failed", "skipped"]),
        ),
        max_size=12,
    ),
    st.sets(st.integers(0, 7)),
)
def test_counts_add_up_after_anything(
    tmp_path_factory: pytest.TempPathFactory,
    contents: list[str],
    notes: list[tuple[str, ledger.State]],
    lost: set[int],
) -> None:
    with open_database(tmp_path_factory.mktemp("ledger") / "any.db") as db:
        add_files(db, *contents)
        for content, state in notes:
            note(db, content, state)
        gone = [f"/music/{number}.mp3" for number in lost if number < len(contents)]
        files.apply_scan(db, MUSIC, read=(), unchanged=(), gone=gone)

        counts = ledger.counts(db, **STAGE)

        there = {content for number, content in enumerate(contents) if number not in lost}
        assert counts.found == len(there)
        assert counts.found == counts.analysed + counts.queued + counts.failed + counts.skipped
        assert counts.queued == len(files.waiting(db, **STAGE))
        assert counts.failed == len(ledger.failures(db, **STAGE))


def test_failures_say_where_why_and_how_often(db: Database) -> None:
    add_files(db, "b", "a", "a")
    note(db, "a", "failed", reason="first reason")
    note(db, "a", "failed", reason="the decoder found no audio")
    note(db, "b", "analysed")

    (entry,) = ledger.failures(db, **STAGE)

    assert entry.path == MUSIC / "1.mp3"
    assert entry.reason == "the decoder found no audio"
    assert (entry.attempts, entry.content_hash) == (2, "a")
    assert ledger.failures(db, **STAGE, limit=0) == []


def test_retry_queues_what_failed_and_nothing_else(db: Database) -> None:
    add_files(db, "a", "b", "c")
    note(db, "a", "failed", reason="no audio")
    note(db, "b", "failed", reason="no audio")
    note(db, "c", "skipped", reason="too short")

    assert ledger.retry(db, **STAGE, content_hashes=["b", "c", "unknown"]) == 1
    assert [one.content_hash for one in files.waiting(db, **STAGE)] == ["b"]
    assert ledger.retry(db, **STAGE) == 1
    assert [one.content_hash for one in files.waiting(db, **STAGE)] == ["a", "b"]
    assert ledger.retry(db, **STAGE) == 0

    note(db, "a", "failed", reason="still no audio")
    (entry,) = ledger.failures(db, **STAGE)
    assert entry.attempts == 2


def test_pace_is_the_mean_of_what_was_analysed(db: Database) -> None:
    assert ledger.pace(db, **STAGE) is None
    with db.write() as connection:
        for content, state, seconds in (
            ("a", "analysed", 0.5),
            ("b", "analysed", 1.0),
            ("c", "failed", 60.0),
        ):
            ledger.record(connection, content_hash=content, **STAGE, state=state, seconds=seconds)
    assert ledger.pace(db, **STAGE) == 0.75
    assert ledger.pace(db, stage="descriptors", version="2") is None


KILLED = """
    import os, signal, sys
    from segue.catalogue import ledger, vectors
    from segue.catalogue.database import open_database

    path, moment = sys.argv[1:]
    db = open_database(path)
    with db.write() as connection:
        vectors.put(connection, content_hash="a", space="descriptors", version="1",
                    vector=bytes(8))
        if moment == "between":
            os.kill(os.getpid(), signal.SIGKILL)
        ledger.record(connection, content_hash="a", stage="descriptors", version="1",
                      state="analysed")
        if moment == "before the end":
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("moment", "kept"), [("between", False), ("before the end", False), ("after", True)]
)
def test_a_killed_program_leaves_vector_and_row_or_neither(
    tmp_path: Path, moment: str, kept: bool
) -> None:
    path = tmp_path / "killed.db"
    with open_database(path) as db:
        add_files(db, "a")
        (waits,) = files.waiting(db, **STAGE)

        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(KILLED), str(path), moment], check=False
        )

        assert done.returncode == -signal.SIGKILL
        assert (vectors.get(db, waits.track_id, "descriptors") is not None) == kept
        assert ledger.counts(db, **STAGE).analysed == int(kept)
        assert ledger.counts(db, **STAGE).found == 1
