"""Every command of Segue that a document names is one: its verb, its options, how many words.

This reads commands and runs none of them; ``make walk`` does what documents say from beginning to
end.
"""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from pathlib import Path

import pytest
import typer
import typer.main

from segue.cli.main import app
from walked import REAL, RUN, commands

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = typer.main.get_command(app)
SIGNS = set("();<>|&")
"""What a shell ends a command with, or sends its output elsewhere by."""


def calls(line: str) -> list[list[str]]:
    """The words behind each ``segue`` of a line for a shell."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    found: list[list[str]] = []
    within = False
    for word in words:
        if set(word) <= SIGNS:
            if within and found[-1][-1:] == ["2"] and ">" in word:
                del found[-1][-1]  # which output it is
            within = False
        elif word == "segue" and not within:
            within = True
            found.append([])
        elif within:
            found[-1].append(word)
    return found


def understood(words: list[str]) -> None:
    """Take a command apart as the program would; typer's own error where it cannot."""
    command = PROGRAM
    context = command.make_context("segue", list(words), resilient_parsing=False)
    # What is left is for the verb; `evaluate` does without one.
    while hasattr(command, "commands") and (rest := [*context._protected_args, *context.args]):
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)


def named() -> list[str]:
    """Every command of the walked documents that calls Segue."""
    texts = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
    return [
        line
        for text in texts
        for marker in (RUN, REAL)
        for line in commands(text.read_text(encoding="utf-8"), marker=marker)
        if re.search(r"(^|\s)segue\s", line)
    ]


@pytest.mark.parametrize("line", dict.fromkeys(named()))
def test_a_command_of_a_document_is_understood(line: str) -> None:
    for words in calls(line):
        with suppress(typer.Exit):  # --help and --version end here
            understood(words)


def test_what_is_none_is_found_out() -> None:
    with pytest.raises(typer.TyperException, match="resembling"):
        understood(["resembling", "x"])
    with pytest.raises(typer.TyperException, match="--lenses"):
        understood(["similar", "x", "--lenses", "text"])
    assert calls("A=1 segue a 'b c' | grep x && segue d > f") == [["a", "b c"], ["d"]]
