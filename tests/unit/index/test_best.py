"""The highest of many scores, with every near tie."""

from __future__ import annotations

import numpy as np
import pytest

from segue.index.best import highest


@pytest.mark.parametrize("count", [1, 5, 63, 64, 65, 1000, 5000])
@pytest.mark.parametrize("k", [1, 10, 90])
def test_is_the_head_of_a_full_sort(count: int, k: int) -> None:
    scores = np.random.default_rng(count).normal(size=count).astype(np.float32)
    scores[::3] = -np.inf
    order = [int(r) for r in np.argsort(-scores, kind="stable") if scores[r] > -np.inf]
    assert highest(scores, k=k).tolist() == order[:k]


def test_the_margin_takes_in_near_ties_below_the_k_th() -> None:
    scores = np.linspace(0, 1, 2001, dtype=np.float32)
    found = highest(scores, k=5, margin=0.0101)
    assert found.tolist() == list(range(2000, 2000 - 25, -1))


def test_ties_of_the_k_th_all_come_by_row() -> None:
    scores = np.zeros(700, dtype=np.float32)
    scores[[40, 600]] = 1
    found = highest(scores, k=3).tolist()
    assert found[:2] == [40, 600]
    assert found[2:] == [row for row in range(700) if row not in {40, 600}]


def test_nothing_to_choose_from() -> None:
    assert highest(np.full(200, -np.inf, dtype=np.float32), k=4).tolist() == []
    assert highest(np.empty(0, dtype=np.float32), k=4).tolist() == []


def test_the_margin_counts_also_where_one_block_holds_the_best() -> None:
    # A single pass over the maxima of blocks finds the best alone, and what is near it lies below.
    scores = np.full(64, -1.0, dtype=np.float32)
    scores[:2] = 0.0, 0.25
    assert highest(scores, k=1, margin=0.3).tolist() == [1, 0]
    assert highest(scores, k=1, margin=0.2).tolist() == [1]
