"""A bad file costs itself: crashes, hangs, greed and bugs in a worker are outcomes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from segue.errors import BadFileError, InaudibleError, InternalError, UnavailableError
from segue.jobs import pool as pool_module
from segue.jobs.pool import WorkerPool
from workers import until

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY = 1_000_000_000


@pytest.fixture(scope="module")
def tasks() -> Iterator[Any]:
    here = str(Path(__file__).parent)
    sys.path.insert(0, here)
    import hostile_tasks

    yield hostile_tasks
    sys.path.remove(here)


@pytest.fixture(scope="module")
def pool(tasks: Any) -> Iterator[WorkerPool]:
    with WorkerPool(2, seconds=30.0, memory=MEMORY) as made:
        yield made


def run(pool: WorkerPool, function: Any, keys: list[str]) -> dict[str, Any]:
    outcomes = pool.run(function, [(key, (key,)) for key in keys])
    return {outcome.key: outcome.error or outcome.value for outcome in outcomes}


def test_a_worker_is_bounded_loaded_and_knows_nothing_of_this_program(
    pool: WorkerPool, tasks: Any
) -> None:
    found = pool.call(tasks.surroundings, "any")
    assert found.pop("pid") != os.getpid()
    # What may be mapped: the memory, and what is mapped without taking any.
    assert MEMORY < found.pop("mapped") < MEMORY + (1 << 29)
    assert found == {
        "threads": "1",
        "niceness": os.nice(0),
        "trimmed": os.environ.get("MALLOC_TRIM_THRESHOLD_"),
        "main": None,
        "interruptible": False,
        "decoder": True,
        "catalogue": False,
    }


def test_every_failure_is_an_outcome_and_the_rest_goes_on(pool: WorkerPool, tasks: Any) -> None:
    good = [f"good:{number}" for number in range(12)]
    bad = ["crash:1", "silent:1", "bug:1", "leave:1", "eat:1", "crash:2"]
    keys = [key for pair in zip(good, bad * 2, strict=True) for key in pair]
    outcomes = run(pool, tasks.behave, list(dict.fromkeys(keys)))
    assert {key: outcomes[key] for key in good} == {key: key for key in good}
    errors = {key: outcomes[key] for key in bad}
    assert isinstance(errors["silent:1"], InaudibleError)
    assert isinstance(errors["bug:1"], InternalError)
    assert all(isinstance(errors[key], BadFileError) for key in bad if key != "bug:1")
    assert errors["crash:1"].what == "the decoder crashed on it (SIGSEGV)"
    assert errors["leave:1"].what == "the decoder crashed on it (exit code 3)"
    assert errors["eat:1"].what == "it needs more than 1,000 MB of memory"
    assert "ZeroDivisionError: no such thing" in errors["bug:1"].what
    assert all(error.where == key for key, error in errors.items())


def test_where_a_fault_of_ours_lies_is_logged_once(
    pool: WorkerPool, tasks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for key in ("bug:7", "bug:8"):
        with pytest.raises(InternalError, match=r"it could not be read \(ZeroDivisionError"):
            pool.call(tasks.behave, key)
    told = [record for record in caplog.records if "ZeroDivisionError" in record.getMessage()]
    assert [record.getMessage().partition(": ")[0] for record in told] == ["bug:7", "bug:8"]
    assert sum(bool(record.exc_info) for record in told) <= 1


def test_a_task_that_hangs_is_ended_at_its_limit(tasks: Any) -> None:
    with WorkerPool(1, seconds=0.5) as pool:
        pool.call(tasks.give_back, "warm")
        began = time.monotonic()
        outcomes = run(pool, tasks.behave, ["hang:1", "good:1"])
        assert outcomes["good:1"] == "good:1"
        assert str(outcomes["hang:1"]).startswith("hang:1: it took longer than 0.5 s. ")
        assert time.monotonic() - began < 15


def test_workers_that_are_stuck_are_begun_anew(
    tasks: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pool_module, "GRACE", 2.0)
    with WorkerPool(1, seconds=1.0, memory=MEMORY) as one:
        halted = one.call(tasks.surroundings, "any")["pid"]
        os.kill(halted, signal.SIGSTOP)
        began = time.monotonic()
        assert one.call(tasks.give_back, "good:1") == "good:1"
        assert time.monotonic() - began >= 3
        assert "none ended a task within 3 s" in caplog.text
    until(lambda: not Path(f"/proc/{halted}").exists())


def test_call_raises_what_went_wrong(pool: WorkerPool, tasks: Any) -> None:
    assert pool.call(tasks.behave, "good:1") == "good:1"
    with pytest.raises(BadFileError, match="crash:9: the decoder crashed"):
        pool.call(tasks.behave, "crash:9")
    with pytest.raises(InaudibleError, match="it is silent"):
        pool.call(tasks.behave, "silent:9")
    assert pool.call(tasks.behave, "good:2") == "good:2"


def test_idle_workers_that_are_killed_are_replaced(pool: WorkerPool, tasks: Any) -> None:
    for _ in range(2):
        pid = pool.call(tasks.surroundings, "any")["pid"]
        os.kill(int(pid), 9)
        time.sleep(0.3)
        assert pool.call(tasks.give_back, "after") == "after"


def test_calls_from_many_threads_get_their_own_answers(pool: WorkerPool, tasks: Any) -> None:
    answers: dict[str, str] = {}

    def ask(key: str) -> None:
        answers[key] = pool.call(tasks.give_back, key)

    threads = [threading.Thread(target=ask, args=(f"k{n}",)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {f"k{n}": f"k{n}" for n in range(12)}


def test_stop_ends_a_run_at_once(tasks: Any) -> None:
    stop = threading.Event()
    before = {process.pid for process in multiprocessing.active_children()}
    with WorkerPool(1, seconds=60.0) as pool:
        pool.call(tasks.give_back, "warm")
        endless = ((f"hang:{n}", (f"hang:{n}",)) for n in range(10**9))
        threading.Timer(0.3, stop.set).start()
        began = time.monotonic()
        assert list(pool.run(tasks.behave, endless, stop=stop)) == []
    assert time.monotonic() - began < 5
    assert {process.pid for process in multiprocessing.active_children()} <= before


def test_closing_lets_nobody_wait_for_ever(tasks: Any) -> None:
    pool = WorkerPool(1, seconds=60.0)
    pool.call(tasks.give_back, "warm")
    threading.Timer(0.3, pool.close).start()
    with pytest.raises(UnavailableError, match="Segue is closing"):
        pool.call(tasks.behave, "hang:1")
    with pytest.raises(UnavailableError, match="Segue is closing"):
        pool.call(tasks.give_back, "late")
    pool.close()


def test_workers_that_cannot_start_are_said_so_and_not_tried_for_ever(tasks: Any) -> None:
    with (
        WorkerPool(1, seconds=5.0, memory=1 << 20) as pool,
        pytest.raises(InternalError, match="worker processes cannot be started"),
    ):
        pool.call(tasks.give_back, "any")


def test_workers_step_back_for_other_programs(tasks: Any) -> None:
    now = os.nice(0)
    for wanted in (now, now + 3):
        with WorkerPool(1, seconds=30.0, niceness=wanted) as pool:
            assert pool.call(tasks.surroundings, "any")["niceness"] == wanted


def test_a_plain_script_needs_no_guard(tmp_path: Path, tasks: Any) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "print('begins')\n"
        "from segue.jobs.pool import WorkerPool\n"
        "import hostile_tasks\n"
        "with WorkerPool(1, seconds=30.0) as pool:\n"
        "    print(pool.call(hostile_tasks.give_back, 'answer'))\n"
    )
    places = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("begins\nanswer\n", "")
