"""Counts: each number against a world small enough to count by hand."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segue.catalogue import counts, files, tracks, vectors
from segue.catalogue.counts import Counts
from segue.catalogue.database import Database, open_database
from segue.records import FileRecord, OutsideId, TrackRecord

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "counts.db") as database:
        yield database


def test_an_empty_catalogue_holds_nothing(db: Database) -> None:
    assert counts.counts(db) == Counts()


def test_everything_is_counted_once(db: Database) -> None:
    tracks.add(
        db,
        [
            TrackRecord(
                title=title,
                artists=artists,
                album="Tides",
                genres=genres,
                outside_ids=(OutsideId("spotify", title),),
            )
            for title, artists, genres in (
                ("Harbour", ("Ada", "Bo"), ("folk", "pop")),
                ("Rain", ("Ada",), ("folk",)),
                ("Snow", ("Cy",), ()),
            )
        ],
    )
    root = Path("/m")
    said = {
        "a": TrackRecord(title="Harbour", artists=("Ada", "Bo"), album="Tides"),
        "b": TrackRecord(title="Own", artists=("Di",)),
        "c": TrackRecord(title="Own", artists=("Di",)),
        "d": TrackRecord(title="Lost", artists=("Di",)),
    }
    read = [
        FileRecord(root / name, root, "b" if name == "c" else name, 1, 0.0, "mp3", None, record)
        for name, record in said.items()
    ]
    files.apply_scan(db, root, read=read, unchanged=(), gone=())
    files.apply_scan(db, root, read=(), unchanged=(), gone=("/m/d",))
    with db.write() as connection:
        put = partial(vectors.put, connection, vector=bytes(4))
        for content in ("a", "b"):
            for version in ("1", "2"):
                put(content_hash=content, space="sound", version=version)
        put(content_hash="a", space="genre", version="1")

    assert counts.counts(db) == Counts(
        tracks=5,
        artists=4,
        albums=2,
        genres=2,
        files=3,
        missing=1,
        playable=2,
        links={"linked": 1},
        vectors={"genre": 1, "sound": 2},
    )


def test_names_no_track_has_any_more_are_not_counted(db: Database) -> None:
    root = Path("/m")
    for content, artist in (("1", "Ada Quil"), ("2", "Ada Quill")):
        record = TrackRecord(title="Rain", artists=(artist,), album=artist, genres=(artist,))
        file = FileRecord(root / "a", root, content, 1, 0.0, "mp3", None, record)
        files.apply_scan(db, root, read=[file], unchanged=(), gone=())
    found = counts.counts(db)
    assert (found.tracks, found.artists, found.albums, found.genres) == (1, 1, 1, 1)
