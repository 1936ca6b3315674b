"""JSON that came from outside, with errors a person understands and values that can be trusted.

`json` takes more than can be kept: half characters, endless numbers, NaN. The functions here give
clean text and plain numbers, or nothing.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Any

from segue.errors import BadTableError, TooLargeError
from segue.sources.encodings import BREAKS, open_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST = 1 << 29
"""Bytes of JSON that are taken in one piece; a slice of a million playlists has 34 MB."""

_BIGGEST_NUMBER = 1e15

_BREAKS: tuple[type[Exception], ...] = (*BREAKS, zipfile.BadZipFile)


def read_json(path: Path) -> Any:  # noqa: ANN401 (any JSON)
    """What a JSON file holds, plain or gzip.

    Raises
    ------
    BadTableError
        It breaks off, is not UTF-8 or is not JSON, with the place.
    TooLargeError
        It holds more than `LARGEST` bytes.
    """
    with open_bytes(path) as stream:
        return parse_json(read_all(stream, where=str(path)), where=str(path))


def read_all(stream: IO[bytes], *, where: str) -> bytes:
    """All of a stream, if it is not too much; the errors are those of `read_json`."""
    try:
        data = stream.read(LARGEST + 1)
    except _BREAKS as problem:
        raise BadTableError(
            f"the compressed file is cut short or damaged ({problem})",
            where=where,
            remedy="Fetch it again",
        ) from None
    if len(data) > LARGEST:
        raise TooLargeError(
            f"this is more than {LARGEST >> 20} MB of JSON in one piece",
            where=where,
            remedy="Split it into several files",
        )
    return data


def parse_json(data: bytes | str, *, where: str) -> Any:  # noqa: ANN401 (any JSON)
    """What a JSON text holds; `BadTableError` where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise BadTableError(
            f"this is not JSON ({str(problem)[:100]})",
            where=where,
            remedy="Fetch or write it again",
        ) from None


def open_members(
    path: Path, suffix: str, *, needed: bool = True
) -> Iterator[tuple[str, bytes | BadTableError]]:
    """Members of a zip archive whose name ends in `suffix`, in order of their names.

    Yields
    ------
    tuple
        The member's place, and its content or why it cannot be read.

    Raises
    ------
    BadTableError
        The file is no zip archive, or holds no such member though one is needed.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as problem:
        raise BadTableError(
            f"this is no zip archive ({problem})", where=str(path), remedy="Fetch it again"
        ) from None
    with archive:
        members = sorted(name for name in archive.namelist() if name.endswith(suffix))
        if needed and not members:
            raise BadTableError(
                f"the archive holds no {suffix} file", where=str(path), remedy="Give another one"
            )
        for name in members:
            where = f"{path}/{name}"
            try:
                with archive.open(name) as stream:
                    yield where, read_all(stream, where=where)
            except (BadTableError, TooLargeError) as problem:
                yield where, BadTableError(problem.what, where=where, remedy=problem.remedy)
            except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, ValueError) as problem:
                yield where, BadTableError(f"it cannot be unpacked ({problem})", where=where)


def said(value: object) -> str:
    """Text as it can be kept: stripped, without NUL and half characters; blank for any other."""
    if not isinstance(value, str):
        return ""
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode("utf-8")
    return value.replace("\0", "").strip()


def amount(value: object) -> float | None:
    """A number above zero that makes sense as a duration, count or time; None for any other."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 < value < _BIGGEST_NUMBER else None
