from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segue.errors import BadRequestError, BadTableError, NotFoundError, UnavailableError
from segue.records import Attributes, OutsideId, Rejection, TrackRecord
from segue.sources.layouts import CELLS, LAYOUTS, Cell
from segue.sources.tables import read_tracks

if TYPE_CHECKING:
    from collections.abc import Iterator

SPOTIFY = (
    ",track_id,artists,album_name,track_name,popularity,duration_ms,explicit,danceability,energy,"
    "key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,"
    "time_signature,track_genre\n"
)
FEATURES = (
    "id,name,album,album_id,artists,artist_ids,track_number,disc_number,explicit,danceability,"
    "energy,key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,"
    "duration_ms,time_signature,year,release_date\n"
)
EMOTION = (
    "Artist(s),song,text,Length,emotion,Genre,Album,Release Date,Key,Tempo,Loudness (db),"
    "Time signature,Explicit,Popularity,Energy,Danceability,Positiveness,Speechiness,Liveness,"
    "Acousticness,Instrumentalness,Good for Party,Good for Work/Study,Similar Artist 1\n"
)


def write(tmp_path: Path, text: str, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def only(path: Path, **options: object) -> TrackRecord:
    (record,) = read_tracks(path, **options)
    assert isinstance(record, TrackRecord), record
    return record


def test_the_spotify_tracks_table(tmp_path: Path) -> None:
    row = "0,id0001,Ada Vale;Bo Finn,Maps,North,73,230666,True,0.676,0.461,1,-6.746,0,0.143"
    row += ",0.0322,1.01e-06,0.358,0.715,87.917,4,acoustic\n"
    assert only(write(tmp_path, SPOTIFY + row)) == TrackRecord(
        title="North",
        artists=("Ada Vale", "Bo Finn"),
        album="Maps",
        genres=("acoustic",),
        outside_ids=(OutsideId("spotify", "id0001"),),
        duration=230.666,
        explicit=True,
        popularity=73.0,
        attributes=Attributes(
            energy=0.461,
            valence=0.715,
            danceability=0.676,
            loudness=-6.746,
            acousticness=0.0322,
            instrumentalness=1.01e-06,
            liveness=0.358,
            speechiness=0.143,
            tempo=87.917,
            key=1,
            mode=0,
            time_signature=4,
        ),
        place="t.csv, line 2",
    )


def test_zero_tempo_and_blank_names_are_unknown_not_wrong(tmp_path: Path) -> None:
    row = "1,id0002,,,,0,0,False,0.5,0.5,-1,-9,0,0.1,0.1,0,0.1,0.7,0,0,k-pop\n"
    record = only(write(tmp_path, SPOTIFY + row))
    assert (record.title, record.artists, record.duration) == ("", (), None)
    assert record.attributes is not None
    assert record.attributes.tempo is None
    assert record.attributes.key is None
    assert record.attributes.time_signature is None


def test_the_million_track_layout_has_list_literals(tmp_path: Path) -> None:
    row = 'id0003,North,Maps,al1,"[\'Ada Vale\', ""Bo\'s Band""]","[\'x\', \'y\']",4,1,False,'
    row += (
        "0.47,0.978,7,-5.399,1,0.0727,0.0261,1.09e-05,0.356,0.503,117.906,210133,4.0,0,1999-11-02\n"
    )
    record = only(write(tmp_path, FEATURES + row))
    assert record.artists == ("Ada Vale", "Bo's Band")
    assert record.track_number == 4
    assert record.year == 1999  # year 0 says nothing, the date does
    assert record.duration == 210.133


def test_the_emotion_layout_has_its_own_scales(tmp_path: Path) -> None:
    row = '!Ada,"North, by Bo","line one\nline two",03:47,Joy,"hip hop,trap",Maps,29th April 2013,'
    row += "D min,105,-6.85db,4/4,Yes,40,83,71,87,4,16,11,0,1,0,Someone\n"
    record = only(write(tmp_path, EMOTION + row))
    assert record.title == "North, by Bo"
    assert record.lyrics == "line one\nline two"
    assert record.duration == 227.0
    assert record.genres == ("hip hop", "trap")
    assert record.labels == (("emotion", "joy"), ("good for", "party"))
    assert record.year == 2013
    assert record.explicit is True
    assert record.attributes == Attributes(
        energy=0.83,
        valence=0.87,
        danceability=0.71,
        loudness=-6.85,
        acousticness=0.11,
        instrumentalness=0.0,
        liveness=0.16,
        speechiness=0.04,
        tempo=105.0,
        key=2,
        mode=0,
        time_signature=4,
    )


def test_an_entry_table_is_a_track_table_too(tmp_path: Path) -> None:
    text = (
        "track_id,track_name,track_artist,track_popularity,track_album_name,"
        "track_album_release_date,playlist_name,playlist_id,playlist_genre,playlist_subgenre,"
        "energy,duration_ms\n"
        "id1,North,Ada Vale,66,Maps,2019-06-14,Mine,p1,pop,dance pop,0.9,194754\n"
    )
    record = only(write(tmp_path, text))
    assert record.genres == ("pop", "dance pop")
    assert record.album == "Maps"
    assert record.year == 2019


def test_previews_have_two_ids_and_moods_a_label(tmp_path: Path) -> None:
    text = "track_id,name,artist,spotify_preview_url,spotify_id,tags,genre,year\n"
    record = only(write(tmp_path, text + 'TR1,North,Ada,https://h/1,id1,"indie, calm",Rock,1991\n'))
    assert record.outside_ids == (OutsideId("msd", "TR1"), OutsideId("spotify", "id1"))
    assert record.labels == (("tag", "indie"), ("tag", "calm"))
    text = "name,album,artist,id,release_date,popularity,length,energy,mood\n"
    record = only(write(tmp_path, text + "North,Maps,Ada,id1,2007-04-16,43,318800,0.8,Calm\n"))
    assert record.labels == (("mood", "calm"),)
    assert record.duration == 318.8


def test_every_layout_is_found_by_its_own_columns_and_fills_what_is_needed(tmp_path: Path) -> None:
    for name, layout in LAYOUTS.items():
        header = ",".join(f'"{column}"' for column in layout.columns if column != "")
        extra = ",".join(sorted(layout.required - set(layout.columns)))
        path = write(tmp_path, f"{header},{extra}\n" if extra else f"{header}\n", f"{name}.csv")
        with pytest.raises(BadTableError, match="has no rows"):
            list(read_tracks(path))
        found = next(held for held, other in LAYOUTS.items()
                     if other.required <= layout.required | set(layout.columns))  # fmt: skip
        assert found == name
        named = [cell for cell in layout.columns.values() if not isinstance(cell, Cell)]
        assert set(named) <= set(CELLS)


def test_any_table_by_a_mapping(tmp_path: Path) -> None:
    path = write(
        tmp_path, "Song;By;BPM;How long;Unused\nNorth;Ada;120,5;3:30;x\nSouth;Bo;90;2:00;y\n"
    )
    mapping = {"title": "Song", "artists": "By", "tempo": "BPM", "length": "How long"}
    first, second = read_tracks(path, mapping=mapping)
    assert first == Rejection(str(path), 2, "column 'BPM' holds '120,5', which is not a number")
    assert isinstance(second, TrackRecord)
    assert (second.title, second.artists, second.duration) == ("South", ("Bo",), 120.0)
    assert second.attributes == Attributes(tempo=90.0)


def test_own_names_need_no_mapping_and_a_mapping_wins_over_them(tmp_path: Path) -> None:
    path = write(
        tmp_path, "Title,ARTIST,year,Duration MS,id,title_de\nNorth,Ada,1999,61000,7,Nord\n"
    )
    record = only(path)
    assert (record.title, record.artists, record.duration) == ("North", ("Ada",), 61.0)
    assert record.outside_ids == (OutsideId("own", "7"),)
    assert only(path, mapping={"title": "title_de"}).title == "Nord"


def test_one_column_may_mean_two_things(tmp_path: Path) -> None:
    path = write(tmp_path, "name,by,tag\nNorth,Ada,calm\n")
    mapping = {"title": "name", "artists": "by", "genres": "tag", "tags": "tag"}
    record = only(path, mapping=mapping)
    assert record.genres == ("calm",)
    assert record.labels == (("tag", "calm"),)


def test_a_named_key_brings_its_mode_unless_a_column_says_otherwise(tmp_path: Path) -> None:
    record = only(write(tmp_path, "title,artist,key\nNorth,Ada,F# min\n"))
    assert record.attributes == Attributes(key=6, mode=0)
    record = only(write(tmp_path, "title,artist,key,mode\nNorth,Ada,F# min,1\n"))
    assert record.attributes == Attributes(key=6, mode=1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("North,Ada,7,5", "column 'energy' holds '7', which is not from 0 to 1"),
        ("North,Ada,0.5,99", "column 'key' holds '99', which is not from -1 to 11"),
        ("North,Ada,high,5", "column 'energy' holds 'high', which is not a number"),
        (",Ada,0.5,5", "neither a title nor an id"),
        (",,,", "neither a title nor an id"),
        ("North,Ada", "it has 2 cells, the first line names 4 columns"),
        (f"North,Ada,{'9' * 500_000},5", "…', which is not from 0 to 1"),
    ],
)
def test_a_row_that_is_no_track_is_rejected_with_line_column_and_value(
    tmp_path: Path, row: str, reason: str
) -> None:
    path = write(tmp_path, f"title,artist,energy,key\nSouth,Bo,0.1,0\n{row}\nEast,Cy,0.2,0\n")
    before, rejection, after = read_tracks(path)
    assert isinstance(before, TrackRecord)
    assert isinstance(after, TrackRecord)
    assert isinstance(rejection, Rejection)
    assert rejection.line == 3
    assert rejection.place == str(path)
    assert reason in rejection.reason
    assert len(rejection.reason) < 200


def test_missing_columns_are_named_with_those_that_stand_and_the_remedy(tmp_path: Path) -> None:
    path = write(tmp_path, "Song,By,BPM\nNorth,Ada,1\n")
    with pytest.raises(BadTableError, match="no column says title and artists") as caught:
        read_tracks(path)
    assert "'Song', 'By', 'BPM'" in str(caught.value)
    assert '--map title="COLUMN" --map artists="COLUMN"' in str(caught.value)
    with pytest.raises(BadTableError, match="no column says artists"):
        read_tracks(path, mapping={"title": "Song"})
    with pytest.raises(BadTableError, match=r"no column 'Sung'.*'Song', 'By', 'BPM'"):
        read_tracks(path, mapping={"title": "Sung"})
    with pytest.raises(
        BadTableError, match="the layout 'moods' needs the columns 'album', 'artist'"
    ):
        read_tracks(path, layout="moods")


def test_a_column_twice_cannot_be_mapped(tmp_path: Path) -> None:
    path = write(tmp_path, "Song,Song,By\nNorth,South,Ada\n")
    with pytest.raises(BadTableError, match="twice a column 'Song'"):
        read_tracks(path, mapping={"title": "Song", "artists": "By"})


def test_names_that_do_not_exist_are_told(tmp_path: Path) -> None:
    path = write(tmp_path, "Song,By\nNorth,Ada\n")
    with pytest.raises(BadRequestError, match=r"no layout 'spotty'.*spotify-tracks"):
        read_tracks(path, layout="spotty")
    with pytest.raises(BadRequestError, match=r"'heading' is nothing a column.*title"):
        read_tracks(path, mapping={"heading": "Song"})


@pytest.mark.parametrize(
    ("name", "error", "match"),
    [
        ("missing.csv", NotFoundError, "there is no file"),
        ("folder.csv", BadTableError, "this is no file"),
        ("t.xlsx", BadTableError, "a table's name ends in .csv"),
        ("empty.csv", BadTableError, "the file is empty"),
        ("header.csv", BadTableError, "has no rows"),
        ("empty.csv.gz", BadTableError, "the file is empty"),
        ("pipe.csv", BadTableError, "this is no file"),
    ],
)
def test_what_is_no_table_is_an_error(tmp_path: Path, name, error, match) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "empty.csv.gz").touch()
    (tmp_path / "header.csv").write_text("title,artist\n")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(error, match=match):
        list(read_tracks(tmp_path / name))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder every user may enter (pytest's own are private)."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_file_nobody_may_read_is_told(open_folder: Path) -> None:
    path = write(open_folder, "title,artist\nNorth,Ada\n")
    path.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65_534)
    try:
        with pytest.raises(UnavailableError, match="cannot be read"):
            read_tracks(path)
    finally:
        if root:
            os.seteuid(0)


def test_importing_the_reader_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import segue.sources.tables, sys; print('pyarrow' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
