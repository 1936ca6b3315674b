"""Follow a document's commands as a reader would, in an empty folder."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
RUN = "run"
REAL = "run on the real data"
SECONDS = 1500


def commands(text: str, *, marker: str = RUN) -> list[str]:
    """The commands of every block behind this marker, in order.

    A marker, ``<!-- run -->`` or ``<!-- run on the real data -->``, stands on the line before a
    fenced block, whose lines that begin with ``$ `` are commands (a backslash at the end goes on),
    or before a table, whose column ``command`` holds them in backticks.
    """
    found: list[str] = []
    for part in text.split(f"\n<!-- {marker} -->\n")[1:]:
        block = part.lstrip("\n")
        if block.startswith("```"):
            found += _of_console(block.partition("\n")[2].partition("\n```")[0])
        elif block.startswith("|"):
            found += _of_table(block.partition("\n\n")[0].splitlines())
        else:
            raise ValueError(f"no block or table follows a marker: {block[:60]!r}")
    return found


def _of_console(block: str) -> list[str]:
    lines = block.replace("\\\n", " ").splitlines()
    return [line.removeprefix("$ ").strip() for line in lines if line.startswith("$ ")]


def _of_table(lines: list[str]) -> list[str]:
    rows = [_cells(line) for line in lines if line.startswith("|")]
    column = rows[0].index("command")
    return [word for row in rows[2:] for word in re.findall(r"`([^`]+)`", row[column])]


def _cells(line: str) -> list[str]:
    parts = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return [part.strip().replace("\\|", "|") for part in parts]


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
