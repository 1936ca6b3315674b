"""Recordings belong to the bytes of a file; descriptions to the tracks that hold it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segue.catalogue import corpus, descriptions, files, recordings, tracks, vectors
from segue.catalogue.database import epoch
from segue.records import Attributes, FileRecord, OutsideId, Recording, TrackRecord

if TYPE_CHECKING:
    from segue.catalogue.database import Database
    from segue.types import TrackId

MUSIC = Path("/music")
HEARD = Recording(
    duration=200.5,
    loudness=-14.25,
    loudness_range=6.5,
    true_peak=-0.75,
    waveform=bytes(range(256)),
    waveform_rate=2.5,
    fingerprint=b"\0\xff\0\xff" * 8,
    warning="it breaks off after 180 s",
)
TEMPO = Attributes(tempo=92.5, key=9, mode=0)


def scan_in(db: Database, gone: tuple[str, ...] = (), **contents: str) -> TrackId:
    """Files of one recording, by name and content; the track they all are."""
    read = [
        FileRecord(
            path=MUSIC / name,
            root=MUSIC,
            content_hash=content,
            size=1,
            modified=0.0,
            format="mp3",
            duration=10.0,
            track=TrackRecord(title="Harbour", artists=("Ada",), duration=10.0),
        )
        for name, content in contents.items()
    ]
    files.apply_scan(db, MUSIC, read=read, unchanged=(), gone=gone)
    found = {files.track_of(db, MUSIC / name) for name in contents}
    assert len(found) == 1
    track = found.pop()
    assert track is not None
    return track


def measure(db: Database, content: str, recording: Recording = HEARD, version: str = "1") -> None:
    with db.write() as connection:
        recordings.put(connection, content_hash=content, version=version, recording=recording)


def describe(db: Database, content: str, estimated: Attributes = TEMPO) -> None:
    with db.write() as connection:
        descriptions.put(
            connection,
            content_hash=content,
            space="sound",
            version="1",
            vector=content.encode() * 4,
            estimated=estimated,
        )


def test_a_recording_comes_back_as_it_went_in(db: Database) -> None:
    track = scan_in(db, a="1")
    assert recordings.get(db, track) is None
    before = epoch(db)
    measure(db, "1")
    assert recordings.get(db, track) == HEARD
    assert recordings.by_hash(db, "1") == HEARD
    assert recordings.by_hash(db, "2") is None
    assert epoch(db) == before  # no answer changes by it


def test_what_has_no_loudness_says_so(db: Database) -> None:
    quiet = replace(
        HEARD, loudness=None, loudness_range=None, true_peak=None, fingerprint=b"", warning=""
    )
    measure(db, "1", quiet)
    assert recordings.by_hash(db, "1") == quiet


def test_a_recording_is_replaced_by_the_next_and_taken_away(db: Database) -> None:
    louder = replace(HEARD, loudness=-9.0)
    measure(db, "1")
    measure(db, "1", louder, version="2")
    assert recordings.by_hash(db, "1") == louder
    with db.write() as connection:
        recordings.remove(connection, content_hash="1")
        recordings.remove(connection, content_hash="unknown")
    assert recordings.by_hash(db, "1") is None


def test_a_track_has_the_recording_of_its_first_file_that_is_there(db: Database) -> None:
    track = scan_in(db, a="1", b="2")
    other = replace(HEARD, duration=199.0)
    measure(db, "2", other)
    assert recordings.get(db, track) == other
    measure(db, "1")
    assert recordings.get(db, track) == HEARD
    scan_in(db, gone=("/music/a",), b="2")
    assert recordings.get(db, track) == other


def test_what_is_estimated_is_shown_as_that(db: Database) -> None:
    track = scan_in(db, a="1")
    describe(db, "1")
    assert tracks.get(db, track).attributes == TEMPO
    assert tracks.get(db, track).provenance == "estimated"
    (row,) = corpus.load(db).attributes
    assert row[8:11].tolist() == [92.5, 9.0, 0.0]


def test_what_a_table_gives_wins_whenever_it_comes(db: Database) -> None:
    track = scan_in(db, a="1")
    describe(db, "1")
    given = Attributes(energy=0.5, valence=0.25)
    same = TrackRecord(title="Harbour", artists=("Ada",), duration=10.0, attributes=given)
    tracks.add(db, [replace(same, outside_ids=(OutsideId("own", "1"),))])
    assert tracks.get(db, track).attributes == replace(TEMPO, energy=0.5, valence=0.25)
    assert tracks.get(db, track).provenance == "given"
    describe(db, "1", Attributes(tempo=120.0, energy=0.9))
    shown = tracks.get(db, track)
    assert shown.attributes == replace(given, tempo=120.0)
    assert shown.origins == {"energy": "given", "valence": "given", "tempo": "estimated"}
    assert corpus.load(db).origin(0) == "given"
    assert corpus.load(db).estimated[0].tolist() == [place == 8 for place in range(12)]


def test_an_estimate_is_replaced_whole_and_goes_when_there_is_none(db: Database) -> None:
    track = scan_in(db, a="1")
    describe(db, "1")
    describe(db, "1", Attributes(tempo=61.0))
    assert tracks.get(db, track).attributes == Attributes(tempo=61.0)
    describe(db, "1", Attributes())
    assert tracks.get(db, track).attributes is None


def test_an_estimate_comes_from_the_same_file_as_the_vector(db: Database) -> None:
    track = scan_in(db, a="1", b="2")
    describe(db, "2", Attributes(tempo=100.0))
    describe(db, "1", Attributes(tempo=50.0))
    describe(db, "2", Attributes(tempo=100.0))
    assert vectors.get(db, track, "sound") == b"1111"
    assert tracks.get(db, track).attributes == Attributes(tempo=50.0)


def test_a_changed_file_brings_its_own_estimate(db: Database) -> None:
    track = scan_in(db, a="1")
    describe(db, "1")
    assert scan_in(db, a="2") == track
    describe(db, "2", Attributes(tempo=70.0, key=2))
    assert tracks.get(db, track).attributes == Attributes(tempo=70.0, key=2)


@pytest.mark.parametrize("file", ["1", "2"])
def test_a_file_that_fails_takes_only_its_own_away(db: Database, file: str) -> None:
    track = scan_in(db, a="1", b="2")
    describe(db, "1")
    before = epoch(db)
    with db.write() as connection:
        descriptions.remove(connection, content_hash=file, space="sound", version="1")
    kept = file != "1"
    assert (vectors.get(db, track, "sound") is not None) == kept
    assert (tracks.get(db, track).attributes is not None) == kept
    assert (epoch(db) == before) == kept
