"""Follow a document's commands as a reader would, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MARKER = "<!-- run -->"
SECONDS = 600


def commands(text: str) -> list[str]:
    """The commands of every marked block, in order.

    A marker stands on the line before a fenced block, whose lines that begin with ``$ `` are
    commands (a backslash at the end goes on), or before a table, whose column ``command`` holds
    them in backticks.
    """
    found: list[str] = []
    for part in text.split(f"\n{MARKER}\n")[1:]:
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


@pytest.fixture
def follow(tmp_path: Path):
    """A function that runs a document's commands one after the other and gives how many ran."""
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

    def run(text: str, *, seconds: float = SECONDS) -> list[str]:
        ran = []
        for command in commands(text):
            if "../shared/" in command and not data.is_dir():
                continue
            done = subprocess.run(
                ["bash", "-o", "pipefail", "-c", command],
                cwd=here,
                env=environment,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
            told = f"$ {command}\n{done.stdout}{done.stderr}"
            assert done.returncode == 0, told
            assert "Traceback" not in done.stderr, told
            ran.append(command)
        return ran

    return run
