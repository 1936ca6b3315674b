from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segue.errors import BadRequestError, BadTableError
from segue.records import Attributes, OutsideId, Rejection, TrackRecord
from segue.sources.tables import read_tracks

if TYPE_CHECKING:
    from pathlib import Path


def write(tmp_path: Path, columns: dict[str, pa.Array], name: str = "t.parquet") -> Path:
    path = tmp_path / name
    pq.write_table(pa.table(columns), path, row_group_size=1_000)
    return path


def test_typed_columns_mean_what_their_text_would(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {
            "title": pa.array(["North", None]),
            "artists": pa.array([["Ada", "Bo; Cy"], None], pa.list_(pa.string())),
            "genre": pa.array(["pop", "pop"]).dictionary_encode(),
            "energy": pa.array([0.91, float("nan")], pa.float32()),
            "key": pa.array([8.0, None], pa.float32()),
            "explicit": pa.array([True, False]),
            "duration_ms": pa.array([61_500, 0], pa.int64()),
            "release_date": pa.array([datetime.date(1999, 5, 4), None]),
            "id": pa.array([7, 8], pa.int32()),
            "blob": pa.array([{"a": 1}, {"a": 2}]),
        },
    )
    first, second = read_tracks(path)
    assert first == TrackRecord(
        title="North",
        artists=("Ada", "Bo; Cy"),
        genres=("pop",),
        outside_ids=(OutsideId("own", "7"),),
        duration=61.5,
        year=1999,
        explicit=True,
        attributes=Attributes(energy=0.91, key=8),
        place="t.parquet, row 1",
    )
    assert isinstance(second, TrackRecord)
    assert (second.title, second.artists, second.attributes) == ("", (), None)


def test_rows_that_are_no_tracks_are_rejected_by_their_number(tmp_path: Path) -> None:
    energies = pa.array([0.1, 7.0, 0.3])
    titles = pa.array(["a", "b", "c" * 2_000_000])
    path = write(tmp_path, {"title": titles, "artist": pa.array(["x"] * 3), "energy": energies})
    first, *rest = read_tracks(path)
    assert isinstance(first, TrackRecord)
    assert rest == [
        Rejection(str(path), 2, "column 'energy' holds '7', which is not from 0 to 1"),
        Rejection(str(path), 3, "a cell is longer than a million characters"),
    ]


def test_batches_keep_order_and_progress_ends_with_all(tmp_path: Path) -> None:
    names = [f"track {number}" for number in range(20_000)]
    path = write(tmp_path, {"title": pa.array(names), "artist": pa.array(["x"] * 20_000)})
    calls: list[tuple[int, int | None, str]] = []
    records = list(read_tracks(path, on_progress=lambda *call: calls.append(call)))
    assert [record.title for record in records if isinstance(record, TrackRecord)] == names
    assert calls[-1] == (20_000, 20_000, "reading t.parquet")


def test_a_damaged_file_gives_what_came_before(tmp_path: Path) -> None:
    names = pa.array([f"{number * 7919 % 100_003}" for number in range(30_000)])
    path = write(tmp_path, {"title": names, "artist": names})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2_000] = b"\xa5" * 2_000
    path.write_bytes(data)
    rows = list(read_tracks(path))
    assert isinstance(rows[-1], Rejection)
    assert "damaged from here on" in rows[-1].reason
    assert all(isinstance(row, TrackRecord) for row in rows[:-1])
    assert len(rows) > 1


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"title,artist\n", b"PAR1" + b"\0" * 64 + b"PAR1"]
)
def test_what_is_not_parquet_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(content)
    with pytest.raises(BadTableError, match="cannot be read as a Parquet table"):
        read_tracks(path)


def test_nested_columns_and_encodings_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"title": pa.array([{"a": 1}]), "artist": pa.array(["x"])})
    with pytest.raises(BadTableError, match="column 'title' holds struct"):
        list(read_tracks(path))
    with pytest.raises(BadRequestError, match="says itself how its text is encoded"):
        read_tracks(path, encoding="utf-8")


def test_no_rows(tmp_path: Path) -> None:
    empty = pa.array([], pa.string())
    with pytest.raises(BadTableError, match="has no rows"):
        list(read_tracks(write(tmp_path, {"title": empty, "artist": empty})))
