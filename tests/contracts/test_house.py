"""The house rules a machine can see: sizes, names of folders, silence and cheapness of imports."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "src" / "segue"
MODULES = sorted(SOURCE.rglob("*.py"))


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {
        str(path.relative_to(SOURCE)): len(path.read_text(encoding="utf-8").splitlines())
        for path in MODULES
    }
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_no_function_is_longer_than_60_lines_without_its_docstring() -> None:
    long: dict[str, int] = {}
    for path in MODULES:
        if "migrations" in path.parts:  # a migration is one list of statements
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                if lines > 60:
                    long[f"{path.relative_to(SOURCE)}:{node.name}"] = lines
    assert long == {}


def test_no_drawer_for_what_has_no_name() -> None:
    drawers = {"utils", "util", "helpers", "common", "misc", "core", "manager", "base"}
    assert [p for p in MODULES if drawers & {*p.relative_to(SOURCE).with_suffix("").parts}] == []


def test_library_code_never_prints() -> None:
    allowed = SOURCE / "cli"
    printing = [
        str(path.relative_to(SOURCE))
        for path in MODULES
        if not path.is_relative_to(allowed)
        and any(
            isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    ]
    assert printing == []


@pytest.mark.parametrize("statement", ["import segue", "import segue.cli.main"])
def test_importing_is_cheap_and_silent(statement: str) -> None:
    code = f"{statement}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    heavy = {"numpy", "scipy", "sqlalchemy", "pydantic", "fastapi", "faiss", "av", "torch"}
    assert loaded & heavy == set()
    assert done.stderr == ""


def test_nothing_unfinished_is_left_in_the_source() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b|placeholder implementation")
    found = [
        f"{path.relative_to(SOURCE)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if words.search(line)
    ]
    assert found == []
