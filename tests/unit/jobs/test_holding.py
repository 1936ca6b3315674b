"""Who holds a job: one program at a time, whatever clocks say, and nobody who lost it."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from segue.catalogue import jobs
from segue.catalogue.database import Database, open_database
from segue.errors import BusyError, UnavailableError
from segue.jobs.owner import Silence, new_name
from segue.jobs.runner import LIVES, Kind, Runner, Work

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

    def make(db: Database, **kinds: Kind) -> Runner:
        made.append(Runner(db, kinds))
        made[-1].start()
        return made[-1]

    yield make
    for runner in made:
        runner.stop()


def test_who_lost_a_job_writes_nothing_more(db: Database) -> None:
    number = jobs.submit(db, "scan", {})
    late = jobs.claim(db, ["scan"], owner="there/1/a.1")
    assert jobs.adopt(db, late, most=LIVES)
    now = jobs.claim(db, ["scan"], owner="here/2/b.1")
    assert (late.id, now.id, now.attempts) == (number, number, 2)
    assert not jobs.progress(db, number, 5, 9, "late", owner=late.owner)
    assert not jobs.finish(db, number, owner=late.owner, message="late")
    assert not jobs.give_back(db, number, owner=late.owner, message="late")
    assert not jobs.adopt(db, late, most=1)
    stands = jobs.get(db, number)
    assert (stands.state, stands.owner, stands.done) == ("running", "here/2/b.1", 0)
    assert jobs.finish(db, number, owner=now.owner, message="well")
    assert not jobs.finish(db, number, owner=now.owner, message="twice")
    assert jobs.get(db, number).message == "well"


def test_what_showed_life_since_is_not_taken_up(db: Database) -> None:
    number = jobs.submit(db, "scan", {})
    seen = jobs.claim(db, ["scan"], owner="there/1/a.1")
    assert jobs.progress(db, number, 1, 2, "alive", owner=seen.owner)
    assert not jobs.adopt(db, seen, most=LIVES)
    assert jobs.get(db, number).state == "running"


def test_kinds_that_are_done_alone_wait_for_one_another(db: Database) -> None:
    first, second = (jobs.submit(db, "scan", {"root": root}) for root in "ab")
    begun = jobs.claim(db, ["scan"], owner="a/1/a.1", alone=True)
    assert begun.id == first
    assert jobs.claim(db, ["scan"], owner="b/1/b.1", alone=True) is None
    jobs.finish(db, first)
    assert jobs.claim(db, ["scan"], owner="b/1/b.1", alone=True).id == second
    jobs.submit(db, "upload", {"token": "t"})
    assert jobs.claim(db, ["upload"], owner="b/1/b.2", alone=True).kind == "upload"


def test_what_cannot_be_done_here_is_left_to_others(db: Database) -> None:
    numbers = [jobs.submit(db, "scan", {"root": str(n)}) for n in range(12)]

    def able(payload: dict[str, str]) -> bool:
        return payload["root"] == "10"

    assert jobs.claim(db, ["scan"], owner="a/1/a.1", able=able).id == numbers[10]
    assert jobs.claim(db, ["scan"], owner="a/1/a.2", able=able) is None
    assert jobs.claim(db, ["scan"], owner="a/1/a.3").id == numbers[0]


def test_each_job_is_taken_by_one_of_many(db: Database) -> None:
    numbers = [jobs.submit(db, "upload", {"token": str(n)}) for n in range(20)]
    taken: list[int] = []

    def take(name: str) -> None:
        turn = 0
        while len(taken) < len(numbers):
            turn += 1
            job = jobs.claim(db, ["upload"], owner=f"here/1/{name}.{turn}")
            if job is not None:
                taken.append(job.id)

    threads = [threading.Thread(target=take, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == numbers


class Clock:
    """Seconds that grow as a test wishes."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def running(number: int, heartbeat: float) -> jobs.Job:
    return jobs.Job(
        number, "scan", {}, "running", 0, None, "", 0.0, 0.0, None, heartbeat, owner="there/1/a.1"
    )


@pytest.mark.parametrize("jump", [-1e9, -3_600.0, 3_600.0, 1e9])
def test_a_clock_that_jumps_takes_no_job_from_anybody(jump: float) -> None:
    clock = Clock()
    silence = Silence(60.0, clock=clock)
    for beat in range(20):
        heartbeat = 5_000.0 + 10 * beat + (jump if beat > 9 else 0.0)
        assert silence.of([running(1, heartbeat)]) == []
        clock.now += 10.0


def test_silence_is_a_sign_of_life_that_does_not_change() -> None:
    clock = Clock()
    silence = Silence(60.0, clock=clock)
    dead, alive = running(1, 5_000.0), running(2, 5_000.0)
    for beat in range(7):
        alive = replace(alive, heartbeat=5_000.0 + beat)
        assert silence.of([dead, alive]) == []
        clock.now += 10.0
    assert [job.id for job in silence.of([dead, alive])] == [1]
    # Somebody else holds it now.
    assert silence.of([replace(dead, owner="here/2/b.1"), alive]) == []
    clock.now += 50.0
    silence.forgive()
    clock.now += 50.0
    assert silence.of([dead, alive]) == []


def test_who_is_of_another_numbering_of_processes_is_not_thought_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from segue.jobs import owner

    ours = new_name()
    assert not owner.gone(f"{ours}.17", ours=ours)
    machine, process, _ = ours.split("/")
    assert owner.gone(f"{machine}/{process}/earlier.3", ours=ours)
    monkeypatch.setattr("segue.jobs.owner._NUMBERING", str(tmp_path))
    assert not owner.gone(f"{machine}/{process}/earlier.3", ours=ours)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux says which start of a machine it is")
def test_who_is_of_another_machine_of_the_same_name_is_not_thought_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from segue.jobs import owner

    machine, process, _ = (ours := new_name()).split("/")
    (tmp_path / "boot_id").write_text("0a1b2c3d-0000-4000-8000-000000000000\n")
    monkeypatch.setattr("segue.jobs.owner._START", str(tmp_path / "boot_id"))
    assert not owner.gone(f"{machine}/{process}/earlier.3", ours=ours)


def test_a_job_that_was_taken_over_is_left_and_its_end_is_not_written(
    db: Database, runners, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = threading.Event(), threading.Event()

    def handler(work: Work) -> str:
        begun.set()
        assert go.wait(30)
        work.write()
        assert work.stop.is_set()
        return "late"

    runner = runners(db, hear=Kind(handler))
    number = runner.submit("hear", {})
    assert begun.wait(30)
    held = jobs.get(db, number)
    assert jobs.adopt(db, held, most=LIVES)
    other = jobs.claim(db, ["hear"], owner="elsewhere/1/b.1")
    go.set()
    runner.stop()
    stands = jobs.get(db, number)
    assert (stands.state, stands.owner, stands.message) == ("running", other.owner, "")


def test_an_end_is_written_as_soon_as_the_catalogue_takes_it(
    db: Database, runners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.jobs.runner._END_SECONDS", 0.01)
    tried, real = [], jobs.finish

    def locked(*args: object, **values: object) -> bool:
        tried.append(1)
        if len(tried) < 5:
            raise BusyError("the catalogue is locked")
        return real(*args, **values)

    monkeypatch.setattr("segue.catalogue.jobs.finish", locked)
    runner = runners(db, hear=Kind(lambda work: "well"))
    end = runner.wait(runner.submit("hear", {}), 30)
    assert (end.state, end.message, end.attempts, len(tried)) == ("done", "well", 1, 5)


@pytest.mark.parametrize("kind", [UnavailableError, BusyError])
def test_a_catalogue_that_goes_away_in_the_middle_is_no_fault_of_the_job(
    db: Database, runners, monkeypatch: pytest.MonkeyPatch, kind: type[UnavailableError | BusyError]
) -> None:
    monkeypatch.setattr("segue.jobs.runner._AGAIN_SECONDS", 0.01)
    begun = []

    def handler(work: Work) -> str:
        begun.append(work.job)
        if len(begun) < 8:
            raise kind("the connection broke off", where=db.where, remedy="Wait")
        return "well"

    runner = runners(db, hear=Kind(handler))
    end = runner.wait(runner.submit("hear", {}), 30)
    assert (end.state, end.message, end.attempts, len(begun)) == ("done", "well", 1, 8)


def test_a_drain_lets_work_come_to_its_end_and_begins_nothing_more(db: Database, runners) -> None:
    begun, go = threading.Event(), threading.Event()

    def handler(work: Work) -> str:
        begun.set()
        assert go.wait(30)
        assert not work.stop.is_set()
        return "well"

    runner = runners(db, hear=Kind(handler))
    first, second = (runner.submit("hear", {"n": n}) for n in range(2))
    assert begun.wait(30)
    threading.Timer(0.2, go.set).start()
    runner.drain(60.0, hurry=threading.Event())
    assert [jobs.get(db, n).state for n in (first, second)] == ["done", "queued"]
    assert not runner.running


@pytest.mark.parametrize("hurried", [True, False])
def test_what_does_not_end_in_time_is_given_back(
    db: Database, runners, monkeypatch: pytest.MonkeyPatch, hurried: bool
) -> None:
    monkeypatch.setattr("segue.jobs.runner._STOP_SECONDS", 0.05)
    begun, go = threading.Event(), threading.Event()

    def handler(work: Work) -> str:
        begun.set()
        go.wait(60)  # hears nothing
        return "late"

    runner = runners(db, hear=Kind(handler))
    number = runner.submit("hear", {})
    assert begun.wait(30)
    hurry = threading.Event()
    if hurried:
        hurry.set()
    runner.drain(60.0 if hurried else 0.05, hurry=hurry)
    left = jobs.get(db, number)
    assert (left.state, left.attempts) == ("queued", 0)
    go.set()
    for thread in threading.enumerate():  # none goes on with a catalogue that is closed
        if thread.name.startswith("segue-hear"):
            thread.join(30)


def test_who_takes_nothing_queues_for_others(db: Database) -> None:
    kinds = {"hear": Kind(lambda work: "never", due=lambda: [{"n": 2}])}
    server = Runner(db, kinds, takes=())
    server.start()
    number = server.submit("hear", {"n": 1})
    assert server.running
    assert [one.job.state for one in server.standing([number])] == ["queued"]
    worker = Runner(db, {"hear": Kind(lambda work: "here")})
    worker.start()
    try:
        assert server.wait(number, 30).message == "here"
    finally:
        worker.stop()
        server.stop()
    assert not server.running
    assert jobs.waiting(db, "hear") == 0
