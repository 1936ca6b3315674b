"""Playlists of a few tastes: most tracks of a playlist are of one taste, some are anybody's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

TASTES = ("slow", "loud", "odd")


def mixtapes(count: int, *, tracks: int = 45, length: int = 12, seed: int = 3) -> list[dict]:
    """Playlists in the layout of the Million Playlist Dataset.

    Track ``t`` of `tracks` is of taste ``t % 3``; popular ones have low numbers. Two tracks of one
    taste are by one artist.
    """
    rng = np.random.default_rng(seed)
    found = []
    for pid in range(count):
        taste = int(rng.integers(len(TASTES)))
        numbers = np.arange(tracks)
        weights = 1 / (2 + numbers // 6) * np.where(numbers % 3 == taste, 12.0, 1.0)
        chosen = rng.choice(tracks, size=length, replace=False, p=weights / weights.sum())
        entries = [
            {
                "track_uri": f"spotify:track:{number}",
                "track_name": f"Song {number}",
                "artist_name": f"{TASTES[number % 3]} {number // 6}",
                "album_name": f"Album {number // 6}",
                "duration_ms": 180_000 + number,
            }
            for number in chosen.tolist()
        ]
        found.append({"pid": pid, "name": f"{TASTES[taste]} evening {pid % 4}", "tracks": entries})
    return found


def slice_of(path: Path, playlists: list[dict]) -> Path:
    """Write them as one slice."""
    path.write_text(json.dumps({"playlists": playlists}), encoding="utf-8")
    return path
