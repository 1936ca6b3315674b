"""Vectors of tracks by the company they keep."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segue.errors import UnavailableError
from segue.spaces.playlists import PlaylistsSpace
from segue.spaces.units import to_units
from segue.training.playlists.item2vec import Item2VecParameters, fit
from segue.training.playlists.tuning import CHOICES
from tastes import TRACKS, taste_of, tasteful
from worlds import make_corpus, planted_records

SMALL = Item2VecParameters(dims=16, epochs=6, sample=0.0)
CORPUS = tasteful()


def test_tracks_of_the_same_playlists_come_near() -> None:
    fitted = fit(CORPUS, SMALL)
    assert fitted.vectors is not None
    assert fitted.vectors.dtype == np.float32
    units = to_units(fitted.vectors.astype(np.float64))
    cosines = units @ units.T
    taste = np.array([taste_of(row) for row in fitted.rows.tolist()])
    same = taste[:, None] == taste
    assert cosines[same].mean() > cosines[~same].mean() + 0.3


def test_the_same_playlists_and_seed_give_the_same() -> None:
    first, second = fit(CORPUS, SMALL, seed=7), fit(CORPUS, SMALL, seed=7)
    assert first.version == second.version
    np.testing.assert_array_equal(first.vectors, second.vectors)
    assert fit(CORPUS, SMALL, seed=8).version != first.version
    assert fit(CORPUS, replace(SMALL, prior=0.2), seed=7).version != first.version


def test_tracks_in_too_few_playlists_are_left_out() -> None:
    count = np.bincount(CORPUS.playlists.rows, minlength=TRACKS)
    least = int(np.median(count)) + 1
    fitted = fit(CORPUS, replace(SMALL, min_count=least))
    assert fitted.rows.tolist() == np.flatnonzero(count >= least).tolist()
    assert fitted.state["origin"]["tracks"] == len(fitted.rows)
    assert fitted.state["origin"]["tracks_in_playlists"] == TRACKS


def test_progress_is_told_pass_by_pass() -> None:
    told: list[tuple[int, int | None]] = []
    fit(CORPUS, SMALL, on_progress=lambda done, total, _: told.append((done, total)))
    assert told == [(done, 6) for done in range(1, 7)]


def test_the_space_is_built_from_it() -> None:
    space = PlaylistsSpace.build(fit(CORPUS, SMALL).into(CORPUS))
    scores = space.score([space.point(3)])[0]
    nearest = np.argsort(-scores)[:15]
    assert {taste_of(row) for row in nearest.tolist()} == {0}


def test_windows_are_searched_and_change_what_is_learned() -> None:
    ordinary = Item2VecParameters()
    for name, choices in CHOICES["playlists"].items():
        assert getattr(ordinary, name) in choices
    near, far = (fit(CORPUS, replace(SMALL, window=window)) for window in (1, 250))
    assert near.version != far.version
    assert not np.allclose(near.vectors, far.vectors, atol=1e-3)


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(UnavailableError, match="there is no playlist to learn from"):
        fit(make_corpus(planted_records(5)))
    lonely = make_corpus(planted_records(5), playlists=[("a", [1]), ("b", [2])])
    with pytest.raises(UnavailableError, match="no two tracks that stand in 4 playlists or more"):
        fit(lonely)
