"""The doors on real data: what is read and what is rejected adds up to what is there."""

from __future__ import annotations

import csv
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from segue.records import FileRecord, Play, PlaylistRecord, Rejection, TrackRecord
from segue.sources.folder import Found, read_file, walk
from segue.sources.history import read_history
from segue.sources.playlists import read_playlists
from segue.sources.tables import read_tracks
from segue.sources.tags import read_art

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.realdata


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("tracks/emotion_900k_first1000.csv", 1_000),
        ("tracks/moods_936.csv", 936),
        ("tracks/preview_urls_5k.csv", 5_000),
        ("playlists/editorial_471_playlists_32k.csv.gz", 32_833),
    ],
)
def test_every_row_of_the_tables_is_a_track(shared_data: Path, name: str, rows: int) -> None:
    found = list(read_tracks(shared_data / name))
    assert [item for item in found if isinstance(item, Rejection)] == []
    assert len(found) == rows
    assert all(isinstance(one, TrackRecord) and one.title and one.attributes for one in found)


def test_the_spotify_tracks_table(shared_data: Path) -> None:
    started = time.perf_counter()
    rows = blank = tempos = 0
    ids: set[str] = set()
    for record in read_tracks(shared_data / "tracks" / "spotify_tracks_114k.csv.gz"):
        assert isinstance(record, TrackRecord), record
        assert record.attributes is not None
        rows += 1
        blank += not record.title
        tempos += record.attributes.tempo is None
        ids.add(record.outside_ids[0].value)
    assert (rows, blank, tempos, len(ids)) == (114_000, 1, 157, 89_741)
    assert time.perf_counter() - started < 15


def test_the_parquet_table(shared_data: Path) -> None:
    found: Counter[str] = Counter()
    for record in read_tracks(shared_data / "tracks" / "spotify_features_272k.parquet"):
        assert isinstance(record, TrackRecord), record
        assert record.attributes is not None
        found["rows"] += 1
        found["title"] += bool(record.title)
        found["key"] += record.attributes.key is None
        found["loudness"] += record.attributes.loudness is None
    assert found["rows"] == 272_514
    assert found["key"] == 503
    assert found["loudness"] == 2_705
    assert abs(found["rows"] - found["title"] - 49_502) < 20


def test_four_slices_of_the_million_playlists(shared_data: Path) -> None:
    found = list(read_playlists(shared_data / "playlists" / "mpd"))
    assert [item for item in found if isinstance(item, Rejection)] == []
    assert len({one.outside_id for one in found if isinstance(one, PlaylistRecord)}) == 4_000
    entries = sum(len(one.entries) for one in found if isinstance(one, PlaylistRecord))
    assert entries == 266_386


def test_the_editorial_playlists(shared_data: Path) -> None:
    path = shared_data / "playlists" / "editorial_471_playlists_32k.csv.gz"
    found = [one for one in read_playlists(path) if isinstance(one, PlaylistRecord)]
    assert len(found) == 471
    assert sum(len(one.entries) for one in found) == 32_251
    for one in found:
        ids = [entry.outside_ids for entry in one.entries]
        assert len(ids) == len(set(ids))


def test_the_listening_counts(shared_data: Path) -> None:
    plays = [one for one in read_history(shared_data / "listening") if isinstance(one, Play)]
    assert len(plays) == 92_834
    assert len({one.listener for one in plays}) == 1_892


def test_damaged_and_unusual_files_are_records_or_rejections(shared_data: Path) -> None:
    with (shared_data / "audio" / "edge.csv").open(encoding="utf-8", newline="") as stream:
        expected = {row["file"]: row["ffmpeg_outcome"] for row in csv.DictReader(stream)}
    outcomes: Counter[tuple[str, str]] = Counter()
    for name, outcome in expected.items():
        path = shared_data / "audio" / "edge" / name
        started = time.perf_counter()
        found = read_file(path, root=shared_data / "audio")
        read_art(path)
        assert time.perf_counter() - started < 5, name
        if isinstance(found, Rejection):
            assert found.reason
        else:
            assert found.track.title
        outcomes[outcome, type(found).__name__] += 1
    # What plays is a record, but for Windows Media; what is broken inside shows on decoding.
    assert outcomes == {
        ("decodes", "FileRecord"): 96,
        ("decodes", "Rejection"): 1,
        ("decodes with errors", "FileRecord"): 7,
        ("no audio", "FileRecord"): 8,
        ("no audio", "Rejection"): 18,
    }


def test_every_clip_of_the_folder_is_found_and_read(shared_data: Path) -> None:
    found = list(walk(shared_data / "audio" / "cc"))
    records = [
        read_file(one.path, root=shared_data / "audio" / "cc")
        for one in found
        if isinstance(one, Found)
    ]
    assert len(records) == len(found) > 100
    assert all(isinstance(one, FileRecord) and one.format == "mp3" for one in records)
