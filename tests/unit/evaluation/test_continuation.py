"""Metrics of continued playlists against naive versions of their equations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.evaluation.continuation import METRICS, Found, compare, interval_of, judge

TRACKS = 60
ARTISTS = [(f"a{row % 7}",) for row in range(TRACKS)]

rankings = st.permutations(range(TRACKS)).flatmap(
    lambda rows: st.integers(0, TRACKS).map(lambda n: rows[:n])
)
# Beyond the last row stand tracks that nothing knows.
hiddens = st.sets(st.integers(0, TRACKS + 10), min_size=1, max_size=40).map(sorted)


def naive(ranking, hidden, artists):
    g = set(hidden)
    first = ranking[: len(hidden)]
    plain = len([row for row in first if row in g]) / len(g)
    name = lambda row: artists[row][0] if row < len(artists) else None  # noqa: E731
    wanted = {name(row) for row in g if row not in first} - {None}
    got = {name(row) for row in first if row not in g}
    dcg = ideal = found = 0.0
    hits = 0
    for rank, row in enumerate(ranking, start=1):
        if row in g:
            dcg += 1.0 if rank == 1 else 1 / math.log2(rank + 1)
            hits += 1
            found += 1 / math.log2(hits + 1)
    for rank in range(1, len(g) + 1):
        ideal += 1 / math.log2(rank + 1)
    at = next((rank for rank, row in enumerate(ranking) if row in g), None)
    return {
        "r_precision": plain,
        "r_precision_artist": plain + (0.25 * len(wanted & got) / len(wanted) if wanted else 0),
        "ndcg": dcg / ideal,
        "ndcg_found": dcg / found if hits else 0.0,
        "clicks": 51 if at is None else math.floor(at / 10),
        "recall_10": len(g & set(ranking[:10])) / len(g),
        "recall_50": len(g & set(ranking[:50])) / len(g),
        "recall_500": len(g & set(ranking)) / len(g),
    }


@given(rankings, hiddens)
@settings(deadline=None, max_examples=150)
def test_every_metric_is_its_equation(ranking, hidden):
    found = judge(np.array(ranking, dtype=np.int64), np.array(hidden), artists=ARTISTS)
    assert found == pytest.approx(naive(ranking, hidden, ARTISTS))
    assert list(found) == list(METRICS)
    assert 0 <= found["r_precision"] <= found["r_precision_artist"] <= 1.25
    assert found["ndcg"] <= found["ndcg_found"] + 1e-12 <= 1 + 1e-9


@given(hiddens)
@settings(deadline=None, max_examples=30)
def test_the_best_ranking_has_the_best_figures(hidden):
    found = judge(np.array(hidden), np.array(hidden), artists=ARTISTS)
    assert found["r_precision"] == found["r_precision_artist"] == found["recall_500"] == 1
    assert found["ndcg"] == pytest.approx(1)
    assert found["ndcg_found"] == pytest.approx(1)
    assert found["clicks"] == 0


def test_only_five_hundred_count():
    ranking = np.arange(600)
    late = judge(ranking, np.array([550]))
    assert (late["recall_500"], late["clicks"], late["ndcg"], late["ndcg_found"]) == (0, 51, 0, 0)
    assert judge(ranking, np.array([499]))["clicks"] == 49


def test_what_a_method_likes_is_told_by_its_first_ten():
    counts = np.array([0, 1, 1, 2, 50, *[1] * 95])
    found = Found()
    found.add(np.array([4, 3]), np.array([9]))
    found.add(np.array([4, 0]), np.array([9]))
    liking = found.liking(counts)
    assert liking == {"distinct": 3.0, "coverage": 2 / 99, "popularity": 26.0, "head": 0.5}
    assert Found().liking(counts)["distinct"] == 0


def test_differences_are_paired():
    rng = np.random.default_rng(4)
    first, second = Found(), Found()
    for _ in range(60):
        hidden = rng.choice(40, size=8, replace=False)
        ranking = rng.permutation(60)
        better = np.concatenate([hidden[:1], ranking[ranking != hidden[0]]])
        first.add(better, hidden)
        second.add(ranking, hidden)
    apart = compare(first, second, "r_precision")
    assert apart.value == pytest.approx(first.mean("r_precision") - second.mean("r_precision"))
    assert 0 < apart.low < apart.value < apart.high
    alone = interval_of(first, "r_precision")
    # On the same playlists differences are surer than either figure.
    assert apart.high - apart.low < alone.high - alone.low
    same = compare(first, first, "ndcg")
    assert (same.low, same.value, same.high) == (0, 0, 0)
