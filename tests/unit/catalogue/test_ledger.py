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
from segue.catalogue.ledger import LedgerCounts, Stage
from segue.records import FileRecord, TrackRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

MUSIC = Path("/music")
STAGE = Stage("descriptors", "1")


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
        ledger.record(connection, STAGE, content_hash=content, state=state, reason=reason)


def test_a_file_nobody_has_looked_at_is_queued(db: Database) -> None:
    add_files(db, "a", "b", "b")
    assert ledger.counts(db, STAGE) == LedgerCounts(found=2, queued=2)


def test_an_empty_catalogue_counts_nothing(db: Database) -> None:
    assert ledger.counts(db, STAGE) == LedgerCounts()


def test_each_state_is_counted_and_they_add_up(db: Database) -> None:
    add_files(db, "a", "b", "c", "d", "e")
    note(db, "a", "analysed")
    note(db, "b", "failed", reason="it is silent")
    note(db, "c", "skipped", reason="it is shorter than a second")
    note(db, "d", "queued")
    note(db, "not a file of ours", "failed")

    expected = LedgerCounts(found=5, analysed=1, queued=2, failed=1, skipped=1)
    assert ledger.counts(db, STAGE) == expected
    assert ledger.counts(db, Stage("descriptors", "2")) == LedgerCounts(found=5, queued=5)


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

        counts = ledger.counts(db, STAGE)

        there = {content for number, content in enumerate(contents) if number not in lost}
        assert counts.found == len(there)
        assert counts.found == counts.analysed + counts.queued + counts.failed + counts.skipped
        assert counts.queued == len(files.waiting(db, STAGE))
        assert counts.failed == len(ledger.failures(db, STAGE))


def test_failures_say_where_why_and_how_often(db: Database) -> None:
    add_files(db, "b", "a", "a")
    note(db, "a", "failed", reason="first reason")
    note(db, "a", "failed", reason="the decoder found no audio")
    note(db, "b", "analysed")

    (entry,) = ledger.failures(db, STAGE)

    assert entry.path == MUSIC / "1.mp3"
    assert entry.reason == "the decoder found no audio"
    assert (entry.attempts, entry.content_hash) == (2, "a")
    assert ledger.failures(db, STAGE, limit=0) == []


def test_retry_queues_what_failed_and_nothing_else(db: Database) -> None:
    add_files(db, "a", "b", "c")
    note(db, "a", "failed", reason="no audio")
    note(db, "b", "failed", reason="no audio")
    note(db, "c", "skipped", reason="too short")

    assert ledger.retry(db, STAGE) == {"a", "b"}
    assert [one.content_hash for one in files.waiting(db, STAGE)] == ["a", "b"]
    assert ledger.retry(db, STAGE) == set()

    note(db, "a", "failed", reason="still no audio")
    (entry,) = ledger.failures(db, STAGE)
    assert entry.attempts == 2


def test_retry_leaves_what_is_gone(db: Database) -> None:
    add_files(db, "a", "b")
    note(db, "a", "failed", reason="no audio")
    files.apply_scan(
        db, MUSIC, read=(), unchanged=(str(MUSIC / "1.mp3"),), gone=(str(MUSIC / "0.mp3"),)
    )
    assert ledger.retry(db, STAGE) == set()
    assert ledger.retry(db, STAGE, words="audio") == set()


def test_retry_by_words_takes_what_has_them_in_its_reason(db: Database) -> None:
    add_files(db, "a", "b", "c", "d", "e")
    note(db, "a", "failed", reason="it took longer than 60 s. Raise the limit.")
    note(db, "b", "failed", reason="it took longer than 90 s. Raise the limit.")
    note(db, "c", "failed", reason="it holds no audio stream.")
    note(db, "d", "skipped", reason="it is longer than 3 hours.")
    note(db, "e", "analysed", reason="it breaks off; longer than 5 s were kept")

    assert ledger.retry(db, STAGE, words="100% silent_") == set()
    assert ledger.retry(db, STAGE, words="Longer than 90") == {"b"}
    assert [one.content_hash for one in files.waiting(db, STAGE)] == ["b"]
    assert ledger.retry(db, STAGE, words="longer than … hours") == {"d"}
    assert ledger.retry(db, STAGE, words="LONGER THAN") == {"a"}
    assert [one.content_hash for one in files.waiting(db, STAGE)] == ["a", "b", "d"]
    assert ledger.counts(db, STAGE) == LedgerCounts(found=5, analysed=1, queued=3, failed=1)


def test_causes_count_files_by_reason_whatever_its_numbers(db: Database) -> None:
    add_files(db, "a", "b", "c", "d", "e", "f", "f")
    note(db, "a", "failed", reason="it took longer than 60 s")
    note(db, "b", "failed", reason="it took longer than 0.5 s")
    note(db, "c", "skipped", reason="it holds 0.4 s of mp3")
    note(db, "d", "skipped", reason="it is silent")
    note(db, "e", "failed", reason="it took longer than 60 s")
    note(db, "f", "analysed", reason="it breaks off")
    note(db, "gone", "failed", reason="not a file of ours")

    found = ledger.causes(db, STAGE)

    assert [(one.state, one.files, one.reason, one.example.name) for one in found] == [
        ("failed", 3, "it took longer than … s", "0.mp3"),
        ("skipped", 1, "it holds 0.4 s of mp3", "2.mp3"),
        ("skipped", 1, "it is silent", "3.mp3"),
    ]
    assert {one.stage for one in found} == {"descriptors"}
    assert sum(one.files for one in found if one.state == "failed") == 3
    assert ledger.causes(db, Stage("descriptors", "2")) == []


def test_copies_of_one_file_are_one_cause(db: Database) -> None:
    add_files(db, "a", "a", "a")
    note(db, "a", "failed", reason="no audio")
    (cause,) = ledger.causes(db, STAGE)
    assert cause.files == ledger.counts(db, STAGE).failed == 1


def test_what_was_asked_otherwise_is_queued_and_counted_anew(db: Database) -> None:
    half, whole = Stage("descriptors", "1", "30 s"), Stage("descriptors", "1", "whole")
    add_files(db, "a", "b")
    with db.write() as connection:
        ledger.record(connection, half, content_hash="a", state="failed", reason="no audio")
        ledger.record(connection, half, content_hash="a", state="analysed", seconds=1.0)
        ledger.record(connection, half, content_hash="b", state="failed", reason="no audio")
    assert ledger.counts(db, half) == LedgerCounts(found=2, analysed=1, failed=1)
    assert ledger.counts(db, whole) == LedgerCounts(found=2, queued=2)
    assert len(files.waiting(db, whole)) == 2
    assert (ledger.failures(db, whole), ledger.causes(db, whole)) == ([], [])
    assert (ledger.retry(db, whole), ledger.pace(db, whole)) == (set(), None)

    with db.write() as connection:
        ledger.record(connection, whole, content_hash="b", state="failed", reason="too long")

    assert ledger.counts(db, whole) == LedgerCounts(found=2, queued=1, failed=1)
    assert ledger.counts(db, half) == LedgerCounts(found=2, analysed=1, queued=1)
    (entry,) = ledger.failures(db, whole)
    assert (entry.attempts, entry.reason) == (1, "too long")


def test_an_answer_that_lasts_is_not_asked_for_again_but_a_refusal_is(db: Database) -> None:
    short = Stage("recording", "1", "3 hours", lasting=True)
    long = Stage("recording", "1", "9 hours", lasting=True)
    add_files(db, "a", "b", "c")
    with db.write() as connection:
        ledger.record(connection, short, content_hash="a", state="analysed", seconds=2.0)
        ledger.record(connection, short, content_hash="b", state="skipped", reason="too long")
        ledger.record(connection, short, content_hash="c", state="failed", reason="no audio")
    assert ledger.counts(db, short) == LedgerCounts(found=3, analysed=1, failed=1, skipped=1)
    assert ledger.counts(db, long) == LedgerCounts(found=3, analysed=1, queued=2)
    assert [one.content_hash for one in files.waiting(db, long)] == ["b", "c"]
    assert (ledger.pace(db, long), ledger.causes(db, long)) == (2.0, [])
    assert ledger.counts(db, Stage("recording", "2", "3 hours", lasting=True)).queued == 3


def test_pace_is_the_mean_of_what_was_analysed(db: Database) -> None:
    assert ledger.pace(db, STAGE) is None
    with db.write() as connection:
        for content, state, seconds in (
            ("a", "analysed", 0.5),
            ("b", "analysed", 1.0),
            ("c", "failed", 60.0),
        ):
            ledger.record(connection, STAGE, content_hash=content, state=state, seconds=seconds)
    assert ledger.pace(db, STAGE) == 0.75
    assert ledger.pace(db, Stage("descriptors", "2")) is None


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
        ledger.record(connection, ledger.Stage("descriptors", "1"), content_hash="a",
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
        (waits,) = files.waiting(db, STAGE)

        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(KILLED), str(path), moment], check=False
        )

        assert done.returncode == -signal.SIGKILL
        assert (vectors.get(db, waits.track_id, "descriptors") is not None) == kept
        assert ledger.counts(db, STAGE).analysed == int(kept)
        assert ledger.counts(db, STAGE).found == 1
