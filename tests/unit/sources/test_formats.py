from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

import pytest

from segue.sources.formats import FORMATS, complaint, mpeg_seconds, sniff
from segue.sources.riff import read_info, wav_seconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def kind_of(data: bytes) -> str:
    return sniff(io.BytesIO(data), size=len(data))


def id3(length: int, *, footer: bool = False) -> bytes:
    size = bytes(length >> shift & 0x7F for shift in (21, 14, 7, 0))
    head = b"ID3\x04\x00" + (b"\x10" if footer else b"\x00") + size + b"\0" * length
    return head + (b"3DI\x04\x00\x10" + size if footer else b"")


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_known_by_its_content_alone(tone: Callable[..., Path], kind: str) -> None:
    data = tone(kind, "nothing in the name").read_bytes()
    assert kind_of(data) == kind


@pytest.mark.parametrize("before", [id3(0), id3(3_000), id3(5, footer=True), id3(9) + id3(700)])
@pytest.mark.parametrize("kind", ["mp3", "aac", "flac"])
def test_tags_before_the_sound_are_passed_over(tone: Callable[..., Path], kind, before) -> None:
    assert kind_of(before + tone(kind).read_bytes()) == kind


def test_junk_before_the_first_frame_is_passed_over(tone: Callable[..., Path]) -> None:
    junk = bytes(random.Random(5).randrange(256) for _ in range(40_000))
    assert kind_of(junk + tone("mp3").read_bytes()) == "mp3"


def test_a_few_frames_are_enough_only_where_they_are_all(tone: Callable[..., Path]) -> None:
    data = tone("mp3").read_bytes()
    start = sniffed_start(data)
    length = data.index(data[start : start + 2], start + 4) - start
    assert kind_of(data[start : start + length]) == "mp3"
    assert kind_of(b"text " + data[start : start + length] + b" more text") == ""


def sniffed_start(data: bytes) -> int:
    return data.index(b"\xff\xfb")


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_nothing(seed: int) -> None:
    assert kind_of(random.Random(seed).randbytes(300_000)) == ""


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no sound that can be recognised"),
        (b"<!DOCTYPE html><html>", "it is a web page"),
        ("Dear diary, ünd so weiter".encode(), "it is plain text"),
        (id3(500), "a tag and no sound"),
        (b"\x89PNG\r\n\x1a\n\0\0", "it is a picture"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + b"\0" * 90, "Windows Media audio"),
        (bytes(range(256)), "it is damaged, or no audio at all"),
        (b"\xff" * 5_000, "it is damaged, or no audio at all"),
        (b"RIFF\0\0\0\0AVI LIST", "it is damaged, or no audio at all"),
        (b"OggS" + b"\0" * 22 + b"\x01\x1e\x80theora", "it is damaged, or no audio at all"),
        (b"ID3\x04\0\0\xff\xff\xff\xff", "a tag and no sound"),
    ],
)
def test_what_is_no_music_says_what_it_is(data: bytes, why: str) -> None:
    assert kind_of(data) == ""
    assert why in complaint(data)


def test_an_mp3_is_measured_frame_by_frame(tone: Callable[..., Path], tmp_path: Path) -> None:
    data = tone("mp3").read_bytes()
    whole = mpeg_seconds(tone("mp3"))
    assert whole == pytest.approx(1.07, abs=0.06)
    path = tmp_path / "cut.mp3"
    path.write_bytes(data[: len(data) // 2])
    half = mpeg_seconds(path)
    assert half is not None
    assert half < 0.6 * whole
    path.write_bytes(b"no frames here" * 100)
    assert mpeg_seconds(path) is None


def chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)


def wav_of(*chunks: bytes) -> bytes:
    return b"RIFF\0\0\0\0WAVE" + b"".join(chunks)


FORMAT = chunk(b"fmt ", bytes.fromhex("0100 0100 44ac0000 88580100 0200 1000"))


def test_the_length_of_a_wav_is_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_of(FORMAT, chunk(b"data", b"\0" * 88_200)))
    assert wav_seconds(path) == 1.0
    endless = b"data\xff\xff\xff\xff" + b"\0" * 44_100
    path.write_bytes(wav_of(FORMAT, endless))
    assert wav_seconds(path) == 0.5
    path.write_bytes(wav_of(chunk(b"data", b"\0" * 88_200)))
    assert wav_seconds(path) is None


def test_names_in_an_info_chunk(tmp_path: Path) -> None:
    info = b"INFO" + chunk(b"INAM", "Nörd".encode("cp1252")) + chunk(b"IART", "Ädä\0".encode())
    path = tmp_path / "a.wav"
    path.write_bytes(wav_of(FORMAT, chunk(b"LIST", info + chunk(b"ISFT", b"x")), b"LIST\xff"))
    assert read_info(path) == {"title": ["Nörd"], "artist": ["Ädä"]}
    path.write_bytes(b"RIFX" + b"\0" * 100)
    assert read_info(path) == {}
