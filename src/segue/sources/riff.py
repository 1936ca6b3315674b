"""What mutagen leaves out of WAV files: the INFO chunk with names, and lengths that hold.

Programs that know no ID3 write names into INFO. A length is worked out from the bytes a second
takes and the bytes that are there, so that it holds for compressed sound and for a header that
was never finished.

Reference: IBM and Microsoft, "Multimedia Programming Interface and Data Specifications 1.0"
(1991), chapter 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_NAMES = {
    b"INAM": "title",
    b"IART": "artist",
    b"IPRD": "album",
    b"IGNR": "genre",
    b"ICRD": "date",
    b"ITRK": "tracknumber",
    b"IPRT": "tracknumber",
    b"ILNG": "language",
}
_MOST_CHUNKS = 1_000
_LARGEST = 1 << 20


def read_info(path: Path) -> dict[str, list[str]]:
    """Texts of a WAV's INFO chunk, by the names of Vorbis comments; empty where there is none."""
    found: dict[str, list[str]] = {}
    with path.open("rb") as stream:
        if stream.read(4) not in {b"RIFF", b"RF64"}:
            return found
        stream.seek(12)
        for kind, length in _chunks(stream):
            if kind == b"LIST" and 4 < length <= _LARGEST:
                for name, text in _texts(stream.read(length)):
                    found.setdefault(name, []).append(text)
    return found


def wav_seconds(path: Path) -> float | None:
    """Seconds of sound a WAV file holds; None where its chunks do not tell."""
    rate = 0
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(12)
        for kind, length in _chunks(stream):
            if kind == b"fmt ":
                rate = int.from_bytes(stream.read(12)[8:], "little")
            elif kind == b"data" and rate > 0:
                return min(length, size - stream.tell()) / rate
    return None


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """(kind, length) of each chunk, the stream standing at its content."""
    at = stream.tell()
    for _ in range(_MOST_CHUNKS):
        stream.seek(at)
        header = stream.read(8)
        if len(header) < 8:
            return
        length = int.from_bytes(header[4:], "little")
        at += 8 + length + length % 2
        yield header[:4], length


def _texts(content: bytes) -> Iterator[tuple[str, str]]:
    if content[:4] != b"INFO":
        return
    at = 4
    while at + 8 <= len(content):
        kind, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        text = content[at + 8 : at + 8 + length].partition(b"\0")[0]
        if kind in _NAMES and text.strip():
            try:
                yield _NAMES[kind], text.decode("utf-8")
            except UnicodeDecodeError:
                yield _NAMES[kind], text.decode("cp1252", "replace")
        at += 8 + length + length % 2
