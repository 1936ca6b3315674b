"""The commands of docs/specification.md that ask for the real data work."""

from __future__ import annotations

from pathlib import Path

import pytest

TEXT = Path(__file__).parents[2] / "docs" / "specification.md"


@pytest.mark.walk
@pytest.mark.realdata
@pytest.mark.usefixtures("shared_data")
def test_the_specifications_commands_work_on_the_real_data(follow) -> None:
    assert follow(TEXT.read_text(encoding="utf-8"), marker="run on the real data")
