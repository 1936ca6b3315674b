"""Looking through folders beside a server: seen on the way, left at will, gone on with."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import pytest

from segue import Segue
from segue.catalogue import jobs, ledger
from segue.catalogue.database import Database, open_database
from segue.catalogue.folders import folders
from segue.jobs.looking import SCAN, Rescans, looking
from segue.jobs.passes import first
from segue.jobs.runner import Runner
from segue.records import Dials
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Tune = Callable[..., Path]

pytestmark = pytest.mark.usefixtures("nothing_ships")

SETTINGS = Settings(jobs=1, niceness=0, cache_megabytes=0)


@pytest.fixture
def started() -> Iterator[Callable[..., Runner]]:
    """Runners of scans, started, and stopped in the end."""
    made: list[Runner] = []

    def start(db: Database, *, settings: Settings = SETTINGS) -> Runner:
        runner = Runner(db, {SCAN: looking(db, settings=settings)})
        made.append(runner)
        runner.start()
        return runner

    yield start
    for runner in made:
        runner.stop()


def message(runner: Runner, job: int) -> str:
    return next(each.job.message for each in runner.latest(9) if each.job.id == job)


def test_a_folder_is_looked_through_and_analysed(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, started
) -> None:
    for number in range(6):
        tune(tmp_path / "music" / f"{number}.wav", seed=number)
    (tmp_path / "music" / "text.mp3").write_bytes(b"this is a text and no music" * 50)
    runner = started(audio_catalogue)
    job = runner.submit(SCAN, {"root": str(tmp_path / "music")})
    seen = set()
    while (state := runner.wait(job, 0.02)).open:
        state = runner.standing([job])[0].job
        assert state.total is None or 0 <= state.done <= state.total
        seen.add(state.message.partition(" ")[0])
    assert state.state == "done"
    assert state.message == "7 files: 6 new, 1 refused. 6 of 6 can be recommended."
    assert [place.rpartition("/")[2] for place, _ in state.refused] == ["text.mp3"]
    assert "Listening" in seen or "Reading" in seen
    counts = ledger.counts(audio_catalogue, first(SETTINGS).stage)
    assert (counts.found, counts.analysed) == (6, 6)
    (folder,) = folders(audio_catalogue)
    assert (folder.root, folder.files, folder.missing) == (tmp_path / "music", 6, 0)
    assert abs(folder.scanned - time.time()) < 60


def test_without_a_folder_only_what_waits_is_analysed(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, started
) -> None:
    from segue.jobs.scan import scan

    tune(tmp_path / "music" / "0.wav", seed=0)
    scan(audio_catalogue, tmp_path / "music")
    tune(tmp_path / "music" / "1.wav", seed=1)
    runner = started(audio_catalogue)
    end = runner.wait(runner.submit(SCAN, {}), 60)
    assert (end.state, end.message) == ("done", "1 of 1 can be recommended.")


def test_recommendations_answer_while_whole_files_are_still_being_read(
    tmp_path: Path, endless: Callable[..., Path], ahead_of: Callable[..., list[Path]], started
) -> None:
    slow = endless(tmp_path / "music" / "slow.wav")
    tunes = ahead_of(slow, count=4)
    with Segue.open(tmp_path / "segue.db", settings=SETTINGS) as segue:
        runner = started(segue.database)
        job = runner.submit(SCAN, {"root": str(tmp_path / "music")})
        while not message(runner, job).startswith("Reading"):
            assert runner.wait(job, 0.01).open
        answer = segue.similar(tunes[0], n=3, lens="descriptors", dials=Dials(per_artist=9))
        stands = segue.status()
        assert runner.standing([job])[0].job.open
        runner.stop()
    assert len(answer) == 3
    assert (stands.ledger.analysed, stands.ledger.skipped, stands.ledger.queued) == (4, 1, 0)
    assert stands.recordings.queued > 0


def test_stop_is_prompt_and_the_next_start_goes_on(
    audio_catalogue: Database,
    tmp_path: Path,
    endless: Callable[..., Path],
    ahead_of: Callable[..., list[Path]],
    started,
) -> None:
    slow = endless(tmp_path / "music" / "slow.wav")
    ahead_of(slow, count=3)
    settings = SETTINGS.model_copy(update={"excerpt_seconds": 1900.0})
    runner = started(audio_catalogue, settings=settings)
    job = runner.submit(SCAN, {"root": str(tmp_path / "music")})
    while ledger.counts(audio_catalogue, first(settings).stage).analysed < 3:
        assert runner.wait(job, 0.01).open
    began = time.monotonic()
    runner.stop()
    assert time.monotonic() - began < 3.0
    assert jobs.get(audio_catalogue, job).state == "queued"
    counts = ledger.counts(audio_catalogue, first(settings).stage)
    assert (counts.analysed, counts.queued) == (3, 1)

    slow.unlink()
    end = started(audio_catalogue, settings=settings).wait(job, 30)
    assert (end.state, end.attempts) == ("done", 1)


def test_a_look_through_a_folder_can_be_cancelled(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, started
) -> None:
    for number in range(300):
        tune(tmp_path / "music" / f"{number}.wav", seed=number, seconds=0.2)
    runner = started(audio_catalogue)
    job = runner.submit(SCAN, {"root": str(tmp_path / "music")})
    while runner.standing([job])[0].job.done == 0:
        time.sleep(0.001)
    assert runner.cancel(job)
    end = runner.wait(job, 10)
    assert end.state == "cancelled"
    runner.stop()
    counts = ledger.counts(audio_catalogue, first(SETTINGS).stage)
    assert counts.analysed == 0


def test_a_folder_that_is_not_there_ends_as_a_failed_job(
    audio_catalogue: Database, tmp_path: Path, started
) -> None:
    runner = started(audio_catalogue)
    end = runner.wait(runner.submit(SCAN, {"root": str(tmp_path / "nowhere")}), 10)
    assert end.state == "failed"
    assert "nowhere: the music folder cannot be read" in end.message


def test_a_fault_of_ours_ends_the_job_and_not_the_program(
    audio_catalogue: Database,
    tmp_path: Path,
    tune: Tune,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    started,
) -> None:
    monkeypatch.setattr("segue.jobs.runner._AGAIN_SECONDS", 0.01)
    tune(tmp_path / "music" / "song.wav")
    # Settings that lack what analysis reads: that stage breaks.
    lacking = type("Lacking", (), {"rescan_hours": 0.0})()
    with caplog.at_level(logging.ERROR, logger="segue"):
        runner = started(audio_catalogue, settings=lacking)
        end = runner.wait(runner.submit(SCAN, {"root": str(tmp_path / "music")}), 10)
    assert end.state == "failed"
    assert "A fault of Segue: AttributeError" in end.message
    assert "broke off" in caplog.text


def test_a_catalogue_nobody_can_write_to_just_now_loses_no_job(
    tmp_path: Path, tune: Tune, started
) -> None:
    tune(tmp_path / "music" / "song.wav")
    with open_database(tmp_path / "segue.db", busy_seconds=0.1) as db:
        runner = Runner(db, {SCAN: looking(db, settings=SETTINGS)})
        job = runner.submit(SCAN, {"root": str(tmp_path / "music")})
        with db.write():
            runner.start()
            time.sleep(0.5)
            assert jobs.get(db, job).state == "queued"
        assert runner.wait(job, 30).state == "done"
        runner.stop()


def test_folders_are_due_after_so_many_hours_and_then_not_at_once(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    from segue.jobs.scan import scan

    tune(tmp_path / "music" / "0.wav", seed=0)
    scan(audio_catalogue, tmp_path / "music")
    never, daily = (Rescans(audio_catalogue, hours=hours) for hours in (0.0, 24.0))
    assert [*never()] == [*daily()] == []
    later = time.time() + 25 * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    assert [*never()] == []
    assert [*daily()] == [{"root": str(tmp_path / "music")}]
    assert [*daily()] == []  # it could not be looked through yet
