"""Laws of spaces and of their scales, on any numbers."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segue.index.best import highest
from segue.records import Attributes, TrackRecord
from segue.spaces.attributes import AttributesSpace
from segue.spaces.calibration import Scale, expectation
from segue.spaces.facets import FACETS
from segue.spaces.text import TextSpace
from worlds import COLUMNS, make_corpus

CELL = st.none() | st.floats(-100, 300, width=32)
ATTRIBUTES = st.builds(
    Attributes,
    **dict.fromkeys(COLUMNS[:9], CELL),
    key=st.none() | st.integers(-1, 12),
    mode=st.none() | st.integers(-1, 2),
)
WORDS = st.text(alphabet="abcdé !·日", max_size=8)
RECORDS = st.builds(
    TrackRecord,
    title=WORDS,
    artists=st.tuples() | st.tuples(WORDS) | st.tuples(WORDS, WORDS),
    album=WORDS,
    genres=st.tuples() | st.tuples(WORDS),
    explicit=st.none() | st.booleans(),
    lyrics=WORDS,
    attributes=ATTRIBUTES,
)


@given(records=st.lists(RECORDS, min_size=1, max_size=12), data=st.data())
def test_scores_are_mutual_cosines_whatever_is_known(
    records: list[TrackRecord], data: st.DataObject
) -> None:
    corpus = make_corpus(records)
    everyone = np.arange(len(records))
    for kind in (AttributesSpace, TextSpace):
        space = kind.build(corpus)
        placed = np.flatnonzero(space.placed).tolist()
        points = [space.point(row) for row in placed]
        scores = np.array([space.score_exactly(p, rows=everyone) for p in points])
        if not placed:
            continue
        assert np.abs(scores).max() <= 1 + 1e-9
        np.testing.assert_allclose(scores[:, placed], scores[:, placed].T, atol=1e-9)
        np.testing.assert_allclose(np.diag(scores[:, placed]), 1.0, atol=1e-9)
        np.testing.assert_allclose(space.score(points), scores, atol=1e-5)
        row = data.draw(st.sampled_from(placed))
        for each in space.compare(space.point(row), placed[0]):
            assert 0 <= each.likeness <= 1


@given(records=st.lists(RECORDS, min_size=2, max_size=8), seed=st.randoms())
def test_the_order_of_tracks_does_not_matter(records: list[TrackRecord], seed: object) -> None:
    order = list(range(len(records)))
    seed.shuffle(order)  # type: ignore[attr-defined]
    for kind in (AttributesSpace, TextSpace):
        space = kind.build(make_corpus(records))
        shuffled = kind.build(make_corpus([records[place] for place in order]))
        np.testing.assert_array_equal(space.placed[order], shuffled.placed)
        if not shuffled.placed[0]:
            continue
        everyone = np.arange(len(records))
        there = space.score_exactly(space.point(order[0]), rows=everyone)[order]
        # A deviation that is nearly nothing blows rounding up; the limit is wide for that.
        here = shuffled.score_exactly(shuffled.point(0), rows=everyone)
        np.testing.assert_allclose(here, there, atol=1e-5)


@given(first=ATTRIBUTES, second=ATTRIBUTES)
def test_facets_are_mutual_and_nothing_is_apart_from_itself(
    first: Attributes, second: Attributes
) -> None:
    one, other = (
        [known.get(name, math.nan) for name in COLUMNS] for known in (first.known(), second.known())
    )
    for facet in FACETS:
        apart = facet.apart(one, other)
        back = facet.apart(other, one)
        assert apart == back or (math.isnan(apart) and math.isnan(back))
        assert math.isnan(apart) or apart >= 0
        assert facet.apart(one, one) == 0 or math.isnan(facet.apart(one, one))
        if not math.isnan(apart):
            assert facet.say(one, other, 0.5).seed


@given(
    scores=arrays(
        np.float32, st.integers(0, 400), elements=st.sampled_from([-1, -0.5, 0, 0.25, 1])
    ),
    k=st.integers(1, 50),
    margin=st.sampled_from([0.0, 0.3, 0.6]),
)
def test_the_highest_are_those_of_a_full_sort(scores: np.ndarray, k: int, margin: float) -> None:
    order = np.argsort(-scores, kind="stable")
    if len(scores) > k:
        order = order[scores[order] >= scores[order[k - 1]] - margin]
    assert highest(scores, k=k, margin=margin).tolist() == order.tolist()


@given(
    given_=arrays(np.float64, st.integers(1, 60), elements=st.floats(-5, 5)),
    value=st.floats(-3, 3),
)
def test_the_expectation_of_a_constant_is_the_constant(given_: np.ndarray, value: float) -> None:
    curve = expectation(np.full(len(given_), value), given=given_, weights=np.ones(len(given_)))
    np.testing.assert_allclose(curve(given_), value, atol=1e-9)


@given(records=st.lists(RECORDS, min_size=0, max_size=10))
@settings(max_examples=30)
def test_every_space_has_a_scale_that_never_falls(records: list[TrackRecord]) -> None:
    corpus = make_corpus(records)
    for kind in (AttributesSpace, TextSpace):
        values = Scale.fit(kind.build(corpus)).curve(np.linspace(-1, 1, 301))
        assert np.isfinite(values).all()
        assert (np.diff(values) >= -1e-12).all()
