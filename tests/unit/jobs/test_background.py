"""Scan and analysis beside a server: seen from the page, stopped at will, never fatal."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest

from segue import Segue
from segue.catalogue import jobs, ledger
from segue.catalogue.database import Database, open_database
from segue.errors import BusyError
from segue.jobs.background import Background, State
from segue.jobs.comparing import VERB
from segue.jobs.passes import first
from segue.records import Dials
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Tune = Callable[..., Path]

pytestmark = pytest.mark.usefixtures("nothing_ships")

SETTINGS = Settings(jobs=1, niceness=0, cache_megabytes=0)


def told(db: Database) -> dict[str, tuple[str, str]]:
    """Each job's state and message, by its kind."""
    return {job.kind: (job.state, job.message) for job in jobs.listing(db, 10)}


def test_a_folder_is_scanned_and_analysed(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    for number in range(6):
        tune(tmp_path / "music" / f"{number}.wav", seed=number)
    background = Background(audio_catalogue, settings=SETTINGS)
    assert background.state().stage == "idle"
    background.start(tmp_path / "music")
    seen = {background.state().stage}
    while not background.wait(0.02):
        state = background.state()
        seen.add(state.stage)
        assert state.total is None or 0 <= state.done <= state.total
    end = background.state()
    assert (end.stage, end.done, end.total, end.message) == ("done", 6, 6, "")
    assert {"scan", "analyse", "measure"} & seen
    assert not end.running
    counts = ledger.counts(audio_catalogue, first(SETTINGS).stage)
    assert (counts.found, counts.analysed) == (6, 6)
    stages = ("scan", "analyse", "measure")
    assert told(audio_catalogue) == dict.fromkeys(stages, ("done", ""))
    assert {job.payload["root"] for job in jobs.listing(audio_catalogue, 3)} == {
        str(tmp_path / "music")
    }


def test_it_says_how_fast_it_goes_and_how_long_it_will_take(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    for number in range(40):
        tune(tmp_path / "music" / f"{number}.wav", seed=number, seconds=30.0)
    background = Background(audio_catalogue, settings=SETTINGS)
    background.start(tmp_path / "music")
    states: dict[str, list[tuple[float, State]]] = {"analyse": [], "measure": []}
    while not background.wait(0.01):
        state = background.state()
        if state.rate > 0 and state.total and state.stage in states:
            assert state.eta == pytest.approx((state.total - state.done) / state.rate)
            if state.message == VERB:
                continue
            assert state.message.endswith(".wav")
            states[state.stage].append((time.monotonic(), state))
    assert background.state().eta is None
    assert all(states.values())
    for seen in states.values():
        (began, early), (ended, late) = seen[0], seen[-1]
        mean = (late.done - early.done) / (ended - began)
        assert late.rate == pytest.approx(mean, rel=0.5)


def test_recommendations_answer_while_whole_files_are_still_being_read(
    tmp_path: Path, endless: Callable[..., Path], ahead_of: Callable[..., list[Path]]
) -> None:
    slow = endless(tmp_path / "music" / "slow.wav")
    tunes = ahead_of(slow, count=4)
    with Segue.open(tmp_path / "segue.db", settings=SETTINGS) as segue:
        background = Background(segue.database, settings=SETTINGS)
        background.start(tmp_path / "music")
        while background.state().stage != "measure":
            assert background.state().stage in {"scan", "analyse"}
            time.sleep(0.01)
        answer = segue.similar(tunes[0], n=3, lens="descriptors", dials=Dials(per_artist=9))
        stands = segue.status()
        assert background.state().stage == "measure"
        background.stop()
    assert len(answer) == 3
    assert (stands.ledger.analysed, stands.ledger.skipped, stands.ledger.queued) == (4, 1, 0)
    assert stands.recordings.queued > 0


def test_stop_is_prompt_and_another_start_goes_on(
    audio_catalogue: Database,
    tmp_path: Path,
    endless: Callable[..., Path],
    ahead_of: Callable[..., list[Path]],
) -> None:
    slow = endless(tmp_path / "music" / "slow.wav")
    ahead_of(slow, count=3)
    settings = SETTINGS.model_copy(update={"excerpt_seconds": 1900.0})
    background = Background(audio_catalogue, settings=settings)
    background.start(tmp_path / "music")
    with pytest.raises(BusyError, match="already"):
        background.start(tmp_path / "music")
    while background.state().stage != "analyse" or background.state().done < 3:
        assert background.state().stage in {"scan", "analyse"}
        time.sleep(0.01)
    began = time.monotonic()
    background.stop()
    assert time.monotonic() - began < 3.0
    assert background.state().stage == "stopped"
    state, message = told(audio_catalogue)["analyse"]
    assert (state, message) == ("done", "stopped; what was finished is kept")
    counts = ledger.counts(audio_catalogue, first(settings).stage)
    assert (counts.analysed, counts.queued) == (3, 1)

    slow.unlink()
    background.start(tmp_path / "music")
    assert background.wait(30)
    assert background.state().stage == "done"


def test_a_scan_can_be_stopped(audio_catalogue: Database, tmp_path: Path, tune: Tune) -> None:
    for number in range(300):
        tune(tmp_path / "music" / f"{number}.wav", seed=number, seconds=0.2)
    background = Background(audio_catalogue, settings=SETTINGS)
    background.start(tmp_path / "music")
    while background.state().done == 0:
        time.sleep(0.001)
    background.stop()
    assert background.state().stage == "stopped"
    assert "analyse" not in told(audio_catalogue)


def test_a_folder_that_is_not_there_ends_as_a_failed_job(
    audio_catalogue: Database, tmp_path: Path
) -> None:
    background = Background(audio_catalogue, settings=SETTINGS)
    background.start(tmp_path / "nowhere")
    assert background.wait(10)
    end = background.state()
    assert end.stage == "failed"
    assert "nowhere" in end.message
    assert told(audio_catalogue) == {"scan": ("failed", end.message)}
    background.stop()


def test_a_fault_of_ours_ends_the_job_and_not_the_program(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, caplog: pytest.LogCaptureFixture
) -> None:
    tune(tmp_path / "music" / "song.wav")
    # No settings at all: the stage that reads them breaks.
    background = Background(audio_catalogue, settings=object())  # type: ignore[arg-type]
    with caplog.at_level(logging.ERROR, logger="segue"):
        background.start(tmp_path / "music")
        assert background.wait(10)
    assert background.state().stage == "failed"
    assert "A fault of Segue: AttributeError" in background.state().message
    assert "broke off" in caplog.text
    assert told(audio_catalogue)["analyse"][0] == "failed"


def test_a_catalogue_nobody_can_write_to_ends_the_work_and_not_the_program(
    tmp_path: Path, tune: Tune
) -> None:
    tune(tmp_path / "music" / "song.wav")
    with open_database(tmp_path / "segue.db", busy_seconds=0.1) as db, db.write():
        background = Background(db, settings=SETTINGS)
        background.start(tmp_path / "music")
        assert background.wait(10)
        assert background.state().stage == "failed"
        assert "locked by another program" in background.state().message


def test_stopping_what_never_started_does_nothing(audio_catalogue: Database) -> None:
    threads = threading.active_count()
    Background(audio_catalogue, settings=SETTINGS).stop()
    assert threading.active_count() == threads
