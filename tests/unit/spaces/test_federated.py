"""The space `federated`, and features that mean the same in every catalogue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries import corpus_of, lists_of
from segue.errors import UnavailableError
from segue.records import Attributes, TrackRecord
from segue.snapshot import Description, Trained
from segue.spaces import buckets
from segue.spaces.federated import FederatedSpace
from worlds import make_corpus, mixed_corpus, planted_federation

EVERYONE = TrackRecord(title="One", artists=("Anna", "Ben"), album="Album", genres=("indie rock",))


def row_of(record: TrackRecord, *, beside: int = 0) -> np.ndarray:
    others = [TrackRecord(title=f"Other {n}", artists=(f"Artist {n}",)) for n in range(beside)]
    corpus = make_corpus([*others, record])
    return buckets.of_rows(corpus, np.array([beside])).toarray()[0]


def test_words_have_the_same_place_in_every_catalogue() -> None:
    np.testing.assert_array_equal(row_of(EVERYONE), row_of(EVERYONE, beside=40))


def test_places_never_change() -> None:
    # What other instances have learned stands by these: another number is another VERSION.
    found = np.flatnonzero(row_of(TrackRecord(title="Song", artists=("Queen",))))
    assert (buckets.VERSION, found.tolist()) == (1, PLACES)


PLACES = [11693, 15473]


def test_what_is_said_from_outside_is_the_same() -> None:
    record = replace(EVERYONE, year=1991, attributes=Attributes(energy=0.9, tempo=140.0, key=3))
    outside = buckets.of_description(Description(record, {})).toarray()[0]
    np.testing.assert_allclose(outside, row_of(record), atol=1e-7)


def test_numbers_count_by_constants_and_unknown_ones_nothing() -> None:
    record = TrackRecord(title="Song", year=2000, attributes=Attributes(energy=0.634 + 0.257))
    numbers = row_of(record)[buckets.WORDS :]
    np.testing.assert_allclose(numbers, [1 / 3, *[0] * 9], atol=1e-6)


@given(st.sampled_from([0, 1, 64, 16_384]), st.sampled_from([0, 2, 8_192]))
def test_folding_keeps_all_that_is_left(artists: int, releases: int) -> None:
    table = buckets.of_rows(mixed_corpus(40), np.arange(40))
    narrow = buckets.folded(table, artists=artists, releases=releases)
    assert narrow.shape == (40, buckets.width_of(artists, releases))
    words = np.array([f.width for f in buckets.FIELDS.values()])
    kept = np.repeat([artists > 0, releases > 0, True, True], words)
    every = np.concatenate([kept, np.ones(buckets.NUMBERS, dtype=bool)])
    wide = table.toarray()[:, every]
    np.testing.assert_allclose(narrow.toarray().sum(axis=1), wide.sum(axis=1), atol=1e-5)


def test_without_a_model_nobody_stands_there() -> None:
    space = FederatedSpace.build(corpus_of(lists_of(0)))
    assert not space.placed.any()
    assert space.place(Description(EVERYONE, {})) is None


def test_a_model_that_learned_nothing_ranks_by_content() -> None:
    nothing = planted_federation(seed=1)
    bare = Trained(
        "",
        {**nothing.state, "strength": 0.0},
        {**nothing.arrays, "weights": nothing.arrays["weights"][:, :0]},
    )
    corpus = replace(mixed_corpus(40), trained={"federated": bare})
    space = FederatedSpace.build(corpus)
    table = buckets.of_rows(corpus, np.arange(40)).toarray().astype(np.float64)
    units = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-12)
    row = int(np.flatnonzero(space.placed)[0])
    expected = np.where(space.placed, units @ units[row], 0.0)
    found = space.score_exactly(space.point(row), rows=np.arange(40))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert space.compare(space.point(row), row)[0].feature == "content"


def test_a_model_of_other_features_is_refused() -> None:
    known = planted_federation(seed=1)
    old = Trained("", {**known.state, "features": 0}, known.arrays)
    with pytest.raises(UnavailableError, match="features of version 0"):
        FederatedSpace.build(replace(mixed_corpus(20), trained={"federated": old}))


def test_a_track_of_numbers_alone_is_not_placed() -> None:
    record = TrackRecord(title="", attributes=Attributes(energy=0.4, valence=0.2))
    corpus = make_corpus([record, EVERYONE], trained={"federated": planted_federation(seed=1)})
    assert FederatedSpace.build(corpus).placed.tolist() == [False, True]
