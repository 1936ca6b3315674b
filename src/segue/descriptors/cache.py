"""What was computed once and need not be again, kept in files between runs.

Content-addressed: an entry belongs to the hash of a file's bytes and to what part of it was heard
(`segue.descriptors.hearing.Hearing.parameters`), and every array in it names its extractor and
version. A picture, made small, belongs to the hash and a size. So nothing here grows stale, only
unused, and all of it may be deleted at any time.

One small file holds the numbers of all families, another the mel spectrogram where that is wanted:
``<folder>/<parameters>/<first two digits of the hash>/<hash>.numbers``, ``.mel`` and, for pictures,
``.art``, each a `segue.descriptors.entry.Entry`. A file appears whole or not at all, whatever
happens meanwhile and however many processes write. What is damaged counts as absent, and is written
again.

**Size.** A file's time of change is when it was last used. Where the cache has grown beyond its
bounds, what was used longest ago goes first. Nobody counts along: whoever writes *n* bytes looks
through the cache with a chance of *n* / (1/64 of its bounds). So processes need not know of one
another, and the cost stays a fixed small part.
"""

from __future__ import annotations

import logging
import os
import random
import sys
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

from segue.descriptors import shelf
from segue.descriptors.entry import packed, unpacked
from segue.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.descriptors.entry import Entry
    from segue.descriptors.shelf import KeptFile
    from segue.settings import Settings

_log = logging.getLogger(__name__)

Kind = Literal["numbers", "mel", "art"]
"""The kinds of entries: the numbers of all families, mel spectrograms, and pictures made small."""

KINDS: tuple[Kind, ...] = ("numbers", "mel", "art")

_MEGABYTE = 1_000_000
_LOOKS = 64
_ROOM = 1 / 16


class Key(NamedTuple):
    """What an entry belongs to: the SHA-256 of a file's bytes, and what was made of it.

    That is which part of it was heard, or the size of its picture.
    """

    content_hash: str
    parameters: str


@dataclass(frozen=True, slots=True)
class Held:
    """How many entries of one kind there are (or were removed), and the bytes they take on disk."""

    entries: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of entries. A plain value: nothing is opened, and worker processes get a copy.

    Attributes
    ----------
    folder
        Made when the first entry is written.
    megabytes
        The most it may take (10⁶ bytes each), give or take a few percent while it is written to;
        0 keeps nothing and finds nothing.
    spectrograms
        Whether mel spectrograms are kept too.
    """

    folder: Path
    megabytes: int
    spectrograms: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The cache that the settings ask for."""
        folder = settings.cache_folder
        return cls(
            folder=user_folder() if folder is None else folder.expanduser().absolute(),
            megabytes=settings.cache_megabytes,
            spectrograms=settings.cache_spectrograms,
        )

    @property
    def on(self) -> bool:
        """Whether anything is kept."""
        return self.megabytes > 0

    def get(self, kind: Kind, key: Key) -> Entry | None:
        """What is kept of a file, which counts as used now; None for nothing, and for damage.

        An empty hash is that of an unknown file, of which nothing is kept.
        """
        if not (self.on and key.content_hash):
            return None
        path = self._path(kind, key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            _complain(f"the cache in {self.folder} cannot be read ({error.strerror})")
            return None
        # A cache that may only be read still serves; it just cannot note what was used.
        with suppress(OSError):
            os.utime(path)
        entry = unpacked(content)
        if entry is None:
            _log.warning("%s: the cache entry is damaged; it is made again", path)
        return entry

    def has(self, kind: Kind, key: Key) -> bool:
        """Whether something is kept of a file; does not look whether it is whole."""
        return self.on and self._path(kind, key).exists()

    def put(self, kind: Kind, key: Key, entry: Entry) -> None:
        """Keep an entry in place of what was there. A full or read-only disk is logged, once."""
        if not (self.on and key.content_hash):
            return
        path = self._path(kind, key)
        content = packed(entry)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            shelf.write(path, content)
            chance = shelf.on_disk(len(content)) * _LOOKS / (self.megabytes * _MEGABYTE)
            if random.random() < chance:  # noqa: S311 (nobody gains by guessing it)
                self.prune()
        except OSError as error:
            _complain(f"the cache in {self.folder} cannot be written to ({error.strerror})")

    def prune(self) -> Held:
        """Remove what was used longest ago until there is room again; says what went.

        Nothing goes while the cache is within its bounds. Reads the whole folder, a second for
        100,000 entries. What cannot be removed is logged.
        """
        most = self.megabytes * _MEGABYTE
        try:
            found = sorted(shelf.files(self.folder, KINDS), key=lambda file: file.used)
            total = sum(file.bytes for file in found)
            if total <= most:
                return Held()
            surplus = total - most * (1 - _ROOM)
            going = bisect_left(list(accumulate(file.bytes for file in found)), surplus) + 1
            return _counted(shelf.remove(found[:going]))
        except UnavailableError as error:
            _complain(str(error).removesuffix("."))
            return Held()

    def held(self) -> dict[Kind, Held]:
        """What the cache holds, by kind.

        Raises
        ------
        UnavailableError
            The folder may not be read.
        """
        found = list(shelf.files(self.folder, KINDS))
        return {kind: _counted([file for file in found if file.kind == kind]) for kind in KINDS}

    def clear(self, *kinds: Kind) -> Held:
        """Remove everything, or all of some kinds; says what went.

        Nothing but the cache's own files is touched, whatever else lies in the folder.

        Raises
        ------
        UnavailableError
            The folder may not be read or changed.
        """
        found = shelf.files(self.folder, KINDS)
        gone = shelf.remove([file for file in found if not kinds or file.kind in kinds])
        for folder in shelf.folders(self.folder):
            shelf.drop_empty(folder)
        return _counted(gone)

    def _path(self, kind: Kind, key: Key) -> Path:
        digits = key.content_hash[: shelf.DIGITS]
        return self.folder / key.parameters / digits / f"{key.content_hash}.{kind}"


NO_CACHE = Cache(Path(), megabytes=0)
"""Nothing is kept, nothing is found."""


def user_folder() -> Path:
    """``segue`` in the folder where this system's programs keep what they can make again.

    ``XDG_CACHE_HOME`` where it is set; else ``~/.cache``, on macOS ``~/Library/Caches``, on Windows
    the local application data.
    """
    named = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(named):
        return Path(named) / "segue"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "segue"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "segue" / "cache"
    return Path.home() / ".cache" / "segue"


def _counted(files: Sequence[KeptFile]) -> Held:
    return Held(len(files), sum(file.bytes for file in files))


@lru_cache(maxsize=16)
def _complain(problem: str) -> None:
    """Log a problem, the first time."""
    _log.warning("%s; what it lacks is computed afresh", problem)
