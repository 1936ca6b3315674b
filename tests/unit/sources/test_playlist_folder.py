"""Playlists as three Parquet tables, whole and damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segue.errors import BadTableError
from segue.records import OutsideId, PlaylistRecord, Rejection
from segue.sources.playlists import read_playlists

if TYPE_CHECKING:
    from pathlib import Path

WHOLE: dict[str, dict[str, list[Any]]] = {
    "entries": {"pid": [7, 3, 7, 7, 5], "pos": [1, 0, 0, 2, 0], "track": [0, 1, 2, 0, 1]},
    "playlists": {"pid": [7, 3, 9], "name": ["夜", None, "empty"], "num_followers": [4, 0, None]},
    "tracks": {
        "track_uri": ["spotify:track:a", "spotify:track:b", "file:c"],
        "track_name": ["A", "B", "C"],
        "artist_name": ["Ada", None, "Cy"],
    },
}


def write(folder: Path, changed: dict[str, dict[str, list[Any]]] | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    for name, columns in WHOLE.items():
        table = {**columns, **(changed or {}).get(name, {})}
        pq.write_table(pa.table(table), folder / f"{name}.parquet")
    return folder


def both(folder: Path) -> tuple[list[PlaylistRecord], list[str]]:
    found = list(read_playlists(folder))
    return (
        [one for one in found if isinstance(one, PlaylistRecord)],
        [one.reason for one in found if isinstance(one, Rejection)],
    )


def test_three_tables_of_a_folder_are_its_playlists(tmp_path: Path) -> None:
    records, rejected = both(write(tmp_path / "mixes"))
    assert rejected == []
    assert [one.outside_id for one in records] == [OutsideId("mixes", n) for n in "739"]
    assert [one.title for one in records] == ["夜", "", "empty"]
    assert [one.followers for one in records] == [4, None, None]
    assert [[each.title for each in one.entries] for one in records] == [["C", "A", "A"], ["B"], []]
    first, second, _ = records[0].entries
    assert (first.outside_ids, first.artists) == ((), ("Cy",))
    assert second.outside_ids == (OutsideId("spotify", "a"),)


def test_what_is_wrong_in_a_row_costs_no_more_than_itself(tmp_path: Path) -> None:
    changed = {
        "entries": {"track": [0, 1, 2, 99, 1], "pos": [1, None, 0, 2, 0]},
        "playlists": {"pid": [7, 3, None]},
    }
    records, rejected = both(write(tmp_path / "mixes", changed))
    assert [[each.title for each in one.entries] for one in records] == [["C", "A"], []]
    assert rejected == [
        "1 entries of playlist 7 name no row of tracks.parquet",
        "1 entries of playlist 3 name no row of tracks.parquet",
        "playlist 3 has no number (pid)",
    ]


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        (
            {"entries": {"pos": list("abcde")}},
            r"entries\.parquet: the column 'pos' does not hold num",
        ),
        ({"tracks": {"track_name": [[1], [2], [3]]}}, "'track_name' does not hold text"),
    ],
)
def test_a_column_of_another_kind_is_an_error(tmp_path: Path, changed: dict, match: str) -> None:
    with pytest.raises(BadTableError, match=match):
        both(write(tmp_path / "mixes", changed))


def test_a_table_that_is_none_or_lacks_a_column_is_an_error(tmp_path: Path) -> None:
    folder = write(tmp_path / "mixes")
    pq.write_table(pa.table({"pid": [1]}), folder / "playlists.parquet")
    with pytest.raises(BadTableError, match=r"playlists\.parquet: the table lacks .* 'name'"):
        both(folder)
    data = (write(folder) / "tracks.parquet").read_bytes()
    (folder / "tracks.parquet").write_bytes(data[: len(data) // 2])
    with pytest.raises(BadTableError, match=r"tracks\.parquet: this is no Parquet table"):
        both(folder)
