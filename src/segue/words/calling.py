"""Artists and tracks by what they are called, without a search: exact in normal form, or close.

Names are kept as sorted hashes, 16 bytes each, beside the corpus that holds the names themselves.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from segue.names import artist_key, fold, split_title
from segue.types import TrackId
from segue.words.understood import ARTIST, TRACK, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue.recommend.artists import ByArtist
    from segue.snapshot import Corpus
    from segue.types import Rows

SPEAK = 20
"""Most tracks that speak for an artist, the best known."""

NEAR = 3
"""Most names that are offered for one that nobody has."""

_LONGEST = 100
_MOST_SPLITS = 12
_COMPARED = 2_000
_ALIKE = 0.7
_EVERY = 1_000_000_000


class Hashed:
    """Rows by a text, for texts that are kept elsewhere.

    Parameters
    ----------
    texts
        One a row; an empty one is not found.
    worth
        Which row is found first of several with the same text: the largest, then the lowest row.
    """

    def __init__(
        self, texts: Iterable[str], worth: np.ndarray[tuple[int], np.dtype[np.floating]]
    ) -> None:
        hashes = np.fromiter((hash(text) if text else 0 for text in texts), dtype=np.int64)
        self._rows: Rows = np.lexsort((-worth[: len(hashes)], hashes)).astype(np.int64)
        self._hashes = hashes[self._rows]

    def rows(self, text: str) -> list[int]:
        """Rows whose text may be this one, the worthiest first: hashes can collide."""
        wanted = hash(text)
        first, last = np.searchsorted(self._hashes, [wanted, wanted + 1] if text else [0, 0])
        return [int(row) for row in self._rows[first:last]]


class Names:
    """Who and what can be named in one catalogue."""

    def __init__(self, corpus: Corpus, by_artist: ByArtist) -> None:
        self._corpus = corpus
        self._by_artist = by_artist

    def artist(self, text: str) -> Named | None:
        """The artist who is called so; gaps in the name do not count ("acdc")."""
        wanted = artist_key(text) if len(text) <= _LONGEST else ""
        if not wanted:
            return None
        rows = self._by_artist.popular(wanted, most=1)
        if not rows and len(wanted) > 2:
            close = wanted.replace(" ", "")
            at = self._compact.rows(close)
            keys = [self._keys[place] for place in at]
            wanted = next((key for key in keys if key.replace(" ", "") == close), "")
            rows = self._by_artist.popular(wanted, most=1) if wanted else []
        if not rows:
            return None
        names = self._corpus.artists[rows[0]]
        return Named(ARTIST, next((one for one in names if artist_key(one) == wanted), text))

    def within(self, text: str) -> Named | None:
        """The best known artist of whose name this is a part.

        Two words or more begin it ("Bob Marley" & The Wailers), one ends it (Johann Sebastian
        "Bach").
        """
        wanted = artist_key(text)
        if " " in wanted:
            first = bisect_left(self._keys, f"{wanted} ")
            last = bisect_left(self._keys, f"{wanted} \U0010ffff", lo=first)
            keys = self._keys[first : min(last, first + _COMPARED)]
        else:
            places = self._surnames.rows(wanted)
            keys = [key for key in map(self._keys.__getitem__, places) if _ends(key, wanted)]
        popularity = np.nan_to_num(self._corpus.popularity, nan=-1.0)
        best = [
            (float(popularity[row]), key)
            for key in keys
            for row in self._by_artist.popular(key, most=1)
        ]
        return self.artist(max(best)[1]) if best else None

    def by_id(self, text: str) -> Named | None:
        """The track with this id."""
        row = self._corpus.row_of.get(TrackId(text))
        return None if row is None else self._named(row)

    def track(self, text: str) -> Named | None:
        """The best known track with this title, or artist and title in either order.

        What a title says of the recording ("Remaster", "Live") may be left out.
        """
        if not text.strip() or len(text) > _LONGEST:
            return None
        rows = self._titled(text)
        if rows:
            return self._named(rows[0])
        words = [word for word in fold(text).split() if word != "by"]
        if len(words) > _MOST_SPLITS:
            return None
        for at in range(1, len(words)):
            left, right = " ".join(words[:at]), " ".join(words[at:])
            for artist, title in ((left, right), (right, left)):
                found = self._by(artist_key(artist), title)
                if found is not None:
                    return self._named(found)
        return None

    def rows(self, named: Named) -> list[int]:
        """The rows that speak for a name: a track's own, the best known ones of an artist."""
        if named.kind == ARTIST:
            return self._by_artist.popular(artist_key(named.name), most=SPEAK)
        row = self._corpus.row_of.get(TrackId(named.id))
        return [] if row is None else [row]

    def near(self, text: str) -> tuple[str, ...]:
        """Artists whose names look like one that nobody has, the closest first."""
        wanted = artist_key(text[:_LONGEST])
        first = bisect_left(self._keys, wanted[:2])
        last = bisect_left(self._keys, wanted[:2] + "\U0010ffff")
        likely = [
            key
            for key in self._keys[first : min(last, first + _COMPARED)]
            if abs(len(key) - len(wanted)) <= max(2, len(wanted) // 3)
        ]
        close = difflib.get_close_matches(wanted, likely, n=NEAR, cutoff=_ALIKE)
        found = [self.artist(key) for key in close] or [self.within(wanted)]
        return tuple(dict.fromkeys(one.name for one in found if one is not None))

    def _titled(self, text: str) -> list[int]:
        """Rows with this title, the best known first."""
        base, version = split_title(text)
        key = fold(text)
        rows = self._titles.rows(base)
        titles = ((row, *_parted(self._corpus.title_keys[row])) for row in rows)
        return [
            row
            for row, title, recording in titles
            if (title == key and not version) or (title == base and recording == version)
        ]

    def _by(self, artist: str, title: str) -> int | None:
        """The best known track of an artist with a title."""
        rows = self._by_artist.popular(artist, most=_EVERY) if artist else []
        keys = ((row, self._corpus.title_keys[row]) for row in rows)
        return next((row for row, key in keys if _parted(key)[0] == title), None)

    def _named(self, row: int) -> Named:
        corpus = self._corpus
        title, artists = corpus.titles[row] or "Untitled", ", ".join(corpus.artists[row])
        return Named(TRACK, f"{artists} – {title}" if artists else title, corpus.ids[row])

    @cached_property
    def _titles(self) -> Hashed:
        titles = (_parted(key)[0] for key in self._corpus.title_keys)
        return Hashed(titles, np.nan_to_num(self._corpus.popularity, nan=-1.0))

    @cached_property
    def _keys(self) -> list[str]:
        return sorted({key for keys in self._corpus.artist_keys for key in keys})

    @cached_property
    def _surnames(self) -> Hashed:
        return Hashed((key.rpartition(" ")[2] for key in self._keys), np.zeros(len(self._keys)))

    @cached_property
    def _compact(self) -> Hashed:
        return Hashed((key.replace(" ", "") for key in self._keys), np.zeros(len(self._keys)))


def _ends(key: str, word: str) -> bool:
    return key.endswith(f" {word}")


def _parted(title_key: str) -> tuple[str, str]:
    """The title and what it says of the recording (`segue.names.joined_key`)."""
    base, _, version = title_key.partition(" | ")
    return base, version
