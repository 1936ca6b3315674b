"""Lists of albums in every order that the catalogue knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.catalogue import played
from segue.serve.subsonic import songs as told
from segue.serve.subsonic.asked import Endpoint
from segue.serve.subsonic.browsing import as_folder, need_folder
from segue.serve.subsonic.faults import GENERIC, FaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from segue.serve.subsonic.asked import Asked
    from segue.types import Rows

MOST = 500
"""Most albums, and most songs, of one list."""


def list2(asked: Asked) -> Mapping[str, Any]:
    """Albums in an order, a page of them."""
    return {"albumList2": {"album": told.albums(asked.rack, _page(asked))}}


def list1(asked: Asked) -> Mapping[str, Any]:
    """The same, for players that look through folders."""
    found = told.albums(asked.rack, _page(asked))
    return {"albumList": {"album": [as_folder(each) for each in found]}}


def _page(asked: Asked) -> list[int]:
    """Places of the albums asked for."""
    need_folder(asked)
    kind = asked.need("type")
    if kind not in ORDERS:
        raise FaultError(
            GENERIC,
            f"there is no list of albums {kind[:40]!r}",
            remedy=f"Ask for {', '.join(ORDERS)}",
        )
    size, start = asked.whole("size", 10, most=MOST), asked.whole("offset", 0)
    order = ORDERS[kind](asked)
    # A random list has no places to go on from: every page is drawn anew.
    found: list[int] = order[:size].tolist() if kind == "random" else (
        order[start : start + size].tolist()
    )  # fmt: skip
    return found


def _random(asked: Asked) -> Rows:
    return np.random.default_rng().permutation(asked.rack.albums.there)


def _newest(asked: Asked) -> Rows:
    rack = asked.rack
    named = rack.albums.alphabetical
    # What came within one minute came in one go, and stands by name.
    minutes = np.floor(rack.created[named] / 60)
    return named[np.argsort(-minutes, kind="stable")]


def _by_name(asked: Asked) -> Rows:
    return asked.rack.albums.alphabetical


def _by_artist(asked: Asked) -> Rows:
    rack = asked.rack
    artists = rack.artists.groups
    rank = np.empty(len(artists) + 1, dtype=np.int64)
    rank[artists.alphabetical] = np.arange(len(artists))
    rank[-1] = len(artists)
    named = rack.albums.alphabetical
    whose = np.array([owner.at for owner in rack.owners], dtype=np.int64)[named]
    return named[np.lexsort((rack.years[named], rank[whose]))]


def _by_year(asked: Asked) -> Rows:
    first, last = asked.whole("fromYear"), asked.whole("toYear")
    years, named = asked.rack.years, asked.rack.albums.alphabetical
    low, high = sorted((first, last))
    within = named[(years[named] >= low) & (years[named] <= high) & (years[named] > 0)]
    step = 1 if first <= last else -1
    return within[np.argsort(step * years[within], kind="stable")]


def _by_genre(asked: Asked) -> Rows:
    rack = asked.rack
    rows = rack.genres.rows(rack.genre(asked.need("genre")))
    named = rack.albums.alphabetical
    return named[np.isin(named, rack.album_of[rows])]


def _starred(asked: Asked) -> Rows:
    """None: opinions are of songs."""
    return asked.rack.albums.there[:0]


def _played(asked: Asked, *, lately: bool) -> Rows:
    """Albums that the listener has played, the most often or the last played first."""
    rack = asked.rack
    worth = np.zeros(len(rack.albums.groups))
    for one, total in played.totals(asked.segue.database, asked.listener).items():
        row = rack.row(one)
        at = -1 if row is None else int(rack.album_of[row])
        if at < 0 or not rack.albums.songs[at]:
            continue
        if lately:
            worth[at] = max(worth[at], total.last or 0.0)
        else:
            worth[at] += total.times
    named = rack.albums.alphabetical
    heard = named[worth[named] > 0]
    return heard[np.argsort(-worth[heard], kind="stable")]


def _frequent(asked: Asked) -> Rows:
    return _played(asked, lately=False)


def _recent(asked: Asked) -> Rows:
    return _played(asked, lately=True)


ORDERS: dict[str, Callable[[Asked], Rows]] = {
    "random": _random,
    "newest": _newest,
    "frequent": _frequent,
    "recent": _recent,
    "alphabeticalByName": _by_name,
    "alphabeticalByArtist": _by_artist,
    "starred": _starred,
    "byYear": _by_year,
    "byGenre": _by_genre,
}
"""Every list there is. ``highest`` is not: nobody gives marks here."""

ENDPOINTS = (
    Endpoint("getAlbumList", list1, "albums, for players that look through folders"),
    Endpoint("getAlbumList2", list2, f"albums: {', '.join(ORDERS)}"),
)
