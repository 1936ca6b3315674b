"""Opening text that came from outside: unpacked, and in an encoding that is known, not guessed.

UTF-8 is what text is in, and UTF-16 where it begins with its mark. Whatever else it may be only
the caller can say; text that is in neither is an error with the byte where it goes wrong.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

from segue.errors import BadRequestError, BadTableError

if TYPE_CHECKING:
    from pathlib import Path

BREAKS: tuple[type[Exception], ...] = (EOFError, gzip.BadGzipFile, zlib.error)
"""What a compressed file raises where it is cut short or damaged."""

_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacked if it is gzip by its content.

    Raises
    ------
    BadTableError
        The name ends in .gz and the content is not gzip.
    """
    plain = path.open("rb")
    packed = plain.read(2) == b"\x1f\x8b"
    plain.seek(0)
    if packed:
        plain.close()
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if path.suffix.casefold() == ".gz" and path.stat().st_size > 0:
        plain.close()
        raise BadTableError(
            "the name ends in .gz, but this is no gzip file",
            where=str(path),
            remedy="Rename it without .gz, or fetch it again",
        )
    return plain


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a first look through a text found: its encoding and how many lines it has."""

    encoding: str
    lines: int


def inspect(path: Path, *, encoding: str | None = None) -> Inspected:
    """Look through a text file once: is it all in its encoding, how many lines has it.

    Parameters
    ----------
    path
        Plain or gzip. A compressed file that breaks off is taken as far as it goes.
    encoding
        UTF-8, or UTF-16 where its mark stands, when None.

    Raises
    ------
    BadRequestError
        There is no such encoding.
    BadTableError
        A byte that cannot be read so, with its place.
    """
    with open_bytes(path) as stream:
        head = _read(stream)
        name = _encoding(path, head, encoding)
        decoder = codecs.getincrementaldecoder(name.removesuffix("-sig"))()
        offset, lines = 0, 0
        chunk = head
        while True:
            waiting = len(decoder.getstate()[0])
            try:
                found = decoder.decode(chunk, not chunk)
                found.encode("utf-8")  # some encodings spell half characters nobody can store
            except UnicodeError as problem:
                start = getattr(problem, "start", 0)
                before = (chunk[: max(start - waiting, 0)]).count(b"\n")
                raise _undecodable(path, name, offset - waiting + start, lines + before) from None
            offset += len(chunk)
            lines += found.count("\n")
            if not chunk:
                return Inspected(name, lines)
            chunk = _read(stream)


def _read(stream: IO[bytes]) -> bytes:
    try:
        return stream.read(_CHUNK)
    except BREAKS:
        return b""


def _encoding(path: Path, head: bytes, asked: str | None) -> str:
    if asked is not None:
        try:
            "".encode(asked)
            plain = codecs.lookup(asked).name
        except LookupError:
            raise BadRequestError(
                f"there is no text encoding {asked!r}",
                remedy="Use a name such as utf-8, cp1252, latin-1 or utf-16",
            ) from None
        return "utf-8-sig" if plain == "utf-8" else plain
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head[:4_096]:
        raise BadTableError(
            "this is not text, or UTF-16 without its mark",
            where=str(path),
            remedy="If it is UTF-16, pass --encoding utf-16-le; else give a CSV or Parquet table",
        )
    return "utf-8-sig"


def _undecodable(path: Path, encoding: str, byte: int, lines: int) -> BadTableError:
    name = encoding.removesuffix("-sig").upper()
    remedy = (
        "If an older Windows program wrote it, pass --encoding cp1252"
        if name == "UTF-8"
        else "Pass the encoding it is in with --encoding, or fetch the file again"
    )
    return BadTableError(
        f"byte {byte} (line {lines + 1}) is not {name} text", where=str(path), remedy=remedy
    )
