"""All tracks of one corpus as shelves to look along; made once an epoch."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from segue.library.shelves.beginnings import Beginnings
from segue.library.shelves.groups import Groups
from segue.library.shelves.holdings import holdings
from segue.names import artist_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from segue.library.shelves.holdings import Holdings
    from segue.snapshot import Corpus
    from segue.types import Floats, Rows

SORTS: dict[str, str] = {
    "best": "Best match",
    "newest": "Newest here",
    "title": "Title",
    "artist": "Artist",
    "year": "Year",
    "known": "Best known",
}
"""Orders to list tracks in, and what they are called. The first needs words."""


class Shelves:
    """What there is to look through.

    Parameters
    ----------
    corpus
        The tracks.
    created
        When each row came into the catalogue, seconds since 1970, shape (tracks,).
    places
        Where it stands on its album, 0 where unknown, shape (tracks,).
    """

    def __init__(self, corpus: Corpus, *, created: Floats, places: Rows) -> None:
        self.corpus = corpus
        self.created = created
        self.places = places

    def __len__(self) -> int:
        """How many tracks there are."""
        return len(self.corpus)

    def rows(self, ids: Iterable[str]) -> Rows:
        """The rows of tracks in the order asked; ids that no track has are left out."""
        wanted = np.array([one.encode("utf-8", "replace") for one in ids], dtype=np.bytes_)
        if not len(wanted) or not len(self):
            return np.empty(0, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._ids, wanted), len(self) - 1)
        found: Rows = at[self._ids[at] == wanted].astype(np.int64)
        return found

    def prepare(self) -> None:
        """Make now what else is made at the first need."""
        for groups in (self.artists, self.albums, self.genres):
            groups.named(["a"])
        self.words.holding(["a"])
        self.rows(["a"])
        _ = self.holdings
        for sort in SORTS:
            self.order(sort)

    @cached_property
    def _ids(self) -> NDArray[np.bytes_]:
        return np.array([one.encode() for one in self.corpus.ids], dtype=np.bytes_)

    @cached_property
    def artists(self) -> Groups:
        """Tracks by artist; keys are normal forms (`segue.names.artist_key`)."""
        names: dict[str, str] = {}
        for credit in dict.fromkeys(self.corpus.artists):
            for name in credit:
                names.setdefault(artist_key(name), name)
        return Groups(self.corpus.artist_keys, names)

    @cached_property
    def albums(self) -> Groups:
        """Tracks by album; keys are its folded title and whose it is."""
        keys = self.corpus.album_keys or [""] * len(self.corpus)
        names: dict[str, str] = {}
        for key, title in zip(keys, self.corpus.albums, strict=True):
            names.setdefault(key, title)
        return Groups(((key,) for key in keys), names)

    @cached_property
    def genres(self) -> Groups:
        """Tracks by genre; keys are their names."""
        return Groups(self.corpus.genres, {})

    @cached_property
    def words(self) -> Beginnings:
        """Tracks by the words of their titles, artists and albums."""
        keys = self.corpus.album_keys or [""] * len(self.corpus)
        return Beginnings(
            f"{title} {' '.join(artists)} {album.partition(' | ')[0]}"
            for title, artists, album in zip(
                self.corpus.title_keys, self.corpus.artist_keys, keys, strict=True
            )
        )

    @cached_property
    def holdings(self) -> Holdings:
        """All of it in numbers."""
        return holdings(self.corpus)

    def order(self, sort: str) -> Rows:
        """All rows in an order of `SORTS`; "best" is by how well known they are."""
        made: Rows = getattr(self, f"_by_{_MADE.get(sort, sort)}")
        return made

    def on_album(self, rows: Rows) -> Rows:
        """Rows of one album as they stand on it; unknown places last, by title."""
        titles = self.corpus.title_keys
        last = np.iinfo(np.int64).max
        return np.array(
            sorted(rows.tolist(), key=lambda row: (self.places[row] or last, titles[row])),
            dtype=np.int64,
        )

    @cached_property
    def _title(self) -> Rows:
        """The place of each row among all titles; rows without a title come last."""
        keys = list(self.corpus.title_keys)
        return _ranked(sorted(range(len(keys)), key=lambda row: (not keys[row], keys[row])))

    @cached_property
    def _by_title(self) -> Rows:
        return np.argsort(self._title, kind="stable").astype(np.int64)

    @cached_property
    def _by_artist(self) -> Rows:
        """By first artist, and one artist's by year, album and place on it."""
        corpus = self.corpus
        first = [keys[0] if keys else "" for keys in corpus.artist_keys]
        albums = corpus.album_keys or [""] * len(corpus)
        codes = {key: n for n, key in enumerate(sorted({*albums}))}
        album = np.array([codes[key] for key in albums], dtype=np.int64)
        names = {key: n for n, key in enumerate(sorted({*first}, key=lambda key: (not key, key)))}
        artist = np.array([names[key] for key in first], dtype=np.int64)
        year = np.where(corpus.year > 0, corpus.year, 9999)
        return np.lexsort((self._title, self.places, album, year, artist)).astype(np.int64)

    @cached_property
    def _by_newest(self) -> Rows:
        """What came last first; what came in one go by artist, as whole minutes have it."""
        minutes = np.floor(self.created / 60)
        return np.lexsort((_ranked(self._by_artist), -minutes)).astype(np.int64)

    @cached_property
    def _by_year(self) -> Rows:
        year = self.corpus.year.astype(np.int64)
        return np.lexsort((_ranked(self._by_artist), -year)).astype(np.int64)

    @cached_property
    def _by_known(self) -> Rows:
        popularity = np.nan_to_num(self.corpus.popularity.astype(np.float64), nan=-1.0)
        return np.lexsort((_ranked(self._by_artist), -popularity)).astype(np.int64)


_MADE = {"best": "known"}


def _ranked(order: Rows | list[int]) -> Rows:
    """The place of each row in an order."""
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks
