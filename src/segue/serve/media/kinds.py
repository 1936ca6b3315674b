"""What a browser is told a sound is, by what the file holds and not by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.audio.reading import Reader
from segue.errors import BadFileError
from segue.sources.formats import sniff

if TYPE_CHECKING:
    from pathlib import Path

TYPES: dict[str, str] = {
    "aac": "audio/aac",
    "aiff": "audio/aiff",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "opus": 'audio/ogg; codecs="opus"',
    "wav": "audio/wav",
}
"""Formats (`segue.sources.formats`) and their media types."""

CODECS: dict[str, str] = {
    "aac": "mp4a.40.2",
    "ac3": "ac-3",
    "alac": "alac",
    "eac3": "ec-3",
    "flac": "flac",
    "mp3": "mp3",
    "opus": "opus",
    "vorbis": "vorbis",
}
"""FFmpeg's names of codecs, and how a media type names them (RFC 6381)."""

UNKNOWN = "application/octet-stream"

_SEVERAL = frozenset({"m4a", "ogg"})
"""Containers that hold what a browser plays and what it does not."""


def kind_of(path: Path) -> str:
    """The media type of a file, with its codec where that decides whether a browser plays it.

    Raises
    ------
    OSError
        It cannot be read.
    """
    with path.open("rb") as stream:
        container = sniff(stream, size=path.stat().st_size)
    kind = TYPES.get(container, UNKNOWN)
    if container in _SEVERAL or container == "wav":
        return _with_codec(path, kind)
    return kind


def _with_codec(path: Path, kind: str) -> str:
    try:
        with Reader(path) as reader:
            codec = reader.header.codec
    except BadFileError:
        return kind
    if codec.startswith("pcm_"):
        return kind
    return f'{kind}; codecs="{CODECS.get(codec, codec)}"'
