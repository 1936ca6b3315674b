"""Places on a plane: the nearest neighbours of a vector pull, all other points push.

This is t-SNE (van der Maaten & Hinton, *Visualizing data using t-SNE*, JMLR 9, 2008) as it is done
with many points. With p for the affinity of two tracks in the space, equal for every pair of which
one is among the `NEIGHBOURS` nearest of the other (as good as a Gaussian: Böhm, Berens & Kobak,
*Attraction-repulsion spectrum in neighbor embeddings*, JMLR 23, 2022), and w = 1 / (1 + d²) for
that on the plane, a point moves down the gradient

    4 (ρ Σ p w (yᵢ - yⱼ) - Σ w² (yᵢ - yⱼ) / Z)

The exaggeration ρ is `EARLY` at first. Then it is `LATE`: a little above 1 leaves white between
groups, which is what a map is read by. Points begin at their first two principal components, so
that what is far apart stays so (Kobak & Berens, *The art of using t-SNE for single-cell
transcriptomics*, Nature Communications 10, 2019), and step by n / ρ (Belkina et al., *Automated
optimized parameters for t-SNE*, Nature Communications 10, 2019).

The same vectors and seed give the same places. Tracks that come later are put among neighbours
(`beside`), and nobody moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from segue.maps.neighbours import compared, others
from segue.maps.repulsion import pushed

if TYPE_CHECKING:
    from segue.types import Progress, Rows, Vectors

NEIGHBOURS = 15
"""How many of its nearest pull a point."""

EARLY, LATE = 12.0, 1.5
"""Exaggeration: while groups find each other, and then."""

FIRST, THEN = 120, 380
"""Steps with the one and the other."""

ASKED = 7
"""Neighbours among which a newcomer is put."""

PAIRS = 40_000_000
"""Pairs of a newcomer and another that are looked at, at most; the more come, the fewer others."""

FEWEST = 1_000
"""Others that every newcomer is compared with at least."""

_BEGINNING = 1e-4
_GAIN_LEAST = 0.01
_TOLD_EVERY = 10


def layout(vectors: Vectors, *, seed: int, on_progress: Progress | None = None) -> Vectors:
    """Places of vectors in the unit square, shape (n, 2).

    Parameters
    ----------
    vectors
        Of length 1, shape (n, dims); any n.
    seed
        Settles what is left to chance: which vectors clusters are learned from, and how points
        that have one place in the space are told apart.
    on_progress
        Told how far it has come; whatever it raises stops the work.
    """
    tell = on_progress or (lambda _done, _total, _what: None)
    if len(vectors) < 3:
        return np.array(
            [[0.5, 0.5]] if len(vectors) == 1 else [[0.25, 0.5], [0.75, 0.5]], dtype=np.float32
        )[: len(vectors)]
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    steps = FIRST + THEN

    def found(done: int, total: int) -> None:
        tell(done * steps // (4 * total), steps + steps // 4, "neighbours")

    near = others(vectors, k=min(NEIGHBOURS, len(vectors) - 1), seed=seed, on_progress=found)
    descent = Descent(_affinities(near), _components(vectors, seed=seed))
    for step in range(steps):
        descent.step(EARLY if step < FIRST else LATE, momentum=0.5 if step < FIRST else 0.8)
        if step % _TOLD_EVERY == 0:
            tell(steps // 4 + step, steps + steps // 4, "places")
    tell(steps + steps // 4, steps + steps // 4, "places")
    return _squared(descent.places)


def beside(places: Vectors, among: Vectors, newcomers: Vectors, *, seed: int) -> Vectors:
    """Places of newcomers among those who have one, shape (newcomers, 2).

    Each is put at the middle (the median, along each side) of its nearest in the space, a hair
    apart from everybody else who is put there. Few are compared with all others, many with some of
    them, chosen by chance, so that nobody waits long for it.

    Parameters
    ----------
    places, among
        Where the others stand on the plane and in the space, at least one.
    newcomers
        Where they stand in the space, of length 1.
    """
    source = np.random.default_rng(seed)
    most = max(FEWEST, PAIRS // max(len(newcomers), 1))
    if most < len(among):
        some = np.sort(source.permutation(len(among))[:most])
        places, among = places[some], among[some]
    near = compared(among, newcomers.astype(np.float32), k=min(ASKED, len(among)))
    middle = np.median(places[near], axis=1)
    apart = source.normal(scale=1e-3, size=middle.shape)
    put: Vectors = np.clip(middle + apart, 0.0, 1.0).astype(np.float32)
    return put


@dataclass(slots=True, eq=False)
class Descent:
    """Points on their way down the gradient.

    Parameters
    ----------
    affinities
        p of every pair, each pair once, shape (n, n); of both directions they sum to 1.
    places
        Where points begin.
    """

    affinities: csr_array
    places: Vectors
    _moving: Vectors | None = None
    _gains: Vectors | None = None

    def step(self, exaggeration: float, *, momentum: float) -> None:
        """Move every point once."""
        if self._moving is None or self._gains is None:
            self._moving = np.zeros_like(self.places)
            self._gains = np.ones_like(self.places)
        push, total = pushed(self.places)
        gradient = 4 * (exaggeration * self._pull() - push / max(total, 1e-12))
        against = np.sign(gradient) != np.sign(self._moving)
        gains = np.where(against, self._gains + 0.2, self._gains * 0.8)
        self._gains = np.maximum(gains, _GAIN_LEAST).astype(np.float32)
        rate = max(len(self.places) / exaggeration, 50.0)
        moving = momentum * self._moving - rate * self._gains * gradient
        # Nobody goes far in one step: few points would fly apart at once.
        length = np.sqrt(np.einsum("ij,ij->i", moving, moving))
        moving *= np.minimum(1.0, 5.0 / np.maximum(length, 1e-12))[:, np.newaxis]
        self._moving = moving.astype(np.float32)
        places = self.places + self._moving
        self.places = places - places.mean(axis=0, dtype=np.float64).astype(np.float32)

    def _pull(self) -> Vectors:
        """Σ p w (yᵢ - yⱼ) of every point."""
        held = self.affinities
        counts = np.diff(held.indptr)
        across = np.repeat(self.places, counts, axis=0) - self.places[held.indices]
        near = held.data / (1.0 + np.einsum("ij,ij->i", across, across))
        joined = csr_array((near, held.indices, held.indptr), shape=held.shape)
        every = joined.sum(axis=0) + joined.sum(axis=1)
        around = joined @ self.places + joined.T @ self.places
        pull: Vectors = every[:, np.newaxis] * self.places - around
        return pull


def _affinities(near: Rows) -> csr_array:
    """The p of every pair, each pair once, from the nearest of each."""
    count, k = near.shape
    one = np.repeat(np.arange(count), k)
    other = near.ravel()
    there = other >= 0
    one, other = one[there], other[there]
    pairs = np.minimum(one, other) * count + np.maximum(one, other)
    pairs, times = np.unique(pairs, return_counts=True)
    held = (times / (2.0 * times.sum())).astype(np.float32)
    low, high = (pairs // count).astype(np.int32), (pairs % count).astype(np.int32)
    return csr_array((held, (low, high)), shape=(count, count))


def _components(vectors: Vectors, *, seed: int) -> Vectors:
    """The first two principal components, small, and a hair apart where they are equal."""
    centred = vectors - vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    axes = axes[:, ::-1][:, :2]
    # The largest number of an axis is above 0, so that a map is not mirrored by chance.
    heads = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    axes = axes * np.where(heads < 0, -1.0, 1.0)
    places = np.zeros((len(vectors), 2), dtype=np.float32)
    places[:, : axes.shape[1]] = centred @ axes.astype(np.float32)
    spread = float(places[:, 0].std())
    places *= _BEGINNING / spread if spread > 1e-12 else 0.0
    apart = np.random.default_rng(seed).normal(scale=_BEGINNING / 100, size=places.shape)
    begun: Vectors = places + apart.astype(np.float32)
    return begun


def _squared(places: Vectors) -> Vectors:
    """Places moved and scaled into the unit square, up as wide as across."""
    least, most = places.min(axis=0), places.max(axis=0)
    span = float((most - least).max())
    if not span > 0:
        return np.full_like(places, 0.5)
    centred: Vectors = (places - (least + most) / 2) / span + 0.5
    return np.clip(centred, 0.0, 1.0)
