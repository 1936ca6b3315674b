"""What a space has to beat: likeness that needs no training, and chance.

Each function gives scores of every track to every track, shape (n, n), as
`segue.evaluation.retrieval` judges them. Where something is fitted, means or axes, it is fitted to
the tracks themselves unless folds are given; then to each fold's training part, so that nothing is
known of the tracks that are judged. Pairs across folds then mean nothing, and nobody looks at them.

``random``       a number drawn for every pair;
``mfcc``         cosine of the 273 cepstral descriptors as they are: the classic of the field;
``descriptors``  cosine of all descriptors, z-scored and clipped, which is Segue's own space;
``mel``          mean and deviation of each of 128 mel bands in dB, on their `AXES` principal axes:
                 what the spectrogram says without a network;
``bliss``        Euclidean distance of bliss-audio's 23 numbers, plain and with its weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.descriptors.extract import COLUMNS, PIPELINES
from segue.errors import BadRequestError
from segue.evaluation.retrieval import cosines
from segue.spaces.descriptors import standardised

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from segue.evaluation.splits import Folds
    from segue.types import Floats, Frames

AXES = 32
"""Principal axes of `mel`, or as many as there are."""

BLISS_WEIGHTS: tuple[float, ...] = (0.25, *(1.0,) * 9, *(3 / 13,) * 13)
"""How much each of bliss-audio's numbers counts: tempo, nine of timbre and loudness, thirteen of
chroma. These are the defaults of version 0.13 of its core; the package with version 0.11 has none
yet. A weight stands before the squared difference, as the diagonal of bliss's own metric does."""


def random(n: int, *, seed: int = 42) -> Floats:
    """Scores that say nothing."""
    return np.random.default_rng(seed).uniform(size=(n, n))


def mfcc(raw: NDArray[np.floating[Any]]) -> Floats:
    """Cosine of the cepstral descriptors, unscaled.

    Parameters
    ----------
    raw
        Shape (n, descriptors), as `segue.descriptors.extract.describe` gives them.
    """
    return cosines(raw[:, [COLUMNS[name] for name in PIPELINES["mfcc"]]])


def descriptors(raw: NDArray[np.floating[Any]], *, folds: Folds = ()) -> Floats:
    """Cosine of descriptors, or of some columns of them, as the space `descriptors` has it."""
    return cosines(_fitted(raw, folds, lambda rows, among: standardised(rows, among=among)))


def mel_statistics(decibels: Frames) -> Floats:
    """Mean and standard deviation of every band over a clip, shape (2 × bands,).

    Parameters
    ----------
    decibels
        A clip's mel spectrogram, shape (frames, bands), at least one frame.
    """
    levels = np.asarray(decibels, dtype=np.float64)
    return np.concatenate([levels.mean(axis=0), levels.std(axis=0)])


def mel(statistics: NDArray[np.floating[Any]], *, folds: Folds = ()) -> Floats:
    """Cosine of the tracks' places on the principal axes of their mel statistics.

    Parameters
    ----------
    statistics
        Shape (n, numbers), as `mel_statistics` gives them.
    folds
        Where given, mean and axes are those of the training part.
    """
    return cosines(_fitted(statistics, folds, _projected))


def bliss(numbers: NDArray[np.floating[Any]], *, weighted: bool = False) -> Floats:
    """The negative of bliss-audio's distance: nearer is more.

    Parameters
    ----------
    numbers
        Shape (n, 23), as bliss-audio gives them.
    weighted
        Whether `BLISS_WEIGHTS` count.

    Raises
    ------
    BadRequestError
        There are weights for another number of columns.
    """
    values = numbers.astype(np.float64)
    if weighted:
        if values.shape[1] != len(BLISS_WEIGHTS):
            raise BadRequestError(
                f"bliss-audio gave {values.shape[1]} numbers, the weights are for "
                f"{len(BLISS_WEIGHTS)}",
                remedy="Install the version that Segue is tested with: pip install 'segue[bench]'",
            )
        values = values * np.sqrt(BLISS_WEIGHTS)
    squares = np.square(values).sum(axis=1)
    distances = squares[:, np.newaxis] + squares - 2.0 * values @ values.T
    scores: Floats = -np.sqrt(np.maximum(distances, 0.0))
    return scores


def _fitted(
    raw: NDArray[np.floating[Any]],
    folds: Folds,
    place: Callable[[NDArray[np.floating[Any]], NDArray[np.floating[Any]]], Floats],
) -> Floats:
    """Every row placed by what is fitted to its fold's training part, or to all rows."""
    if not folds:
        return place(raw, raw)
    parts = [(test, place(raw[test], raw[train])) for train, test in folds]
    placed = np.zeros((len(raw), max(part.shape[1] for _, part in parts)))
    for test, part in parts:
        placed[test, : part.shape[1]] = part
    return placed


def _projected(rows: NDArray[np.floating[Any]], among: NDArray[np.floating[Any]]) -> Floats:
    """Rows on the principal axes of others."""
    mean = among.mean(axis=0)
    _, _, axes = np.linalg.svd(among - mean, full_matrices=False)
    placed: Floats = (rows - mean) @ axes[:AXES].T
    return placed
