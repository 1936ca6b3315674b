"""Finding by words, and songs by chance, by genre, by artist.

The empty search finds everything in an order that stays, a page at a time: that is how players copy
a library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.catalogue import search
from segue.names import artist_key, fold
from segue.serve.subsonic import songs as told
from segue.serve.subsonic.albums import MOST
from segue.serve.subsonic.asked import Endpoint
from segue.serve.subsonic.browsing import as_folder, need_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.serve.subsonic.asked import Asked
    from segue.serve.subsonic.racks import Rack, Side
    from segue.types import Rows

BEST = 24
"""Songs that are put in order by how well they match; the rest follow by how well known."""

_LONGEST = 1_000


def search3(asked: Asked) -> Mapping[str, Any]:
    """Artists, albums and songs that hold the words."""
    found = _searched(asked)
    return {"searchResult3": found}


def search2(asked: Asked) -> Mapping[str, Any]:
    """The same, for players that look through folders."""
    found = _searched(asked)
    return {"searchResult2": {**found, "album": [as_folder(each) for each in found["album"]]}}


def _searched(asked: Asked) -> dict[str, Any]:
    need_folder(asked)
    rack, text = asked.rack, _words(asked.need("query"))
    words = fold(text).split()
    artists = _called(rack.artists, words)
    albums = _called(rack.albums, words)
    rows = _songs(asked, text, words)
    return {
        "artist": [told.artist(rack, at) for at in _part(asked, "artist", artists)],
        "album": told.albums(rack, _part(asked, "album", albums)),
        "song": told.songs(asked, rack.ids(_part(asked, "song", rows))),
    }


def _words(query: str) -> str:
    """What is looked for; some players write nothing as two quotation marks."""
    text = query[:_LONGEST].strip()
    return "" if text in {'""', "''", "*"} else text


def _part(asked: Asked, kind: str, found: Rows) -> list[int]:
    """The page of `found` that is asked for of one kind."""
    size = asked.whole(f"{kind}Count", 20, most=MOST)
    start = asked.whole(f"{kind}Offset", 0)
    page: list[int] = found[start : start + size].tolist()
    return page


def _called(side: Side, words: list[str]) -> Rows:
    """Groups whose names hold the words: those of just this name first, then the largest."""
    named = side.alphabetical
    if not words:
        return named
    found = named[side.groups.named(words)[named]]
    text = " ".join(words)
    called = (side.groups.folded[at] for at in found.tolist())
    unlike = [(name != text) + (not name.startswith(text)) for name in called]
    return found[np.lexsort((-side.songs[found], np.array(unlike, dtype=np.int64)))]


def _songs(asked: Asked, text: str, words: list[str]) -> Rows:
    """Rows of songs that hold the words, the best matches first; all of them without words."""
    rack = asked.rack
    if not text:
        return rack.rows
    best = rack.shelves.rows(search.ids(asked.segue.database, text, limit=BEST))
    best = best[rack.playable[best]]
    held = rack.playable & (rack.shelves.words.holding(words) if words else False)
    held[best] = False
    known = rack.shelves.order("known")
    found: Rows = np.concatenate([best, known[held[known]]])
    return found


# -- lists of songs -------------------------------------------------------------------------


def random_songs(asked: Asked) -> Mapping[str, Any]:
    """Songs by chance, of a genre or of some years where that is asked."""
    need_folder(asked)
    rack = asked.rack
    rows = rack.rows
    if asked.given("genre"):
        rows = rack.genres.rows(rack.genre(asked.text("genre")))
    years = rack.corpus.year[rows]
    if asked.given("fromYear"):
        kept = (years > 0) & (years >= asked.whole("fromYear"))
        rows, years = rows[kept], years[kept]
    if asked.given("toYear"):
        rows = rows[(years > 0) & (years <= asked.whole("toYear"))]
    size = min(asked.whole("size", 10, most=MOST), len(rows))
    drawn = np.random.default_rng().choice(rows, size, replace=False)
    return {"randomSongs": {"song": told.songs(asked, rack.ids(drawn))}}


def by_genre(asked: Asked) -> Mapping[str, Any]:
    """The songs of a genre, by artist."""
    need_folder(asked)
    rack = asked.rack
    of = np.zeros(len(rack.corpus), dtype=np.bool_)
    of[rack.genres.rows(rack.genre(asked.need("genre")))] = True
    rows = rack.rows[of[rack.rows]]
    size, start = asked.whole("count", 10, most=MOST), asked.whole("offset", 0)
    listed = told.songs(asked, rack.ids(rows[start : start + size]))
    return {"songsByGenre": {"song": listed}}


def top_songs(asked: Asked) -> Mapping[str, Any]:
    """The best known songs of an artist; none of an artist nobody knows."""
    rack, name = asked.rack, asked.need("artist")
    at = rack.artists.groups.find(artist_key(name))
    rows = rack.rows[:0] if at is None else best_known(rack, rack.artists.rows(at))
    shown = rack.ids(rows[: asked.whole("count", 50, most=MOST)])
    return {"topSongs": {"song": told.songs(asked, shown)}}


def best_known(rack: Rack, rows: Rows) -> Rows:
    """Rows in the order of how well known they are."""
    of = np.zeros(len(rack.corpus), dtype=np.bool_)
    of[rows] = True
    known = rack.shelves.order("known")
    return known[of[known]]


ENDPOINTS = (
    Endpoint("search2", search2, "as search3, for players that look through folders"),
    Endpoint("search3", search3, "artists, albums and songs by words; everything by none"),
    Endpoint("getRandomSongs", random_songs, "songs by chance, by genre and years"),
    Endpoint("getSongsByGenre", by_genre, "the songs of a genre"),
    Endpoint("getTopSongs", top_songs, "an artist's best known songs"),
)
