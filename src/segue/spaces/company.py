"""Tracks by the company they keep: what spaces learned from playlists share.

The vectors are those that training stored; a track without one stands where its content puts it
(`segue.spaces.content`), where training has learned how. Two tracks are compared by the cosine of
their vectors: likeness is the share of random pairs that is further apart.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import UnavailableError
from segue.records import Comparison
from segue.spaces.content import ContentMap
from segue.spaces.units import to_units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Mask, Rows, Vectors

PAIRS = 4_096
"""Random pairs that likeness is measured against."""

SEED = 42

_DECIMALS = 9


class Company:
    """The vectors of one space.

    Parameters
    ----------
    corpus
        Its vectors, what training found out, its playlists.
    name
        Of the space.

    Attributes
    ----------
    rows, vectors
        Who stands in the space, ascending, and where, shape (placed tracks, dims), float32.
    inferred
        Which rows of the corpus their content put there, shape (tracks,).
    counts
        In how many playlists each track stands, shape (tracks,).
    parameters
        Those of the training; empty where nothing was trained.
    """

    def __init__(self, corpus: Corpus, name: str) -> None:
        self.name = name
        trained, placed = corpus.trained.get(name), corpus.placed.get(name)
        self.parameters: Mapping[str, Any] = {}
        self._content: ContentMap | None = None
        if trained is not None:
            self.parameters = trained.state.get("parameters", {})
            self._content = ContentMap.of(name, trained, corpus)
        learned = np.empty(0, dtype=np.int64) if placed is None else placed.rows
        vectors = np.empty((0, 1)) if placed is None else placed.vectors
        self.rows, self.vectors = self._everyone(corpus, learned, vectors.astype(np.float32))
        self.learned: Mask = np.isin(self.rows, learned)
        self.inferred: Mask = np.zeros(len(corpus), dtype=np.bool_)
        self.inferred[self.rows[~self.learned]] = True
        self.counts = np.bincount(corpus.playlists.rows, minlength=len(corpus))
        self.places = np.full(len(corpus), -1, dtype=np.int64)
        self.places[self.rows] = np.arange(len(self.rows))

    def _everyone(self, corpus: Corpus, rows: Rows, vectors: Vectors) -> tuple[Rows, Vectors]:
        """Those who stand somewhere, the learned and the inferred; vectors of zeros stand nowhere.

        Raises
        ------
        UnavailableError
            The map from content was learned for vectors of another length.
        """
        if self._content is not None and len(rows):
            if len(self._content.intercept) != vectors.shape[1]:
                raise UnavailableError(
                    f"content is placed with {len(self._content.intercept)} numbers in the space "
                    f"{self.name!r}, whose tracks have {vectors.shape[1]}",
                    remedy=f"Train it again: `segue train {self.name}`",
                )
            others = np.setdiff1d(np.arange(len(corpus)), rows, assume_unique=True)
            more, placed = self._content.rows(corpus, others)
            rows, vectors = np.concatenate([rows, more]), np.concatenate([vectors, placed])
        stand = np.flatnonzero(vectors.any(axis=1))
        order = stand[np.argsort(rows[stand], kind="stable")]
        return rows[order], np.ascontiguousarray(vectors[order])

    def popularity(self) -> Floats:
        """In how many playlists those who stand here stand, at least 1, shape (placed tracks,).

        Of a track that stands in none it is not known; it is taken for an ordinary one among those
        learned.
        """
        counts = self.counts[self.rows].astype(np.float64)
        if self.learned.any():
            counts[~self.learned & (counts == 0)] = np.median(counts[self.learned])
        return np.maximum(counts, 1.0)

    def at(self, row: int) -> tuple[Floats, bool] | None:
        """Where a track stands, float64, and whether its content put it there."""
        place = self.places[row]
        if place < 0:
            return None
        return self.vectors[place].astype(np.float64), bool(self.inferred[row])

    def outside(self, description: Description) -> tuple[Floats, bool] | None:
        """Where something from outside stands: by its vector where it brings one, else by content.

        Raises
        ------
        UnavailableError
            Its vector is of another length than those of the catalogue.
        """
        if len(self.rows) == 0:
            return None
        brought = description.vectors.get(self.name)
        if brought is None:
            found = None if self._content is None else self._content.outside(description)
            return None if found is None or not found.any() else (found, True)
        if brought.shape != self.vectors.shape[1:]:
            raise UnavailableError(
                f"a vector of {brought.size} numbers was brought for the space {self.name!r}, "
                f"those of the catalogue's tracks have {self.vectors.shape[1]}",
                remedy=f"Train the space again: `segue train {self.name}`",
            )
        return (brought.astype(np.float64), False) if brought.any() else None

    def compare(self, standing: Floats, row: int, *, seed: str) -> tuple[Comparison, ...]:
        """The company of a vector, described by `seed`, beside that of a row."""
        place = self.places[row]
        if place < 0:
            return ()
        pair = np.stack([standing, self.vectors[place].astype(np.float64)])
        cosine = _cosine(*to_units(pair))
        likeness = bisect_left(self._spread, cosine) / max(len(self._spread), 1)
        return (
            Comparison(
                feature="company",
                seed=seed,
                track=self.told(row),
                likeness=1.0 if cosine >= 1.0 else likeness,
                agreement="put beside the same tracks in playlists",
                estimated=bool(self.inferred[row]),
            ),
        )

    def told(self, row: int) -> str:
        """How much company a track keeps: "in 12 playlists"."""
        count = int(self.counts[row])
        return f"in {count:,} playlist{'' if count == 1 else 's'}" if count else "in no playlist"

    @cached_property
    def _spread(self) -> list[float]:
        """Cosines of random pairs of learned tracks, sorted."""
        learned = np.flatnonzero(self.learned)
        if len(learned) < 2:
            return []
        pairs = np.random.default_rng(SEED).choice(learned, size=(PAIRS, 2))
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        one, other = (to_units(self.vectors[side].astype(np.float64)) for side in pairs.T)
        cosines = np.round(np.einsum("ij,ij->i", one, other), _DECIMALS)
        return [float(each) for each in np.sort(cosines)]


def _cosine(one: Floats, other: Floats) -> float:
    return float(np.round(one @ other, _DECIMALS))
