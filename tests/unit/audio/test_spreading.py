"""Several excerpts: spread evenly, each exactly what stands there, joined without a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from encoded import SONGS
from segue.audio.decode import RATE, decode
from segue.audio.spreading import FADE, join, lengths, places
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Sound = NDArray[np.float32]
    Write = Callable[..., Path]
    SongFile = Callable[[str], Path]

FADED = round(FADE * RATE)


@pytest.mark.parametrize("ending", SONGS)
def test_each_excerpt_is_what_stands_at_its_place(ending: str, song_file: SongFile) -> None:
    path = song_file(ending)
    whole = decode(path, seconds=None)
    found = decode(path, seconds=6.0, excerpts=4)
    assert (found.seconds, found.warning) == (6.0, "")
    counts, fade = lengths(6 * RATE, 4, rate=RATE)
    begins = places(whole.duration, max(counts) / RATE, 4)
    assert found.start == pytest.approx(begins[0], abs=0.01)
    first = 0
    for begin, count in zip(begins, counts, strict=True):
        piece = found.audio[first + fade : first + count - fade]
        near = round(begin * RATE) + fade
        # An excerpt begins where both rates have a sample, and headers round the length.
        same = min(
            range(near - 1000, near + 1000),
            key=lambda place: float(np.abs(whole.audio[place : place + 500] - piece[:500]).max()),
        )
        np.testing.assert_allclose(whole.audio[same : same + len(piece)], piece, atol=2e-6)
        first += count - fade


def test_excerpts_stand_in_the_middle_of_equal_parts() -> None:
    assert places(120.0, 10.0, 3) == [15.0, 55.0, 95.0]
    assert places(10.0, 10.0, 1) == [0.0]
    close = places(10.0, 3.4, 3)
    assert close[0] >= 0.0
    assert close[-1] + 3.4 <= 10.0


@pytest.mark.parametrize(
    ("samples", "count"), [(661_500, 3), (661_500, 20), (6891, 8), (7, 3), (20, 20)]
)
def test_excerpts_joined_are_as_long_as_asked(samples: int, count: int) -> None:
    counts, fade = lengths(samples, count, rate=RATE)
    assert max(counts) - min(counts) <= 1
    joined = join([np.ones(size, dtype=np.float32) for size in counts], fade=fade)
    assert len(joined) == samples


def roughness(audio: Sound) -> float:
    """The largest bend from one sample to the next: a click has a large one."""
    return float(np.abs(np.diff(audio, 2)).max())


@pytest.mark.parametrize("phase", np.linspace(0, 2 * np.pi, 7))
def test_a_join_does_not_click(phase: float) -> None:
    times = np.arange(RATE) / RATE
    before = np.sin(2 * np.pi * 440 * times).astype(np.float32)
    after = np.sin(2 * np.pi * 310 * times + phase).astype(np.float32)
    hard = np.concatenate([before[:-FADED], after])
    soft = join([before, after], fade=FADED)
    assert len(soft) == len(hard)
    assert roughness(soft) < 1.5 * roughness(before)
    if 0.5 < phase < 5.5:
        assert roughness(hard) > 3 * roughness(before)


def test_a_join_keeps_the_level() -> None:
    rng = np.random.default_rng(8)
    pieces = [rng.standard_normal(3 * FADED).astype(np.float32) for _ in range(200)]
    joined = join(pieces, fade=FADED)
    steps = joined[FADED : FADED + 199 * 2 * FADED].reshape(199, 2, FADED)
    only, faded = np.square(steps).mean(axis=(0, 2))
    assert faded == pytest.approx(only, rel=0.03)


def test_one_piece_is_given_back_as_it_is() -> None:
    piece = np.arange(10, dtype=np.float32)
    assert join([piece], fade=4) is piece


def test_a_short_file_is_taken_whole_and_none_means_all_of_it(tmp_path: Path, write: Write) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (1, 88_200)).astype(np.float32)
    path = write(tmp_path / "short.wav", noise, codec="pcm_s16le")
    plain = decode(path, seconds=None)
    for options in ({"seconds": 30.0}, {"seconds": 2.0}, {"seconds": None}):
        found = decode(path, excerpts=3, **options)
        np.testing.assert_array_equal(found.audio, plain.audio)


def test_less_than_one_excerpt_makes_no_sense(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="0 excerpts of a file"):
        decode(tmp_path / "any.mp3", excerpts=0)


def test_damage_in_one_excerpt_leaves_the_others(tmp_path: Path, song_file: SongFile) -> None:
    whole = decode(song_file("mp3"), seconds=None).audio
    data = bytearray(song_file("mp3").read_bytes())
    middle = len(data) // 2
    data[middle - 2000 : middle + 2000] = bytes(4000)
    path = tmp_path / "hole.mp3"
    path.write_bytes(data)
    found = decode(path, seconds=6.0, excerpts=3)
    assert "the file is damaged at 9.9 s" in found.warning
    assert found.seconds == 6.0
    third = 2 * RATE
    for first, around in ((0, 2.33), (third, 10.3), (2 * third, 15.7)):
        piece = found.audio[first + FADED : first + third - FADED]
        begin = round((around - 0.5) * RATE)
        match = np.correlate(whole[begin : begin + 3 * RATE], piece, mode="valid")
        same = begin + int(match.argmax())
        np.testing.assert_allclose(whole[same : same + len(piece)], piece, atol=2e-6)


def test_a_file_cut_short_is_spread_over_what_there_is(tmp_path: Path, song_file: SongFile) -> None:
    data = song_file("mp3").read_bytes()
    path = tmp_path / "cut.mp3"
    path.write_bytes(data[: len(data) // 2])
    found = decode(path, seconds=3.0, excerpts=3)
    assert "the file says it is 20 s long and ends after 9.98 s" in found.warning
    assert found.duration == pytest.approx(10.0, abs=0.1)
    assert found.seconds == 3.0
    assert found.start == pytest.approx(10 / 6 - 0.5, abs=0.05)


def test_where_all_places_are_silent_another_is_taken(tmp_path: Path, write: Write) -> None:
    sound = np.zeros((1, 20 * 44_100), np.float32)
    sound[:, : 4 * 44_100] = np.random.default_rng(2).normal(0, 0.1, 4 * 44_100)
    path = write(tmp_path / "hidden.flac", sound, codec="flac")
    found = decode(path, seconds=1.0, excerpts=2)
    assert "the middle is silent; the excerpt begins at 2 s" in found.warning
    assert not found.silent


def test_one_excerpt_with_sound_is_enough(tmp_path: Path, write: Write) -> None:
    sound = np.zeros((1, 20 * 44_100), np.float32)
    sound[:, 12 * 44_100 :] = np.random.default_rng(2).normal(0, 0.1, 8 * 44_100)
    found = decode(write(tmp_path / "late.flac", sound, codec="flac"), seconds=4.0, excerpts=2)
    assert (found.silent, found.seconds) == (False, 4.0)
