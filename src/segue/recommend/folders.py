"""Which tracks lie in a folder of the library, or below it."""

from __future__ import annotations

import os
from bisect import bisect_left
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.types import Rows


class Folders:
    """Files in the order of their paths, so that those below a folder are neighbours.

    Parameters
    ----------
    paths
        The files that hold each row, by row (`segue.snapshot.Corpus.paths`).
    """

    def __init__(self, paths: Mapping[int, tuple[str, ...]]) -> None:
        self._paths = paths

    def rows(self, folder: str) -> Rows:
        """Rows of which a file lies in `folder` or below; a row may come twice.

        ``~``, ``..`` and a path from where we stand are understood.

        Raises
        ------
        BadRequestError
            No file lies there; the message names the nearest folder above that holds any.
        """
        # Not resolved: the folder may be one of another machine, where no link is known.
        path = Path(os.path.abspath(Path(folder).expanduser()))
        first, last = self._span(path)
        if folder.strip() and first < last:
            return np.array([row for _, row in self._sorted[first:last]], dtype=np.int64)
        above = next((str(p) for p in path.parents if self._holds_any(p)), "")
        if not self._sorted:
            remedy = "Add your music first: `segue scan FOLDER`"
        elif above in {"", path.anchor}:
            remedy = f"Give a whole path; one that is there is {self._sorted[0][0]}"
        else:
            remedy = f"There are files in {above}"
        raise BadRequestError(f"no track lies in {folder!r}", where="filters", remedy=remedy)

    def _holds_any(self, path: Path) -> bool:
        first, last = self._span(path)
        return first < last

    def _span(self, path: Path) -> tuple[int, int]:
        """Where the files below a folder stand, first and behind the last."""
        whole = str(path)
        inside = whole if whole.endswith(os.sep) else f"{whole}{os.sep}"
        # With the sign after "/" in its place: all that begins with "folder/" stands before that.
        beyond = f"{inside[:-1]}{chr(ord(os.sep) + 1)}"
        return bisect_left(self._sorted, (inside, -1)), bisect_left(self._sorted, (beyond, -1))

    @cached_property
    def _sorted(self) -> list[tuple[str, int]]:
        return sorted((path, row) for row, paths in self._paths.items() for path in paths)
