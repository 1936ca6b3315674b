"""Playlist files name tracks by where they lie: before a scan, after it, and when files move."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from segue.catalogue import files, links, playlists, tracks
from segue.catalogue import schema as tables
from segue.records import FileRecord, OutsideId, PlaylistRecord, TrackRecord

if TYPE_CHECKING:
    from segue.catalogue.database import Database

MUSIC = Path("/music")


def song(name: str, *, data: str = "", **said: object) -> FileRecord:
    tags = TrackRecord("Harbour", ("Ada Quill",), "Tides", duration=200.0)
    return FileRecord(
        path=MUSIC / name,
        root=MUSIC,
        content_hash=f"hash of {data or name}",
        size=1,
        modified=0.0,
        format="mp3",
        duration=200.0,
        track=replace(tags, **said),  # type: ignore[arg-type]
    )


def scan(db: Database, *found: FileRecord, gone: tuple[str, ...] = ()) -> None:
    files.apply_scan(db, MUSIC, read=found, unchanged=(), gone=gone)


def entry(name: str, title: str = "", *artists: str) -> TrackRecord:
    place = (OutsideId("path", str(MUSIC / name)),)
    return TrackRecord(title or Path(name).stem, artists, outside_ids=place)


def mix(*entries: TrackRecord) -> PlaylistRecord:
    return PlaylistRecord("Mix", OutsideId("m3u", "/music/mix.m3u"), entries)


def playable(db: Database) -> list[bool]:
    """Of the entries, in order: whether a file of ours holds them."""
    query = (
        select(tables.tracks.c.public_id)
        .join_from(tables.playlist_entries, tables.tracks)
        .order_by(tables.playlist_entries.c.position)
    )
    with db.read() as connection:
        ids = list(connection.execute(query).scalars())
    return [tracks.get(db, one).playable for one in ids]


def waiting(db: Database) -> list[str]:
    query = select(tables.outside_ids.c.value).where(tables.outside_ids.c.scheme == "path")
    with db.read() as connection:
        return list(connection.execute(query).scalars())


def test_an_entry_is_the_file_that_lies_there(db: Database) -> None:
    scan(db, song("a.mp3"), song("b.mp3", title="Window"))
    summary = playlists.add(db, [mix(entry("b.mp3"), entry("a.mp3", "Other", "Name"))])
    assert (summary.linked, tracks.count(db)) == (0, 2)
    assert playable(db) == [True, True]
    assert waiting(db) == []
    assert playlists.add(db, [mix(entry("b.mp3"), entry("a.mp3", "Other", "Name"))]).duplicate == 1


def test_a_file_scanned_later_is_the_entry_that_waited_for_it(db: Database) -> None:
    playlists.add(db, [mix(entry("a.mp3"), entry("gone.mp3"))])
    assert playable(db) == [False, False]
    scan(db, song("a.mp3"))
    assert playable(db) == [True, False]
    assert waiting(db) == ["/music/gone.mp3"]
    assert tracks.count(db) == 2


def test_the_same_file_name_in_two_folders_is_two_tracks(db: Database) -> None:
    playlists.add(db, [mix(entry("one/Track 01.mp3"), entry("two/Track 01.mp3"))])
    assert tracks.count(db) == 2
    scan(db, song("two/Track 01.mp3", title="Track 01", artists=()))
    assert playable(db) == [False, True]


def test_another_file_under_an_old_path_is_another_track(db: Database) -> None:
    playlists.add(db, [mix(entry("a.mp3"))])
    scan(db, song("a.mp3"))
    scan(db, song("b.mp3", data="a.mp3"), gone=("/music/a.mp3",))
    scan(db, song("a.mp3", data="new", title="Window"))
    assert tracks.count(db) == 2
    assert playable(db) == [True]
    # Imported again, the entry means what lies there now.
    assert playlists.add(db, [mix(entry("a.mp3"))]).merged == 1
    (track,) = [one for one in tracks.page(db) if one.title == "Window"]
    with db.read() as connection:
        met = connection.execute(
            select(tables.tracks.c.public_id).join(tables.playlist_entries)
        ).scalar()
    assert met == track.id


def test_places_are_nobodys_business(db: Database) -> None:
    playlists.add(db, [mix(entry("secret/a.mp3", "Harbour", "Ada Quill"))])
    (track,) = tracks.page(db)
    assert track.outside_ids == ()
    assert tracks.by_outside_id(db, "path:/music/secret/a.mp3") is None


def test_an_entry_linked_by_name_can_be_parted_from_its_track(db: Database) -> None:
    row = TrackRecord("Harbour", ("Ada Quill",), outside_ids=(OutsideId("spotify", "s1"),))
    tracks.add(db, [row])
    assert playlists.add(db, [mix(entry("a.mp3", "Harbour", "Ada Quill"))]).linked == 1
    made = links.undo(db, 1)
    assert waiting(db) == ["/music/a.mp3"]
    scan(db, song("a.mp3"))
    assert tracks.get(db, made).playable
    assert tracks.count(db) == 2
