"""Laws of matching and of the estimates: monotone, bounded, the same in any order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segue.attributes.estimates import Estimator, loudness_of, scores
from segue.attributes.formulas import CLIP, FORMULAS
from segue.attributes.matching import fit
from segue.attributes.ordinary import ordinary
from segue.descriptors.extract import NAMES
from segue.records import CONTINUOUS

NUMBERS = st.floats(-1e6, 1e6)
SOME = st.integers(1, 60).flatmap(lambda n: arrays(np.float64, n, elements=NUMBERS))
WILD = st.floats(-(2.0**100), 2.0**100, width=32)


@given(SOME, SOME, SOME)
def test_a_match_is_monotone_and_stays_within_the_values(scored, values, probe) -> None:
    match = fit(scored, values)
    matched = match(np.sort(probe))
    assert (np.diff(matched) >= 0).all()
    near = 1e-5 * (1 + np.abs(values).max())
    assert matched.min() >= values.min() - near
    assert matched.max() <= values.max() + near
    assert (np.diff(match.scores) > 0).all()


@given(SOME, SOME, st.randoms(use_true_random=False))
def test_the_order_in_which_tracks_come_does_not_matter(scored, values, random) -> None:
    mixed = random.sample(scored.tolist(), len(scored))
    one, other = fit(scored, values), fit(np.array(mixed), values[::-1])
    np.testing.assert_allclose(one.scores, other.scores)
    np.testing.assert_allclose(one.values, other.values, atol=1e-6, rtol=1e-6)


@given(arrays(np.float32, (5, len(NAMES)), elements=WILD))
def test_estimates_are_numbers_within_their_scale_whatever_the_descriptors(vectors) -> None:
    scored = scores(vectors)
    for formula in FORMULAS:
        most = CLIP * sum(abs(term.weight) for term in formula.terms)
        assert (np.abs(scored[formula.attribute]) <= most + 1e-9).all()
    found = Estimator.ordinary().values(scored, loudness_of(vectors, np.full(5, np.nan)))
    assert tuple(found) == CONTINUOUS
    for name, values in found.items():
        assert np.isfinite(values).all()
        if name != "loudness":
            low, high = ordinary().matches[name].values[[0, -1]]
            assert ((values >= round(low, 4)) & (values <= round(high, 4))).all()
            assert 0 <= low <= high <= 1


@given(arrays(np.float32, (6, len(NAMES)), elements=WILD), st.permutations(range(6)))
def test_a_track_is_estimated_alike_in_any_company(vectors, order) -> None:
    alone = [scores(vectors[place : place + 1]) for place in order]
    together = scores(vectors[list(order)])
    for name, column in together.items():
        assert [each[name][0] for each in alone] == column.tolist()
