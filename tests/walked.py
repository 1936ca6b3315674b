"""The commands that documents tell their readers to type."""

from __future__ import annotations

import re

RUN = "run"
REAL = "run on the real data"


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
