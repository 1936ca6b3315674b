"""Weights found by the walk, on evidence whose best weights are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.evaluation.continuation import ndcg, r_precision
from segue.training.lenses.evidence import Evidence
from segue.training.lenses.judging import named, parted, rivals_of, weigh, weigh_genres
from segue.training.lenses.search import search

NAMES = ("true", "noise", "half true")


def evidence_of(
    questions: int = 90, *, seed: int = 3, genres: tuple[str, ...] = ("",), groups: int = 90
) -> Evidence:
    """The first space tells hits from others, the second nothing, the third a little."""
    rng = np.random.default_rng(seed)
    scores, hits = [], []
    for number in range(questions):
        hit = rng.random(60) < 0.2
        hit[0] = True
        upside = genres[number % len(genres)] == "odd"
        columns = [
            (hit != upside) + 0.7 * rng.normal(size=60),
            2 * rng.normal(size=60),
            0.4 * hit + rng.normal(size=60),
        ]
        scores.append(np.column_stack(columns).astype(np.float32))
        hits.append(hit)
    return Evidence(
        NAMES,
        tuple(scores),
        tuple(hits),
        tuple(int(hit.sum()) + 1 for hit in hits),
        tuple(str(number % groups) for number in range(questions)),
        tuple(genres[number % len(genres)] for number in range(questions)),
    )


def test_what_tells_weighs_most_and_what_says_nothing_goes() -> None:
    weights = search(evidence_of())
    assert weights.sum() == pytest.approx(1)
    assert weights[0] > 0.5
    assert weights[1] == 0
    assert 0 < weights[2] < weights[0]


def test_the_walk_never_ends_below_where_it_began() -> None:
    evidence = evidence_of(20)
    for start in (np.ones(3), np.array([0.0, 1.0, 0.0]), np.array([0.1, 0.1, 5.0])):
        found = search(evidence, start=start)
        assert evidence.judged(found).mean() >= evidence.judged(start).mean() - 0.002
        np.testing.assert_array_equal(found, search(evidence, start=start))


@given(st.integers(0, 10_000), st.floats(0.01, 10))
def test_figures_are_those_of_a_naive_ranking(seed: int, factor: float) -> None:
    evidence = evidence_of(3, seed=seed)
    weights = np.array([factor, 0.3, 1.0])
    for number, figure in enumerate(evidence.judged(weights)):
        total = evidence.scores[number] @ weights.astype(np.float32)
        ranked = evidence.hits[number][np.argsort(-total, kind="stable")]
        hidden = evidence.hidden[number]
        naive = (r_precision(ranked, hidden) + ndcg(ranked, hidden)) / 2
        assert figure == pytest.approx(naive)


def test_learned_weights_are_judged_by_groups_they_were_not_learned_from() -> None:
    evidence = evidence_of(120, groups=30)
    learned, judging = parted(evidence)
    assert len(learned) + len(judging) == 120
    assert not set(learned.groups) & set(judging.groups)
    weighed = weigh(evidence)
    assert weighed is not None
    assert (weighed.questions, weighed.judged) == (120, len(judging))
    assert next(iter(weighed.weights)) == "true"
    assert weighed.rivals["noise"].low > 0
    assert weighed.figure.low <= weighed.figure.value <= weighed.figure.high
    assert set(weighed.rivals) == {*NAMES, "even"}


def test_too_few_questions_teach_nothing() -> None:
    assert weigh(evidence_of(39)) is None


def test_a_genre_gets_weights_of_its_own_where_they_are_surely_better() -> None:
    evidence = evidence_of(240, genres=("plain", "odd", ""))
    general = {"true": 1.0}
    found = weigh_genres(evidence, general)
    assert set(found) == {"odd"}
    assert found["odd"].weights.get("true", 0.0) < 0.5
    assert found["odd"].rivals["all genres"].low > 0


def test_rivals_are_each_space_even_weights_and_the_hybrid() -> None:
    assert set(rivals_of(("text",))) == {"text"}
    rivals = rivals_of(("text", "artist", "attributes"))
    assert set(rivals) == {"text", "artist", "attributes", "even", "hybrid"}
    np.testing.assert_allclose(rivals["hybrid"], [0.4, 0, 0.6])


def test_weights_are_named_the_heaviest_first() -> None:
    named_weights = named(NAMES, np.array([0.25, 0.0, 0.75]))
    assert list(named_weights.items()) == [("half true", 0.75), ("true", 0.25)]
