"""Continuing a playlist as anybody could: by chance, by genre, by a rival's rule.

========================  ======================================================================
``random``                tracks drawn by the playlist's own key
``same-genre``            the share of the seeds of a track's genres; equal ones by playlists
``soundspan, restated``   0.55 of an embedding + 0.45 of attributes
                          (`segue.evaluation.overview.restated`)
========================  ======================================================================
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from segue.names import fold
from segue.training.playlists.methods import Popular, best

if TYPE_CHECKING:
    from segue.evaluation.overview.restated import Restated
    from segue.snapshot import Corpus
    from segue.training.playlists.questions import Question
    from segue.types import Rows


class AtRandom:
    """Any tracks; the same ones for the same question."""

    def __init__(self, corpus: Corpus, *, seed: int = 42) -> None:
        self._count = len(corpus)
        self._seed = seed

    def __call__(self, question: Question) -> Rows:
        """See `segue.training.playlists.methods.Method`."""
        digest = hashlib.sha256(question.key.encode()).digest()
        rng = np.random.default_rng((self._seed, int.from_bytes(digest[:8], "little")))
        return best(rng.random(self._count, dtype=np.float32), without=question.seeds)


class SameGenre:
    """Tracks of the seeds' genres; of as many of them, those that more playlists hold first."""

    def __init__(self, corpus: Corpus) -> None:
        counts = Popular(corpus).counts
        # Between 0 and 1, so that it decides between equals alone.
        self._popular = (counts / (1 + counts.max(initial=0))).astype(np.float32)
        self._genres = [{fold(name) for name in names} for names in corpus.genres]
        self._tracks: dict[str, list[int]] = {}
        for row, names in enumerate(self._genres):
            for name in names:
                self._tracks.setdefault(name, []).append(row)
        self._rows = {name: np.array(rows) for name, rows in self._tracks.items()}

    def __call__(self, question: Question) -> Rows:
        """See `segue.training.playlists.methods.Method`; nothing where no seed has a genre."""
        shared = np.zeros(len(self._popular), dtype=np.float32)
        for row in question.seeds.tolist():
            for name in self._genres[row]:
                shared[self._rows[name]] += 1
        scores = np.where(shared > 0, shared + self._popular, np.float32(-np.inf))
        return best(scores, without=question.seeds)


class OfRule:
    """A rival's rule."""

    def __init__(self, rule: Restated) -> None:
        self._rule = rule

    def __call__(self, question: Question) -> Rows:
        """See `segue.training.playlists.methods.Method`; nothing where it knows no seed."""
        if not len(question.seeds):
            return np.empty(0, dtype=np.int64)
        scores = self._rule.score(question.seeds).astype(np.float32)
        return best(scores, without=question.seeds)
