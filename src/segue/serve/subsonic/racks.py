"""All that can be played, by artist, album and genre; made once an epoch from the shelves.

Players know nothing of tracks without a file, so they are shown the shelves
(`segue.library.shelves`) without them: an artist or album of which nothing can be played is not
there. Everything is numbers in memory, so that a list of ninety thousand songs takes milliseconds
wherever it begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import NotFoundError
from segue.serve.subsonic.ids import ALBUM, ARTIST, key_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from segue.library.shelves import Groups, Shelves
    from segue.types import Floats, Mask, Rows, TrackId


class Side:
    """The groups of one kind, as far as they can be played.

    Attributes
    ----------
    groups
        All of them. What follows has an entry for each, in their order.
    songs
        How many of its tracks can be played.
    there
        Places of those that have any, rising.
    """

    def __init__(self, groups: Groups, *, playable: Mask, pictured: Mask, place: Rows) -> None:
        rows, at = groups.memberships
        kept = playable[rows]
        self.groups = groups
        self._pictured = pictured
        self._rows, self._at = rows[kept].astype(np.int64), at[kept].astype(np.int64)
        self._place = place
        self.songs: Rows = np.bincount(self._at, minlength=len(groups)).astype(np.int64)
        self.there: Rows = np.flatnonzero(self.songs).astype(np.int64)
        self._starts = np.searchsorted(self._at, np.arange(len(groups) + 1))

    def rows(self, at: int) -> Rows:
        """The rows of a group that can be played, rising."""
        return self._rows[self._starts[at] : self._starts[at + 1]]

    def summed(self, values: NDArray[np.floating]) -> Floats:
        """The sum of a value by row over each group; what is not known counts 0."""
        found = np.zeros(len(self.groups))
        np.add.at(found, self._at, np.nan_to_num(values[self._rows].astype(np.float64)))
        return found

    def largest(self, values: NDArray[np.number]) -> Floats:
        """The largest value by row of each group; 0 for a group of nothing playable."""
        found: Floats = np.zeros(len(self.groups))
        if len(self.there):
            starts = self._starts[self.there]
            found[self.there] = np.maximum.reduceat(values[self._rows].astype(np.float64), starts)
        return found

    @cached_property
    def first(self) -> Rows:
        """The row that stands for each group, -1 for a group of nothing playable.

        One with a picture before one without, then the first in the order of artists.
        """
        found = np.full(len(self.groups), -1, dtype=np.int64)
        if len(self.there):
            bare = ~self._pictured[self._rows]
            order = np.lexsort((self._place[self._rows], bare, self._at))
            found[self.there] = self._rows[order][self._starts[self.there]]
        return found

    def beside(self, other: Rows, *, size: int) -> Rows:
        """How many different values of `other`, by row and below `size`, each group has.

        -1 is no value.
        """
        values = other[self._rows]
        known = values >= 0
        pairs = np.unique(self._at[known] * max(size, 1) + values[known])
        counts = np.bincount(pairs // max(size, 1), minlength=len(self.groups))
        return counts.astype(np.int64)

    @cached_property
    def alphabetical(self) -> Rows:
        """Places of those there are, in the order of their names."""
        order = self.groups.alphabetical
        return order[self.songs[order] > 0]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an album is: a place among the artists, -1 for nobody's, and what to call them."""

    at: int
    name: str


class Rack:
    """What can be played of one epoch.

    Parameters
    ----------
    shelves
        Of that epoch.
    pictured
        The tracks whose files hold a picture.
    """

    def __init__(self, shelves: Shelves, *, pictured: Iterable[TrackId] = ()) -> None:
        self.shelves = shelves
        self.corpus = corpus = shelves.corpus
        self.playable = corpus.playable
        order = shelves.order("artist")
        self._place = np.empty(len(order), dtype=np.int64)
        self._place[order] = np.arange(len(order))
        self._pictured = np.zeros(len(corpus), dtype=np.bool_)
        self._pictured[shelves.rows(pictured)] = True
        self.rows: Rows = order[self.playable[order]]
        self.artists = self._side(shelves.artists)
        self.albums = self._side(shelves.albums)
        self.genres = self._side(shelves.genres)

    def _side(self, groups: Groups) -> Side:
        masks = {"playable": self.playable, "pictured": self._pictured}
        return Side(groups, **masks, place=self._place)

    @cached_property
    def album_of(self) -> Rows:
        """The album of each row, -1 where it is on none."""
        found = np.full(len(self.corpus), -1, dtype=np.int64)
        rows, at = self.shelves.albums.memberships
        found[rows] = at
        return found

    @cached_property
    def owners(self) -> list[Owner]:
        """Whose each album is."""
        artists, corpus = self.artists.groups, self.corpus
        found = []
        for key, first in zip(self.albums.groups.keys, self.albums.first.tolist(), strict=True):
            whose = key.rpartition(" | ")[2]
            at = artists.find(whose) if whose else None
            if at is not None:
                found.append(Owner(at, artists.names[at]))
            elif whose and first >= 0:
                found.append(Owner(-1, ", ".join(corpus.artists[first])))
            else:
                found.append(Owner(-1, "Various Artists"))
        return found

    # -- numbers of albums --------------------------------------------------------------------

    @cached_property
    def seconds(self) -> Floats:
        """How long each album is."""
        return self.albums.summed(self.corpus.duration)

    @cached_property
    def created(self) -> Floats:
        """When the newest track of each album came into the catalogue, seconds since 1970."""
        return self.albums.largest(self.shelves.created)

    @cached_property
    def years(self) -> Rows:
        """The last year that a track of each album is from, 0 where nobody knows."""
        return self.albums.largest(self.corpus.year).astype(np.int64)

    @cached_property
    def albums_of_artists(self) -> Rows:
        """On how many albums each artist is."""
        return self.artists.beside(self.album_of, size=len(self.albums.groups))

    @cached_property
    def albums_of_genres(self) -> Rows:
        """On how many albums each genre is."""
        return self.genres.beside(self.album_of, size=len(self.albums.groups))

    # -- finding ------------------------------------------------------------------------------

    def artist(self, given: str) -> int:
        """The place of the artist with this id; NotFoundError where nothing of them is there."""
        return self._found(self.artists, given, ARTIST, "artist")

    def album(self, given: str) -> int:
        """The place of the album with this id; NotFoundError where nothing of it is there."""
        return self._found(self.albums, given, ALBUM, "album")

    def genre(self, name: str) -> int:
        """The place of a genre, however its letters are written; NotFoundError as above."""
        at = self.genres.groups.find(" ".join(name.lower().split()))
        if at is None or not self.genres.songs[at]:
            raise NotFoundError(
                f"there is no genre {name[:80]!r} here", remedy="List those there are: getGenres"
            )
        return at

    def albums_by(self, at: int) -> list[int]:
        """Places of the albums that an artist is on, by year, then by name."""
        found = np.unique(self.album_of[self.artists.rows(at)])
        names = self.albums.groups.keys
        return sorted(found[found >= 0].tolist(), key=lambda each: (self.years[each], names[each]))

    def on_album(self, at: int) -> list[TrackId]:
        """The tracks of an album in order."""
        return self.ids(self.shelves.on_album(self.albums.rows(at)))

    def ids(self, rows: Rows | Iterable[int]) -> list[TrackId]:
        """The ids of rows."""
        known = self.corpus.ids
        return [known[row] for row in np.asarray(rows, dtype=np.int64).tolist()]

    def row(self, track_id: TrackId) -> int | None:
        """The row of a track; None where it came after this epoch."""
        return self.corpus.row_of.get(track_id)

    def _found(self, side: Side, given: str, prefix: str, kind: str) -> int:
        at = side.groups.find(key_in(given, prefix))
        if at is None or not side.songs[at]:
            raise NotFoundError(
                f"there is no {kind} with the id {given[:80]!r} here", remedy="Look it up again"
            )
        return at
