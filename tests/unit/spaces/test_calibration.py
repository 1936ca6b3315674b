"""One scale for all spaces, and what a missing score probably is."""

from __future__ import annotations

import numpy as np
import pytest

from segue.records import TrackRecord
from segue.spaces.attributes import AttributesSpace
from segue.spaces.calibration import Curve, Joint, Scale, expectation
from segue.spaces.text import TextSpace
from segue.spaces.weighable import KINDS
from worlds import make_corpus, mixed_corpus, planted_records

CORPUS = make_corpus(planted_records(700))
SPACES = [AttributesSpace.build(CORPUS), TextSpace.build(CORPUS)]


def all_pairs(space: object) -> np.ndarray:
    scores = space.score([space.point(row) for row in range(len(CORPUS))])  # type: ignore[attr-defined]
    return scores[~np.eye(len(CORPUS), dtype=bool)]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
class TestScale:
    def test_is_the_rarity_among_random_pairs(self, space: AttributesSpace) -> None:
        pairs = all_pairs(space)
        scale = Scale.fit(space)
        for quantile in (0.2, 0.5, 0.9, 0.99, 0.999):
            at = np.quantile(pairs, quantile)
            rarity = -np.log((pairs >= at).mean())
            assert scale.curve(np.array([at]))[0] == pytest.approx(rarity, rel=0.12, abs=0.12)

    def test_never_falls_and_rises_to_the_likeness_to_itself(self, space: AttributesSpace) -> None:
        scale = Scale.fit(space)
        at = np.linspace(-1.1, 1.0, 5000)
        values = scale.curve(at)
        assert (np.diff(values) >= 0).all()
        assert values[0] == 0
        top = values[at > all_pairs(space).max()]
        assert (np.diff(top) > 0).all()

    def test_a_random_pair_scores_the_mean(self, space: AttributesSpace) -> None:
        pairs = all_pairs(space)
        scale = Scale.fit(space)
        assert scale.mean_raw == pytest.approx(pairs.mean(), abs=0.01)
        assert scale.mean == pytest.approx(scale.curve(pairs).mean(), abs=0.05)
        assert scale.mean == pytest.approx(1.0, abs=0.1)

    def test_is_the_same_every_time(self, space: AttributesSpace) -> None:
        np.testing.assert_array_equal(Scale.fit(space).curve.values, Scale.fit(space).curve.values)


def test_ties_do_no_harm() -> None:
    records = [TrackRecord(title=f"w{i}", artists=(f"A{i // 4}",)) for i in range(200)]
    scale = Scale.fit(TextSpace.build(make_corpus(records)))
    at = np.array([0.0, 1e-3, 0.3, 0.6, 1.0])
    values = scale.curve(at)
    assert values[0] == 0
    assert values[1] > 0
    assert (np.diff(values) > 0).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_small_catalogues_have_a_scale(count: int) -> None:
    space = AttributesSpace.build(make_corpus(planted_records(count) if count > 1 else []))
    scale = Scale.fit(space)
    values = scale.curve(np.array([-0.5, 0.2, 0.9]))
    assert np.isfinite(values).all()
    assert (np.diff(values) >= 0).all()


def test_pairs_that_are_all_alike_are_a_scale_too() -> None:
    space = TextSpace.build(make_corpus([TrackRecord(title="same")] * 5))
    assert np.isfinite(Scale.fit(space).curve(np.array([0.0, 1.0]))).all()


def test_a_joint_sample_stands_in_all_spaces_and_stands_for_all_pairs() -> None:
    joint = Joint.sample(SPACES)
    assert joint.raw.shape == (2, joint.weights.size)
    assert joint.weights.sum() == pytest.approx(256 * 700 - 256)
    for space, raw in zip(SPACES, joint.raw, strict=True):
        mean = (joint.weights * raw).sum() / joint.weights.sum()
        assert mean == pytest.approx(all_pairs(space).mean(), abs=0.01)


def test_nobody_in_both_spaces_gives_no_pairs() -> None:
    records = [*planted_records(30, masked=1.0), TrackRecord(title="a"), TrackRecord(title="b")]
    corpus = make_corpus(records)
    joint = Joint.sample([AttributesSpace.build(corpus), TextSpace.build(corpus)])
    assert joint.raw.shape == (2, 0)
    assert joint.weights.shape == (0,)


def test_gaps_in_a_corpus_are_never_sampled() -> None:
    corpus = mixed_corpus()
    spaces = [AttributesSpace.build(corpus), TextSpace.build(corpus)]
    both = spaces[0].placed & spaces[1].placed
    joint = Joint.sample(spaces)
    assert joint.weights.size == both.sum() * (both.sum() - 1)


def test_the_expectation_follows_what_is_given() -> None:
    rng = np.random.default_rng(0)
    given = rng.exponential(size=60_000)
    target = 0.5 * given + rng.normal(size=60_000)
    curve = expectation(target, given=given, weights=np.ones(60_000))
    at = np.array([0.3, 1.0, 2.0, 4.0])
    np.testing.assert_allclose(curve(at), 0.5 * at, atol=0.12)


def test_weights_of_pairs_count() -> None:
    given, target = np.zeros(300), np.concatenate([np.zeros(100), np.ones(200)])
    weights = np.concatenate([np.full(100, 6.0), np.full(200, 1.0)])
    curve = expectation(target, given=given, weights=weights)
    assert curve(np.array([0.0]))[0] == pytest.approx(0.25, abs=0.01)


def test_a_single_odd_pair_does_not_make_the_top() -> None:
    given = np.append(np.random.default_rng(1).random(20_000), 3.0)
    target = np.append(np.zeros(20_000), 100.0)
    curve = expectation(target, given=given, weights=np.ones(20_001))
    assert curve(np.array([3.0]))[0] < 3


def test_a_curve_is_level_beyond_its_ends_in_both_precisions() -> None:
    curve = Curve(-1.0, 0.5, np.array([0.0, 1.0, 5.0]))
    at = np.array([-9.0, -1.0, -0.75, -0.5, -0.25, 0.0, 9.0])
    expected = [0, 0, 0.5, 1, 3, 5, 5]
    assert curve(at).tolist() == expected
    assert curve(at.astype(np.float32)).tolist() == expected
    assert curve(at.astype(np.float32)).dtype == np.float32
    assert curve.steepest == 8


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_a_blurred_scale_keeps_the_order_and_levels_off_where_differences_are_hardly_told(
    share: float,
) -> None:
    corpus = make_corpus(planted_records(500))
    space = KINDS["energy"].build(corpus)
    plain = Scale.fit(space)
    at = np.linspace(0, 1, 400)
    blur = float(at[np.argmax(np.exp(-plain.curve(at)) <= share)])
    blurred = Scale.fit(space, blur=blur)
    assert blurred.mean == pytest.approx(1, abs=1e-3)
    assert blurred.mean_raw == plain.mean_raw
    scores = blurred.curve(at)
    assert (np.diff(scores) >= -1e-9).all()
    # Of the very same a plain scale says how few pairs of the sample are; this one says no more
    # than of those that are hardly told apart, but for a factor of two.
    gained = scores[-1] - float(blurred.curve(np.array([blur]))[0])
    spread = scores[-1] / np.log1p(1 / np.exp(-plain.curve(np.array([blur]))[0]))
    assert gained <= np.log(2) * spread + 1e-6
    assert plain.curve(at)[-1] - plain.curve(np.array([blur]))[0] > 2
