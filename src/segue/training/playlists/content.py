"""Learning where content would place a track that nobody has put into a playlist.

A ridge regression from what is said and measured of a track (`segue.spaces.content`) to its vector,
learned on the tracks that have one: the W that makes

    Σ_t |W x_t + b − y_t|² + λ |W|²

least. With a column for every artist and release it is a shrunken mean of their tracks: the more
tracks an artist has, the more his own mean counts, and the less what all others share.

How strongly weights are held to zero, λ, is chosen by the cosine between predicted and learned
vectors of what is held out. What comes new to a catalogue is a release, by an artist that is known
or not. The first is told by the artist, who wants a small λ, the second by genre, words and sound
alone, which want a large one. So releases of known artists are held out and whole artists too, and
the λ is kept whose mean over both is highest. Solved by conjugate gradients, all dimensions at
once, so that a catalogue's hundred thousand words need no matrix of their squares.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from segue.spaces.content import (
    ContentMap,
    Features,
    FieldWeights,
    numbers_of_rows,
    versions_of,
)
from segue.spaces.said import said
from segue.spaces.units import to_units

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from scipy.sparse import csr_array

    from segue.snapshot import Corpus
    from segue.training.playlists.fitted import Fitted
    from segue.types import Floats, Mask, Progress, Rows, Vectors

SEED = 42

STRENGTHS = (0.3, 1.0, 3.0, 10.0)
"""λ to choose from."""

HELD = 0.1
"""What is held out for choosing: half of it is a share of the releases, half one of the artists."""

LEAST = {"artist": 1, "release": 1, "genre": 2, "labels": 2, "album": 3}
"""How many learned tracks must have a token, by field, for it to be a feature."""

_STEPS, _EXACT = 60, 1e-3
"""Most steps of the solver, and the part of the residual at which it stops."""


@dataclass(frozen=True, slots=True)
class ContentParameters:
    """What may be chosen: weights of the fields of words, and λ to choose from."""

    weights: FieldWeights = field(default_factory=FieldWeights)
    strengths: tuple[float, ...] = STRENGTHS


def fit(
    corpus: Corpus,
    fitted: Fitted,
    *,
    parameters: ContentParameters = ContentParameters(),
    seed: int = SEED,
    on_progress: Progress | None = None,
) -> Fitted:
    """`fitted` with a map from content to its vectors, for tracks that have none.

    Parameters
    ----------
    corpus
        What it was fitted to: the content of the tracks is taken from it.
    fitted
        Of a space with vectors.
    seed
        Settles which releases and artists are held out for choosing λ.
    on_progress
        Called after every λ with (tried, in all, what).

    Returns
    -------
    Fitted
        The same where nothing is said of the tracks that could place another.
    """
    if fitted.vectors is None or len(fitted.rows) == 0:
        return fitted
    features = learned_features(corpus, fitted.rows, weights=parameters.weights)
    found, targets = features.of_rows(corpus, fitted.rows), fitted.vectors
    if found.nnz == 0:
        return fitted
    held = held_out(corpus, fitted.rows, seed=seed)
    tried: dict[float, float] = {}
    for strength in parameters.strengths:
        tried[strength] = _agreement(found, targets, held, strength)
        if on_progress is not None:
            on_progress(len(tried), len(parameters.strengths), "learning where content belongs")
    strength = max(tried, key=lambda each: tried[each])
    weights, intercept = ridge(found, targets, strength=strength)
    length = float(np.median(np.linalg.norm(targets, axis=1)))
    state, arrays = ContentMap(features, weights, intercept, length).parts()
    state |= {"strength": strength, "cosine_held_out": round(tried[strength], 4)}
    state |= {"tracks": len(fitted.rows), "features": features.count}
    state |= {"versions": versions_of(corpus, features.groups)}
    return replace(
        fitted,
        state={**fitted.state, "content": state},
        arrays={**fitted.arrays, **arrays},
    )


def learned_features(corpus: Corpus, rows: Rows, *, weights: FieldWeights) -> Features:
    """The features that enough of the tracks have, and moments of their numbers."""
    read = said(corpus)
    counts = np.bincount(read.of(rows).indices, minlength=len(read.number)).tolist()
    met = zip(read.number, counts, strict=True)
    kept = [token for token, count in met if count >= LEAST[_field(token)]]
    by_field = {spec.name: getattr(weights, spec.name) for spec in fields(weights)}
    return Features(
        vocabulary={token: place for place, token in enumerate(sorted(kept))},
        scales=np.array([by_field[_field(token)] for token in sorted(kept)], dtype=np.float64),
        groups={
            name: _moments(raw)
            for name, raw in numbers_of_rows(corpus, rows).items()
            if np.isfinite(raw).any()
        },
    )


def _field(token: str) -> str:
    return token.partition(":")[0]


def _moments(raw: Floats) -> tuple[Floats, Floats]:
    """Mean and 1 / standard deviation of each column, of what is known; 0 and 0 of constants."""
    known = np.isfinite(raw)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, raw, 0.0).sum(axis=0) / count
    deviation = np.sqrt(np.where(known, np.square(raw - mean), 0.0).sum(axis=0) / count)
    varies = deviation > 1e-9 * (1.0 + np.abs(mean))
    return mean, np.divide(1.0, deviation, out=np.zeros_like(deviation), where=varies)


def held_out(corpus: Corpus, rows: Rows, *, seed: int) -> tuple[Mask, Mask]:
    """Which of the rows are held out for choosing: releases of known artists, and of new ones.

    All of a release is held out, or none; without a release, a track stands for itself. An artist
    is new where nothing is left of him.
    """
    artists = _numbered([corpus.artist_keys[row][:1] or row for row in rows.tolist()])
    releases = _numbered(
        [(corpus.artist_keys[row][:1], corpus.albums[row] or row) for row in rows.tolist()]
    )
    rng = np.random.default_rng(seed)
    held = np.zeros(len(rows), dtype=np.bool_)
    for numbers in (artists, releases):
        names = int(numbers.max()) + 1
        drawn = rng.permutation(names)[: min(max(round(names * HELD / 2), 1), names - 1)]
        held |= np.isin(numbers, drawn)
    known = np.isin(artists, artists[~held])
    return held & known, held & ~known


def _numbered(names: Sequence[Hashable]) -> Rows:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def _agreement(
    found: csr_array, targets: Vectors, held: tuple[Mask, Mask], strength: float
) -> float:
    """Mean cosine of predicted and learned vectors of what is held out, each kind as much."""
    parts = [np.flatnonzero(part) for part in held if part.any()]
    inside = np.flatnonzero(~(held[0] | held[1]))
    if not parts or not len(inside):
        return 0.0
    weights, intercept = ridge(found[inside], targets[inside], strength=strength)
    cosines = []
    for outside in parts:
        said = to_units((found[outside] @ weights + intercept).astype(np.float64))
        right = to_units(targets[outside].astype(np.float64))
        cosines.append(np.vecdot(said, right).mean())
    return float(np.mean(cosines))


def ridge(found: csr_array, targets: Vectors, *, strength: float) -> tuple[Floats, Floats]:
    """Weights (features, dims) and intercept (dims,) of a ridge regression.

    The intercept is the mean of the targets; features are not centred, so that a track of which
    nothing is known stands there. Conjugate gradients on (XᵀX + λ) W = Xᵀ Y, scaled by the
    diagonal, every column of W by itself.
    """
    intercept = targets.mean(axis=0)
    turned = found.T.tocsr()
    squares = np.bincount(found.indices, weights=found.data**2, minlength=found.shape[1])
    scale = (1.0 / (squares + strength)).astype(targets.dtype)[:, np.newaxis]
    right = turned @ (targets - intercept)
    weights = np.zeros_like(right)
    residual = right.copy()
    turned_residual = scale * residual
    direction = turned_residual.copy()
    power = np.einsum("ij,ij->j", residual, turned_residual)
    enough = _EXACT**2 * power
    for _ in range(_STEPS):
        if (power <= enough).all():
            break
        image = turned @ (found @ direction) + strength * direction
        step = _over(power, np.einsum("ij,ij->j", direction, image))
        weights += step * direction
        residual -= step * image
        turned_residual = scale * residual
        before, power = power, np.einsum("ij,ij->j", residual, turned_residual)
        direction = turned_residual + _over(power, before) * direction
    return weights, intercept


def _over(above: Floats, below: Floats) -> Floats:
    """A quotient; 0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
