"""Two towers on a small world: they learn, repeat, and know tracks that no playlist holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from segue.errors import BadTableError
from segue.records import TrackRecord
from segue.training.towers import batches, inputs, learn
from segue.training.towers.learn import TowersParameters, fit
from worlds import make_corpus, mixed_corpus, playlists_of

if TYPE_CHECKING:
    from segue.snapshot import Playlists
    from segue.training.towers.towers import Towers

TRACKS, GENRES = 210, 3
SMALL = TowersParameters(dims=16, passes=20, patience=10, size=32, word_rate=2e-2, rate=5e-3)


def world(seed: int = 2):
    """Three genres with seven artists each; a playlist stays in one genre. Every fifth track is in
    none."""
    records = [
        TrackRecord(title=f"Song {row}", artists=(f"Artist {row % 21}",), album=f"Album {row % 42}")
        for row in range(TRACKS)
    ]
    rng = np.random.default_rng(seed)
    known = [
        np.array([row for row in range(TRACKS) if row % 21 % GENRES == genre and row % 5])
        for genre in range(GENRES)
    ]
    words = ("calm", "loud", "night")
    lists = [
        (f"{words[number % GENRES]} songs", rng.choice(known[number % GENRES], 12, replace=False))
        for number in range(90)
    ]
    return make_corpus(records, playlists=[(title, rows.tolist()) for title, rows in lists])


@pytest.fixture(scope="module")
def learned() -> Towers:
    return fit(world(), SMALL)


def test_hidden_tracks_stand_with_their_genre(learned: Towers) -> None:
    genre = np.arange(TRACKS) % 21 % GENRES
    hidden = np.flatnonzero(np.arange(TRACKS) % 5 == 0)
    np.testing.assert_allclose(np.linalg.norm(learned.vectors, axis=1), 1.0, atol=1e-5)
    scores = learned.scores(
        [np.flatnonzero((genre == one) & (np.arange(TRACKS) % 5 > 0))[:4] for one in range(GENRES)]
    )
    for one in range(GENRES):
        best = hidden[np.argsort(-scores[one, hidden])][:10]
        assert (genre[best] == one).mean() >= 0.8


def test_a_title_alone_says_something(learned: Towers) -> None:
    genre = np.arange(TRACKS) % 21 % GENRES
    scores = learned.scores([np.empty(0, dtype=np.int64)] * 2, ["LOUD", "words nobody uses"])
    assert (genre[np.argsort(-scores[0])[:20]] == 1).mean() >= 0.9
    np.testing.assert_array_equal(scores[1], learned.sought)


def test_the_same_seed_gives_the_same_and_chance_outside_goes_on(learned: Towers) -> None:
    state = torch.get_rng_state()
    seen: list[tuple[int, int | None, str]] = []
    again = fit(world(), SMALL, on_progress=lambda *each: seen.append(each))
    np.testing.assert_array_equal(again.vectors, learned.vectors)
    assert torch.equal(torch.get_rng_state(), state)
    assert [done for done, *_ in seen] == list(range(1, len(seen) + 1))
    assert seen[-1][2].endswith("of what is held back is found")
    assert [look["loss"] for look in learned.history] == [look["loss"] for look in again.history]
    assert learned.history[0]["loss"] > learned.history[-1]["loss"]


def test_it_stops_when_nothing_gets_better(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn._Lesson, "_recall", lambda *_: 0.5)
    found = fit(world(), replace(SMALL, every=1, patience=2))
    assert [look["pass"] for look in found.history] == [1, 2, 3]


def test_every_kind_of_content_is_taken() -> None:
    corpus = mixed_corpus()
    rows = np.unique(corpus.playlists.rows).astype(np.int64)
    told = inputs.Inputs.of(corpus, learned=rows)
    assert np.isfinite(told.numbers).all()
    # Attributes, year, descriptors, latent, mel embedding, and whether each is known.
    assert told.numbers.shape[1] > 9 + 1 + 8 + 3
    found = fit(corpus, replace(SMALL, passes=1))
    assert found.vectors.shape == (len(corpus), 16)
    assert np.isfinite(found.vectors).all()


def test_without_playlists_it_is_refused() -> None:
    corpus = replace(world(), playlists=playlists_of([("one", [3])]))
    with pytest.raises(BadTableError, match="no playlist holds two tracks"):
        fit(corpus, SMALL)


def test_a_pass_holds_every_membership_once() -> None:
    rng = np.random.default_rng(1)
    lists = [
        (f"p{n}", rng.choice(300, size, replace=False).tolist())
        for n, size in enumerate([2, 3, 16, 17, 33, 1, 100])
    ]
    playlists: Playlists = playlists_of(lists)
    which = batches.learnable(playlists)
    assert which.tolist() == [0, 1, 2, 3, 4, 6]
    met: list[tuple[int, int]] = []
    for batch in batches.one_pass(playlists, which, size=4, rng=rng):
        owners = batch.playlists[batch.pieces]
        met += zip(owners.tolist(), batch.rows[batch.tracks].tolist(), strict=True)
        for piece in range(len(batch.playlists)):
            wanted = batch.wanted[batch.pieces == piece]
            assert 0 < wanted.sum() < len(wanted) <= batches.PIECE
    expected = [(n, row) for n, (_, rows) in enumerate(lists) for row in rows if n != 5]
    assert sorted(met) == sorted(expected)
    chance = batches.chances(playlists, which, tracks=300, size=4)
    assert ((chance > 0) == np.isin(np.arange(300), [row for _, row in expected])).all()
    assert chance.max() < 1
