"""Who is held back from a training, and how well they find each other.

Whole artists are held back, so that nobody is judged by what the network knows of them. The judge
of an encoder is the mean average precision of artists; where artists are not known, how often one
half of a track's windows finds the other half first. The judge of a genre network is the share of
the ten nearest that are of the same genre, the artist's own tracks taken out
(`segue.evaluation.retrieval`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.retrieval import Gallery
from segue.evaluation.splits import folds, grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segue.types import Frames, Rows

LEAST = 8
"""Fewest tracks whose judgement means anything."""


def held_back(
    artists: Sequence[str], *, share: float, seed: int, classes: Rows | None = None
) -> Rows:
    """Rows of whole artists, about a share of all tracks; none where there are too few.

    Parameters
    ----------
    artists
        The artist of each track, "" for one of its own.
    share
        Of the tracks, 0 for none.
    classes
        Classes to be spread evenly, each with at least two tracks.
    """
    none = np.empty(0, dtype=np.int64)
    if share <= 0:
        return none
    count = max(2, round(1.0 / share))
    if len(np.unique(grouped(artists))) < 2 * count:
        return none
    return folds(len(artists), count=count, seed=seed, artists=artists, classes=classes)[0][1]


def by_artist(artists: Sequence[str]) -> Callable[[Frames], float]:
    """The judge of an encoder, given windows of shape (tracks, windows, width)."""
    gallery = Gallery(artists, [""] * len(artists))

    def judge(windows: Frames) -> float:
        return _mean(gallery, windows, "artist_map")

    return judge


def by_track(windows: Frames) -> float:
    """The same where artists are not known; 0.5 of those that tie with another."""
    even, odd = (_units(windows[:, place::2].mean(axis=1)) for place in (0, 1))
    scores = even @ odd.T
    own = np.diagonal(scores)[:, None]
    better = (scores > own).sum(axis=1)
    ties = (scores == own).sum(axis=1) - 1
    return float(np.where(better > 0, 0.0, 1.0 / (1 + ties)).mean())


def by_genre(artists: Sequence[str], genres: Sequence[str]) -> Callable[[Frames], float]:
    """The judge of a genre network."""
    own = [artist or f"\0{row}" for row, artist in enumerate(artists)]
    gallery = Gallery(own, genres)

    def judge(windows: Frames) -> float:
        return _mean(gallery, windows, "genre_precision_10")

    return judge


def can_judge_artists(artists: Sequence[str]) -> bool:
    """Whether any two tracks are by the same artist."""
    known = [artist for artist in artists if artist]
    return len(set(known)) < len(known)


def can_judge_genres(artists: Sequence[str], genres: Sequence[str]) -> bool:
    """Whether most tracks have another of their genre that is not their own artist's."""
    own = [artist or f"\0{row}" for row, artist in enumerate(artists)]
    of_genre: dict[str, set[str]] = {}
    for artist, genre in zip(own, genres, strict=True):
        of_genre.setdefault(genre, set()).add(artist)
    return 2 * sum(len(of_genre[genre]) > 1 for genre in genres) > len(genres)


def _mean(gallery: Gallery, windows: Frames, metric: str) -> float:
    unit = _units(windows.mean(axis=1))
    found = gallery.judge(unit @ unit.T).values[metric]
    asked = found[~np.isnan(found)]
    return float(asked.mean()) if len(asked) else 0.0


def _units(vectors: Frames) -> Frames:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: Frames = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return units
