"""Any space on a plane: t-SNE of how alike its tracks are.

Near on paper are tracks that are near in the space, as far as that can be: distances are 1 less the
score over the highest score, and between two tracks the mean of both directions (van der Maaten &
Hinton, *Visualizing data using t-SNE*, JMLR 9, 2008). What is between groups says little: t-SNE
keeps neighbours.

A catalogue keeps the places under the name ``map:SPACE``, for the tracks that were drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import UnavailableError
from segue.latent.encoder import ENCODER, SPACE, Encoder
from segue.latent.facts import Facts
from segue.snapshot import MAP

if TYPE_CHECKING:
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.snapshot import Corpus, Space
    from segue.types import Floats, Rows

FEWEST = 5
"""Tracks without which there is nothing to draw."""

_AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """A space on a plane.

    Attributes
    ----------
    space
        Its name.
    rows
        The tracks that were drawn.
    places
        Where they are, shape (tracks, 2).
    placed
        How many tracks stand in the space.
    seed
        What the drawing and t-SNE were settled by.
    """

    space: str
    rows: Rows
    places: Floats
    placed: int
    seed: int

    def store(self, db: Database, corpus: Corpus) -> None:
        """Keep the places, instead of those of an earlier map of the space."""
        from segue.catalogue.trained import put

        state: dict[str, Any] = {
            "space": self.space,
            "tracks": [corpus.ids[row] for row in self.rows.tolist()],
            "origin": {"placed": self.placed, "seed": self.seed, "epoch": corpus.epoch},
        }
        arrays = {"places": self.places.astype(np.float32)}
        put(db, MAP + self.space, version=str(corpus.epoch), state=state, arrays=arrays)

    def draw(self, corpus: Corpus, path: Path) -> None:
        """Write the picture, coloured by genre, artist and, where any is known, emotion.

        Raises
        ------
        UnavailableError
            matplotlib is not installed, or the file cannot be written.
        """
        from segue.evaluation.pictures.codes import plane
        from segue.evaluation.pictures.style import save

        title = f"The space {self.space} as a map ({len(self.rows):,} of {self.placed:,} tracks)"
        save(plane(self.places, names=_names(corpus, self.rows), title=title), path)


def mapped(space: Space, *, tracks: int, seed: int) -> Map:
    """Draw tracks of a space and lay them out.

    Parameters
    ----------
    tracks
        Most tracks that are drawn.

    Raises
    ------
    UnavailableError
        Fewer than `FEWEST` tracks stand in the space.
    """
    there = np.flatnonzero(space.placed)
    if len(there) < FEWEST:
        raise UnavailableError(
            f"{len(there)} tracks stand in the space {space.name!r}, and a map needs {FEWEST}",
            remedy=f"It needs {space.needs}",
        )
    rows = there
    if len(there) > tracks:
        drawn = np.random.default_rng(seed).choice(there, max(tracks, FEWEST), replace=False)
        rows = np.sort(drawn)
    return Map(space.name, rows, layout(_apart(space, rows), seed=seed), len(there), seed)


def layout(distances: Floats, *, seed: int) -> Floats:
    """Places on a plane, shape (n, 2), from distances, shape (n, n)."""
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(distances) - 1) / 3)
    mapping = TSNE(
        metric="precomputed", init="random", perplexity=perplexity, random_state=seed, n_jobs=1
    )
    places: Floats = mapping.fit_transform(distances).astype(np.float64)
    return places


def _apart(space: Space, rows: Rows) -> Floats:
    """Distances of tracks from each other, shape (rows, rows), 0 to themselves."""
    points = [space.point(row) for row in rows.tolist()]
    scores = np.concatenate(
        [
            space.score(points[first : first + _AT_ONCE], rows=rows)
            for first in range(0, len(points), _AT_ONCE)
        ]
    ).astype(np.float64)
    distances = 1.0 - (scores + scores.T) / 2 / max(float(scores.max()), 1e-9)
    np.fill_diagonal(distances, 0.0)
    return np.maximum(distances, 0.0)


def _names(corpus: Corpus, rows: Rows) -> dict[str, list[str]]:
    """What the map is coloured by."""
    drawn = rows.tolist()
    found = {
        "genre": [(corpus.genres[row] or ("",))[0] for row in drawn],
        "artist": [(corpus.artists[row] or ("",))[0] for row in drawn],
    }
    emotions = [corpus.emotions.get(row, "") for row in drawn]
    if any(emotions):
        return found | {"emotion": emotions}
    trained = corpus.trained.get(SPACE)
    if trained is not None and ENCODER in trained.arrays and trained.state.get("moods"):
        told, _ = Encoder.of_trained(trained).told(Facts.of_corpus(corpus, rows))
        return found | {"emotion (predicted)": list(told.emotions)}
    return found
