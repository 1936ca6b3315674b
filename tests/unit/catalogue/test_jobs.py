"""Jobs: rows anybody can look at; one whose program died is shown as interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from segue.catalogue import jobs
from segue.catalogue import schema as tables
from segue.catalogue.database import Database, epoch, open_database
from segue.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "jobs.db") as database:
        yield database


def begun(db: Database, kind: str, payload: dict[str, object]) -> int:
    """A job that was queued and taken up."""
    number = jobs.submit(db, kind, payload)
    job = jobs.claim(db, [kind], owner="here/1/a")
    assert job is not None
    assert job.id == number
    return number


def silence(db: Database, job: int, *, seconds: float) -> None:
    """Set a job's last heartbeat back, as if its program had been silent since."""
    with db.write() as connection:
        row = tables.jobs.c.heartbeat
        connection.execute(
            update(tables.jobs).where(tables.jobs.c.id == job).values(heartbeat=row - seconds)
        )


def test_a_job_runs_says_how_far_it_is_and_is_done(db: Database) -> None:
    before = epoch(db)
    job = begun(db, "scan", {"root": "/música", "deep": True})
    first = jobs.get(db, job)
    assert (first.kind, first.state, first.done, first.total) == ("scan", "running", 0, None)
    assert first.payload == {"root": "/música", "deep": True}

    jobs.progress(db, job, 3, 10, "a.mp3")
    running = jobs.get(db, job)
    assert (running.done, running.total, running.message) == (3, 10, "a.mp3")
    assert running.heartbeat is not None
    assert running.heartbeat >= first.created

    jobs.finish(db, job)
    done = jobs.get(db, job)
    assert (done.state, done.done, done.message) == ("done", 3, "a.mp3")
    assert done.finished is not None
    assert epoch(db) == before


def test_a_job_that_fails_says_why(db: Database) -> None:
    job = begun(db, "analyse", {})
    jobs.finish(db, job, error="The disk is full.")
    failed = jobs.get(db, job)
    assert (failed.state, failed.message) == ("failed", "The disk is full.")


def test_a_finished_job_stays_as_it_ended(db: Database) -> None:
    job = begun(db, "scan", {})
    jobs.finish(db, job, error="It broke.")
    jobs.progress(db, job, 5, 5, "late")
    jobs.finish(db, job)
    assert (jobs.get(db, job).state, jobs.get(db, job).message) == ("failed", "It broke.")


def test_a_running_job_without_a_heartbeat_was_interrupted(db: Database) -> None:
    job = begun(db, "analyse", {})
    silence(db, job, seconds=jobs.SILENCE - 5)
    assert jobs.get(db, job).state == "running"
    silence(db, job, seconds=10)
    assert jobs.get(db, job).state == "interrupted"

    jobs.progress(db, job, 1, 2, "it lives")
    assert jobs.get(db, job).state == "running"


def test_a_done_job_is_never_interrupted(db: Database) -> None:
    job = begun(db, "scan", {})
    jobs.finish(db, job)
    silence(db, job, seconds=10 * jobs.SILENCE)
    assert jobs.get(db, job).state == "done"


def test_the_newest_jobs_come_first(db: Database) -> None:
    numbers = [begun(db, kind, {}) for kind in ("scan", "analyse", "import")]
    assert [job.id for job in jobs.listing(db, 2)] == numbers[:0:-1]
    assert [job.kind for job in jobs.listing(db)] == ["import", "analyse", "scan"]
    assert [job.kind for job in jobs.listing(db, without=["analyse"])] == ["import", "scan"]


def test_only_queued_jobs_of_the_kinds_asked_for_are_claimed(db: Database) -> None:
    assert jobs.claim(db, ["scan"], owner="a") is None
    first, other, second = (jobs.submit(db, kind, {"n": kind}) for kind in ("scan", "map", "teach"))
    assert jobs.waiting(db, "scan") == 1
    assert [job.id for job in jobs.open_ones(db)] == [second, other, first]
    for number in (first, second):
        claimed = jobs.claim(db, ["scan", "teach"], owner="a")
        assert claimed is not None
        assert (claimed.id, claimed.state, claimed.attempts) == (number, "running", 1)
    assert jobs.claim(db, ["scan", "teach"], owner="a") is None


def test_jobs_are_found_by_number_and_by_what_they_ask_for(db: Database) -> None:
    first, second = (jobs.submit(db, "upload", {"token": each}) for each in "ab")
    jobs.submit(db, "upload", {"token": "c"})
    jobs.submit(db, "scan", {"token": "a"})
    assert [job.id for job in jobs.many(db, [first, second, 99])] == [second, first]
    wanted = [{"token": each} for each in ("a", "b", "x")] + [{"token": str(n)} for n in range(900)]
    assert [job.id for job in jobs.asking(db, "upload", wanted)] == [second, first]
    assert jobs.asking(db, "upload", []) == []


def test_only_the_latest_that_are_over_are_kept(db: Database) -> None:
    over = [begun(db, "scan", {"n": n}) for n in range(6)]

    for number in over:
        jobs.finish(db, number)
    still = jobs.submit(db, "scan", {"n": "still"})
    assert jobs.prune(db, keep=9) == 0
    assert jobs.prune(db, keep=3) == 3
    assert [job.id for job in jobs.listing(db)] == [still, *over[:2:-1]]
    assert jobs.prune(db, keep=3) == 0


def test_reports_say_whether_to_go_on(db: Database) -> None:
    job = begun(db, "scan", {})
    assert jobs.progress(db, job, 1, None, "")
    assert jobs.cancel(db, job)
    assert not jobs.progress(db, job, 2, None, "")
    assert not jobs.cancel(db, job)
    assert jobs.get(db, job).state == "cancelled"


def test_the_first_thousand_refusals_are_kept(db: Database) -> None:
    job = begun(db, "scan", {})
    jobs.finish(db, job, refused=[(f"{n}.mp3", "🎹 <b>") for n in range(1200)])
    refused = jobs.get(db, job).refused
    assert (len(refused), refused[999]) == (1000, ("999.mp3", "🎹 <b>"))


def test_an_unknown_job_is_named(db: Database) -> None:
    with pytest.raises(NotFoundError, match="there is no job 7"):
        jobs.get(db, 7)


def test_the_number_of_a_job_that_was_forgotten_is_never_given_again(db: Database) -> None:
    first = jobs.submit(db, "upload", {"token": "a"})
    jobs.forget(db, "upload", {"token": "a"})
    second = jobs.submit(db, "upload", {"token": "b"})
    assert second > first
    jobs.forget(db, "upload", {"token": "b"})
    jobs.forget(db, "upload", {"token": "nobody"})
    assert jobs.submit(db, "upload", {"token": "c"}) > second
