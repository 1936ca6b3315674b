"""The corpus says of every track what the catalogue says, in columns, in the order of ids."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import insert

from segue.catalogue import corpus, entries, files, playlists, tracks, vectors
from segue.catalogue import schema as tables
from segue.catalogue.database import Database, epoch, open_database
from segue.errors import InternalError
from segue.names import artist_keys, title_key
from segue.records import CONTINUOUS, Attributes, FileRecord, OutsideId, PlaylistRecord, TrackRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (*CONTINUOUS, "tempo", "key", "mode", "time_signature")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "corpus.db") as database:
        yield database


def row(number: int, title: str, **said: object) -> TrackRecord:
    ids = (OutsideId("spotify", f"s{number}"),)
    return TrackRecord(title=title, outside_ids=ids, **said)  # type: ignore[arg-type]


def number_of(db: Database, title: str) -> int:
    with db.read() as connection:
        query = tables.tracks.select().where(tables.tracks.c.title == title)
        return int(connection.execute(query).one().id)


def fill(db: Database) -> None:
    """Seven tracks of every sort, two of them with music."""
    attributes = Attributes(energy=0.5, loudness=-7.25, tempo=120.0, key=0, mode=1)
    tracks.add(
        db,
        [
            row(1, "Harbour", artists=("Ada", "Bo Lind"), album="Tides", genres=("folk", "pop")),
            row(2, "Rain", artists=("Ada", "Bo Lind"), year=1999, explicit=True, popularity=60.5),
            row(3, "Nothing Known"),
            row(4, "Numbers", artists=("Cy",), attributes=attributes, duration=200.5),
            row(5, "Words", artists=("Cy",), labels=(("emotion", "joy"), ("tag", "live")),
                lyrics="la la", explicit=False),
            row(6, "Anybody", artists=("Various Artists",), album="Tides"),
        ],
    )  # fmt: skip
    tracks.add(db, [row(7, "Invented", artists=("Synth",))], synthetic=True)
    for name, title in (("a", "Harbour"), ("b", "Rain")):
        record = row(0, title, artists=("Ada", "Bo Lind"))
        file = FileRecord(
            Path(f"/m/{name}"), Path("/m"), name, 1, 0.0, "mp3", None,
            TrackRecord(title=title, artists=record.artists),
        )  # fmt: skip
        files.apply_scan(db, Path("/m"), read=[file], unchanged=(), gone=())
    files.apply_scan(db, Path("/m"), read=(), unchanged=(), gone=("/m/b",))


def test_every_row_says_what_its_track_says(db: Database) -> None:
    fill(db)

    found = corpus.load(db)

    assert len(found) == tracks.count(db) == 7
    assert found.epoch == epoch(db)
    assert list(found.ids) == sorted(found.ids)
    assert list(found.row_of) == list(found.ids)
    for track_id, at in found.row_of.items():
        track = tracks.get(db, track_id)
        assert found.ids[at] == track_id
        assert found.titles[at] == track.title
        assert found.artists[at] == track.artists
        assert found.albums[at] == track.album
        assert found.genres[at] == track.genres
        assert found.title_keys[at] == title_key(track.title)
        assert found.artist_keys[at] == artist_keys(track.artists)
        assert found.labels.get(at, "") == " ".join(value for _, value in track.labels)
        assert found.year[at] == (track.year or 0)
        assert found.explicit[at] == (-1 if track.explicit is None else track.explicit)
        assert found.playable[at] == track.playable
        assert found.origin(at) == track.provenance
        assert found.synthetic[at] == track.synthetic
        for column, value in (
            (found.duration, track.duration),
            (found.popularity, track.popularity),
        ):
            assert np.array_equal(column[at], np.float32(np.nan if value is None else value),
                                  equal_nan=True)  # fmt: skip
        known = track.attributes.known() if track.attributes else {}
        expected = np.array([known.get(name, np.nan) for name in COLUMNS], dtype=np.float32)
        assert np.array_equal(found.attributes[at], expected, equal_nan=True)


def test_columns_have_the_types_and_shapes_they_promise(db: Database) -> None:
    fill(db)
    found = corpus.load(db)
    rows = {title: at for at, title in enumerate(found.titles)}
    assert found.attributes.shape == (7, 12)
    assert found.attributes.dtype == np.float32
    assert (found.year.dtype, found.explicit.dtype) == (np.int16, np.int8)
    assert (found.duration.dtype, found.popularity.dtype) == (np.float32, np.float32)
    assert (found.playable.dtype, found.synthetic.dtype) == (np.bool_, np.bool_)
    assert found.playable.sum() == 1
    assert found.playable[rows["Harbour"]]
    assert found.synthetic.sum() == 1
    assert found.lyrics == {rows["Words"]: "la la"}
    assert found.artist_keys[rows["Anybody"]] == ()
    assert found.artists[rows["Anybody"]] == ("Various Artists",)
    assert found.artists[rows["Harbour"]] is found.artists[rows["Rain"]]


def test_an_empty_catalogue_is_an_empty_corpus(db: Database) -> None:
    found = corpus.load(db)
    assert len(found) == 0
    assert found.attributes.shape == (0, 12)
    assert found.playable.shape == found.year.shape == (0,)
    assert found.row_of == found.placed == found.labels == {}


@pytest.mark.parametrize(
    ("sources", "best"),
    [
        (["estimated", "predicted:trees", "given"], "given"),
        (["predicted:trees", "estimated"], "predicted:trees"),
        (["estimated"], "estimated"),
        (["predicted:a", "predicted:b"], "predicted:b"),
        (["guessed", "estimated"], "estimated"),
    ],
)
def test_the_best_source_that_knows_an_attribute_gives_it(
    db: Database, sources: list[str], best: str
) -> None:
    tracks.add(db, [row(1, "Harbour"), row(2, "Other")])
    number = number_of(db, "Harbour")
    with db.write() as connection:
        for place, source in enumerate(sources):
            values = {"energy": place / 10, "tempo": None if source == best else 99.0}
            connection.execute(
                insert(tables.attributes).values(track_id=number, provenance=source, **values)
            )
    found = corpus.load(db)
    at = found.titles.index("Harbour")
    track = tracks.get(db, found.ids[at])
    assert found.origin(at) == best == track.provenance == track.origins["energy"]
    assert found.attributes[at, 0] == np.float32(sources.index(best) / 10)
    others = [source for source in sources if source != best]
    assert (track.attributes and track.attributes.tempo) == (99.0 if others else None)
    assert track.origins.get("tempo") in (others or [None])
    assert found.origin(1 - at) == ""
    assert not found.estimated[1 - at].any()


@pytest.mark.parametrize(
    ("better", "shown"),
    [
        ({"key": 3}, (3, None, "given")),
        ({"mode": 1}, (None, 1, "given")),
        ({"tempo": 90.0}, (9, 0, "estimated")),
    ],
)
def test_key_and_mode_come_from_one_source(
    db: Database, better: dict[str, float], shown: tuple[int | None, int | None, str]
) -> None:
    """E flat of one and minor of another would be a key that nobody named."""
    tracks.add(db, [row(1, "Harbour")])
    number = number_of(db, "Harbour")
    rows = ({"provenance": "estimated", "key": 9, "mode": 0}, {"provenance": "given", **better})
    with db.write() as connection:
        for values in rows:
            connection.execute(insert(tables.attributes).values(track_id=number, **values))
    track = tracks.get(db, corpus.load(db).ids[0])
    assert track.attributes is not None
    key, mode, source = shown
    assert (track.attributes.key, track.attributes.mode) == (key, mode)
    assert {track.origins[name] for name in ("key", "mode") if name in track.origins} == {source}
    columns = corpus.load(db).attributes[0, 9:11].tolist()
    assert [None if value != value else value for value in columns] == [key, mode]


def place(db: Database, title: str, values: list[float], *, version: str = "1") -> None:
    with db.write() as connection:
        connection.execute(
            insert(tables.vectors).values(
                track_id=number_of(db, title),
                space="sound",
                version=version,
                data=np.array(values, dtype="<f4").tobytes(),
            )
        )


def test_vectors_stand_in_the_order_of_rows_and_of_the_newest_version(db: Database) -> None:
    titles = [f"Song {number}" for number in range(6)]
    tracks.add(db, [row(number, title) for number, title in enumerate(titles)])
    for number, title in enumerate(titles[:4]):
        place(db, title, [number, -number, 0.5], version="10")
    place(db, titles[5], [9.0, 9.0], version="9")

    found = corpus.load(db)

    placed = found.placed["sound"]
    assert placed.version == "10"
    assert placed.vectors.dtype == np.float32
    assert placed.rows.dtype == np.int64
    assert list(placed.rows) == sorted(placed.rows)
    by_title = {
        found.titles[at]: list(vector)
        for at, vector in zip(placed.rows, placed.vectors, strict=True)
    }
    assert by_title == {f"Song {number}": [number, -number, 0.5] for number in range(4)}
    for at, vector in zip(placed.rows, placed.vectors, strict=True):
        assert vectors.get(db, found.ids[at], "sound") == vector.tobytes()


def test_a_space_stays_as_it_was_until_half_of_it_is_heard_anew(db: Database) -> None:
    titles = [f"Song {number}" for number in range(5)]
    tracks.add(db, [row(number, title) for number, title in enumerate(titles)])
    for title in titles:
        place(db, title, [1.0], version="9")
    standing = []
    for title in titles:
        place(db, title, [1.0, 2.0], version="10")
        placed = corpus.load(db).placed["sound"]
        standing.append((placed.version, len(placed.rows)))
    assert standing == [("9", 5), ("9", 5), ("10", 3), ("10", 4), ("10", 5)]


def test_vectors_of_different_lengths_are_a_bug_that_is_told(db: Database) -> None:
    tracks.add(db, [row(1, "A"), row(2, "B")])
    place(db, "A", [1.0, 2.0])
    place(db, "B", [1.0])
    with pytest.raises(InternalError, match=r"'sound', version '1', differ in length: \[4, 8\]"):
        corpus.load(db)


def test_one_corpus_is_one_moment_of_the_catalogue(db: Database) -> None:
    tracks.add(db, [row(1, "A")])
    first = corpus.load(db)
    tracks.add(db, [row(2, "B")])
    second = corpus.load(db)
    assert (len(first), len(second)) == (1, 2)
    assert second.epoch > first.epoch


def test_playlists_are_rows_of_distinct_tracks_in_their_order(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = [f"Song {number}" for number in range(12)]
    tracks.add(db, [row(number, title) for number, title in enumerate(titles)])
    mixes = {
        "夜のドライブ": [4, 1, 4, 11, 1],
        "": [0],
        "none": [],
        "back": list(range(11, -1, -1)),
        "last": [],
    }
    playlists.add(
        db,
        [
            PlaylistRecord(title, OutsideId("own", f"p{place}"), tuple(map(song, held)))
            for place, (title, held) in enumerate(mixes.items())
        ],
    )
    for chunk in (1, 2, 1_024):
        monkeypatch.setattr(entries, "CHUNK", chunk)
        found = corpus.load(db)
        told = found.playlists
        assert (len(told), told.titles) == (5, tuple(mixes))
        assert (told.starts.dtype, told.rows.dtype) == (np.int64, np.int32)
        held = [
            [found.titles[at] for at in told.rows[begin:end]]
            for begin, end in zip(told.starts[:-1], told.starts[1:], strict=True)
        ]
        assert held == [[titles[n] for n in dict.fromkeys(mix)] for mix in mixes.values()]


def song(number: int) -> TrackRecord:
    return row(number, f"Song {number}")


def test_a_catalogue_without_playlists_or_with_empty_ones_loads(db: Database) -> None:
    tracks.add(db, [row(1, "A")])
    assert corpus.load(db).playlists.starts.tolist() == [0]
    playlists.add(db, [PlaylistRecord("Nothing", OutsideId("own", "1"), ())])
    told = corpus.load(db).playlists
    assert (told.titles, told.starts.tolist(), len(told.rows)) == (("Nothing",), [0, 0], 0)


def test_emotions_are_what_labels_name_else_moods(db: Database) -> None:
    said = {
        "both": (("mood", "Calm"), ("emotion", " Joy  and\thope "), ("emotion", "sadness")),
        "mood": (("mood", "Calm"), ("tag", "live")),
        "neither": (("tag", "joy"),),
    }
    tracks.add(db, [row(n, title, labels=labels) for n, (title, labels) in enumerate(said.items())])
    found = corpus.load(db)
    told = {found.titles[at]: emotion for at, emotion in found.emotions.items()}
    assert told == {"both": "joy and hope", "mood": "calm"}
