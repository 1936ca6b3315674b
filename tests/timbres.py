"""Material of invented timbres: artists are colours of noise, genres what some of them share."""

from __future__ import annotations

import numpy as np

from segue.embedding.material import Material
from segue.embedding.windows import BANDS
from segue.training.ears.plan import Plan

SHORT = Plan(steps=30, every=10, batch=(8, 4), optimizer="adamw")


def coloured(artists: int = 20, each: int = 4, genres: int = 2, frames: int = 150) -> Material:
    """Tracks whose artist can be heard, and whose genre is what their artists share."""
    rng = np.random.default_rng(5)
    of_genre = rng.normal(size=(genres, BANDS)) * 25
    rows, names, kinds = [], [], []
    for artist in range(artists):
        own = of_genre[artist % genres] + rng.normal(size=BANDS) * 25
        for _ in range(each):
            levels = 120 + own + rng.normal(size=BANDS) * 12 + rng.normal(size=(frames, BANDS)) * 30
            rows.append(np.clip(levels, 0, 255).astype(np.uint8))
            names.append(f"artist {artist}")
            kinds.append(f"genre {artist % genres}")
    ids = tuple(f"track {row}" for row in range(len(rows)))
    return Material(
        ids=ids,
        artists=tuple(names),
        genres=tuple(kinds),
        spectrograms=rows,
        source="coloured noise",
        digest="0" * 64,
        labels=ids,
        synthetic=True,
    )
