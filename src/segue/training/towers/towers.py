"""What two towers have learned, as numbers: it asks for no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.spaces.units import to_units
from segue.training.towers.inputs import ragged, title_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.types import Rows, Vector, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Towers:
    """Vectors of all tracks, and the playlist tower.

    Attributes
    ----------
    vectors
        Of length 1, shape (tracks, dims): of every row, whether it stands in a playlist or not.
    sought
        How sought each is by its content, in the unit of a logit, shape (tracks,).
    seeds
        The playlist tower's matrix, shape (dims, dims).
    words, word_vectors
        Words of titles, and the vector of each, shape (words, dims).
    temperature
        τ: what a cosine is divided by.
    history
        One entry a look: pass, mean loss since the last, recall on validation, seconds.
    """

    vectors: Vectors
    sought: Vector
    seeds: Vectors
    words: Mapping[str, int]
    word_vectors: Vectors
    temperature: float
    history: tuple[Mapping[str, Any], ...] = ()

    def playlists(self, seeds: Sequence[Rows], titles: Sequence[str] = ()) -> Vectors:
        """Where playlists stand, shape (playlists, dims); zeros where nothing is known of one."""
        means = np.zeros((len(seeds), self.vectors.shape[1]), dtype=np.float32)
        for place, rows in enumerate(seeds):
            if len(rows):
                means[place] = self.vectors[rows].mean(axis=0)
        found = means @ self.seeds.T
        if titles:
            said = ragged([title_words(title) for title in titles], self.words)
            for place in range(len(titles)):
                part = slice(int(said.starts[place]), int(said.starts[place + 1]))
                found[place] += said.weights[part] @ self.word_vectors[said.flat[part]]
        units: Vectors = to_units(found.astype(np.float64)).astype(np.float32)
        return units

    def scores(self, seeds: Sequence[Rows], titles: Sequence[str] = ()) -> Vectors:
        """How well every track continues playlists, as logits.

        Parameters
        ----------
        seeds
            Rows of each playlist's known tracks; may be empty where its title says something.
        titles
            Of each playlist, or none at all.

        Returns
        -------
        Vectors
            Shape (playlists, tracks), float32.
        """
        scores: Vectors = self.playlists(seeds, titles) @ self.vectors.T
        scores /= np.float32(self.temperature)
        scores += self.sought
        return scores
