"""What holds for the folds of any rows, artists and classes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segue.evaluation.splits import folds, grouped

COUNTS = st.integers(2, 6)
SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], np.ndarray]:
    """Artists and classes of some rows: at least 6 artists, no class with a single row."""
    n = draw(st.integers(12, 60))
    artists = [f"only {row}" if row < 6 else draw(st.sampled_from("abcd")) for row in range(n - 2)]
    classes = np.array([row % 2 if row < 4 else draw(st.integers(0, 1)) for row in range(n)])
    return [*artists, "", ""], classes


@given(n=st.integers(6, 80), count=COUNTS, seed=SEEDS)
def test_plain_folds_are_a_partition_of_even_parts(n: int, count: int, seed: int) -> None:
    parts = folds(n, count=count, seed=seed)
    tested = np.concatenate([test for _, test in parts])
    assert np.array_equal(np.sort(tested), np.arange(n))
    sizes = [len(test) for _, test in parts]
    assert max(sizes) - min(sizes) <= 1
    for train, test in parts:
        assert np.array_equal(np.union1d(train, test), np.arange(n))
        assert len(train) + len(test) == n


@given(table=tables(), count=COUNTS, seed=SEEDS, stratified=st.booleans())
def test_no_artist_stands_on_both_sides(
    table: tuple[list[str], np.ndarray], count: int, seed: int, stratified: bool
) -> None:
    artists, classes = table
    parts = folds(
        len(artists),
        count=count,
        seed=seed,
        artists=artists,
        classes=classes if stratified else None,
    )
    numbers = grouped(artists)
    assert len(np.concatenate([test for _, test in parts])) == len(artists)
    for train, test in parts:
        assert len(test)
        assert not set(numbers[train].tolist()) & set(numbers[test].tolist())


@given(table=tables(), count=COUNTS, seed=SEEDS)
def test_folds_of_artists_differ_by_no_more_than_the_largest_artist(
    table: tuple[list[str], np.ndarray], count: int, seed: int
) -> None:
    artists, _ = table
    sizes = [len(test) for _, test in folds(len(artists), count=count, seed=seed, artists=artists)]
    assert max(sizes) - min(sizes) <= np.bincount(grouped(artists)).max()


@given(table=tables(), count=COUNTS, seed=SEEDS)
def test_each_class_is_spread_to_within_one_row(
    table: tuple[list[str], np.ndarray], count: int, seed: int
) -> None:
    _, classes = table
    parts = folds(len(classes), count=count, seed=seed, classes=classes)
    for code in np.unique(classes):
        held = [int((classes[test] == code).sum()) for _, test in parts]
        assert max(held) - min(held) <= 1
    sizes = [len(test) for _, test in parts]
    assert max(sizes) - min(sizes) <= 1


@given(table=tables(), count=COUNTS, seed=SEEDS)
def test_the_names_of_artists_and_codes_do_not_matter(
    table: tuple[list[str], np.ndarray], count: int, seed: int
) -> None:
    artists, classes = table
    one = folds(len(artists), count=count, seed=seed, artists=artists, classes=classes)
    renamed = [artist and f"the {artist}" for artist in artists]
    other = folds(len(artists), count=count, seed=seed, artists=renamed, classes=classes + 7)
    for (_, first), (_, second) in zip(one, other, strict=True):
        assert np.array_equal(first, second)


@given(table=tables(), count=COUNTS, seed=SEEDS, order=st.randoms())
def test_another_order_of_rows_gives_folds_of_the_same_sizes(
    table: tuple[list[str], np.ndarray], count: int, seed: int, order: object
) -> None:
    artists, _ = table
    shuffled = list(artists)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (
        sorted(len(test) for _, test in folds(len(each), count=count, seed=seed, artists=each))
        for each in (artists, shuffled)
    )
    assert one == other
