"""Factors of tracks: who stands in which playlist, as a product of two small matrices.

Weighted matrix factorisation by alternating least squares (Hu, Koren & Volinsky, *Collaborative
filtering for implicit feedback datasets*, ICDM 2008), by the package implicit. That a track stands
in a playlist is sure to the degree `alpha`, that it does not stand there to the degree 1. Of the
two matrices only that of the tracks is kept: a playlist or a history is folded in when it is asked
for (`segue.spaces.factors`), seen before or not.

One thread, one seed: the same playlists give the same factors.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.training.playlists.fitted import Fitted, version_of
from segue.training.playlists.plays import Plays

if TYPE_CHECKING:
    from segue.snapshot import Corpus
    from segue.types import Progress

NAME = "factors"

SEED = 42


@dataclass(frozen=True, slots=True)
class FactorsParameters:
    """What may be chosen, and searched.

    Attributes
    ----------
    factors
        Numbers of a track.
    regularization
        How strongly factors are held to zero.
    alpha
        How much surer it is that a track is meant to stand in a playlist than that any other is
        not.
    iterations
        Rounds of both halves.
    min_count
        Tracks in fewer playlists are not learned.
    """

    factors: int = 128
    regularization: float = 0.05
    alpha: float = 10.0
    iterations: int = 10
    min_count: int = 2


def fit(
    corpus: Corpus,
    parameters: FactorsParameters = FactorsParameters(),
    *,
    seed: int = SEED,
    on_progress: Progress | None = None,
) -> Fitted:
    """Learn the space `factors` from the playlists of `corpus`.

    Parameters
    ----------
    corpus
        Its playlists are learned from, nothing else of it.
    parameters
        See there.
    seed
        Settles what is left to chance.
    on_progress
        Called after every round with (rounds done, rounds, what).

    Raises
    ------
    UnavailableError
        There is no playlist with two tracks that stand in enough of them.
    """
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    def told(done: int, _seconds: float, _loss: object) -> None:
        if on_progress is not None:
            on_progress(done + 1, parameters.iterations, "sharing out playlists among factors")

    plays = Plays.of(corpus, min_count=parameters.min_count)
    # implicit works on small matrices one after the other: threads of BLAS would only wait.
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=parameters.factors,
            regularization=parameters.regularization,
            alpha=parameters.alpha,
            iterations=parameters.iterations,
            num_threads=1,
            random_state=seed,
        )
        model.fit(plays.matrix, show_progress=False, callback=told)
    return Fitted(
        name=NAME,
        version=version_of(corpus, parameters, seed=seed),
        rows=plays.rows,
        vectors=np.ascontiguousarray(model.item_factors, dtype=np.float32),
        state={
            "parameters": asdict(parameters),
            "seed": seed,
            "origin": plays.origin(corpus),
        },
        arrays={},
    )
