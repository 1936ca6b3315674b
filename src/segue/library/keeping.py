"""Playlists of a catalogue: looked through, made, changed, and written beside the music."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from segue.catalogue import kept, tracks
from segue.errors import NotFoundError, UnavailableError
from segue.exports.marks import mark_name, mark_of, marked
from segue.exports.naming import file_name
from segue.exports.writing import write_whole
from segue.library.journeys import Journeys
from segue.records import Export

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.catalogue.kept import Kept
    from segue.types import TrackId

_LONGEST_FILE = 20_000_000
_COPIES = 1_000


class Keeping(Journeys):
    """The part of `segue.library.Segue` that keeps playlists."""

    def playlists(self, text: str = "", *, after: int = 0, n: int = 50) -> list[Kept]:
        """Playlists whose title holds all words of `text`.

        Those made here come first, the last changed first, then those that were imported, in the
        order they came.

        Parameters
        ----------
        after
            Only imported ones behind this number.
        n
            How many imported ones at most.
        """
        ours = [] if after else kept.made_here(self.database, text=text)
        return ours + kept.imported(self.database, text=text, after=after, limit=n)

    def keep(self, title: str, listed: Sequence[TrackId], *, listener: str = "") -> Kept:
        """Keep tracks as a playlist of the catalogue, in this order.

        Raises
        ------
        BadRequestError
            There is no title or no track, or too much of either.
        NotFoundError
            There is no such track.
        """
        return kept.make(self.database, title, listed, listener=listener)

    def filed(self, number: int, *, overwrite: bool = False) -> Export:
        """Write a playlist as M3U8 to the folder of the setting ``playlist_folder``.

        Paths are relative to that folder. A file that was written from this playlist and is as it
        was is written anew; one that is another playlist's of ours keeps its name, and this one
        gets a number behind its own.

        Parameters
        ----------
        overwrite
            Whether a file may be replaced that Segue did not write, or that was changed since.

        Raises
        ------
        NotFoundError
            There is no such playlist, or no such folder.
        UnavailableError
            No folder is set, it may not be written to, or a file that is not ours has the name.
        BadRequestError
            The playlist holds no track.
        """
        folder = self._playlist_folder()
        one = kept.get(self.database, number)
        ids = kept.tracks_of(self.database, number)
        text = self.playlist_text(ids, format="m3u8", title=one.title, relative_to=folder)
        path, standing = _place(folder, one, overwrite=overwrite)
        where = write_whole(
            path, marked(text, name=mark_name(one.scheme, one.value)), force=standing
        )
        listed = tracks.many(self.database, ids)
        lacking = tuple(track for track in listed if not track.playable)
        return Export(where, "m3u8", len(listed) - len(lacking), lacking)

    def overwritable(self, number: int) -> bool:
        """Whether nothing but a file that `filed` overwrites on request stands in its way."""
        folder, one = self._playlist_folder(), kept.get(self.database, number)
        try:
            _place(folder, one, overwrite=False)
        except UnavailableError:
            with suppress(UnavailableError):
                return _place(folder, one, overwrite=True)[1]
        return False

    def _playlist_folder(self) -> Path:
        folder = self.settings.playlist_folder
        if folder is None:
            raise UnavailableError(
                "no folder is set that playlists may be written to",
                remedy="Set SEGUE_PLAYLIST_FOLDER to one and start Segue again, or download it",
            )
        folder = folder.expanduser()
        if not folder.is_dir():
            raise NotFoundError(
                "the folder for playlists is not there",
                where=str(folder),
                remedy="Make it, or set SEGUE_PLAYLIST_FOLDER to another",
            )
        return folder.resolve()


def _place(folder: Path, one: Kept, *, overwrite: bool) -> tuple[Path, bool]:
    """The file a playlist is written to, and whether it is there already.

    Raises
    ------
    UnavailableError
        The name is taken by what may not be overwritten.
    """
    for copy in range(1, _COPIES):
        path = folder / file_name(one.title, ending="m3u8", copy=copy)
        if not os.path.lexists(path):
            return path, False
        if path.is_symlink() or not path.is_file():
            raise _taken(path, "is no plain file", "Take it away, or rename the playlist")
        mark = mark_of(_text(path))
        if mark is not None and mark.name != mark_name(one.scheme, one.value):
            continue
        if not overwrite and mark is None:
            remedy = "Overwrite it, or rename the playlist"
            raise _taken(path, "is there already, and Segue did not write it", remedy)
        if not overwrite and mark is not None and not mark.unchanged:
            raise _taken(path, "was changed since Segue wrote it", "Overwrite it, or keep it")
        return path, True
    raise _taken(folder, "holds a thousand playlists of this name", "Rename the playlist")


def _taken(path: Path, why: str, remedy: str) -> UnavailableError:
    return UnavailableError(f"{path.name} {why}", remedy=remedy)


def _text(path: Path) -> str:
    """What a file holds, as far as it may be a playlist; empty for what cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(_LONGEST_FILE).decode("utf-8", "replace")
    except OSError:
        return ""
