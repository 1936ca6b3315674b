from __future__ import annotations

import gzip
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from segue.errors import BadTableError, NotFoundError
from segue.records import OutsideId, PlaylistRecord, Rejection, TrackRecord
from segue.sources.playlists import read_playlists

if TYPE_CHECKING:
    from pathlib import Path


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {
        "pos": 0,
        "artist_name": "Ada Vale",
        "track_uri": f"spotify:track:{name}",
        "track_name": name.title(),
        "duration_ms": 226_863,
        "album_name": "Maps",
        **more,
    }


def slice_of(*playlists: Any) -> str:
    return json.dumps({"info": {"version": "v1"}, "playlists": playlists})


def playlist_of(pid: int, *names: str, **more: Any) -> dict[str, Any]:
    return {
        "name": f"List {pid}",
        "pid": pid,
        "modified_at": 1_493_424_000,
        "num_followers": 3,
        "tracks": [entry(name) for name in names],
        **more,
    }


def both(path: Path) -> tuple[list[PlaylistRecord], list[Rejection]]:
    found = list(read_playlists(path))
    records = [item for item in found if isinstance(item, PlaylistRecord)]
    return records, [item for item in found if isinstance(item, Rejection)]


def test_a_slice_plain_and_gzipped(tmp_path: Path) -> None:
    text = slice_of(playlist_of(0, "north", "south"), playlist_of(7, "east"))
    (tmp_path / "s.json").write_text(text)
    (tmp_path / "s.json.gz").write_bytes(gzip.compress(text.encode()))
    plain, rejected = both(tmp_path / "s.json")
    packed, _ = both(tmp_path / "s.json.gz")
    assert rejected == []
    assert [one.outside_id for one in plain] == [OutsideId("mpd", "0"), OutsideId("mpd", "7")]
    assert [len(one.entries) for one in packed] == [2, 1]
    assert plain[0].title == "List 0"
    assert plain[0].followers == 3
    assert plain[0].modified == 1_493_424_000.0
    first = plain[0].entries[0]
    assert (first.title, first.artists, first.album) == ("North", ("Ada Vale",), "Maps")
    assert first.outside_ids == (OutsideId("spotify", "north"),)
    assert first.duration == 226.863
    assert "playlist 1" in first.place


def test_an_archive_of_slices(tmp_path: Path) -> None:
    path = tmp_path / "mpd.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/b.json", slice_of(playlist_of(1, "south")))
        archive.writestr("data/a.json", slice_of(playlist_of(0, "north")))
        archive.writestr("data/c.json", "{")
        archive.writestr("readme.txt", "not a slice")
    records, rejected = both(path)
    assert [one.outside_id.value for one in records] == ["0", "1"]
    assert [one.place.rpartition("/")[2] for one in rejected] == ["c.json"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("no object", "it is no JSON object"),
        ({"name": "x", "tracks": []}, "it has no number (pid)"),
        ({"pid": 10**400, "tracks": []}, "it has no number (pid)"),
        ({"pid": 4, "tracks": "none"}, "it has no list of tracks"),
        (playlist_of(4, tracks=[entry("north"), {"pos": 1}]), "entry 2 names no track"),
        (playlist_of(4, tracks=["north"]), "entry 1 names no track"),
    ],
)
def test_what_is_wrong_in_a_slice_costs_no_more_than_itself(tmp_path, broken, reason) -> None:
    path = tmp_path / "s.json"
    path.write_text(slice_of(playlist_of(0, "north"), broken, playlist_of(9, "south")))
    records, rejected = both(path)
    assert {"0", "9"} <= {one.outside_id.value for one in records}
    assert [one.reason for one in rejected] == [reason]
    assert rejected[0].place.endswith("playlist 2")


def test_odd_values_of_a_slice_are_unknown(tmp_path: Path) -> None:
    odd = entry("north", duration_ms=10**400, album_name=None, artist_name="half \ud800 \0sign")
    odd["track_uri"] = "spotify:local:north"
    path = tmp_path / "s.json"
    path.write_text(slice_of(playlist_of(1, tracks=[odd], num_followers=-1, modified_at=True)))
    ((record,), rejected) = both(path)
    assert rejected == []
    assert record.followers is None
    assert record.modified is None
    assert record.entries[0].outside_ids == ()
    assert record.entries[0].duration is None
    assert record.entries[0].artists == ("half ? sign",)


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("a.json", b"", "this is not JSON"),
        ("a.json", b"{", "this is not JSON"),
        ("a.json", b"[" * 100_000, "this is not JSON"),
        ("a.json", b'{"a": "\xff"}', "this is not JSON"),
        ("a.json", b"[1]", "holds no list of playlists"),
        ("a.json", b'{"playlists": 3}', "holds no list of playlists"),
        ("a.json", b'{"playlist": {}}', "holds no playlist with a list of tracks"),
        ("a.jspf", b'{"playlists": []}', "holds no playlist with a list of tracks"),
        ("a.json.gz", gzip.compress(b'{"playlists": [' * 9_000)[:-20], "cut short or damaged"),
        ("a.json.gz", b"{}", "no gzip file"),
        ("a.zip", b"PK\x03\x04", "no zip archive"),
        ("a.txt", b"", "a playlist's name ends in"),
        ("a.csv", b"title,artist\nNorth,Ada\n", "which playlist a row belongs to"),
        ("a.csv", b"playlist_id,artist\n1,Ada\n", "no column says title"),
        ("a.csv", b"playlist_id,title,artist\n", "has no rows"),
        ("a.m3u8", b"Bj\xf6rk.mp3\n", "not text in utf-8"),
        ("a.m3u", b"", "names no track"),
        ("a.m3u8", b"#EXTM3U\n#EXT-X-VERSION:3\na.ts\n", "playlist of a stream"),
        ("a.m3u", b"a\0b.mp3", "not text"),
    ],
)
def test_a_file_that_is_no_playlist_is_an_error(tmp_path, name, content, match) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadTableError, match=match):
        list(read_playlists(tmp_path / name))
    with pytest.raises(NotFoundError, match="there is no file"):
        read_playlists(tmp_path / "none.m3u")


def test_the_remedy_for_a_column_is_one_that_playlists_take(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("playlist,track,artist\nmine,North,Ada\n")
    with pytest.raises(BadTableError, match=r"'track'.*name its columns title where") as caught:
        list(read_playlists(path))
    assert "--map" not in str(caught.value)


def test_a_zip_without_slices_is_an_error(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(BadTableError, match=r"holds no \.json file"):
        list(read_playlists(tmp_path / "a.zip"))


def test_in_a_folder_a_bad_file_is_a_rejection(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.json").write_text(slice_of(playlist_of(1, "north")))
    (tmp_path / "a.m3u").write_text("north.mp3\n")
    (tmp_path / "c.json").write_text("{")
    (tmp_path / "notes.txt").write_text("not looked at")
    (tmp_path / ".hidden.m3u").write_text("x.mp3\n")
    (tmp_path / "gone.m3u").symlink_to(tmp_path / "nowhere")
    calls: list[tuple[int, int | None, str]] = []
    found = list(read_playlists(tmp_path, on_progress=lambda *call: calls.append(call)))
    assert [type(item).__name__ for item in found] == [
        "PlaylistRecord",
        "Rejection",
        "PlaylistRecord",
        "Rejection",
    ]
    assert calls[-1][:2] == (4, 4)


def broken_slices() -> dict[str, tuple[bytes, str]]:
    """Slices that went wrong on their way, and what is said of each."""
    whole = slice_of(*(playlist_of(number, "north", "south") for number in range(40, 60))).encode()
    packed = gzip.compress(whole)
    return {
        "b.json": (whole[: len(whole) // 2], "this is not JSON"),
        "c.json.gz": (packed[: len(packed) // 2], "the compressed file is cut short or damaged"),
        "d.json": (b"", "this is not JSON"),
        "e.json": (b"[" + whole + b"]", "this JSON holds no list of playlists"),
        "f.json.gz": (whole, "the name ends in .gz, but this is no gzip file"),
        "g.json": (whole.replace(b"North", b"N\xf8rth", 1), "this is not JSON"),
    }


def test_one_broken_slice_of_many_costs_itself_alone(tmp_path: Path) -> None:
    for number, name in enumerate(("a.json", "z.json")):
        (tmp_path / name).write_text(slice_of(playlist_of(number, "east")))
    broken = broken_slices()
    for name, (data, _) in broken.items():
        (tmp_path / name).write_bytes(data)
    records, rejected = both(tmp_path)
    assert [one.outside_id.value for one in records] == ["0", "1"]
    assert [one.place for one in rejected] == [str(tmp_path / name) for name in broken]
    for one, (_, reason) in zip(rejected, broken.values(), strict=True):
        assert one.reason.startswith(reason)


def test_one_damaged_slice_of_an_archive_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "mpd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, name in enumerate("abc"):
            archive.writestr(f"{name}.json", slice_of(playlist_of(number, "north")))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"List 1", b"Lost 1"))
    records, rejected = both(path)
    assert [one.outside_id.value for one in records] == ["0", "2"]
    (one,) = rejected
    assert one.place.endswith("b.json")
    assert one.reason.startswith("the compressed file is cut short or damaged (Bad CRC-32")


@pytest.mark.parametrize(
    "name", ["夜のドライブ", "أغاني الطريق", "Ночь 🌙", "नींद", "x" * 5_000, "  ", ""]
)
def test_a_title_may_be_in_any_script_or_none(tmp_path: Path, name: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(slice_of(playlist_of(1, "north", name=name)))
    ((record,), rejected) = both(path)
    assert (record.title, rejected) == (name.strip(), [])


@pytest.mark.parametrize("many", [0, 1, 10_000])
def test_a_playlist_of_any_length_keeps_its_entries(tmp_path: Path, many: int) -> None:
    path = tmp_path / "s.json"
    names = [f"song{number % 4_000}" for number in range(many)]
    path.write_text(slice_of(playlist_of(1, *names)))
    ((record,), rejected) = both(path)
    assert [one.outside_ids[0].value for one in record.entries] == names
    assert rejected == []


def test_a_folder_without_playlists_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not looked at")
    with pytest.raises(NotFoundError, match="holds no playlist"):
        read_playlists(tmp_path)


def test_m3u_titles_lengths_and_paths(tmp_path: Path) -> None:
    path = tmp_path / "lists" / "mine.m3u8"
    path.parent.mkdir()
    path.write_text(
        "\ufeff#EXTM3U\n#PLAYLIST:My list\n"
        "#EXTINF:123,Ada Vale feat. Bo - North - Live\n#EXTALB:Maps\n../music/a.mp3\n"
        '#EXTINF:-1 tvg-id="x",Stream\nhttps://host/stream\n'
        "https://host/nameless\n"
        "\n03 South.mp3\n"
        "/abs/Cy - East.flac\n",
        encoding="utf-8",
    )
    ((record,), rejected) = both(path)
    assert record.title == "My list"
    assert record.outside_id == OutsideId("m3u", str(path.resolve()))
    north, stream, south, east = record.entries
    assert north == TrackRecord(
        title="North - Live",
        artists=("Ada Vale", "Bo"),
        album="Maps",
        outside_ids=(OutsideId("path", str(tmp_path.resolve() / "music" / "a.mp3")),),
        duration=123.0,
        place="mine.m3u8, line 5",
    )
    assert (stream.title, stream.outside_ids, stream.duration) == ("Stream", (), None)
    assert (south.title, south.artists) == ("South", ())
    assert (east.title, east.artists) == ("East", ("Cy",))
    assert east.outside_ids == (OutsideId("path", "/abs/Cy - East.flac"),)
    assert [(one.line, one.reason) for one in rejected] == [
        (8, "it is a web address without a title")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_m3u_is_utf8_or_what_windows_wrote(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "mine.m3u"
    path.write_bytes("#EXTINF:5,Björk – Jóga\r\nmusic\\x.mp3\r\n".encode(encoding))
    ((record,), _) = both(path)
    assert record.title == "mine"
    assert record.entries[0].title == "Jóga"
    assert record.entries[0].artists == ("Björk",)
    assert record.entries[0].outside_ids[0].value.endswith("/music/x.mp3")


def test_jspf_identifiers(tmp_path: Path) -> None:
    recording = "8b882575-08a5-4452-a7a7-cbb8a1531f9e"
    tracks = [
        {
            "title": "North",
            "creator": "Ada Vale",
            "album": "Maps",
            "duration": 61_500,
            "identifier": [f"https://musicbrainz.org/recording/{recording}", "urn:other:1"],
            "location": "file:///music/a%20b.mp3",
        },
        {"identifier": "https://open.spotify.com/track/abc123"},
        {"title": "East", "identifier": "https://musicbrainz.org/recording/broken"},
        {"creator": "nobody"},
        "no object",
    ]
    content = {"playlist": {"title": "Mine", "date": "2024-05-06T07:08:09+00:00", "track": tracks}}
    path = tmp_path / "mine.jspf"
    path.write_text(json.dumps(content))
    ((record,), rejected) = both(path)
    assert record.title == "Mine"
    assert record.outside_id == OutsideId("jspf", str(path.resolve()))
    assert record.modified == 1_714_979_289.0
    assert record.entries[0] == TrackRecord(
        title="North",
        artists=("Ada Vale",),
        album="Maps",
        outside_ids=(OutsideId("musicbrainz", recording), OutsideId("path", "/music/a b.mp3")),
        duration=61.5,
        place="mine.jspf, entry 1",
    )
    assert record.entries[1].outside_ids == (OutsideId("spotify", "abc123"),)
    assert record.entries[2].outside_ids == ()
    assert [one.reason for one in rejected] == ["entry 4 names no track", "entry 5 names no track"]
    path.rename(tmp_path / "mine.json")
    assert [len(one.entries) for one in both(tmp_path / "mine.json")[0]] == [3]


def test_a_table_of_entries_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "playlist_id,playlist,position,title,artist,id,energy\n"
        "p1,First,2,South,Ada,2,0.5\n"
        "p2,Second,1,East,Bo,3,0.5\n"
        "p1,First,1,North,Ada,1,0.5\n"
        "p1,First,9,South,Ada,2,0.5\n"
        ",,1,West,Cy,4,0.5\n"
        "p1,First,x,West,Cy,4,0.5\n"
        "p1,First,4,West,Cy,4,7\n"
    )
    records, rejected = both(path)
    assert [one.outside_id for one in records] == [OutsideId("own", "p1"), OutsideId("own", "p2")]
    assert [one.title for one in records] == ["First", "Second"]
    assert [one.title for one in records[0].entries] == ["North", "South"]
    assert [(one.line, one.reason) for one in rejected] == [
        (6, "it does not say which playlist it belongs to"),
        (7, "the position is 'x', which is not a number"),
        (8, "column 'energy' holds '7', which is not from 0 to 1"),
    ]


def test_a_table_with_titles_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("playlist_name,title,artist\nMine,North,Ada\nMine,North,Ada\nYours,South,Bo\n")
    records, _ = both(path)
    assert [(one.outside_id.value, len(one.entries)) for one in records] == [
        ("Mine", 2),
        ("Yours", 1),
    ]
