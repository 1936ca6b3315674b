"""Tracks that nobody listed, placed by what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from segue.errors import UnavailableError
from segue.records import TrackRecord
from segue.snapshot import Corpus, Description, Placed
from segue.spaces import said
from segue.spaces.company import Company
from segue.spaces.factors import FactorsSpace
from segue.spaces.playlists import PlaylistsSpace
from segue.training.playlists import content, factors, item2vec
from tastes import SONGS, TRACKS, taste_of, tasteful
from worlds import description_of, make_corpus, planted_vectors

HIDDEN = frozenset(range(0, TRACKS, SONGS))
"""The first song of every artist."""

CORPUS = tasteful(without=HIDDEN)


def measured(corpus: Corpus, *, turned: bool = False) -> Corpus:
    """With descriptors and codes; `turned` says the same in another basis, by another version."""
    sign = -1 if turned else 1
    vectors = {
        name: Placed(
            np.arange(TRACKS),
            sign * np.array(list(planted_vectors(range(TRACKS), seed=seed, width=width).values())),
            f"{name} {sign}",
        )
        for name, seed, width in (("descriptors", 1, 7), ("latent", 2, 20))
    }
    return replace(corpus, placed={**corpus.placed, **vectors})


@pytest.fixture(scope="module")
def placed() -> tuple[PlaylistsSpace, FactorsSpace]:
    vectors = item2vec.fit(CORPUS, item2vec.Item2VecParameters(dims=16, epochs=6, sample=0.0))
    found = factors.fit(CORPUS, factors.FactorsParameters(factors=4))
    return (
        PlaylistsSpace.build(content.fit(CORPUS, vectors).into(CORPUS)),
        FactorsSpace.build(content.fit(CORPUS, found).into(CORPUS)),
    )


def test_hidden_tracks_are_placed_and_marked(placed: tuple[PlaylistsSpace, FactorsSpace]) -> None:
    for space in placed:
        assert space.placed.all()
        assert set(np.flatnonzero(space.inferred).tolist()) == HIDDEN
        assert space.infers(space.point(0))
        assert not space.infers(space.point(1))


def test_they_are_found_by_those_they_belong_to(
    placed: tuple[PlaylistsSpace, FactorsSpace],
) -> None:
    hidden = np.array(sorted(HIDDEN))
    for space in placed:
        right = []
        for row in range(1, TRACKS, SONGS):
            scores = space.score([space.point(row)], rows=hidden)[0]
            nearest = hidden[np.argsort(-scores)[:6]]
            right.append(np.mean([taste_of(each) == taste_of(row) for each in nearest.tolist()]))
        assert np.mean(right) > 0.8  # by chance 0.25


def test_the_same_said_from_outside_stands_in_the_same_place(
    placed: tuple[PlaylistsSpace, FactorsSpace],
) -> None:
    for space in placed:
        for row in (0, 50):
            outside = description_of(CORPUS, row)
            point = space.place(replace(outside, vectors={}))
            assert space.infers(point)
            record = replace(outside.record, year=int(CORPUS.year[row]))
            point = space.place(replace(outside, record=record, vectors={}))
            rows = np.arange(TRACKS)
            np.testing.assert_allclose(
                space.score_exactly(point, rows=rows),
                space.score_exactly(space.point(row), rows=rows),
                atol=1e-12,
            )


def test_what_is_measured_places_from_outside_as_it_does_inside() -> None:
    corpus = measured(CORPUS)
    found = factors.fit(corpus, factors.FactorsParameters(factors=4))
    space = FactorsSpace.build(content.fit(corpus, found).into(corpus))
    outside = description_of(corpus, 0)
    record = replace(outside.record, year=int(corpus.year[0]))
    # No codes: nobody has encoded it yet.
    heard = {"descriptors": outside.vectors["descriptors"]}
    point = space.place(replace(outside, record=record, vectors=heard))
    np.testing.assert_allclose(point.items, space.point(0).items, atol=1e-12)
    deaf = space.place(replace(outside, record=record, vectors={}))
    assert not np.allclose(deaf.items, point.items, atol=1e-3)


def test_vectors_of_another_version_are_not_read_with_old_weights(
    caplog: pytest.LogCaptureFixture,
) -> None:
    corpus = measured(CORPUS)
    fitted = content.fit(corpus, factors.fit(corpus, factors.FactorsParameters(factors=4)))
    known = FactorsSpace.build(fitted.into(corpus)).point(0).items
    assert not caplog.records
    turned, without = (
        FactorsSpace.build(fitted.into(other)).point(0).items
        for other in (measured(CORPUS, turned=True), CORPUS)
    )
    np.testing.assert_array_equal(turned, without)
    assert not np.allclose(turned, known, atol=1e-3)
    FactorsSpace.build(fitted.into(measured(CORPUS, turned=True)))
    (told,) = caplog.messages
    assert "places tracks without their descriptors" in told


def test_tracks_are_read_once_for_all_spaces_and_placed_some_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corpus = measured(CORPUS)
    for kind in (factors.FactorsParameters(factors=4), factors.FactorsParameters(factors=3)):
        fitted = content.fit(corpus, factors.fit(corpus, kind))
        corpus = replace(fitted, name=f"space {kind.factors}").into(corpus)
    whole = [Company(replace(corpus), f"space {size}").vectors for size in (3, 4)]
    asked: list[int] = []
    read = said.texts_of_row
    monkeypatch.setattr(said, "texts_of_row", lambda c, row: (asked.append(row), read(c, row))[1])
    monkeypatch.setattr("segue.spaces.content.BLOCK", 7)
    again = replace(corpus)
    for size, vectors in zip((3, 4), whole, strict=True):
        np.testing.assert_array_equal(Company(again, f"space {size}").vectors, vectors)
    assert sorted(asked) == sorted(HIDDEN)


def test_strangers_to_every_word_stand_nowhere(
    placed: tuple[PlaylistsSpace, FactorsSpace],
) -> None:
    unknown = Description(record=TrackRecord(title="x", artists=("Nobody",)), vectors={})
    for space in placed:
        assert space.place(unknown) is None
        wrong = Description(record=TrackRecord(), vectors={space.name: np.ones(3)})
        with pytest.raises(UnavailableError, match="a vector of 3 numbers"):
            space.place(wrong)


def test_what_nobody_listed_is_taken_for_an_ordinary_track(
    placed: tuple[PlaylistsSpace, FactorsSpace],
) -> None:
    by_vectors, by_factors = placed
    hidden = np.array(sorted(HIDDEN))
    lengths = [np.linalg.norm(by_factors.point(row).items) for row in range(TRACKS)]
    middle = np.median([length for row, length in enumerate(lengths) if row not in HIDDEN])
    np.testing.assert_allclose(np.array(lengths)[hidden], middle, rtol=1e-5)
    counts = np.bincount(CORPUS.playlists.rows, minlength=TRACKS)
    ordinary = np.log(np.median(counts[counts > 0])) * 0.1
    most = 1 + 0.1 * np.log(counts.max())
    own = by_vectors.score_exactly(by_vectors.point(0), rows=np.array([0]))[0]
    assert own == pytest.approx((1 + ordinary) / most)


def test_releases_of_known_artists_are_held_out_and_whole_artists() -> None:
    corpus = make_corpus(
        [
            TrackRecord(title=f"{song}", artists=(f"Artist {artist}",), album=f"Album {album}")
            for artist in range(200)
            for album in range(4)
            for song in range(3)
        ]
    )
    rows = np.arange(len(corpus))
    known, new = content.held_out(corpus, rows, seed=1)
    assert not (known & new).any()
    assert 0.02 < known.mean() < 0.08
    assert 0.02 < new.mean() < 0.08
    left = {corpus.artist_keys[row] for row in rows[~(known | new)].tolist()}
    assert {corpus.artist_keys[row] for row in rows[known].tolist()} <= left
    assert not {corpus.artist_keys[row] for row in rows[new].tolist()} & left
    by_release = (known | new).reshape(-1, 3)
    assert (by_release.all(axis=1) == by_release.any(axis=1)).all()


def test_the_strength_and_what_it_reached_are_kept() -> None:
    fitted = content.fit(CORPUS, factors.fit(CORPUS, factors.FactorsParameters(factors=4)))
    state = fitted.state["content"]
    assert state["strength"] in content.STRENGTHS
    assert 0 < state["cosine_held_out"] <= 1
    assert state["groups"] == ["year"]
    assert "artist:artist 3" in fitted.arrays["content_tokens"].tobytes().decode().split("\n")


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 1000), strength=st.sampled_from([0.3, 1.0, 10.0]))
def test_the_solver_finds_the_ridge(seed: int, strength: float) -> None:
    rng = np.random.default_rng(seed)
    dense = rng.normal(size=(30, 9)) * (rng.random((30, 9)) < 0.4)
    targets = rng.normal(size=(30, 4))
    weights, intercept = content.ridge(csr_array(dense), targets, strength=strength)
    right = dense.T @ (targets - targets.mean(axis=0))
    exact = np.linalg.solve(dense.T @ dense + strength * np.eye(9), right)
    np.testing.assert_allclose(weights, exact, atol=5e-3)
    np.testing.assert_allclose(intercept, targets.mean(axis=0))
