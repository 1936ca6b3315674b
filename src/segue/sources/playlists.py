"""Playlist files to playlist records: one file, or a folder of them.

=====================  =========================================================
``.json``, ``.zip``    slices of the Million Playlist Dataset (``mpd``)
``.csv``, ``.parquet`` tables with a row an entry (``playlist_tables``)
``.m3u``, ``.m3u8``    lists of files (``m3u``)
``.jspf``, ``.json``   JSPF, by its content (``jspf``)
a folder               of three tables that belong together (``playlist_folder``)
=====================  =========================================================

JSON and CSV may be gzipped. What is wrong with a whole file is an error when that file was asked
for, and a rejection when it stands in a folder with others.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from segue.errors import BadTableError, NotFoundError, UserError
from segue.records import Rejection
from segue.sources import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.records import PlaylistRecord
    from segue.types import Progress

EXTENSIONS = (".json", ".json.gz", ".jspf", ".zip", ".m3u", ".m3u8", *tables.EXTENSIONS)
"""What the name of a playlist file may end in."""


def read_playlists(
    path: Path, *, on_progress: Progress | None = None
) -> Iterator[PlaylistRecord | Rejection]:
    """Read playlists.

    Parameters
    ----------
    path
        A file, or a folder, which is walked with all below it; hidden files are left out.
    on_progress
        Called now and then with (done, in all or None, what): playlists or lines of one file,
        files of a folder.

    Returns
    -------
    iterator
        Playlists with their entries in order; a rejection for every entry, playlist or (in a
        folder) file that cannot be taken.

    Raises
    ------
    NotFoundError, UnavailableError
        There is nothing, or it may not be read.
    BadTableError, TooLargeError
        The file is no playlist. Raised at once where the name shows it, else while reading.
    """
    if path.is_dir():
        from segue.sources.playlist_folder import is_playlist_folder, read_playlist_folder

        if is_playlist_folder(path):
            return read_playlist_folder(path, on_progress=on_progress)
        files = _files(path)
        if not files:
            raise NotFoundError(
                f"the folder {path} holds no playlist",
                remedy=f"Playlist files end in {', '.join(EXTENSIONS)}",
            )
        return _folder(files, on_progress)
    tables.check_file(path)
    if not path.name.casefold().endswith(EXTENSIONS):
        raise BadTableError(
            f"a playlist's name ends in {', '.join(EXTENSIONS)}",
            where=str(path),
            remedy="Save it as one of these",
        )
    return _one(path, on_progress)


def _files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            Path(where, name)
            for name in names
            if name.casefold().endswith(EXTENSIONS) and not name.startswith(".")
        ]
    return sorted(found)


def _folder(
    files: list[Path], on_progress: Progress | None
) -> Iterator[PlaylistRecord | Rejection]:
    for done, path in enumerate(files, start=1):
        try:
            tables.check_file(path)
            yield from _one(path, None)
        except UserError as problem:
            yield Rejection(place=str(path), line=None, reason=problem.what)
        if on_progress is not None:
            on_progress(done, len(files), f"reading {path.name}")


def _one(path: Path, on_progress: Progress | None) -> Iterator[PlaylistRecord | Rejection]:
    from segue.sources import jspf, m3u, mpd, playlist_tables
    from segue.sources.json_text import read_json

    name = path.name.casefold()
    if name.endswith((".m3u", ".m3u8")):
        yield from m3u.read_m3u(path)
    elif name.endswith(".zip"):
        yield from mpd.read_archive(path, on_progress=on_progress)
    elif name.endswith((".json", ".json.gz", ".jspf")):
        content = read_json(path)
        if name.endswith(".jspf") or (isinstance(content, dict) and "playlist" in content):
            yield from jspf.read_jspf(content, path=path)
        else:
            yield from mpd.read_slice(content, where=str(path), on_progress=on_progress)
    else:
        yield from playlist_tables.read_playlist_table(path, on_progress=on_progress)
