"""Playlists are kept and written beside the music; nothing of others is lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from segue.catalogue import kept, playlists, tracks
from segue.errors import NotFoundError, UnavailableError
from segue.exports.marks import mark_name, mark_of
from segue.library import Segue
from segue.records import OutsideId, PlaylistRecord, TrackRecord
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Playlists"
    made.mkdir()
    return made


@pytest.fixture
def segue(tmp_path: Path, folder: Path) -> Segue:
    settings = Settings(_env_file=None, playlist_folder=folder)
    with Segue.open(tmp_path / "segue.db", settings=settings) as opened:
        tracks.add(opened.database, [TrackRecord(title, ("Ada",)) for title in "ABC"])
        yield opened


def ids(segue: Segue) -> list[str]:
    return [track.id for track in tracks.page(segue.database)]


def test_a_playlist_is_written_and_written_anew(segue: Segue, folder: Path) -> None:
    one = segue.keep("Night: drive", ids(segue))
    written = segue.filed(one.number)
    assert written.path == folder / "Night drive.m3u8"
    assert (written.written, len(written.without_file)) == (0, 3)
    before = written.path.read_text()
    kept.change(segue.database, one.number, edition=one.edition, ids=ids(segue)[:1])
    again = segue.filed(one.number)
    assert again.path == written.path
    assert before.count("# No file") == 3
    assert again.path.read_text().count("# No file") == 1
    assert [path.name for path in folder.iterdir()] == ["Night drive.m3u8"]


def test_a_second_playlist_of_the_name_has_a_file_of_its_own(segue: Segue, folder: Path) -> None:
    first, second = (segue.keep("Mix", ids(segue)) for _ in range(2))
    paths = [segue.filed(one.number).path.name for one in (first, second, first, second)]
    assert paths == ["Mix.m3u8", "Mix (2).m3u8", "Mix.m3u8", "Mix (2).m3u8"]
    assert mark_of((folder / "Mix (2).m3u8").read_text()).name == mark_name("segue", second.value)


def test_imported_playlists_are_known_again_whatever_their_source_calls_them(
    segue: Segue, folder: Path
) -> None:
    entries = (TrackRecord("A", ("Ada",)),)
    alike = [
        PlaylistRecord("Mix", outside_id=OutsideId(scheme, "Road trip 1"), entries=entries)
        for scheme in ("own", "mpd")
    ]
    playlists.add(segue.database, alike)
    first, second = segue.playlists()
    for _ in range(2):
        paths = [segue.filed(one.number).path.name for one in (first, second)]
        assert paths == ["Mix.m3u8", "Mix (2).m3u8"]


def test_a_pipe_of_the_name_stops_nobody(segue: Segue, folder: Path) -> None:
    one = segue.keep("Mix", ids(segue))
    os.mkfifo(folder / "Mix.m3u8")
    with pytest.raises(UnavailableError, match="is no plain file"):
        segue.filed(one.number)
    assert not segue.overwritable(one.number)


def test_what_is_not_ours_is_asked_about(segue: Segue, folder: Path) -> None:
    one = segue.keep("Mix", ids(segue))
    theirs = folder / "Mix.m3u8"
    theirs.write_text("#EXTM3U\nsong.mp3\n")
    with pytest.raises(UnavailableError, match=r"Mix\.m3u8 is there already, and Segue did not"):
        segue.filed(one.number)
    assert theirs.read_text() == "#EXTM3U\nsong.mp3\n"
    assert segue.overwritable(one.number)
    segue.filed(one.number, overwrite=True)
    theirs.write_text(theirs.read_text() + "song.mp3\n")
    with pytest.raises(UnavailableError, match="was changed since Segue wrote it"):
        segue.filed(one.number)
    assert theirs.read_text().endswith("song.mp3\n")


def test_a_link_is_never_written_through(segue: Segue, folder: Path, tmp_path: Path) -> None:
    one = segue.keep("Mix", ids(segue))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    os.symlink(elsewhere, folder / "Mix.m3u8")
    with pytest.raises(UnavailableError, match="is no plain file"):
        segue.filed(one.number, overwrite=True)
    assert elsewhere.read_text() == "precious"


def test_paths_are_relative_to_the_folder(tmp_path: Path, folder: Path) -> None:
    from segue.sources.demo import write_demo

    write_demo(tmp_path / "music", tracks=1)
    settings = Settings(_env_file=None, playlist_folder=folder)
    with Segue.open(tmp_path / "segue.db", settings=settings) as segue:
        segue.scan(tmp_path / "music")
        one = segue.keep("Mix", ids(segue))
        written = segue.filed(one.number)
        lines = written.path.read_text().splitlines()
        assert lines[-1].startswith("../music/")
        assert (folder / lines[-1]).exists()
        assert written.written == 1


def test_without_a_folder_nothing_is_written(tmp_path: Path, segue: Segue, folder: Path) -> None:
    one = segue.keep("Mix", ids(segue))
    folder.rmdir()
    with pytest.raises(NotFoundError, match="the folder for playlists is not there"):
        segue.filed(one.number)
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as bare:
        with pytest.raises(UnavailableError, match="no folder is set") as found:
            bare.filed(one.number)
        assert "SEGUE_PLAYLIST_FOLDER" in found.value.remedy


def test_playlists_are_looked_through(segue: Segue) -> None:
    one, two = segue.keep("One", ids(segue)), segue.keep("Two", ids(segue))
    assert [each.number for each in segue.playlists()] == [two.number, one.number]
    assert [each.title for each in segue.playlists("one")] == ["One"]
    assert segue.playlists(after=1) == []
