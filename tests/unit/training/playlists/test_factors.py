"""Factors of tracks, and playlists folded in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segue.errors import UnavailableError
from segue.spaces.factors import FactorsSpace
from segue.training.playlists.factors import FactorsParameters, fit
from segue.training.playlists.plays import Plays
from tastes import taste_of, tasteful
from worlds import make_corpus

SMALL = FactorsParameters(factors=4, iterations=6)
CORPUS = tasteful()


def space_of(parameters: FactorsParameters = SMALL) -> FactorsSpace:
    return FactorsSpace.build(fit(CORPUS, parameters).into(CORPUS))


def test_the_same_playlists_and_seed_give_the_same() -> None:
    first, second = fit(CORPUS, SMALL, seed=7), fit(CORPUS, SMALL, seed=7)
    assert first.version == second.version
    np.testing.assert_array_equal(first.vectors, second.vectors)
    assert fit(CORPUS, replace(SMALL, alpha=3.0), seed=7).version != first.version


def test_a_folded_playlist_is_that_of_the_library() -> None:
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    fitted, space = fit(CORPUS, SMALL), space_of()
    assert fitted.vectors is not None
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=4, regularization=SMALL.regularization, alpha=SMALL.alpha, num_threads=1
        )
    model.item_factors = fitted.vectors
    for seeds in ([5], [5, 40, 41], list(range(0, 90, 7))):
        ones = np.ones(len(seeds), dtype=np.float32)
        asked = csr_matrix((ones, ([0] * len(seeds), seeds)), shape=(1, len(fitted.rows)))
        theirs = model.recalculate_user(0, asked)
        points = [space.point(int(fitted.rows[seed])) for seed in seeds]
        ours = space.gather(points, weights=np.full(len(seeds), 1 / len(seeds)))
        assert ours is not None
        np.testing.assert_allclose(ours.folded, theirs, atol=1e-4)


def test_a_seed_finds_its_own_taste() -> None:
    space = space_of()
    scores = space.score([space.point(3)])[0]
    assert {taste_of(row) for row in np.argsort(-scores)[:20].tolist()} == {0}


def test_what_is_disliked_pushes_its_taste_away() -> None:
    space = space_of()
    liked, disliked = space.point(3), space.point(100)
    other = np.array([row for row in range(len(CORPUS)) if taste_of(row) == 3])
    alone = space.gather([liked], weights=np.array([1.0]))
    both = space.gather([liked, disliked], weights=np.array([1.0, -1.0]))
    mixed = space.gather([liked, disliked], weights=np.array([0.5, 0.5]))
    assert (alone, both, mixed) != (None, None, None)
    means = [space.score([point], rows=other)[0].mean() for point in (both, alone, mixed)]
    assert means[0] < means[2]
    here = np.array([100])
    scores = [space.score_exactly(point, rows=here)[0] for point in (both, alone, mixed)]
    assert max(scores[:2]) < 0.01 < scores[2]
    assert space.gather([disliked], weights=np.array([-1.0])) is None


def test_tracks_that_stand_in_one_place_are_two_seeds() -> None:
    fitted = fit(CORPUS, SMALL)
    assert fitted.vectors is not None
    fitted.vectors[1] = fitted.vectors[0]
    space = FactorsSpace.build(fitted.into(CORPUS))
    one, other = (space.point(int(fitted.rows[place])) for place in (0, 1))
    pair = space.gather([one, other], weights=np.array([0.5, 0.5]))
    assert len(pair.items) == 2
    torn = space.gather([one, other], weights=np.array([1.0, -1.0]))
    assert torn.weights.tolist() == [1.0, -1.0]
    again = space.gather([one, pair], weights=np.array([0.5, 0.5]))
    assert again.weights.tolist() == [0.75, 0.25]


def test_rounds_are_told() -> None:
    told: list[tuple[int, int | None]] = []
    fit(CORPUS, SMALL, on_progress=lambda done, total, _: told.append((done, total)))
    assert told == [(done, 6) for done in range(1, 7)]


def test_an_empty_training_set_is_said() -> None:
    with pytest.raises(UnavailableError, match="segue import playlists"):
        fit(make_corpus([]))


def test_columns_are_kept_tracks_in_the_order_of_the_playlists() -> None:
    plays = Plays.of(CORPUS, min_count=1)
    first = CORPUS.playlists.rows[: CORPUS.playlists.starts[1]]
    held = plays.matrix.indices[: plays.matrix.indptr[1]]
    assert plays.rows[held].tolist() == first.tolist()
