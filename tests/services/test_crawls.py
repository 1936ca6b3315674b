"""How far a crawl has come, on PostgreSQL: the same as in a SQLite file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue.catalogue import crawls, playlists
from segue.catalogue.database import Database, open_database
from segue.records import OutsideId, PlaylistRecord, TrackRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ASKED = "spotify words road trip"


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty catalogue in each."""
    if request.param == "sqlite":
        with open_database(tmp_path / "segue.db") as database:
            yield database
        return
    server = request.getfixturevalue("postgres_server")
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS crawls WITH (FORCE)")
        connection.execute("CREATE DATABASE crawls")
    with open_database(f"{server}/crawls") as database:
        yield database


def test_a_crawl_goes_on_where_it_was_and_begins_anew_after_its_end(db: Database) -> None:
    assert crawls.begin(db, ASKED) == crawls.Crawl(ASKED, 0, listed=False, found=0)
    first = [("a", "v1"), ("b", "v1"), ("a", "v1")]
    assert crawls.note_page(db, ASKED, first, place=3, listed=False).found == 2
    crawls.note_taken(db, ASKED, "a", version="v1")
    stopped = crawls.begin(db, ASKED)
    assert (stopped.resumed, stopped.place, stopped.listed, stopped.found) == (True, 3, False, 2)
    crawls.note_page(db, ASKED, [("c", ""), ("b", "v1")], place=5, listed=True)
    assert crawls.next_waiting(db, ASKED, most=1) is None
    assert crawls.next_waiting(db, ASKED, most=9) == "b"
    crawls.note_failed(db, ASKED, "b", reason="gone\0")
    crawls.note_taken(db, ASKED, "c", version="")
    assert crawls.next_waiting(db, ASKED, most=9) is None
    assert crawls.states(db, ASKED, most=9) == {"waiting": 0, "taken": 2, "failed": 1}
    assert [one for one, _ in crawls.failures(db, ASKED, most=9)] == ["b"]
    crawls.finish(db, ASKED)
    again = crawls.begin(db, ASKED)
    assert (again.resumed, again.place, again.found) == (False, 0, 0)
    assert crawls.next_waiting(db, ASKED, most=9) is None
    page = [("c", ""), ("a", "v1"), ("b", "v1")]
    assert crawls.note_page(db, ASKED, page, place=3, listed=True).found == 3
    assert crawls.states(db, ASKED, most=9) == {"waiting": 2, "taken": 1, "failed": 0}
    assert crawls.next_waiting(db, ASKED, most=9) == "c"
    assert crawls.begin(db, "spotify user b").found == 0


def test_ids_that_no_track_has_are_counted_once(db: Database) -> None:
    known, new = OutsideId("spotify", "t1"), OutsideId("spotify", "t2")
    entry = TrackRecord(title="Song", artists=("A",), outside_ids=(known,))
    playlists.add(db, [PlaylistRecord("List", OutsideId("spotify", "p"), (entry,))])
    assert crawls.unknown(db, [known, new, new]) == 1
    assert crawls.unknown(db, []) == 0
