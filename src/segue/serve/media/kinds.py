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
    "opus": "audio/ogg",
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

_SEVERAL = frozenset({"m4a", "ogg", "opus", "wav"})
"""Containers that hold what a browser plays and what it does not."""


def container_of(path: Path) -> str:
    """The media type of a file's container, by its first bytes.

    Raises
    ------
    OSError
        It cannot be read.
    """
    return TYPES.get(_sniffed(path), UNKNOWN)


def kind_of(path: Path) -> str:
    """As `container_of`, with the codec where that decides whether a browser plays it."""
    container = _sniffed(path)
    kind = TYPES.get(container, UNKNOWN)
    if container not in _SEVERAL:
        return kind
    try:
        with Reader(path) as reader:
            codec = reader.header.codec
    except BadFileError:
        return kind
    if codec.startswith("pcm_"):
        return kind
    return f'{kind}; codecs="{CODECS.get(codec, codec)}"'


def _sniffed(path: Path) -> str:
    with path.open("rb") as stream:
        return sniff(stream, size=path.stat().st_size)
