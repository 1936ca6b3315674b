"""A new file that appears at its place whole, or not at all, and never over another.

It is written under another name in the same folder and then given its own. A hard link does that
in one step that fails where the name is taken; where a file system has none, the name is looked
for first.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from segue.errors import BadRequestError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})
_BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite keeps beside a file while it is open."""


def check_free(path: Path) -> None:
    """Whether a file can be made at `path`, as far as that is seen beforehand.

    Raises
    ------
    BadRequestError
        Something is there already, or what SQLite kept beside a file of that name: it would play
        that into the new one.
    NotFoundError
        The folder is not there.
    """
    for ending in _BESIDE:
        beside = path.with_name(path.name + ending)
        if os.path.lexists(beside):
            raise _taken(beside)
    if not path.parent.is_dir():
        raise NotFoundError(
            "the folder does not exist", where=str(path.parent), remedy="Make it, or name another"
        )


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """A name to write to; what is there at the end of the block stands at `path` afterwards.

    Raises
    ------
    BadRequestError, NotFoundError
        As `check_free`; a file that came meanwhile stays as it is.
    UnavailableError
        The disk is full or cannot be written to.
    """
    check_free(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _sweep(unfinished)
        yield unfinished
        _to_disk(unfinished)
        _name(unfinished, path)
        _to_disk(path.parent)
    except OSError as error:
        raise UnavailableError(
            f"it cannot be written ({error.strerror or error}); nothing was kept",
            where=str(path),
            remedy="Make room there, or name a file in a folder you may write to",
        ) from error
    finally:
        _sweep(unfinished)


def check_room(folder: Path, needed: int) -> None:
    """UnavailableError where a disk has less room than `needed` bytes."""
    status = os.statvfs(folder)
    free = status.f_bavail * status.f_frsize
    if free < needed:
        raise UnavailableError(
            f"the disk has {free / 1e6:,.0f} MB free and {needed / 1e6:,.0f} MB are needed",
            where=str(folder),
            remedy="Make room there, or name another folder",
        )


def _name(unfinished: Path, path: Path) -> None:
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        check_free(path)
        unfinished.rename(path)


def _taken(path: Path) -> BadRequestError:
    return BadRequestError(
        "there is something at this place already, and nothing is overwritten",
        where=str(path),
        remedy="Name another file, or move that one away",
    )


def _sweep(unfinished: Path) -> None:
    for ending in _BESIDE:
        unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Have what was written reach the disk before anything is said of it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
