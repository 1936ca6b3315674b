"""What comes out of `decode` is what went in: at its place, at its level, at its pitch."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soxr

from encoded import SONGS
from segue.audio.decode import RATE, audible, decode
from segue.errors import BadFileError, BadRequestError, InaudibleError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Sound = NDArray[np.float32]
    Music = Callable[..., Sound]
    Write = Callable[..., Path]
    SongFile = Callable[[str], Path]


def tone(
    hertz: float = 440.0, *, seconds: float = 2.0, rate: int = 44_100, channels: int = 1
) -> Sound:
    times = np.arange(round(seconds * rate)) / rate
    wave = 0.5 * np.sin(2 * np.pi * hertz * times)
    return np.tile(wave.astype(np.float32), (channels, 1))


def pitch(audio: Sound) -> float:
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio))))
    return float(spectrum.argmax()) * RATE / len(audio)


@pytest.mark.parametrize("ending", ["mp3", "flac", "wav", "ogg", "m4a", "opus"])
@pytest.mark.parametrize("seconds", [1.0, 4.3])
def test_an_excerpt_is_the_same_stretch_of_the_whole(
    ending: str, seconds: float, song_file: SongFile
) -> None:
    path = song_file(ending)
    whole = decode(path, seconds=None)
    excerpt = decode(path, seconds=seconds)
    first = excerpt.start * RATE
    assert first == pytest.approx(round(first), abs=1e-6)
    same = whole.audio[round(first) : round(first) + len(excerpt.audio)]
    assert len(excerpt.audio) == round(seconds * RATE)
    np.testing.assert_allclose(excerpt.audio, same, atol=2e-6)
    assert excerpt.start == pytest.approx((excerpt.duration - seconds) / 2, abs=0.01)
    assert excerpt.warning == ""


@pytest.mark.parametrize("ending", ["flac", "mp3", "m4a"])
def test_channels_are_averaged_not_summed(ending: str, tmp_path: Path, write: Write) -> None:
    left_only = tone(channels=2)
    left_only[1] = 0.0
    for name, sound, level in (("both", tone(channels=2), 0.5), ("left", left_only, 0.25)):
        path = write(tmp_path / f"{name}.{ending}", sound, **SONGS[ending])
        audio = decode(path).audio[RATE // 4 : -RATE // 4]
        assert np.sqrt(2 * np.mean(np.square(audio))) == pytest.approx(level, rel=0.05)


def test_six_channels_are_averaged_too(tmp_path: Path, write: Write, music: Music) -> None:
    sound = music(2.0, channels=6)
    decoded = decode(write(tmp_path / "around.wav", sound, codec="pcm_s16le"))
    expected = soxr.resample(sound.mean(axis=0), 44_100, RATE, quality="HQ")
    np.testing.assert_allclose(decoded.audio, expected, atol=1e-4)
    assert decoded.channels == 6


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 32_000, 48_000, 96_000, 44_056])
def test_every_rate_keeps_pitch_level_and_length(rate: int, tmp_path: Path, write: Write) -> None:
    path = write(tmp_path / "tone.wav", tone(rate=rate, seconds=4.0), rate, codec="pcm_s16le")
    decoded = decode(path, seconds=2.0)
    assert (decoded.original_rate, decoded.rate, len(decoded.audio)) == (rate, RATE, 2 * RATE)
    assert pitch(decoded.audio) == pytest.approx(440.0, abs=1.0)
    assert np.abs(decoded.audio).max() == pytest.approx(0.5, abs=0.005)


@pytest.mark.parametrize(
    ("codec", "step"),
    [
        ("pcm_u8", 1 / 128),
        ("pcm_s16le", 1 / 32768),
        ("pcm_s24le", 1e-6),
        ("pcm_s32le", 1e-6),
        ("pcm_f32le", 1e-6),
        ("pcm_f64le", 1e-6),
        ("pcm_s64le", 1e-6),
        ("pcm_alaw", 0.02),
        ("pcm_mulaw", 0.02),
    ],
)
def test_every_sample_format_has_full_scale_one(
    codec: str, step: float, tmp_path: Path, write: Write
) -> None:
    sound = tone(rate=RATE, channels=2)
    decoded = decode(write(tmp_path / "tone.wav", sound, RATE, codec=codec))
    np.testing.assert_allclose(decoded.audio, sound[0], atol=1.5 * step)


def test_it_says_where_everything_comes_from(song_file: SongFile) -> None:
    decoded = decode(song_file("mp3"), seconds=4.0)
    assert (decoded.format, decoded.codec) == ("mp3", "mp3")
    assert (decoded.channels, decoded.original_rate) == (2, 44_100)
    # FFmpeg before 8 counts the silence that an encoder fills the last frame with.
    assert decoded.duration == pytest.approx(20.0, abs=0.05)
    assert decoded.seconds == 4.0


def test_a_short_file_is_taken_whole(tmp_path: Path, write: Write) -> None:
    decoded = decode(write(tmp_path / "short.flac", tone(seconds=1.5), codec="flac"))
    assert (decoded.start, decoded.seconds, decoded.warning) == (0.0, 1.5, "")


def test_content_counts_and_not_the_name(tmp_path: Path, write: Write) -> None:
    path = write(tmp_path / "song.flac", tone(), codec="flac")
    assert decode(path.rename(tmp_path / "song.mp3")).format == "flac"
    odd = path.with_name("http: %s — 日本 é.mp3")
    assert decode((tmp_path / "song.mp3").rename(odd)).format == "flac"


def test_of_a_file_of_hours_only_the_excerpt_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "hours.wav"
    seconds, rate = 3 * 3600, 8000
    data = 2 * seconds * rate
    head = b"RIFF" + (data + 36).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\x01\0\x01\0"
    head += rate.to_bytes(4, "little") + (2 * rate).to_bytes(4, "little") + b"\x02\0\x10\0"
    with path.open("wb") as file:
        file.write(head + b"data" + data.to_bytes(4, "little"))
        file.seek(data // 2 - 30 * rate, 1)
        file.write((tone(seconds=30.0, rate=rate)[0] * 32767).astype("<i2").tobytes())
        file.truncate(44 + data)
    tracemalloc.start()
    decoded = decode(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (decoded.duration, decoded.start) == (seconds, seconds / 2 - 15)
    assert pitch(decoded.audio) == pytest.approx(440.0, abs=1.0)
    assert peak < 20_000_000


def test_where_the_middle_is_silent_another_place_is_taken(tmp_path: Path, write: Write) -> None:
    sound = tone(seconds=20.0)
    sound[:, 4 * 44_100 : -4 * 44_100] = 0.0
    decoded = decode(write(tmp_path / "hidden.flac", sound, codec="flac"), seconds=3.0)
    assert decoded.warning == "the middle is silent; the excerpt begins at 2 s"
    assert decoded.start == pytest.approx(0.1 * 17.0, abs=0.01)
    assert audible(decoded, where="hidden.flac") is decoded


def test_channels_that_cancel_each_other_out_are_heard_alone(tmp_path: Path, write: Write) -> None:
    sound = tone(channels=2)
    sound[1] = -sound[0]
    decoded = decode(write(tmp_path / "opposed.wav", sound, codec="pcm_s16le"))
    assert "channel 1 alone was used" in decoded.warning
    assert np.abs(decoded.audio).max() == pytest.approx(0.5, abs=0.005)


@pytest.mark.parametrize("offset", [0.0, 0.7])
def test_silence_is_returned_and_refused_where_sound_is_needed(
    offset: float, tmp_path: Path, write: Write
) -> None:
    sound = np.full((1, 90_000), offset, dtype=np.float32)
    decoded = decode(write(tmp_path / "silence.wav", sound, codec="pcm_s16le"))
    assert decoded.seconds == pytest.approx(90_000 / 44_100, abs=1e-4)
    with pytest.raises(InaudibleError, match=r"silence\.wav: it is silent"):
        audible(decoded, where="silence.wav")


def test_one_sample_is_audio_but_too_short(tmp_path: Path, write: Write) -> None:
    decoded = decode(write(tmp_path / "one.wav", tone()[:, 9:10], codec="pcm_s16le"))
    assert len(decoded.audio) == 1
    with pytest.raises(InaudibleError, match="s of audio"):
        audible(decoded, where="one.wav")


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_samples_that_are_no_sound_are_refused(value: float, tmp_path: Path, write: Write) -> None:
    sound = tone()
    sound[0, 1000] = value
    path = write(tmp_path / "broken.wav", sound, codec="pcm_f32le")
    with pytest.raises(BadFileError, match=r"broken\.wav: it holds samples that are not numbers"):
        decode(path)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_an_excerpt_of_nothing_makes_no_sense(seconds: float, tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="an excerpt of"):
        decode(tmp_path / "any.mp3", seconds=seconds)
