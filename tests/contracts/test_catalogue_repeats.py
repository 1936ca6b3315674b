"""The same calls on two new catalogues give the same catalogue, ids and answers included."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from busy import build

if TYPE_CHECKING:
    from pathlib import Path

# When something was made is the one thing that may differ.
TIMES = {"created", "changed", "started", "finished", "heartbeat", "scanned"}


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    raw = sqlite3.connect(path)
    raw.row_factory = sqlite3.Row
    names = [
        name
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith(("tracks_fts_", "sqlite_"))
    ]
    found = {
        name: sorted(
            repr([(key, row[key]) for key in row.keys() if key not in TIMES])  # noqa: SIM118
            for row in raw.execute(f"SELECT * FROM {name}")  # noqa: S608
            if not (name == "meta" and row["name"] == "created")
        )
        for name in names
    }
    raw.close()
    return found  # type: ignore[return-value]


def test_the_same_calls_build_the_same_catalogue(tmp_path: Path) -> None:
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    assert build(one) == build(two)
    found = rows(one)
    assert found == rows(two)
    assert len(found["tracks"]) > 200
    assert len(found["links"]) > 100
