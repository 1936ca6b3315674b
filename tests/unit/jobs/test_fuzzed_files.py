"""Five hundred broken files go through analysis: each has an outcome, and nothing else breaks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from encoded import EVERY_FORMAT, broken_files, make_music, write_audio
from segue.catalogue.database import Database, open_database
from segue.jobs.analyse import analyse
from segue.jobs.scan import scan
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.summaries import AnalysisSummary, PassSummary, ScanSummary

SEED = 20_261_121
COUNT = 500
SOUND = ("mp3", "flac", "wav", "ogg", "m4a", "opus", "aiff", "aac", "alac.m4a", "float.wav")
SECONDS = 3
SETTINGS = Settings(jobs=2, file_seconds=20.0, niceness=0, cache_megabytes=0)

UNREADABLE = ("Traceback", "Error", "Errno", "error:", "avcodec", "None", "0x", "  ", "{", "\n")
"""What a person should not have to read."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of broken files, and the whole ones they were made of."""
    folder = tmp_path_factory.mktemp("fuzzed")
    music = make_music(SECONDS, 48_000)
    sources = []
    for number, ending in enumerate(SOUND):
        options = dict(EVERY_FORMAT[ending])
        rate = options.pop("rate", 44_100)
        channels = 1 if number % 3 == 1 else 2
        path = folder / f"whole.{ending}"
        sources.append(write_audio(path, music[:channels, : SECONDS * rate], rate, **options))
    for name, content in broken_files(sources, COUNT, seed=SEED):
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def analysed(
    library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, ScanSummary, AnalysisSummary]]:
    with open_database(tmp_path_factory.mktemp("catalogue") / "segue.db") as db:
        found = scan(db, library)
        yield db, found, analyse(db, settings=SETTINGS)


def passes(summary: AnalysisSummary) -> tuple[PassSummary, PassSummary]:
    assert summary.recording is not None
    return summary.descriptors, summary.recording


def test_every_broken_file_has_an_outcome(
    library: Path, analysed: tuple[Database, ScanSummary, AnalysisSummary]
) -> None:
    _, found, summary = analysed
    assert found.found == COUNT + len(SOUND) == found.new + found.rejected
    refused = {rejection.place for rejection in found.rejections}
    contents = {path.read_bytes() for path in library.iterdir() if str(path) not in refused}
    for one in passes(summary):
        assert one.queued == 0
        assert one.found == one.done == one.analysed + one.failed + one.skipped == len(contents)
        assert one.failed > 50
        # Most breaks leave something whole.
        assert one.analysed > one.found / 2


def test_every_failure_is_a_sentence_a_person_understands(
    analysed: tuple[Database, ScanSummary, AnalysisSummary],
) -> None:
    _, found, summary = analysed
    reasons = [rejection.reason for rejection in found.rejections]
    for one in passes(summary):
        reasons += [failure.reason for failure in one.failures]
        assert len(one.failures) == one.failed
        assert all(failure.reason.endswith(".") for failure in one.failures)
    for reason in reasons:
        assert not any(word in reason for word in UNREADABLE), reason
        assert len(reason.split()) > 5


def test_what_is_kept_of_broken_files_is_finite_and_warned_of(
    analysed: tuple[Database, ScanSummary, AnalysisSummary],
) -> None:
    db, _, _ = analysed
    assert db.path is not None
    with closing(sqlite3.connect(db.path)) as raw, raw:
        warned = [
            reason
            for (reason,) in raw.execute(
                "SELECT reason FROM ledger WHERE state = 'analysed' AND reason != ''"
            )
        ]
    raw.close()
    assert len(warned) > 100
    assert not any(word in reason for word in UNREADABLE for reason in warned)
    assert any("the file is damaged at" in reason for reason in warned)


def test_the_whole_files_among_them_are_none_the_worse(
    analysed: tuple[Database, ScanSummary, AnalysisSummary],
) -> None:
    _, _, summary = analysed
    for one in passes(summary):
        assert not [failure for failure in one.failures if "/whole." in failure.place]
