"""Commands as work: told of as they go on, left when asked, ended when their server is killed."""

from __future__ import annotations

import socket
import sys
import textwrap
import threading
import time
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING

import pytest

from segue.catalogue.database import open_database
from segue.errors import BadRequestError
from segue.jobs.commanded import commanded
from segue.jobs.runner import Kind, Runner
from segue.settings import Settings

if TYPE_CHECKING:
    from segue.jobs.runner import Work


class Heard:
    """A work that keeps what it is told, or cannot take it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.stop, self.told, self._error = threading.Event(), [], error

    def note(self, done: int, total: int | None, message: str) -> None:
        self.told.append((done, total, message))
        if self._error is not None:
            raise self._error


@pytest.mark.parametrize("error", [None, ValueError("the table of jobs is away")])
def test_a_command_is_read_to_its_end_whatever_becomes_of_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    # More than a pipe holds: a command that nobody reads on would wait for ever.
    package = tmp_path / "segue_said.py"
    package.write_text(
        "import sys\n"
        "for n in range(3000):\n"
        "    print(f'{n:,} of 3,000: part {n} of all of them', file=sys.stderr)\n"
        "print('well', 'done')\n"
    )
    real = Popen

    def other(command: list[str], **options: object) -> Popen[str]:
        return real([sys.executable, str(package)], **options)

    monkeypatch.setattr("segue.jobs.commanded.subprocess.Popen", other)
    work = Heard(error)
    settings = Settings(_env_file=None, database=str(tmp_path / "segue.db"))
    assert commanded(["any"], settings, work, failed="nothing came") == "well done"
    assert len(work.told) == 3000
    assert work.told[1234] == (1234, 3000, "part 1234 of all of them")


def test_what_a_command_says_of_its_failure_is_the_reason(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database=str(tmp_path / "none.db"))
    with pytest.raises(BadRequestError, match=r"^nothing was drawn: .*no-such-verb"):
        commanded(["no-such-verb"], settings, Heard(), failed="nothing was drawn")


SERVER = """
    import sys, time
    from segue.catalogue.database import open_database
    from segue.jobs.commanded import commanded
    from segue.jobs.runner import Kind, Runner
    from segue.settings import Settings

    settings = Settings(_env_file=None, database=sys.argv[1], niceness=0)

    def handler(work):
        # It runs until it is ended, as a night of training does.
        return commanded(["serve", "--port", sys.argv[2]], settings, work, failed="nothing")

    db = open_database(sys.argv[1])
    runner = Runner(db, {"teach": Kind(handler)})
    runner.submit("teach", {})
    runner.start()
    time.sleep(300)
"""


def children_of(process: int) -> list[int]:
    """Numbers of the processes that a process started and that are not over."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(one) for task in tasks for one in task.read_text().split()]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens at a port."""
    with socket.socket() as trial:
        trial.settimeout(1.0)
        return trial.connect_ex(("127.0.0.1", port)) == 0


def lives(process: int) -> bool:
    """Whether a process runs: one that is over but not yet asked for is a zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="processes are seen in /proc")
def test_a_command_ends_when_its_server_is_killed(tmp_path: Path) -> None:
    code, port = textwrap.dedent(SERVER), free_port()
    command_line = [sys.executable, "-c", code, str(tmp_path / "segue.db"), str(port)]
    with Popen(command_line) as server:
        try:
            end = time.monotonic() + 60
            while not answers(port):
                assert server.poll() is None
                assert time.monotonic() < end
                time.sleep(0.1)
            (command,) = children_of(server.pid)
            assert lives(command)
        finally:
            server.kill()
    end = time.monotonic() + 30
    while lives(command) or answers(port):
        assert time.monotonic() < end, "the command outlives its server"
        time.sleep(0.05)


def test_a_command_ends_when_its_job_is_left(tmp_path: Path) -> None:
    port, database = free_port(), str(tmp_path / "segue.db")
    settings = Settings(_env_file=None, database=database, niceness=0)

    def handler(work: Work) -> str:
        return commanded(["serve", "--port", str(port)], settings, work, failed="nothing")

    with open_database(tmp_path / "segue.db") as db:
        runner = Runner(db, {"teach": Kind(handler)})
        runner.start()
        job = runner.submit("teach", {})
        end = time.monotonic() + 60
        while not answers(port):
            assert time.monotonic() < end
            time.sleep(0.1)
        assert runner.cancel(job)
        while job in runner._works:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert not answers(port)
        assert runner.wait(job, 10).state == "cancelled"
        runner.stop()
