"""How many rows of an answer one artist, or one album, may have a part in.

Nobody in particular ("Various Artists") is never capped, nor is a track that is on no album.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.records import Dials
    from segue.snapshot import Corpus


@dataclass(frozen=True, slots=True, eq=False)
class Caps:
    """What at most so many rows may share; see the module.

    Attributes
    ----------
    artists
        Artist keys by row.
    albums
        The key of each row's album, "" for none; empty where nobody knows albums.
    per_artist, per_album
        How many, 1 or more; None for any number.
    """

    artists: Sequence[tuple[str, ...]]
    albums: Sequence[str] = ()
    per_artist: int | None = None
    per_album: int | None = None

    @classmethod
    def of(cls, corpus: Corpus, dials: Dials) -> Caps:
        """As `dials` say."""
        return cls(corpus.artist_keys, corpus.album_keys, dials.per_artist, dials.per_album)


class Tally:
    """How many rows each artist and each album has a part in so far."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._artists: Counter[str] = Counter()
        self._albums: Counter[str] = Counter()

    def admits(self, row: int) -> bool:
        """Whether one more row would keep every cap."""
        caps = self._caps
        if caps.per_artist is not None:
            for name in caps.artists[row]:
                if self._artists[name] >= caps.per_artist:
                    return False
        if caps.per_album is None or not caps.albums:
            return True
        album = caps.albums[row]
        return not album or self._albums[album] < caps.per_album

    def add(self, row: int) -> None:
        """Count a row."""
        self._artists.update(self._caps.artists[row])
        if self._caps.albums:
            self._albums[self._caps.albums[row]] += 1
