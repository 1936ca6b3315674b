"""Batches: P labels × K windows, whoever has many tracks; crops are what the clips hold."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from segue.embedding.windows import BANDS, COUNT, FRAMES, restored, starts
from segue.training.ears.batches import Clips, Sampler

CPU = torch.device("cpu")


@given(
    st.lists(st.integers(-1, 8), min_size=1, max_size=40).filter(lambda rows: max(rows) >= 0),
    st.integers(1, 6),
    st.integers(1, 5),
    st.integers(0, 99),
)
def test_a_batch_holds_k_windows_of_each_of_p_labels(
    labels: list[int], p: int, k: int, seed: int
) -> None:
    numbers = np.array(labels)
    sampler = Sampler(numbers, labels_at_once=p, each=k, draws=np.random.default_rng(seed))
    rows = sampler.draw()
    drawn, counts = np.unique(numbers[rows], return_counts=True)
    known = len(set(labels) - {-1})
    assert len(drawn) == min(p, known)
    assert (drawn >= 0).all()
    assert len(set(counts.tolist())) == 1
    assert counts[0] == k * p // min(p, known)
    for label in drawn:  # by turns: no track twice more often than another of its label
        of = np.bincount(rows[numbers[rows] == label], minlength=len(labels))[numbers == label]
        assert of.max() - of.min() <= 1


def _clips(lengths: list[int]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (length, BANDS)).astype(np.uint8) for length in lengths]


def test_crops_are_cut_where_they_are_asked_for() -> None:
    kept = _clips([300, 200])
    clips = Clips(kept, CPU)
    cut = clips.crops(np.array([1, 0]), np.array([20, 100]), length=FRAMES).numpy()
    np.testing.assert_allclose(cut[0], restored(kept[1][20:148]), atol=1e-6)
    np.testing.assert_allclose(cut[1], restored(kept[0][100:228]), atol=1e-6)


def test_beyond_the_ends_stands_what_is_nearest() -> None:
    kept = _clips([130])
    cut = Clips(kept, CPU).crops(np.array([0]), np.array([-5]), length=150).numpy()[0]
    ends = restored(kept[0])
    np.testing.assert_allclose(cut[:5], np.repeat(ends[:1], 5, axis=0), atol=1e-6)
    np.testing.assert_allclose(cut[135:], np.repeat(ends[-1:], 15, axis=0), atol=1e-6)


def test_a_clip_shorter_than_a_window_is_played_again() -> None:
    kept = _clips([50])
    clips = Clips(kept, CPU)
    assert clips.lengths.tolist() == [FRAMES]
    cut = clips.crops(np.array([0]), np.array([0]), length=FRAMES).numpy()[0]
    np.testing.assert_allclose(cut[50:100], cut[:50], atol=1e-6)


def test_the_windows_of_a_track_are_those_that_serving_hears() -> None:
    kept = _clips([1292, 400])
    windows = Clips(kept, CPU).windows(np.array([0, 1]), count=COUNT).numpy()
    assert windows.shape == (2 * COUNT, FRAMES, BANDS)
    for place, begin in enumerate(starts(400).tolist()):
        wanted = restored(kept[1][begin : begin + FRAMES])
        np.testing.assert_allclose(windows[COUNT + place], wanted, atol=1e-6)
