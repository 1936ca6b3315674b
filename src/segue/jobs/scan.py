"""Look through a music folder and tell the catalogue what is new, changed, moved and gone.

First every file is listed, which is quick: one whose size and time of change are as the catalogue
knows them is **unchanged**. Only the others are read, and stored a batch at a time, so an
interrupted scan keeps what it has read.

An unmounted disk looks like a folder somebody emptied. So a scan that finds nothing, or less than
half of what is known, calls nothing gone, nor does it what lies in a subfolder that cannot be
listed; the summary says so. Files that are really gone are marked missing and kept.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segue.catalogue import files
from segue.errors import UnavailableError
from segue.records import FileRecord, Rejection
from segue.sources.folder import Found, read_file, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segue.catalogue.database import Database
    from segue.catalogue.files import KnownFile
    from segue.summaries import ScanSummary
    from segue.types import Progress

FEW = 20
"""Up to so many known files, most may go at once without doubt; all of them never."""

_LISTED = 500


def scan(
    db: Database, root: Path, *, synthetic: bool = False, on_progress: Progress | None = None
) -> ScanSummary:
    """Bring what the catalogue knows of a folder up to date.

    Parameters
    ----------
    root
        A music folder, or one audio file, which is then looked at alone.
    synthetic
        Whether the music is invented, and tracks found first here are labelled so.
    on_progress
        Called with (files read, files to read, the file's name).

    Returns
    -------
    ScanSummary
        found = new + changed + moved + unchanged + rejected; every rejection has its reason.

    Raises
    ------
    UnavailableError
        The folder is not there or may not be read. The catalogue stays as it was.
    """
    began = time.monotonic()
    root = _place(root)
    single = root.is_file()
    look = _Look(root=root.parent if single else root, on_progress=on_progress)
    known = files.known(db, root)
    found = {str(root): _found(root)} if single else look.around()
    look.sort(found, known)
    stored = files.apply_scan(
        db,
        None if single else root,
        read=look.read(),
        unchanged=look.unchanged,
        gone=set() if single else look.gone(found, known),
        synthetic=synthetic,
    )
    return replace(
        stored,
        found=stored.found + len(look.rejections),
        rejected=len(look.rejections),
        rejections=tuple(look.rejections),
        notes=tuple(look.notes),
        seconds=time.monotonic() - began,
    )


def _place(root: Path) -> Path:
    """Where the folder really lies, links resolved."""
    place = root.expanduser().resolve()
    try:
        str(place).encode()
    except UnicodeEncodeError:
        raise UnavailableError(
            "the name of the folder or file is not UTF-8 text",
            where=str(place).encode(errors="replace").decode(),
            remedy="Rename it",
        ) from None
    return place


def _found(path: Path) -> Found:
    status = path.stat()
    return Found(path, status.st_size, status.st_mtime)


@dataclass(slots=True)
class _Look:
    """One look through a folder: what is to be read, and what came of it."""

    root: Path
    on_progress: Progress | None
    fresh: list[Path] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def around(self) -> dict[str, Found]:
        """Every file below the folder by its path; what cannot be looked at is noted."""
        found: dict[str, Found] = {}
        for one in walk(self.root):
            if isinstance(one, Rejection):
                self.rejections.append(one)
                continue
            found[str(one.path)] = one
            if self.on_progress is not None and len(found) % _LISTED == 0:
                self.on_progress(len(found), None, "looking for files")
        return found

    def sort(self, found: Mapping[str, Found], known: Mapping[str, KnownFile]) -> None:
        """Tell files that are as they were from those to be read."""
        for path, one in found.items():
            before = known.get(path)
            if before is not None and (before.size, before.modified) == (one.size, one.modified):
                self.unchanged.append(path)
            else:
                self.fresh.append(one.path)

    def read(self) -> Iterator[FileRecord]:
        """The files to be read, one after the other; those that cannot be are noted."""
        for number, path in enumerate(self.fresh):
            if self.on_progress is not None:
                self.on_progress(number, len(self.fresh), path.name)
            record = read_file(path, root=self.root)
            if isinstance(record, Rejection):
                self.rejections.append(record)
            else:
                yield record
        if self.on_progress is not None:
            self.on_progress(len(self.fresh), len(self.fresh), "")

    def gone(self, found: Mapping[str, Found], known: Mapping[str, KnownFile]) -> set[str]:
        """Known paths that are not there any more, unless there is reason to doubt it."""
        there = [path for path, one in known.items() if not one.missing]
        lost = {path for path in there if path not in found}
        if lost and (not found or (len(there) > FEW and 2 * len(found) < len(there))):
            self.notes.append(
                f"Of {len(there)} known files only {len(found)} were found, so none was marked "
                f"missing: is {self.root} mounted?"
            )
            return set()
        hidden = lost & self._behind_rejections(lost)
        if hidden:
            self.notes.append(
                f"{len(hidden)} known files lie where nothing can be read just now; they stay as "
                f"they are."
            )
        return lost - hidden

    def _behind_rejections(self, paths: set[str]) -> set[str]:
        """Those of `paths` at or below a place that could not be looked at.

        A link out of the folder hides nothing: what lies behind it is not of this library.
        """
        places = {one.place for one in self.rejections if not os.path.islink(one.place)}
        return {
            path
            for path in paths
            if places and not places.isdisjoint((path, *map(str, Path(path).parents)))
        }
