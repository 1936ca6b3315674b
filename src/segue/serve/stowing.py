"""Bytes on their way to the disk: all of them written down, under a name that nobody else takes."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from segue.exports.naming import file_name

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

_CHUNK = 1 << 20


def claimed(folder: Path, title: str, ending: str) -> Path:
    """A name in a folder that no file had; an empty file holds it, so that nobody takes it."""
    copy = 1
    while True:
        path = folder / file_name(title, ending=ending, copy=copy)
        try:
            path.open("xb").close()
        except FileExistsError:
            copy += 1
        else:
            return path


def copied(source: BinaryIO, target: Path) -> tuple[int, str]:
    """Copy to the disk, as far as it goes; how many bytes, and their hash."""
    source.seek(0)
    size, digest = 0, hashlib.sha256()
    with target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()
