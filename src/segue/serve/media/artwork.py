"""Where the picture of a track comes from: its file, else Spotify if that is set, else it is drawn.

One chain, `artwork_of`, that everything with a picture asks. It never waits for Spotify
(`segue.serve.media.covers`): until a cover has come, the drawn picture stands for it. Pictures of
files that were made small are kept in the cache by the bytes of the music file
(`segue.descriptors.cache`), within its bounds; that a file has none is kept too.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from segue.catalogue import files
from segue.descriptors.cache import Cache, Key
from segue.descriptors.entry import Entry
from segue.serve.media.placeholder import draw
from segue.sources import pictures
from segue.sources.tags import read_art

if TYPE_CHECKING:
    from segue.library import Segue
    from segue.records import Track
    from segue.serve.media.covers import Covers

SIZES = (96, 192, 480)
"""Pixels of a side: a row, a card, a page; each twice for screens of two pixels a point."""

VERSION = "1"
"""Of how pictures are made small; another number where other bytes would come out."""

_AT_ONCE = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes, what they are, a mark that changes when they do, and whether they last.

    One that does not last stands for a picture that may come in a moment.
    """

    data: bytes
    media_type: str
    mark: str
    lasts: bool = True


def artwork_of(segue: Segue, track: Track, *, size: int, covers: Covers | None = None) -> Picture:
    """The picture of a track, at least `size` pixels wide where there is one so large.

    Without `covers` it comes from the track's file, or it is drawn.
    """
    side = next((one for one in SIZES if one >= size), SIZES[-1])
    embedded = _embedded(segue, track, side)
    if embedded is not None or covers is None:
        return embedded or _drawn(track)
    found = covers.get(track, side=side)
    if isinstance(found, bytes):
        mark = f"spotify-{blake2b(found, digest_size=12).hexdigest()}"
        return Picture(found, pictures.MEDIA_TYPE, mark)
    return replace(_drawn(track), lasts=found is not None)


def _embedded(segue: Segue, track: Track, side: int) -> Picture | None:
    """The picture in the track's file."""
    held = files.held(segue.database, track.id) if track.playable else None
    if held is None:
        return None
    path, content_hash = held
    cache = Cache.of(segue.settings)
    key = Key(content_hash, f"art-{side}-{VERSION}")
    entry = cache.get("art", key)
    if entry is None:
        try:
            found = read_art(path)
        except OSError:
            return None
        with _AT_ONCE:
            made = None if found is None else pictures.square(found[0], side)
        entry = Entry({}, {} if made is None else {"picture": np.frombuffer(made, np.uint8)})
        cache.put("art", key, entry)
    if "picture" not in entry.arrays:
        return None
    data = entry.arrays["picture"].tobytes()
    return Picture(data, pictures.MEDIA_TYPE, f"{content_hash[:16]}-{side}-{VERSION}")


def _drawn(track: Track) -> Picture:
    artist = track.artists[0] if track.artists else ""
    data = draw(track.id, artist=artist).encode()
    return Picture(data, "image/svg+xml", f"drawn-{blake2b(data, digest_size=12).hexdigest()}")
