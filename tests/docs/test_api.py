"""The page about the API: its commands work against a real server, and nothing is left out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from doors import library, serving, tone
from segue.serve.api.document import alone, operations
from segue.serve.failures import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with library(tmp_path_factory.mktemp("api")) as segue, serving(segue) as found:
        yield found


def test_the_commands_of_the_page_work(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("AT", address)
    follow = request.getfixturevalue("follow")
    tone(tmp_path / "song.wav", pitch=187.0).rename(tmp_path / "here" / "song.mp3")
    assert len(follow(TEXT)) > 10


def test_every_operation_and_every_problem_is_on_the_page() -> None:
    for path, method, _ in operations(alone()):
        assert f"### {method.upper()} {path}\n" in TEXT
    for kind in KINDS:
        assert f"| `{kind}` |" in TEXT
