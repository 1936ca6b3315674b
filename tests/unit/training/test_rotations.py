"""Rotations: a song in another key is the same song, turned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from learnable import KEYS, MAJOR, MINOR, PITCHES, songs
from segue.descriptors.extract import NAMES
from segue.training.invariants import Invariants, blocks
from segue.training.profiles import Profiles
from segue.training.rotations import (
    MEMBERS,
    TURNS,
    even,
    keys_of,
    kinds,
    levels,
    stack_keys,
    turned,
    turns_of,
    weigh_keys,
)
from segue.training.stacking import Problem

STARTS = {member.name: member.start for member in MEMBERS}


def problem(**options: int) -> Problem:
    examples = songs(**options)
    truth = np.column_stack([examples.values["key"], examples.values["mode"]])
    return Problem(examples.features, truth, examples.artists, examples.names)


@pytest.fixture(scope="module")
def fitted():
    names = songs().names
    return stack_keys(problem(), KEYS, STARTS, names=names, folds=3, seed=1)


def test_pitch_classes_are_found_by_name_in_both_spellings() -> None:
    assert list(blocks([*PITCHES, "segments", "d_pitch3_std"])) == ["pitch_mean"]
    ours = blocks(NAMES)
    assert {"chroma_mean", "chroma_std"} <= set(ours)
    assert [NAMES[column] for column in ours["chroma_mean"]][:2] == [
        "chroma_c_mean",
        "chroma_cs_mean",
    ]
    assert all(len(columns) == TURNS for columns in ours.values())


def test_eleven_pitch_classes_are_no_block() -> None:
    assert blocks(PITCHES[:-1]) == {}


@given(st.integers(0, 11), st.integers(0, 11))
def test_turning_a_song_is_transposing_it(key: int, turn: int) -> None:
    turns = turns_of(PITCHES)
    song = np.arange(12.0, dtype=np.float32)[None]
    transposed = np.roll(song, key, axis=1)
    seen = turned(song, turns).reshape(TURNS, -1)
    seen_there = turned(transposed, turns).reshape(TURNS, -1)
    np.testing.assert_array_equal(seen[turn], seen_there[(turn + key) % TURNS])


def test_one_turn_of_twelve_holds_the_tonic() -> None:
    wanted = kinds(np.array([3.0, 0.0]), np.array([0.0, 1.0])).reshape(2, TURNS)
    assert wanted[0].tolist() == [0, 0, 0, 1, *[0] * 8]
    assert wanted[1].tolist() == [2, *[0] * 11]


def test_a_key_with_one_song_is_spread_as_if_unknown() -> None:
    codes = even(np.array([0.0, 0.0, 5.0, 7.0, 7.0]), np.array([1.0, 1.0, 0.0, 0.0, 0.0]))
    np.testing.assert_array_equal(codes, [1, 1, np.nan, 14, 14])


def test_profiles_fit_best_where_the_tonic_is() -> None:
    names = PITCHES
    songs_in = np.array([np.roll(MAJOR, 7), np.roll(MINOR, 2)], dtype=np.float32)
    front = Profiles(levels(names)).fit(turned(songs_in, turns_of(names)))
    out = front.transform(turned(songs_in, turns_of(names))).reshape(2, TURNS, -1)
    assert out.shape[2] == front.width(len(names))
    fits = out[:, :, len(names) :].reshape(2, TURNS, 2, 3, 2)  # fit or margin, source, minor/major
    assert (fits[0, :, 0, :, 1].argmax(axis=0) == 7).all()
    assert (fits[1, :, 0, :, 0].argmax(axis=0) == 2).all()
    np.testing.assert_allclose(fits[:, :, 1].max(axis=1), 0.0, atol=1e-6)


def test_an_even_chroma_fits_nothing_and_breaks_nothing() -> None:
    even = np.full((1, 12), 0.5, dtype=np.float32)
    front = Profiles(levels(PITCHES)).fit(even)
    np.testing.assert_allclose(front.transform(even)[:, 12:], 0.0, atol=1e-5)


def test_keys_and_modes_of_unseen_songs_are_named(fitted) -> None:
    asked = problem(seed=4)
    said = fitted.predict(asked.features)
    assert (said["key"].argmax(axis=1) == asked.truth[:, 0]).mean() > 0.8
    assert (said["mode"].argmax(axis=1) == asked.truth[:, 1]).mean() > 0.8
    np.testing.assert_allclose(said["key"].sum(axis=1), 1.0)
    np.testing.assert_allclose(said["mode"].sum(axis=1), 1.0)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 11))
def test_a_transposed_song_has_its_key_transposed_and_its_mode_kept(fitted, steps: int) -> None:
    song = songs(count=3, seed=9).features
    moved = song.copy()
    moved[:, :12] = np.roll(song[:, :12], steps, axis=1)
    first, second = fitted.predict(song), fitted.predict(moved)
    np.testing.assert_allclose(np.roll(first["key"], steps, axis=1), second["key"], atol=1e-6)
    np.testing.assert_allclose(first["mode"], second["mode"], atol=1e-6)


def test_level_1_is_the_most_likely_one() -> None:
    random = np.random.default_rng(2)
    said = random.normal(size=(80, TURNS, 3))
    scores = said @ np.array([[0.5, -1.0], [2.0, 0.1], [0.0, 1.5]]) + [0.3, -0.3]
    chances = softmax(scores.reshape(80, -1), axis=1)
    drawn = np.array([random.choice(24, p=row) for row in chances])
    keys, modes = (drawn // 2).astype(float), (drawn % 2).astype(float)
    weights, intercept = weigh_keys(said, keys, modes)

    def likelihood(weights: np.ndarray, intercept: np.ndarray) -> float:
        key, mode = keys_of(said, weights, intercept)
        assert key.shape == (80, TURNS)
        assert mode.shape == (80, 2)
        flat = (said @ weights + intercept).reshape(80, -1)
        return float(np.log(softmax(flat, axis=1))[np.arange(80), drawn].sum())

    best = likelihood(weights, intercept)
    for nudge in (0.1, -0.1):
        for place in range(3):
            moved = weights.copy()
            moved[place, 0] += nudge
            assert likelihood(moved, intercept) < best + 0.05


def test_every_member_starts_where_its_search_may_go() -> None:
    import optuna

    for member in MEMBERS:
        fixed = optuna.trial.FixedTrial(dict(member.start))
        assert member.suggest(fixed).keys() == member.start.keys()


@given(st.lists(st.floats(0, 1, width=32), min_size=12, max_size=12), st.integers(0, 11))
def test_invariants_do_not_change_when_a_song_is_transposed(
    levels: list[float], steps: int
) -> None:
    front = Invariants.of((*PITCHES, "loudness"))
    song = np.array([[*levels, 0.5]], dtype=np.float32)
    moved = np.array([[*np.roll(levels, steps), 0.5]], dtype=np.float32)
    np.testing.assert_allclose(
        front.fit_transform(song), front.fit_transform(moved), atol=1e-6, rtol=1e-5
    )


def test_invariants_are_those_of_the_fourier_transform_and_the_rest_stays() -> None:
    random = np.random.default_rng(1)
    songs_in = random.uniform(size=(4, 13)).astype(np.float32)
    out = Invariants.of(("loudness", *PITCHES)).fit_transform(songs_in)
    block = songs_in[:, 1:].astype(float)
    np.testing.assert_array_equal(out[:, 0], songs_in[:, 0])
    np.testing.assert_allclose(out[:, 1], block.mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(out[:, 2], block.std(axis=1), rtol=1e-6)
    np.testing.assert_allclose(out[:, 3], block.max(axis=1), rtol=1e-6)
    np.testing.assert_allclose(out[:, 4:], np.abs(np.fft.rfft(block, axis=1))[:, 1:], rtol=1e-5)


def test_features_without_pitch_classes_stay_as_they_are() -> None:
    features = np.ones((2, 3), dtype=np.float32)
    np.testing.assert_array_equal(Invariants.of(("a", "b", "c")).fit_transform(features), features)
