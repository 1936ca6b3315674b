"""Members that take little time: the same models with fewer trees."""

from __future__ import annotations

import pytest

from segue.training import members, rotations


@pytest.fixture(autouse=True)
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "TREES", 20)
    monkeypatch.setattr(members, "ROUNDS", 30)
    monkeypatch.setattr(rotations, "_TREES", 20)
