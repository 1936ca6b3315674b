"""Laws that figures of recommended lists keep, whatever is recommended."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.evaluation.overview import lists as figures
from segue.evaluation.overview.beyond import patterns, seeds_of
from segue.evaluation.overview.lists import LENGTH, Lists
from segue.evaluation.overview.restated import EMBEDDING, WEIGHTS, Restated
from segue.records import Attributes, TrackRecord
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from worlds import make_corpus, mixed_corpus

TRACKS = 40


@st.composite
def some_lists(draw: st.DrawFn) -> Lists:
    """Lists of different tracks, some shorter, some empty."""
    count = draw(st.integers(1, 12))
    rows = np.full((count, LENGTH), -1, dtype=np.int64)
    for place in range(count):
        shown = draw(st.lists(st.integers(0, TRACKS - 1), max_size=LENGTH, unique=True))
        rows[place, : len(shown)] = shown
    return Lists(rows)


def counts_of(found: Lists) -> np.ndarray:
    return found.counts(TRACKS, found.answered)


@given(some_lists())
def test_shares_are_shares(found: Lists) -> None:
    counts = counts_of(found)
    if not counts.sum():
        assert np.isnan(figures.coverage(counts))
        assert np.isnan(figures.head(counts))
        return
    assert 0 < figures.coverage(counts) <= 1
    assert 0 < figures.head(counts) <= 1
    assert figures.head(counts) == counts.max() / counts.sum()


@given(some_lists(), st.randoms(use_true_random=False))
def test_what_tracks_are_called_changes_nothing(found: Lists, random) -> None:
    names = np.array(random.sample(range(TRACKS), TRACKS))
    other = Lists(np.where(found.rows >= 0, names[found.rows], -1))
    for figure in (figures.coverage, figures.concentration, figures.head):
        assert figure(counts_of(found)) == pytest.approx(figure(counts_of(other)), nan_ok=True)


@given(some_lists())
def test_concentration_counts_pairs(found: Lists) -> None:
    shown = found.rows[found.rows >= 0]
    if len(shown) < 2:
        assert np.isnan(figures.concentration(counts_of(found)))
        return
    same = (shown[:, np.newaxis] == shown).sum() - len(shown)
    expected = TRACKS * same / (len(shown) * (len(shown) - 1))
    assert figures.concentration(counts_of(found)) == pytest.approx(expected)


def test_concentration_of_lots_is_one_however_many_there_are() -> None:
    rng = np.random.default_rng(1)
    for seeds in (200, 2000):
        rows = np.array([rng.permutation(500)[:LENGTH] for _ in range(seeds)])
        counts = Lists(rows).counts(500, np.ones(seeds, dtype=bool))
        # Within a list no track comes twice, which takes a little off.
        assert figures.concentration(counts) == pytest.approx(1, abs=0.05)


def test_one_list_for_everybody_is_a_hub() -> None:
    rows = np.tile(np.arange(LENGTH), (50, 1))
    counts = Lists(rows).counts(1000, np.ones(50, dtype=bool))
    assert figures.coverage(counts) == LENGTH / 500
    assert figures.head(counts) == 1.0
    assert figures.concentration(counts) > 90


@given(some_lists(), st.integers(1, 6))
def test_novelty_of_equal_shares_is_their_surprise(found: Lists, bits: int) -> None:
    told = figures.novelty(found, np.full(TRACKS, 2.0**-bits))
    assert np.isnan(told[~found.answered]).all()
    assert told[found.answered] == pytest.approx(bits)


@given(some_lists())
def test_repetition_lies_between_one_and_the_length(found: Lists) -> None:
    artists = [(f"artist {row % 3}",) for row in range(TRACKS)]
    told = figures.repetition(found, artists)
    lengths = (found.rows >= 0).sum(axis=1)
    there = found.answered
    assert (told[there] <= lengths[there]).all()
    assert (told[there] >= np.ceil(lengths[there] / 3)).all()


def test_a_list_of_copies_has_no_diversity_and_bias_is_against_the_seed() -> None:
    corpus = mixed_corpus()
    spaces = build_all(corpus)
    row = int(np.flatnonzero(spaces["attributes"].placed)[0])
    rows = np.full((2, LENGTH), -1)
    rows[0, :2] = row
    rows[1, 0] = row
    told = figures.diversity(Lists(rows), spaces["attributes"])
    assert told[0] == pytest.approx(0, abs=1e-6)
    assert np.isnan(told[1])
    popularity = figures.popularity_of(corpus)
    assert popularity.min() > 0
    assert popularity.max() < 100
    bias = figures.popularity_bias(Lists(rows), np.array([row, row]), popularity)
    assert bias == pytest.approx(0)


def test_patterns_share_out_tracks_and_rows() -> None:
    corpus = mixed_corpus()
    snapshot = Snapshot(corpus, build_all(corpus))
    seeds = np.arange(len(corpus))
    rows = np.array([np.random.default_rng(row).permutation(len(corpus))[:10] for row in seeds])
    found = patterns(snapshot, seeds, Lists(rows), "hybrid", ["attributes", "text"])
    assert sum(one.tracks for one in found) == pytest.approx(1)
    assert sum(one.slots for one in found) == pytest.approx(1)
    # Whoever recommends by lot gives each pattern its share.
    for one in found:
        assert one.slots == pytest.approx(one.tracks, abs=0.1)
    assert patterns(snapshot, seeds, Lists(rows), "text", ["text"]) == []


@given(st.integers(1, 200), st.integers(0, 5))
def test_seeds_are_distinct_and_as_many_as_asked_for(count: int, seed: int) -> None:
    corpus = mixed_corpus(60)
    found = seeds_of(corpus, count, seed=seed)
    assert len(found) == min(count, len(corpus))
    assert (np.diff(found) > 0).all()


def _record(energy: float | None, tempo: float, key: int) -> TrackRecord:
    return TrackRecord(title="x", attributes=Attributes(energy=energy, tempo=tempo, key=key))


def test_the_rival_is_restated_by_its_weights() -> None:
    records = [_record(0.2, 100, 0), _record(0.7, 200, 7), _record(None, 141.42136, 6)]
    rule = Restated(make_corpus(records), {})
    assert rule.embedding == ""
    weigh = WEIGHTS["energy"] + WEIGHTS["tempo"] + WEIGHTS["key"]
    told = rule.score(np.array([0]))
    assert told[0] == pytest.approx(1)
    # Twice the tempo is the same pulse; a fifth is one step of six on the circle.
    parts = WEIGHTS["energy"] * 0.5 + WEIGHTS["tempo"] + WEIGHTS["key"] * (1 - 1 / 6)
    assert told[1] == pytest.approx(parts / weigh)
    # A tritone of tempo and of key, and nothing known of the energy.
    assert told[2] == pytest.approx(0, abs=1e-6)
    assert EMBEDDING + sum(WEIGHTS.values()) == pytest.approx(1)


def test_the_rival_listens_where_there_is_something_to_hear() -> None:
    corpus = mixed_corpus()
    spaces = build_all(corpus)
    rule = Restated(corpus, spaces)
    assert rule.embedding == "sound"
    seed = int(np.flatnonzero(spaces["sound"].placed & spaces["attributes"].placed)[0])
    told = rule.score(np.array([seed]))
    assert told.argmax() == seed or told[seed] == pytest.approx(told.max())
    twice = rule.score(np.array([seed, seed]), rows=np.array([seed, 3]))
    assert twice == pytest.approx(told[[seed, 3]])
