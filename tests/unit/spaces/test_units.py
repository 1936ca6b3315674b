"""However vectors are held and searched, scores are near and what is found is settled exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.spaces import units
from segue.spaces.units import Place, Units, to_units

if TYPE_CHECKING:
    from pathlib import Path

TRACKS, PLACED, DIMS = 3_400, 3_100, 16
TIERS = ["exact", "half", "graph", "lists"]


def always(_: int) -> bool:
    return True


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    generator = np.random.default_rng(5)
    centres = generator.normal(size=(29, DIMS))
    return to_units(centres[generator.integers(29, size=PLACED)] * 2 + generator.normal(
        size=(PLACED, DIMS)))  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return np.sort(np.random.default_rng(6).choice(TRACKS, PLACED, replace=False))


class Held:
    """Units of one tier, and what is true of them."""

    def __init__(self, vectors: np.ndarray, rows: np.ndarray, place: Place | None) -> None:
        self.units = Units(vectors, rows, tracks=TRACKS, place=place)
        self.whole = np.zeros((TRACKS, DIMS))
        self.whole[rows] = vectors
        self.placed = np.zeros(TRACKS, dtype=bool)
        self.placed[rows] = True

    def nearest(self, query: np.ndarray, *, k: int, allowed: np.ndarray | None) -> list[int]:
        found = self.units.nearest(
            query.astype(np.float32),
            k=k,
            allowed=allowed,
            margin=0.0,
            exactly=lambda rows: self.whole[rows] @ query,
        )
        return found.tolist()

    def truth(self, query: np.ndarray, *, k: int, allowed: np.ndarray | None) -> list[int]:
        fine = self.placed if allowed is None else self.placed & allowed
        order = np.argsort(-(self.whole @ query), kind="stable")
        return order[fine[order]][:k].tolist()


def as_tier(monkeypatch: pytest.MonkeyPatch, tier: str) -> None:
    monkeypatch.setattr(units, "tier_for", lambda *_: tier)


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize("tier", TIERS)
def test_scores_are_near_and_the_nearest_settled(
    vectors: np.ndarray,
    rows: np.ndarray,
    tier: str,
    indexed: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    as_tier(monkeypatch, tier)
    held = Held(vectors, rows, Place(tmp_path / "beside", "sound", 3))
    if indexed:
        assert held.units.make_index(going_on=always) == (tier in {"graph", "lists"})
        assert held.units.tier == tier
        assert not held.units.make_index(going_on=always)
    queries = vectors[[4, 90, 2_000]]
    off = held.units.score(queries.astype(np.float32)) - queries @ held.whole.T
    assert np.abs(off).max() <= held.units.error + 1e-6
    some = np.array([3, 3_399, 7, 7, 1_000])
    few = held.units.score(queries.astype(np.float32), rows=some) - queries @ held.whole[some].T
    assert np.abs(few).max() <= held.units.error + 1e-6
    hits = 0
    for query in vectors[::150]:
        for allowed in (None, np.arange(TRACKS) % 3 != 0):
            found = held.nearest(query, k=20, allowed=allowed)
            assert len(found) == 20
            hits += len(set(found) & set(held.truth(query, k=20, allowed=allowed)))
            if tier in {"exact", "half"} or not indexed:
                assert found == held.truth(query, k=20, allowed=allowed)
    assert hits >= 0.99 * 20 * 2 * len(vectors[::150])


@pytest.mark.parametrize("tier", ["graph", "lists"])
def test_an_index_that_is_kept_is_used_for_other_tracks_in_other_rows(
    vectors: np.ndarray, rows: np.ndarray, tier: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    as_tier(monkeypatch, tier)
    place = Place(tmp_path / "beside", "sound", 3)
    assert Held(vectors, rows, place).units.make_index(going_on=always)
    order = np.random.default_rng(8).permutation(PLACED)[:3_000]
    later = Held(vectors[order], rows[:3_000], place)
    assert later.units.tier == tier
    assert not later.units.make_index(going_on=always)
    for query in vectors[::300]:
        found = set(later.nearest(query, k=20, allowed=None))
        assert len(found & set(later.truth(query, k=20, allowed=None))) >= 19
    scores = later.units.score(vectors[:2].astype(np.float32))
    assert np.abs(scores - vectors[:2] @ later.whole.T).max() <= later.units.error + 1e-6
    for at in (0, 1_234):
        assert rows[at] in later.units.same(vectors[order[at]])


def test_a_worn_index_is_made_again_from_what_there_is_now(
    vectors: np.ndarray, rows: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_tier(monkeypatch, "graph")
    place = Place(tmp_path / "beside", "sound", 3)
    Held(vectors[:2_900], rows[:2_900], place).units.make_index(going_on=always)
    # 150 have gone and 150 have come: more than a tenth of 2,900.
    later = Held(vectors[150:3_050], rows[150:3_050], place)
    assert later.units.tier == "graph"
    assert later.units.make_index(going_on=lambda _: False) is False
    assert later.units.make_index(going_on=always)
    again = Held(vectors[150:3_050], rows[150:3_050], place)
    assert not again.units.make_index(going_on=always)
    query = vectors[3_000]
    assert again.nearest(query, k=1, allowed=None) == later.nearest(query, k=1, allowed=None)


def test_vectors_of_unlike_lengths_are_always_compared_in_full(
    vectors: np.ndarray, rows: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_tier(monkeypatch, "graph")
    lengths = np.linspace(0.5, 2.0, PLACED)[:, np.newaxis]
    held = Held(vectors * lengths, rows, Place(tmp_path, "sound", 3))
    assert (held.units.tier, held.units.error) == ("exact", 0.0)
    assert not held.units.make_index(going_on=always)
    assert held.nearest(vectors[9], k=9, allowed=None) == held.truth(vectors[9], k=9, allowed=None)


def test_the_same_vector_is_found_wherever_it_stands(vectors: np.ndarray, rows: np.ndarray) -> None:
    twice = np.concatenate([vectors[:50], vectors[10:20]])
    held = Units(twice, rows[:60], tracks=TRACKS)
    assert held.same(twice[12]).tolist() == [rows[12], rows[52]]
    assert held.same(-twice[12]).tolist() == []
