"""Listening histories to plays: who heard what, how often, when.

=========================  ====================================================================
``.csv``, ``.tsv``, …      our own columns, or an export of Last.fm (``history_tables``)
``.jsonl``, ``.json``      listens of ListenBrainz, one a line or in a list (``listenbrainz``)
``.zip``                   ListenBrainz's whole export
``user_artists.dat``       HetRec 2011 Last.fm: plays by artist, with ``artists.dat`` beside it
=========================  ====================================================================

A play without a listener's name belongs to whoever owns the catalogue: the name is blank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.errors import BadTableError, NotFoundError
from segue.sources import tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.records import Play, Rejection

_JSON = (".json", ".json.gz", ".jsonl", ".jsonl.gz", ".zip")
_COUNTS = "user_artists.dat"


def read_history(path: Path) -> Iterator[Play | Rejection]:
    """Read a listening history.

    Parameters
    ----------
    path
        A file of one of the kinds above, or the folder with ``user_artists.dat``.

    Returns
    -------
    iterator
        One play or rejection for every row, line or listen.

    Raises
    ------
    NotFoundError, UnavailableError
        There is nothing, or it may not be read.
    BadTableError, TooLargeError
        It is no listening history. Raised at once where name or columns show it, else while
        reading.
    """
    from segue.sources import hetrec, history_tables, listenbrainz

    if path.is_dir():
        if not (path / _COUNTS).is_file():
            raise NotFoundError(
                f"the folder {path} holds no {_COUNTS}", remedy="Give the file with the history"
            )
        return hetrec.read_hetrec(path)
    tables.check_file(path)
    name = path.name.casefold()
    if name == _COUNTS:
        return hetrec.read_hetrec(path.parent)
    if name.endswith(_JSON):
        return listenbrainz.read_listens(path)
    if name.endswith(tables.EXTENSIONS):
        return history_tables.read_play_table(path)
    raise BadTableError(
        f"a history's name ends in {', '.join((*tables.EXTENSIONS, *_JSON))} or is {_COUNTS}",
        where=str(path),
        remedy="Save it as one of these",
    )
