"""A whole file is played once, and everything about it is right, said, or stated to be missing."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.audio.decode import decode
from segue.audio.fingerprint import fingerprint
from segue.audio.loudness import LoudnessMeter
from segue.audio.recording import FINGERPRINTED, measure
from segue.errors import BadFileError, InaudibleError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Sound = NDArray[np.float32]
    Write = Callable[..., Path]
    SongFile = Callable[[str], Path]

# Seconds of silence an encoder may leave at the end.
TAILS = {"m4a": 0.03, "ogg": 0.002}


@pytest.fixture(scope="module")
def loudness(song: Sound) -> float:
    meter = LoudnessMeter(44_100, ("FL", "FR"))
    meter.add(song)
    meter.finish()
    assert meter.integrated is not None
    return meter.integrated


@pytest.mark.parametrize("ending", ["mp3", "flac", "wav", "ogg", "m4a", "aiff"])
def test_everything_is_measured_in_one_go(
    ending: str, song_file: SongFile, song: Sound, loudness: float
) -> None:
    recording = measure(song_file(ending))
    assert recording.duration == pytest.approx(20.0, abs=TAILS.get(ending, 0.0))
    assert recording.loudness == pytest.approx(loudness, abs=0.3)
    assert recording.loudness_range is not None
    assert recording.true_peak is not None
    highest = 20 * np.log10(np.abs(song).max())
    assert highest - 1 < recording.true_peak < highest + 2
    peaks = np.frombuffer(recording.waveform, np.uint8) / 255
    assert len(peaks) in {400, 401}
    assert recording.waveform_rate == 20.0
    expected = np.abs(song).max(axis=0).reshape(400, -1).max(axis=1)
    np.testing.assert_allclose(peaks[:400], expected, atol=0.12)
    assert recording.warning == ""


def test_the_fingerprint_is_that_of_the_first_two_minutes(tmp_path: Path, write: Write) -> None:
    rng = np.random.default_rng(4)
    count = round((FINGERPRINTED + 20) * 8000)
    gains = np.repeat(rng.uniform(0, 0.3, count // 4000), 4000)
    tones = np.sin(np.cumsum(np.repeat(rng.uniform(0.2, 2, count // 2000), 2000)))
    path = write(tmp_path / "long.wav", (gains * tones)[None].astype("f4"), 8000, codec="pcm_s16le")
    whole = decode(path, seconds=None, rate=8000).audio
    expected = fingerprint(whole[: round(FINGERPRINTED * 8000)], rate=8000)
    found = np.frombuffer(measure(path).fingerprint, dtype="<u4")
    assert len(found) > 900
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("rate", "channels"), [(22_050, 1), (48_000, 2), (44_100, 6), (11_025, 1)])
def test_every_rate_and_layout(rate: int, channels: int, tmp_path: Path, write: Write) -> None:
    times = np.arange(5 * rate) / rate
    wave = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * times)
    sound = np.zeros((channels, len(times)), np.float32)
    sound[: min(channels, 2)] = wave
    recording = measure(write(tmp_path / "tone.wav", sound, rate, codec="pcm_f32le"))
    assert recording.loudness == pytest.approx(-26.0 if channels == 1 else -23.0, abs=0.1)
    assert recording.loudness_range == pytest.approx(0.0, abs=0.1)
    assert recording.true_peak == pytest.approx(-23.0, abs=0.2)
    assert recording.duration == 5.0


def test_silence_has_a_length_and_nothing_else(tmp_path: Path, write: Write) -> None:
    recording = measure(
        write(tmp_path / "silence.flac", np.zeros((2, 441_000), "f4"), codec="flac")
    )
    assert recording.duration == 10.0
    assert (recording.loudness, recording.loudness_range, recording.true_peak) == (None, None, None)
    assert (recording.waveform, recording.fingerprint) == (bytes(200), b"")


def test_one_sample_is_a_recording(tmp_path: Path, write: Write) -> None:
    recording = measure(write(tmp_path / "one.wav", np.full((1, 1), 0.5, "f4"), codec="pcm_s16le"))
    assert recording.duration == 1 / 44_100
    assert recording.true_peak == pytest.approx(-6.0, abs=0.1)
    assert (recording.loudness, recording.waveform, recording.fingerprint) == (None, b"\x80", b"")


def test_of_a_damaged_file_what_comes_before_is_measured(
    tmp_path: Path, song_file: SongFile
) -> None:
    whole = measure(song_file("mp3"))
    data = bytearray(song_file("mp3").read_bytes())
    path = tmp_path / "hole.mp3"
    data[len(data) // 2 : len(data) // 2 + 4000] = np.random.default_rng(3).bytes(4000)
    path.write_bytes(data)
    recording = measure(path)
    assert recording.duration == pytest.approx(10.0, abs=0.3)
    assert recording.warning == (
        f"the file is damaged at {recording.duration:.1f} s; what comes before was used"
    )
    peaks = len(recording.waveform) - 2
    assert recording.waveform[:peaks] == whole.waveform[:peaks]


def test_a_file_cut_short_is_as_long_as_it_is(tmp_path: Path, song_file: SongFile) -> None:
    data = song_file("flac").read_bytes()
    path = tmp_path / "cut.flac"
    path.write_bytes(data[: len(data) // 2])
    recording = measure(path)
    assert 8 < recording.duration < 12
    assert len(recording.waveform) == pytest.approx(20 * recording.duration, abs=1)


def sparse_wave(path: Path, seconds: int, rate: int = 8000) -> Path:
    """Hours of silence that take no room on disk."""
    data = 2 * seconds * rate
    head = b"RIFF" + (data + 36).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\x01\0\x01\0"
    head += rate.to_bytes(4, "little") + (2 * rate).to_bytes(4, "little") + b"\x02\0\x10\0"
    with path.open("wb") as file:
        file.write(head + b"data" + data.to_bytes(4, "little"))
        file.truncate(44 + data)
    return path


def test_a_file_of_many_hours_is_not_played(tmp_path: Path) -> None:
    path = sparse_wave(tmp_path / "long.wav", 4 * 3600)
    with pytest.raises(InaudibleError, match=r"longer than 3 hours \(4\.0 ") as caught:
        measure(path)
    assert "SEGUE_LONGEST_HOURS" in caught.value.remedy
    assert caught.value.where == str(path)


def test_hours_are_counted_where_no_header_says_them(tmp_path: Path, write: Write) -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, (1, 44_100 * 8)).astype(np.float32)
    path = write(tmp_path / "raw.aac", sound, codec="aac", container="adts")
    with pytest.raises(InaudibleError, match=r"longer than 0\.001 hours"):
        measure(path, longest_hours=0.001)
    assert measure(path, longest_hours=0.01).duration > 8


def test_a_header_that_says_too_much_is_not_believed(tmp_path: Path, write: Write) -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, (1, 44_100 * 2)).astype(np.float32)
    path = write(tmp_path / "short.wav", sound, codec="pcm_s16le")
    data = bytearray(path.read_bytes())
    place = data.index(b"data")
    data[4:8] = data[place + 4 : place + 8] = (2**31 - 1000).to_bytes(4, "little")
    path.write_bytes(data)
    assert measure(path).duration == pytest.approx(2.0, abs=0.01)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for minutes in (4, 32):
        path = sparse_wave(tmp_path / f"{minutes}.wav", minutes * 60)
        tracemalloc.start()
        measure(path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 2_000_000
    assert peaks[1] < 30_000_000


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_samples_that_are_no_sound_are_refused(value: float, tmp_path: Path, write: Write) -> None:
    sound = np.full((2, 50_000), 0.1, dtype=np.float32)
    sound[1, 40_000] = value
    path = write(tmp_path / "broken.wav", sound, codec="pcm_f32le")
    with pytest.raises(BadFileError, match=r"broken\.wav: it holds samples that are not numbers"):
        measure(path)


def test_what_is_no_audio_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.mp3").write_text("no music\n")
    with pytest.raises(BadFileError, match="it is text, not audio"):
        measure(tmp_path / "text.mp3")
    with pytest.raises(NotFoundError, match="there is no file"):
        measure(tmp_path / "gone.mp3")
