"""Every index finds exactly what comparing all vectors finds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from segue.index.exact import ExactIndex, Index

INDEXES = [ExactIndex]


def unit_vectors(count: int, dims: int, *, seed: int = 3) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, dims)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def oracle(vectors: np.ndarray, query: np.ndarray, allowed: np.ndarray, k: int) -> list[int]:
    scores = vectors.astype(np.float64) @ query.astype(np.float64)
    places = [int(p) for p in np.argsort(-scores, kind="stable") if allowed[p]]
    return places[:k]


@pytest.mark.parametrize("kind", INDEXES)
class TestEveryIndex:
    @pytest.mark.parametrize("k", [1, 7, 50, 400])
    @pytest.mark.parametrize("share", [1.0, 0.3, 0.01])
    def test_finds_what_comparing_all_finds(self, kind: type[Index], k: int, share: float) -> None:
        vectors = unit_vectors(311, 19)
        allowed = np.random.default_rng(k).random(311) < share
        index = kind(vectors)
        for query in unit_vectors(5, 19, seed=8):
            found = index.search(query, k=k, allowed=allowed)
            assert found.places.tolist() == oracle(vectors, query, allowed, k)
            np.testing.assert_allclose(found.scores, vectors[found.places] @ query, atol=1e-6)

    def test_everything_is_allowed_when_nothing_is_said(self, kind: type[Index]) -> None:
        vectors = unit_vectors(40, 5)
        assert kind(vectors).search(vectors[7], k=1).places.tolist() == [7]
        assert len(kind(vectors).search(vectors[7], k=99).places) == 40

    def test_ties_stand_by_place_and_come_whole(self, kind: type[Index]) -> None:
        vectors = np.repeat(unit_vectors(3, 4), 50, axis=0)
        found = kind(vectors).search(vectors[60], k=20, margin=1e-6)
        assert found.places.tolist() == list(range(50, 100))

    def test_a_margin_gives_every_near_tie(self, kind: type[Index]) -> None:
        vectors = unit_vectors(500, 3)
        scores = vectors @ vectors[11]
        tenth = np.sort(scores)[-10]
        found = kind(vectors).search(vectors[11], k=10, margin=0.1)
        expected = set(np.flatnonzero(scores >= tenth - 0.1).tolist())
        assert set(found.places.tolist()) == expected
        assert len(expected) > 10

    def test_nothing_allowed_and_nothing_there(self, kind: type[Index]) -> None:
        vectors = unit_vectors(9, 4)
        nobody = np.zeros(9, dtype=bool)
        assert kind(vectors).search(vectors[0], k=3, allowed=nobody).places.tolist() == []
        assert kind(vectors[:0]).search(vectors[0], k=3).places.tolist() == []
        assert len(kind(vectors[:0])) == 0


def test_filtered_places_are_never_found_however_near() -> None:
    vectors = unit_vectors(200, 8)
    index = ExactIndex(vectors)
    for place in range(0, 200, 17):
        allowed = np.ones(200, dtype=bool)
        allowed[place] = False
        assert place not in index.search(vectors[place], k=200, allowed=allowed).places


def test_a_search_keeps_to_its_own_thread() -> None:
    import faiss

    index = ExactIndex(unit_vectors(30, 6))

    def threads_after_a_search() -> int:
        faiss.omp_set_num_threads(2)
        index.search(index.vectors[0], k=1)
        return int(faiss.omp_get_max_threads())

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(threads_after_a_search).result() == 1


def test_the_vectors_are_held_once() -> None:
    vectors = unit_vectors(30, 6)
    index = ExactIndex(vectors)
    np.testing.assert_array_equal(index.vectors, vectors)
    assert not index.vectors.flags.owndata
