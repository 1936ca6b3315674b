"""Playlists: entries meet tracks, the same again is a duplicate, other content replaces."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from segue.catalogue import corpus, links, playlists, tracks
from segue.catalogue import schema as tables
from segue.catalogue.database import epoch, open_database
from segue.errors import BadTableError
from segue.records import OutsideId, PlaylistRecord, Rejection, TrackRecord
from segue.sources.playlists import read_playlists

if TYPE_CHECKING:
    from pathlib import Path

    from segue.catalogue.database import Database


def song(title: str, value: str = "") -> TrackRecord:
    ids = (OutsideId("spotify", value),) if value else ()
    return TrackRecord(title, ("Ada Quill",), outside_ids=ids)


def mix(value: str, *titles: str, **said: object) -> PlaylistRecord:
    entries = tuple(song(title, f"s-{title}") for title in titles)
    record = PlaylistRecord(f"Mix {value}", OutsideId("mpd", value), entries)
    return replace(record, **said)  # type: ignore[arg-type]


def entries(db: Database, value: str) -> list[str]:
    """Titles of a playlist's entries, in order."""
    query = (
        select(tables.tracks.c.title)
        .join_from(tables.playlist_entries, tables.tracks)
        .join(tables.playlists, tables.playlists.c.id == tables.playlist_entries.c.playlist_id)
        .where(tables.playlists.c.value == value)
        .order_by(tables.playlist_entries.c.position)
    )
    with db.read() as connection:
        return list(connection.execute(query).scalars())


def test_a_playlist_keeps_its_entries_in_order(db: Database) -> None:
    summary = playlists.add(db, [mix("1", "C", "A", "B", "A"), mix("2", "B")])
    assert (summary.read, summary.imported) == (2, 2)
    assert entries(db, "1") == ["C", "A", "B", "A"]
    assert entries(db, "2") == ["B"]
    assert tracks.count(db) == 3


def test_all_a_playlist_says_is_kept(db: Database) -> None:
    record = mix("1", "A", description="for rain", followers=12, modified=99.5, listener="me")
    playlists.add(db, [record], synthetic=True)
    with db.read() as connection:
        row = connection.execute(select(tables.playlists)).one()
        listener = connection.execute(select(tables.listeners.c.name)).scalar()
    assert (row.title, row.description, row.followers) == ("Mix 1", "for rain", 12)
    assert (row.modified, row.synthetic, listener) == (99.5, True, "me")
    assert tracks.page(db)[0].synthetic


def test_the_same_again_is_a_duplicate(db: Database) -> None:
    records = [mix("1", "A", "B"), mix("2")]
    playlists.add(db, records)
    was = epoch(db)
    again = playlists.add(db, records)
    assert (again.duplicate, again.merged, again.imported) == (2, 0, 0)
    assert epoch(db) == was


@pytest.mark.parametrize(
    "changed",
    [
        mix("1", "B", "A"),
        mix("1", "A"),
        mix("1", "A", "B", "C"),
        mix("1", "A", "B", title="Other"),
        mix("1", "A", "B", followers=3),
    ],
)
def test_other_content_replaces_what_was_there(db: Database, changed: PlaylistRecord) -> None:
    playlists.add(db, [mix("1", "A", "B"), mix("2", "B")])
    assert playlists.add(db, [changed]).merged == 1
    assert entries(db, "1") == [entry.title for entry in changed.entries]
    assert entries(db, "2") == ["B"]
    assert playlists.add(db, [changed]).duplicate == 1


def test_one_playlist_several_times_in_one_import(db: Database) -> None:
    records = [mix("1", "A"), mix("1", "A", "B"), mix("1", "A", "B"), mix("1", "C", title="Last")]
    summary = playlists.add(db, records)
    assert (summary.imported, summary.merged, summary.duplicate) == (1, 2, 1)
    assert entries(db, "1") == ["C"]
    with db.read() as connection:
        assert connection.execute(select(tables.playlists.c.title)).scalars().all() == ["Last"]


def test_one_id_of_two_listeners_is_two_playlists(db: Database) -> None:
    summary = playlists.add(db, [mix("1", "A", listener="me"), mix("1", "A", listener="you")])
    assert summary.imported == 2
    other = replace(mix("1", "A"), outside_id=OutsideId("own", "1"))
    assert playlists.add(db, [other]).imported == 1


def test_entries_meet_tracks_by_id_and_by_name(db: Database) -> None:
    tracks.add(db, [song("A", "s-A"), song("B")])
    summary = playlists.add(
        db,
        [PlaylistRecord("Mix", OutsideId("m3u", "x"), (song("a"), song("b", "s-B"), song("C")))],
    )
    assert (summary.linked, summary.ambiguous) == (2, 0)
    assert entries(db, "x") == ["A", "B", "C"]
    assert [link.door for link in links.listing(db)] == ["entry", "entry"]
    query = select(tables.playlist_entries.c.link_id).order_by("position")
    with db.read() as connection:
        assert list(connection.execute(query).scalars()) == [1, 2, None]


def test_entries_that_name_nothing_are_left_out_and_noted(db: Database) -> None:
    blank = TrackRecord(artists=("Ada",))
    record = replace(mix("1", "A"), entries=(blank, song("A"), blank))
    summary = playlists.add(db, [record, replace(mix("2"), entries=(blank,))])
    assert summary.imported == 2
    assert summary.notes == ("3 entries had neither a title nor an id and were left out",)
    assert entries(db, "1") == ["A"]
    assert entries(db, "2") == []


def test_a_very_long_playlist_with_songs_again_and_again(db: Database) -> None:
    """Longer than a batch is heavy, and with songs nobody knew before."""
    titles = [f"Song {number % 400}" for number in range(10_000)]
    record = PlaylistRecord("Ночь 🌙 夜", OutsideId("mpd", "1"), tuple(map(song, titles)))
    summary = playlists.add(db, [mix("0", "Song 7"), record, mix("2", "Song 8")])
    assert (summary.imported, summary.rejected, tracks.count(db)) == (3, 0, 400)
    assert entries(db, "1") == titles
    told = corpus.load(db).playlists
    assert told.titles == ("Mix 0", "Ночь 🌙 夜", "Mix 2")
    assert told.starts.tolist() == [0, 1, 401, 402]


def test_one_broken_slice_of_many_is_told_and_the_rest_is_there(
    db: Database, tmp_path: Path
) -> None:
    one = {"pid": 1, "name": "Mix", "tracks": [{"track_name": "A", "artist_name": "Ada"}]}
    for name, text in (
        ("a.json", json.dumps({"playlists": [one]})),
        ("b.json", json.dumps({"playlists": [one]})[:40]),
        ("c.json", json.dumps({"playlists": [{**one, "pid": 2}]})),
    ):
        (tmp_path / name).write_text(text)
    with pytest.raises(BadTableError, match=r"b\.json: this is not JSON"):
        playlists.add(db, read_playlists(tmp_path), strict=True)
    assert tracks.count(db) == 0
    summary = playlists.add(db, read_playlists(tmp_path))
    assert (summary.read, summary.imported, summary.rejected) == (3, 2, 1)
    assert summary.rejections[0].place == str(tmp_path / "b.json")
    assert (entries(db, "1"), entries(db, "2")) == (["A"], ["A"])


def test_a_playlist_without_an_id_is_a_rejection(db: Database) -> None:
    bad = [mix(" ", "A", title="Nameless"), Rejection("slice.json", 3, "it is no playlist")]
    summary = playlists.add(db, [*bad, mix("1", "A")])
    assert (summary.read, summary.rejected, summary.imported) == (3, 2, 1)
    assert {one.reason for one in summary.rejections} == {
        "the playlist has no id",
        "it is no playlist",
    }
    with pytest.raises(BadTableError, match=r"slice\.json:3: it is no playlist"):
        playlists.add(db, [mix("5", "A"), *bad[1:]], strict=True)
    assert entries(db, "5") == []


def test_where_batches_begin_and_end_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [mix(str(n % 7), *"ABCDEF"[: n % 5], title=f"Mix {n % 3}") for n in range(30)]
    found = []
    for most in (1, 5, 10_000):
        monkeypatch.setattr(playlists, "BATCH", most)
        with open_database(tmp_path / f"{most}.db") as db:
            summary = replace(playlists.add(db, records), seconds=0.0)
            with db.read() as connection:
                rows = [
                    connection.execute(select(table).order_by(*table.primary_key)).all()
                    for table in (tables.playlists, tables.playlist_entries)
                ]
            found.append((summary, rows))
    assert found[0] == found[1] == found[2]


def test_deleting_a_track_takes_it_out_of_playlists(db: Database) -> None:
    playlists.add(db, [mix("1", "A", "B", "A")])
    (gone,) = [track.id for track in tracks.page(db) if track.title == "A"]
    tracks.delete(db, gone)
    assert entries(db, "1") == ["B"]
    assert playlists.add(db, [mix("1", "A", "B", "A")]).merged == 1
    assert entries(db, "1") == ["A", "B", "A"]
    with db.read() as connection:
        total = select(func.count()).select_from(tables.playlist_entries)
        assert connection.execute(total).scalar() == 3
