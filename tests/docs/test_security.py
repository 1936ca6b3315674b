"""Every attack that docs/security.md names is tried by a test, and no such test is left out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_test_that_is_named_is_there(path: str, name: str) -> None:
    assert name in functions_of(REPOSITORY / path)


def test_every_file_of_attacks_is_named() -> None:
    files = {path.name for path in (REPOSITORY / "tests" / "attacks").glob("test_*.py")}
    assert files == {Path(path).name for path, _ in NAMED if "/attacks/" in path}
    assert len(files) >= 12


def test_every_row_of_the_table_names_a_test() -> None:
    table = TEXT.partition("| attack |")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines()[2:] if line.startswith("|")]
    assert len(rows) >= 25
    assert [row for row in rows if "::" not in row] == []


def test_the_sentence_that_opens_a_server_is_the_one_that_is_taken() -> None:
    from segue.settings import EVERYONE_MAY

    assert f'SEGUE_OPEN_TO_ALL="{EVERYONE_MAY}"' in TEXT
