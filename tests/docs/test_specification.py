"""Every command of docs/specification.md works, and every test and figure it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "docs" / "specification.md").read_text(encoding="utf-8")


@pytest.mark.walk
def test_the_specifications_commands_work(follow) -> None:
    assert follow(TEXT)


def test_every_test_it_names_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", TEXT))
    assert named
    assert {path for path in named if not (REPOSITORY / path).is_file()} == set()


def test_every_benchmark_it_names_is_there() -> None:
    named = set(re.findall(r"`(benchmarks/[\w/]+\.(?:py|json))`", TEXT))
    assert {path for path in named if not (REPOSITORY / path).is_file()} == set()
