"""The same calls on two new catalogues give the same catalogue, ids and answers included."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from planted import planted
from segue.catalogue import history, links, playlists, search, tracks
from segue.catalogue.database import epoch, open_database
from segue.records import OutsideId, Play, PlaylistRecord, Track

if TYPE_CHECKING:
    from pathlib import Path

# When something was made is the one thing that may differ.
TIMES = {"created", "changed", "started", "finished", "heartbeat", "scanned"}


def build(path: Path) -> tuple[list[Track], list[Track], list[links.Link], int]:
    """Every way into the catalogue once, and everything it answers."""
    cases = planted(3, each=4)
    with open_database(path) as db:
        tracks.add(db, [case.track for case in cases])
        tracks.add(db, [case.record for case in cases])
        mixes = [
            PlaylistRecord(
                f"Mix {number}",
                OutsideId("own", str(number)),
                tuple(case.record for case in cases[number::17]),
            )
            for number in range(9)
        ]
        playlists.add(db, mixes)
        history.add(db, [Play("me", case.track, times=2) for case in cases[::5]])
        for link in links.listing(db, state="linked")[::7]:
            links.undo(db, link.id)
        tracks.delete(db, tracks.page(db)[4].id)
        answers = (
            tracks.page(db, limit=10_000),
            search.tracks(db, "har", limit=50),
            links.listing(db),
            epoch(db),
        )
    return answers


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
