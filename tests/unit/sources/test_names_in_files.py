"""Credits, file names and where a playlist says a file is."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.sources.credits import split_credit, split_genres
from segue.sources.filenames import NameParts, read_name
from segue.sources.lyrics import lyrics_beside, plain_lyrics
from segue.sources.paths import is_web, locate


@pytest.mark.parametrize(
    ("credit", "artists"),
    [
        ("Ada Vale", ("Ada Vale",)),
        ("  ", ()),
        ("Ada Vale; Bo Finn ;Ada Vale", ("Ada Vale", "Bo Finn")),
        ("Ada Vale feat. Bo Finn", ("Ada Vale", "Bo Finn")),
        ("Ada Vale (ft. Bo Finn)", ("Ada Vale", "Bo Finn")),
        ("Ada Vale Featuring Bo, Cy & Di", ("Ada Vale", "Bo", "Cy", "Di")),
        ("Ada Vale feat. Bo & Cy", ("Ada Vale", "Bo & Cy")),
        ("Earth, Wind & Fire", ("Earth, Wind & Fire",)),
        ("Little Feat", ("Little Feat",)),
        ("Little Feat & Friends", ("Little Feat & Friends",)),
        ("Featuring Nobody", ("Featuring Nobody",)),
    ],
)
def test_only_clear_guests_are_parted_from_a_credit(credit, artists) -> None:
    assert split_credit(credit) == artists


def test_genres_are_parted_at_semicolons_nul_and_spaced_slashes() -> None:
    assert split_genres("Rock;Pop\0Jazz / Soul") == ("Rock", "Pop", "Jazz", "Soul")
    assert split_genres("Folk, World, & Country") == ("Folk, World, & Country",)


@pytest.mark.parametrize(
    ("stem", "parts"),
    [
        ("01 - Ada Vale - North", NameParts("North", "Ada Vale", "", 1)),
        ("Ada Vale - North", NameParts("North", "Ada Vale")),
        ("01 North", NameParts("North", track_number=1)),
        ("12 North", NameParts("North", track_number=12)),
        ("01. North", NameParts("North", track_number=1)),
        ("1-07 North", NameParts("North", track_number=7)),
        ("7) North", NameParts("North", track_number=7)),
        ("Ada Vale - Maps - 03 - North", NameParts("North", "Ada Vale", "Maps", 3)),
        ("Ada Vale - North - Live", NameParts("North - Live", "Ada Vale")),
        ("ada_vale_-_north", NameParts("north", "ada vale")),
        ("99 Luftballons", NameParts("99 Luftballons")),
        ("7 Years", NameParts("7 Years")),
        ("22", NameParts("22")),
        ("1999 (live)", NameParts("1999 (live)")),
        ("03", NameParts("03")),
        ("Well-known", NameParts("Well-known")),
    ],
)
def test_a_file_name_says_what_it_can(stem, parts) -> None:
    assert read_name(stem) == parts


def test_where_an_entry_is(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    assert locate("../a.mp3", folder=folder) == tmp_path / "a.mp3"
    assert locate("sub\\a b.mp3", folder=folder) == folder / "sub" / "a b.mp3"
    assert locate("file:///music/a%20b.mp3", folder=folder) == Path("/music/a b.mp3")
    assert locate("file://localhost/music/a.mp3", folder=folder) == Path("/music/a.mp3")
    assert locate("FILE://[x", folder=folder) == Path("/")
    assert locate("file:///a%00b.mp3", folder=folder) == Path("/ab.mp3")
    assert locate("x" * 10_000, folder=folder).name == "x" * 10_000
    assert locate("/music/./x/../a.mp3", folder=folder) == Path("/music/a.mp3")
    (tmp_path / "link").symlink_to(folder)
    assert locate("link/a.mp3", folder=tmp_path) == folder / "a.mp3"
    assert is_web("https://host/a.mp3")
    assert not is_web("FILE:///a.mp3")
    assert not is_web("C:/a.mp3")


def test_lyrics_lose_their_timestamps() -> None:
    timed = "[ar: Ada Vale]\n[00:01.50]First <00:02.00>line\n\n[00:03][00:09]Again\n[offset:+1]"
    assert plain_lyrics(timed) == "First line\n\nAgain"
    assert plain_lyrics("[Chorus]\nla") == "[Chorus]\nla"
    assert len(plain_lyrics("la " * 1_000_000)) == 100_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_lyrics_beside_a_file_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "song.lrc").write_bytes("[00:01.00]Grüße\r\n[00:02.00]é".encode(encoding))
    assert lyrics_beside(tmp_path / "song.mp3") == "Grüße\né"


def test_lyrics_are_not_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("not for you")
    (tmp_path / "song.lrc").symlink_to(tmp_path / "secret")
    assert lyrics_beside(tmp_path / "song.mp3") == ""
    assert lyrics_beside(tmp_path / "other.mp3") == ""
