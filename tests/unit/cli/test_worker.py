"""`segue worker` as a process: it does what is queued, is killed, is asked to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue.catalogue import jobs, ledger
from segue.catalogue.database import Database, open_database
from segue.cli.main import run
from segue.jobs.looking import SCAN
from segue.jobs.passes import first, second
from segue.settings import Settings
from workers import WorkerProcess, until, write_tune

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = 3


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "segue.db") as opened:
        yield opened


def test_a_scan_survives_the_kill_of_its_worker_and_a_drain(db: Database, tmp_path: Path) -> None:
    music = tmp_path / "music"
    for seed in range(FILES):
        write_tune(music / f"{seed}.wav", seed=seed)
    deaf = {"SEGUE_MODELS_FOLDER": str(tmp_path / "models")}  # no networks: sooner done
    elsewhere = jobs.submit(db, SCAN, {"root": str(tmp_path / "elsewhere")})
    number = jobs.submit(db, SCAN, {"root": str(music)})
    with WorkerProcess(str(db.path), "--kind", "scan", **deaf) as worker:
        assert worker.said == f"Works for {db.path}: scan (stop with Ctrl-C).\n"
        until(lambda: jobs.get(db, number).state == "running")
        worker.kill()
    left = jobs.get(db, number)
    assert (left.state, left.attempts) == ("running", 1)
    with WorkerProcess(str(db.path), "--kind", "scan", "--kind", "upload", **deaf) as worker:
        until(lambda: not jobs.get(db, number).open)
        end = jobs.get(db, number)
        assert (end.state, end.attempts) == ("done", 2)
        assert f"{FILES} of {FILES} can be recommended." in end.message
        for asked in (first(Settings()), second(Settings())):
            counts = ledger.counts(db, asked.stage)
            assert (counts.found, counts.analysed, counts.queued) == (FILES, FILES, 0)
        # A folder that is not here is left to a worker that has it.
        assert jobs.get(db, elsewhere).state == "queued"
        worker.ask_to_stop()
        code, said = worker.ended()
        assert code == 0, said
        assert said.endswith("Stopped; what is not done is queued.\n")


def test_what_makes_no_sense_is_refused(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["worker", "--database", str(db.path), "--kind", "paint"]) == 2
    assert "there is no work of the kind 'paint'" in capsys.readouterr().err
    assert run(["worker", "--database", str(tmp_path / "none.db")]) == 2
    assert "there is no catalogue" in capsys.readouterr().err
