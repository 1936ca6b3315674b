"""Files of the cache on disk: found, counted, removed, and written in one step.

Two levels of folders lie below the cache's own: one for each way of hearing, in it one for the
first two digits of the hash, so that no folder grows beyond a few thousand files. Whatever else
somebody keeps there is passed by.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segue.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DIGITS = 2
"""Digits of the hash that name a folder."""

_BLOCK = 4096
_UNFINISHED = ".unfinished"
_ABANDONED = 3600.0


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of the cache: the bytes it takes on disk, and when it was last used.

    `kind` is its ending without the dot, or empty for what a killed process left unfinished.
    """

    path: str
    kind: str
    bytes: int
    used: float


def files(folder: Path, kinds: Sequence[str]) -> Iterator[KeptFile]:
    """Every file of the cache; files of others are passed by."""
    endings = {f".{kind}": kind for kind in kinds} | {_UNFINISHED: ""}
    now = time.time()
    for below in folders(folder):
        for entry in _listed(below):
            ending = os.path.splitext(entry.name)[1]
            if ending not in endings:
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # another process was quicker
                continue
            if ending != _UNFINISHED or now - status.st_mtime > _ABANDONED:
                size = on_disk(status.st_size)
                yield KeptFile(entry.path, endings[ending], size, status.st_mtime)


def folders(folder: Path) -> Iterator[str]:
    """The folders that hold entries."""
    for parameters in _listed(folder):
        if parameters.is_dir(follow_symlinks=False):
            for digits in _listed(parameters.path):
                if len(digits.name) == DIGITS and digits.is_dir(follow_symlinks=False):
                    yield digits.path


def _listed(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UnavailableError(
            f"the cache cannot be read ({error.strerror})",
            where=str(folder),
            remedy="Give yourself the right to, or name another folder: SEGUE_CACHE_FOLDER",
        ) from error


def remove(listed: Sequence[KeptFile]) -> list[KeptFile]:
    """Remove files of the cache; those that were still there."""
    removed: list[KeptFile] = []
    for file in listed:
        try:
            os.unlink(file.path)
        except FileNotFoundError:  # another process was quicker
            continue
        except OSError as error:
            raise UnavailableError(
                f"a cache entry cannot be removed ({error.strerror})",
                where=file.path,
                remedy="Give yourself the right to change the folder",
            ) from error
        removed.append(file)
    return removed


def drop_empty(folder: str) -> None:
    """Remove a folder of entries and the one above, where nothing is left in them."""
    for place in (folder, os.path.dirname(folder)):
        with suppress(OSError):  # not empty
            os.rmdir(place)


def write(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step."""
    handle, unfinished = tempfile.mkstemp(dir=path.parent, suffix=_UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def on_disk(size: int) -> int:
    """Bytes that a file of `size` takes, in blocks of 4 kB."""
    return -(-size // _BLOCK) * _BLOCK
