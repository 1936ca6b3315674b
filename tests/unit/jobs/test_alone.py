"""One program at a time in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from segue.errors import BusyError, UnavailableError
from segue.jobs import alone
from segue.jobs.alone import FILE, Alone

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys
from pathlib import Path
from segue.jobs.alone import Alone

with Alone(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("locks", [alone.LOCKS, False])
def test_a_second_run_is_refused_until_the_first_is_done(tmp_path: Path, locks: bool) -> None:
    work = tmp_path / "work"
    with Alone(work, locks=locks):
        said = rf"another training is at work there \(process {os.getpid()}\)"
        with pytest.raises(BusyError, match=said), Alone(work, locks=locks):
            pass
        (work / "drawn").write_text("much", encoding="utf-8")
    with Alone(work, locks=locks):
        pass
    assert [each.name for each in work.iterdir()] == ["drawn"]
    (work / "drawn").unlink()
    with Alone(work, locks=locks):
        pass
    assert not work.exists()


@pytest.mark.skipif(not alone.LOCKS, reason="this system does not lock files")
def test_who_is_killed_holds_nothing(tmp_path: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "work"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=f"process {other.pid}"), Alone(tmp_path / "work"):
            pass
        other.kill()
    with Alone(tmp_path / "work"):
        assert (tmp_path / "work" / FILE).read_text(encoding="ascii") == f"{os.getpid()}\n"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UnavailableError, match="cannot be locked"), Alone(tmp_path / "file" / "in"):
        pass
