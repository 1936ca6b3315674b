"""A stream says of its window what the batch says of the same samples, and says it sooner."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soxr

from segue.audio.decode import decode
from segue.descriptors.extract import FAMILIES, NAMES, describe
from segue.descriptors.frames import HOP, Sound
from segue.descriptors.framewise import EVERY, GRID, LEVELLED, REACH, framewise, joined
from segue.descriptors.streaming import Stream
from segue.errors import BadFileError, BadRequestError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 22_050


def band(seconds: float, *, rate: int = RATE, channels: int = 1) -> NDArray[np.float32]:
    """A bass, changing chords and a drum, other in every channel; shape (channels, samples)."""
    rng = np.random.default_rng(3)
    times = np.arange(round(seconds * rate)) / rate
    sound = np.empty((channels, len(times)), dtype=np.float32)
    for channel in sound:
        roots = rng.choice([110.0, 123.5, 146.8, 164.8], size=int(seconds) + 1)
        hertz = roots[times.astype(int)]
        phase = 2 * np.pi * np.cumsum(hertz) / rate
        chord = sum(np.sin(k * phase) / k for k in (1, 2, 2.5, 3))
        drum = rng.standard_normal(len(times)) * np.exp(-30 * (times % 0.5))
        loudness = 0.1 + 0.05 * np.sin(times / 3)
        channel[:] = loudness * chord + 0.15 * drum
    return sound


def assert_agree(ours: NDArray[np.float32], batch: NDArray[np.float32]) -> None:
    """Every number to 1e-5 of itself or of 1; products of matrices round by their height."""
    apart = np.abs(ours - batch) / np.maximum(np.abs(batch), 1.0)
    wrong = {NAMES[place]: float(apart[place]) for place in np.flatnonzero(apart > 1e-5)}
    assert wrong == {}


@pytest.mark.parametrize("seconds", [4.0, None])
def test_every_second_the_numbers_are_those_of_the_batch(seconds: float | None) -> None:
    audio = band(12)[0]
    stream = Stream(seconds=seconds)
    for first in range(0, len(audio), RATE):
        stream.feed(audio[first : first + RATE])
        assert_agree(stream.describe(), describe(stream.sound.audio))


@pytest.mark.realdata
def test_of_real_music_the_numbers_are_those_of_the_batch(shared_data: Path) -> None:
    clips = sorted((shared_data / "audio" / "cc").rglob("*.mp3"))[::60]
    stream = Stream(seconds=20.0)
    for path in clips:
        audio = decode(path).audio
        for first in range(0, len(audio), 5 * RATE):
            stream.feed(audio[first : first + 5 * RATE])
            assert_agree(stream.describe(), describe(stream.sound.audio))


def test_numbers_do_not_depend_on_when_one_asked() -> None:
    audio = band(9)[0]
    often, once = Stream(seconds=5.0), Stream(seconds=5.0)
    for first in range(0, len(audio), 1000):
        often.feed(audio[first : first + 1000])
        if first % 7000 == 0:
            often.describe()
    once.feed(audio)
    np.testing.assert_array_equal(often.sound.audio, once.sound.audio)
    assert_agree(often.describe(), once.describe())


def test_asking_twice_gives_the_same() -> None:
    stream = Stream()
    stream.feed(band(3)[0])
    sound = stream.sound
    np.testing.assert_array_equal(stream.describe(), stream.describe())
    assert stream.sound is sound
    stream.feed(np.empty(0, dtype=np.float32))
    assert stream.sound is sound


def test_after_a_gap_longer_than_the_window_it_begins_anew() -> None:
    audio = band(12)[0]
    stream = Stream(seconds=3.0)
    stream.feed(audio[: 4 * RATE])
    stream.describe()
    stream.feed(audio[4 * RATE :])
    assert_agree(stream.describe(), describe(stream.sound.audio))


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_it_is_resampled_and_averaged_as_a_whole(rate: int, channels: int) -> None:
    sound = band(3, rate=rate, channels=channels)
    stream = Stream(rate=rate, seconds=None)
    ends = np.sort(np.random.default_rng(rate).integers(0, sound.shape[1], size=20))
    for piece in np.split(sound, ends, axis=1):
        stream.feed(piece if channels > 1 else piece[0])
    stream.finish()
    mono = sound.mean(axis=0, dtype=np.float32)
    np.testing.assert_array_equal(stream.sound.audio, soxr.resample(mono, rate, RATE, quality="HQ"))


def test_the_window_is_the_end_of_the_signal() -> None:
    audio = band(10)[0]
    stream = Stream(seconds=3.0)
    for first in range(0, len(audio), 777):
        stream.feed(audio[first : first + 777])
        fed = min(first + 777, len(audio))
        assert min(fed / RATE, 3.0 - GRID * HOP / RATE) <= stream.seconds <= 3.0
    window = stream.sound.audio
    assert len(window) == round(stream.seconds * RATE)
    np.testing.assert_array_equal(window, audio[-len(window) :])


def test_sounds_given_out_do_not_change_as_the_signal_goes_on() -> None:
    audio = band(10)[0]
    stream = Stream(seconds=2.0)
    stream.feed(audio[: 3 * RATE])
    early = stream.sound
    before = early.audio.copy()
    for first in range(3 * RATE, len(audio), 500):
        stream.feed(audio[first : first + 500])
        stream.sound  # noqa: B018 (asked for so that windows are made)
    np.testing.assert_array_equal(early.audio, before)


def test_one_sample_is_enough() -> None:
    stream = Stream()
    stream.feed(np.array([0.5], dtype=np.float32))
    assert_agree(stream.describe(), describe(np.array([0.5], dtype=np.float32)))


def test_double_precision_is_taken() -> None:
    audio = band(2)[0]
    stream = Stream()
    stream.feed(audio.astype(np.float64))
    np.testing.assert_array_equal(stream.sound.audio, audio)


def test_nothing_cannot_be_described() -> None:
    with pytest.raises(BadFileError, match=r"shape \(0,\)"):
        Stream().describe()


@pytest.mark.parametrize(
    ("samples", "match"),
    [
        (np.zeros(5, dtype=np.int16), "type int16"),
        (np.zeros((1, 2, 3), dtype=np.float32), r"shape \(1, 2, 3\)"),
    ],
)
def test_other_samples_are_refused(samples: Any, match: str) -> None:
    with pytest.raises(BadRequestError, match=match):
        Stream().feed(samples)


def test_samples_that_are_no_numbers_are_refused_and_not_taken() -> None:
    stream = Stream()
    stream.feed(band(1)[0])
    with pytest.raises(BadFileError, match="the stream"):
        stream.feed(np.array([0.0, np.nan], dtype=np.float32))
    assert stream.seconds == 1.0


@pytest.mark.parametrize(
    ("option", "match"), [({"rate": 0}, "0 samples"), ({"seconds": 0.5}, "0.5 s")]
)
def test_impossible_streams_are_refused(option: Any, match: str) -> None:
    with pytest.raises(BadRequestError, match=match):
        Stream(**option)


def test_an_ended_stream_takes_no_more() -> None:
    stream = Stream(rate=44_100)
    stream.feed(band(1, rate=44_100)[0])
    stream.finish()
    stream.finish()
    assert stream.seconds == 1.0
    with pytest.raises(BadRequestError, match="ended"):
        stream.feed(np.zeros(10, dtype=np.float32))


@pytest.mark.parametrize("compute", EVERY, ids=lambda compute: compute.__qualname__)
def test_what_is_marked_looks_no_further_than_it_promises(compute: Any) -> None:
    """Rows of a stretch are those of the whole wherever they are `REACH` frames from a cut."""
    every = EVERY[compute]
    audio = band(8)[0]
    begin, frames = 10 * GRID, 20 * GRID
    sound = Sound(audio, rate=RATE)
    stretch = Sound(audio[begin * HOP : (begin + frames) * HOP], rate=RATE)
    if compute in LEVELLED:
        vars(stretch)["loudest"] = sound.loudest
    inside = slice(REACH // every, (frames - REACH) // every)
    outside = slice((begin + REACH) // every, (begin + frames - REACH) // every)
    ours, theirs = (one.shared(compute) for one in (stretch, sound))
    _assert_same(joined([(ours, inside)]), joined([(theirs, outside)]))


def _assert_same(ours: Any, theirs: Any) -> None:
    if isinstance(theirs, np.ndarray):
        scale = float(np.abs(theirs).max())
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6 * scale)
    elif is_dataclass(theirs):
        for field in fields(theirs):
            _assert_same(getattr(ours, field.name), getattr(theirs, field.name))
    else:
        assert ours == theirs


def test_what_looks_further_is_found_out() -> None:
    """The test above can fail."""

    def since_the_beginning(sound: Sound) -> NDArray[np.float32]:
        return np.cumsum(sound.rms)

    framewise()(since_the_beginning)
    try:
        with pytest.raises(AssertionError):
            test_what_is_marked_looks_no_further_than_it_promises(since_the_beginning)
    finally:
        del EVERY[since_the_beginning]


def test_saying_it_again_costs_a_part_of_saying_it_at_first() -> None:
    audio = band(40)[0]
    stream = Stream(seconds=30.0)
    stream.feed(audio[: 30 * RATE])
    stream.describe()
    again, batch = [], []
    for first in range(30 * RATE, len(audio), RATE):
        stream.feed(audio[first : first + RATE])
        began = time.process_time()
        stream.describe()
        again.append(time.process_time() - began)
        began = time.process_time()
        describe(stream.sound.audio)
        batch.append(time.process_time() - began)
    assert min(again) < 0.6 * min(batch)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="the ffmpeg command is not installed")
def test_what_ffmpeg_hands_on_is_described_as_the_docstring_says(tmp_path: Path) -> None:
    sound = band(5, channels=2)
    raw = tmp_path / "music.raw"
    sound.T.astype("<f4").tofile(raw)
    kind = ["-f", "f32le", "-ac", "2", "-ar", "22050"]
    command = ["ffmpeg", "-loglevel", "error", *kind, "-i", str(raw), *kind, "-"]
    vectors = []
    with subprocess.Popen(command, stdout=subprocess.PIPE) as radio:
        assert radio.stdout is not None
        stream = Stream()
        while data := radio.stdout.read(2 * 4 * 22_050):
            stream.feed(np.frombuffer(data, dtype="<f4").reshape(-1, 2).T)
            vectors.append(stream.describe())
    assert len(vectors) == 5
    assert_agree(vectors[-1], describe(sound.mean(axis=0)))


def test_every_family_is_in_it() -> None:
    stream = Stream()
    stream.feed(band(2)[0])
    assert len(stream.describe()) == len(NAMES) == sum(len(family.names) for family in FAMILIES)
