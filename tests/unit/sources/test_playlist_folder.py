"""Three tables of one folder become playlists."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segue.errors import BadTableError
from segue.records import OutsideId, Rejection
from segue.sources.playlists import read_playlists


def write(folder, **tables):
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")


TRACKS = {
    "track_uri": ["spotify:track:a", "spotify:track:b", "local:c"],
    "track_name": ["A", None, "C"],
    "artist_name": ["X", "Y", None],
}


def test_entries_stand_by_position_and_ids_are_the_folders_own(tmp_path):
    write(
        tmp_path,
        entries={"pid": [4, 4, 5, 4], "pos": [1, 0, 0, 2], "track": [0, 1, 2, 9]},
        playlists={"pid": [4, 5], "name": ["first", None], "num_followers": [12, 3]},
        tracks=TRACKS,
    )
    gone, first, second = read_playlists(tmp_path)
    assert isinstance(gone, Rejection)
    assert "1 entries of playlist 4 name no row" in gone.reason
    assert [entry.title for entry in first.entries] == ["", "A"]
    assert first.entries[0].outside_ids == (OutsideId("spotify", "b"),)
    assert first.outside_id == OutsideId(tmp_path.name, "4")
    assert (first.title, first.followers) == ("first", 12)
    assert second.title == ""
    assert second.entries[0].outside_ids == ()


def test_a_table_without_its_columns_is_named(tmp_path):
    write(tmp_path, entries={"pid": [1]}, playlists={"pid": [1], "name": ["x"]}, tracks=TRACKS)
    with pytest.raises(BadTableError, match="lacks the column 'pos'"):
        list(read_playlists(tmp_path))
