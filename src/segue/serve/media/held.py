"""The file that holds a track, as far as it is there."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from segue.catalogue import files
from segue.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from segue.library import Segue
    from segue.types import TrackId


def file_of(segue: Segue, track_id: TrackId) -> Path | None:
    """The file that holds a track, if it is still there as a plain file."""
    path = files.path_of(segue.database, track_id)
    try:
        there = path is not None and stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        there = False
    return path if there else None


def need_file(segue: Segue, track_id: TrackId) -> Path:
    """As `file_of`.

    Raises
    ------
    NotFoundError
        No file holds it.
    """
    path = file_of(segue, track_id)
    if path is None:
        raise NotFoundError(
            f"no file of the library holds the track {track_id!r}",
            remedy="Scan the folder that holds it: segue scan FOLDER",
        )
    return path
