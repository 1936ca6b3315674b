"""A catalogue of tracks with descriptors and given values, without any audio."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segue.attributes.ordinary import ordinary
from segue.catalogue import descriptions, files, recordings, tracks
from segue.descriptors.extract import COLUMNS, NAMES, VERSION
from segue.jobs.guessing import HERE
from segue.records import Attributes, FileRecord, OutsideId, Recording, TrackRecord

if TYPE_CHECKING:
    from collections.abc import Collection

    from segue.catalogue.database import Database
    from segue.types import TrackId, Vectors

MUSIC = Path("/music")


def vectors_of(count: int, *, seed: int = 11) -> Vectors:
    """Descriptors of so many tracks of ordinary music, other things at random."""
    rng = np.random.default_rng(seed)
    made = rng.normal(size=(count, len(NAMES)))
    for name, (mean, deviation) in ordinary().moments.items():
        if name in COLUMNS:
            made[:, COLUMNS[name]] = mean + deviation * rng.normal(size=count)
    for name in ("tempo", "tempo_slower", "tempo_faster"):
        made[:, COLUMNS[name]] = np.abs(made[:, COLUMNS[name]]) + 40
    made[:, COLUMNS["tempo_confidence"]] = rng.random(count)
    return made.astype(np.float32)


def fill(
    db: Database,
    vectors: Vectors,
    *,
    given: Collection[int] = (),
    estimated: Attributes = Attributes(tempo=120.0),  # noqa: B008 (frozen)
) -> list[TrackId]:
    """A file and its track a vector; of those in `given`, a table gives all attributes too."""
    read = [_file(number) for number in range(len(vectors))]
    files.apply_scan(db, MUSIC, read=read, unchanged=(), gone=())
    with db.write() as connection:
        for number, vector in enumerate(vectors):
            descriptions.put(
                connection,
                content_hash=f"hash {number}",
                vector=vector.astype("<f4").tobytes(),
                estimated=estimated,
                **HERE,
            )
    give(db, given)
    return [found(db, number) for number in range(len(vectors))]


def give(db: Database, numbers: Collection[int]) -> None:
    """A table comes in that gives the attributes of these tracks."""
    rows = [
        TrackRecord(
            title=f"Song {number}",
            artists=("Ada",),
            duration=10.0,
            outside_ids=(OutsideId("own", str(number)),),
            attributes=attributes_of(number),
        )
        for number in numbers
    ]
    if rows:
        tracks.add(db, rows)


def attributes_of(number: int) -> Attributes:
    """What a table gives: values between 0.4 and 0.5, each attribute in an order of its own."""
    shares = 0.4 + 0.1 * np.random.default_rng(number).random(7)
    names = ("energy", "valence", "danceability", "acousticness")
    names += ("instrumentalness", "liveness", "speechiness")
    return Attributes(**dict(zip(names, shares.tolist(), strict=True)), loudness=-9.5)


def found(db: Database, number: int) -> TrackId:
    track = files.track_of(db, MUSIC / f"{number}.mp3")
    assert track is not None
    return track


def measure(db: Database, number: int, loudness: float) -> None:
    """The second pass was through this file."""
    heard = Recording(10.0, loudness, None, None, b"\0", 2.5, b"")
    with db.write() as connection:
        recordings.put(connection, content_hash=f"hash {number}", version=VERSION, recording=heard)


def _file(number: int) -> FileRecord:
    return FileRecord(
        path=MUSIC / f"{number}.mp3",
        root=MUSIC,
        content_hash=f"hash {number}",
        size=1,
        modified=0.0,
        format="mp3",
        duration=10.0,
        track=TrackRecord(f"Song {number}", ("Ada",), duration=10.0),
    )
