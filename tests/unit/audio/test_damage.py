"""Of a damaged file what is whole is used, and it is said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.audio.decode import RATE, Decoded, decode
from segue.errors import BadFileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Sound = NDArray[np.float32]
    Write = Callable[..., Path]


@pytest.fixture
def mp3(song_file: Callable[[str], Path]) -> Path:
    return song_file("mp3")


def hole(path: Path, target: Path, *, at: float, size: int = 4000) -> Path:
    """A copy with `size` bytes of garbage in it."""
    data = bytearray(path.read_bytes())
    first = int(len(data) * at)
    data[first : first + size] = np.random.default_rng(3).bytes(size)
    target.write_bytes(data)
    return target


def found_in(whole: Sound, decoded: Decoded) -> list[bool]:
    """Whether each half second of an excerpt stands in `whole`, within a second of its place."""
    step, reach = RATE // 2, RATE
    found = []
    for first in range(0, len(decoded.audio) - step, step):
        piece = decoded.audio[first : first + step]
        place = round(decoded.start * RATE) + first
        around = whole[max(0, place - reach) : place + step + reach]
        match = np.correlate(around, piece, mode="valid")
        best = int(match.argmax())
        found.append(bool(np.corrcoef(around[best : best + step], piece)[0, 1] > 0.99))
    return found


def test_past_a_hole_in_the_middle(mp3: Path, tmp_path: Path) -> None:
    whole = decode(mp3, seconds=None).audio
    broken = hole(mp3, tmp_path / "hole.mp3", at=0.45)
    decoded = decode(broken, seconds=6.0)
    assert decoded.seconds == 6.0
    assert all(found_in(whole, decoded))
    assert "the file is damaged at 9.0 s; 6" in decoded.warning
    assert decoded.start > 9.0


def test_a_whole_file_ends_at_the_hole(mp3: Path, tmp_path: Path) -> None:
    broken = decode(hole(mp3, tmp_path / "hole.mp3", at=0.45), seconds=None)
    assert 8.5 < broken.seconds < 9.3
    assert broken.warning.endswith("what comes before was used")
    assert broken.duration == pytest.approx(20.0, abs=0.1)


@pytest.mark.parametrize(("share", "seconds"), [(0.4, 3.0), (0.4, 30.0)])
def test_a_file_cut_short_is_taken_from_its_real_middle(
    mp3: Path, tmp_path: Path, share: float, seconds: float
) -> None:
    data = mp3.read_bytes()
    cut = tmp_path / "cut.mp3"
    cut.write_bytes(data[: int(len(data) * share)])
    decoded = decode(cut, seconds=seconds)
    assert decoded.duration == pytest.approx(20.0 * share, abs=0.2)
    assert decoded.seconds == pytest.approx(min(seconds, decoded.duration), abs=0.06)
    assert decoded.start == pytest.approx(max(0.0, (decoded.duration - seconds) / 2), abs=0.06)
    assert "the file says it is 20 s long and ends after" in decoded.warning


def test_a_hole_in_flac_leaves_no_noise(tmp_path: Path, song_file: Callable[[str], Path]) -> None:
    path = song_file("flac")
    whole = decode(path, seconds=None).audio
    broken = hole(path, tmp_path / "hole.flac", at=0.5, size=60_000)
    decoded = decode(broken, seconds=5.0)
    assert decoded.seconds == 5.0
    # FLAC frames carry checksums: those in the hole are left out, one piece spans the cut.
    assert found_in(whole, decoded).count(False) <= 1


def test_garbage_before_an_mp3_does_not_matter(mp3: Path, tmp_path: Path) -> None:
    led = tmp_path / "led.mp3"
    led.write_bytes(np.random.default_rng(5).bytes(3000) + mp3.read_bytes())
    assert decode(led).seconds == pytest.approx(20.0, abs=0.1)


def test_an_m4a_without_its_index_holds_nothing(
    tmp_path: Path, song_file: Callable[[str], Path]
) -> None:
    data = song_file("m4a").read_bytes()
    path = tmp_path / "cut.m4a"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(BadFileError, match="no audio can be read from it"):
        decode(path)


def test_a_wav_header_alone_holds_nothing(tmp_path: Path, write: Write) -> None:
    path = write(tmp_path / "header.wav", np.zeros((1, 8), np.float32), codec="pcm_s16le")
    path.write_bytes(path.read_bytes()[:-16])
    with pytest.raises(BadFileError, match="no audio can be"):
        decode(path)
