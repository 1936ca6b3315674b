"""Libraries whose playlists show a part of the truth each: artists have a taste, nobody knows all.

Of `TASTES` tastes every library holds playlists of two. No word is shared by artists of a taste, so
content alone cannot tell that they go together.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.records import TrackRecord
from worlds import make_corpus

if TYPE_CHECKING:
    from pathlib import Path

    from segue.snapshot import Corpus, Space

LIBRARIES, TASTES, ARTISTS, SONGS = 3, 6, 6, 5
TRACKS = TASTES * ARTISTS * SONGS

NEW = frozenset(range(0, TRACKS, SONGS))
"""One song of every artist, which stands in no playlist."""


def taste_of(row: int) -> int:
    return row // (ARTISTS * SONGS)


def artist_of(row: int) -> int:
    return row // SONGS


def lists_of(library: int, *, playlists: int = 60, seed: int = 5) -> list[list[int]]:
    """Playlists of a library, as rows."""
    rng = np.random.default_rng([seed, library])
    made = []
    for number in range(playlists):
        taste = 2 * library + number % 2
        mine = [row for row in range(TRACKS) if taste_of(row) == taste and row not in NEW]
        made.append(rng.choice(mine, size=10, replace=False).tolist())
    return made


def record_of(row: int) -> TrackRecord:
    artist = artist_of(row)
    return TrackRecord(title=f"Song {row}", artists=(f"Artist {artist}",), album=f"Album {row}")


def corpus_of(lists: list[list[int]]) -> Corpus:
    """All tracks, and some playlists."""
    titled = [(f"Mix {number}", rows) for number, rows in enumerate(lists)]
    return make_corpus([record_of(row) for row in range(TRACKS)], playlists=titled)


def write_files(folder: Path, library: int) -> tuple[Path, Path]:
    """A table of all tracks, and a library's playlists in the layout of the MPD."""
    table = folder / f"tracks-{library}.csv"
    lines = [f"t{row},Song {row},Artist {artist_of(row)},Album {row}" for row in range(TRACKS)]
    table.write_text("\n".join(["id,title,artists,album", *lines]) + "\n", encoding="utf-8")
    made: list[dict[str, Any]] = []
    for number, rows in enumerate(lists_of(library)):
        tracks = [
            {
                "pos": place,
                "track_uri": f"spotify:track:{row:022}",
                "track_name": f"Song {row}",
                "artist_name": f"Artist {artist_of(row)}",
                "album_name": f"Album {row}",
                "duration_ms": 200_000,
            }
            for place, row in enumerate(rows)
        ]
        made.append({"pid": 1000 * library + number, "name": f"Secret {number}", "tracks": tracks})
    path = folder / f"lists-{library}.json"
    path.write_text(json.dumps({"playlists": made}), encoding="utf-8")
    return table, path


def kinship(space: Space, corpus: Corpus) -> float:
    """Of the ten tracks by others that are nearest to a new one, the share of its taste."""
    shares = []
    for row in sorted(NEW):
        point = space.point(row)
        if point is None:
            shares.append(0.0)
            continue
        scores = space.score_exactly(point, rows=np.arange(len(corpus)))
        own = np.array([artist_of(each) == artist_of(row) for each in range(TRACKS)])
        first = np.argsort(-np.where(own, -np.inf, scores), kind="stable")[:10]
        shares.append(np.mean([taste_of(each) == taste_of(row) for each in first.tolist()]))
    return float(np.mean(shares))
