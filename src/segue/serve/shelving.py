"""Artists, albums and genres, as pages and programs look through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.errors import NotFoundError, WarmingUpError
from segue.names import artist_key, fold

if TYPE_CHECKING:
    from segue.library import Segue
    from segue.library.shelves import Group, Groups, Shelves
    from segue.types import Rows

NAMES = {"artists": "artist", "albums": "album", "genres": "genre"}
"""Kinds of groups, and what one of each is called."""


def shelves_of(segue: Segue) -> Shelves:
    """The shelves of a library; WarmingUpError until the first stand."""
    shelves = segue.shelves_ready()
    if shelves is None:
        raise WarmingUpError(
            "Segue is getting to know the catalogue", remedy="Ask again in a moment"
        )
    return shelves


def called(shelves: Shelves, kind: str, words: str, *, sort: str) -> Rows:
    """Places of the groups of a kind that are called so; all of them without words.

    Parameters
    ----------
    kind
        One of `NAMES`.
    sort
        ``name``, or ``tracks`` for those with most first.
    """
    groups: Groups = getattr(shelves, kind)
    named = groups.named(fold(words).split())
    order = groups.alphabetical if sort == "name" else np.argsort(-groups.counts, kind="stable")
    return order[named[order]].astype(np.int64)


def found(shelves: Shelves, kind: str, key: str) -> tuple[Group, Rows]:
    """One group and its rows as they are listed.

    An artist's by year, album and place on it; an album's as they stand on it; a genre's by how
    well known they are, those with a file first.

    Parameters
    ----------
    kind
        One of `NAMES`.
    key
        The group's; an artist's in any spelling.

    Raises
    ------
    NotFoundError
        There is no such group.
    """
    groups: Groups = getattr(shelves, kind)
    at = groups.find(artist_key(key) if kind == "artists" else key)
    if at is None:
        near = groups.called(fold(key).split(), n=3)
        closest = ", ".join(each.name for each in near)
        raise NotFoundError(
            f"there is no {NAMES[kind]} {key!r}",
            remedy=f"Closest: {closest}" if near else f"Look through all {kind}",
        )
    return groups.group(at), _ordered(shelves, kind, groups.rows(at))


def _ordered(shelves: Shelves, kind: str, rows: Rows) -> Rows:
    if kind == "albums":
        return shelves.on_album(rows)
    if kind == "artists":
        listed = sorted(rows.tolist(), key=lambda row: _along(shelves, row))
        return np.array(listed, dtype=np.int64)
    known = shelves.order("known")
    rows = known[np.isin(known, rows)]
    playable = shelves.corpus.playable[rows]
    return np.concatenate([rows[playable], rows[~playable]])


def _along(shelves: Shelves, row: int) -> tuple[int, str, int, str]:
    corpus = shelves.corpus
    year = int(corpus.year[row]) or 9999
    album = corpus.album_keys[row] if corpus.album_keys else ""
    return year, album, int(shelves.places[row]) or 9999, corpus.title_keys[row]
