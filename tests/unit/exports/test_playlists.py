"""Playlists are read back as they were written, whatever files are called."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import BadRequestError, NotFoundError
from segue.exports.jspf import jspf
from segue.exports.m3u import m3u8
from segue.exports.places import Places, prefixes
from segue.exports.writing import write_whole
from segue.records import OutsideId, PlaylistRecord, Track
from segue.sources.playlists import read_playlists
from segue.types import TrackId

ODD = (
    "plain.mp3",
    "with blank .mp3",
    " leading.mp3",
    "trailing.mp3 ",
    "#hash.mp3",
    "new\nline.mp3",
    "next\x85line.mp3",
    "para\u2029graph.mp3",
    "50%20off.mp3",
    "back\\slash.mp3",
    "C:colon.mp3",
    "http:.mp3",
    "ünïcode – 日本.mp3",
    "a?b#c&d.mp3",
    os.fsdecode(b"caf\xe9.mp3"),
)
NAMES = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=20
).filter(lambda name: name not in {".", ".."})


def a_track(at: int = 0, *, title: str = "Title", artists: tuple[str, ...] = ("Artist",)) -> Track:
    return Track(TrackId(f"t{at}"), title, artists, album="Album", duration=61.4)


def read(path: Path) -> PlaylistRecord:
    (found,) = read_playlists(path)
    assert isinstance(found, PlaylistRecord)
    return found


def read_back(text: str, folder: Path, name: str) -> PlaylistRecord:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read(path)


def paths_in(found: PlaylistRecord) -> list[str]:
    return [
        each.value for entry in found.entries for each in entry.outside_ids if each.scheme == "path"
    ]


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("ending", ["m3u8", "jspf"])
@pytest.mark.parametrize("name", ODD)
def test_odd_file_names_come_back(tmp_path: Path, name: str, ending: str, relative: bool) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    file = folder.resolve() / name
    places = Places(relative_to=tmp_path.resolve() if relative else None)
    write = m3u8 if ending == "m3u8" else jspf
    text = write([a_track()], files={TrackId("t0"): file}, places=places, title="List")
    assert paths_in(read_back(text, tmp_path, f"list.{ending}")) == [str(file)]


@given(name=NAMES, relative=st.booleans(), ending=st.sampled_from(["m3u8", "jspf"]))
def test_any_file_name_comes_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, relative: bool, ending: str
) -> None:
    folder = tmp_path_factory.getbasetemp().resolve()
    file = folder / name
    places = Places(relative_to=folder if relative else None)
    write = m3u8 if ending == "m3u8" else jspf
    text = write([a_track()], files={TrackId("t0"): file}, places=places)
    assert paths_in(read_back(text, folder, f"any-list.{ending}")) == [str(file)]


@pytest.mark.parametrize("ending", ["m3u8", "jspf"])
@pytest.mark.parametrize(
    ("title", "artists"),
    [
        ("Title", ("Artist",)),
        ("Part One - The Beginning", ("A - B",)),
        ("No artist - but a dash", ()),
        ("Duet", ("One, Two & Three", "Four")),
    ],
)
def test_names_come_back(tmp_path: Path, title: str, artists: tuple[str, ...], ending: str) -> None:
    track = a_track(title=title, artists=artists)
    write = m3u8 if ending == "m3u8" else jspf
    text = write(
        [track], files={TrackId("t0"): tmp_path / "a.mp3"}, places=Places(), title="Evening – 1"
    )
    found = read_back(text, tmp_path, f"list.{ending}")
    (entry,) = found.entries
    assert (found.title, entry.title, entry.artists) == ("Evening – 1", title, artists)
    assert entry.album == "Album"
    assert entry.duration == pytest.approx(61.4, abs=0.5)


def test_a_name_of_several_lines_breaks_no_playlist(tmp_path: Path) -> None:
    track = a_track(title="One\nTwo\u2028#EXT", artists=("A\r\nB",))
    text = m3u8([track], files={TrackId("t0"): tmp_path / "a.mp3"}, places=Places(), title="T\n#U")
    (entry,) = read_back(text, tmp_path, "list.m3u8").entries
    assert (entry.title, entry.artists) == ("One Two #EXT", ("A B",))


def test_a_track_without_a_file_is_named_and_not_played(tmp_path: Path) -> None:
    tracks = [a_track(0, title="There"), a_track(1, title="Not\nthere")]
    text = m3u8(tracks, files={TrackId("t0"): tmp_path / "a.mp3"}, places=Places())
    assert "# No file: Artist – Not there\n" in text
    assert [entry.title for entry in read_back(text, tmp_path, "list.m3u8").entries] == ["There"]
    both = jspf(tracks, files={TrackId("t0"): tmp_path / "a.mp3"}, places=Places())
    assert len(read_back(both, tmp_path, "list.jspf").entries) == 2


def test_prefixes_make_the_path_another_machine_sees() -> None:
    pairs = prefixes(["/srv/music=M:\\Music", "/srv=/Volumes/srv/"])
    places = Places(prefixes=pairs)
    assert places.named(Path("/srv/music/a/b.mp3")) == "M:\\Music\\a\\b.mp3"
    assert places.named(Path("/srv/other/b.mp3")) == "/Volumes/srv/other/b.mp3"
    assert places.named(Path("/srv/musical/b.mp3")) == "/Volumes/srv/musical/b.mp3"
    assert places.named(Path("/home/b.mp3")) == "/home/b.mp3"
    text = jspf([a_track()], files={TrackId("t0"): Path("/srv/music/a b.mp3")}, places=places)
    assert json.loads(text)["playlist"]["track"][0]["location"] == ["file:///M:/Music/a%20b.mp3"]


@pytest.mark.parametrize("pair", ["", "/srv", "=x", "/srv="])
def test_what_is_no_prefix(pair: str) -> None:
    with pytest.raises(BadRequestError, match="puts no prefix"):
        prefixes([pair])


def test_ids_of_others_come_back(tmp_path: Path) -> None:
    ids = (
        OutsideId("musicbrainz", "b1a9c0e9-d987-4042-ae91-78d6a3267d69"),
        OutsideId("spotify", "4uLU6hMCjMI75M1A2tKUQC"),
        OutsideId("isrc", "GBAYE0601498"),
    )
    track = Track(TrackId("t0"), "T", ("A",), outside_ids=(*ids, OutsideId("own", "7")))
    text = jspf([track], files={}, places=Places(), notes=["Both calm."])
    (entry,) = read_back(text, tmp_path, "list.jspf").entries
    assert entry.outside_ids == ids
    assert json.loads(text)["playlist"]["track"][0]["annotation"] == "Both calm."


def test_a_file_that_is_there_stays_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "list.m3u8"
    assert write_whole(path, "one\n") == path.resolve()
    path.chmod(0o640)
    with pytest.raises(BadRequestError, match="is there already"):
        write_whole(path, "two\n")
    assert path.read_text(encoding="utf-8") == "one\n"
    write_whole(path, "two\n", force=True)
    assert path.read_text(encoding="utf-8") == "two\n"
    assert path.stat().st_mode & 0o777 == 0o640
    link = tmp_path / "link.m3u8"
    link.symlink_to(path)
    write_whole(link, "three\n", force=True)
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "three\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.m3u8", "list.m3u8"]


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no folder"):
        write_whole(tmp_path / "none" / "list.m3u8", "")
    with pytest.raises(BadRequestError, match="is a folder"):
        write_whole(tmp_path, "")
