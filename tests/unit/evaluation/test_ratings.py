"""Plays as graded ratings: how they are counted, parted and judged."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.errors import BadTableError
from segue.evaluation import numbers
from segue.evaluation.plays import Counts
from segue.evaluation.ratings import BASELINE, MEAN, METRICS, judge
from segue.records import Play, Rejection, TrackRecord
from segue.sources.history import read_history

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTENING = Path(__file__).resolve().parents[4] / "shared" / "data" / "listening"


def plays_of(listeners: int = 60, pieces: int = 30, *, seed: int = 3) -> Iterator[Play]:
    """Two camps, each of which plays one half of the pieces eight times as often as the other."""
    rng = np.random.default_rng(seed)
    for who in range(listeners):
        for what in rng.choice(pieces, size=25, replace=False).tolist():
            loves = (what < pieces // 2) == (who % 2 == 0)
            times = int(rng.integers(2, 4) * (8 if loves else 1) * (1 + who))
            yield Play(f"listener {who}", TrackRecord(artists=(f"Artist {what}",)), times)


def test_plays_are_counted_by_piece() -> None:
    song = TrackRecord(title="Halo", artists=("Beyoncé",))
    counts = Counts.of(
        [
            Play("a", song, 2),
            Play("b", TrackRecord(artists=("Muse",)), 4),
            Play("a", TrackRecord(title="halo", artists=("beyonce",)), 3),
            Rejection("plays.csv", 4, "no"),
            Play("a", TrackRecord(), 3),
            Play("a", TrackRecord(artists=("†††",))),
        ]
    )
    assert counts.listeners.tolist() == [0, 1, 0]
    assert counts.items.tolist() == [0, 1, 2]
    assert counts.times.tolist() == [5, 4, 1]
    assert counts.rejected == 2


def test_what_is_held_out_has_no_part_in_what_is_usual() -> None:
    counts = Counts.of(plays_of())
    parted = counts.parted(seed=1)
    assert len(parted.values) == 60 * math.ceil(0.2 * 25)
    learned = parted.learned
    assert len(learned) + len(parted.values) == len(counts.times)
    means = np.bincount(learned.listeners, learned.values) / np.bincount(learned.listeners)
    np.testing.assert_allclose(means, 0.0, atol=1e-12)
    pairs = set(zip(learned.listeners.tolist(), learned.items.tolist(), strict=True))
    assert not pairs & set(zip(parted.listeners.tolist(), parted.items.tolist(), strict=True))
    again = counts.parted(seed=1)
    np.testing.assert_array_equal(again.items, parted.items)
    assert not np.array_equal(counts.parted(seed=2).items, parted.items)


def test_neighbours_see_camps_that_the_baseline_cannot() -> None:
    counts = Counts.of(plays_of())
    report = judge(counts, source="camps", neighbours=10)
    by_name = {each.name: each for each in report.contenders}
    nearest = by_name["neighbours, pearson_baseline"]
    assert nearest.figures["rmse"].value < 0.7 * by_name[BASELINE].figures["rmse"].value
    assert nearest.above_baseline["rmse"].high < 0 < nearest.above_baseline["spearman"].low
    assert by_name[MEAN].figures["spearman"].value == 0.0
    assert by_name[BASELINE].above_baseline == {}
    for each in report.contenders:
        assert set(each.figures) == set(METRICS)
        assert all(one.low <= one.value <= one.high for one in each.figures.values())
    assert report.notes == ()
    values = counts.parted().values
    mean = np.full(len(values), counts.parted().learned.mean)
    assert by_name[MEAN].figures["rmse"].value == pytest.approx(numbers.rmse(values, mean))
    assert by_name[MEAN].figures["mae"].value == pytest.approx(numbers.mae(values, mean))


def test_counts_that_grade_nothing_are_refused() -> None:
    once = [Play(each.listener, each.track) for each in plays_of(5)]
    with pytest.raises(BadTableError, match=r"ratings are 1: .* space `together`"):
        judge(Counts.of(once))
    with pytest.raises(BadTableError, match="no play that can be counted"):
        Counts.of([])
    few = [Play("a", TrackRecord(artists=(name,)), times) for name, times in (("x", 1), ("y", 2))]
    with pytest.raises(BadTableError, match="no listener of 1 played 10 different pieces"):
        judge(Counts.of(few))


@pytest.mark.realdata
@pytest.mark.skipif(not LISTENING.is_dir(), reason="the real data is not beside this checkout")
def test_last_fm_is_read_whole() -> None:
    counts = Counts.of(read_history(LISTENING))
    assert (counts.listener_count, counts.rejected) == (1892, 0)
    assert len(counts.times) > 92_000
