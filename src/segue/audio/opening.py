"""Open an audio file safely, or say in plain words why it cannot be.

FFmpeg finds out what a file is by its content, whatever its name. Left alone it would take a
text file named ``.mp3`` for a list of other files or addresses and read those. So only the
demuxers of `FORMATS` may open a file, and only by the protocol ``file``.
"""

from __future__ import annotations

import codecs
import stat
from typing import TYPE_CHECKING, Any

from segue.errors import BadFileError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from av.audio.stream import AudioStream
    from av.container import InputContainer

FORMATS: tuple[str, ...] = (
    *("aac", "ac3", "aiff", "amr", "ape", "asf", "au", "caf", "dsf", "dts", "eac3", "flac"),
    *("matroska", "mov", "mp3", "mpc", "mpc8", "ogg", "tta", "w64", "wav", "wv"),
)
"""Demuxers that may open a file. None of them can point to another file."""

_OPTIONS = {
    "format_whitelist": ",".join(FORMATS),
    "protocol_whitelist": "file",
    # How far to look for DTS inside plain PCM: a fifth of a second. The default reads megabytes.
    "max_probe_packets": "2",
}

LISTEN = "Play it in an audio program to see whether it is whole"
"""What to do about a file nothing can be read from."""


def open_audio(path: Path) -> tuple[InputContainer, AudioStream]:
    """The file's container, to be closed by the caller, and its first audio stream.

    Raises
    ------
    NotFoundError, UnavailableError
        It is not there, or may not be read.
    BadFileError
        It holds no audio, or none of a kind in `FORMATS`.
    """
    import av  # It loads slowly, for those who hear alone.

    _refuse(path)
    # Tags in other encodings are no reason to refuse the sound; from version 19 they never are.
    older = int(av.__version__.partition(".")[0]) < 19
    tolerant: dict[str, Any] = {"metadata_errors": "ignore"} if older else {}
    try:
        # An absolute path cannot be read as an address, whatever the file is called.
        container = av.open(str(path.absolute()), options=_OPTIONS, **tolerant)
    except MemoryError:
        raise
    except (av.FFmpegError, UnicodeError) as error:
        raise BadFileError(
            "no audio can be read from it", where=str(path), remedy=LISTEN
        ) from error
    stream = next(iter(container.streams.audio), None)
    if stream is None or stream.codec_context is None:
        container.close()
        raise BadFileError("it holds no audio stream", where=str(path), remedy=LISTEN)
    stream.codec_context.thread_count = 1
    return container, stream


def _refuse(path: Path) -> None:
    """Raise what can be said without decoding."""
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
        head = b""
        if regular:
            with path.open("rb") as file:
                head = file.read(1024)
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file {path}", remedy="Check the path") from error
    except OSError as error:
        raise UnavailableError(
            f"it cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Check that the disk is there and that the file may be read",
        ) from error
    why, remedy = _why_not(head) if regular else ("it is not a file", "Give one audio file")
    if why:
        raise BadFileError(why, where=str(path), remedy=remedy)


def _why_not(head: bytes) -> tuple[str, str]:
    """Why a file that begins like this is no audio, and what to do; empty when it may be."""
    if not head:
        return "the file is empty", "Copy it again from where it came"
    if head.startswith((b"#EXTM3U", b"ffconcat", b"[playlist]")):
        return "it is a playlist, not audio", "Import it with `segue import playlists`"
    if _is_text(head):
        return "it is text, not audio", "Give one audio file"
    return "", ""


def _is_text(head: bytes) -> bool:
    """Whether it begins with characters alone; audio formats begin with bytes that are none."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\r\n\t\f\ufeff" for character in text)
