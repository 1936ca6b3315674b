"""Many vectors lie in a file that is made once and made anew when they change."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.catalogue import mapped
from segue.catalogue.mapped import array_of
from segue.storage import leases

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "MAPPED_FROM", 100)


class Stored:
    """Vectors of some rows in an order of their own, and how often they were read."""

    def __init__(self, rows: list[int], *, seed: int = 1) -> None:
        self.rows = np.array(sorted(rows), dtype=np.int64)
        generator = np.random.default_rng(seed)
        drawn = {row: generator.normal(size=8).astype("<f2") for row in sorted(rows)}
        self.order = [(row, drawn[row]) for row in rows]
        self.read = 0
        self.expected = np.stack([drawn[row] for row in sorted(rows)])

    def __call__(self) -> list[tuple[int, bytes]]:
        self.read += 1
        return [(row, vector.tobytes()) for row, vector in self.order]

    def array(self, folder: Path | None) -> np.ndarray:
        return array_of(self, self.rows, size=16, dtype="<f2", folder=folder, name="sound")


def test_the_array_stands_by_row_whatever_the_order(tmp_path: Path) -> None:
    for folder in (None, tmp_path / "beside"):
        stored = Stored([9, 2, 30, 4, 11, 5, 28])
        np.testing.assert_array_equal(stored.array(folder), stored.expected)


def test_the_file_is_made_once_and_again_when_a_vector_changes(tmp_path: Path) -> None:
    folder = tmp_path / "beside"
    first, same, other = Stored([*range(9)]), Stored([*range(9)]), Stored([*range(9)], seed=2)
    before = first.array(folder)
    (made,) = folder.glob("*.vectors")
    same.array(folder)
    assert (first.read, same.read) == (2, 1)
    assert [*folder.glob("*.vectors")] == [made]
    np.testing.assert_array_equal(other.array(folder), other.expected)
    assert len([*folder.glob("*.vectors")]) == 2
    with pytest.raises(ValueError, match="read-only"):
        before[0, 0] = 1


def test_a_file_that_no_longer_counts_goes_when_nobody_has_it_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "YOUNG", -1.0)
    folder = tmp_path / "beside"
    first = Stored([*range(9)])
    before = first.array(folder)
    (made,) = folder.glob("*.vectors")
    other = Stored([*range(9)], seed=2).array(folder)
    assert made.exists()
    np.testing.assert_array_equal(before, first.expected)
    del before
    third = Stored([*range(9)], seed=3).array(folder)
    assert not made.exists()
    assert len([*folder.glob("*.vectors")]) == 2
    del other, third
    assert not [*folder.glob("*.held")]


def test_few_vectors_need_no_file(tmp_path: Path) -> None:
    Stored([1, 2]).array(tmp_path / "beside")
    assert not (tmp_path / "beside").exists()


def test_without_room_for_a_file_they_are_held_and_that_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "beside").write_text("no folder")
    stored = Stored([*range(9)])
    np.testing.assert_array_equal(stored.array(tmp_path / "beside"), stored.expected)
    assert "for want of a file" in caplog.text


def test_what_a_killed_process_left_unfinished_goes(tmp_path: Path) -> None:
    folder = tmp_path / "beside"
    folder.mkdir()
    old, new = folder / "sound-aa.17.part", folder / "sound-bb.18.part"
    for part in (old, new):
        part.write_bytes(b"half")
    long_ago = time.time() - 2 * mapped.ABANDONED
    os.utime(old, (long_ago, long_ago))
    Stored([*range(9)]).array(folder)
    assert not old.exists()
    assert new.exists()
