"""What training found out: kept whole, in place of what was before, with vectors of no file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import func, select

from segue.catalogue import corpus, links, playlists, tracks, trained, vectors
from segue.catalogue import schema as tables
from segue.catalogue.database import epoch
from segue.catalogue.embeddings import Mark
from segue.catalogue.embeddings import put as embed
from segue.errors import BadRequestError, InternalError
from segue.records import OutsideId, PlaylistRecord, TrackRecord

if TYPE_CHECKING:
    from segue.catalogue.database import Database
    from segue.types import TrackId, Vectors

STATE = {"dims": 3, "origin": {"playlists": 7, "titel": "Straße 夜"}}


def songs(db: Database, many: int) -> list[TrackId]:
    tracks.add(
        db,
        [
            TrackRecord(f"Song {n}", outside_ids=(OutsideId("spotify", str(n)),))
            for n in range(many)
        ],
    )
    return [track.id for track in tracks.page(db, limit=many)]


def some(rows: int, dims: int = 3) -> Vectors:
    return np.arange(rows * dims, dtype=np.float32).reshape(rows, dims) - 2.5


def stored(db: Database) -> int:
    with db.read() as connection:
        return int(
            connection.execute(select(func.count()).select_from(tables.vectors)).scalar_one()
        )


def test_all_of_it_is_given_back_and_placed(db: Database) -> None:
    ids = songs(db, 4)
    before = epoch(db)
    arrays = {"map": np.eye(2), "half": np.array([1.5], dtype=np.float16)}

    count = trained.put(
        db,
        "factors",
        version="a1",
        state=STATE,
        arrays=arrays,
        vectors=(ids[2:] + ids[:1], some(3)),
    )

    assert (count, epoch(db)) == (3, before + 1)
    found = trained.get(db, "factors")
    assert found is not None
    assert (found.version, found.state) == ("a1", STATE)
    assert {key: (array.dtype, array.tolist()) for key, array in found.arrays.items()} == {
        key: (array.dtype, array.tolist()) for key, array in arrays.items()
    }
    loaded = corpus.load(db)
    assert loaded.trained["factors"].state == STATE
    placed = loaded.placed["factors"]
    assert (placed.version, placed.width, placed.vectors.dtype) == ("a1", None, np.float32)
    assert placed.rows.tolist() == [0, 2, 3]
    assert np.array_equal(placed.vectors, some(3)[[2, 0, 1]])
    assert vectors.get(db, ids[2], "factors") == some(3)[0].tobytes()


def test_a_new_training_takes_the_place_of_the_old(db: Database) -> None:
    ids = songs(db, 3)
    trained.put(db, "factors", version="99", state={}, vectors=(ids, some(3)))
    trained.put(db, "playlists", version="1", state={}, vectors=(ids, some(3)))
    trained.put(db, "factors", version="1", state={"dims": 2}, vectors=(ids[:1], some(1, 2)))
    placed = corpus.load(db).placed
    assert (placed["factors"].version, placed["factors"].vectors.shape) == ("1", (1, 2))
    assert len(placed["playlists"].rows) == 3
    assert vectors.get(db, ids[1], "factors") is None
    assert stored(db) == 4
    found = trained.get(db, "factors")
    assert found is not None
    assert (found.state, found.arrays) == ({"dims": 2}, {})


def test_what_has_no_vectors_is_its_row_alone(db: Database) -> None:
    ids = songs(db, 1)
    trained.put(db, "balanced", version="1", state=STATE)
    trained.put(db, "factors", version="1", state={}, vectors=(ids, some(1)))
    assert trained.put(db, "factors", version="2", state={}) == 0
    loaded = corpus.load(db)
    assert set(loaded.trained) == {"balanced", "factors"}
    assert loaded.placed == {}


def test_forgetting_takes_the_vectors_along(db: Database) -> None:
    ids = songs(db, 2)
    trained.put(db, "factors", version="1", state={}, vectors=(ids, some(2)))
    was = epoch(db)
    assert trained.forget(db, "factors")
    assert epoch(db) == was + 1
    assert not trained.forget(db, "factors")
    assert epoch(db) == was + 1
    assert trained.get(db, "factors") is None
    assert (corpus.load(db).trained, stored(db)) == ({}, 0)


def test_tracks_that_left_meanwhile_are_left_out(db: Database, monkeypatch) -> None:
    monkeypatch.setattr(trained, "CHUNK", 2)
    ids = songs(db, 5)
    tracks.delete(db, ids[1])
    assert trained.put(db, "factors", version="1", state={}, vectors=(ids, some(5))) == 4
    tracks.delete(db, ids[4])
    placed = corpus.load(db).placed["factors"]
    assert np.array_equal(placed.vectors, some(5)[[0, 2, 3]])


def test_where_no_vector_of_the_version_is_left_the_space_is_empty(db: Database) -> None:
    """Vectors of another version mean nothing beside this state."""
    (one,) = songs(db, 1)
    trained.put(db, "factors", version="1", state={}, vectors=([one], some(1)))
    with db.write() as connection:
        connection.execute(tables.vectors.update().values(version="0"))
    assert corpus.load(db).placed == {}


@pytest.mark.parametrize(
    ("found", "match"),
    [
        ({"state": {"loss": float("nan")}}, "'factors' is no JSON: Out of range"),
        ({"state": {"loss": {1}}}, "'factors' is no JSON: Object of type set"),
        ({"arrays": {"words": np.array([{}])}}, r"not numbers: \['words'\]"),
        ({"vectors": (2, some(3))}, r"2 tracks of 'factors' with vectors of shape \(3, 3\)"),
        ({"vectors": (2, some(2)[:, :0])}, r"vectors of shape \(2, 0\)"),
        ({"vectors": (2, some(2) + np.float32(np.inf))}, "is not finite"),
    ],
)
def test_what_could_not_be_read_back_is_refused_and_nothing_changes(
    db: Database, found: dict, match: str
) -> None:
    ids = songs(db, 2)
    trained.put(db, "factors", version="1", state=STATE, vectors=(ids, some(2)))
    if "vectors" in found:
        found = {**found, "vectors": (ids[: found["vectors"][0]], found["vectors"][1])}
    with pytest.raises(InternalError, match=match):
        trained.put(db, "factors", version="2", **{"state": {}, **found})
    with pytest.raises(InternalError, match="a track with several vectors"):
        trained.put(db, "factors", version="2", state={}, vectors=([ids[0]] * 2, some(2)))
    kept = trained.get(db, "factors")
    assert kept is not None
    assert kept.version == "1"


def test_the_name_of_an_embedder_is_taken(db: Database) -> None:
    songs(db, 1)
    with db.write() as connection:
        embed(connection, Mark("latent", "1"), content_hash="h", windows=some(1))
    with pytest.raises(BadRequestError, match="an embedder has made the space 'latent'"):
        trained.put(db, "latent", version="1", state={})


def test_undoing_an_entry_leaves_vectors_of_training_where_they_are(db: Database) -> None:
    """They are the track's, by all playlists it was in, and no file's to move."""
    tracks.add(db, [TrackRecord("Harbour", ("Ada",))])
    (track,) = [one.id for one in tracks.page(db)]
    entry = TrackRecord("HARBOUR", ("Ada",), outside_ids=(OutsideId("spotify", "h"),))
    playlists.add(db, [PlaylistRecord("Mix", OutsideId("mpd", "1"), (entry,))])
    trained.put(db, "playlists", version="1", state={}, vectors=([track], some(1)))
    (link,) = links.listing(db)
    parted = links.undo(db, link.id)
    loaded = corpus.load(db)
    assert [loaded.ids[row] for row in loaded.placed["playlists"].rows] == [track]
    assert [loaded.ids[row] for row in loaded.playlists.rows] == [parted]


def test_a_listing_says_when_each_was_kept_without_its_numbers(db: Database) -> None:
    before = time.time()
    trained.put(db, "factors", version="1", state=STATE, arrays={"map": np.eye(2)})
    trained.put(db, "balanced", version="2", state={})
    found = trained.listing(db)
    assert [(kept.name, kept.version, kept.state) for kept in found] == [
        ("balanced", "2", {}),
        ("factors", "1", STATE),
    ]
    assert all(before <= kept.created <= time.time() for kept in found)
