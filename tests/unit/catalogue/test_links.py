"""Meeting by name in the catalogue: what links, what is ambiguous, and what undoing takes away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import insert, select

from segue.catalogue import (
    descriptions,
    history,
    ledger,
    links,
    playlists,
    search,
    tracks,
    trained,
    vectors,
)
from segue.catalogue import schema as tables
from segue.catalogue.database import epoch
from segue.catalogue.ledger import Stage
from segue.catalogue.settling import settle
from segue.errors import BadRequestError, NotFoundError
from segue.records import Attributes, OutsideId, Play, PlaylistRecord, TrackRecord

if TYPE_CHECKING:
    from segue.catalogue.database import Database
    from segue.records import Track

FILE_SONG = TrackRecord("Harbour", ("Ada Quill",), duration=200.0, genres=("folk",))
ROW = TrackRecord(
    "HARBOUR",
    ("Ada Quill",),
    "Tides",
    genres=("folk", "sea"),
    outside_ids=(OutsideId("spotify", "s1"),),
    duration=200.9,
    year=1999,
    explicit=True,
    popularity=40.0,
    labels=(("tag", "waves"),),
    lyrics="The tide comes in",
    attributes=Attributes(energy=0.5, tempo=99.0),
    place="songs.csv, line 2",
)


def release(value: str, **said: object) -> TrackRecord:
    return replace(ROW, outside_ids=(OutsideId("spotify", value),), **said)  # type: ignore[arg-type]


def by_title(db: Database) -> dict[str, Track]:
    return {track.title: track for track in tracks.page(db)}


def told(db: Database) -> list[tuple[str, str]]:
    return [(link.door, link.state) for link in links.listing(db)]


# What links.


def test_a_row_meets_a_track_without_ids_by_name(db: Database) -> None:
    tracks.add(db, [FILE_SONG])
    (before,) = tracks.page(db)
    summary = tracks.add(db, [ROW])
    assert (summary.merged, summary.linked, summary.imported) == (1, 1, 0)
    (track,) = tracks.page(db)
    assert (track.id, track.title) == (before.id, "Harbour")
    assert track.genres == ("folk", "sea")
    assert (track.year, track.album, track.duration) == (1999, "Tides", 200.0)
    assert track.attributes == ROW.attributes
    assert track.outside_ids == ROW.outside_ids
    (link,) = links.listing(db)
    assert (link.door, link.state, link.track_id) == ("row", "linked", track.id)
    assert link.confidence == round((1 - 0.2 * 0.9 / 4.018) * 0.95, 4)
    assert link.record == ROW
    assert link.candidates == ()


def test_a_record_without_ids_meets_a_row_of_a_table(db: Database) -> None:
    tracks.add(db, [ROW])
    assert tracks.add(db, [FILE_SONG]).linked == 1
    assert tracks.add(db, [FILE_SONG]).duplicate == 1
    assert told(db) == [("row", "linked")]


def test_everything_a_link_brought_carries_its_number(db: Database) -> None:
    tracks.add(db, [FILE_SONG])
    tracks.add(db, [ROW])
    carried: dict[str, set[int | None]] = {}
    with db.read() as connection:
        for name, table in tables.metadata.tables.items():
            if "link_id" in table.c:
                carried[name] = set(connection.execute(select(table.c.link_id)).scalars())
        filled = connection.execute(select(tables.links.c.filled)).scalar()
    assert carried == {
        "attributes": {1},
        "lyrics": {1},
        "track_labels": {1},
        "track_genres": {None, 1},
        "outside_ids": {None, 1},
        "files": set(),
        "playlist_entries": set(),
        "plays": set(),
    }
    assert filled == '["album_id", "explicit", "popularity", "year"]'


def test_another_id_of_one_scheme_is_another_release(db: Database) -> None:
    summary = tracks.add(db, [release("s1"), release("s2"), release("s3")])
    assert (summary.imported, summary.linked, summary.ambiguous) == (3, 0, 0)
    assert links.listing(db) == []


def test_an_id_of_another_scheme_is_no_contradiction(db: Database) -> None:
    tracks.add(db, [ROW])
    other = replace(ROW, outside_ids=(OutsideId("isrc", "USABC1234567"),))
    assert tracks.add(db, [other]).linked == 1
    assert len(tracks.page(db)[0].outside_ids) == 2


def test_a_track_that_got_an_id_by_a_link_takes_no_other(db: Database) -> None:
    summary = tracks.add(db, [FILE_SONG, release("s1"), release("s2")])
    assert (summary.imported, summary.linked) == (2, 1)


@pytest.mark.parametrize("artists", [("Various Artists",), ("",), (), ("Unknown",)])
def test_nobodys_tracks_never_link(db: Database, artists: tuple[str, ...]) -> None:
    tracks.add(db, [replace(ROW, artists=artists)])
    assert tracks.add(db, [replace(FILE_SONG, artists=artists)]).linked == 0
    assert tracks.count(db) == 2


def test_a_guest_who_leads_elsewhere_is_found(db: Database) -> None:
    tracks.add(db, [replace(ROW, artists=("Antonio", "Ada Quill"))])
    assert tracks.add(db, [replace(FILE_SONG, album="Tides")]).linked == 1


def test_the_album_decides_between_releases(db: Database) -> None:
    tracks.add(db, [release("s1", album="Hits"), release("s2"), release("s3", album="Summer")])
    tracks.add(db, [replace(FILE_SONG, album="tides", duration=200.9)])
    (link,) = links.listing(db)
    assert (link.state, link.confidence) == ("linked", 1.0)
    assert tracks.get(db, link.track_id).outside_ids == (OutsideId("spotify", "s2"),)


def test_several_equally_good_ones_are_ambiguous_and_stay_apart(db: Database) -> None:
    tracks.add(db, [release("s1"), release("s2"), release("s3", title="Harbour (Live)")])
    summary = tracks.add(db, [FILE_SONG])
    assert (summary.imported, summary.ambiguous, summary.linked) == (1, 1, 0)
    (link,) = links.listing(db, state="ambiguous")
    assert tracks.get(db, link.track_id).outside_ids == ()
    found = {track.outside_ids[0].value for track in tracks.many(db, link.candidates)}
    assert found == {"s1", "s2"}
    assert tracks.add(db, [FILE_SONG]).duplicate == 1
    assert len(links.listing(db)) == 1


def test_a_record_is_told_where_it_came_and_how(db: Database) -> None:
    with db.write() as connection:
        (founded,) = settle(connection, [FILE_SONG], door="file")
        (linked,) = settle(connection, [ROW], door="entry")
        (again,) = settle(connection, [ROW], door="entry")
        (apart,) = settle(connection, [release("s2")], door="entry", by_name=False)
        assert settle(connection, [], door="play") == []
    assert (founded.outcome, founded.link, founded.state) == ("imported", None, "")
    assert (linked.track, linked.outcome, linked.state) == (founded.track, "merged", "linked")
    assert (again.link, again.outcome, again.state) == (linked.link, "duplicate", "")
    assert (apart.outcome, apart.track_id == founded.track_id) == ("imported", False)
    assert told(db) == [("entry", "linked")]


def test_listing_takes_states_there_are(db: Database) -> None:
    assert links.listing(db) == []
    with pytest.raises(BadRequestError, match="no state 'lost' of a link"):
        links.listing(db, state="lost")


# Undoing.


def test_undoing_gives_each_what_it_had(db: Database) -> None:
    tracks.add(db, [FILE_SONG])
    (before,) = tracks.page(db)
    tracks.add(db, [ROW])
    was = epoch(db)
    made = links.undo(db, 1)
    assert epoch(db) == was + 1
    assert tracks.get(db, before.id) == before
    parted = tracks.get(db, made)
    with_row_alone = replace(
        parted,
        title="HARBOUR",
        genres=("folk", "sea"),
        album="Tides",
        year=1999,
        duration=200.9,
        explicit=True,
        popularity=40.0,
        labels=(("tag", "waves"),),
        attributes=ROW.attributes,
        outside_ids=ROW.outside_ids,
    )
    assert parted == with_row_alone
    assert told(db) == [("row", "undone")]
    assert {track.id for track in search.tracks(db, "harbour")} == {before.id, made}
    assert search.tracks(db, "tides") == [parted]


def test_what_was_undone_does_not_link_again(db: Database) -> None:
    tracks.add(db, [FILE_SONG])
    tracks.add(db, [ROW])
    made = links.undo(db, 1)
    summary = tracks.add(db, [ROW, FILE_SONG])
    assert (summary.duplicate, summary.linked) == (2, 0)
    assert tracks.count(db) == 2
    assert tracks.add(db, [replace(ROW, genres=("new",))]).merged == 1
    assert "new" in tracks.get(db, made).genres


def test_a_record_without_ids_that_was_undone_does_not_link_again(db: Database) -> None:
    tracks.add(db, [ROW])
    tracks.add(db, [FILE_SONG])
    made = links.undo(db, 1)
    assert tracks.add(db, [FILE_SONG]).duplicate == 1
    assert tracks.get(db, made).title == "Harbour"
    assert tracks.count(db) == 2


def test_the_parted_track_has_the_id_it_would_have_founded(db: Database, tmp_path: object) -> None:
    tracks.add(db, [ROW])
    (alone,) = tracks.page(db)
    tracks.delete(db, alone.id)
    tracks.add(db, [FILE_SONG, ROW])
    assert links.undo(db, 1) == alone.id


def test_later_rows_of_the_same_id_go_along(db: Database) -> None:
    tracks.add(db, [FILE_SONG])
    tracks.add(db, [ROW, release("s1", genres=("folk", "late"), labels=(("tag", "x"),))])
    made = tracks.get(db, links.undo(db, 1))
    assert made.genres == ("folk", "late", "sea")
    assert made.labels == (("tag", "waves"), ("tag", "x"))
    assert tracks.count(db) == 2
    assert by_title(db)["Harbour"].genres == ("folk",)
    assert by_title(db)["Harbour"].labels == ()


def test_what_the_track_said_itself_stays_with_both(db: Database) -> None:
    mine = Attributes(energy=0.1)
    tracks.add(db, [replace(FILE_SONG, attributes=mine, lyrics="mine", year=2001)])
    tracks.add(db, [ROW])
    made = tracks.get(db, links.undo(db, 1))
    assert (made.attributes, made.year) == (ROW.attributes, 1999)
    stayed = by_title(db)["Harbour"]
    assert (stayed.attributes, stayed.year, stayed.album) == (mine, 2001, "")
    with db.read() as connection:
        said = connection.execute(select(tables.lyrics.c.text).order_by("track_id")).scalars().all()
    assert said == ["mine", "The tide comes in"]


def test_entries_and_plays_go_with_the_record_they_came_by(db: Database) -> None:
    tracks.add(db, [FILE_SONG])
    mix = PlaylistRecord("Mix", OutsideId("mpd", "1"), (ROW, FILE_SONG))
    playlists.add(db, [mix])
    history.add(db, [Play("me", ROW, at=5.0), Play("me", FILE_SONG, at=6.0)])
    (before,) = tracks.page(db)
    made = links.undo(db, 1)
    with db.read() as connection:
        for table, order in ((tables.playlist_entries, "position"), (tables.plays, "at")):
            query = select(tables.tracks.c.public_id).join(table).order_by(table.c[order])
            assert list(connection.execute(query).scalars()) == [made, before.id]
    assert playlists.add(db, [mix]).duplicate == 1
    assert history.add(db, [Play("me", ROW, at=5.0)]).duplicate == 1


def hold_file(db: Database, path: str, content_hash: str, *, track: int, link: int | None) -> None:
    row = {"path": path, "content_hash": content_hash, "track_id": track, "link_id": link}
    with db.write() as connection:
        connection.execute(insert(tables.files).values(**row, size=1, modified=0.0, format="mp3"))


def test_files_and_their_vectors_go_along(db: Database) -> None:
    tracks.add(db, [ROW])
    with db.write() as connection:
        song = replace(FILE_SONG, outside_ids=(OutsideId("file", "h1"),))
        (met,) = settle(connection, [song], door="file")
    hold_file(db, "/m/a.mp3", "h1", track=met.track, link=met.link)
    stage = Stage("descriptors", "1")
    with db.write() as connection:
        vectors.put(
            connection, content_hash="h1", space="descriptors", version="1", vector=bytes(8)
        )
        ledger.record(connection, stage, content_hash="h1", state="analysed")
    (before,) = tracks.page(db)
    assert before.playable
    assert met.link is not None
    made = links.undo(db, met.link)
    assert not tracks.get(db, before.id).playable
    assert tracks.get(db, made).playable
    assert vectors.get(db, before.id, "descriptors") is None
    assert vectors.get(db, made, "descriptors") == bytes(8)
    assert ledger.counts(db, stage).analysed == 1


def test_what_was_estimated_goes_along_with_its_file(db: Database) -> None:
    tracks.add(db, [ROW])
    with db.write() as connection:
        song = replace(FILE_SONG, outside_ids=(OutsideId("file", "h1"),))
        (met,) = settle(connection, [song], door="file")
    hold_file(db, "/m/a.mp3", "h1", track=met.track, link=met.link)
    heard = {"content_hash": "h1", "space": "descriptors", "version": "1", "vector": bytes(8)}
    with db.write() as connection:
        descriptions.put(connection, **heard, estimated=Attributes(tempo=92.0))
    (before,) = tracks.page(db)
    assert met.link is not None
    made = links.undo(db, met.link)
    assert tracks.get(db, made).attributes == Attributes(tempo=92.0)
    assert tracks.get(db, made).provenance == "estimated"
    left = tracks.get(db, before.id)
    assert left.provenance in {"", "given"}


def test_a_whole_file_that_was_measured_is_not_measured_again(db: Database) -> None:
    """Recordings are the file's, so parting its track queues nothing."""
    tracks.add(db, [ROW])
    with db.write() as connection:
        song = replace(FILE_SONG, outside_ids=(OutsideId("file", "h1"),))
        (met,) = settle(connection, [song], door="file")
    hold_file(db, "/m/a.mp3", "h1", track=met.track, link=met.link)
    measured, described = Stage("recording", "1"), Stage("descriptors", "1")
    hold_file(db, "/m/b.mp3", "h2", track=met.track, link=None)
    with db.write() as connection:
        for content in ("h1", "h2"):
            ledger.record(connection, measured, content_hash=content, state="analysed")
            ledger.record(connection, described, content_hash=content, state="analysed")
        vectors.put(
            connection, content_hash="h1", space="descriptors", version="1", vector=bytes(8)
        )
    assert met.link is not None
    links.undo(db, met.link)
    assert ledger.counts(db, measured).analysed == 2
    assert ledger.counts(db, described).analysed == 1


@pytest.mark.parametrize("parted", [0, 1])
def test_a_track_that_loses_its_vector_is_analysed_again(db: Database, parted: int) -> None:
    """Two files of one track, one vector for both: after parting, one of them has none.

    What training placed is nothing that was heard.
    """
    tracks.add(db, [ROW])
    ids = [track.id for track in tracks.page(db)]
    places = np.ones((1, 2), dtype=np.float32)
    trained.put(db, "playlists", version="1", state={}, vectors=(ids, places))
    with db.write() as connection:
        songs = [
            replace(FILE_SONG, duration=seconds, outside_ids=(OutsideId("file", value),))
            for value, seconds in (("h1", 200.0), ("h2", 201.5))
        ]
        first, second = settle(connection, songs, door="file")
    assert first.track == second.track
    stage = Stage("descriptors", "1")
    for value, met in (("h1", first), ("h2", second)):
        hold_file(db, f"/m/{value}.mp3", value, track=met.track, link=met.link)
        with db.write() as connection:
            vectors.put(
                connection, content_hash=value, space="descriptors", version="1", vector=bytes(8)
            )
            ledger.record(connection, stage, content_hash=value, state="analysed")
    link = (first, second)[parted].link
    assert link is not None
    links.undo(db, link)
    counts = ledger.counts(db, stage)
    assert (counts.analysed, counts.queued) == (1, 1)
    assert vectors.get(db, ids[0], "playlists") == places.tobytes()


def test_only_links_in_force_can_be_undone(db: Database) -> None:
    with pytest.raises(NotFoundError, match="there is no link 7"):
        links.undo(db, 7)
    tracks.add(db, [release("s1"), release("s2"), FILE_SONG])
    with pytest.raises(BadRequestError, match="link 1 is ambiguous; there is nothing to undo"):
        links.undo(db, 1)
    tracks.add(db, [TrackRecord("Window", ("Bo",)), TrackRecord("Window", ("Bo",), "Panes")])
    links.undo(db, 2)
    was = epoch(db)
    with pytest.raises(BadRequestError, match="link 2 is undone"):
        links.undo(db, 2)
    assert epoch(db) == was


def test_made_up_tracks_stay_marked_when_parted(db: Database) -> None:
    tracks.add(db, [ROW, FILE_SONG], synthetic=True)
    assert tracks.get(db, links.undo(db, 1)).synthetic
