"""Rounds: what a playlist may move, what is merged, what is refused, and what is learned."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from libraries import LIBRARIES, corpus_of, kinship, lists_of
from segue.errors import BadFileError, BadRequestError, UnavailableError
from segue.snapshot import Corpus, Trained
from segue.spaces import buckets
from segue.spaces.federated import FederatedModel, FederatedSpace
from segue.training.federated import merging, plan, steps
from segue.training.federated.files import Named
from segue.training.federated.plan import Plan, Round, Update

OPEN = Plan("00000000000000aa", 3, 8, 256, 0, None, None)
NOISY = Plan("00000000000000bb", 3, 8, 256, 0, 8.0, 1e-5)


def named_round(held: Round) -> Named[Round]:
    return Named(held, Path(f"round-{held.number}.npz"), f"{held.number:064x}")


def answered(where: Named[Round], corpus: Corpus, *, who: int) -> Named[Update]:
    here = where.held
    values = steps.moved(corpus, here, seed=100 * here.number + who)
    update = Update(
        here.plan.federation,
        here.number,
        where.digest,
        f"{who:016x}",
        here.plan.noise(here.number),
        values,
    )
    return Named(update, Path(f"update-{who}.npz"), f"{who * 7 % 5:064x}")


def trained(corpora: list[Corpus], agreed: Plan) -> FederatedModel:
    here = plan.begun(agreed)
    for _ in range(agreed.rounds):
        where = named_round(here)
        updates = [answered(where, each, who=who) for who, each in enumerate(corpora)]
        here = merging.merged(where, updates)
    return merging.model(here)


def space_of(corpus: Corpus, model: FederatedModel) -> FederatedSpace:
    state = {
        "features": buckets.VERSION,
        "artists": model.artists,
        "releases": model.releases,
        "strength": model.strength,
    }
    kept = Trained("", state, {"weights": model.weights, "scales": model.scales})
    return FederatedSpace.build(replace(corpus, trained={"federated": kept}))


LISTS = [lists_of(library) for library in range(LIBRARIES)]
CORPORA = [corpus_of(lists) for lists in LISTS]
WHERE = named_round(plan.begun(OPEN))
UPDATES = [answered(WHERE, corpus, who=who) for who, corpus in enumerate(CORPORA)]


def test_together_they_know_what_none_knows_alone() -> None:
    together = kinship(space_of(CORPORA[0], trained(CORPORA, OPEN)), CORPORA[0])
    alone = [
        kinship(space_of(CORPORA[0], trained([corpus, corpus_of(lists[:2])], OPEN)), CORPORA[0])
        for corpus, lists in zip(CORPORA, LISTS, strict=True)
    ]
    assert together > max(alone) + 0.2
    assert together > 0.7


def test_what_is_merged_is_what_one_place_would_have_learned() -> None:
    everything = corpus_of([rows for lists in LISTS for rows in lists])
    here = merging.turned(
        WHERE.held,
        steps.summed(steps.profiles(everything, OPEN), WHERE.held),
        noise=0.0,
        peers=LIBRARIES,
    )
    there = merging.merged(WHERE, UPDATES)
    np.testing.assert_allclose(there.scales, here.scales, rtol=1e-4)
    # The same directions, whatever their signs.
    overlap = np.linalg.svd(there.weights.T @ here.weights, compute_uv=False)
    np.testing.assert_allclose(overlap, 1.0, atol=1e-4)


@settings(max_examples=15)
@given(st.integers(0, LIBRARIES - 1), st.integers(0, 59), st.integers(0, 1))
def test_a_playlist_moves_a_sum_by_no_more_than_its_length(
    library: int, gone: int, number: int
) -> None:
    lists = LISTS[library]
    here = replace(
        plan.begun(OPEN), number=number, scales=np.full(OPEN.columns, 0.5, dtype=np.float32)
    )
    with_it, without = (
        steps.summed(steps.profiles(corpus_of(each), OPEN), here)
        for each in (lists, lists[:gone] + lists[gone + 1 :])
    )
    assert np.linalg.norm(with_it - without) <= OPEN.length(number) * (1 + 1e-6)


def test_noise_is_as_strong_as_the_plan_says_and_never_the_same_twice() -> None:
    here = plan.begun(NOISY)
    plain = steps.summed(steps.profiles(CORPORA[0], NOISY), here)
    first, second = (steps.moved(CORPORA[0], here) for _ in range(2))
    assert (first - plain).std() == pytest.approx(NOISY.noise(0), rel=0.1)
    assert not np.allclose(first, second)


def test_rounds_with_noise_together_keep_the_promise() -> None:
    from segue.training.federated.privacy import epsilon_of

    assert NOISY.strength is not None
    together = NOISY.strength * NOISY.rounds**0.5
    assert epsilon_of(together, 1e-5) == pytest.approx(8.0, rel=1e-6)


def test_a_playlist_beyond_the_most_moves_a_sum_by_no_more_than_its_length() -> None:
    # As many as count, all alike, which make the sum as long as it may be, and one of other songs.
    few = replace(OPEN, most=6)
    here = replace(plan.begun(few), number=1)
    alike, opposed = lists_of(0)[0], lists_of(LIBRARIES - 1)[-1]
    before, after, swapped = (
        steps.moved(corpus_of(lists), here)
        for lists in ([alike] * 6, [alike] * 6 + [opposed], [alike] * 7 + [opposed])
    )
    for one, other in ((before, after), (after, swapped)):
        assert 0 < np.linalg.norm(one - other) <= few.length(1) * (1 + 1e-6)


@given(st.integers(1, 40), st.integers(0, 39), st.integers(0, 2**32 - 1))
def test_a_sum_that_is_brought_within_a_length_moves_no_more_than_before(
    many: int, gone: int, seed: int
) -> None:
    most = 6.0
    each = np.random.default_rng(seed).normal(size=(many, 3, 2)) + 1.0
    each /= np.linalg.norm(each, axis=(1, 2), keepdims=True)
    all_, without = each.sum(axis=0), np.delete(each, gone % many, axis=0).sum(axis=0)
    one, other = steps.within(all_, most), steps.within(without, most)
    assert np.linalg.norm(one - other) <= 1 + 1e-9
    assert np.linalg.norm(one) <= most * (1 + 1e-9)
    if np.linalg.norm(all_) <= most:
        np.testing.assert_allclose(one, all_)


def test_all_of_too_many_playlists_take_part_and_no_more_than_the_most_is_told() -> None:
    few = replace(OPEN, most=20)
    here = plan.begun(few)
    whole = steps.summed(steps.profiles(CORPORA[0], few), here)
    told = steps.moved(CORPORA[0], here)
    assert np.linalg.norm(whole) > 20 * few.length(0)
    assert np.linalg.norm(told) == pytest.approx(20 * few.length(0), rel=1e-6)
    np.testing.assert_allclose(
        told / np.linalg.norm(told), whole / np.linalg.norm(whole), atol=1e-6
    )


def test_noise_that_nobody_can_guess_is_normal() -> None:
    drawn = steps.unguessed((501, 301))
    assert drawn.shape == (501, 301)
    assert kstest(drawn.ravel(), "norm").pvalue > 1e-9
    # Both numbers that come of the same bytes are told apart from one another.
    flat = drawn.ravel()
    half = (flat.size + 1) // 2
    assert abs(np.corrcoef(flat[: flat.size - half], flat[half:])[0, 1]) < 0.03


@pytest.mark.parametrize("order", list(itertools.permutations(range(LIBRARIES))))
def test_order_makes_no_difference(order: tuple[int, ...]) -> None:
    one = merging.merged(WHERE, UPDATES)
    other = merging.merged(WHERE, [UPDATES[place] for place in order])
    np.testing.assert_array_equal(one.weights, other.weights)
    np.testing.assert_array_equal(one.scales, other.scales)


def test_directions_that_are_noise_are_left_out() -> None:
    little = [corpus_of(lists[:2]) for lists in LISTS]
    model = trained(little, replace(NOISY, epsilon=0.1))
    assert model.weights.shape[1] <= 1
    assert model.strength <= 2 * (1 / NOISY.dims) ** 0.5
    assert kinship(space_of(CORPORA[0], model), CORPORA[0]) < 0.6


class TestRefusals:
    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"federation": "00000000000000ff"}, "belongs to the federation 00000000000000ff"),
            ({"number": 1}, "answers round 1"),
            ({"answers": "f" * 64}, "this is round 0"),
            ({"noise": 0.5}, r"bears noise of 0\.5, agreed were 0"),
            ({"values": np.zeros((3, 8), dtype=np.float32)}, r"has shape \(3, 8\)"),
            (
                {"values": np.full((OPEN.columns, 8), np.nan, dtype=np.float32)},
                r"numbers that are none \(NaN or infinite\)",
            ),
            (
                {"values": np.full((OPEN.columns, 8), 50, dtype=np.float32)},
                "2,000 playlists and noise make at most",
            ),
        ],
    )
    def test_what_nobody_can_have_meant(self, changed: dict[str, object], said: str) -> None:
        bad = replace(UPDATES[0], held=replace(UPDATES[0].held, **changed))
        with pytest.raises(BadFileError, match=said):
            merging.merged(WHERE, [bad, UPDATES[1]])

    def test_an_instance_that_comes_twice(self) -> None:
        with pytest.raises(BadRequestError, match="come from the same instance"):
            merging.merged(WHERE, [UPDATES[0], UPDATES[1], replace(UPDATES[0], path=Path("b"))])

    def test_an_update_alone(self) -> None:
        with pytest.raises(BadRequestError, match="1 update shares nothing"):
            merging.merged(WHERE, UPDATES[:1])

    def test_a_round_after_the_last(self) -> None:
        done = named_round(replace(WHERE.held, number=OPEN.rounds))
        with pytest.raises(BadRequestError, match="all 3 rounds are done"):
            merging.merged(done, UPDATES)

    def test_a_model_before_the_last(self) -> None:
        with pytest.raises(BadRequestError, match="0 of 3 rounds are done"):
            merging.model(WHERE.held)

    def test_a_library_without_playlists(self) -> None:
        with pytest.raises(UnavailableError, match="no playlist has two tracks"):
            steps.moved(corpus_of([[1]]), WHERE.held)

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"artists": 300}, "300 buckets of artists"),
            ({"rounds": 1}, "1 rounds find nothing"),
            ({"dims": 0}, "0 dimensions"),
            ({"epsilon": 3.0}, "ε and δ go together"),
            ({"most": 0}, "0 playlists an instance"),
        ],
    )
    def test_a_plan_that_cannot_be(self, changed: dict[str, float], said: str) -> None:
        with pytest.raises(BadRequestError, match=said):
            replace(OPEN, **changed)
