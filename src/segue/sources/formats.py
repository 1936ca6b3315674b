"""What kind of audio a file is, by its content; its name is not asked.

A container shows itself in its first bytes. MPEG audio (MP3) and ADTS (raw AAC) have no header of
the whole file: they are recognised by frames that follow each other at the distance the frames
themselves state, which text and noise do not.

References: ISO/IEC 11172-3 and 13818-3 (MPEG frames), ISO/IEC 13818-7 (ADTS), RFC 3533 (Ogg),
id3.org "ID3 tag version 2.4.0" section 3.1 (the tag before the frames).
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("mp3", "aac", "flac", "ogg", "opus", "wav", "aiff", "m4a")
"""What `sniff` can answer; Vorbis, FLAC and Speex in Ogg are all "ogg"."""

SMALLEST = 100
"""Bytes below which no file holds music."""

_WINDOW = 1 << 18
_FRAMES = 3
_TAGS = 16
_MOST_FRAMES = 2_000_000

_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_FIRST_LAYER_3 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_FIRST_LAYER_2 = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_FIRST_LAYER_1 = tuple(range(32, 480, 32))
_LATER_LAYER_1 = (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_LATER_LAYERS = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


class _Frame(NamedTuple):
    """A frame's length in bytes and in seconds, and what all frames of one file share."""

    length: int
    seconds: float
    kind: tuple[str, int, int, int]


def sniff(stream: BinaryIO, *, size: int) -> str:
    """The format of an open file.

    Parameters
    ----------
    stream
        Readable and seekable; its position is moved.
    size
        Bytes it has.

    Returns
    -------
    str
        One of `FORMATS`; empty when it is none of them, or holds a tag and nothing after it.
    """
    offset = _after_tags(stream)
    stream.seek(offset)
    head = stream.read(_WINDOW)
    return _container(head) or _framed(head, whole=offset + len(head) >= size)


def _after_tags(stream: BinaryIO) -> int:
    """Where the sound begins: behind the ID3v2 tags, of which some files have several."""
    offset = 0
    for _ in range(_TAGS):
        stream.seek(offset)
        header = stream.read(10)
        if len(header) < 10 or header[:3] != b"ID3" or max(header[6:]) >= 0x80:
            break
        length = header[6] << 21 | header[7] << 14 | header[8] << 7 | header[9]
        offset += 10 + length + (10 if header[5] & 0x10 else 0)
    return offset


def _container(head: bytes) -> str:
    kind, form = head[:4], head[8:12]
    if kind in {b"RIFF", b"RF64"} and form == b"WAVE":
        return "wav"
    if kind == b"FORM" and form in {b"AIFF", b"AIFC"}:
        return "aiff"
    if kind == b"fLaC":
        return "flac"
    if kind == b"OggS":
        return _ogg(head)
    return "m4a" if head[4:8] in {b"ftyp", b"moov"} else ""


def _ogg(head: bytes) -> str:
    """By the first packet of the first page."""
    start = 27 + (head[26] if len(head) > 26 else 0)
    packet = head[start : start + 8]
    if packet == b"OpusHead":
        return "opus"
    known = packet[:7] == b"\x01vorbis" or packet[:5] == b"\x7fFLAC" or packet[:5] == b"Speex"
    return "ogg" if known else ""


def _framed(head: bytes, *, whole: bool) -> str:
    """The kind of frames that follow each other somewhere in `head`.

    Where the frames begin at once, a file shorter than `_FRAMES` of them may end with the last.
    """
    at = head.find(b"\xff")
    while 0 <= at <= len(head) - 7:
        frame = _frame(head, at)
        if frame is not None and _continues(head, at, frame, at_end=whole and at == 0):
            return frame.kind[0]
        at = head.find(b"\xff", at + 1)
    return ""


def mpeg_seconds(path: Path) -> float | None:
    """Seconds of sound in an MP3, counted frame by frame.

    None where there is not one frame, or where finding the next takes unreasonably long.

    For files without a header that says it: an estimate from the first frame's bit rate is off
    by any factor where the bit rate varies.
    """
    with path.open("rb") as stream:
        at = _after_tags(stream)
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            seconds, lost, left = 0.0, 0, _MOST_FRAMES
            while 0 <= at < len(data):
                if lost == _WINDOW or left == 0:
                    return None
                frame = _frame(data, at)
                if frame is None or frame.kind[0] != "mp3":
                    lost += 1
                    at = data.find(b"\xff", at + 1)
                else:
                    left -= 1
                    seconds += frame.seconds
                    at += frame.length
    return seconds or None


def _continues(head: bytes, at: int, first: _Frame, *, at_end: bool) -> bool:
    position = at
    for count in range(1, _FRAMES + 1):
        frame = _frame(head, position)
        if frame is None or frame.kind != first.kind:
            return False
        position += frame.length
        if position >= len(head):
            return count == _FRAMES or (at_end and position == len(head))
    return True


def _frame(head: bytes | mmap.mmap, at: int) -> _Frame | None:
    """The frame whose header stands at `at`; None where none does."""
    if at + 7 > len(head) or head[at] != 0xFF or head[at + 1] & 0xE0 != 0xE0:
        return None
    layer = head[at + 1] >> 1 & 3
    if layer == 0:
        return _adts_frame(head, at)
    version = head[at + 1] >> 3 & 3
    bitrate_index, rate_index = head[at + 2] >> 4, head[at + 2] >> 2 & 3
    if version == 1 or rate_index == 3 or not 0 < bitrate_index < 15:
        return None
    rate = _RATES[version][rate_index]
    bits = _bitrates(version, layer)[bitrate_index - 1] * 1_000
    padding = head[at + 2] >> 1 & 1
    samples = 384 if layer == 3 else 576 if layer == 1 and version != 3 else 1_152
    unit = 4 if layer == 3 else 1
    length = (samples // 8 // unit * bits // rate + padding) * unit
    return _Frame(length, samples / rate, ("mp3", version, layer, rate))


def _bitrates(version: int, layer: int) -> tuple[int, ...]:
    """kbit/s by index; `layer` as the header writes it (3 is layer I, 1 is layer III)."""
    if version == 3:
        return {3: _FIRST_LAYER_1, 2: _FIRST_LAYER_2, 1: _FIRST_LAYER_3}[layer]
    return _LATER_LAYER_1 if layer == 3 else _LATER_LAYERS


def _adts_frame(head: bytes | mmap.mmap, at: int) -> _Frame | None:
    length = (head[at + 3] & 3) << 11 | head[at + 4] << 3 | head[at + 5] >> 5
    rate_index = head[at + 2] >> 2 & 15
    if head[at + 1] & 0xF0 != 0xF0 or rate_index > 12 or length < 7:
        return None
    return _Frame(length, 0.0, ("aac", head[at + 1] >> 3 & 1, head[at + 2] >> 6, rate_index))


def _is_text(start: bytes) -> bool:
    """Whether bytes are letters and spaces for the most part, and no control codes."""
    plain = sum(31 < byte < 127 or 8 < byte < 14 for byte in start)
    control = any(byte < 9 or 13 < byte < 32 for byte in start)
    return plain > 0.7 * len(start) and not control


def complaint(head: bytes) -> str:
    """Why a file whose format is unknown is no music, as far as its first bytes show it."""
    start = head[:512].lstrip().lower()
    if head[:3] == b"ID3":
        return "it holds a tag and no sound after it"
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        return "it is a web page"
    if head[:4] == b"\x30\x26\xb2\x75":
        return "it is Windows Media audio, which is not read; convert it to FLAC or MP3"
    if head[:3] == b"\xff\xd8\xff" or head[:8] == b"\x89PNG\r\n\x1a\n":
        return "it is a picture"
    if _is_text(head[:512]):
        return "it is plain text"
    return "it holds no sound that can be recognised: it is damaged, or no audio at all"
