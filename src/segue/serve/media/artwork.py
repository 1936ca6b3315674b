"""Where the picture of a track comes from: its file, else it is drawn.

One chain, `artwork_of`, that everything with a picture asks. Pictures made small are kept in the
cache by the bytes of the music file (`segue.descriptors.cache`), within its bounds; that a file
has none is kept too.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
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

SIZES = (96, 192, 480)
"""Pixels of a side: a row, a card, a page; each twice for screens of two pixels a point."""

VERSION = "1"
"""Of how pictures are made small; another number where other bytes would come out."""

_AT_ONCE = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes, what they are, and a mark that changes when they do."""

    data: bytes
    media_type: str
    mark: str


def artwork_of(segue: Segue, track: Track, *, size: int) -> Picture:
    """The picture of a track, at least `size` pixels wide where there is one so large."""
    side = next((one for one in SIZES if one >= size), SIZES[-1])
    return _embedded(segue, track, side) or _drawn(track)


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
