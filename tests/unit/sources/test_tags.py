from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import mutagen
import pytest
from mutagen import id3, mp4
from mutagen.apev2 import APEv2
from mutagen.flac import FLAC, Picture

from segue.records import OutsideId
from segue.sources.tags import LARGEST_ART, image_type, read_art, read_tags

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RECORDING = "8b882575-08a5-4452-a7a7-cbb8a1531f9e"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40
VORBIS = {
    "title": ["North"],
    "artist": ["Ada Vale feat. Bo Finn"],
    "album": ["Maps"],
    "albumartist": ["Ada Vale"],
    "genre": ["Dream Pop; Rock"],
    "date": ["1999-05-04"],
    "tracknumber": ["3/12"],
    "isrc": ["GB-AYE-68-00462"],
    "musicbrainz_trackid": [RECORDING],
    "language": ["eng"],
    "lyrics": ["[00:01.00]la\nla"],
}


def save_id3(path: Path, *frames: id3.Frame, kind: Any = None) -> None:
    if kind is None:
        tags = id3.ID3()
        for frame in frames:
            tags.add(frame)
        tags.save(path)
        return
    file = kind(path)
    file.add_tags() if file.tags is None else None
    for frame in frames:
        file.tags.add(frame)
    file.save()


def full_id3() -> list[id3.Frame]:
    return [
        id3.TIT2(encoding=3, text="North"),
        id3.TPE1(encoding=3, text="Ada Vale feat. Bo Finn"),
        id3.TALB(encoding=3, text="Maps"),
        id3.TPE2(encoding=3, text="Ada Vale"),
        id3.TCON(encoding=3, text="Dream Pop; Rock"),
        id3.TDRC(encoding=3, text="1999-05-04"),
        id3.TRCK(encoding=3, text="3/12"),
        id3.TSRC(encoding=3, text="GBAYE6800462"),
        id3.UFID(owner="http://musicbrainz.org", data=RECORDING.encode()),
        id3.TLAN(encoding=3, text="eng"),
        id3.USLT(encoding=3, lang="eng", desc="", text="[00:01.00]la\nla"),
        id3.TXXX(encoding=3, desc="ITUNESADVISORY", text="1"),
        id3.APIC(encoding=3, mime="image/png", type=0, desc="other", data=PNG),
        id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="front", data=JPEG),
    ]


def save_vorbis(path: Path) -> None:
    file = mutagen.File(path)
    file.update(VORBIS | {"itunesadvisory": ["1"]})
    picture = Picture()
    picture.type, picture.mime, picture.data = 3, "image/jpeg", JPEG
    if isinstance(file, FLAC):
        file.add_picture(picture)
    else:
        file["metadata_block_picture"] = base64.b64encode(picture.write()).decode()
    file.save()


def save_mp4(path: Path) -> None:
    file = mp4.MP4(path)
    free = "----:com.apple.iTunes:"
    file.update(
        {
            "\xa9nam": "North",
            "\xa9ART": "Ada Vale feat. Bo Finn",
            "\xa9alb": "Maps",
            "aART": "Ada Vale",
            "\xa9gen": "Dream Pop; Rock",
            "\xa9day": "1999-05-04",
            "trkn": [(3, 12)],
            "rtng": [1],
            "\xa9lyr": "[00:01.00]la\nla",
            f"{free}ISRC": b"GBAYE6800462",
            f"{free}MusicBrainz Track Id": RECORDING.encode(),
            f"{free}LANGUAGE": b"eng",
            "covr": [mp4.MP4Cover(JPEG, mp4.MP4Cover.FORMAT_JPEG)],
        }
    )
    file.save()


def tagged(tone: Callable[..., Path], kind: str) -> Path:
    path = tone(kind, f"untold {kind}.{kind}")
    if kind in {"mp3", "aac"}:
        save_id3(path, *full_id3())
    elif kind in {"wav", "aiff"}:
        file = mutagen.File(path)
        save_id3(path, *full_id3(), kind=type(file))
    elif kind == "m4a":
        save_mp4(path)
    else:
        save_vorbis(path)
    return path


@pytest.mark.parametrize("kind", ["mp3", "aac", "wav", "aiff", "m4a", "flac", "ogg", "opus"])
def test_every_kind_of_tag_says_the_same(tone: Callable[..., Path], kind: str) -> None:
    path = tagged(tone, kind)
    found = read_tags(path)
    track = found.track
    assert track.title == "North"
    assert track.artists == ("Ada Vale", "Bo Finn")
    assert track.album == "Maps"
    assert track.album_artist == "Ada Vale"
    assert track.genres == ("Dream Pop", "Rock")
    assert track.year == 1999
    assert track.track_number == 3
    assert set(track.outside_ids) == {
        OutsideId("isrc", "GBAYE6800462"),
        OutsideId("musicbrainz", RECORDING),
    }
    assert track.language == "eng"
    assert track.lyrics == "la\nla"
    assert track.explicit is True
    assert track.place == str(path)
    assert found.duration == track.duration == pytest.approx(1.0, abs=0.08)
    assert found.art
    assert read_art(path) == (JPEG, "image/jpeg")


@pytest.mark.parametrize("kind", ["mp3", "aac", "wav", "aiff", "m4a", "flac", "ogg", "opus"])
def test_without_tags_the_name_speaks(tone: Callable[..., Path], kind: str) -> None:
    path = tone(kind, f"02 - Ada Vale - North.{kind}")
    found = read_tags(path)
    assert found.track.title == "North"
    assert found.track.artists == ("Ada Vale",)
    assert found.track.track_number == 2
    assert not found.art
    assert read_art(path) is None
    assert found.duration == pytest.approx(1.0, abs=0.08)


def test_numbers_of_genres_are_names_and_many_values_are_many(tone: Callable[..., Path]) -> None:
    path = tone("mp3")
    save_id3(
        path,
        id3.TCON(encoding=3, text=["17", "(9)Metal", "Electro / House"]),
        id3.TPE1(encoding=3, text=["Ada", "Bo; Cy"]),
        id3.TDRC(encoding=3, text="no date"),
        id3.TDOR(encoding=3, text="1971"),
        id3.TCMP(encoding=3, text="1"),
        id3.TXXX(encoding=3, desc="ITUNESADVISORY", text="2"),
        id3.TSRC(encoding=3, text="nonsense"),
        id3.SYLT(encoding=3, lang="eng", format=2, type=1, desc="", text=[("one", 5), ("two", 9)]),
    )
    track = read_tags(path).track
    assert track.genres == ("Rock", "Metal", "Electro", "House")
    assert track.artists == ("Ada", "Bo", "Cy")
    assert track.year == 1971
    assert track.album_artist == "Various Artists"
    assert track.explicit is False
    assert track.outside_ids == ()
    assert track.lyrics == "one\ntwo"


def test_an_artists_tag_lists_them_better_than_the_credit(tone: Callable[..., Path]) -> None:
    path = tone("flac")
    file = FLAC(path)
    file.update({"artist": ["Ada & Bo"], "artists": ["Ada", "Bo"], "title": ["North"]})
    file.save()
    assert read_tags(path).track.artists == ("Ada", "Bo")


@pytest.mark.parametrize("kind", ["mp3", "aac"])
def test_ape_tags_alone(tone: Callable[..., Path], kind: str) -> None:
    path = tone(kind)
    tags = APEv2()
    tags.update({"Title": "North", "Artist": "Ada\0Bo", "Year": "1999", "Track": "4"})
    tags.save(path)
    track = read_tags(path).track
    assert (track.title, track.artists, track.year, track.track_number) == (
        "North",
        ("Ada", "Bo"),
        1999,
        4,
    )


def test_the_name_gives_an_artist_only_to_the_title_it_names(tone: Callable[..., Path]) -> None:
    path = tone("mp3", "Ada Vale - North.mp3")
    save_id3(path, id3.TIT2(encoding=3, text="north!"))
    assert read_tags(path).track.artists == ("Ada Vale",)
    save_id3(path, id3.TIT2(encoding=3, text="Something else"))
    assert read_tags(path).track.artists == ()
    save_id3(path, id3.TPE1(encoding=3, text="Bo"))
    assert read_tags(path).track.title == "North"
    assert read_tags(path).track.artists == ("Bo",)


def test_lyrics_of_the_tag_win_over_the_file_beside(tone: Callable[..., Path]) -> None:
    path = tone("mp3", "song.mp3")
    path.with_suffix(".lrc").write_text("[00:01.00]beside")
    assert read_tags(path).track.lyrics == "beside"
    save_id3(path, id3.USLT(encoding=3, lang="eng", desc="", text="within"))
    assert read_tags(path).track.lyrics == "within"


def test_any_outside_id_can_stand_in_a_tag(tone: Callable[..., Path]) -> None:
    path = tone("flac")
    file = FLAC(path)
    file["segue_id"] = ["own:42", "path:/music/a.mp3", "no colon", "spotify:abc"]
    file.save()
    ids = read_tags(path).track.outside_ids
    assert ids == (OutsideId("own", "42"), OutsideId("spotify", "abc"))


def test_huge_and_dirty_texts_are_cut_and_cleaned(tone: Callable[..., Path]) -> None:
    path = tone("mp3")
    save_id3(
        path,
        id3.TIT2(encoding=3, text="a" * 2_000_000),
        id3.TALB(encoding=3, text="  two\r\n lines\t "),
        id3.USLT(encoding=3, lang="eng", desc="", text="la " * 1_000_000),
    )
    track = read_tags(path).track
    assert len(track.title) == 1_000
    assert track.album == "two lines"
    assert len(track.lyrics) == 100_000


def test_damaged_tags_do_not_lose_the_file(
    tone: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    path = tone("flac", "Ada - North.flac")
    save_vorbis(path)
    data = bytearray(path.read_bytes())
    place = data.index(b"title=North") - 4
    data[place : place + 4] = b"\xff\xff\xff\x7f"
    path.write_bytes(data)
    track = read_tags(path).track
    assert (track.title, track.artists) == ("North", ("Ada",))
    assert "damaged" in caplog.text or "cannot be read" in caplog.text


@pytest.mark.parametrize(
    "data",
    [
        b"<svg onload='alert(1)'/>",
        b"<html>",
        b"",
        b"BM" + b"\0" * 50,
        PNG + b"\0" * LARGEST_ART,
        b"RIFF\0\0\0\0WAVE",
    ],
)
def test_only_pictures_a_browser_may_be_given_are_pictures(
    tone: Callable[..., Path], data: bytes
) -> None:
    assert image_type(data) is None
    path = tone("mp3")
    save_id3(path, id3.APIC(encoding=3, mime="image/png", type=3, desc="", data=data))
    assert read_art(path) is None
    assert not read_tags(path).art


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"GIF89a" + b"\0" * 9, "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    ],
)
def test_the_media_type_is_that_of_the_content(tone: Callable[..., Path], data, media) -> None:
    path = tone("mp3")
    save_id3(path, id3.APIC(encoding=3, mime="text/html", type=3, desc="", data=data))
    assert read_art(path) == (data, media)


def test_a_file_that_is_no_audio_has_no_picture_and_its_name(tmp_path: Path) -> None:
    path = tmp_path / "Ada - North.mp3"
    path.write_bytes(b"")
    assert read_art(path) is None
    assert read_tags(path).track.title == "North"
    assert read_tags(path).duration is None
    with pytest.raises(FileNotFoundError):
        read_art(tmp_path / "none.mp3")
