"""Laws of imports over small worlds in which everything collides with everything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from segue.catalogue import history, links, playlists, tracks
from segue.catalogue import schema as tables
from segue.catalogue.database import Database, epoch, open_database
from segue.records import Attributes, OutsideId, Play, PlaylistRecord, Rejection, TrackRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.summaries import ImportSummary

titles = st.sampled_from(["", "Harbour", "HARBOUR", "Harbour (Live)", "Window", "Track 01"])
artists = st.lists(
    st.sampled_from(["Ada", "ada", "The Ada", "Bo", "Various Artists", ""]), max_size=2
).map(tuple)
outside = st.lists(
    st.builds(
        OutsideId, st.sampled_from(["spotify", "isrc", "own"]), st.sampled_from(["1", "2", "3"])
    ),
    max_size=2,
).map(tuple)
records = st.builds(
    TrackRecord,
    title=titles,
    artists=artists,
    album=st.sampled_from(["", "Tides", "Hits"]),
    genres=st.lists(st.sampled_from(["rock", "Rock ", "sea"]), max_size=2).map(tuple),
    outside_ids=outside,
    duration=st.sampled_from([None, 100.0, 101.0, 150.0]),
    year=st.sampled_from([None, 1999]),
    labels=st.lists(st.sampled_from([("tag", "a"), ("mood", "b")]), max_size=2).map(tuple),
    lyrics=st.sampled_from(["", "la"]),
    attributes=st.sampled_from([None, Attributes(), Attributes(energy=0.5)]),
)
rejections = st.builds(Rejection, st.just("table.csv"), st.integers(1, 9), st.just("it is broken"))
rows = st.lists(records | rejections, max_size=12)
lists = st.lists(
    st.builds(
        PlaylistRecord,
        title=st.sampled_from(["Mix", "Other"]),
        outside_id=st.builds(OutsideId, st.just("mpd"), st.sampled_from(["", "1", "2"])),
        entries=st.lists(records, max_size=4).map(tuple),
    )
    | rejections,
    max_size=6,
)
plays = st.lists(
    st.builds(
        Play,
        listener=st.sampled_from(["me", "you"]),
        track=records,
        times=st.integers(0, 2),
        at=st.sampled_from([None, 1.0, 2.0]),
    )
    | rejections,
    max_size=10,
)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One catalogue for all examples; `emptied` makes it new again."""
    with open_database(tmp_path_factory.mktemp("laws") / "laws.db") as database:
        yield database


def emptied(db: Database) -> Database:
    """The catalogue without anything in it: cheaper than a new one for every example."""
    with db.write() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            if table is not tables.meta:
                connection.execute(delete(table))
    return db


def adds_up(summary: ImportSummary, read: int) -> bool:
    parts = summary.imported + summary.merged + summary.duplicate + summary.rejected
    return summary.read == read == parts and len(summary.rejections) == summary.rejected


def settled(db: Database) -> dict[str, list[str]]:
    """Everything in the catalogue but when it was made, and albums, artists and genres by key.

    How those are numbered, and which of several spellings names them, follows the order in which
    a batch is written.
    """
    named = {"album_id": tables.albums, "artist_id": tables.artists, "genre_id": tables.genres}
    keys = {tables.albums: "key", tables.artists: "key", tables.genres: "name"}
    found = {}
    with db.read() as connection:
        names = {
            column: dict(
                connection.execute(select(table.c.id, table.c[keys[table]])).all(),
            )
            for column, table in named.items()
        }
        for table in tables.metadata.sorted_tables:
            if table is not tables.meta:
                rows = [
                    [
                        (key, names[key].get(value) if key in names else value)
                        for key, value in row._mapping.items()
                        if key != "created" and (table not in keys or key == keys[table])
                    ]
                    for row in connection.execute(select(table))
                ]
                found[table.name] = sorted(map(repr, rows))
    return found


def sound(db: Database) -> None:
    """What holds in every catalogue, whatever came in."""
    with db.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        shown = connection.exec_driver_sql(
            "SELECT rowid, title, artists FROM tracks_fts ORDER BY 1"
        )
        columns = (tables.tracks.c.id, tables.tracks.c.title, tables.tracks.c.credit)
        expected = connection.execute(select(*columns).order_by(tables.tracks.c.id))
        assert [tuple(row) for row in shown] == [tuple(row) for row in expected]
        keys = select(tables.artists.c.key)
        assert set(connection.execute(keys).scalars()) <= {"ada", "bo"}
        nameless = (
            select(func.count())
            .select_from(tables.tracks)
            .where(~select(tables.outside_ids.c.value).where(
                tables.outside_ids.c.track_id == tables.tracks.c.id
            ).exists())
        )  # fmt: skip
        assert connection.execute(nameless).scalar() == 0
        clash = (
            select(func.count())
            .select_from(tables.links)
            .where(~tables.links.c.confidence.between(0.75, 1.0))
        )
        assert connection.execute(clash).scalar() == 0


@settings(max_examples=60)
@given(rows)
def test_an_import_adds_up_and_the_same_again_changes_nothing(
    db: Database, said: list[TrackRecord | Rejection]
) -> None:
    emptied(db)
    first = tracks.add(db, said)
    assert adds_up(first, len(said))
    assert tracks.count(db) == first.imported
    assert first.linked + first.ambiguous == len(links.listing(db))
    sound(db)
    before, was = settled(db), epoch(db)
    again = tracks.add(db, said)
    assert adds_up(again, len(said))
    assert (again.imported, again.merged, again.linked, again.ambiguous) == (0, 0, 0, 0)
    assert again.rejected == first.rejected
    assert (settled(db), epoch(db)) == (before, was)


@settings(max_examples=40)
@given(rows, st.sampled_from([1, 2, 5]))
def test_batches_make_no_difference(
    db: Database, said: list[TrackRecord | Rejection], size: int
) -> None:
    found = []
    for most in (tracks.BATCH, size):
        emptied(db)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tracks, "BATCH", most)
            summary = replace(tracks.add(db, said), seconds=0.0)
            found.append((summary, settled(db)))
    assert found[0] == found[1]


@settings(max_examples=40)
@given(rows, st.randoms(use_true_random=False))
def test_undoing_every_link_leaves_a_sound_catalogue_that_does_not_link_again(
    db: Database, said: list[TrackRecord | Rejection], chance: object
) -> None:
    emptied(db)
    tracks.add(db, said)
    there = [link.id for link in links.listing(db, state="linked")]
    chance.shuffle(there)  # type: ignore[attr-defined]
    before = tracks.count(db)
    made = {links.undo(db, number) for number in there}
    assert len(made) == len(there)
    assert tracks.count(db) == before + len(there)
    assert links.listing(db, state="linked") == []
    sound(db)
    again = tracks.add(db, said)
    assert (again.imported, again.linked) == (0, 0)
    assert links.listing(db, state="linked") == []
    with db.read() as connection:
        for table in (tables.outside_ids, tables.track_genres, tables.attributes):
            left = select(func.count()).select_from(table).where(table.c.link_id.is_not(None))
            assert connection.execute(left).scalar() == 0


@settings(max_examples=40)
@given(rows, lists)
def test_playlists_add_up_and_are_idempotent(
    db: Database,
    said: list[TrackRecord | Rejection],
    mixes: list[PlaylistRecord | Rejection],
) -> None:
    last = {
        mix.outside_id.value: mix
        for mix in mixes
        if isinstance(mix, PlaylistRecord) and mix.outside_id.value
    }
    emptied(db)
    tracks.add(db, said)
    first = playlists.add(db, mixes)
    assert adds_up(first, len(mixes))
    assert first.imported == len(last)
    sound(db)
    again = playlists.add(db, list(last.values()))
    assert (again.imported, again.merged, again.duplicate) == (0, 0, len(last))


@settings(max_examples=40)
@given(plays)
def test_plays_add_up_and_are_idempotent(db: Database, said: list[Play | Rejection]) -> None:
    emptied(db)
    first = history.add(db, said)
    assert adds_up(first, len(said))
    sound(db)
    with db.read() as connection:
        kept = connection.execute(select(func.count()).select_from(tables.plays)).scalar()
    assert kept == first.imported
    again = history.add(db, said)
    assert adds_up(again, len(said))
    assert again.imported == 0
