from __future__ import annotations

import gzip
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from segue.errors import BadTableError, NotFoundError
from segue.records import OutsideId, Play, Rejection, TrackRecord
from segue.sources.history import read_history

if TYPE_CHECKING:
    from pathlib import Path

RECORDING = "8b882575-08a5-4452-a7a7-cbb8a1531f9e"


def write(tmp_path: Path, text: str, name: str = "h.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_our_own_columns(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "listener,artist,title,album,times,at\n"
        "mia,Ada Vale feat. Bo,North,Maps,3,2024-05-06T07:08:09+02:00\n"
        "ben,Ada Vale,,,12,\n",
    )
    first, second = read_history(path)
    assert first == Play(
        listener="mia",
        track=TrackRecord(
            title="North", artists=("Ada Vale", "Bo"), album="Maps", place="h.csv, line 2"
        ),
        times=3,
        at=1_714_972_089.0,
    )
    assert isinstance(second, Play)
    assert (second.track.title, second.times, second.at) == ("", 12, None)


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("1714979289", 1_714_979_289.0),
        ("1714979289000", 1_714_979_289.0),
        ("06 May 2024 07:08", 1_714_979_280.0),
        ('"06 May 2024, 07:08"', 1_714_979_280.0),
        ("2024-05-06 07:08:09", 1_714_979_289.0),
        ("01 Jan 1970 00:00", None),
        ("", None),
    ],
)
def test_times_in_every_writing_are_utc(tmp_path: Path, cell: str, seconds: float | None) -> None:
    (play,) = read_history(write(tmp_path, f"artist,title,at\nAda,North,{cell}\n"))
    assert isinstance(play, Play)
    assert play.at == seconds


def test_lastfm_by_its_unix_times(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"
        f'"1714979289","06 May 2024, 07:08","Ada","","Maps","","North","{RECORDING}"\n',
    )
    (play,) = read_history(path)
    assert isinstance(play, Play)
    assert play.listener == ""
    assert play.at == 1_714_979_289.0
    assert play.track.title == "North"
    assert play.track.outside_ids == (OutsideId("musicbrainz", RECORDING),)


def test_lastfm_with_the_name_in_a_column(tmp_path: Path) -> None:
    path = write(tmp_path, "Artist;Album;AlbumId;Track;Date#mia\nAda;Maps;;North;1714979289000\n")
    (play,) = read_history(path)
    assert isinstance(play, Play)
    assert (play.listener, play.at, play.track.album) == ("mia", 1_714_979_289.0, "Maps")


def test_lastfm_without_column_names_loses_no_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "Ada,Maps,North,06 May 2024 07:08\nBo,Maps,South,06 May 2024 07:05\nCy,,East,soon\n",
    )
    first, second, third = read_history(path)
    assert isinstance(first, Play)
    assert (first.track.artists, first.track.title, first.at) == (("Ada",), "North", 1714979280.0)
    assert isinstance(second, Play)
    assert second.track.title == "South"
    assert isinstance(third, Rejection)
    assert third.line == 3


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Ada,North,0,1", "column 'times' holds '0', which is not from 1"),
        ("Ada,North,1.5,1", "column 'times' holds '1.5', which is not a whole number"),
        ("Ada,North,1,soon", "column 'at' holds 'soon', which is no date and no number"),
        ("Ada,North,1,-5", "which is no time since 1970"),
        ("Ada,North,1,0001-01-01", "which is no time since 1970"),
        (",,1,1", "it names neither a track nor an artist"),
        ("Ada", "it has 1 cells"),
    ],
)
def test_rows_that_are_no_plays_are_rejected(tmp_path: Path, row: str, reason: str) -> None:
    path = write(tmp_path, f"artist,title,times,at\n{row}\nAda,North,2,1714979289\n")
    rejection, play = read_history(path)
    assert isinstance(play, Play)
    assert isinstance(rejection, Rejection)
    assert rejection.line == 2
    assert reason in rejection.reason


def listen(name: str, **more: Any) -> dict[str, Any]:
    about = {
        "track_name": name,
        "artist_name": "Ada Vale",
        "release_name": "Maps",
        "additional_info": {"duration_ms": 61_500, "isrc": "?", "spotify_id": None},
        "mbid_mapping": {"recording_mbid": RECORDING},
    }
    return {"listened_at": 1_714_979_289, "track_metadata": about, **more}


def test_listenbrainz_in_every_packing(tmp_path: Path) -> None:
    listens = [listen("North", user_name="mia"), listen("South")]
    lines = "\n".join(json.dumps(one) for one in listens)
    write(tmp_path, lines, "a.jsonl")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    write(tmp_path, json.dumps(listens), "c.json")
    write(tmp_path, json.dumps({"payload": {"listens": listens}}), "d.json")
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("listens/2024/5.jsonl", lines)
        archive.writestr("user.json", json.dumps({"username": "ben"}))
    for name in ("a.jsonl", "b.jsonl.gz", "c.json", "d.json", "e.zip"):
        first, second = read_history(tmp_path / name)
        assert isinstance(first, Play)
        assert isinstance(second, Play)
        assert first.listener == "mia"
        assert second.listener == ("ben" if name == "e.zip" else "")
        assert (second.track.title, second.track.album) == ("South", "Maps")
        assert second.track.duration == 61.5
        assert second.track.outside_ids == (OutsideId("musicbrainz", RECORDING),)
        assert second.at == 1_714_979_289.0


def test_lines_that_are_no_listens_are_rejected(tmp_path: Path) -> None:
    lines = [json.dumps(listen("North")), "{", "[]", '{"track_metadata": {}}', "", "3"]
    play, *rest = read_history(write(tmp_path, "\n".join(lines), "a.jsonl"))
    assert isinstance(play, Play)
    assert [one.line for one in rest if isinstance(one, Rejection)] == [2, 3, 4, 6]


def test_a_cut_archive_gives_what_came_before(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(listen(f"North {number}")) for number in range(5_000))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode())[:-200])
    *plays, last = read_history(tmp_path / "a.jsonl.gz")
    assert isinstance(last, Rejection)
    assert "breaks off" in last.reason
    assert len(plays) > 1_000


def hetrec(tmp_path: Path, plays: str, artists: str = 'id\tname\turl\n51\t"Duo" Vale\tx\n') -> Path:
    write(tmp_path, artists, "artists.dat")
    write(tmp_path, f"userID\tartistID\tweight\n{plays}", "user_artists.dat")
    return tmp_path


def test_hetrec_folder_and_file(tmp_path: Path) -> None:
    folder = hetrec(tmp_path, "2\t51\t13883\n2\t99\t5\n2\t51\t0\n2\t51\n")
    for path in (folder, folder / "user_artists.dat"):
        play, *rest = read_history(path)
        assert play == Play(
            listener="lastfm:2",
            track=TrackRecord(artists=('"Duo" Vale',), place="user_artists.dat, line 2"),
            times=13_883,
        )
        assert [(one.line, one.reason) for one in rest if isinstance(one, Rejection)] == [
            (3, "artist '99' does not stand in artists.dat"),
            (4, "column 'weight' holds '0', which is no count"),
            (5, "it has 2 cells where there are three columns"),
        ]


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("h.txt", "x", "a history's name ends in"),
        ("h.csv", "", "the file is empty"),
        ("h.csv", "a,b\n1,2\n", "no column says which artist or track was heard.*'a', 'b'"),
        ("h.csv", "artist,title\n", "has no rows"),
        ("h.json", "{", "this is not JSON"),
        ("h.json", '{"a": 1}', "holds no list of listens"),
        ("h.zip", "PK", "no zip archive"),
    ],
)
def test_a_file_that_is_no_history_is_an_error(tmp_path: Path, name, content, match) -> None:
    path = write(tmp_path, content, name)
    with pytest.raises(BadTableError, match=match):
        list(read_history(path))


def test_folders_and_files_that_lack_something(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"holds no user_artists\.dat"):
        read_history(tmp_path)
    with pytest.raises(NotFoundError, match="there is no file"):
        read_history(tmp_path / "none.csv")
    folder = hetrec(tmp_path, "")
    (folder / "artists.dat").write_text("number\tname\n")
    with pytest.raises(BadTableError, match="does not name the columns id, name"):
        read_history(folder)
    (folder / "artists.dat").unlink()
    with pytest.raises(NotFoundError, match=r"artists\.dat is missing"):
        read_history(folder)
