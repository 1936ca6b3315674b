"""Follow a document's commands as a reader would, in an empty folder."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from walked import RUN, commands

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS = 1500


def _script(listed: list[str]) -> str:
    """All commands for one shell: what one exports the next one sees; stops at a failure."""
    steps = [
        f"{command}\n"
        f"status=$?; [ $status -eq 0 ] || {{ echo 'this failed:' {shlex.quote(command)} >&2;"
        " exit $status; }"
        for command in listed
    ]
    return "\n".join(["set -o pipefail", *steps])


@pytest.fixture
def follow(tmp_path: Path):
    """A function that runs a document's commands one after the other and gives what it ran."""
    here = tmp_path / "here"
    here.mkdir()
    data = REPOSITORY.parent / "shared"
    if data.is_dir():
        (tmp_path / "shared").symlink_to(data)
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }

    def run(text: str, *, marker: str = RUN) -> list[str]:
        listed = commands(text, marker=marker)
        done = subprocess.run(
            ["bash", "-c", _script(listed)],
            cwd=here,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        told = f"{done.stdout}\n{done.stderr}"
        assert done.returncode == 0, told
        assert "Traceback" not in done.stderr, told
        return listed

    return run
