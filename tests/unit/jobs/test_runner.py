"""Work in the background: done in order, told of, left, tried again, and never lost."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING

import pytest

from segue.catalogue import jobs
from segue.catalogue.database import Database, open_database
from segue.errors import (
    BadFileError,
    BadRequestError,
    BusyError,
    NotFoundError,
    UnavailableError,
)
from segue.jobs.owner import gone, new_name
from segue.jobs.runner import ATTEMPTS, LIVES, Kind, Runner, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "segue.db") as opened:
        yield opened


@pytest.fixture
def runners() -> Iterator[Callable[..., Runner]]:
    """Make runners that are stopped in the end."""
    made: list[Runner] = []

    def make(db: Database, *, start: bool = True, **kinds: Kind) -> Runner:
        runner = Runner(db, kinds)
        made.append(runner)
        if start:
            runner.start()
        return runner

    yield make
    for runner in made:
        runner.stop()


def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def test_jobs_are_done_in_the_order_they_came(db: Database, runners) -> None:
    done = []
    runner = runners(db, start=False, count=Kind(lambda work: done.append(work.payload["n"])))
    numbers = [runner.submit("count", {"n": n}, address=f"pages/{n}") for n in range(5)]
    assert [one.job.state for one in runner.latest(9)] == ["queued"] * 5
    runner.start()
    ends = [runner.wait(number, 10) for number in numbers]
    assert done == [0, 1, 2, 3, 4]
    assert [(one.state, one.attempts, one.address) for one in ends] == [
        ("done", 1, f"pages/{n}") for n in range(5)
    ]
    assert runner.standing() == []
    assert [one.job.id for one in runner.standing(numbers[:2])] == numbers[1::-1]


def test_what_a_handler_says_is_seen_with_its_pace(db: Database, runners) -> None:
    go = threading.Event()

    def handler(work: Work) -> str:
        for done in range(11):
            work.tell(done, 20, f"part {done}")
            time.sleep(0.05)
        assert go.wait(10)
        work.refused.append(("a.mp3", "it is none"))
        return "ten parts"

    runner = runners(db, slow=Kind(handler))
    job = runner.submit("slow", {})
    until(lambda: runner.standing([job])[0].job.done == 10)
    standing = runner.standing([job])[0]
    assert (standing.job.state, standing.job.total) == ("running", 20)
    assert standing.job.message == "part 10"
    assert 10 < standing.pace.rate < 25
    assert standing.pace.eta == pytest.approx(10 / standing.pace.rate)
    go.set()
    end = runner.wait(job, 10)
    assert (end.state, end.message, end.refused) == (
        "done",
        "ten parts",
        (("a.mp3", "it is none"),),
    )
    assert end.done == 10


def test_kinds_do_not_wait_for_each_other(db: Database, runners) -> None:
    go, at_once = threading.Event(), threading.Barrier(3)
    runner = runners(
        db,
        long=Kind(lambda work: None if go.wait(10) else "never"),
        short=Kind(lambda work: f"{at_once.wait(10)}", at_once=3),
    )
    long = runner.submit("long", {})
    assert {runner.wait(runner.submit("short", {"n": n}), 0.0).kind for n in range(2)} == {"short"}
    assert runner.wait(runner.submit("short", {"n": 2}), 10).state == "done"
    assert runner.wait(long, 0.0).state == "running"
    go.set()


def test_the_same_wish_is_not_queued_twice(db: Database, runners) -> None:
    runner = runners(db, start=False, scan=Kind(lambda work: None))
    first = runner.submit("scan", {"root": "/music", "deep": 1})
    assert runner.submit("scan", {"deep": 1, "root": "/music"}) == first
    assert runner.submit("scan", {"root": "/more"}) != first
    runner.start()
    runner.wait(first, 10)
    assert runner.submit("scan", {"root": "/music", "deep": 1}) != first


def test_a_job_can_be_left_while_it_waits_and_while_it_runs(db: Database, runners) -> None:
    begun = threading.Event()

    def handler(work: Work) -> None:
        while True:
            begun.set()
            work.tell(1, None, "at it")
            time.sleep(0.01)

    runner = runners(db, endless=Kind(handler))
    first, second = runner.submit("endless", {"n": 1}), runner.submit("endless", {"n": 2})
    assert begun.wait(10)
    assert runner.cancel(second)
    assert runner.cancel(first)
    assert not runner.cancel(first)
    third = runner.submit("endless", {"n": 3})
    until(lambda: jobs.get(db, third).state == "running")
    assert [jobs.get(db, n).state for n in (first, second)] == ["cancelled"] * 2
    assert jobs.get(db, second).attempts == 0
    with pytest.raises(NotFoundError, match="no job 99"):
        runner.cancel(99)


def test_what_another_program_cancels_is_left_too(db: Database, runners) -> None:
    def handler(work: Work) -> None:
        while True:
            work.tell(0, None, "")
            time.sleep(0.01)

    runner = runners(db, endless=Kind(handler))
    job = runner.submit("endless", {})
    until(lambda: jobs.get(db, job).state == "running")
    assert jobs.cancel(db, job)
    until(lambda: job not in runner._works)
    assert jobs.get(db, job).state == "cancelled"


def test_a_sentence_ends_a_job_and_retry_begins_another(db: Database, runners) -> None:
    broken = True

    def handler(work: Work) -> str:
        if broken:
            raise BadFileError("it is no music", where="a.txt", remedy="Send music")
        return "well"

    runner = runners(db, hear=Kind(handler))
    job = runner.submit("hear", {"file": "a.txt"}, address="uploads/a")
    end = runner.wait(job, 10)
    assert (end.state, end.attempts) == ("failed", 1)
    assert end.message == "a.txt: it is no music. Send music."
    broken = False
    again = runner.retry(job)
    assert again != job
    end = runner.wait(again, 10)
    assert (end.state, end.address, end.payload) == ("done", "uploads/a", {"file": "a.txt"})


def test_what_is_not_over_cannot_be_retried(db: Database, runners) -> None:
    runner = runners(db, start=False, hear=Kind(lambda work: None))
    with pytest.raises(BadRequestError, match="not over"):
        runner.retry(runner.submit("hear", {}))
    with pytest.raises(BadRequestError, match="no work of the kind 'paint'"):
        runner.submit("paint", {})


@pytest.mark.parametrize("error", [ValueError("odd"), BusyError("it is locked")])
def test_what_nobody_foresaw_is_tried_three_times(
    db: Database, runners, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr("segue.jobs.runner._AGAIN_SECONDS", 0.01)
    times = []

    def handler(work: Work) -> None:
        times.append(work.job)
        raise error

    runner = runners(db, odd=Kind(handler))
    job = runner.submit("odd", {})
    end = runner.wait(job, 10)
    assert (end.state, end.attempts, len(times)) == ("failed", ATTEMPTS, ATTEMPTS)
    assert "odd" in end.message or "it is locked" in end.message
    assert end.message.endswith("It was tried 3 times.")


def test_stopping_keeps_what_was_begun_for_the_next_start(db: Database, runners) -> None:
    begun = threading.Event()

    def handler(work: Work) -> None:
        begun.set()
        work.stop.wait(10)

    runner = runners(db, wait=Kind(handler))
    job = runner.submit("wait", {})
    assert begun.wait(10)
    runner.stop()
    left = jobs.get(db, job)
    assert (left.state, left.attempts) == ("queued", 0)
    again = runners(db, wait=Kind(lambda work: "done now"))
    assert again.wait(job, 10).message == "done now"


PROGRAM = """
    import sys, time
    from segue.catalogue.database import open_database
    from segue.jobs.runner import Kind, Runner

    def handler(work):
        work.write()
        print(work.job, flush=True)
        time.sleep(60)

    db = open_database(sys.argv[1])
    runner = Runner(db, {"wait": Kind(handler)})
    runner.start()
    time.sleep(60)
"""


def killed_at_work(db: Database) -> int:
    """Run a program that takes up the job that waits, and kill it in the middle: the job."""
    code = textwrap.dedent(PROGRAM)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(db.path)], stdout=subprocess.PIPE, text=True
    ) as program:
        job = int(program.stdout.readline())
        program.kill()
    return job


def test_a_killed_program_leaves_nothing_behind_and_is_given_up_after_five_times(
    db: Database, runners
) -> None:
    waiting = Runner(db, {"wait": Kind(lambda work: None)}).submit("wait", {"n": 1})
    queued = Runner(db, {"wait": Kind(lambda work: None)}).submit("wait", {"n": 2})
    for attempt in (1, 2):
        assert killed_at_work(db) == waiting
        left = jobs.get(db, waiting)
        assert (left.state, left.attempts) == ("running", attempt)
    # The next start begins both again, at once.
    runner = runners(db, wait=Kind(lambda work: f"number {work.payload['n']}"))
    assert [runner.wait(job, 10).message for job in (waiting, queued)] == ["number 1", "number 2"]
    assert jobs.get(db, waiting).attempts == 3
    runner.stop()

    cursed = Runner(db, {"wait": Kind(lambda work: None)}).submit("wait", {"n": 3})
    for _ in range(LIVES):
        assert killed_at_work(db) == cursed
    runner = runners(db, wait=Kind(lambda work: "never"))
    end = runner.wait(cursed, 10)
    assert end.state == "failed"
    assert end.message.startswith("It was begun 5 times, and each time Segue ended before it did")
    assert runner.wait(runner.retry(cursed), 10).message == "never"


def test_a_running_job_of_a_living_program_is_left_to_it(db: Database, runners) -> None:
    code = textwrap.dedent(PROGRAM)
    job = Runner(db, {"wait": Kind(lambda work: None)}).submit("wait", {})
    with subprocess.Popen(
        [sys.executable, "-c", code, str(db.path)], stdout=subprocess.PIPE, text=True
    ) as program:
        assert int(program.stdout.readline()) == job
        runner = runners(db, wait=Kind(lambda work: "taken"))
        time.sleep(0.3)
        assert jobs.get(db, job).state == "running"
        program.kill()
        program.wait()
        runner._take_up()
        assert runner.wait(job, 10).message == "taken"


def test_a_program_is_known_to_be_gone_only_where_that_can_be_seen() -> None:
    ours = new_name()
    machine, process, _ = ours.split("/")
    assert not gone(ours, ours=ours)
    assert gone(f"{machine}/{process}/other", ours=ours)
    assert not gone(f"elsewhere/{process}/other", ours=ours)
    assert not gone("", ours=ours)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert not gone(f"{machine}/{child.pid}/x", ours=ours)
    assert gone(f"{machine}/{child.pid}/x", ours=ours)


def test_what_is_due_is_queued(db: Database, runners) -> None:
    asked = [{"root": "/a"}, {"root": "/b"}]
    seen = []
    kind = Kind(lambda work: seen.append(work.payload["root"]), due=lambda: asked)
    runner = runners(db, scan=kind)
    until(lambda: len(seen) == 2)
    assert seen == ["/a", "/b"]
    assert runner.running


def test_threads_outlive_a_catalogue_that_cannot_be_written_to(
    db: Database, runners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.jobs.runner._BEAT_SECONDS", 0.02)
    monkeypatch.setattr("segue.jobs.runner._LOOK_SECONDS", 0.02)
    full, rounds, problems = threading.Event(), [], []

    def broken(*_: object, **__: object) -> None:
        rounds.append(1)
        raise problems[-1]

    def handler(work: Work) -> str:
        for _ in range(20):
            work.note(1, 2, "at it")
            time.sleep(0.01)
        return "well"

    due = [{"n": 1}]
    runner = runners(db, hear=Kind(handler, due=lambda: due if full.is_set() else []))
    for problem in (UnavailableError("the disk is full"), ValueError("nobody foresaw it")):
        problems.append(problem)
        rounds.clear()
        with monkeypatch.context() as patched:
            # SQLite's own SQLITE_FULL would need a disk; every way into the table fails as it does.
            for name in ("progress", "adopt", "claim", "finish", "submit", "prune"):
                patched.setattr(f"segue.catalogue.jobs.{name}", broken)
            full.set()
            until(lambda: len(rounds) > 30)
            assert runner.running
        full.clear()
    assert runner.wait(runner.submit("hear", {"n": 2}), 10).message == "well"


def test_a_thread_that_is_gone_is_seen(db: Database, runners) -> None:
    runner = runners(db, hear=Kind(lambda work: None))
    assert runner.running
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    runner._threads.append(thread)
    assert not runner.running
    runner._threads.pop()


def test_what_only_an_older_segue_knew_is_not_tried_again(db: Database, runners) -> None:
    old = jobs.submit(db, "analyse", {})
    jobs.cancel(db, old)
    runner = runners(db, start=False, scan=Kind(lambda work: None))
    with pytest.raises(BadRequestError, match="no work of the kind 'analyse'"):
        runner.retry(old)
    assert jobs.waiting(db, "analyse") == 0


def test_what_follows_is_queued_by_what_it_follows_from(db: Database, runners) -> None:
    def first(work: Work) -> str:
        return str(work.then("second", {"of": work.job}, address="there"))

    runner = runners(db, first=Kind(first), second=Kind(lambda work: f"of {work.payload['of']}"))
    job = runner.submit("first", {})
    follows = int(runner.wait(job, 10).message)
    end = runner.wait(follows, 10)
    assert (end.message, end.address) == (f"of {job}", "there")


def test_pages_that_watch_different_jobs_share_what_is_looked_up(
    db: Database, runners, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = runners(db, start=False, scan=Kind(lambda work: None))
    numbers = [runner.submit("scan", {"n": n}) for n in range(3)]
    looked = []
    real = jobs.open_ones
    monkeypatch.setattr("segue.catalogue.jobs.open_ones", lambda db: looked.append(1) or real(db))
    for number in numbers * 10:
        assert [one.job.id for one in runner.standing([number])] == numbers[::-1]
    assert len(looked) == 1


def test_a_catalogue_that_can_only_be_read_has_no_work_done(db: Database, runners) -> None:
    readable = Database(db._engine, url=db.url, path=db.path, read_only=True)
    runner = runners(readable, scan=Kind(lambda work: None, due=lambda: [{}]))
    assert not runner.running
    assert jobs.listing(db) == []
