"""A music folder: which files there are, and what one file is.

`walk` looks at names and dates only and is quick; `read_file` reads a file whole, for its identity
is the hash of its content. Hidden files and folders are left out. A link is followed only to a
place inside the folder, and no folder is walked twice, so links cannot lead astray or in circles.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segue.errors import BadFileError, UnavailableError
from segue.records import FileRecord, Rejection
from segue.sources.formats import SMALLEST, complaint, sniff
from segue.sources.tags import read_tags

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

EXTENSIONS = frozenset(
    {".mp3", ".wav", ".flac", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".aiff", ".aif"}
)
"""Ends of the names of files that are looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that has the name of a music file: `path` is absolute, `modified` seconds since 1970.

    Nothing of its content is known yet.
    """

    path: Path
    size: int
    modified: float


def walk(root: Path) -> Iterator[Found | Rejection]:
    """Find the music files of a folder.

    Parameters
    ----------
    root
        The folder.

    Returns
    -------
    iterator
        Files in the order of their paths' parts, the same every time. A rejection stands for a
        folder or file that cannot be looked at, a link out of the folder, and a name that is not
        text.

    Raises
    ------
    UnavailableError
        `root` is missing, is no folder, or cannot be read: an unmounted disk, for one. Raised at
        once, so that nobody takes it for an empty folder.
    """
    base = Path(os.path.realpath(root))
    try:
        with os.scandir(base):
            pass
    except OSError as problem:
        raise UnavailableError(
            f"the music folder cannot be read ({problem.strerror})",
            where=str(root),
            remedy="Check that the path is right and its disk is connected",
        ) from None
    return _walk(base)


def _walk(base: Path) -> Iterator[Found | Rejection]:
    waiting = [str(base)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        folder = waiting.pop()
        try:
            held = os.stat(folder)
            if (held.st_dev, held.st_ino) in seen:
                continue
            seen.add((held.st_dev, held.st_ino))
            with os.scandir(folder) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
        except OSError as problem:
            yield _rejected(folder, f"the folder cannot be read ({problem.strerror})")
            continue
        below: list[str] = []
        for entry in inside:
            if entry.name.startswith("."):
                continue
            found = _look(entry, base)
            if isinstance(found, str):
                below.append(found)
            elif found is not None:
                yield found
        waiting += reversed(below)


def _look(entry: os.DirEntry[str], base: Path) -> Found | Rejection | str | None:
    """What an entry is: a music file, a folder (its path), a fault, or nothing of ours."""
    try:
        is_folder = entry.is_dir()
        if not is_folder and os.path.splitext(entry.name)[1].casefold() not in EXTENSIONS:
            return None
        fault = _fault(entry, base)
        if fault:
            return _rejected(entry.path, fault)
        held = entry.stat()
        return entry.path if is_folder else Found(Path(entry.path), held.st_size, held.st_mtime)
    except OSError as problem:
        return _rejected(entry.path, f"it cannot be looked at ({problem.strerror})")


def _fault(entry: os.DirEntry[str], base: Path) -> str:
    """Why a music file or folder is not taken; empty where it is."""
    try:
        entry.name.encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not UTF-8 text; rename it"
    if entry.is_symlink() and not Path(os.path.realpath(entry.path)).is_relative_to(base):
        return "it is a link that leads out of the folder"
    mode = entry.stat().st_mode
    return "" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "it is no ordinary file"


def _rejected(path: str | Path, reason: str) -> Rejection:
    shown = os.fsencode(path).decode("utf-8", "replace")
    return Rejection(place=shown, line=None, reason=reason)


def content_hash(stream: BufferedReader) -> str:
    """The identity of a file: the SHA-256 of its bytes from where `stream` stands, in hex."""
    return hashlib.file_digest(stream, "sha256").hexdigest()


def identify(path: Path) -> str:
    """The content hash of the file at `path`; BadFileError when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return content_hash(stream)
    except OSError as error:
        raise BadFileError(
            f"the file cannot be read ({error.strerror})",
            where=str(path),
            remedy="Check the path and your right to read it",
        ) from error


def read_file(path: Path, *, root: Path) -> FileRecord | Rejection:
    """Read one music file: its hash, its format, its tags.

    Parameters
    ----------
    path
        The file.
    root
        The library folder it belongs to.

    Returns
    -------
    FileRecord or Rejection
        A rejection when it cannot be read, or is by its content no audio of a known format. A
        file that is audio from its beginning and damaged further on is a record; what of it can
        be heard shows when it is decoded.
    """
    try:
        held = path.stat()
        if not stat.S_ISREG(held.st_mode):
            return _rejected(path, "it is no ordinary file")
        if held.st_size < SMALLEST:
            many = "it is empty" if held.st_size == 0 else f"it has only {held.st_size} bytes"
            return _rejected(path, f"{many}: no music is in it")
        with path.open("rb") as stream:
            kind = sniff(stream, size=held.st_size)
            stream.seek(0)
            if not kind:
                return _rejected(path, complaint(stream.read(4_096)))
            digest = content_hash(stream)
        tagged = read_tags(path, format=kind)
    except OSError as problem:
        return _rejected(path, f"it cannot be read ({problem.strerror})")
    return FileRecord(
        path=path.absolute(),
        root=root,
        content_hash=digest,
        size=held.st_size,
        modified=held.st_mtime,
        format=kind,
        duration=tagged.duration,
        track=tagged.track,
        art=tagged.art,
    )
