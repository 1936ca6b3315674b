"""Material: rows that stay together, and spectrograms that stay on the disk."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.embedding.material import Mapped, Material
from segue.embedding.windows import BANDS
from segue.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, list[np.ndarray]]:
    """Three spectrograms of 4, 1 and 6 frames, end to end."""
    rng = np.random.default_rng(3)
    drawn = [rng.integers(0, 256, size=(n, BANDS), dtype=np.uint8) for n in (4, 1, 6)]
    path = tmp_path / "spectrograms"
    path.write_bytes(b"".join(each.tobytes() for each in drawn))
    return path, drawn


PLACES = ((0, 4), (4, 1), (5, 6))


def test_spectrograms_are_read_as_they_were_written(kept) -> None:
    path, drawn = kept
    mapped = Mapped(path, PLACES)
    assert len(mapped) == 3
    for one, other in zip(mapped, drawn, strict=True):
        assert np.array_equal(one, other)
        assert not one.flags.writeable
    assert np.array_equal(mapped[-1], drawn[2])
    assert np.array_equal(mapped[1:][0], drawn[1])
    with pytest.raises(IndexError):
        mapped[3]


def test_a_copy_for_another_process_holds_no_spectrogram(kept) -> None:
    path, drawn = kept
    mapped = Mapped(path, PLACES)
    mapped[0]
    copied = pickle.dumps(mapped)
    assert len(copied) < 300
    assert np.array_equal(pickle.loads(copied)[2], drawn[2])  # noqa: S301 (our own)


def test_what_is_known_of_a_track_stays_with_it(kept) -> None:
    path, drawn = kept
    material = Material(
        ids=("a", "b", "c"),
        artists=("x", "", "x"),
        genres=("rock", "", "folk"),
        spectrograms=Mapped(path, PLACES),
        source="a test",
        digest="0",
        labels=("X – A", "B", "X – C"),
    )
    some = material.at(np.array([2, 0]))
    assert (len(material), len(some)) == (3, 2)
    assert (some.ids, some.artists, some.genres) == (("c", "a"), ("x", "x"), ("folk", "rock"))
    assert some.labels == ("X – C", "X – A")
    assert np.array_equal(some.spectrograms[0], drawn[2])
    assert len(material.at(np.array([], dtype=np.int64)).spectrograms) == 0


def test_a_file_that_is_gone_or_cut_short_is_said(kept, tmp_path: Path) -> None:
    path, _ = kept
    with pytest.raises(UnavailableError, match=r"are gone.*same command again"):
        Mapped(tmp_path / "none", PLACES)[0]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UnavailableError, match="not all of them are there"):
        Mapped(path, PLACES)[0]
    path.write_bytes(b"")
    with pytest.raises(UnavailableError):
        Mapped(path, PLACES)[0]
