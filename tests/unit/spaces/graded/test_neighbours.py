"""KNNBaseline against Surprise's, what it refuses, and what it says of strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import surprise
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import BadRequestError, BadTableError
from segue.spaces.graded import likeness as alike
from segue.spaces.graded.baselines import BaselineParameters
from segue.spaces.graded.likeness import NAMES, LikenessParameters
from segue.spaces.graded.neighbours import KNNBaseline, NeighbourParameters
from segue.spaces.graded.ratings import Ratings

if TYPE_CHECKING:
    from segue.types import Rows


def given_ratings(seed: int, *, whole: bool) -> tuple[surprise.Trainset, Ratings]:
    """The same ratings for both sides; whole marks make many ties."""
    rng = np.random.default_rng(seed)
    raw = [
        (f"u{who}", f"i{what}", float(mark), None)
        for who in range(41)
        for what in rng.choice(30, size=rng.integers(2, 14), replace=False)
        for mark in [rng.integers(1, 6) if whole else rng.uniform(1, 5)]
    ]
    raw = [raw[place] for place in rng.permutation(len(raw))]
    theirs = surprise.Dataset(surprise.Reader(rating_scale=(1.5, 4.5))).construct_trainset(raw)
    ours = Ratings.of(
        [theirs.to_inner_uid(row[0]) for row in raw],
        [theirs.to_inner_iid(row[1]) for row in raw],
        [row[2] for row in raw],
    )
    return theirs, ours


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("method", ["als", "sgd"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("k", "least", "support"), [(40, 1, 1), (3, 2, 3)])
def test_everything_equals_surprise(
    name: alike.Name, method: str, whole: bool, k: int, least: int, support: int
) -> None:
    theirs, ours = given_ratings(3, whole=whole)
    options = {"name": name, "user_based": False, "min_support": support, "shrinkage": 7}
    oracle = surprise.KNNBaseline(
        k=k, min_k=least, sim_options=options, bsl_options={"method": method}, verbose=False
    ).fit(theirs)
    how = NeighbourParameters(
        k=k,
        least=least,
        likeness=LikenessParameters(name, support, 7.0),
        baselines=BaselineParameters(method),  # type: ignore[arg-type]
    )
    model = KNNBaseline.fit(ours, how)
    np.testing.assert_allclose(model.baselines.listeners, oracle.bu, atol=1e-12)
    np.testing.assert_allclose(model.baselines.items, oracle.bi, atol=1e-12)
    items = np.arange(ours.item_count)
    likeness = np.concatenate([block for _, block in model.likeness.rows(items)])
    np.testing.assert_allclose(likeness, oracle.sim, atol=1e-12)
    for item in items.tolist():
        assert model.neighbours(item, k=6)[0].tolist() == oracle.get_neighbors(item, 6)
    who, what = (each.ravel() for each in np.indices((ours.listener_count, ours.item_count)))
    expected = [
        oracle.predict(theirs.to_raw_uid(one), theirs.to_raw_iid(other)).est
        for one, other in zip(who.tolist(), what.tolist(), strict=True)
    ]
    found = model.estimates(who, what, scale=(1.5, 4.5))
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_strangers_get_their_baseline_as_in_surprise() -> None:
    theirs, ours = given_ratings(5, whole=True)
    oracle = surprise.KNNBaseline(sim_options={"user_based": False}, verbose=False).fit(theirs)
    model = KNNBaseline.fit(ours)
    pairs = [(-1, 3), (2, -1), (-1, -1)]
    raw = [("nobody", theirs.to_raw_iid(3)), (theirs.to_raw_uid(2), "nothing"), ("no", "no")]
    expected = [oracle.predict(*pair, clip=False).est for pair in raw]
    found = model.estimates(*zip(*pairs, strict=True))  # type: ignore[arg-type]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_small_blocks_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    _, ours = given_ratings(8, whole=True)
    pairs: tuple[Rows, Rows] = (ours.listeners, ours.items)
    whole = KNNBaseline.fit(ours).estimates(*pairs)
    monkeypatch.setattr(alike, "_CELLS", 40)
    seen: list[int] = []
    found = KNNBaseline.fit(ours).estimates(*pairs, on_progress=lambda done, *_: seen.append(done))
    np.testing.assert_array_equal(found, whole)
    assert seen == list(range(1, ours.item_count + 1))


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 6), st.integers(0, 4)),
        min_size=2,
        max_size=30,
        unique_by=lambda each: each[:2],
    ),
    st.sampled_from(NAMES),
)
def test_likeness_is_mutual_and_bounded(rows: list[tuple[int, int, int]], name: alike.Name) -> None:
    who, what, marks = zip(*rows, strict=True)
    if len(set(marks)) == 1:
        return
    ours = Ratings.of(who, what, marks, listener_count=6, item_count=8)
    model = KNNBaseline.fit(ours, NeighbourParameters(likeness=LikenessParameters(name)))
    found = np.concatenate([block for _, block in model.likeness.rows(np.arange(8))])
    np.testing.assert_array_equal(found, found.T)
    assert np.abs(found).max() <= 1 + 1e-12
    assert np.isfinite(model.estimates(who, what)).all()


def test_ratings_that_grade_nothing_point_to_together() -> None:
    with pytest.raises(BadTableError, match=r"all 3 ratings are 1: .* space `together`"):
        Ratings.of([0, 0, 1], [0, 1, 1], [1, 1, 1])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (([], [], []), "no ratings"),
        (([0, 1], [0, 1], [1.0, float("nan")]), "rating 2 is no finite number"),
        (([0, 0], [1, 1], [1.0, 2.0]), "rates the same thing twice"),
    ],
)
def test_what_is_no_rating_is_refused(rows: tuple[list, list, list], message: str) -> None:
    with pytest.raises(BadTableError, match=message):
        Ratings.of(*rows)


def test_parameters_are_checked() -> None:
    _, ours = given_ratings(5, whole=True)
    with pytest.raises(BadRequestError, match="0 neighbours"):
        KNNBaseline.fit(ours, NeighbourParameters(k=0))
    wrong = LikenessParameters("pearson")  # type: ignore[arg-type]
    with pytest.raises(BadRequestError, match="no likeness 'pearson'"):
        KNNBaseline.fit(ours, NeighbourParameters(likeness=wrong))
