"""Laws of the table readers, on tables nobody would write."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.errors import BadTableError
from segue.records import (
    Attributes,
    OutsideId,
    Play,
    PlaylistRecord,
    Rejection,
    TrackRecord,
)
from segue.sources.delimited import DelimitedTable
from segue.sources.history import read_history
from segue.sources.playlists import read_playlists
from segue.sources.tables import read_tracks

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = b"title,artists,energy,key,id\n"
MAPPING = {
    "title": "Song",
    "artists": "By",
    "album": "On",
    "genres": "Kind",
    "duration": "Seconds",
    "year": "Year",
    "explicit": "Explicit",
    "popularity": "Known",
    "id": "Number",
    "energy": "E",
    "loudness": "L",
    "tempo": "T",
    "key": "K",
    "mode": "M",
}


@contextmanager
def file_of(content: bytes, name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        yield path


pieces = st.lists(
    st.sampled_from(
        [b",", b'"', b"\n", b"\r\n", b"\r", b'""', b"a", b"7", b"0.5", b"North", b"\0", b"\xc3\xa9",
         b"\xff", b"nan", b";", b"\t", b" ", b"1,2,3,4,5\n", b'"a\nb",', b",,,,\n",
         b"file://[x", b"#EXTINF:5,a - b\n", b"http://[", b"file:///%00", b"[", b"{"]
    )
).map(b"".join)  # fmt: skip


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=400), pieces, pieces.map(lambda body: HEADER + body)))
def test_any_bytes_are_records_rejections_or_a_bad_table(content: bytes) -> None:
    with file_of(content, "t.csv") as path:
        try:
            found = list(read_tracks(path))
        except BadTableError:
            return
    assert found
    assert all(isinstance(item, (TrackRecord, Rejection)) for item in found)


@settings(max_examples=300)
@given(pieces)
def test_lines_are_read_once_and_in_order(body: bytes) -> None:
    with file_of(HEADER + body, "t.csv") as path:
        try:
            rows = list(DelimitedTable(path).rows([0]))
        except BadTableError:
            return
    numbers = [row.line if isinstance(row, Rejection) else row[0] for row in rows]
    assert numbers == sorted(set(numbers))
    assert all(len(row[1]) == 5 for row in rows if not isinstance(row, Rejection))


plain_rows = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters='"\r\n\0', exclude_categories=["Cs"]))
)


@given(plain_rows)
def test_without_quotes_every_line_is_one_row(lines: list[str]) -> None:
    content = HEADER + "".join(f"{line}\n" for line in lines).encode()
    expected = sum(1 for line in lines if line)
    with file_of(content, "t.csv") as path:
        if expected == 0:
            with pytest.raises(BadTableError, match="has no rows"):
                list(read_tracks(path))
        else:
            assert len(list(read_tracks(path))) == expected


names = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1
).filter(lambda name: name.casefold() not in {"nan", "null", "none", "n/a", "na", "<na>"})
listed = names.filter(lambda name: not set(name) & set(";[]'\"/") and name not in {"-", "?"})
fractions = st.none() | st.floats(0, 1)
records = st.builds(
    TrackRecord,
    title=names,
    artists=st.lists(listed, unique=True, max_size=3).map(tuple),
    album=st.just("") | names,
    genres=st.lists(listed, unique=True, max_size=3).map(tuple),
    outside_ids=listed.filter(lambda name: name.casefold() != "unknown").map(
        lambda name: (OutsideId("own", name),)
    ),
    duration=st.none() | st.floats(0.001, 86_400),
    year=st.none() | st.integers(1_000, 2_100),
    explicit=st.none() | st.booleans(),
    popularity=st.none() | st.floats(0, 100),
    attributes=st.builds(
        Attributes,
        energy=st.floats(0, 1),
        loudness=st.none() | st.floats(-60, 5),
        tempo=st.none() | st.floats(10, 300),
        key=st.none() | st.integers(0, 11),
        mode=st.none() | st.integers(0, 1),
    ),
)


def cells(record: TrackRecord) -> list[object]:
    known = record.attributes
    assert known is not None
    return [
        record.title,
        ";".join(record.artists),
        record.album,
        ";".join(record.genres),
        record.duration,
        record.year,
        record.explicit,
        record.popularity,
        record.outside_ids[0].value,
        known.energy,
        known.loudness,
        known.tempo,
        known.key,
        known.mode,
    ]


@given(st.lists(records, min_size=1, max_size=5))
def test_what_is_written_as_a_table_is_read_back(written: list[TrackRecord]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(MAPPING.values())
    writer.writerows(cells(record) for record in written)
    with file_of(text.getvalue().encode(), "t.csv") as path:
        read = list(read_tracks(path, mapping=MAPPING))
    for number, (one, other) in enumerate(zip(written, read, strict=True), start=2):
        assert isinstance(other, TrackRecord), other
        assert other.place == f"t.csv, line {number}"
        for name in TrackRecord.__slots__:
            if name != "place":
                assert getattr(one, name) == getattr(other, name), name


@settings(max_examples=150)
@given(
    st.binary(max_size=200) | pieces,
    st.sampled_from(["a.json", "a.jspf", "a.m3u", "a.m3u8", "a.zip", "a.csv", "a.json.gz"]),
)
def test_any_bytes_are_playlists_rejections_or_a_bad_table(content: bytes, name: str) -> None:
    with file_of(content, name) as path:
        try:
            found = list(read_playlists(path))
        except BadTableError:
            return
    assert all(isinstance(item, (PlaylistRecord, Rejection)) for item in found)


@settings(max_examples=150)
@given(
    st.binary(max_size=200) | pieces | pieces.map(lambda body: b"artist,title,times,at\n" + body),
    st.sampled_from(["a.json", "a.jsonl", "a.zip", "a.csv", "a.jsonl.gz"]),
)
def test_any_bytes_are_plays_rejections_or_a_bad_table(content: bytes, name: str) -> None:
    with file_of(content, name) as path:
        try:
            found = list(read_history(path))
        except BadTableError:
            return
    assert all(isinstance(item, (Play, Rejection)) for item in found)
