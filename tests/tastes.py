"""A world in which artists have a taste and people make playlists of one taste."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.records import TrackRecord
from worlds import make_corpus

if TYPE_CHECKING:
    from segue.snapshot import Corpus

TASTES, ARTISTS, SONGS = 4, 6, 5
"""Tastes, artists of each, songs of each artist."""

TRACKS = TASTES * ARTISTS * SONGS


def taste_of(row: int) -> int:
    return row // (ARTISTS * SONGS)


def artist_of(row: int) -> int:
    return row // SONGS


def tasteful(
    playlists: int = 160, *, without: frozenset[int] = frozenset(), seed: int = 3
) -> Corpus:
    """`playlists` playlists of one taste each; the rows `without` stand in none."""
    rng = np.random.default_rng(seed)
    records = [
        TrackRecord(
            title=f"Song {row}",
            artists=(f"Artist {artist_of(row)}",),
            album=f"Album {artist_of(row)}",
            year=1980 + 10 * taste_of(row),
        )
        for row in range(TRACKS)
    ]
    made = []
    for number in range(playlists):
        taste = number % TASTES
        mine = [row for row in range(TRACKS) if taste_of(row) == taste and row not in without]
        taken = rng.choice(mine, size=int(rng.integers(10, 14)), replace=False)
        made.append((f"Mix {taste}", taken.tolist()))
    return make_corpus(records, playlists=made)
